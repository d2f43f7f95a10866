//! The bytes of a file as columns and rows, and what was recognised on the way.

use exchange::{
    Encoding, Guess, Plan, Sheet, decode, detected, guess, is_workbook, language_of, read_sheet,
    read_workbook,
};
use kernel::{Fault, Faults, FieldDef, Language, Shape, Tx};

use super::kept::{File, Settings};
use crate::door::Ask;
use crate::show;

/// A file, read.
pub struct Read {
    pub sheet: Sheet,
    pub form: Form,
    /// Of the numbers: a decimal comma or a decimal point.
    pub language: Language,
    pub dates: Dates,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text {
        encoding: Encoding,
        separator: u8,
    },
    /// Its first sheet.
    Workbook,
}

/// How a file writes its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dates {
    /// None was seen.
    None,
    /// `24/11/2026`, or `2026-11-24`: as we read them.
    Read,
    /// `11/24/2026`: the day and the month would be taken for each other.
    MonthFirst,
}

/// Reads a file as the settings say, and recognises what they leave open.
///
/// # Errors
/// `import.spreadsheet`, `csv.*`.
pub fn read(bytes: &[u8], settings: &Settings, language: Language) -> Result<Read, Faults> {
    // How an older workbook begins.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Fault::new("import.spreadsheet").into());
    }
    // A workbook keeps numbers as such: what it says of them has a decimal point.
    let (mut sheet, form, usual) = match is_workbook(bytes) {
        true => (read_workbook(bytes)?, Form::Workbook, Language::English),
        false => {
            let (sheet, form) = read_text(bytes, settings)?;
            (sheet, form, language)
        }
    };
    name_apart(&mut sheet.header);
    let language = settings.language.or_else(|| language_of(&sheet.rows)).unwrap_or(usual);
    let dates = dates(&sheet.rows);
    Ok(Read { sheet, form, language, dates })
}

fn read_text(bytes: &[u8], settings: &Settings) -> Result<(Sheet, Form), Faults> {
    let (encoding, text) = match settings.encoding {
        Some(declared) => (declared, decode(bytes, Some(declared))?),
        None => match decode(bytes, None) {
            Ok(text) => (Encoding::Utf8, text),
            // A file that is no UTF-8 comes from an old spreadsheet; the samples let one judge.
            Err(fault) => match decode(bytes, Some(Encoding::Windows1252)) {
                Ok(text) => (Encoding::Windows1252, text),
                Err(_) => return Err(fault.into()),
            },
        },
    };
    let separator = settings.separator.unwrap_or_else(|| detected(&text));
    Ok((read_sheet(&text, Some(separator))?, Form::Text { encoding, separator }))
}

/// Columns are known by their head: those without one, or with that of another, get their place.
fn name_apart(header: &mut [String]) {
    for place in 0..header.len() {
        let folded = kernel::typed::folded(&header[place]);
        let before = header[..place].iter().any(|head| kernel::typed::folded(head) == folded);
        if folded.is_empty() {
            header[place] = format!("({})", place + 1);
        } else if before {
            header[place] = format!("{} ({})", header[place], place + 1);
        }
    }
}

fn dates(rows: &[(i64, Vec<String>)]) -> Dates {
    let (mut read, mut month_first) = (0, 0);
    for cell in rows.iter().take(500).flat_map(|(_, cells)| cells) {
        let mut parts = cell.split(['/', '.', '-']).map(|part| part.parse::<u16>().ok());
        let (Some(Some(one)), Some(Some(two)), Some(Some(three)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        match (one, two, three) {
            (1..=31, 1..=12, 1900..=2200) | (1900..=2200, 1..=12, 1..=31) => read += 1,
            (1..=12, 13..=31, 1900..=2200) => month_first += 1,
            _ => {}
        }
    }
    match (read, month_first) {
        (0, 0) => Dates::None,
        (_, 0) => Dates::Read,
        _ => Dates::MonthFirst,
    }
}

/// The field each column goes to: as chosen, or as guessed.
#[must_use]
pub fn chosen(ask: &Ask, shape: &Shape, read: &Read, settings: &Settings) -> Vec<Guess> {
    match &settings.columns {
        Some(columns) if columns.len() == read.sheet.header.len() => {
            let told = |field: &String| Guess { field: field.clone(), by_cells: false };
            columns.iter().map(told).collect()
        }
        _ => guess(shape, &read.sheet.header, &read.sheet.rows, |field| writes(ask, shape, field)),
    }
}

/// Whether the person may give this field a value from a file.
#[must_use]
pub fn writes(ask: &Ask, shape: &Shape, field: &FieldDef) -> bool {
    let lines = matches!(field.kind, kernel::Kind::Lines(_) | kernel::Kind::Origin);
    !field.system && !lines && !show::hidden(&ask.actor, shape.def, field)
}

/// The plan of a file: its columns, each with its field.
///
/// # Errors
/// `csv.*`, `field.unknown` for a field that is none, or that is hidden from this person.
pub fn plan(tx: &mut Tx<'_>, ask: &Ask, file: &File, read: &Read) -> Result<Plan, Faults> {
    let shape = Shape::of(tx, file.def)?;
    let guesses = chosen(ask, &shape, read, &file.way().settings);
    let mut mapping = Vec::with_capacity(guesses.len());
    for (head, guess) in read.sheet.header.iter().zip(guesses) {
        let known = guess.field.is_empty()
            || guess.field == "id"
            || guess.field.starts_with("extra.")
            || shape.def.field(&guess.field).is_some_and(|field| writes(ask, &shape, field));
        if !known {
            return Err(Fault::new("field.unknown").on(guess.field).into());
        }
        mapping.push((head.clone(), guess.field));
    }
    Plan::of(&shape, &read.sheet.header, &mapping, read.language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(bytes: &[u8]) -> Read {
        read(bytes, &Settings::default(), Language::English).unwrap_or_else(|_| panic!("unread"))
    }

    #[test]
    fn an_old_french_file_is_recognised() {
        let file =
            b"Soci\xe9t\xe9;Plafond;Vu le;;Plafond\n\xc9picerie \x80;1 234,50;24/11/2026;;\n";
        let read = reads(file);
        let form = Form::Text { encoding: Encoding::Windows1252, separator: b';' };
        assert_eq!((read.form, read.language), (form, Language::French));
        assert_eq!(read.dates, Dates::Read);
        assert_eq!(read.sheet.header, ["Société", "Plafond", "Vu le", "(4)", "Plafond (5)"]);
        assert_eq!(read.sheet.rows[0].1[0], "Épicerie €");
    }

    #[test]
    fn days_written_the_american_way_are_told_apart() {
        assert_eq!(reads(b"a,b\n11/24/2026,01/02/2026\n").dates, Dates::MonthFirst);
        assert_eq!(reads(b"a\n2026-11-24\n").dates, Dates::Read);
        assert_eq!(reads(b"a\n1.2\n").dates, Dates::None);
    }

    #[test]
    fn a_workbook_that_cannot_be_read_is_refused_by_its_name() {
        let refused = read(b"PK\x03\x04rest", &Settings::default(), Language::French);
        assert_eq!(refused.err().map(|faults| faults.codes()), Some(vec!["import.spreadsheet"]));
    }
}
