//! The lines of the statements, in the order of the models: once for the page and once for files.

use erp::finance::{AccountShare, Filled, Pair, Rubric, Statements};
use kernel::{Language, Money, Text};
use maud::{Markup, Render, html};

use super::statement_models::{Line, assets, income, liabilities};
use crate::door::Ask;
use crate::list::workbook::{Cell, Table};
use crate::parts::{Column, Fold, Ledger, Row, Sum, empty, say};

/// Every rubric is open to its accounts.
pub const EVERY: &str = "every";

/// What of the statements is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The income statement, not the balance sheet.
    pub income: bool,
    /// The code of the rubric that is open to its accounts, or [`EVERY`].
    pub open: String,
    /// Lines without a figure too, as the models have them.
    pub whole: bool,
}

impl Wanted {
    #[must_use]
    pub fn of(ask: &Ask) -> Self {
        Self {
            income: ask.query.text("show") == "income",
            open: ask.query.text("open").to_owned(),
            whole: ask.query.text("whole") == "1",
        }
    }
    /// Whether the accounts of a rubric are shown.
    pub(super) fn opens(&self, rubric: &Rubric) -> bool {
        self.open == EVERY || self.open == rubric.code
    }
}

/// The assets, gross and net.
#[must_use]
pub fn assets_ledger(ask: &Ask, statements: &Statements, wanted: &Wanted, query: &str) -> Markup {
    let (language, span) = (ask.language, statements.span);
    let day = |day| format!("{} €", language.day(day));
    let columns = vec![
        Column::title(say(language, "Rubrique", "Item")).grow(),
        Column::figure(say(language, "Brut €", "Gross €")),
        Column::figure(say(language, "Amort. et dépréc. €", "Amortisation €")),
        Column::figure(day(span.to)).fold(Fold::Amount),
        Column::figure(day(span.from + -1)).fold(Fold::State),
    ];
    let drawing = Drawing { ask, statements, wanted, query, gross: true };
    let total = drawing.sum(Text::new("Total général", "Total assets"), &statements.assets());
    drawing.ledger(say(language, "Actif", "Assets"), columns, assets(statements, wanted), total)
}

/// The equity and the liabilities.
#[must_use]
pub fn liabilities_ledger(
    ask: &Ask,
    statements: &Statements,
    wanted: &Wanted,
    query: &str,
) -> Markup {
    let (language, span) = (ask.language, statements.span);
    let day = |day| format!("{} €", language.day(day));
    let name = say(language, "Passif", "Equity and liabilities");
    let columns = vec![
        Column::title(say(language, "Rubrique", "Item")).grow(),
        Column::figure(day(span.to)).fold(Fold::Amount),
        Column::figure(day(span.from + -1)).fold(Fold::State),
    ];
    let drawing = Drawing { ask, statements, wanted, query, gross: false };
    let whole = Text::new("Total général", "Total equity and liabilities");
    let total = drawing.sum(whole, &statements.liabilities());
    drawing.ledger(name, columns, liabilities(statements, wanted), total)
}

/// The income statement in a list.
#[must_use]
pub fn income_ledger(ask: &Ask, statements: &Statements, wanted: &Wanted, query: &str) -> Markup {
    let (language, span) = (ask.language, statements.span);
    let name = say(language, "Compte de résultat", "Income statement");
    let days = |from, to| format!("{} – {} €", language.day(from), language.day(to));
    let columns = vec![
        Column::title(say(language, "Rubrique", "Item")).grow(),
        Column::figure(days(span.from, span.to)).fold(Fold::Amount),
        Column::figure(days(span.before_from, span.before_to)).fold(Fold::State),
    ];
    let drawing = Drawing { ask, statements, wanted, query, gross: false };
    let (now, before) = statements.result();
    let total = drawing.result(RESULT, now, before);
    drawing.ledger(name, columns, income(statements, wanted), total)
}

const RESULT: Text = Text::new("Bénéfice ou perte", "Profit or loss");

/// What drawing a line takes.
struct Drawing<'a> {
    ask: &'a Ask,
    statements: &'a Statements,
    wanted: &'a Wanted,
    query: &'a str,
    gross: bool,
}

impl Drawing<'_> {
    fn ledger(&self, name: &str, columns: Vec<Column>, lines: Vec<Line<'_>>, total: Sum) -> Markup {
        let language = self.ask.language;
        let nothing = empty(
            say(language, "Aucun mouvement jusqu’à ce jour.", "Nothing was booked up to that day."),
            say(language, "Choisissez un autre exercice.", "Choose another year."),
            &[],
        );
        let mut ledger = Ledger::new(language, name, columns).empty(nothing);
        for line in lines {
            ledger = match line {
                Line::Head(name) => ledger.group(Sum::new(name.say(language), Vec::new())),
                Line::Rubric(filled) => ledger.row(self.rubric(filled)),
                Line::Account(share) => ledger.row(self.account(share)),
                Line::Sum(name, pair) => ledger.group(self.sum(name, &pair)),
                Line::Result(name, now, before) => ledger.group(self.result(name, now, before)),
            };
        }
        ledger.total(total).render()
    }

    fn figures(&self, pair: &Pair) -> Vec<Markup> {
        let amount = |amount: Money| {
            html! { @if !amount.is_zero() { (self.ask.language.amount(amount)) } }
        };
        let mut cells = vec![amount(pair.now.net()), amount(pair.before.net())];
        if self.gross {
            cells.splice(0..0, [amount(pair.now.gross), amount(pair.now.less)]);
        }
        cells
    }

    fn sum(&self, name: Text, pair: &Pair) -> Sum {
        Sum::new(name.say(self.ask.language), self.figures(pair))
    }

    fn result(&self, name: Text, now: Money, before: Money) -> Sum {
        let language = self.ask.language;
        let cells = [now, before].map(|amount| html! { (language.amount(amount)) });
        Sum::new(name.say(language), cells.to_vec())
    }

    /// A rubric: it opens to its accounts, and closes.
    fn rubric(&self, filled: &Filled) -> Row {
        let rubric = filled.rubric;
        let open = self.wanted.opens(rubric);
        let name = rubric.name.say(self.ask.language);
        let mut cells = vec![html! {
            @if filled.accounts.is_empty() {
                span { (name) }
            } @else {
                a id=(rubric.code) href=(self.toggled(rubric.code, open))
                    data-swap="#statements" aria-expanded=(open.to_string()) { (name) }
            }
        }];
        cells.extend(self.figures(&filled.pair));
        Row::new(cells)
    }

    fn toggled(&self, code: &str, open: bool) -> String {
        let more = if open { String::new() } else { format!("&open={code}") };
        format!("/ledgers/statements?{}{more}#{code}", self.query)
    }

    /// An account leads to its ledger over the year.
    fn account(&self, share: &AccountShare) -> Row {
        let span = self.statements.span;
        let (from, to) = (span.from, span.to);
        let href = format!("/ledgers/accounts/{}?from={from}&to={to}", share.number);
        let mut cells = vec![html! {
            span.deep { a href=(href) { (share.number) " " (share.name) } }
        }];
        cells.extend(self.figures(&share.pair));
        Row::new(cells).mark("")
    }
}

/// The statement that is asked for, as a table.
#[must_use]
pub fn table(ask: &Ask, statements: &Statements, wanted: &Wanted) -> Table {
    let language = ask.language;
    let heads = [
        say(language, "Rubrique", "Item"),
        say(language, "Compte", "Account"),
        say(language, "Libellé", "Name"),
        say(language, "Brut", "Gross"),
        say(language, "Amortissements et dépréciations", "Amortisation and impairment"),
        "Net",
        say(language, "Net, exercice précédent", "Net, year before"),
    ];
    let total = Text::new("Total général", "Total");
    let mut lines = Vec::new();
    if wanted.income {
        let (now, before) = statements.result();
        lines.extend(income(statements, wanted));
        lines.push(Line::Result(RESULT, now, before));
    } else {
        lines.extend(assets(statements, wanted));
        lines.push(Line::Sum(total, statements.assets()));
        lines.extend(liabilities(statements, wanted));
        lines.push(Line::Sum(total, statements.liabilities()));
    }
    let name = if wanted.income {
        say(language, "Compte de résultat", "Income statement")
    } else {
        say(language, "Bilan", "Balance sheet")
    };
    Table {
        name: name.to_owned(),
        heads: heads.map(ToOwned::to_owned).to_vec(),
        lines: lines.iter().map(|line| cells(language, line)).collect(),
    }
}

fn cells(language: Language, line: &Line<'_>) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let (code, number, name) = match line {
        Line::Head(name) | Line::Sum(name, _) | Line::Result(name, ..) => {
            (Cell::Nothing, Cell::Nothing, text(name.say(language)))
        }
        Line::Rubric(filled) => {
            (text(filled.rubric.code), Cell::Nothing, text(filled.rubric.name.say(language)))
        }
        Line::Account(share) => (Cell::Nothing, text(&share.number), text(&share.name)),
    };
    let amount = |amount: Money| {
        Cell::Number(kernel::number::decimal(amount.minor, amount.currency.decimals()))
    };
    let of = |pair: &Pair| {
        [pair.now.gross, pair.now.less, pair.now.net(), pair.before.net()].map(amount)
    };
    let figures = match line {
        Line::Head(_) => [Cell::Nothing, Cell::Nothing, Cell::Nothing, Cell::Nothing],
        Line::Rubric(filled) => of(&filled.pair),
        Line::Account(share) => of(&share.pair),
        Line::Sum(_, pair) => of(pair),
        Line::Result(_, now, before) => {
            [Cell::Nothing, Cell::Nothing, amount(*now), amount(*before)]
        }
    };
    [code, number, name].into_iter().chain(figures).collect()
}
