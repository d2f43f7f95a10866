//! The form of any entity: blank, filled, refused. Lines are edited inside their parent; what was
//! typed comes back with each refusal beside its field.

pub mod draft;
mod draw;
mod lines;
mod merge;
mod part;
mod sheet;
mod stale;
mod window;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{EntityDef, Fault, Faults, Origin, RawId, Wish, edit};
use maud::html;
use serde_json::json;

use crate::address::{Fields, back};
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Tone, head};
use crate::posted::Posted;
use crate::{pages, show, words};
use window::Wide;

pub use draw::{control, custom, drawn, fields_of, frame, summary};
pub use lines::grid;
pub(crate) use lines::shown;
pub(crate) use part::{bar, looking, numbers, staying};
pub use sheet::Sheet;
pub use window::{Place, Window, first_of, places};

/// `GET /{plural}/new`: the blank form; fields named in the address are filled.
pub async fn blank(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = editable(&ask, &plural, "create")?;
    let sheet = ask.read(move |tx, ask| Sheet::blank(tx, ask, def)).await?;
    page(ask, sheet).await
}

/// `GET /{plural}/{id}/edit`: the form filled with the record.
pub async fn edit(ask: Ask, Path((plural, id)): Path<(String, String)>) -> Answer {
    let def = editable(&ask, &plural, "update")?;
    let id = RawId::parse(&id).map_err(|fault| ask.refusal(fault))?;
    let sheet = ask
        .read(move |tx, ask| {
            let sheet = Sheet::of_record(tx, ask, def, id)?;
            if let Some(row) = &sheet.stored {
                (def.editable)(&row.values)?;
            }
            Ok(sheet)
        })
        .await?;
    page(ask, sheet).await
}

/// `POST /{plural}`: makes the record, or gives the form back.
pub async fn create(Path(plural): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let def = editable(&ask, &plural, "create")?;
    let fields = draft::tidied(ask.state.catalog, def, &fields);
    if lines::asked(&fields) {
        return reshaped(ask, def, None, fields).await;
    }
    let (catalog, language, since) = (ask.state.catalog, ask.language, store::now());
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            let draft = draft::draft(tx, catalog, actor, language, def, fields)?;
            let id = edit::create(catalog, tx, actor, def, &draft)?;
            Ok(json!(id.to_string()))
        })
        .await;
    match done {
        Ok(id) => {
            let id = id.as_str().unwrap_or("");
            let record = format!("/{}/{id}", def.plural);
            let (href, said) = (led_back(&fields, &record), ask.say(words::CREATED_NOW));
            match RawId::parse(id) {
                Ok(id) => {
                    let about = Origin { entity: def.name, id };
                    Ok(ask.go_having(href, said, about, since).await)
                }
                Err(_) => Ok(ask.go_saying(href, Tone::Done, said)),
            }
        }
        Err(faults) if Wish::of_faults(&faults).is_some() => {
            let asked = ask.ask_second(faults, &format!("/{}", def.plural)).await;
            asked.map_err(|faults| ask.refusal(faults))
        }
        Err(faults) => refused(ask, def, None, fields, faults).await,
    }
}

/// `POST /{plural}/{id}`: saves the record, or gives the form back.
pub async fn update(Path((plural, id)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let def = editable(&ask, &plural, "update")?;
    let id = RawId::parse(&id).map_err(|fault| ask.refusal(fault))?;
    let fields = draft::tidied(ask.state.catalog, def, &fields);
    if lines::asked(&fields) {
        return reshaped(ask, def, Some(id), fields).await;
    }
    let (catalog, language, since) = (ask.state.catalog, ask.language, store::now());
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            // A record that is not ours is unknown before anything is said of the fields.
            let row = tx.row(def, id)?.ok_or_else(|| kernel::work::not_found(def, id))?;
            let mut draft = draft::draft(tx, catalog, actor, language, def, fields)?;
            let wide = Wide::of(tx, catalog, id, fields, &mut draft)?;
            let version = merge::merged(tx, catalog, def, &row, version(fields)?, &mut draft)?;
            let done = edit::update(catalog, tx, actor, def, id, version, &draft);
            done.map_err(|faults| wide.told(faults))?;
            Ok(json!(id.to_string()))
        })
        .await;
    match done {
        Ok(_) => {
            let record = show::href(def, id);
            let about = Origin { entity: def.name, id };
            let stays = part::stays(&fields, &record);
            let href = stays.as_deref().unwrap_or_else(|| led_back(&fields, &record));
            Ok(ask.go_having(href, ask.say(words::SAVED), about, since).await)
        }
        Err(faults) if Wish::of_faults(&faults).is_some() => {
            let asked = ask.ask_second(faults, &show::href(def, id)).await;
            asked.map_err(|faults| ask.refusal(faults))
        }
        Err(faults) if faults.has("not_found") || faults.has("forbidden") => {
            Err(ask.refusal(faults))
        }
        Err(faults) => refused(ask, def, Some(id), fields, faults).await,
    }
}

/// The entity of a path, when the person may edit its records by hand.
fn editable(
    ask: &Ask,
    plural: &str,
    act: &str,
) -> Result<&'static EntityDef, crate::answer::Refused> {
    let def = ask.state.plural(plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.{act}", def.name))?;
    if def.kept || def.parent().is_some() {
        let kept = Fault::new("entity.kept").with("entity", def.labels.say(ask.language));
        return Err(ask.refusal(kept));
    }
    Ok(def)
}

/// The version that the form was drawn from.
pub(crate) fn version(fields: &Fields) -> Result<Option<i64>, Faults> {
    match fields.text("version") {
        "" => Ok(None),
        text => {
            let refused = || Fault::new("form.malformed");
            Ok(Some(text.parse().map_err(|_| Faults::from(refused()))?))
        }
    }
}

fn led_back<'a>(fields: &'a Fields, record: &'a str) -> &'a str {
    match fields.get("back") {
        Some(wanted) if !wanted.is_empty() => back(wanted),
        _ => record,
    }
}

/// A line was added or removed without scripts: nothing is saved, the form comes back.
async fn reshaped(ask: Ask, def: &'static EntityDef, id: Option<RawId>, fields: Fields) -> Answer {
    let fields = lines::reshaped(ask.state.catalog, def, fields);
    let sheet = ask
        .read(move |tx, ask| Sheet::of_typed(tx, ask, def, id, fields, Faults::default()))
        .await?;
    page(ask, sheet).await
}

/// The form with what was typed, and each refusal beside its field.
async fn refused(
    ask: Ask,
    def: &'static EntityDef,
    id: Option<RawId>,
    fields: Fields,
    faults: Faults,
) -> Answer {
    let status = answer::status(&faults);
    if status.is_server_error() && !faults.0.iter().any(|fault| fault.code.starts_with("store.")) {
        return Err(ask.refusal(faults));
    }
    let sheet = ask.read(move |tx, ask| Sheet::of_typed(tx, ask, def, id, fields, faults)).await?;
    Ok((status, page(ask, sheet).await?).into_response())
}

/// The page of a form, drawn by hand when the entity has one.
async fn page(ask: Ask, sheet: Sheet) -> Answer {
    if let Some(by_hand) = pages::hand_made(sheet.def.name).and_then(|made| made.form) {
        return by_hand(ask, sheet).await;
    }
    Ok(whole(&ask, &sheet))
}

fn whole(ask: &Ask, sheet: &Sheet) -> Response {
    let def = sheet.def;
    let title = sheet.title(ask.language);
    let mut crumbs = vec![(def.labels.say(ask.language).to_owned(), format!("/{}", def.plural))];
    if let (Some(id), Some(name)) = (sheet.id, sheet.name(ask.language)) {
        crumbs.push((name, show::href(def, id)));
    }
    let over = html! { (def.label.say(ask.language)) };
    let body = html! {
        (head(&over, &title, &html! {}, &[]))
        (looking(ask, sheet))
        (drawn(ask, sheet))
    };
    let place = if sheet.id.is_some() { ask.say(words::EDIT) } else { title.as_str() };
    ask.page(def.plural, crumbs, place, &body)
}

/// The status of a sheet with refusals, for pages made by hand.
#[must_use]
pub fn status(sheet: &Sheet) -> StatusCode {
    if sheet.faults.0.is_empty() { StatusCode::OK } else { answer::status(&sheet.faults) }
}
