//! The acts by which a person writes in the books: an entry, its reversal, a bank line on accounts.

use kernel::number::parse_decimal;
use kernel::{
    ActionDef, Actor, Day, Entity, Fault, Faults, FieldDef, Id, Inputs, LongText, Money, Origin,
    Outcome, RawId, Record, Text, Tx,
};
use master::{Party, Tax};

use crate::finance::bank::{BankLine, BankLineState};
use crate::finance::bank_booking::{Share, book_by_rule, book_line, learn_rule};
use crate::finance::bank_rule::BankRule;
use crate::finance::by_hand::{HandEntry, HandLine, is_by_hand, reverse_entry, write_entry};
use crate::finance::chart::Account;
use crate::finance::entry::JournalEntry;

/// The acts that write in the books by hand.
pub const HAND_ACTIONS: &[ActionDef] = &[WRITE, REVERSE, BOOK];

const WRITE: ActionDef = ActionDef {
    on: "journal",
    name: "write",
    label: Text::new("Saisir une écriture", "Write an entry"),
    doc: Text::new(
        "Passe une écriture dans ce journal ; elle est validée et ne change plus.",
        "Books an entry in this journal; it is posted and no longer changes.",
    ),
    inputs: &[
        FieldDef::of::<Option<Day>>(
            "day",
            Text::new("Date", "Day"),
            "Today, when it is left empty.",
        ),
        FieldDef::of::<String>("label", Text::new("Libellé", "Label"), ""),
        FieldDef::of::<Option<String>>(
            "piece",
            Text::new("Pièce", "Document"),
            "The number of the document that proves the entry.",
        ),
        FieldDef::of::<LongText>(
            "lines",
            Text::new("Lignes", "Lines"),
            "One line each, its parts separated by tabs or semicolons: number of the account, \
             debit, credit, label, code or identifier of the party. Amounts are plain decimals: 1234.50.",
        ),
    ],
    offered: |_| true,
    run: write,
};

const REVERSE: ActionDef = ActionDef {
    on: "journal_entry",
    name: "reverse",
    label: Text::new("Extourner", "Reverse"),
    doc: Text::new(
        "Passe l’écriture inverse d’une écriture saisie à la main.",
        "Books the reversal of an entry written by hand.",
    ),
    inputs: &[FieldDef::of::<Option<Day>>(
        "day",
        Text::new("Date", "Day"),
        "Today, when it is left empty.",
    )],
    offered: |record| holds(record, |entry: &JournalEntry| is_by_hand(entry)),
    run: |tx, actor, id, inputs| {
        let day = inputs.take::<Option<Day>>("day")?.unwrap_or(tx.today());
        let reversal = reverse_entry(tx, actor, Id::from_raw(id), day)?;
        Ok(Some(Origin::of(reversal)))
    },
};

const BOOK: ActionDef = ActionDef {
    on: "bank_line",
    name: "book",
    label: Text::new("Passer en compte", "Book on accounts"),
    doc: Text::new(
        "Passe le mouvement sur un compte, sur plusieurs, ou comme une règle le dit ; une règle \
         peut en être retenue pour les suivants.",
        "Books the line on an account, on several, or as a rule says; a rule may be kept of it for \
         the next ones.",
    ),
    inputs: BOOK_INPUTS,
    offered: |record| holds(record, |line: &BankLine| line.state == BankLineState::Open),
    run: book,
};

const BOOK_INPUTS: &[FieldDef] = &[
    FieldDef::of::<Option<Id<BankRule>>>(
        "rule",
        Text::new("Règle", "Rule"),
        "Books the line as the rule says; nothing else is needed then.",
    ),
    FieldDef::of::<Option<Id<Account>>>(
        "account",
        Text::new("Compte", "Account"),
        "Takes the line whole.",
    ),
    FieldDef::of::<Option<Id<Tax>>>(
        "tax",
        Text::new("Taxe comprise", "Tax within"),
        "The amount holds it.",
    ),
    FieldDef::of::<Option<String>>(
        "label",
        Text::new("Libellé", "Label"),
        "The bank's text, when it is left empty.",
    ),
    FieldDef::of::<Option<LongText>>(
        "lines",
        Text::new("Partage", "Shares"),
        "Instead of the account: one share a line, its parts separated by tabs or semicolons: \
         number of the account, amount, code of the tax, label.",
    ),
    FieldDef::of::<Option<String>>(
        "contains",
        Text::new("Retenir si le libellé contient", "Keep when the text holds"),
        "Keeps a rule for the next lines that hold this text.",
    ),
];

/// Whether the record, as a struct, passes a test.
fn holds<E: Entity>(record: &Record, test: fn(&E) -> bool) -> bool {
    E::of_record(record.clone()).is_ok_and(|record| test(&record))
}

fn write(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let day = inputs.take::<Option<Day>>("day")?.unwrap_or(tx.today());
    let lines = entry_lines(tx, &inputs.take::<LongText>("lines")?.0)?;
    let new = HandEntry { day, label: inputs.take("label")?, piece: inputs.take("piece")?, lines };
    let entry = write_entry(tx, actor, Id::from_raw(id), new)?;
    Ok(Some(Origin::of(entry)))
}

/// The parts of each line that says something, with its rank.
fn parted(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split(['\t', ';']).map(str::trim).collect()).enumerate()
}

fn amount(tx: &Tx<'_>, text: &str) -> Result<Money, Fault> {
    let currency = tx.currency();
    if text.is_empty() {
        return Ok(Money::zero(currency));
    }
    Ok(Money::new(parse_decimal(text, currency.decimals())?, currency))
}

fn entry_lines(tx: &mut Tx<'_>, text: &str) -> Result<Vec<HandLine>, Faults> {
    let (mut lines, mut faults) = (Vec::new(), Faults::default());
    for (rank, parts) in parted(text) {
        let read = entry_line(tx, &parts).map_err(|faults| faults.within(&format!("lines.{rank}")));
        lines.extend(faults.gather(read));
    }
    faults.into_result()?;
    Ok(lines)
}

fn entry_line(tx: &mut Tx<'_>, parts: &[&str]) -> Result<HandLine, Faults> {
    let part = |rank: usize| parts.get(rank).copied().unwrap_or_default();
    let mut faults = Faults::default();
    let debit = faults.gather(amount(tx, part(1)).map_err(|fault| fault.on("debit").into()));
    let credit = faults.gather(amount(tx, part(2)).map_err(|fault| fault.on("credit").into()));
    let party = match part(4) {
        "" => None,
        named => {
            let found = match RawId::parse(named) {
                Ok(raw) => Some(tx.get(Id::<Party>::from_raw(raw))?.id),
                Err(_) => tx.first(Party::CODE.has(&named.to_owned()))?.map(|party| party.id),
            };
            faults.ensure(found.is_some(), || {
                Fault::new("entry.party").on("party").with("code", named)
            });
            found
        }
    };
    faults.into_result()?;
    let zero = Money::zero(tx.currency());
    Ok(HandLine {
        account: part(0).to_owned(),
        party,
        debit: debit.unwrap_or(zero),
        credit: credit.unwrap_or(zero),
        label: Some(part(3).to_owned()).filter(|label| !label.is_empty()),
    })
}

fn book(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let id = Id::<BankLine>::from_raw(id);
    if let Some(rule) = inputs.take("rule")? {
        return Ok(Some(Origin::of(book_by_rule(tx, actor, id, rule)?)));
    }
    let label: Option<String> = inputs.take("label")?;
    let text = inputs.take::<Option<LongText>>("lines")?.map(|text| text.0).unwrap_or_default();
    let shares = match inputs.take::<Option<Id<Account>>>("account")? {
        Some(account) => {
            let account = tx.get(account)?.number.clone();
            let (amount, tax) = (tx.get(id)?.amount.abs(), inputs.take("tax")?);
            vec![Share { account, amount, tax, label: None }]
        }
        None if text.trim().is_empty() => {
            return Err(Fault::new("field.required").on("account").into());
        }
        None => shares_of(tx, &text)?,
    };
    let entry = book_line(tx, actor, id, &shares, label.clone())?;
    let contains: Option<String> = inputs.take("contains")?;
    if let (Some(contains), [share]) =
        (contains.filter(|text| !text.trim().is_empty()), &shares[..])
    {
        // What a rule books it may also be taught: the same right as to make one by hand.
        actor.may("bank_rule.create")?;
        learn_rule(tx, id, &contains, share, label)?;
    }
    Ok(Some(Origin::of(entry)))
}

/// The shares of a bank line, as a text tells them.
pub(crate) fn shares_of(tx: &mut Tx<'_>, text: &str) -> Result<Vec<Share>, Faults> {
    let (mut shares, mut faults) = (Vec::new(), Faults::default());
    for (rank, parts) in parted(text) {
        let read = share(tx, &parts).map_err(|faults| faults.within(&format!("lines.{rank}")));
        shares.extend(faults.gather(read));
    }
    faults.into_result()?;
    Ok(shares)
}

fn share(tx: &mut Tx<'_>, parts: &[&str]) -> Result<Share, Faults> {
    let part = |rank: usize| parts.get(rank).copied().unwrap_or_default();
    let mut faults = Faults::default();
    let amount = faults.gather(amount(tx, part(1)).map_err(|fault| fault.on("amount").into()));
    let tax = match part(2) {
        "" => None,
        code => {
            let found = tx.first(Tax::CODE.is(&code.to_owned()))?;
            faults
                .ensure(found.is_some(), || Fault::new("pick.none").on("tax").with("given", code));
            found.map(|tax| tax.id)
        }
    };
    faults.into_result()?;
    let label = Some(part(3).to_owned()).filter(|label| !label.is_empty());
    let amount = amount.unwrap_or(Money::zero(tx.currency()));
    Ok(Share { account: part(0).to_owned(), amount, tax, label })
}
