//! Records from a file: read, mapped to fields, tried, applied row by row, and undone.

mod batch;
mod cells;
mod columns;
mod door;
mod rows;
mod text;
mod undo;

pub use batch::{ImportBatch, ImportRow, ImportState, MODULE, RowOutcome};
pub use columns::Plan;
pub use door::{FILE_MOST, routes};
pub use rows::{Mode, Report, Source, run};
pub use text::{Encoding, Sheet, decode, read_sheet};
pub use undo::{Undone, undo};
