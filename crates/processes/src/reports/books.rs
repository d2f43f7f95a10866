//! The file of entries that the tax office asks for, of one fiscal year.

use erp::finance::{self, FiscalYear};
use kernel::{Day, Faults, Filter, Id, Tx};
use paper::fec;

/// A file, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Writes the FEC of a fiscal year.
///
/// Source: Livre des procédures fiscales, art. A47 A-1.
///
/// # Errors
/// `not_found`, `company.missing`, `fec.*`.
pub fn fec_file(tx: &mut Tx<'_>, year: Id<FiscalYear>) -> Result<File, Faults> {
    let closing = tx.get(year)?.ends_on;
    let siren = master::company(tx)?.siren.clone().unwrap_or_default();
    let name = fec::fec_name(&siren, closing)?;
    let rows = finance::fec_rows(tx, year)?;
    let bytes = fec::fec_file(rows.into_iter().map(written))?;
    Ok(File { name, bytes })
}

/// Writes, in the form of the FEC, what was posted from one day to another, whatever its fiscal year.
///
/// # Errors
/// Those of [`fec_file`].
pub fn entries_of(tx: &mut Tx<'_>, from: Day, to: Day) -> Result<File, Faults> {
    let siren = master::company(tx)?.siren.clone().unwrap_or_default();
    let name = fec::fec_name(&siren, to).unwrap_or_else(|_| format!("FEC{}.txt", to.compact()));
    let mut rows = Vec::new();
    for year in tx.find::<FiscalYear>(Filter::everything())? {
        let posted = finance::fec_rows(tx, year.id)?.into_iter();
        rows.extend(posted.filter(|row| (from..=to).contains(&row.posted_on)));
    }
    rows.sort_by_key(|row| row.posted_on);
    let bytes = fec::fec_file(rows.into_iter().map(written))?;
    Ok(File { name, bytes })
}

fn written(row: finance::FecRow) -> fec::FecRow {
    fec::FecRow {
        journal_code: row.journal_code,
        journal_label: row.journal_name,
        number: row.entry_number,
        day: row.entry_day,
        account: row.account_number,
        account_label: row.account_name,
        auxiliary: row.party_code.zip(row.party_name),
        piece: row.piece,
        piece_day: row.piece_day,
        label: row.label,
        debit: row.debit,
        credit: row.credit,
        lettering: row.lettering.zip(row.lettered_on),
        validated: row.posted_on,
        foreign: row.foreign_amount,
    }
}
