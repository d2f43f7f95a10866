//! A bank's file comes in: its statements are taken, each once, and their lines wait to be matched.

use erp::finance::{self, BankStatement, NewBankLine, NewStatement};
use kernel::{Actor, Day, Fault, Faults, Id, Tx};
use paper::camt::{self, Entry, Statement};

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The statements that were new.
    pub statements: Vec<Id<BankStatement>>,
    /// The references of those that were known already.
    pub known: Vec<String>,
    pub lines: usize,
}

/// Reads a CAMT.053 file and takes its statements in; those taken before are left out. All of the
/// file, or nothing of it.
///
/// # Errors
/// `camt.*` when the file cannot be read, `statement.balance`, `currency.other`; `statement.taken`
/// when nothing of it is new.
pub fn import(tx: &mut Tx<'_>, actor: &Actor, bytes: &[u8]) -> Result<Imported, Faults> {
    let (mut imported, mut faults) = (Imported::default(), Faults::default());
    for statement in camt::read_statements(bytes)? {
        let (reference, lines) = (statement.id.clone(), statement.entries.len());
        match finance::import_statement(tx, actor, new_statement(tx, statement)) {
            Ok(id) => {
                imported.statements.push(id);
                imported.lines += lines;
            }
            Err(refused) if refused.has("statement.taken") => imported.known.push(reference),
            Err(refused) => faults.0.extend(refused.0),
        }
    }
    faults.into_result()?;
    if imported.statements.is_empty() {
        let reference = imported.known.first().cloned().unwrap_or_default();
        return Err(Fault::new("statement.taken").with("reference", reference).into());
    }
    Ok(imported)
}

fn new_statement(tx: &Tx<'_>, statement: Statement) -> NewStatement {
    let days = || statement.entries.iter().map(|entry| entry.booked);
    let first = statement.opening.map(|balance| balance.day).into_iter().chain(days()).min();
    let last = statement.closing.map(|balance| balance.day).into_iter().chain(days()).max();
    let today: Day = tx.today();
    NewStatement {
        reference: statement.id.chars().take(200).collect(),
        iban: statement.account.chars().take(200).collect(),
        starts_on: first.unwrap_or(today),
        ends_on: last.unwrap_or(today),
        opening: statement.opening.map(|balance| balance.amount),
        closing: statement.closing.map(|balance| balance.amount),
        lines: statement.entries.into_iter().map(new_line).collect(),
    }
}

fn new_line(entry: Entry) -> NewBankLine {
    let short = |text: String| text.chars().take(200).collect::<String>();
    // What the payer gave as a reference is told with the rest, so that the matching reads it.
    let mut said = entry.remittance;
    for reference in entry.structured {
        if !said.contains(&reference) {
            said = format!("{said} {reference}").trim().to_owned();
        }
    }
    NewBankLine {
        booked_on: entry.booked,
        amount: entry.amount,
        counterparty: entry.counterparty.map(short),
        counterparty_iban: entry.counterparty_iban.map(short),
        remittance: short(said),
        end_to_end: entry.end_to_end.map(short),
    }
}
