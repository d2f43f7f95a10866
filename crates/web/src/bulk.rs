//! Many records changed at once, from their list: which records, what, what would happen, then a
//! job that works in the background. One form leads through the steps; nothing changes before its
//! last button.

mod draw;
mod job;
mod rehearsal;
mod which;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::bulk::{self, BulkDeed, BulkJob};
use kernel::{ActionDef, EntityDef, Fault, Faults, FieldDef, Tx, json, personal};
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use crate::address::Fields;
use crate::answer::{self, Answer, Refused};
use crate::door::Ask;
use crate::form::{Sheet, draft};
use crate::list::Wanted;
use crate::parts::{Button, bulk_bar, hidden};
use crate::posted::Posted;
use crate::{WebState, act, cell, words};

use which::Which;

/// The routes of the jobs; asking for one is under the path of its entity.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/bulk/{id}", get(job::page))
        .route("/bulk/{id}/undo", post(job::take_back))
        .route("/bulk/{id}/refusals.csv", get(job::report))
}

/// What is asked for many records.
#[derive(Clone, Copy)]
pub(super) enum Wish {
    Set(Option<&'static FieldDef>),
    Delete,
    Act(Option<&'static ActionDef>),
}

/// A wish under way: the entity, the records, the wish, and what was typed so far.
pub(super) struct Under {
    pub def: &'static EntityDef,
    pub which: Which,
    pub wish: Wish,
    pub fields: Fields,
    /// The fields that the company added to the entity.
    pub own: Vec<&'static FieldDef>,
    /// The address of the list, without its place.
    pub list: String,
    /// How many records the list holds, when all of them were counted.
    pub all: Option<usize>,
}

/// The fields that a person may set for many records.
pub(super) fn settable(ask: &Ask, def: &'static EntityDef) -> Vec<&'static FieldDef> {
    let opens = |field: &&FieldDef| cell::opens(&ask.actor, def, field) && bulk::settable(field);
    def.stored().filter(opens).collect()
}

/// Those, and the fields that the company added, which nobody's rights set apart.
pub(super) fn settable_with(
    ask: &Ask,
    def: &'static EntityDef,
    own: &[&'static FieldDef],
) -> Vec<&'static FieldDef> {
    let own = own.iter().copied().filter(|field| cell::opens(&ask.actor, def, field));
    settable(ask, def).into_iter().chain(own).collect()
}

/// The acts that a person may run on many records: what is secret is typed for one at a time.
pub(super) fn acts(ask: &Ask, def: &EntityDef) -> Vec<&'static ActionDef> {
    let fits = |act: &&ActionDef| {
        ask.actor.can(&act.right()) && !act.inputs.iter().any(|input| input.sensitive)
    };
    ask.state.catalog.actions_on(def.name).filter(fits).collect()
}

/// Whether anything may be done with many records of this entity.
#[must_use]
pub fn offers(ask: &Ask, def: &'static EntityDef) -> bool {
    !buttons(ask, def).is_empty()
}

fn buttons(ask: &Ask, def: &'static EntityDef) -> Vec<Button> {
    let mut buttons = Vec::new();
    if personal::marks(def).is_some() {
        return buttons;
    }
    if !settable(ask, def).is_empty() {
        buttons.push(Button::submit(ask.say(words::MANY_EDIT)).named("do", "set"));
    }
    if !acts(ask, def).is_empty() {
        buttons.push(Button::submit(ask.say(words::MANY_ACT)).named("do", "act"));
    }
    if deletes(ask, def) {
        buttons.push(Button::submit(ask.say(words::DELETE)).named("do", "delete"));
    }
    buttons
}

fn deletes(ask: &Ask, def: &EntityDef) -> bool {
    !def.kept && def.parent().is_none() && ask.actor.can(&format!("{}.delete", def.name))
}

/// The bar of a list, for the lines chosen in the form `bulk`.
#[must_use]
pub fn bar(ask: &Ask, def: &'static EntityDef, wanted: &Wanted) -> Markup {
    let to = wanted.address(&format!("/{}/bulk", def.plural));
    let buttons: Vec<Button> =
        buttons(ask, def).into_iter().map(|button| button.to(to.as_str())).collect();
    if buttons.is_empty() {
        return html! {};
    }
    bulk_bar(ask.language, "bulk", &hidden(&[("token", ask.token.as_str())]), &buttons)
}

/// `GET /{plural}/bulk`: there is nothing to see before something is chosen.
pub async fn none(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    Ok(answer::go(&format!("/{}", def.plural)))
}

/// `POST /{plural}/bulk`: the next step. The address carries the filters of the list.
pub async fn ask(Path(plural): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    ask.may(&format!("{}.bulk", def.name))?;
    // What is its owner's alone is done one by one: a refusal would name what others keep.
    if personal::marks(def).is_some() {
        return Err(ask.refusal(Fault::new("entity.kept").with("entity", def.name)));
    }
    let found = ask.read(move |tx, ask| Wanted::of(tx, ask, def)).await?;
    let own: Vec<_> = found.sifted.members(&ask).own(def).collect();
    let wish = wish(&ask, def, &fields, &own)?;
    let which = Which::of(&fields, found.condition());
    let list = found.without_place();
    let mut under = Under { def, which, wish, fields, own, list, all: None };
    let ready = match wish {
        Wish::Set(None) | Wish::Act(None) => false,
        Wish::Set(Some(_)) => under.fields.get("shown").is_some(),
        Wish::Act(Some(act)) => act.inputs.is_empty() || under.fields.get("shown").is_some(),
        Wish::Delete => under.fields.get("which").is_some(),
    };
    if !ready {
        return choose(&ask, under, Faults::default()).await;
    }
    let job = match asked(&ask, &under).await {
        Ok(job) => job,
        Err(faults) => return choose(&ask, under, faults).await,
    };
    if under.fields.get("go") == Some("run") {
        return begin(&ask, under, job).await;
    }
    let (store, actor, which) = (ask.state.store.clone(), ask.actor.clone(), under.which.clone());
    let (catalog, wanted, own) = (ask.state.catalog, job.clone(), under.own.clone());
    let seen = ask
        .visitor
        .waiting(move |_| rehearsal::run(&store, catalog, &actor, (def, &own), &wanted, &which))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    under.all = Some(seen.total);
    Ok(draw::preview(&ask, &under, &job, &seen))
}

fn wish(
    ask: &Ask,
    def: &'static EntityDef,
    fields: &Fields,
    own: &[&'static FieldDef],
) -> Result<Wish, Refused> {
    let refused = || ask.refusal(Fault::new("form.malformed"));
    match fields.text("do") {
        "set" => {
            let name = fields.text("field");
            let fields = settable_with(ask, def, own);
            let field = fields.into_iter().find(|field| field.name == name);
            if field.is_none() && !name.is_empty() { Err(refused()) } else { Ok(Wish::Set(field)) }
        }
        "act" => {
            let name = fields.text("act");
            let act = acts(ask, def).into_iter().find(|act| act.name == name);
            if act.is_none() && !name.is_empty() { Err(refused()) } else { Ok(Wish::Act(act)) }
        }
        "delete" if deletes(ask, def) => Ok(Wish::Delete),
        _ => Err(refused()),
    }
}

/// The step where records, field, act and value are chosen.
async fn choose(ask: &Ask, mut under: Under, faults: Faults) -> Answer {
    let (store, actor, which) = (ask.state.store.clone(), ask.actor.clone(), under.which.clone());
    let def = under.def;
    let count = ask.visitor.waiting(move |_| which.all(&store, &actor, def)).await;
    under.all = Some(count.map_err(|faults| ask.refusal(faults))?.len());
    let (typed, told) = (own(&under), faults.clone());
    let sheet = ask.read(move |tx, ask| Sheet::of_typed(tx, ask, def, None, typed, told)).await?;
    let status = answer::status(&faults);
    let page = draw::choose(ask, &under, &sheet, &faults);
    Ok(if faults.0.is_empty() { page } else { (status, page).into_response() })
}

/// What was typed for the field or the act, and nothing of the frame.
pub(super) fn own(under: &Under) -> Fields {
    let names: Vec<&str> = match under.wish {
        Wish::Set(Some(field)) => vec![field.name],
        Wish::Act(Some(act)) => act.inputs.iter().map(|input| input.name).collect(),
        _ => Vec::new(),
    };
    let ours = |name: &str| {
        let base = name.split('.').next().unwrap_or(name);
        names.contains(&base) || names.contains(&name) || name == "flags"
    };
    Fields(under.fields.0.iter().filter(|(name, _)| ours(name)).cloned().collect())
}

/// The job that is asked for, its values read.
async fn asked(ask: &Ask, under: &Under) -> Result<BulkJob, Faults> {
    let (def, wish, typed) = (under.def, under.wish, own(under));
    ask.look(move |tx, ask| {
        let (deed, content) = match wish {
            Wish::Set(field) => (BulkDeed::Set, values(tx, ask, def, field, &typed)?),
            Wish::Act(act) => (BulkDeed::Act, inputs(tx, ask, act, &typed)?),
            Wish::Delete => (BulkDeed::Delete, json!({})),
        };
        Ok(BulkJob::new(def, deed, content, 0))
    })
    .await
}

fn values(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    field: Option<&'static FieldDef>,
    typed: &Fields,
) -> Result<Json, Faults> {
    let field = field.ok_or_else(|| Fault::new("form.malformed"))?;
    let draft = draft::draft(tx, ask.state.catalog, &ask.actor, ask.language, def, typed)?;
    let empty = draft.values.iter().all(|(_, value)| value.is_null())
        && draft.extra.values().all(Json::is_null);
    if empty && field.required {
        return Err(Fault::new("field.required").on(field.name).into());
    }
    Ok(bulk::content(&draft))
}

fn inputs(
    tx: &mut Tx<'_>,
    ask: &Ask,
    act: Option<&'static ActionDef>,
    typed: &Fields,
) -> Result<Json, Faults> {
    let act = act.ok_or_else(|| Fault::new("form.malformed"))?;
    let typed = typed.without(&["flags"]);
    let inputs = act::inputs(tx, &ask.actor, ask.language, ask.state.catalog, act, &typed)?;
    let given = inputs.0.iter().map(|(name, value)| ((*name).to_owned(), json::of_value(value)));
    let mut content: Map<String, Json> = given.collect();
    content.insert("act".to_owned(), json!(act.name));
    Ok(Json::Object(content))
}

/// Writes the job down; it begins in the background.
async fn begin(ask: &Ask, under: Under, job: BulkJob) -> Answer {
    let (store, actor, def) = (ask.state.store.clone(), ask.actor.clone(), under.def);
    let which = under.which.clone();
    let ids = ask.visitor.waiting(move |_| which.ids(&store, &actor, def)).await;
    let ids = ids.map_err(|faults| ask.refusal(faults))?;
    let job = BulkJob { total: i64::try_from(ids.len()).unwrap_or(i64::MAX), ..job };
    let made = ask
        .command(&under.fields, move |tx, _, _| Ok(json!(bulk::start(tx, &job, &ids)?.to_string())))
        .await;
    let made = made.map_err(|faults| ask.refusal(faults))?;
    Ok(to_job(ask, made.as_str().unwrap_or_default()))
}

/// Leads to the page of a job. What comes after is undone there, not by the key.
pub(super) fn to_job(ask: &Ask, id: &str) -> Response {
    let response = answer::go(&format!("/bulk/{id}"));
    let cookie = ask.stacked(None);
    answer::with_header(response, axum::http::header::SET_COOKIE, &cookie)
}
