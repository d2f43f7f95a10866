//! Tables: text to the left, figures to the right, one hairline a row, an ink line under the head.

use super::block::{Align, Block, Ink, MM, Style, width_of};
use super::sheet::WIDTH;
use super::style::{LABEL, STRONG};

/// Between two columns.
const GUTTER: f32 = 4.0 * MM;
const ROW: f32 = 7.0 * MM;
const HEAD: f32 = 6.8 * MM;

/// A column; the width of all but one follows from what they hold.
pub struct Column {
    pub title: String,
    pub align: Align,
    /// Takes the room that the others leave.
    pub grows: bool,
}

impl Column {
    pub fn left(title: &str) -> Self {
        Self { title: title.to_owned(), align: Align::Left, grows: false }
    }
    pub fn right(title: &str) -> Self {
        Self { title: title.to_owned(), align: Align::Right, grows: false }
    }
    pub fn growing(title: &str) -> Self {
        Self { title: title.to_owned(), align: Align::Left, grows: true }
    }
}

/// What stands in a column of a row; `detail` is a smaller second line.
pub struct Cell {
    pub text: String,
    pub style: Style,
    pub detail: Option<String>,
}

impl Cell {
    pub fn new(text: impl Into<String>, style: Style) -> Self {
        Self { text: text.into(), style, detail: None }
    }
    pub fn strong(text: impl Into<String>) -> Self {
        Self::new(text, STRONG)
    }
    #[must_use]
    pub fn with_detail(mut self, detail: Option<&String>) -> Self {
        self.detail = detail.filter(|text| !text.trim().is_empty()).cloned();
        self
    }
    fn natural(&self) -> f32 {
        let longest = |text: &str, style| {
            text.split('\n').map(|line| width_of(line, style)).fold(0.0, f32::max)
        };
        let detail = self.detail.as_deref().map_or(0.0, |text| longest(text, LABEL));
        longest(&self.text, self.style).max(detail)
    }
}

/// A table set to `width`: its head, and its rows.
pub fn ledger(columns: &[Column], rows: &[Vec<Cell>], width: f32) -> (Block, Vec<Block>) {
    let widths = widths(columns, rows, width);
    let heads: Vec<Cell> =
        columns.iter().map(|column| Cell::new(column.title.clone(), LABEL)).collect();
    let head =
        band(columns, &heads, &widths, HEAD).under(0.0, Block::rule(width, 0.25 * MM, Ink::Black));
    let rows = rows
        .iter()
        .map(|row| {
            band(columns, row, &widths, ROW).under(0.0, Block::rule(width, 0.2 * MM, Ink::Hairline))
        })
        .collect();
    (head, rows)
}

/// The growing column keeps at least a third of the table; then the others share what is left, in
/// proportion, and wrap.
fn widths(columns: &[Column], rows: &[Vec<Cell>], width: f32) -> Vec<f32> {
    let natural: Vec<f32> = columns
        .iter()
        .enumerate()
        .map(|(rank, column)| {
            let cells = rows.iter().filter_map(|row| row.get(rank));
            let widest = cells.map(Cell::natural).fold(0.0, f32::max);
            // A hair more than measured, so that the widest cell is not broken by rounding.
            widest.max(width_of(&column.title, LABEL)) + 0.1
        })
        .collect();
    let room = width - GUTTER * columns.len().saturating_sub(1) as f32;
    let fixed: f32 =
        columns.iter().zip(&natural).filter(|(c, _)| !c.grows).map(|(_, wide)| wide).sum();
    let growing = columns.iter().any(|column| column.grows);
    let most = if growing { room * 2.0 / 3.0 } else { room };
    let scale = if fixed > most || !growing { most / fixed.max(1.0) } else { 1.0 };
    columns
        .iter()
        .zip(&natural)
        .map(|(column, wide)| if column.grows { room - fixed * scale } else { wide * scale })
        .collect()
}

fn band(columns: &[Column], cells: &[Cell], widths: &[f32], least: f32) -> Block {
    let mut band = Block::space(least);
    let mut right = 0.0;
    for ((column, cell), &width) in columns.iter().zip(cells).zip(widths) {
        let mut block = Block::text(&cell.text, cell.style, width, column.align);
        if let Some(detail) = &cell.detail {
            block = block.under(0.0, Block::text(detail, LABEL, width, column.align));
        }
        // All first lines share one baseline: that of a row of one line, centred.
        let pad = (least - cell.style.leading) / 2.0;
        block.height += pad;
        band = band.beside(right, pad, block);
        right += width + GUTTER;
    }
    band
}

/// The same table as one block, for the small ones.
pub fn small_ledger(columns: &[Column], rows: &[Vec<Cell>], width: f32) -> Block {
    let (head, rows) = ledger(columns, rows, width);
    rows.into_iter().fold(head, |table, row| table.under(0.0, row))
}

/// Label and value pairs, the values lined up.
pub fn pairs(pairs: &[(&str, String)], width: f32, gap: f32) -> Block {
    let labels = pairs.iter().map(|(label, _)| width_of(label, LABEL)).fold(0.0, f32::max);
    let value_at = (labels + 5.0 * MM).min(width / 2.0);
    let style = super::style::BODY;
    let drop = style.leading - LABEL.leading - 0.6;
    pairs.iter().filter(|(_, value)| !value.trim().is_empty()).enumerate().fold(
        Block::default(),
        |list, (rank, (label, value))| {
            let row = Block::text(label, LABEL, value_at - 2.0 * MM, Align::Left);
            let row = Block::default().beside(0.0, drop, row).beside(
                value_at,
                0.0,
                Block::text(value, style, width - value_at, Align::Left),
            );
            list.under(if rank == 0 { 0.0 } else { gap }, row)
        },
    )
}

/// The full width of the sheet, for the table of lines.
pub const FULL: f32 = WIDTH;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::style::BODY;

    #[test]
    fn columns_fill_the_width_whatever_they_hold() {
        let columns = [Column::left("Code"), Column::growing("Name"), Column::right("Total")];
        for text in ["A", &"LONG-CODE-".repeat(30)] {
            let row = ["x", "y"].map(|rest| Cell::new(format!("{text}{rest}"), BODY));
            let [first, last] = row;
            let rows = vec![vec![first, Cell::strong("name ".repeat(40)), last]];
            let widths = widths(&columns, &rows, FULL);
            let sum: f32 = widths.iter().sum::<f32>() + 2.0 * GUTTER;
            assert!((sum - FULL).abs() < 0.5, "{sum}");
            assert!(widths[1] >= FULL / 3.2);
        }
    }
}
