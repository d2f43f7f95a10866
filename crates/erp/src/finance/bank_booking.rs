//! Bank lines that no invoice explains, booked on accounts: whole or in shares, with their tax.

use kernel::{Actor, Event, Fault, Faults, Id, Money, Origin, Tx};
use master::Tax;

use crate::finance::bank::{BankLine, BankLineState};
use crate::finance::bank_rule::{BankRule, BankWay, rules_for};
use crate::finance::booking::tax_account;
use crate::finance::by_hand::{HandEntry, HandLine, post_reversal, write_for};
use crate::finance::chart::{BANK, BANK_ACCOUNT, Journal, TAX_DEDUCTIBLE};
use crate::finance::entry::{JournalEntry, account};
use crate::finance::fiscal_year::year_of;

/// One share of a bank line: its account, and how much of the line it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The number of the account.
    pub account: String,
    /// Tax included, positive in the direction of the line: shares add up to its amount.
    pub amount: Money,
    /// The amount holds this tax: it goes to the VAT account, the rest to the account.
    pub tax: Option<Id<Tax>>,
    pub label: Option<String>,
}

/// Books a bank line on accounts, as one entry of the bank journal, and closes the line.
///
/// # Errors
/// `bank_line.matched`, `bank_line.shares` when the shares are not the amount, and those of
/// [`crate::finance::write_entry`].
pub fn book_line(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    shares: &[Share],
    label: Option<String>,
) -> Result<Id<JournalEntry>, Faults> {
    let mut line = tx.lock(id)?;
    if line.state == BankLineState::Matched {
        return Err(Fault::new("bank_line.matched").into());
    }
    let shared = Money::sum(tx.currency(), shares.iter().map(|share| share.amount));
    if shared != line.amount.abs() {
        let fault = Fault::new("bank_line.shares").on("lines").with("amount", line.amount.abs());
        return Err(fault.with("shared", shared).into());
    }
    let entry = write_shares(tx, actor, id, &line, shares, label)?;
    line.state = BankLineState::Matched;
    line.entry = Some(entry);
    tx.save(&line)?;
    tx.emit(Event::new("bank_line.booked", Origin::of(id)).with("entry", entry));
    Ok(entry)
}

/// The entry of shares of a bank line; against the bank stands what they come to.
pub(crate) fn write_shares(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    line: &BankLine,
    shares: &[Share],
    label: Option<String>,
) -> Result<Id<JournalEntry>, Faults> {
    let incoming = line.amount.minor > 0;
    let shared = Money::sum(tx.currency(), shares.iter().map(|share| share.amount));
    let bank = (!shared.is_zero()).then(|| side(BANK_ACCOUNT.to_owned(), shared, incoming, None));
    let mut lines: Vec<HandLine> = bank.into_iter().collect();
    for share in shares {
        lines.extend(taxed(tx, share, incoming)?);
    }
    let label = label.filter(|label| !label.trim().is_empty()).unwrap_or_else(|| said(line));
    let journal = tx
        .first(Journal::CODE.is(&BANK.to_owned()))?
        .ok_or_else(|| Fault::new("journal.missing").with("code", BANK))?;
    let piece = line.end_to_end.clone().filter(|text| !text.trim().is_empty());
    let entry = HandEntry { day: line.booked_on, label, piece, lines };
    write_for(tx, actor, journal.id, entry, Some(Origin::of(id)))
}

/// A debit, or a credit; what is against its side stands on the other.
fn side(account: String, amount: Money, debit: bool, label: Option<String>) -> HandLine {
    let zero = Money::zero(amount.currency);
    let (left, right) =
        if (amount.minor >= 0) == debit { (amount.abs(), zero) } else { (zero, amount.abs()) };
    HandLine { account, party: None, debit: left, credit: right, label }
}

/// A share as lines of the entry: net, and the tax that its amount holds.
fn taxed(tx: &mut Tx<'_>, share: &Share, incoming: bool) -> Result<Vec<HandLine>, Faults> {
    let rate = match share.tax {
        Some(tax) => tx.get(tax)?.rate,
        None => kernel::Rate::ZERO,
    };
    let whole = kernel::Rate::percent(100).0;
    // One rounding: the tax is what the net leaves.
    let net = share.amount.part(whole, whole + rate.0);
    let tax = share.amount - net;
    let label = share.label.clone();
    let mut lines = vec![side(share.account.clone(), net, !incoming, label.clone())];
    if !tax.is_zero() {
        let account = if incoming { tax_account(rate) } else { TAX_DEDUCTIBLE.to_owned() };
        lines.push(side(account, tax, !incoming, label));
    }
    Ok(lines)
}

/// What the bank wrote, as the label of an entry.
fn said(line: &BankLine) -> String {
    let words = match line.counterparty.as_deref().filter(|name| !name.is_empty()) {
        Some(name) if line.remittance.is_empty() => name.to_owned(),
        Some(name) => format!("{name} - {}", line.remittance),
        None => line.remittance.clone(),
    };
    let words: String = words.chars().take(200).collect();
    if words.trim().is_empty() { "Mouvement bancaire".to_owned() } else { words }
}

/// Books a line as a rule says, and counts it.
///
/// # Errors
/// `bank_rule.other` when the rule is not for the line, and those of [`book_line`].
pub fn book_by_rule(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BankLine>,
    rule: Id<BankRule>,
) -> Result<Id<JournalEntry>, Faults> {
    let line = tx.get(id)?;
    let mut rule = tx.lock(rule)?;
    if !rule.fits(&line) {
        return Err(Fault::new("bank_rule.other").with("text", rule.contains.as_str()).into());
    }
    let number = tx.get(rule.account)?.number.clone();
    let share = Share { account: number, amount: line.amount.abs(), tax: rule.tax, label: None };
    let entry = book_line(tx, actor, id, &[share], rule.label.clone())?;
    rule.used += 1;
    tx.save(&rule)?;
    Ok(entry)
}

/// Books each of these lines that a rule books by itself; a line of a locked day waits.
///
/// # Errors
/// Those of [`book_line`].
pub(crate) fn book_automatically(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lines: &[Id<BankLine>],
) -> Result<usize, Faults> {
    let mut booked = 0;
    for id in lines {
        let line = tx.get(*id)?;
        let rule = rules_for(tx, &line)?.into_iter().find(|rule| rule.automatic);
        if let Some(rule) = rule.filter(|_| year_of(tx, line.booked_on).is_ok()) {
            book_by_rule(tx, actor, *id, rule.id)?;
            booked += 1;
        }
    }
    Ok(booked)
}

/// A rule that books the next lines as this one was. A rule of the same text and way is changed.
///
/// # Errors
/// `bank_rule.other` when the line does not hold the text, `bank_rule.short`, `account.missing`.
pub fn learn_rule(
    tx: &mut Tx<'_>,
    id: Id<BankLine>,
    contains: &str,
    share: &Share,
    label: Option<String>,
) -> Result<Id<BankRule>, Faults> {
    let line = tx.get(id)?;
    let way = BankWay::of(&line);
    let contains = contains.trim().to_owned();
    let rule = BankRule {
        contains: contains.clone(),
        way,
        account: account(tx, &share.account)?,
        tax: share.tax,
        label: label.filter(|label| !label.trim().is_empty()),
        automatic: false,
        suspended: false,
        used: 1,
    };
    kernel::Rules::check(&rule)?;
    if !rule.fits(&line) {
        let fault = Fault::new("bank_rule.other").on("contains").with("text", contains.as_str());
        return Err(fault.into());
    }
    let same = BankRule::CONTAINS.is(&contains) & BankRule::WAY.is(&way);
    match tx.first(same)? {
        None => tx.insert(&rule),
        Some(mut known) => {
            known.account = rule.account;
            known.tax = rule.tax;
            known.label = rule.label;
            known.suspended = false;
            known.used += 1;
            tx.save(&known)?;
            Ok(known.id)
        }
    }
}

/// Takes back the entry of a line booked on accounts, by its reversal of today; the line is open.
pub(crate) fn unbook_line(
    tx: &mut Tx<'_>,
    id: Id<BankLine>,
    entry: Id<JournalEntry>,
) -> Result<(), Faults> {
    let today = tx.today();
    post_reversal(tx, entry, today)?;
    let mut line = tx.lock(id)?;
    line.state = BankLineState::Open;
    line.entry = None;
    tx.save(&line)
}
