//! The ledger: the house's signature. A margin with the line's number or its box, one unbroken
//! green line, columns that line up, totals ruled above and double-ruled below.

use kernel::Language;
use maud::{Markup, Render, html};

use super::columns::{Column, Fold};
use super::icons::{Icon, icon};
use super::say;

/// One line: a cell for each column, in the order of the columns.
#[derive(Debug, Clone)]
pub struct Row {
    id: Option<String>,
    name: String,
    cells: Vec<Markup>,
    whole: Vec<Option<String>>,
    mark: Option<String>,
    current: bool,
    chosen: bool,
}

impl Row {
    #[must_use]
    pub fn new(cells: Vec<Markup>) -> Self {
        Self {
            id: None,
            name: String::new(),
            cells,
            whole: Vec::new(),
            mark: None,
            current: false,
            chosen: false,
        }
    }
    /// The record behind the line: its id is sent when the line is chosen, `name` says it aloud.
    #[must_use]
    pub fn record(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self.name = name.into();
        self
    }
    /// The whole text of the cells that may be cut, each in its place.
    #[must_use]
    pub fn whole(mut self, texts: Vec<Option<String>>) -> Self {
        self.whole = texts;
        self
    }
    /// A word in the margin instead of the number: `D`, `C`.
    #[must_use]
    pub fn mark(mut self, mark: impl Into<String>) -> Self {
        self.mark = Some(mark.into());
        self
    }
    /// The line that is open beside the ledger.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
    /// Drawn with its box ticked.
    #[must_use]
    pub fn chosen(mut self, chosen: bool) -> Self {
        self.chosen = chosen;
        self
    }
}

/// The head of a group of lines, or a total: a label, a note, and the figures of the last columns.
#[derive(Debug, Clone)]
pub struct Sum {
    label: String,
    note: String,
    tail: Vec<Markup>,
}

impl Sum {
    /// `tail` fills the last columns, in order; the label takes the others.
    #[must_use]
    pub fn new(label: impl Into<String>, tail: Vec<Markup>) -> Self {
        Self { label: label.into(), note: String::new(), tail }
    }
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

#[derive(Debug, Clone)]
enum Line {
    Row(Row),
    Group(Sum),
}

/// A ledger. Draw it with `(ledger)` inside `html!`.
#[derive(Debug, Clone)]
pub struct Ledger {
    language: Language,
    label: String,
    id: Option<String>,
    columns: Vec<Column>,
    lines: Vec<Line>,
    totals: Vec<Sum>,
    margin: bool,
    first: usize,
    bulk: Option<String>,
    pinned: bool,
    wide: bool,
    empty: Option<Markup>,
}

impl Ledger {
    /// `label` is said aloud by assistive technology: what the lines are.
    #[must_use]
    pub fn new(language: Language, label: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            language,
            label: label.into(),
            id: None,
            columns,
            lines: Vec::new(),
            totals: Vec::new(),
            margin: true,
            first: 1,
            bulk: None,
            pinned: false,
            wide: false,
            empty: None,
        }
    }
    /// The id of the frame around the table: the target of swaps and live refreshes.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.lines.push(Line::Row(row));
        self
    }
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.lines.extend(rows.into_iter().map(Line::Row));
        self
    }
    /// The head of the rows that follow.
    #[must_use]
    pub fn group(mut self, group: Sum) -> Self {
        self.lines.push(Line::Group(group));
        self
    }
    /// The last total is double-ruled.
    #[must_use]
    pub fn total(mut self, total: Sum) -> Self {
        self.totals.push(total);
        self
    }
    /// Lines can be chosen: their boxes, named `id`, belong to the form of this id.
    #[must_use]
    pub fn choose(mut self, form: impl Into<String>) -> Self {
        self.bulk = Some(form.into());
        self
    }
    /// The number of the first line, on the pages that follow the first.
    #[must_use]
    pub fn first(mut self, number: usize) -> Self {
        self.first = number;
        self
    }
    /// The head of the ledger stays in sight while the page scrolls.
    #[must_use]
    pub fn pinned(mut self) -> Self {
        self.pinned = true;
        self
    }
    /// Its columns were chosen: none folds away, and it moves inside its frame when there are more
    /// than fit.
    #[must_use]
    pub fn wide(mut self, wide: bool) -> Self {
        self.wide = wide;
        self
    }
    /// A small table inside a section: no line numbers.
    #[must_use]
    pub fn no_margin(mut self) -> Self {
        self.margin = false;
        self
    }
    /// What is shown when there is no line: see [`super::empty`].
    #[must_use]
    pub fn empty(mut self, empty: Markup) -> Self {
        self.empty = Some(empty);
        self
    }

    fn draw_row(&self, row: &Row, number: usize) -> Markup {
        html! {
            tr data-row=[row.id.as_ref()] .cur[row.current]
                aria-current=[row.current.then_some("true")] {
                @if self.margin { td.m { (self.draw_margin(row, number)) } }
                @for (rank, (column, cell)) in self.columns.iter().zip(&row.cells).enumerate() {
                    td class=(column.class()) title=[row.whole.get(rank).and_then(Option::as_ref)] {
                        (cell)
                    }
                }
            }
        }
    }

    /// Above the boxes, one that ticks them all: a script's convenience.
    fn draw_margin_head(&self) -> Markup {
        html! {
            span.sr { (say(self.language, "Ligne", "Line")) }
            @if self.bulk.is_some() {
                label.js-only {
                    input.cb type="checkbox" data-all
                        aria-label=(say(
                            self.language,
                            "Choisir toutes les lignes",
                            "Choose all lines",
                        ));
                }
            }
        }
    }

    fn draw_margin(&self, row: &Row, number: usize) -> Markup {
        html! {
            @match (&self.bulk, &row.id) {
                (Some(form), Some(id)) => label {
                    span aria-hidden="true" { (number) }
                    input.cb type="checkbox" name="id" value=(id) form=(form) checked[row.chosen]
                        aria-label={
                            (say(self.language, "Choisir", "Choose")) " " (row.name)
                        };
                },
                _ if row.current => (icon(Icon::Right)),
                _ if row.mark.is_some() => @if let Some(mark) = &row.mark { (mark) },
                _ => (number),
            }
        }
    }

    fn draw_sum(&self, sum: &Sum) -> Markup {
        let tail = sum.tail.len().min(self.columns.len());
        let span = self.columns.len() - tail;
        html! {
            @if self.margin { td.m {} }
            @if span > 0 {
                td colspan=(span) { (sum.label) @if !sum.note.is_empty() { small { (sum.note) } } }
            }
            @for (column, cell) in self.columns[span..].iter().zip(&sum.tail) {
                td class=(column.class()) { (cell) }
            }
        }
    }

    fn draw_table(&self) -> Markup {
        let mut next = self.first;
        let numbered = self.lines.iter().map(|line| {
            let number = next;
            next += usize::from(matches!(line, Line::Row(_)));
            (number, line)
        });
        html! {
            table.ledger.fold[self.folds()] .pinned[self.pinned] .wide[self.wide] aria-label=(self.label)
                data-ledger {
                thead .sr[self.columns.iter().all(Column::is_unnamed)] { tr {
                    @if self.margin { th.m { (self.draw_margin_head()) } }
                    @for column in &self.columns { (column.head(self.language)) }
                } }
                tbody {
                    @for (number, line) in numbered {
                        @match line {
                            Line::Group(group) => tr.grp { (self.draw_sum(group)) },
                            Line::Row(row) => (self.draw_row(row, number)),
                        }
                    }
                }
                @if !self.totals.is_empty() {
                    tfoot { @for total in &self.totals { tr { (self.draw_sum(total)) } } }
                }
            }
        }
    }

    /// A ledger folds on phones when it says where its title goes.
    fn folds(&self) -> bool {
        self.margin && self.columns.iter().any(|column| column.fold == Fold::Title)
    }
}

impl Render for Ledger {
    fn render(&self) -> Markup {
        let has_rows = self.lines.iter().any(|line| matches!(line, Line::Row(_)));
        let linked =
            self.lines.iter().any(|line| matches!(line, Line::Row(row) if row.id.is_some()));
        html! {
            // Where no line leads anywhere, the keyboard still scrolls what is too wide.
            div.scroll id=[self.id.as_ref()] tabindex=[(!linked).then_some("0")] {
                @match (&self.empty, has_rows) {
                    (Some(empty), false) => (empty),
                    _ => (self.draw_table()),
                }
            }
        }
    }
}
