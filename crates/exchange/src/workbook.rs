//! A workbook (`.xlsx`) as a header and rows of text: its first sheet, each cell as a CSV file would
//! write it, numbers with a decimal point, days as `2026-11-24`.
//! Source: ECMA-376, part 1, SpreadsheetML.

use kernel::{Day, Fault, Faults};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::archive::{Archive, unreadable};
use crate::text::Sheet;

/// The most columns that a sheet may have.
const COLUMNS_MOST: usize = 16_384;
/// The most cells of a sheet, blank ones before a full one counted, and the most bytes of their
/// texts: a short file may say the same long text, or a far column, any number of times.
const CELLS_MOST: usize = 5_000_000;
const TEXT_MOST: usize = 256 * 1024 * 1024;
/// The number that a workbook gives to the first of January 1970; the other, where it begins in 1904.
const IN_1970: i32 = 25_569;
const IN_1970_SINCE_1904: i32 = 24_107;

/// How the number of a cell is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Plain,
    Percent,
    Day,
}

/// Whether a file is a workbook of this kind, by its first bytes.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Reads the first sheet of a workbook. Rows of blank cells are passed over.
///
/// # Errors
/// `import.spreadsheet` for what is no workbook, `csv.empty`.
pub fn read_workbook(bytes: &[u8]) -> Result<Sheet, Faults> {
    let archive = Archive::open(bytes)?;
    let part = |name: &str| archive.text(name);
    let book = part("xl/workbook.xml")?.ok_or_else(unreadable)?;
    let links = part("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let (place, since_1904) = first_sheet(&book, &links)?;
    let shared = match part("xl/sharedStrings.xml")? {
        Some(text) => strings(&text)?,
        None => Vec::new(),
    };
    let formats = match part("xl/styles.xml")? {
        Some(text) => formats(&text)?,
        None => Vec::new(),
    };
    let text = part(&place)?.ok_or_else(unreadable)?;
    let epoch = if since_1904 { IN_1970_SINCE_1904 } else { IN_1970 };
    Ok(sheet(rows(&text, &shared, &formats, epoch)?)?)
}

/// The rows under their header, each as wide as it; rows of blank cells are left out.
fn sheet(rows: Vec<(i64, Vec<String>)>) -> Result<Sheet, Fault> {
    let full = |(_, cells): &(i64, Vec<String>)| cells.iter().any(|cell| !cell.is_empty());
    let known = rows.len();
    let mut rows = rows.into_iter().filter(full);
    let (_, mut header) = rows.next().ok_or(Fault::new("csv.empty"))?;
    while header.last().is_some_and(String::is_empty) {
        header.pop();
    }
    let width = header.len();
    if width.saturating_mul(known) > CELLS_MOST {
        return Err(unreadable());
    }
    let fitted = |(number, mut cells): (i64, Vec<String>)| {
        while cells.len() > width && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() < width {
            cells.resize(width, String::new());
        }
        (number, cells)
    };
    Ok(Sheet { rows: rows.map(fitted).collect(), header })
}

type Xml<'a> = Reader<&'a [u8]>;

fn next<'a>(reader: &mut Xml<'a>) -> Result<Event<'a>, Fault> {
    reader.read_event().map_err(|_| unreadable())
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes().flatten();
    let found = all.find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

/// The place of the first sheet in the archive, and whether days are counted from 1904.
fn first_sheet(book: &str, links: &str) -> Result<(String, bool), Fault> {
    let (mut reader, mut id, mut since_1904) = (Reader::from_str(book), None, false);
    loop {
        match next(&mut reader)? {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "sheet" if id.is_none() => id = attribute(&element, "r:id"),
                "workbookPr" => {
                    let told = attribute(&element, "date1904").unwrap_or_default();
                    since_1904 = matches!(told.as_str(), "1" | "true");
                }
                _ => {}
            },
            _ => {}
        }
    }
    let mut reader = Reader::from_str(links);
    loop {
        match next(&mut reader)? {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                if id.is_some() && attribute(&element, "Id") == id {
                    let target = attribute(&element, "Target").unwrap_or_default();
                    let place = match target.strip_prefix('/') {
                        Some(whole) => whole.to_owned(),
                        None => format!("xl/{target}"),
                    };
                    return Ok((place, since_1904));
                }
            }
            _ => {}
        }
    }
    Ok(("xl/worksheets/sheet1.xml".to_owned(), since_1904))
}

/// What a piece of an element's text adds: text, or a letter written as `&amp;`.
fn add(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(words) => text.push_str(&words.xml10_content()),
        Event::CData(words) => text.push_str(&words.xml10_content()),
        Event::GeneralRef(name) => match name.resolve_char_ref() {
            Ok(Some(letter)) => text.push(letter),
            _ => text.push(match name.as_ref() {
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => '&',
            }),
        },
        _ => {}
    }
}

/// The texts that cells share, by rank. How a text is spoken (`rPh`) is no part of it.
fn strings(text: &str) -> Result<Vec<String>, Fault> {
    let (mut reader, mut all) = (Reader::from_str(text), Vec::new());
    let (mut own, mut inside, mut spoken) = (String::new(), false, false);
    loop {
        let event = next(&mut reader)?;
        match &event {
            Event::Eof => return Ok(all),
            Event::Start(element) => match element.local_name().as_ref() {
                "si" => own.clear(),
                "t" => inside = !spoken,
                "rPh" => spoken = true,
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == "si" => {
                all.push(String::new());
            }
            Event::End(element) => match element.local_name().as_ref() {
                "si" => all.push(std::mem::take(&mut own)),
                "t" => inside = false,
                "rPh" => spoken = false,
                _ => {}
            },
            other if inside => add(other, &mut own),
            _ => {}
        }
    }
}

/// What each style of the workbook means for a number.
fn formats(text: &str) -> Result<Vec<Format>, Fault> {
    let mut reader = Reader::from_str(text);
    let (mut own, mut all, mut cells) = (Vec::<(u32, Format)>::new(), Vec::new(), false);
    loop {
        match next(&mut reader)? {
            Event::Eof => return Ok(all),
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    let code = attribute(&element, "formatCode").unwrap_or_default();
                    own.push((id.unwrap_or(0), of_code(&code)));
                }
                "cellXfs" => cells = true,
                "cellStyles" | "dxfs" => cells = false,
                "xf" if cells => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    let id: u32 = id.unwrap_or(0);
                    let told =
                        own.iter().find(|(known, _)| *known == id).map(|(_, format)| *format);
                    all.push(told.unwrap_or(match id {
                        9 | 10 => Format::Percent,
                        14..=17 | 22 => Format::Day,
                        _ => Format::Plain,
                    }));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// What a format's code means: `0.00%`, `dd/mm/yyyy`. What stands in quotes or brackets is text.
fn of_code(code: &str) -> Format {
    let (mut bare, mut quoted, mut bracketed) = (String::new(), false, false);
    for letter in code.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            letter if !quoted && !bracketed => bare.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    if bare.contains('%') {
        Format::Percent
    } else if bare.contains('y') || (bare.contains('d') && bare.contains('m')) {
        Format::Day
    } else {
        Format::Plain
    }
}

/// Where a cell stands and how it is to be read.
struct Cell {
    column: usize,
    kind: String,
    style: usize,
}

/// How much more of a sheet is taken.
struct Room {
    cells: usize,
    text: usize,
}

impl Room {
    fn take(&mut self, cells: usize, text: usize) -> Result<(), Fault> {
        self.cells = self.cells.checked_sub(cells).ok_or_else(unreadable)?;
        self.text = self.text.checked_sub(text).ok_or_else(unreadable)?;
        Ok(())
    }
}

fn rows(
    text: &str,
    shared: &[String],
    formats: &[Format],
    epoch: i32,
) -> Result<Vec<(i64, Vec<String>)>, Fault> {
    let (mut reader, mut all) = (Reader::from_str(text), Vec::<(i64, Vec<String>)>::new());
    let (mut cell, mut own, mut inside) = (None::<Cell>, String::new(), false);
    let mut room = Room { cells: CELLS_MOST, text: TEXT_MOST };
    loop {
        let event = next(&mut reader)?;
        match &event {
            Event::Eof => return Ok(all),
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    let told = attribute(element, "r").and_then(|rank| rank.parse().ok());
                    let after = all.last().map_or(1, |(rank, _)| rank.saturating_add(1));
                    room.take(1, 0)?;
                    all.push((told.unwrap_or(after), Vec::new()));
                }
                "c" => {
                    let after = all.last().map_or(0, |(_, cells)| cells.len());
                    cell = Some(cell_of(element, after)?);
                    own.clear();
                }
                "v" | "t" => inside = true,
                _ => {}
            },
            // An empty cell holds its place, whether it names it or not.
            Event::Empty(element) if element.local_name().as_ref() == "c" => {
                let Some((_, cells)) = all.last_mut() else { continue };
                let blank = cell_of(element, cells.len())?;
                room.take(blank.column + 1 - cells.len(), 0)?;
                cells.resize(blank.column + 1, String::new());
            }
            Event::End(element) => match element.local_name().as_ref() {
                "v" | "t" => inside = false,
                "c" => {
                    let (Some(cell), Some((_, cells))) = (cell.take(), all.last_mut()) else {
                        continue;
                    };
                    let told = read(&cell, &own, shared, formats, epoch)?;
                    room.take((cell.column + 1).saturating_sub(cells.len()), told.len())?;
                    cells.resize(cells.len().max(cell.column), String::new());
                    cells.push(told);
                }
                _ => {}
            },
            other if inside && cell.is_some() => add(other, &mut own),
            _ => {}
        }
    }
}

fn cell_of(element: &BytesStart<'_>, after: usize) -> Result<Cell, Fault> {
    let column = attribute(element, "r").map_or(after, |place| {
        let letters = place.bytes().take_while(u8::is_ascii_uppercase);
        let rank = letters.fold(0_usize, |rank, letter| {
            rank.saturating_mul(26).saturating_add(usize::from(letter - b'A') + 1)
        });
        rank.saturating_sub(1)
    });
    if column >= COLUMNS_MOST || column < after {
        return Err(unreadable());
    }
    let style = attribute(element, "s").and_then(|style| style.parse().ok());
    let kind = attribute(element, "t").unwrap_or_default();
    Ok(Cell { column, kind, style: style.unwrap_or(0) })
}

fn read(
    cell: &Cell,
    text: &str,
    shared: &[String],
    formats: &[Format],
    epoch: i32,
) -> Result<String, Fault> {
    let text = text.trim();
    Ok(match cell.kind.as_str() {
        "s" => {
            let rank: usize = text.parse().map_err(|_| unreadable())?;
            shared.get(rank).ok_or_else(unreadable)?.trim().to_owned()
        }
        "b" => if text == "1" { "true" } else { "false" }.to_owned(),
        // What a formula could not compute.
        "e" => String::new(),
        "str" | "inlineStr" | "d" => text.to_owned(),
        _ if text.is_empty() => String::new(),
        _ => number(text, formats.get(cell.style).copied().unwrap_or(Format::Plain), epoch),
    })
}

/// A number as its format means it. A workbook keeps binary fractions: the fifteen digits that a
/// spreadsheet shows are what was typed.
fn number(text: &str, format: Format, epoch: i32) -> String {
    let Ok(given) = text.parse::<f64>() else { return text.to_owned() };
    let shown = |number: f64| {
        let fifteen = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
        fifteen.to_string()
    };
    match format {
        Format::Plain => shown(given),
        Format::Percent => format!("{} %", shown(given * 100.0)),
        Format::Day => {
            let minutes = (given * 1440.0).round();
            // From the second year of a workbook to the year 9999: what is beyond is a number.
            if !(527_040.0..=4_250_000_000.0).contains(&minutes) {
                return shown(given);
            }
            let (day, clock) = ((minutes / 1440.0).floor(), minutes % 1440.0);
            let days = format!("{day:.0}").parse::<i32>().unwrap_or(0);
            let clock = format!("{clock:.0}").parse::<i32>().unwrap_or(0);
            let day = Day(days - epoch);
            match clock {
                0 => day.to_string(),
                clock => format!("{day} {:02}:{:02}", clock / 60, clock % 60),
            }
        }
    }
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
