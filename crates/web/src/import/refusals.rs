//! Refusals beside their row, their column and their value: on a page, and in a file.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use exchange::{guarded, write_line};
use kernel::{Fault, Language, Text};
use maud::{Markup, html};
use serde_json::Value as Json;

use crate::door::Ask;
use crate::parts::{Column, Fold, Ledger, Row};

/// How many are shown on a page.
pub const SHOWN: usize = 200;

const ROW: Text = Text::new("Ligne", "Row");
const COLUMN: Text = Text::new("Colonne", "Column");
const VALUE: Text = Text::new("Valeur", "Value");
const REFUSAL: Text = Text::new("Refus", "Refusal");

fn text<'a>(refusal: &'a Json, member: &str) -> &'a str {
    refusal[member].as_str().unwrap_or("")
}

/// The first of them as a ledger; the margin holds the number of the row in the file.
#[must_use]
pub fn ledger(ask: &Ask, refusals: &[Json]) -> Markup {
    let columns = vec![
        Column::title(ask.say(COLUMN)),
        Column::text(ask.say(VALUE)).fold(Fold::Number),
        Column::text(ask.say(REFUSAL)).grow().fold(Fold::State),
    ];
    let rows = refusals.iter().take(SHOWN).map(|refusal| {
        let number = refusal["row"].as_i64().unwrap_or(0);
        Row::new(vec![
            html! { (text(refusal, "column")) },
            html! { (text(refusal, "value")) },
            html! { (text(refusal, "sentence")) },
        ])
        .mark(ask.language.integer(number))
    });
    html! {
        div.refusals {
            (Ledger::new(ask.language, ask.say(REFUSAL), columns).rows(rows))
        }
    }
}

/// A CSV file in the reader's language, made for a spreadsheet.
pub struct File {
    out: Vec<u8>,
    separator: u8,
}

impl File {
    #[must_use]
    pub fn new(language: Language) -> Self {
        let separator = match language {
            Language::French => b';',
            Language::English => b',',
        };
        // The mark by which a spreadsheet knows UTF-8.
        Self { out: "\u{feff}".as_bytes().to_vec(), separator }
    }

    /// # Errors
    /// Those of [`write_line`].
    pub fn line<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), Fault> {
        let cells: Vec<String> = cells.into_iter().map(guarded).collect();
        write_line(&mut self.out, self.separator, &cells)
    }

    /// The file as a download of this name.
    #[must_use]
    pub fn send(self, name: &str) -> Response {
        let about = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        ];
        (about, self.out).into_response()
    }
}

/// Every refusal as a file: row, column, value, sentence, code.
///
/// # Errors
/// Those of [`write_line`].
pub fn file(language: Language, refusals: &[Json]) -> Result<Response, Fault> {
    let mut file = File::new(language);
    let code = Text::new("Code du refus", "Code of the refusal");
    file.line([ROW, COLUMN, VALUE, REFUSAL, code].map(|word| word.say(language)))?;
    for refusal in refusals {
        let row = refusal["row"].to_string();
        let told = ["column", "value", "sentence", "code"].map(|member| text(refusal, member));
        file.line(std::iter::once(row.as_str()).chain(told))?;
    }
    let name = Text::new("refus.csv", "refusals.csv");
    Ok(file.send(name.say(language)))
}

/// The refused rows as they came, with what is wrong at the end: to be mended and sent again.
///
/// # Errors
/// Those of [`write_line`].
pub fn rows_file(
    language: Language,
    sheet: &exchange::Sheet,
    refusals: &[Json],
) -> Result<Response, Fault> {
    let mut file = File::new(language);
    let header = sheet.header.iter().map(String::as_str);
    file.line(header.chain([REFUSAL.say(language)]))?;
    for (number, cells) in &sheet.rows {
        let own: Vec<&str> = refusals
            .iter()
            .filter(|refusal| refusal["row"].as_i64() == Some(*number))
            .map(|refusal| text(refusal, "sentence"))
            .collect();
        if own.is_empty() {
            continue;
        }
        let said = own.join(" ");
        let width = sheet.header.len();
        let padded = (0..width).map(|place| cells.get(place).map_or("", String::as_str));
        file.line(padded.chain([said.as_str()]))?;
    }
    let name = Text::new("lignes-refusees.csv", "refused-rows.csv");
    Ok(file.send(name.say(language)))
}
