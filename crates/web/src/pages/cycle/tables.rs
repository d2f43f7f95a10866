//! The figures of the cycle in tables: by month, and by customer.

use kernel::Language;
use maud::{Markup, Render, html};
use processes::cycle::{Cycle, Slice, Spread, Step};

use super::plots::{dso_cell, short};
use super::{percent, tenths, written};
use crate::door::Ask;
use crate::parts::{Column, Fold, Ledger, Row, Sum, empty, say};
use crate::titles::Titles;

fn columns(language: Language, first: &'static str) -> Vec<Column> {
    let mut columns = vec![
        Column::title(first).grow(),
        Column::figure(say(language, "Commandes", "Orders")).fold(Fold::Number),
    ];
    for step in Step::ALL.into_iter().filter(|step| *step != Step::Whole) {
        columns.push(Column::figure(short(language, step)));
    }
    columns.extend([
        Column::figure(say(language, "En tout", "In all")).fold(Fold::Amount),
        Column::figure(say(language, "Retenues", "Held")),
        Column::figure(say(language, "Durée", "For")),
        Column::figure(say(language, "Partielles", "In parts")),
        Column::figure(say(language, "1er coup", "1st time")).fold(Fold::State),
        Column::figure("DSO"),
    ]);
    columns
}

fn cells(language: Language, slice: &Slice) -> Vec<Markup> {
    let duration = |spread: Option<Spread>| {
        let said = spread.map(|spread| written(language, tenths(spread.median)));
        html! { (said.unwrap_or_default()) }
    };
    let count = |count: usize| language.integer(i64::try_from(count).unwrap_or(0));
    let mut cells = vec![html! { (count(slice.orders)) }];
    for step in Step::ALL {
        cells.push(duration(slice.step(step)));
    }
    cells.extend([
        html! { @if slice.held > 0 { (count(slice.held)) } },
        duration(slice.hold),
        html! { (percent(language, slice.partial)) },
        html! { (percent(language, slice.first_time_right)) },
        html! { (dso_cell(language, slice)) },
    ]);
    cells
}

fn total(language: Language, cycle: &Cycle) -> Sum {
    Sum::new(say(language, "La période", "The period"), cells(language, &cycle.whole))
}

pub fn months(ask: &Ask, cycle: &Cycle) -> Markup {
    let language = ask.language;
    let row = |(day, slice): &(kernel::Day, Slice)| {
        let month = format!("{} {}", language.month(day.month()), day.year());
        let mut all = vec![html! { (month) }];
        all.extend(cells(language, slice));
        Row::new(all)
    };
    Ledger::new(
        language,
        say(language, "Le cycle par mois", "The cycle by month"),
        columns(language, say(language, "Mois", "Month")),
    )
    .rows(cycle.months.iter().map(row))
    .total(total(language, cycle))
    .render()
}

pub fn parties(ask: &Ask, cycle: &Cycle, titles: &Titles, most: usize) -> Markup {
    let language = ask.language;
    let row = |(party, slice): &(kernel::Id<master::Party>, Slice)| {
        let name = titles.of("party", party.raw()).unwrap_or("—");
        let mut all = vec![html! { a href={ "/parties/" (party) } { (name) } }];
        all.extend(cells(language, slice));
        Row::new(all)
    };
    Ledger::new(
        language,
        say(language, "Le cycle par client", "The cycle by customer"),
        columns(language, say(language, "Client", "Customer")),
    )
    .rows(cycle.parties.iter().take(most).map(row))
    .total(total(language, cycle))
    .empty(empty(say(language, "Aucun client.", "No customer."), "", &[]))
    .render()
}
