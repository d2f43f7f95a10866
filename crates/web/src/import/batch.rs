//! An import that was made: what it did, what it refused, and the way back.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use exchange::{ImportBatch, ImportRow, ImportState, RowOutcome};
use kernel::{Direction, Entity, EntityDef, Faults, Id, Kept, Query, Text, Tx};
use maud::{Markup, html};
use serde_json::Value as Json;

use super::kept::{Files, Undoing};
use super::report::{counts, listed};
use super::start::state_of;
use super::{IMPORTS, job, refusals as told, steps};
use crate::answer::{Answer, go, said};
use crate::door::Ask;
use crate::parts::{Button, Tone, banner, figures, head};
use crate::posted::Posted;

const UNDO: Text = Text::new("Annuler l’import", "Undo the import");
/// How many rows are read at a time.
const PAGE: u32 = 1000;

struct Seen {
    batch: Kept<ImportBatch>,
    /// No more than a page shows, and one.
    refusals: Vec<Json>,
}

/// `GET /imports/{id}`.
pub async fn show(
    Extension(files): Extension<Arc<Files>>,
    ask: Ask,
    Path(id): Path<String>,
) -> Answer {
    let id = job::batch_id(&id).map_err(|fault| ask.refusal(fault))?;
    let seen = ask.read(move |tx, ask| see(tx, ask, id, told::SHOWN + 1)).await?;
    let undoing = files.undoing(id.raw());
    if let Some(Undoing::Running { done }) = undoing {
        let all = seen.batch.rows;
        let title = ask.say(UNDO);
        return Ok(job::progress(&ask, trail(&ask), title, &html! {}, (done, all)));
    }
    Ok(page(&ask, &seen, undoing.as_ref()))
}

/// `POST /imports/{id}/undo`.
pub async fn undo(
    Extension(files): Extension<Arc<Files>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let ask = posted.ask;
    let id = job::batch_id(&id).map_err(|fault| ask.refusal(fault))?;
    // Who may not is told so at once; the rights of each record are asked again by the engine.
    ask.read(move |tx, ask| see(tx, ask, id, 0).map(drop)).await?;
    if let Some(state) = files.begin_undo(id.raw()) {
        job::undo(&ask, id, state).await;
    }
    Ok(go(&format!("/imports/{id}")))
}

/// `GET /imports/{id}/refusals.csv`.
pub async fn refusals(ask: Ask, Path(id): Path<String>) -> Answer {
    let id = job::batch_id(&id).map_err(|fault| ask.refusal(fault))?;
    let seen = ask.read(move |tx, ask| see(tx, ask, id, usize::MAX)).await?;
    told::file(ask.language, &seen.refusals).map_err(|fault| ask.refusal(fault))
}

/// Who may read the records may read what was refused of them.
fn see(tx: &mut Tx<'_>, ask: &Ask, id: Id<ImportBatch>, most: usize) -> Result<Seen, Faults> {
    ask.actor.may("import_batch.read")?;
    let batch = tx.get(id)?;
    ask.actor.may(&format!("{}.read", batch.entity))?;
    let (mut refusals, mut last) = (Vec::new(), 0);
    while refusals.len() < most {
        let refused = ImportRow::BATCH.is(&id)
            & ImportRow::OUTCOME.is(&RowOutcome::Refused)
            & ImportRow::RANK.at_least(&(last + 1));
        let query = Query::all(ImportRow::DEF)
            .only(refused.condition)
            .sorted("rank", Direction::Up)
            .limit(PAGE);
        let rows: Vec<Kept<ImportRow>> = tx.select(query)?;
        let Some(end) = rows.last() else { break };
        last = end.rank;
        for row in &rows {
            let text = row.refusals.as_ref().map_or("[]", |text| text.0.as_str());
            let faults: Vec<Json> = serde_json::from_str(text).unwrap_or_default();
            refusals.extend(faults);
        }
    }
    Ok(Seen { batch, refusals })
}

fn trail(ask: &Ask) -> Vec<(String, String)> {
    vec![(ask.say(IMPORTS).to_owned(), "/imports".to_owned())]
}

fn page(ask: &Ask, seen: &Seen, undoing: Option<&Undoing>) -> Response {
    let batch = &seen.batch;
    let def = ask.state.catalog.entity(&batch.entity);
    let over = html! {
        (def.map_or(batch.entity.as_str(), |def| def.labels.say(ask.language)))
        " · " (ask.language.day(batch.created_at.day()))
    };
    let same = batch.rows - batch.made - batch.changed - batch.refused;
    let place = format!("/imports/{}", batch.id);
    let body = html! {
        (head(&over, &batch.file_name, &state_of(ask, batch.state), &buttons(ask, batch, def)))
        @if batch.state == ImportState::Done { (steps(ask, 5)) }
        (figures(&counts(ask, batch.rows, batch.made, batch.changed, same, batch.refused)))
        (outcome(ask, batch, undoing))
        @if !seen.refusals.is_empty() {
            (listed(ask, &seen.refusals, &format!("{place}/refusals.csv"), None))
        }
    };
    ask.page("imports", trail(ask), &batch.file_name, &body)
}

fn buttons(ask: &Ask, batch: &Kept<ImportBatch>, def: Option<&'static EntityDef>) -> Vec<Button> {
    let mut buttons = Vec::new();
    if let Some(def) = def {
        let list = format!("/{}", def.plural);
        buttons.push(Button::link(ask.say(crate::words::SEE_LIST), list).primary());
        if super::imports(ask, def) {
            let again = Text::new("Importer un autre fichier", "Import another file");
            buttons.push(Button::link(ask.say(again), super::href(def)));
        }
    }
    let back = matches!(batch.state, ImportState::Done | ImportState::PartlyUndone);
    let does = |act: &str| ask.actor.can(&format!("{}.{act}", batch.entity));
    let may = (batch.made == 0 || does("delete")) && (batch.changed == 0 || does("update"));
    if back && may && batch.made + batch.changed > 0 {
        let sure = Text::new(
            "Annuler cet import ? Ce qu’il a créé est supprimé, ce qu’il a changé revient ; ce qui \
             a été modifié depuis reste.",
            "Undo this import? What it made is deleted, what it changed comes back; what was edited \
             since stays.",
        );
        buttons.push(
            Button::post(ask.say(UNDO), format!("/imports/{}/undo", batch.id))
                .danger()
                .hidden("token", &ask.token)
                .confirm(ask.say(sure)),
        );
    }
    buttons
}

/// What became of it, and of the way back.
fn outcome(ask: &Ask, batch: &Kept<ImportBatch>, undoing: Option<&Undoing>) -> Markup {
    let cut =
        Text::new("Cet import n’est pas allé au bout.", "This import did not come to its end.");
    let again = Text::new(
        "Déposez le même fichier, avec les mêmes colonnes : il reprend où il en était.",
        "Drop the same file, with the same columns: it goes on where it was.",
    );
    let undone = Text::new("L’import est annulé.", "The import is undone.");
    let partly = Text::new(
        "L’import est annulé, sauf ce qui a changé depuis.",
        "The import is undone, but for what changed since.",
    );
    html! {
        @match (undoing, batch.state) {
            (Some(Undoing::Failed(faults)), _) => (banner(
                Tone::Blocked,
                &said(faults, ask.language).join(" "),
                &html! {},
                "",
                &[],
            )),
            (_, ImportState::Running) => {
                (banner(Tone::Watch, ask.say(cut), &html! {}, ask.say(again), &[]))
            },
            (_, ImportState::Undone) => {
                (banner(Tone::Done, ask.say(undone), &html! {}, "", &[]))
            },
            (_, ImportState::PartlyUndone) => {
                (banner(Tone::Watch, ask.say(partly), &html! {}, "", &[]))
            },
            (_, ImportState::Done) => {},
        }
        @if let Some(Undoing::Done(done)) = undoing {
            @if !done.refusals.is_empty() { (kept_rows(ask, &done.refusals)) }
        }
    }
}

/// The rows that could not be taken back, and why.
fn kept_rows(ask: &Ask, refusals: &[Json]) -> Markup {
    let flat: Vec<Json> = refusals
        .iter()
        .flat_map(|one| {
            let row = one["row"].clone();
            let faults = one["faults"].as_array().cloned().unwrap_or_default();
            faults.into_iter().map(move |mut fault| {
                fault["row"] = row.clone();
                fault
            })
        })
        .collect();
    let title = Text::new("Ce qui reste", "What stays");
    crate::parts::section(ask.say(title), &html! {}, &told::ledger(ask, &flat))
}
