//! Statements: those that came in, and the form that takes a file.

use erp::finance::BankStatement;
use kernel::{Entity, Fault, Faults, Language};
use maud::{Markup, Render, html};
use processes::bank_file;
use processes::reports::bank::{self, StatementRow};

use super::told;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Field, Fold, Icon, Ledger, Row, Tone, empty, form_end, head, say, section,
    state,
};
use crate::posted::Uploaded;
use crate::record;
use crate::words;

/// The list of the statements, with what was refused of a file.
pub async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let rows = ask.read(|tx, _| Ok(bank::statements(tx)?)).await?;
    let language = ask.language;
    let title = BankStatement::DEF.labels.say(language);
    let matching = Button::link(say(language, "Rapprocher", "Match"), "/bank").primary();
    let open: i64 = rows.iter().map(|row| row.open).sum();
    let buttons = if open > 0 { vec![matching] } else { Vec::new() };
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons))
        (record::refusals(ask, faults))
        @if ask.actor.can("bank_line.accept") { (form(ask)) }
        (ledger(ask, &rows))
        (crate::list::all_of(ask, BankStatement::DEF))
    };
    Ok(acting::with_status(ask.page("bank_statements", Vec::new(), title, &body), faults))
}

fn form(ask: &Ask) -> Markup {
    let language = ask.language;
    let field = Field::file(
        language,
        "file",
        say(language, "Relevé CAMT.053", "CAMT.053 statement"),
        ".xml,.camt,.053,application/xml,text/xml",
    )
    .required(true)
    .hint(say(
        language,
        "Le fichier XML de votre banque, 10 Mo au plus. Un relevé déjà pris est laissé de côté.",
        "The XML file of your bank, 10 MB at most. A statement taken before is left out.",
    ));
    section(
        say(language, "Importer un relevé", "Import a statement"),
        &html! {},
        &html! {
            form.form.import method="post" action="/bank/import" enctype="multipart/form-data" {
                (acting::unseen(ask))
                div.fields { (field.wide()) }
                (form_end(language, &html! {
                    (Button::submit(say(language, "Importer", "Import")).icon(Icon::Up))
                }))
            }
        },
    )
}

fn ledger(ask: &Ask, rows: &[StatementRow]) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Relevé", "Statement")).grow(),
        Column::quiet(say(language, "Compte", "Account")),
        Column::text(say(language, "Du", "From")),
        Column::text(say(language, "Au", "To")).fold(Fold::Number),
        Column::figure(say(language, "Mouvements", "Lines")),
        Column::state(say(language, "État", "State")),
        Column::figure(say(language, "Solde initial €", "Opening €")),
        Column::amount(say(language, "Solde final €", "Closing €")),
    ];
    let day = |day: Option<kernel::Day>| day.map(|day| language.day(day)).unwrap_or_default();
    let money =
        |amount: Option<kernel::Money>| amount.map(|a| language.amount(a)).unwrap_or_default();
    let row = |row: &StatementRow| {
        Row::new(vec![
            html! { a href={ "/bank_statements/" (row.id) } { (row.reference) } },
            html! { (row.iban) },
            html! { (day(row.starts_on)) },
            html! { (day(row.ends_on)) },
            html! { (language.integer(row.lines)) },
            standing(language, row),
            html! { (money(row.opening)) },
            html! { (money(row.closing)) },
        ])
    };
    Ledger::new(language, BankStatement::DEF.labels.say(language), columns)
        .rows(rows.iter().map(row))
        .empty(empty(
            say(language, "Aucun relevé pour l’instant.", "No statement yet."),
            say(
                language,
                "Le premier fichier importé apporte ses mouvements à rapprocher.",
                "The first file imported brings its lines to match.",
            ),
            &[],
        ))
        .render()
}

fn standing(language: Language, row: &StatementRow) -> Markup {
    match (language, row.open) {
        (_, 0) => state(Tone::Done, say(language, "rapproché", "matched")),
        (Language::French, open) => state(Tone::Half, &format!("{open} à rapprocher")),
        (Language::English, open) => state(Tone::Half, &format!("{open} to match")),
    }
}

/// `POST /bank/import`: a file, by a form.
pub async fn import(uploaded: Uploaded) -> Answer {
    let Uploaded { ask, mut fields, files } = uploaded;
    ask.may("bank_line.accept")?;
    let file = files.into_iter().find(|file| file.field == "file" && !file.bytes.is_empty());
    let Some(file) = file else {
        let missing = Fault::new("field.required").on("file");
        return page(&ask, &missing.into()).await;
    };
    // The key stands for this file: the same name and size again is the same sending.
    fields.push("name", file.name.as_str());
    fields.push("size", file.bytes.len().to_string());
    let bytes = file.bytes;
    let done = ask
        .command(&fields, move |tx, actor, _| {
            bank_file::import(tx, actor, &bytes).map(|imported| told(&imported))
        })
        .await;
    match done {
        Ok(told) => {
            let count =
                |name: &str| told.get(name).and_then(serde_json::Value::as_i64).unwrap_or(0);
            let (lines, known) = (count("lines"), count("known"));
            let said = said(ask.language, lines, known);
            Ok(ask.go_saying("/bank", Tone::Done, &said))
        }
        Err(faults) => page(&ask, &faults).await,
    }
}

/// How many lines came in, and how many statements were there before.
fn said(language: Language, lines: i64, known: i64) -> String {
    let one = |count| words::singular(language, count);
    let taken = match (language, one(lines)) {
        (Language::French, true) => format!("{lines} mouvement importé"),
        (Language::French, false) => format!("{lines} mouvements importés"),
        (Language::English, true) => format!("{lines} line imported"),
        (Language::English, false) => format!("{lines} lines imported"),
    };
    match (language, known, one(known)) {
        (_, 0, _) => format!("{taken}."),
        (Language::French, _, true) => format!("{taken} ; {known} relevé était déjà là."),
        (Language::French, _, false) => format!("{taken} ; {known} relevés étaient déjà là."),
        (Language::English, _, true) => format!("{taken}; {known} statement was there already."),
        (Language::English, _, false) => {
            format!("{taken}; {known} statements were there already.")
        }
    }
}
