//! The line grid: lines of a quote or an order typed in place, and their lines anywhere a parent
//! is edited with its children.
//!
//! Each control is named `lines.{rank}.{field}`; ranks run from 0 without a gap, also after lines
//! were added, removed or moved by script. Without scripts the page shows spare lines, a button
//! `do=add_lines`, and on each line a button `remove={rank}`.

use kernel::Language;
use maud::{Markup, Render, html};

use super::fields::{Opt, field_id};
use super::icons::{Icon, icon};
use super::say;

/// What a cell of the grid is.
#[derive(Debug, Clone)]
pub enum Cell {
    Text,
    /// A number, right-aligned, typed as the language writes it.
    Figure,
    Day,
    Choice(Vec<Opt>),
    /// A reference to a record of this entity.
    Reference(&'static str),
    /// The same; this field of the form is sent with the search.
    ReferenceWith(&'static str, &'static str),
    /// Computed: never typed; refreshed by the preview.
    Computed,
}

impl Cell {
    const fn with(&self) -> Option<&'static str> {
        if let Self::ReferenceWith(_, field) = self { Some(field) } else { None }
    }
}

/// A column of the grid.
#[derive(Debug, Clone)]
pub struct LineColumn {
    pub field: &'static str,
    pub label: String,
    pub cell: Cell,
    /// `w-s`, `w-m`, `w-l`, `grow` or nothing.
    pub width: &'static str,
}

impl LineColumn {
    fn class(&self) -> String {
        let side = if matches!(self.cell, Cell::Figure | Cell::Computed) { " n" } else { "" };
        let wide = if self.width == "grow" { " wide" } else { "" };
        format!("{}{side}{wide}", self.width)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Default)]
pub struct LineValue {
    /// What is typed, or the id for a reference or a choice.
    pub value: String,
    /// For a reference, what is read.
    pub shown: String,
    /// For a computed cell, what is drawn.
    pub drawn: Option<Markup>,
    pub error: Option<String>,
}

impl LineValue {
    #[must_use]
    pub fn typed(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }
    #[must_use]
    pub fn reference(id: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { value: id.into(), shown: shown.into(), ..Self::default() }
    }
    #[must_use]
    pub fn computed(drawn: Markup) -> Self {
        Self { drawn: Some(drawn), ..Self::default() }
    }
    #[must_use]
    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }
}

/// The grid. Draw it with `(grid)` inside the form that holds `data-preview`.
#[derive(Debug, Clone)]
pub struct LineGrid {
    pub language: Language,
    /// The name of the list: `lines`.
    pub name: &'static str,
    pub label: String,
    pub columns: Vec<LineColumn>,
    /// Each line: the id of the line when it exists (sent as `lines.{rank}.id`), and its cells.
    pub lines: Vec<(Option<String>, Vec<LineValue>)>,
    /// Whether the server moves lines for those without scripts, told by `up` or `down`.
    pub moves: bool,
    /// Blank lines at the end, for those without scripts.
    pub spare: usize,
    /// Of a part of a longer list: the number that each line has in the whole, and how many lines
    /// the whole has; new ones come after it.
    pub numbers: Option<(Vec<usize>, usize)>,
}

impl LineGrid {
    /// The number of a line as one reads it.
    fn number(&self, rank: &str) -> Option<usize> {
        let rank: usize = rank.parse().ok()?;
        let Some((numbers, all)) = &self.numbers else { return Some(rank + 1) };
        let last = numbers.last().copied().unwrap_or(0).max(*all);
        Some(numbers.get(rank).copied().unwrap_or(last + 1 + rank - numbers.len()))
    }

    fn draw_line(&self, rank: &str, id: Option<&str>, cells: &[LineValue]) -> Markup {
        let blank = LineValue::default();
        let name = format!("{}.{rank}", self.name);
        let kind = if self.moves { "submit" } else { "button" };
        html! {
            tr data-line {
                td.m {
                    span data-number { @if let Some(number) = self.number(rank) { (number) } }
                    @if let Some(id) = id { input type="hidden" name={ (name) ".id" } value=(id); }
                }
                @for (index, column) in self.columns.iter().enumerate() {
                    (self.draw_cell(&name, column, cells.get(index).unwrap_or(&blank)))
                }
                td.tools {
                    button.btn .js-only[!self.moves] data-move="up" formnovalidate
                        type=(kind) name=[self.moves.then_some("up")] value=(rank)
                        aria-label=(say(self.language, "Monter la ligne", "Move line up")) {
                        (icon(Icon::Up))
                    }
                    button.btn .js-only[!self.moves] data-move="down" formnovalidate
                        type=(kind) name=[self.moves.then_some("down")] value=(rank)
                        aria-label=(say(self.language, "Descendre la ligne", "Move line down")) {
                        (icon(Icon::Down))
                    }
                    button.btn type="submit" name="remove" value=(rank) formnovalidate data-remove
                        aria-label=(say(self.language, "Retirer la ligne", "Remove the line")) {
                        (icon(Icon::Close))
                    }
                }
            }
        }
    }

    fn draw_cell(&self, line: &str, column: &LineColumn, value: &LineValue) -> Markup {
        let name = format!("{line}.{}", column.field);
        let id = field_id(&name);
        let figure = matches!(column.cell, Cell::Figure);
        let wrong = value.error.as_ref().map(|_| "true");
        let told = value.error.as_ref().map(|_| format!("{id}-error"));
        html! {
            td class=(column.class()) data-label=(column.label) {
                @match &column.cell {
                    Cell::Computed => span id=(id) {
                        @if let Some(drawn) = &value.drawn { (drawn) }
                    },
                    Cell::Choice(options) => {
                        select.in id=(id) name=(name) aria-label=(column.label) aria-invalid=[wrong]
                            aria-describedby=[&told] {
                            @for option in options {
                                option value=(option.value) selected[option.value == value.value] {
                                    (option.label)
                                }
                            }
                        }
                    }
                    Cell::Reference(entity) | Cell::ReferenceWith(entity, _) => span.pick
                        data-pick=(entity) data-with=[column.cell.with()] {
                        input type="hidden" name=(name) value=(value.value);
                        input type="hidden" name={ (name) ".was" } value=(value.shown);
                        input.in id=(id) name={ (name) ".text" } type="text" value=(value.shown)
                            autocomplete="off" role="combobox" aria-expanded="false"
                            aria-autocomplete="list" aria-label=(column.label) aria-invalid=[wrong]
                            aria-describedby=[&told];
                    },
                    Cell::Text | Cell::Figure | Cell::Day => {
                        input.in .n[figure] id=(id) name=(name) value=(value.value)
                            autocomplete="off"
                            type=(if matches!(column.cell, Cell::Day) { "date" } else { "text" })
                            inputmode=[figure.then_some("decimal")] aria-label=(column.label)
                            aria-invalid=[wrong] aria-describedby=[&told];
                    }
                }
                @if let (Some(error), Some(told)) = (&value.error, &told) {
                    span.error id=(told) { (error) }
                }
            }
        }
    }
}

impl Render for LineGrid {
    fn render(&self) -> Markup {
        let filled = self.lines.len();
        let all = self.numbers.as_ref().map(|(_, all)| *all);
        html! {
            div.scroll {
                table.ledger.lines data-lines=(self.name) data-all=[all]
                    aria-label=(self.label) {
                    thead { tr {
                        th.m { span.sr { (say(self.language, "Ligne", "Line")) } }
                        @for column in &self.columns {
                            th scope="col" class=(column.class()) { (column.label) }
                        }
                        th.tools { span.sr { (say(self.language, "Outils", "Tools")) } }
                    } }
                    tbody {
                        @for (rank, (id, cells)) in self.lines.iter().enumerate() {
                            (self.draw_line(&rank.to_string(), id.as_deref(), cells))
                        }
                        @for rank in filled..filled + self.spare {
                            (self.draw_line(&rank.to_string(), None, &[]))
                        }
                    }
                }
                template data-line-new { (self.draw_line("__rank__", None, &[])) }
            }
            p.acts {
                button.btn.bare type="submit" name="do" value="add_lines" formnovalidate data-add {
                    (icon(Icon::Plus)) (say(self.language, "Ajouter une ligne", "Add a line"))
                }
                span.muted.js-only.d-only {
                    (say(
                        self.language,
                        "Entrée : ligne suivante · Alt ↑ ↓ : déplacer · Ctrl Suppr : retirer",
                        "Enter: next line · Alt ↑ ↓: move · Ctrl Del: remove",
                    ))
                }
            }
        }
    }
}

/// The totals under a grid: label, amount; the last is the grand total, set large. Each amount
/// carries an id, so that the preview replaces it.
#[must_use]
pub fn totals(lines: &[(&str, String, String)]) -> Markup {
    let last = lines.len().saturating_sub(1);
    html! {
        table.plain-t {
            tbody {
                @for (rank, (id, label, amount)) in lines.iter().enumerate() {
                    tr {
                        td .muted[rank < last] .total[rank == last] { (label) }
                        td.n .total[rank == last] .big[rank == last] { span id=(id) { (amount) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_by_rank_and_spares_follow() {
        let grid = LineGrid {
            language: Language::English,
            name: "lines",
            label: "Lines".into(),
            columns: vec![
                LineColumn {
                    field: "product",
                    label: "Item".into(),
                    cell: Cell::Reference("product"),
                    width: "w-l",
                },
                LineColumn {
                    field: "quantity",
                    label: "Quantity".into(),
                    cell: Cell::Figure,
                    width: "w-s",
                },
                LineColumn {
                    field: "total",
                    label: "Total".into(),
                    cell: Cell::Computed,
                    width: "w-m",
                },
            ],
            lines: vec![(
                Some("a1".into()),
                vec![
                    LineValue::reference("p1", "TOR-210"),
                    LineValue::typed("12").error(Some("too many".into())),
                    LineValue::computed(html! { "9.00" }),
                ],
            )],
            moves: false,
            spare: 2,
            numbers: None,
        };
        let drawn = grid.render().into_string();
        for part in [
            "name=\"lines.0.id\" value=\"a1\"",
            "name=\"lines.0.product\" value=\"p1\"",
            "name=\"lines.0.quantity\" value=\"12\"",
            "id=\"f-lines-0-quantity-error\"",
            "name=\"lines.2.quantity\"",
            "name=\"lines.__rank__.product\"",
            "<span id=\"f-lines-0-total\">9.00</span>",
        ] {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert!(!drawn.contains("lines.3."), "{drawn}");
    }
}
