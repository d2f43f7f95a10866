//! The models of the statements: which lines, in which order, with which totals.

use erp::finance::{AccountShare, Filled, Pair, Part, Rubric, Statements, TURNOVER};
use kernel::{Money, Text};

use super::statement_lines::Wanted;

/// A line of a statement.
pub(super) enum Line<'a> {
    Head(Text),
    Rubric(&'a Filled),
    Account(&'a AccountShare),
    Sum(Text, Pair),
    /// Income less expenses: this year, the year before.
    Result(Text, Money, Money),
}

/// The lines while they are written.
struct Lines<'a> {
    statements: &'a Statements,
    wanted: &'a Wanted,
    lines: Vec<Line<'a>>,
}

impl<'a> Lines<'a> {
    fn of(statements: &'a Statements, wanted: &'a Wanted) -> Self {
        Self { statements, wanted, lines: Vec::new() }
    }

    /// The rubrics of a part that have a figure, each with its accounts when it is open.
    fn rubrics(&mut self, part: Part, only: impl Fn(&Rubric) -> bool) {
        let (whole, statements) = (self.wanted.whole, self.statements);
        let mine = statements.rubrics.iter().filter(|filled| {
            let rubric = filled.rubric;
            rubric.part == part && only(rubric) && (whole || !filled.pair.is_blank())
        });
        for filled in mine {
            self.lines.push(Line::Rubric(filled));
            if self.wanted.opens(filled.rubric) {
                self.lines.extend(filled.accounts.iter().map(Line::Account));
            }
        }
    }

    fn blank(&self, parts: &[Part]) -> bool {
        let mut mine =
            self.statements.rubrics.iter().filter(|filled| parts.contains(&filled.rubric.part));
        !self.wanted.whole && mine.all(|filled| filled.pair.is_blank())
    }

    /// A part under its name, with what it comes to.
    fn part(&mut self, part: Part, name: Text, total: Text) {
        if !self.blank(&[part]) {
            self.lines.push(Line::Head(name));
            self.rubrics(part, |_| true);
            self.sum(&[part], total);
        }
    }

    /// A part under its name, without a total of its own.
    fn part_open(&mut self, part: Part, name: Text) {
        if !self.blank(&[part]) {
            self.lines.push(Line::Head(name));
            self.rubrics(part, |_| true);
        }
    }

    fn sum(&mut self, parts: &[Part], name: Text) {
        if !self.blank(parts) {
            self.lines.push(Line::Sum(name, self.statements.total(parts)));
        }
    }

    fn result(&mut self, parts: &[Part], name: Text) {
        let (now, before) = self.statements.result_of(parts);
        self.lines.push(Line::Result(name, now, before));
    }
}

const FIXED: [Part; 3] = [Part::Intangible, Part::Tangible, Part::Financial];
const CURRENT: [Part; 3] = [Part::Stocks, Part::Receivables, Part::Treasury];

pub(super) fn assets<'a>(statements: &'a Statements, wanted: &'a Wanted) -> Vec<Line<'a>> {
    let mut lines = Lines::of(statements, wanted);
    lines.rubrics(Part::Uncalled, |_| true);
    for (part, fr, en) in [
        (Part::Intangible, "Immobilisations incorporelles", "Intangible assets"),
        (Part::Tangible, "Immobilisations corporelles", "Tangible assets"),
        (Part::Financial, "Immobilisations financières", "Financial assets"),
    ] {
        lines.part_open(part, Text::new(fr, en));
    }
    lines.sum(&FIXED, Text::new("Total actif immobilisé", "Total fixed assets"));
    for (part, fr, en) in [
        (Part::Stocks, "Stocks et en-cours", "Stocks and work in progress"),
        (Part::Receivables, "Créances", "Receivables"),
        (Part::Treasury, "Trésorerie et placements", "Cash and investments"),
    ] {
        lines.part_open(part, Text::new(fr, en));
    }
    lines.sum(&CURRENT, Text::new("Total actif circulant", "Total current assets"));
    lines.rubrics(Part::AssetAdjustments, |_| true);
    lines.lines
}

pub(super) fn liabilities<'a>(statements: &'a Statements, wanted: &'a Wanted) -> Vec<Line<'a>> {
    let mut lines = Lines::of(statements, wanted);
    for (part, name, total) in [
        (
            Part::Equity,
            Text::new("Capitaux propres", "Equity"),
            Text::new("Total capitaux propres", "Total equity"),
        ),
        (
            Part::OtherEquity,
            Text::new("Autres fonds propres", "Other equity"),
            Text::new("Total autres fonds propres", "Total other equity"),
        ),
        (
            Part::Provisions,
            Text::new("Provisions", "Provisions"),
            Text::new("Total provisions", "Total provisions"),
        ),
        (Part::Debts, Text::new("Dettes", "Debts"), Text::new("Total dettes", "Total debts")),
    ] {
        lines.part(part, name, total);
    }
    lines.rubrics(Part::LiabilityAdjustments, |_| true);
    lines.lines
}

const OPERATING: [Part; 2] = [Part::OperatingIncome, Part::OperatingExpenses];
const JOINT: [Part; 2] = [Part::JointIncome, Part::JointExpenses];
const FINANCIAL: [Part; 2] = [Part::FinancialIncome, Part::FinancialExpenses];
const EXCEPTIONAL: [Part; 2] = [Part::ExceptionalIncome, Part::ExceptionalExpenses];

pub(super) fn income<'a>(statements: &'a Statements, wanted: &'a Wanted) -> Vec<Line<'a>> {
    let mut lines = Lines::of(statements, wanted);
    lines.lines.push(Line::Head(Text::new("Produits d’exploitation", "Operating income")));
    let turns = |rubric: &Rubric| TURNOVER.contains(&rubric.code);
    lines.rubrics(Part::OperatingIncome, turns);
    let turnover = statements.sum(turns);
    lines
        .lines
        .push(Line::Sum(Text::new("Montant net du chiffre d’affaires", "Net turnover"), turnover));
    lines.rubrics(Part::OperatingIncome, |rubric| !turns(rubric));
    lines.sum(
        &[Part::OperatingIncome],
        Text::new("Total des produits d’exploitation", "Total operating income"),
    );
    lines.part(
        Part::OperatingExpenses,
        Text::new("Charges d’exploitation", "Operating expenses"),
        Text::new("Total des charges d’exploitation", "Total operating expenses"),
    );
    lines.result(&OPERATING, Text::new("Résultat d’exploitation", "Operating result"));
    below_operating(&mut lines);
    lines.lines
}

/// What follows the operating result.
fn below_operating(lines: &mut Lines<'_>) {
    if !lines.blank(&JOINT) {
        let name = Text::new(
            "Quotes-parts de résultat sur opérations faites en commun",
            "Shares of results of joint operations",
        );
        lines.lines.push(Line::Head(name));
        lines.rubrics(Part::JointIncome, |_| true);
        lines.rubrics(Part::JointExpenses, |_| true);
    }
    lines.part(
        Part::FinancialIncome,
        Text::new("Produits financiers", "Financial income"),
        Text::new("Total des produits financiers", "Total financial income"),
    );
    lines.part(
        Part::FinancialExpenses,
        Text::new("Charges financières", "Financial expenses"),
        Text::new("Total des charges financières", "Total financial expenses"),
    );
    lines.result(&FINANCIAL, Text::new("Résultat financier", "Financial result"));
    lines.result(
        &[OPERATING, JOINT, FINANCIAL].concat(),
        Text::new("Résultat courant avant impôts", "Ordinary result before tax"),
    );
    lines.part(
        Part::ExceptionalIncome,
        Text::new("Produits exceptionnels", "Exceptional income"),
        Text::new("Total des produits exceptionnels", "Total exceptional income"),
    );
    lines.part(
        Part::ExceptionalExpenses,
        Text::new("Charges exceptionnelles", "Exceptional expenses"),
        Text::new("Total des charges exceptionnelles", "Total exceptional expenses"),
    );
    lines.result(&EXCEPTIONAL, Text::new("Résultat exceptionnel", "Exceptional result"));
    lines.rubrics(Part::ProfitSharing, |_| true);
    lines.rubrics(Part::IncomeTax, |_| true);
}
