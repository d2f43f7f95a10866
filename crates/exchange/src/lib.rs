//! Records from a file: read, mapped to fields, tried, applied row by row, and undone. Both doors,
//! that of programs and that of people, come here.

mod archive;
mod batch;
mod cells;
mod columns;
mod guess;
pub mod many;
mod rows;
mod text;
mod undo;
mod workbook;
mod write;

use kernel::{Fault, Language, json, sentence};
use serde_json::{Value as Json, json};

pub use batch::{ImportBatch, ImportRow, ImportState, MODULE, RowOutcome};
pub use columns::{Column, Plan, Target};
pub use guess::{Guess, guess, language_of};
pub use rows::{Mode, Report, Source, run};
pub use text::{Encoding, Sheet, decode, detected, read_sheet};
pub use undo::{Undone, undo};
pub use workbook::{is_workbook, read_workbook};
pub use write::{guarded, write_line};

/// The most a file may weigh, in bytes.
pub const FILE_MOST: usize = 50 * 1024 * 1024;

/// One fault: its code, its field, its facts, and what it says to a person.
#[must_use]
pub fn fault_json(fault: &Fault, language: Language) -> Json {
    let mut facts = json::of_facts(&fault.facts);
    // What the second of two editors sent travels as text in the fault; a client reads an object.
    if let Some(Json::String(text)) = facts.get("yours")
        && let Ok(yours @ Json::Object(_)) = serde_json::from_str(text)
    {
        facts.insert("yours".to_owned(), yours);
    }
    json!({
        "code": fault.code,
        "field": fault.field,
        "facts": facts,
        "sentence": sentence(fault, language),
    })
}
