//! The first step: which records, and the file.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::IntoResponse;
use exchange::{ImportBatch, ImportState};
use kernel::{
    CustomField, Direction, Entity, EntityDef, Fault, Faults, Kept, Kind, Query, Shape, Text, Tx,
};
use maud::{Markup, html};

use super::kept::Files;
use super::{IMPORTS, TITLE, importable, imports, steps};
use crate::answer::{Answer, go, status};
use crate::door::Ask;
use crate::parts::{Button, Field, Opt, Tone, error_summary, head, hidden, rows, section, state};
use crate::posted::Uploaded;
use crate::{nav, show};

/// How many past imports are shown.
const SHOWN: u32 = 8;
const CHOOSE: Text = Text::new("Choisir les colonnes", "Choose the columns");
const FILE: Text = Text::new(
    "Déposez un fichier ici : CSV ou classeur (.xlsx)",
    "Drop a file here: CSV or workbook (.xlsx)",
);
const WHICH: Text = Text::new("Ce que le fichier contient", "What the file holds");

/// `GET /import`.
pub async fn choose(ask: Ask) -> Answer {
    page(ask, None, Faults::default()).await
}

/// `GET /import/{plural}`: the entity is chosen.
pub async fn of_entity(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = importable(&ask, &plural)?;
    page(ask, Some(def), Faults::default()).await
}

/// `POST /import`: keeps the file, and goes on to its columns.
pub async fn receive(Extension(files): Extension<Arc<Files>>, sent: Uploaded) -> Answer {
    let Uploaded { ask, fields, files: sent } = sent;
    let def = importable(&ask, fields.text("entity"))?;
    let file = sent.into_iter().find(|file| file.field == "file" && !file.bytes.is_empty());
    let Some(file) = file else {
        let fault = Fault::new("import.file").on("file");
        return page(ask, Some(def), fault.into()).await;
    };
    let settings = super::kept::Settings::default();
    let (bytes, language) = (file.bytes.clone(), ask.language);
    // What cannot be read at all is told here, beside the file.
    let read = ask
        .visitor
        .waiting(move |_| super::reading::read(&bytes, &settings, language).map(drop))
        .await;
    if let Err(faults) = read {
        let faults = Faults(faults.0.into_iter().map(|fault| fault.on("file")).collect());
        return page(ask, Some(def), faults).await;
    }
    let kept = files.keep(&ask.actor, def, &file.name, file.bytes);
    let key = kept.map_err(|fault| ask.refusal(fault))?;
    Ok(go(&format!("/import/file/{key}")))
}

async fn page(ask: Ask, def: Option<&'static EntityDef>, faults: Faults) -> Answer {
    let read = move |tx: &mut Tx<'_>, ask: &Ask| {
        let own = def.map(|def| Shape::of(tx, def)).transpose()?;
        Ok((past(tx, ask, def)?, own.map_or_else(Vec::new, |shape| shape.custom)))
    };
    let (past, own) = ask.read(read).await?;
    let title = ask.say(TITLE);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        (steps(&ask, 1))
        div.cols.with-side {
            div {
                (form(&ask, def, &faults))
                @if let Some(def) = def { (expected(&ask, def, &own)) }
            }
            aside.side { (section(ask.say(IMPORTS), &html! {}, &drawn(&ask, &past))) }
        }
    };
    let crumbs = crumbs(&ask, def);
    let page = ask.page("import", crumbs, title, &body);
    Ok(if faults.0.is_empty() { page } else { (status(&faults), page).into_response() })
}

/// The way back: the list of the records, when they are known.
pub fn crumbs(ask: &Ask, def: Option<&EntityDef>) -> Vec<(String, String)> {
    let list = def.map(|def| (def.labels.say(ask.language).to_owned(), format!("/{}", def.plural)));
    list.into_iter().collect()
}

fn form(ask: &Ask, def: Option<&'static EntityDef>, faults: &Faults) -> Markup {
    let language = ask.language;
    let error = faults.0.first().map(|fault| kernel::sentence(fault, language));
    let errors: Vec<(String, String)> =
        error.iter().map(|said| ("file".to_owned(), said.clone())).collect();
    let options = entities(ask)
        .into_iter()
        .map(|(def, label)| Opt::new(def.plural, label.say(language)))
        .collect();
    html! {
        form.form method="post" action="/import" enctype="multipart/form-data" {
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(language, &errors))
            (Field::choice(language, "entity", ask.say(WHICH), options, None)
                .value(def.map_or("", |def| def.plural))
                .required(true)
                .all())
            div.drop {
                (Field::file(language, "file", ask.say(FILE), ".csv,.txt,.tsv,.xlsx,text/csv")
                    .required(true)
                    .error(error)
                    .hint(ask.say(Text::new(
                        "50 Mo au plus. D’un classeur, la première feuille. Séparateur, encodage, \
                         virgules et dates sont reconnus.",
                        "50 MB at most. Of a workbook, the first sheet. Separator, encoding, \
                         decimal marks and dates are recognised.",
                    )))
                    .all())
            }
            div.acts.mt.mb { (Button::submit(ask.say(CHOOSE)).primary()) }
        }
    }
}

/// The entities that the person may import, by their labels; those of the rail first.
fn entities(ask: &Ask) -> Vec<(&'static EntityDef, Text)> {
    let seen = nav::seen(ask);
    let placed = seen.iter().filter_map(|page| Some((page.def?, page.label)));
    placed.filter(|(def, _)| imports(ask, def)).collect()
}

/// What columns the records may have, so that a file can be prepared.
fn expected(ask: &Ask, def: &'static EntityDef, own: &[CustomField]) -> Markup {
    let usable = |field: &&kernel::FieldDef| {
        let lines = matches!(field.kind, Kind::Lines(_) | Kind::Origin);
        !field.system && !lines && !show::hidden(&ask.actor, def, field)
    };
    let words: Vec<&str> = def
        .fields
        .iter()
        .filter(usable)
        .map(|field| field.label.say(ask.language))
        .chain(own.iter().map(|field| field.label(ask.language)))
        .collect();
    let title = Text::new("Colonnes connues", "Known columns");
    let note = Text::new(
        "La première ligne nomme les colonnes. L’ordre est libre ; une colonne inconnue se laisse \
         de côté.",
        "The first row names the columns. Any order will do; an unknown column can be left out.",
    );
    let content = html! {
        p.muted { (ask.say(note)) }
        p.mt { (words.join(" · ")) }
    };
    section(ask.say(title), &html! {}, &content)
}

fn past(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: Option<&'static EntityDef>,
) -> Result<Vec<Kept<ImportBatch>>, Faults> {
    // The catalogue of a test may hold no imports.
    let known = ask.state.catalog.entity(ImportBatch::DEF.name).is_some();
    if !known || !ask.actor.can("import_batch.read") {
        return Ok(Vec::new());
    }
    let mut query = Query::all(ImportBatch::DEF).sorted("id", Direction::Down);
    if let Some(def) = def {
        query = query.only(ImportBatch::ENTITY.is(&def.name.to_owned()).condition);
    }
    Ok(tx.select(query.limit(SHOWN))?)
}

fn drawn(ask: &Ask, past: &[Kept<ImportBatch>]) -> Markup {
    if past.is_empty() {
        let none = Text::new("Aucun import pour l’instant.", "No import yet.");
        return html! { p.muted { (ask.say(none)) } };
    }
    let lines: Vec<(Markup, Markup)> = past.iter().map(|one| line(ask, one)).collect();
    rows(&lines)
}

fn line(ask: &Ask, one: &Kept<ImportBatch>) -> (Markup, Markup) {
    let label = ask.state.catalog.entity(&one.entity).map(|def| def.labels.say(ask.language));
    let what = html! {
        a.b href={ "/imports/" (one.id) } { (one.file_name) }
        small {
            (label.unwrap_or(&one.entity)) " · " (ask.language.short_day(one.created_at.day()))
        }
    };
    (what, state_of(ask, one.state))
}

/// The state of an import, with its shape.
pub fn state_of(ask: &Ask, of: ImportState) -> Markup {
    use kernel::Choice;
    let tone = match of {
        ImportState::Running => Tone::Half,
        ImportState::Done => Tone::Done,
        ImportState::PartlyUndone => Tone::Watch,
        ImportState::Undone => Tone::Wait,
    };
    state(tone, of.label().say(ask.language))
}
