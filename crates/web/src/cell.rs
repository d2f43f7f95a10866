//! `/{plural}/{id}/cell/{field}`: one field, changed where it is read: in a list, on a record's page.
//!
//! A cell is drawn by the server, closed or open; a script swaps the one for the other. Each is saved
//! or refused on its own. Without scripts the record's form does the same.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::work::not_found;
use kernel::{
    Actor, EntityDef, Fault, Faults, FieldDef, Kind, Origin, RawId, Row, Shape, Tx, edit, typed,
};
use maud::{Markup, html};
use serde_json::Value as Json;

use crate::address::Fields;
use crate::answer::{self, Answer, Refused};
use crate::door::Ask;
use crate::form::{self, Sheet, draft};
use crate::parts::{Button, Icon, Tone, hidden};
use crate::posted::Posted;
use crate::shell::{Flash, WayBack};
use crate::{columns, member, record, show, undo, words};

/// What a cell sends beside the field.
const OWN: &[&str] = &["was", "paste"];

/// Whether a field can be changed alone, in its cell.
#[must_use]
pub fn opens(actor: &Actor, def: &EntityDef, field: &FieldDef) -> bool {
    let kind = !matches!(field.kind, Kind::Lines(_) | Kind::Origin);
    kind && !field.system
        && !field.parent
        && !show::closed(actor, def, field)
        && !def.kept
        && def.parent().is_none()
        && actor.can(&format!("{}.update", def.name))
}

/// A value in its place, with what a script needs to open it; unchanged where it may not be opened.
#[must_use]
pub fn closed(
    actor: &Actor,
    def: &EntityDef,
    row: &Row,
    field: &FieldDef,
    drawn: Option<Markup>,
    in_list: bool,
) -> Option<Markup> {
    match (def.editable)(&row.values) {
        Ok(()) => around(actor, def, row.id, field, drawn, in_list),
        Err(_) => drawn,
    }
}

/// The same for a record of which only the id is at hand, on a page made by hand: what may not be
/// edited as it stands is refused when the cell is opened.
#[must_use]
pub fn around(
    actor: &Actor,
    def: &EntityDef,
    id: RawId,
    field: &FieldDef,
    drawn: Option<Markup>,
    in_list: bool,
) -> Option<Markup> {
    if !opens(actor, def, field) {
        return drawn;
    }
    let place = if in_list { "?list" } else { "" };
    let href = format!("{}/cell/{}{place}", show::href(def, id), field.name);
    Some(html! {
        span.cell data-cell=(href) tabindex="-1" {
            @match &drawn {
                Some(drawn) => (drawn),
                None if !in_list => "—",
                None => {},
            }
        }
    })
}

async fn found(
    ask: &Ask,
    (plural, id, name): &(String, String, String),
) -> Result<(&'static EntityDef, RawId, &'static FieldDef), Refused> {
    let def = ask.state.plural(plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.update", def.name))?;
    let unknown =
        || ask.refusal(Fault::new("path.unknown").with("path", ask.visitor.path.as_str()));
    let field = match def.field(name) {
        Some(field) => Some(field),
        None => {
            let own = ask.read(move |tx, _| Ok(Shape::of(tx, def)?.custom)).await?;
            own.iter().map(member::own).find(|field| field.name == name)
        }
    };
    let field = field.filter(|field| opens(&ask.actor, def, field));
    Ok((def, record::id_of(ask, def, id)?, field.ok_or_else(unknown)?))
}

/// `GET`: the cell, open. For those without scripts, the form of the record.
pub async fn open(ask: Ask, Path(path): Path<(String, String, String)>) -> Answer {
    let (def, id, field) = found(&ask, &path).await?;
    if ask.visitor.fragment.is_none() {
        let form = format!("{}/edit#{}", show::href(def, id), crate::parts::field_id(field.name));
        return Ok(answer::go(&form));
    }
    let sheet = ask
        .read(move |tx, ask| {
            let sheet = Sheet::of_record(tx, ask, def, id)?;
            if let Some(row) = &sheet.stored {
                (def.editable)(&row.values)?;
            }
            Ok(sheet)
        })
        .await?;
    Ok(answer::html(&opened(&ask, &sheet, field)))
}

/// `POST`: saves the cell and gives it closed, or gives it back open with what is wrong.
pub async fn save(Path(path): Path<(String, String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let (def, id, field) = found(&ask, &path).await?;
    let (catalog, language, since) = (ask.state.catalog, ask.language, store::now());
    let fields = pasted(field, fields);
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            let row = tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
            unmoved(def, &row, field, fields, language)?;
            let own = fields.without(OWN);
            let draft = draft::draft(tx, catalog, actor, language, def, &own)?;
            edit::update(catalog, tx, actor, def, id, None, &draft)?;
            Ok(Json::Null)
        })
        .await;
    if let Err(faults) = done {
        if faults.has("not_found") || faults.has("forbidden") {
            return Err(ask.refusal(faults));
        }
        let status = answer::status(&faults);
        let typed = fields.without(&["version"]);
        let sheet = ask
            .read(move |tx, ask| Sheet::of_typed(tx, ask, def, id.into(), typed, faults))
            .await?;
        return Ok((status, answer::html(&opened(&ask, &sheet, field))).into_response());
    }
    if ask.visitor.fragment.is_none() {
        return Ok(answer::go(&show::href(def, id)));
    }
    saved(&ask, def, id, field, since).await
}

/// The cell as it is now, and the way back from what was just saved.
async fn saved(
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
    field: &'static FieldDef,
    since: kernel::Instant,
) -> Answer {
    let drawn = ask.read(move |tx, ask| drawn(tx, ask, def, id, field)).await?;
    let seq = ask.just_done(Origin { entity: def.name, id }, since).await;
    let mut shell = ask.visitor.shell();
    shell.token.clone_from(&ask.token);
    shell.undo = seq;
    // The way back leads to the page that the cell is on, which the browser tells.
    shell.path = ask.visitor.referer().unwrap_or_else(|| show::href(def, id));
    let way = if seq.is_some() { WayBack::Undo } else { WayBack::None };
    let text = ask.say(words::SAVED).to_owned();
    shell.flash = Some(Flash { tone: Tone::Done, text, link: None, way });
    let response = answer::html(&html! { (drawn) (undo::carried(&shell)) });
    Ok(answer::with_header(response, header::SET_COOKIE, &ask.stacked(seq)))
}

fn drawn(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
    field: &'static FieldDef,
) -> Result<Markup, Faults> {
    let row = tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
    let mut titles = crate::titles::Titles::default();
    let named = crate::titles::wanted(def, [&row]).collect::<Vec<_>>();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let reader = show::Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &titles,
    };
    let value = member::held(def, &row, field);
    let in_list = ask.query.get("list").is_some();
    let drawn = match in_list {
        true => columns::cell(&reader, def, field, &value),
        false => reader.value(def, field, &value),
    };
    // A title leads to its record, as it did.
    let leads = in_list && matches!(field.kind, Kind::Text { .. }) && (field.title || field.unique);
    let drawn = drawn.map(|drawn| match leads {
        true => html! { a href=(show::href(def, id)) { (drawn) } },
        false => drawn,
    });
    let closed = closed(&ask.actor, def, &row, field, drawn, in_list);
    Ok(closed.unwrap_or_else(|| html! { span.cell {} }))
}

/// What was copied from a spreadsheet, as the control of this field would send it.
fn pasted(field: &FieldDef, fields: Fields) -> Fields {
    let Some(text) = fields.get("paste").map(ToOwned::to_owned) else { return fields };
    let mut fields = fields.without(OWN);
    match field.kind {
        Kind::Ref(_) => fields.set(&format!("{}.text", field.name), text),
        _ => fields.set(field.name, text),
    }
    fields
}

/// Whether the field is as it was when the cell was opened: what others did to other fields does
/// not matter.
fn unmoved(
    def: &EntityDef,
    row: &Row,
    field: &FieldDef,
    fields: &Fields,
    language: kernel::Language,
) -> Result<(), Faults> {
    let Some(was) = fields.get("was") else { return Ok(()) };
    let version = form::version(fields)?;
    let now = text_of(def, row, field, language);
    if version == Some(row.version) || was.replace("\r\n", "\n").trim() == now.trim() {
        return Ok(());
    }
    Err(Fault::new("record.stale").on(field.name).with("version", row.version).into())
}

fn text_of(def: &EntityDef, row: &Row, field: &FieldDef, language: kernel::Language) -> String {
    typed::of_value(field, &member::held(def, row, field), language)
}

/// The cell as a small form.
fn opened(ask: &Ask, sheet: &Sheet, field: &'static FieldDef) -> Markup {
    let Some(row) = &sheet.stored else { return html! {} };
    let def = sheet.def;
    let place = if ask.query.get("list").is_some() { "?list" } else { "" };
    let href = format!("{}/cell/{}{place}", show::href(def, row.id), field.name);
    let (version, was) = (row.version.to_string(), text_of(def, row, field, ask.language));
    let stale = sheet.faults.has("record.stale");
    // What is wrong elsewhere in the record keeps this cell from being saved too.
    let others: Vec<String> = sheet
        .faults
        .0
        .iter()
        .filter(|fault| fault.field.as_deref() != Some(field.name))
        .map(|fault| kernel::sentence(fault, ask.language))
        .collect();
    html! {
        span.cell.open data-cell=(href) tabindex="-1" {
            form method="post" action=(href) {
                (hidden(&[
                    ("token", ask.token.as_str()),
                    ("version", version.as_str()),
                    ("was", was.as_str()),
                ]))
                @if matches!(field.kind, Kind::Flag) && field.required {
                    input type="hidden" name="flags" value=(field.name);
                }
                (form::control(ask, sheet, field).id(format!("c-{}", field.name)))
                @if stale {
                    span.error {
                        (words::colon(ask.language, ask.say(words::CELL_THEIRS), ""))
                        b { (theirs(ask, sheet, field, row)) } ". " (ask.say(words::CELL_MINE))
                    }
                }
                @for said in &others { span.error { (said) } }
                (Button::submit(ask.say(words::SAVE)).icon_only(Icon::Check).bare())
            }
        }
    }
}

fn theirs(ask: &Ask, sheet: &Sheet, field: &'static FieldDef, row: &Row) -> String {
    let reader = show::Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &sheet.titles,
    };
    let text = reader.text(sheet.def, field, &member::held(sheet.def, row, field));
    if text.is_empty() { ask.say(words::NOT_FILLED).to_owned() } else { text }
}

/// The answer to a cell is a fragment: a whole page of refusal would not fit in it.
#[must_use]
pub fn is_cell(path: &str) -> bool {
    path.split('?').next().is_some_and(|path| path.contains("/cell/"))
}

/// A refusal as the text of a cell.
#[must_use]
pub fn refused(ask: &Ask, faults: &Faults) -> Response {
    let said = answer::said(faults, ask.language).join(" ");
    (answer::status(faults), answer::html(&html! { span.cell { span.error { (said) } } }))
        .into_response()
}
