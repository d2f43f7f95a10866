//! The second step: where each column goes. Three values of each are shown, what was recognised is
//! said, and a person changes what they must.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use exchange::{Encoding, Guess};
use kernel::{EntityDef, Faults, Kind, Language, Shape, Text};
use maud::{Markup, html};

use super::kept::{File, Files, Settings};
use super::reading::{Dates, Form, Read, chosen, plan, read, writes};
use super::start::crumbs;
use super::{counted, job, steps};
use crate::answer::{Answer, go, said, status};
use crate::door::Ask;
use crate::parts::{Button, Column, Field, Ledger, Opt, Row, Tone, banner, fieldset, head, hidden};
use crate::posted::Posted;

/// How many values of each column are shown.
const SAMPLES: usize = 3;

const TRY: Text = Text::new("Essayer", "Try");
const AGAIN: Text = Text::new("Relire", "Read again");
const LEAVE: Text = Text::new("— laisser de côté —", "— leave out —");
const BY_CELLS: Text = Text::new("reconnu à ses valeurs", "recognised by its values");

/// A file, read, with the fields its columns go to.
struct Seen {
    shape: Shape,
    read: Read,
    guesses: Vec<Guess>,
}

/// `GET /import/file/{file}`.
pub async fn show(
    Extension(files): Extension<Arc<Files>>,
    ask: Ask,
    Path(key): Path<String>,
) -> Answer {
    let file = files.find(&ask.actor, &key).map_err(|fault| ask.refusal(fault))?;
    page(ask, file, Faults::default()).await
}

/// `POST /import/file/{file}`: keeps the choices; tries the file, or shows it read another way.
pub async fn choose(
    Extension(files): Extension<Arc<Files>>,
    Path(key): Path<String>,
    posted: Posted,
) -> Answer {
    let Posted { ask, fields } = posted;
    let file = files.find(&ask.actor, &key).map_err(|fault| ask.refusal(fault))?;
    let again = fields.text("do") == "read";
    let columns: Vec<String> = (0..)
        .map_while(|place| fields.get(&format!("column.{place}")).map(ToOwned::to_owned))
        .collect();
    let settings = Settings {
        encoding: Encoding::of(fields.text("encoding")),
        separator: separator(fields.text("separator")),
        language: Language::of_tag(fields.text("numbers")),
        // Read another way, the columns are others.
        columns: (!again && !columns.is_empty()).then_some(columns),
    };
    file.set(settings).map_err(|fault| ask.refusal(fault))?;
    if again {
        return Ok(go(&format!("/import/file/{key}")));
    }
    let own = Arc::clone(&file);
    let sound = ask
        .look(move |tx, ask| {
            let read = read(&own.bytes, &own.way().settings, ask.language)?;
            plan(tx, ask, &own, &read).map(drop)
        })
        .await;
    if let Err(faults) = sound {
        return page(ask, file, faults).await;
    }
    job::run(&ask, file, exchange::Mode::Dry).await;
    Ok(go(&format!("/import/file/{key}/report")))
}

fn separator(word: &str) -> Option<u8> {
    match word {
        "tab" => Some(b'\t'),
        ";" | "," => word.bytes().next(),
        _ => None,
    }
}

async fn page(ask: Ask, file: Arc<File>, faults: Faults) -> Answer {
    let own = Arc::clone(&file);
    let seen = ask
        .read(move |tx, ask| {
            let shape = Shape::of(tx, own.def)?;
            let settings = own.way().settings;
            let read = read(&own.bytes, &settings, ask.language)?;
            let guesses = chosen(ask, &shape, &read, &settings);
            Ok(Seen { shape, read, guesses })
        })
        .await?;
    let page = drawn(&ask, &file, &seen, &faults);
    Ok(if faults.0.is_empty() { page } else { (status(&faults), page).into_response() })
}

fn drawn(ask: &Ask, file: &File, seen: &Seen, faults: &Faults) -> Response {
    let def = file.def;
    let rows = i64::try_from(seen.read.sheet.rows.len()).unwrap_or(i64::MAX);
    let over = html! { (def.labels.say(ask.language)) " · " (counted(ask, rows)) };
    let body = html! {
        (head(&over, &file.name, &html! {}, &[]))
        (steps(ask, 2))
        form.form method="post" action={ "/import/file/" (file.key) } {
            (hidden(&[("token", ask.token.as_str())]))
            button.sr type="submit" tabindex="-1" aria-hidden="true" { (ask.say(TRY)) }
            @if !faults.0.is_empty() { (refused(ask, faults)) }
            (notes(ask, def, seen))
            (ledger(ask, seen))
            (fieldset(ask.say(Text::new("Lecture", "Reading")), &settings(ask, seen)))
            div.end {
                (Button::submit(ask.say(TRY)).primary().key("ctrl+s"))
                (Button::submit(ask.say(AGAIN)).named("do", "read"))
                (Button::link(
                    ask.say(Text::new("Un autre fichier", "Another file")),
                    super::href(def),
                ).bare())
            }
        }
    };
    ask.page("import", crumbs(ask, Some(def)), &file.name, &body)
}

/// What is wrong with the columns: nothing was tried.
fn refused(ask: &Ask, faults: &Faults) -> Markup {
    html! {
        div.banner role="alert" tabindex="-1" data-focus {
            div { @for line in said(faults, ask.language) { b { (line) } br; } }
        }
    }
}

/// What a person should know before the trial.
fn notes(ask: &Ask, def: &'static EntityDef, seen: &Seen) -> Markup {
    let goes = |name: &str| seen.guesses.iter().any(|guess| guess.field == name);
    let missing: Vec<&str> = def
        .fields
        .iter()
        .filter(|field| field.required && !field.system && !goes(field.name))
        .filter(|field| !matches!(field.kind, Kind::Flag | Kind::Choice(_) | Kind::Lines(_)))
        .map(|field| field.label.say(ask.language))
        .collect();
    let lacks = Text::new(
        "Aucune colonne ne donne ces champs obligatoires :",
        "No column gives these required fields:",
    );
    let american = Text::new(
        "Des dates semblent écrites mois/jour/année.",
        "Some dates look like month/day/year.",
    );
    let american_end = Text::new(
        "Comptoir lit jour/mois/année, ou 2026-11-24 : changez le format dans le tableur.",
        "Comptoir reads day/month/year, or 2026-11-24: change the format in the spreadsheet.",
    );
    html! {
        @if !missing.is_empty() && !goes("id") {
            (banner(Tone::Watch, ask.say(lacks), &html! { (missing.join(", ")) }, "", &[]))
        }
        @if seen.read.dates == Dates::MonthFirst {
            (banner(Tone::Watch, ask.say(american), &html! {}, ask.say(american_end), &[]))
        }
        p.aside.mb { (matched(ask, def, seen)) }
    }
}

/// Whether rows change what is there or always make something new.
fn matched(ask: &Ask, def: &'static EntityDef, seen: &Seen) -> String {
    let goes = |name: &str| seen.guesses.iter().any(|guess| guess.field == name);
    let key = def.key().filter(|field| !field.system && !field.sensitive);
    let words = key.map(|field| field.label.say(ask.language));
    match (words, key.is_some_and(|field| goes(field.name)) || goes("id"), ask.language) {
        (Some(word), true, Language::French) => {
            format!(
                "Une ligne dont « {word} » existe déjà modifie cette fiche ; les autres en créent."
            )
        }
        (Some(word), true, Language::English) => {
            format!("A row whose “{word}” is already there changes that record; others make one.")
        }
        (Some(word), false, Language::French) => {
            format!("Sans colonne « {word} », chaque ligne crée une fiche, même déjà importée.")
        }
        (Some(word), false, Language::English) => {
            format!("Without a “{word}” column, each row makes a record, even one imported before.")
        }
        (None, _, Language::French) => "Chaque ligne crée une fiche.".to_owned(),
        (None, _, Language::English) => "Each row makes a record.".to_owned(),
    }
}

fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let options = options(ask, &seen.shape);
    let columns = vec![
        Column::title(ask.say(Text::new("Colonne du fichier", "Column of the file"))),
        Column::quiet(ask.say(Text::new("Exemples", "Examples")))
            .grow()
            .fold(crate::parts::Fold::Number),
        Column::text(ask.say(Text::new("Champ", "Field"))).fold(crate::parts::Fold::State),
    ];
    let label = Text::new("Colonnes", "Columns");
    let rows = seen.read.sheet.header.iter().zip(&seen.guesses).enumerate();
    let rows = rows.map(|(place, (head, guess))| {
        let mut samples: Vec<&str> = Vec::new();
        for (_, cells) in &seen.read.sheet.rows {
            let cell = cells.get(place).map_or("", String::as_str);
            if samples.len() < SAMPLES && !cell.is_empty() && !samples.contains(&cell) {
                samples.push(cell);
            }
        }
        let named = ask.say(Text::new("Champ de la colonne", "Field of the column"));
        Row::new(vec![
            html! { (head) },
            html! { span.samples { @for sample in samples { span { (short(sample)) } } } },
            html! {
                select.in name={ "column." (place) } aria-label={ (named) " " (head) } {
                    option value="" selected[guess.field.is_empty()] { (ask.say(LEAVE)) }
                    @for option in &options {
                        option value=(option.value) selected[option.value == guess.field] {
                            (option.label)
                        }
                    }
                }
                @if guess.by_cells { small.muted { (ask.say(BY_CELLS)) } }
            },
        ])
    });
    html! {
        div.columns-of-file {
            (Ledger::new(ask.language, ask.say(label), columns).rows(rows))
        }
    }
}

fn short(cell: &str) -> String {
    let mut letters = cell.chars();
    let head: String = letters.by_ref().take(40).collect();
    if letters.next().is_some() { format!("{head}…") } else { head }
}

/// The fields that a column may go to.
fn options(ask: &Ask, shape: &Shape) -> Vec<Opt> {
    let own = shape.def.fields.iter().filter(|field| writes(ask, shape, field));
    let own = own.map(|field| {
        let star = if field.required { " *" } else { "" };
        Opt::new(field.name, format!("{}{star}", field.label.say(ask.language)))
    });
    let custom = shape
        .custom
        .iter()
        .map(|custom| Opt::new(format!("extra.{}", custom.name), custom.label(ask.language)));
    let id = Opt::new("id", ask.say(Text::new("Identifiant Comptoir", "Comptoir id")));
    own.chain(custom).chain([id]).collect()
}

/// How the file was read, to be changed when it was read wrong.
fn settings(ask: &Ask, seen: &Seen) -> Markup {
    let (language, read) = (ask.language, &seen.read);
    let numbers = vec![Opt::new("fr", "1 234,56"), Opt::new("en", "1,234.56")];
    let dates = match read.dates {
        Dates::None => Text::new("aucune vue", "none seen"),
        Dates::Read => Text::new("24/11/2026 ou 2026-11-24", "24/11/2026 or 2026-11-24"),
        Dates::MonthFirst => Text::new("mois/jour/année", "month/day/year"),
    };
    let workbook = Text::new("classeur, première feuille", "workbook, first sheet");
    html! {
        @match read.form {
            Form::Workbook => (Field::text(language, "form", ask.say(Text::new("Format", "Format")))
                .value(ask.say(workbook))
                .locked(true)),
            Form::Text { encoding, separator } => (text_settings(ask, encoding, separator)),
        }
        (choice(ask, "numbers", Text::new("Nombres", "Numbers"), numbers, read.language.tag()))
        (Field::text(language, "dates", ask.say(Text::new("Dates", "Dates")))
            .value(ask.say(dates))
            .locked(true))
    }
}

fn text_settings(ask: &Ask, encoding: Encoding, separator: u8) -> Markup {
    let encodings = Encoding::ALL.map(|one| Opt::new(one.name(), one.name().to_uppercase()));
    let separators = vec![
        Opt::new(";", ask.say(Text::new("point-virgule ;", "semicolon ;"))),
        Opt::new(",", ask.say(Text::new("virgule ,", "comma ,"))),
        Opt::new("tab", ask.say(Text::new("tabulation", "tab"))),
    ];
    let present = match separator {
        b'\t' => "tab",
        b',' => ",",
        _ => ";",
    };
    let named = Text::new("Séparateur", "Separator");
    let coded = Text::new("Encodage", "Encoding");
    html! {
        (choice(ask, "separator", named, separators, present))
        (choice(ask, "encoding", coded, encodings.to_vec(), encoding.name()))
    }
}

fn choice(ask: &Ask, name: &str, label: Text, options: Vec<Opt>, value: &str) -> Field {
    Field::choice(ask.language, name, ask.say(label), options, None).value(value)
}
