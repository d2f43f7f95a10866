//! Lettrage by a person: lines of suppliers, of the tax office, of waiting accounts, that settle
//! each other. What customers owe is lettered by their invoices and payments.

use kernel::{
    ActionDef, Actor, Event, Fault, Faults, FieldDef, Id, Inputs, Kept, LongText, Money, Origin,
    Outcome, RawId, Text, Tx,
};

use crate::finance::by_hand::KEPT;
use crate::finance::chart::Account;
use crate::finance::entry::JournalLine;
use crate::finance::lettering::code;

/// The acts of lettrage by hand.
pub const LETTER_ACTIONS: &[ActionDef] = &[LETTER, UNLETTER];

const LETTER: ActionDef = ActionDef {
    on: "account",
    name: "letter",
    label: Text::new("Lettrer", "Letter"),
    doc: Text::new(
        "Donne un même code à des lignes du compte qui se soldent.",
        "Gives one code to lines of the account that settle each other.",
    ),
    inputs: &[FieldDef::of::<LongText>(
        "lines",
        Text::new("Lignes", "Lines"),
        "Identifiers of lines, separated by spaces or line ends.",
    )],
    offered: |_| false,
    run: |tx, actor, id, inputs| {
        let lines = lines_of(tx, inputs)?;
        letter_lines(tx, actor, Id::from_raw(id), &lines)?;
        Ok(Some(Origin::of(Id::<Account>::from_raw(id))))
    },
};

const UNLETTER: ActionDef = ActionDef {
    on: "account",
    name: "unletter",
    label: Text::new("Délettrer", "Unletter"),
    doc: Text::new(
        "Retire leur code aux lignes choisies, et à toutes celles qui le partagent.",
        "Takes the code off the chosen lines, and off all that share it.",
    ),
    inputs: LETTER.inputs,
    offered: |_| false,
    run: unletter,
};

fn lines_of(tx: &mut Tx<'_>, inputs: &Inputs) -> Result<Vec<Kept<JournalLine>>, Faults> {
    let text = inputs.take::<LongText>("lines")?.0;
    let mut lines = Vec::new();
    for word in text.split_whitespace() {
        lines.push(tx.lock(Id::<JournalLine>::from_raw(RawId::parse(word)?))?);
    }
    Ok(lines)
}

/// Whether a person letters this account: invoices and payments letter those of customers.
#[must_use]
pub fn letters_by_hand(number: &str) -> bool {
    !KEPT.contains(&number)
}

/// Refuses lines of another account, or of one that is not lettered by hand.
fn free(tx: &mut Tx<'_>, id: Id<Account>, lines: &[Kept<JournalLine>]) -> Result<(), Faults> {
    let account = tx.get(id)?;
    if !letters_by_hand(&account.number) {
        let fault = Fault::new("lettering.kept").with("number", account.number.as_str());
        return Err(fault.into());
    }
    if lines.is_empty() || lines.iter().any(|line| line.account != id) {
        return Err(Fault::new("lettering.lines").on("lines").into());
    }
    Ok(())
}

/// Letters lines of one account, and of one party when they have one.
///
/// # Errors
/// `lettering.kept`, `lettering.lines`, `lettering.parties`, `lettering.taken`,
/// `lettering.unbalanced`.
pub fn letter_lines(
    tx: &mut Tx<'_>,
    _: &Actor,
    account: Id<Account>,
    lines: &[Kept<JournalLine>],
) -> Result<String, Faults> {
    free(tx, account, lines)?;
    let party = lines.first().and_then(|line| line.party);
    let mut faults = Faults::default();
    faults.ensure(lines.iter().all(|line| line.party == party), || {
        Fault::new("lettering.parties").on("lines")
    });
    faults.ensure(lines.iter().all(|line| line.lettering.is_none()), || {
        Fault::new("lettering.taken").on("lines")
    });
    let amounts = lines.iter().map(|line| line.debit - line.credit);
    let gap = Money::sum(tx.currency(), amounts);
    faults.ensure(gap.is_zero(), || {
        Fault::new("lettering.unbalanced").on("lines").with("gap", gap.abs())
    });
    faults.into_result()?;
    let number = tx.get(account)?.number.clone();
    let whose = party.map_or_else(String::new, |party| party.to_string());
    let code = code(tx.number(&format!("lettering:{number}:{whose}"))?);
    let today = tx.today();
    for line in lines {
        let mut line = line.clone();
        line.lettering = Some(code.clone());
        line.lettered_on = Some(today);
        tx.save(&line)?;
    }
    Ok(code)
}

fn unletter(tx: &mut Tx<'_>, _: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let id = Id::<Account>::from_raw(id);
    let lines = lines_of(tx, inputs)?;
    free(tx, id, &lines)?;
    for line in lines {
        let Some(code) = line.lettering.clone() else { continue };
        let set = JournalLine::ACCOUNT.is(&id) & JournalLine::LETTERING.has(&code);
        for mut member in tx.find(set)? {
            // The same code may stand for another party of the account.
            if member.party != line.party {
                continue;
            }
            member.lettering = None;
            member.lettered_on = None;
            tx.save(&member)?;
        }
        let about = Origin::of(line.entry);
        tx.emit(Event::new("lettering.removed", about).with("code", code));
    }
    Ok(Some(Origin::of(id)))
}
