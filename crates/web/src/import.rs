//! Records from a file, step by step: the file, its columns, a trial with every refusal, the report,
//! and the way back. Each step is a page; the file waits in memory between them.

mod batch;
mod columns;
mod job;
mod kept;
mod reading;
mod refusals;
mod report;
mod start;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router};
use kernel::{EntityDef, Text};
use maud::{Markup, html};

use crate::WebState;
use crate::answer::Refused;
use crate::door::Ask;
use crate::nav::{Entry, Group};

/// What the parts of the form around the file may weigh, in bytes.
const FRAME_MOST: usize = 64 * 1024;

pub(crate) const IMPORT: Text = Text::new("Importer", "Import");
pub(crate) const TITLE: Text = Text::new("Importer un fichier", "Import a file");
const IMPORTS: Text = Text::new("Imports", "Imports");

/// Where the imports stand in the rail: with the settings, for it is there that one begins.
pub(crate) const PLACES: &[Entry] = &[
    Entry::page(Group::Settings, "import", "/import", TITLE, "import_batch.read"),
    Entry::entity(Group::Settings, "import_batch"),
];

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/import", get(start::choose).post(start::receive))
        .route("/import/{plural}", get(start::of_entity))
        .route("/import/file/{file}", get(columns::show).post(columns::choose))
        .route("/import/file/{file}/report", get(report::show))
        .route("/import/file/{file}/apply", post(report::apply))
        .route("/import/file/{file}/refusals.csv", get(report::refusals))
        .route("/import/file/{file}/rows.csv", get(report::refused_rows))
        .route("/imports/{id}", get(batch::show))
        .route("/imports/{id}/undo", post(batch::undo))
        .route("/imports/{id}/refusals.csv", get(batch::refusals))
        .layer(DefaultBodyLimit::max(exchange::FILE_MOST + FRAME_MOST))
        .layer(Extension(Arc::new(kept::Files::default())))
}

/// Whether the person may bring records of an entity in from a file.
#[must_use]
pub(crate) fn imports(ask: &Ask, def: &EntityDef) -> bool {
    crate::nav::creates(ask, def)
}

/// The address where an import of these records begins.
#[must_use]
pub(crate) fn href(def: &EntityDef) -> String {
    format!("/import/{}", def.plural)
}

/// The entity of a path, when the person may import its records.
fn importable(ask: &Ask, plural: &str) -> Result<&'static EntityDef, Refused> {
    let def = ask.state.plural(plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.create", def.name))?;
    if !imports(ask, def) {
        let fault = kernel::Fault::new("entity.kept").with("entity", def.labels.say(ask.language));
        return Err(ask.refusal(fault));
    }
    Ok(def)
}

/// The four steps, and which one this is, from 1.
fn steps(ask: &Ask, now: usize) -> Markup {
    let names = [
        Text::new("Fichier", "File"),
        Text::new("Colonnes", "Columns"),
        Text::new("Essai", "Trial"),
        Text::new("Import", "Import"),
    ];
    html! {
        ol.steps aria-label=(ask.say(Text::new("Étapes", "Steps"))) {
            @for (rank, name) in names.into_iter().enumerate() {
                @let rank = rank + 1;
                li .done[rank < now] aria-current=[(rank == now).then_some("step")] {
                    span { (rank) } (ask.say(name))
                }
            }
        }
    }
}

/// So many rows, in words.
fn counted(ask: &Ask, count: i64) -> String {
    let word = match crate::words::singular(ask.language, count) {
        true => Text::new("ligne", "row"),
        false => Text::new("lignes", "rows"),
    };
    format!("{} {}", ask.language.integer(count), ask.say(word))
}
