//! A trial or an import under way. It goes on when the page is left; the page waits a moment for it,
//! then shows how far it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::HeaderName;
use axum::response::Response;
use exchange::{ImportBatch, ImportState, Mode, Plan, Source};
use kernel::{Door, Fault, Faults, Id, RawId};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use store::Call;

use super::counted;
use super::kept::{File, Stage, Undoing, held};
use super::reading::{Read, plan, read};
use crate::answer::with_header;
use crate::door::{Ask, hexadecimal};
use crate::parts::head;

/// How long a page waits before it shows the progress instead.
const A_MOMENT: Duration = Duration::from_millis(1500);

/// Runs a file in the background, and waits a moment for it.
pub async fn run(ask: &Ask, file: Arc<File>, mode: Mode) {
    if !file.begin(mode, 0) {
        return;
    }
    let (who, own) = (ask.clone(), Arc::clone(&file));
    let work = tokio::task::spawn_blocking(move || {
        let stage = match through(&who, &own, mode) {
            Ok(stage) => stage,
            Err(faults) => Stage::Failed(faults),
        };
        own.set_stage(stage);
    });
    let whole = tokio::spawn(async move {
        if let Err(broken) = work.await {
            tracing::error!(%broken, "an import broke off");
            file.set_stage(Stage::Failed(Fault::new("internal").into()));
        }
    });
    // The page need not wait longer; the work goes on.
    let _ = tokio::time::timeout(A_MOMENT, whole).await;
}

fn through(ask: &Ask, file: &File, mode: Mode) -> Result<Stage, Faults> {
    let read = read(&file.bytes, &file.way().settings, ask.language)?;
    let rows = i64::try_from(read.sheet.rows.len()).unwrap_or(i64::MAX);
    file.set_stage(Stage::Running { mode, done: 0, rows });
    let mut actor = ask.actor.clone();
    actor.door = Door::Import;
    let store = &ask.state.store;
    actor.may(&format!("{}.create", file.def.name))?;
    let plan = store.read(&actor, |tx| plan(tx, ask, file, &read))?;
    let call = match mode {
        Mode::Dry => Call::new(actor.clone()),
        Mode::Apply => opening(ask, file, &read, &plan)?,
    };
    let source = Source { file_name: file.name.clone(), sheet: read.sheet, mode, call };
    let report = exchange::run(store, &actor, plan, source, &|done| file.tell(done))?;
    Ok(match report.batch {
        Some(batch) => Stage::Applied(batch),
        None => Stage::Tried(Arc::new(report)),
    })
}

/// The command that opens the import. Its key is that of the file and its columns: an import that a
/// fall of the server cut off goes on where it was when the same file is dropped again. One that
/// came to its end is over, and the same file is another import.
fn opening(ask: &Ask, file: &File, read: &Read, plan: &Plan) -> Result<Call, Faults> {
    let over = ask.state.store.read(&ask.actor, |tx| {
        let same = ImportBatch::ENTITY.is(&file.def.name.to_owned());
        let named = tx.find(same)?;
        let over = named
            .iter()
            .filter(|one| one.state != ImportState::Running && one.file_name == file.name);
        Ok(over.count())
    })?;
    let mut actor = ask.actor.clone();
    actor.door = Door::Import;
    let mut digest = Sha256::new();
    let language = read.language.tag();
    let columns = plan.told().to_string();
    let form = format!("{:?}", read.form);
    let parts = [file.def.name, &form, language, columns.as_str(), &file.name];
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.update(&file.bytes);
    let whose = actor.user.map_or_else(String::new, |user| user.to_string());
    let key = format!("web:{whose}:import:{}:{over}", hexadecimal(&digest.finalize()));
    Ok(Call::new(actor).key(key))
}

/// Takes an import back in the background, and waits a moment for it.
pub async fn undo(ask: &Ask, batch: Id<ImportBatch>, state: Arc<Mutex<Undoing>>) {
    let (who, own) = (ask.clone(), Arc::clone(&state));
    let work = tokio::task::spawn_blocking(move || {
        let mut actor = who.actor.clone();
        actor.door = Door::Import;
        let tell = |done| *held(&own) = Undoing::Running { done };
        let done = exchange::undo(&who.state.store, &actor, batch, &tell);
        *held(&own) = match done {
            Ok(undone) => Undoing::Done(undone),
            Err(faults) => Undoing::Failed(faults),
        };
    });
    let whole = tokio::spawn(async move {
        if let Err(broken) = work.await {
            tracing::error!(%broken, "an import could not be taken back");
            *held(&state) = Undoing::Failed(Fault::new("internal").into());
        }
    });
    let _ = tokio::time::timeout(A_MOMENT, whole).await;
}

/// How far it is; the browser asks again by itself, script or none.
pub fn progress(
    ask: &Ask,
    crumbs: Vec<(String, String)>,
    title: &str,
    steps: &Markup,
    (done, all): (i64, i64),
) -> Response {
    let done = done.min(all);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        (steps)
        div.progress #progress role="status" aria-live="polite" {
            @if all > 0 {
                progress max=(all) value=(done) {}
                p.muted {
                    (ask.language.integer(done)) " / " (counted(ask, all))
                }
            } @else {
                progress {}
            }
        }
    };
    let response = ask.page("import", crumbs, title, &body);
    with_header(response, HeaderName::from_static("refresh"), "1")
}

/// The id of an import, from a path.
///
/// # Errors
/// `id.malformed`.
pub fn batch_id(text: &str) -> Result<Id<ImportBatch>, Fault> {
    Ok(Id::from_raw(RawId::parse(text)?))
}
