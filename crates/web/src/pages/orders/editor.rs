//! The editor of quotes and orders: a grid of lines for the keyboard, and what it all comes to as
//! it is typed. Works without scripts by a button that computes again.

use std::collections::BTreeMap;

use axum::response::IntoResponse;
use kernel::{FieldDef, Kind, RawId};
use maud::{Markup, Render, html};

use super::preview;
use super::worth::{LineWorth, Paper, Worth, worth};
use crate::answer::Answer;
use crate::door::Ask;
use crate::form::{self, Sheet, draft};
use crate::parts::{
    Button, Cell, Field, LineColumn, LineGrid, LineValue, Opt, fieldset, form_end, head, say,
    section,
};
use crate::{show, words};

/// Blank lines for those without scripts: at first, and once more are asked for.
const SPARE: usize = 3;
const MORE: usize = 8;

/// The fields above the lines, and those that one seldom needs.
const ORDER: (&[&str], &[&str]) = (
    &["party", "reference", "wanted_on", "payment_term", "deposit_rate", "invoicing"],
    &[
        "ordered_on",
        "seller",
        "delivery_name",
        "delivery_street",
        "delivery_postcode",
        "delivery_city",
        "delivery_country",
    ],
);
const QUOTE: (&[&str], &[&str]) = (
    &["party", "subject", "valid_until", "payment_term", "deposit_rate", "opportunity"],
    &["reference", "seller"],
);

/// The page of the editor.
pub async fn page(ask: Ask, paper: Paper, sheet: Sheet) -> Answer {
    let (typed, stored) = (sheet.typed.clone(), sheet.id);
    let worth = ask.read(move |tx, ask| worth(tx, ask, paper, stored, &typed)).await?;
    let def = paper.def();
    let language = ask.language;
    let title = match (sheet.name(language), paper) {
        (Some(_), _) => ask.say(words::EDIT).to_owned(),
        (None, Paper::Order) => say(language, "Nouvelle commande", "New order").to_owned(),
        (None, Paper::Quote) => say(language, "Nouveau devis", "New quote").to_owned(),
    };
    let mut crumbs = vec![(def.labels.say(language).to_owned(), format!("/{}", def.plural))];
    if let (Some(id), Some(name)) = (sheet.id, sheet.name(language)) {
        crumbs.push((name, show::href(def, id)));
    }
    let party = RawId::parse(sheet.value("party")).ok();
    let party = party.and_then(|id| sheet.titles.of("party", id)).unwrap_or("");
    let over = html! { (def.label.say(language)) @if !party.is_empty() { " · " (party) } };
    let shown = sheet.name(language).unwrap_or_else(|| title.clone());
    let body = html! {
        (head(&over, &shown, &html! {}, &[]))
        (form::looking(&ask, &sheet))
        (document(&ask, paper, &sheet, &worth))
    };
    let response = ask.page(def.plural, crumbs, &title, &body);
    Ok((form::status(&sheet), response).into_response())
}

fn document(ask: &Ask, paper: Paper, sheet: &Sheet, worth: &Worth) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let (first, others) = match paper {
        Paper::Order => ORDER,
        Paper::Quote => QUOTE,
    };
    let id = sheet.id.map(|id| format!("?id={id}")).unwrap_or_default();
    let again = format!("/{}/preview{id}", paper.def().plural);
    // Closed unless something in it was refused.
    let wrong = others.iter().any(|name| sheet.error(name, language).is_some());
    let save = ask.say(if sheet.id.is_some() { words::SAVE } else { words::CREATE });
    html! {
        form.editor #document method="post" action=(sheet.action()) data-guard
            data-preview=(again) {
            (form::frame(ask, sheet))
            (form::summary(ask, sheet))
            (fieldset(paper.def().label.say(language), &controls(ask, sheet, worth, first)))
            (preview::strip(ask, worth))
            (lines(ask, paper, sheet, worth))
            div.cols.sums {
                div {
                    details.more open[wrong] {
                        summary { (say("Livraison, suivi, note", "Delivery, follow-up, note")) }
                        div.fields {
                            (controls(ask, sheet, worth, others))
                            (controls(ask, sheet, worth, &["note"]))
                            (form::custom(ask, sheet))
                        }
                    }
                    (preview::credit(ask, worth))
                }
                div { (preview::sums(ask, worth)) }
            }
            (form_end(language, &html! {
                (Button::submit(save).primary().key("ctrl+s"))
                (form::staying(ask, sheet))
                span.no-js {
                    (Button::submit(say("Recalculer", "Recalculate"))
                        .to(again.as_str())
                        .unchecked())
                }
                (Button::link(ask.say(words::CANCEL), sheet.way_out()))
            }))
        }
    }
}

fn controls(ask: &Ask, sheet: &Sheet, worth: &Worth, names: &[&str]) -> Markup {
    html! {
        @for name in names {
            @if let Some(field) = sheet.def.field(name) { (control(ask, sheet, worth, field)) }
        }
    }
}

fn control(ask: &Ask, sheet: &Sheet, worth: &Worth, field: &'static FieldDef) -> Field {
    let (language, name, label) = (ask.language, field.name, field.label.say(ask.language));
    let value = sheet.value(name);
    let choice = |options: Vec<Opt>| {
        let blank = (!field.required).then(|| ask.say(words::NO_CHOICE));
        Field::choice(language, name, label, options, blank)
    };
    let control = match field.kind {
        Kind::LongText => Field::long(language, name, label),
        Kind::Rate => Field::figure(language, name, label, "%"),
        Kind::Day => Field::day(language, name, label),
        Kind::Choice(values) => {
            choice(values.iter().map(|(name, word)| Opt::new(*name, word.say(language))).collect())
        }
        Kind::Ref("payment_term") => choice(worth.terms.iter().map(option).collect()),
        Kind::Ref(target) => match sheet.choices.get(target).filter(|list| !list.is_empty()) {
            Some(options) if name != "party" => choice(options.clone()),
            _ => {
                let shown = shown(sheet, name, target);
                let reference = Field::reference(language, name, label, target, shown);
                // A new document begins with its customer.
                let new = sheet.id.is_none() && value.is_empty() && sheet.faults.0.is_empty();
                if name == "party" && new { reference.focus() } else { reference }
            }
        },
        _ => Field::text(language, name, label),
    };
    control.value(value).required(field.required).error(sheet.error(name, language))
}

fn option((id, label): &(RawId, String)) -> Opt {
    Opt::new(id.to_string(), label.as_str())
}

/// What a reference shows: the text typed, or the title of the record.
fn shown(sheet: &Sheet, name: &str, target: &str) -> String {
    if let Some(typed) = sheet.typed.get(&format!("{name}.text")) {
        return typed.to_owned();
    }
    let id = RawId::parse(sheet.value(name)).ok();
    id.and_then(|id| sheet.titles.of(target, id)).unwrap_or_default().to_owned()
}

fn lines(ask: &Ask, paper: Paper, sheet: &Sheet, worth: &Worth) -> Markup {
    let language = ask.language;
    let title = say(language, "Lignes", "Lines");
    let more = sheet.typed.get("do") == Some("add_lines");
    let grid = LineGrid {
        language,
        name: "lines",
        label: title.to_owned(),
        columns: columns(ask, paper, worth),
        lines: rows(ask, paper, sheet, worth),
        moves: true,
        spare: if more { MORE } else { SPARE },
        numbers: form::numbers(sheet, "lines"),
    };
    section(
        title,
        &html! {},
        &html! {
            input type="hidden" name="lists" value="lines";
            (form::bar(ask, sheet, "lines"))
            @if let Some(error) = sheet.error("lines", language) { p.stop-t { (error) } }
            (grid.render())
        },
    )
}

fn columns(ask: &Ask, paper: Paper, worth: &Worth) -> Vec<LineColumn> {
    let say = |fr: &'static str, en: &'static str| say(ask.language, fr, en).to_owned();
    let column = |field, label, cell, width| LineColumn { field, label, cell, width };
    let auto = Opt::new("", say("auto", "auto"));
    let taxes: Vec<Opt> = std::iter::once(auto).chain(worth.taxes.iter().map(option)).collect();
    let mut columns = vec![
        column("product", say("Article", "Item"), Cell::ReferenceWith("product", "party"), "w-l"),
        column("description", say("Désignation", "Description"), Cell::Text, "grow"),
        column("quantity", say("Quantité", "Quantity"), Cell::Figure, "w-s"),
        column("unit", say("Unité", "Unit"), Cell::Computed, "w-m"),
        column("unit_price", say("PU HT", "Unit price"), Cell::Figure, "w-m"),
        column("discount", say("Remise %", "Disc. %"), Cell::Figure, "w-s"),
        column("tax", say("TVA", "VAT"), Cell::Choice(taxes), "w-m"),
        column("margin", say("Marge", "Margin"), Cell::Computed, "w-s"),
        column("promise", say("Promesse", "Promise"), Cell::Computed, "w-m"),
        column("net", say("Total HT", "Excl. tax"), Cell::Computed, "w-m"),
    ];
    if paper == Paper::Quote {
        let sold = Opt::new("false", say("ferme", "firm"));
        let optional = Opt::new("true", say("option", "option"));
        let label = say("Option", "Option");
        columns.insert(7, column("optional", label, Cell::Choice(vec![sold, optional]), "w-m"));
    }
    columns
}

fn rows(
    ask: &Ask,
    paper: Paper,
    sheet: &Sheet,
    worth: &Worth,
) -> Vec<(Option<String>, Vec<LineValue>)> {
    let (blank, wrong) = (LineWorth::default(), sheet.wrong_lines("lines"));
    draft::by_rank(&sheet.typed, "lines")
        .into_iter()
        .map(|(rank, line)| {
            let id = Some(line.text("id").to_owned()).filter(|id| !id.is_empty());
            let known = worth.lines.get(&rank).unwrap_or(&blank);
            let computed: BTreeMap<&str, Markup> =
                preview::cells(ask, known, worth).into_iter().collect();
            let error = |field: &str| {
                let wrong = wrong.contains(&rank);
                wrong.then(|| sheet.error(&format!("lines.{rank}.{field}"), ask.language)).flatten()
            };
            let typed =
                |field: &str| LineValue::typed(line.get(field).unwrap_or("")).error(error(field));
            let cell =
                |field: &str| LineValue::computed(computed.get(field).cloned().unwrap_or_default());
            let product = form::shown(sheet, &line, "product", "product");
            let product = LineValue::reference(line.get("product").unwrap_or(""), product);
            let mut cells = vec![
                product.error(error("product")),
                typed("description"),
                typed("quantity"),
                cell("unit"),
                typed("unit_price"),
                typed("discount"),
                typed("tax"),
                cell("margin"),
                cell("promise"),
                cell("net"),
            ];
            if paper == Paper::Quote {
                cells.insert(7, typed("optional"));
            }
            (id, cells)
        })
        .collect()
}
