//! `/{plural}/{id}/move`: a record moved to another lane of a board. Where the field of the lanes is
//! a person's to fill in, it is changed as in its cell; where it tells a life, the act that leads
//! there is run: the first one that, tried and given up, leaves the record in that state.

use axum::extract::Path;
use axum::response::IntoResponse;
use exchange::many;
use kernel::bulk::{BulkDeed, BulkJob};
use kernel::work::not_found;
use kernel::{
    ActionDef, Actor, EntityDef, Fault, Faults, FieldDef, Inputs, Kind, Origin, RawId, Row, Shape,
    Value, edit, sentence,
};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::questions;
use crate::address::{Fields, back, encoded};
use crate::answer::{self, Answer, Refused};
use crate::door::{Ask, new_key};
use crate::form::draft;
use crate::member::Members;
use crate::parts::{Button, Icon, Tone, hidden, icon, say};
use crate::posted::Posted;
use crate::titles::title_of;
use crate::{cell, record, show, words};

/// The parameter of the address that opens the menu of one card.
pub const MOVE: &str = "move";

/// The lanes of a board as a card sees them.
pub struct Lanes<'a> {
    pub def: &'static EntityDef,
    pub field: &'static FieldDef,
    /// The value of each, as a form sends it, and its title.
    pub all: &'a [(String, String)],
    /// Where the board is.
    pub address: String,
}

/// Whether a record may be moved from lane to lane by this person.
#[must_use]
pub fn moves(ask: &Ask, def: &'static EntityDef, field: &'static FieldDef, row: &Row) -> bool {
    if cell::opens(&ask.actor, def, field) {
        return (def.editable)(&row.values).is_ok();
    }
    let fits = |act: &&ActionDef| ask.actor.can(&act.right()) && (act.offered)(&row.values);
    matches!(field.kind, Kind::Choice(_))
        && ask.state.catalog.actions_on(def.name).any(|act| fits(&act))
}

impl Lanes<'_> {
    /// The way to the other lanes: a link that opens it, or the buttons when it is open.
    #[must_use]
    pub fn menu(&self, ask: &Ask, id: RawId, now: &str) -> Markup {
        let language = ask.language;
        let name = format!("move-{id}");
        let label = say(language, "Déplacer vers…", "Move to…");
        if ask.query.get(MOVE) != Some(&id.to_string()) {
            let and = if self.address.contains('?') { '&' } else { '?' };
            let href = format!("{}{and}{MOVE}={id}#{name}", self.address);
            return html! {
                a.btn.bare.mini.mover id=(name) href=(href) data-swap="#list" aria-label=(label)
                    title={ (label) " (M)" } { (icon(Icon::More)) }
            };
        }
        let action = format!("{}/move", show::href(self.def, id));
        let others = self.all.iter().filter(|(value, _)| value != now).enumerate();
        html! {
            form.mover method="post" action=(action) aria-label=(label) {
                (hidden(&[
                    ("token", ask.token.as_str()),
                    ("key", new_key().as_str()),
                    ("field", self.field.name),
                    ("back", self.address.as_str()),
                ]))
                @for (rank, (value, title)) in others {
                    // The focus, on the link until now, comes to the first of them.
                    button.btn.mini id=[(rank == 0).then_some(&name)] name="to" value=(value)
                        autofocus[rank == 0] { "→ " (title) }
                }
                (Button::link(ask.say(words::CANCEL), self.address.as_str()).bare().small())
            }
        }
    }
}

/// How a record comes to its new lane.
enum Way {
    Field,
    Act(&'static ActionDef, Inputs),
}

/// What became of a move.
enum Moved {
    Done(String),
    /// The act that leads there asks for more: where it asks.
    Asks(String),
}

/// `POST`: moves it, or says why not.
pub async fn run(Path((plural, id)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let id = record::id_of(&ask, def, &id)?;
    let field = field(&ask, def, fields.text("field")).await?;
    let row = ask.read(move |tx, ask| {
        let row = tx.row(def, id)?;
        let row = row.filter(|row| identity::personal::sees(def, &ask.actor, &row.values));
        Ok(row.ok_or_else(|| not_found(def, id))?)
    });
    let row = row.await?;
    let to = back(fields.text("back")).to_owned();
    let since = store::now();
    match moved(&ask, (def, field), &row, &fields).await {
        Ok(Moved::Done(said)) => {
            Ok(ask.go_having(&to, &said, Origin { entity: def.name, id }, since).await)
        }
        Ok(Moved::Asks(href)) => {
            let href = format!("{href}&back={}", encoded(&to));
            if ask.visitor.fragment.is_none() {
                return Ok(answer::go(&href));
            }
            // The script follows the link; the card goes back to where it was until then.
            let question = say(ask.language, "Répondre", "Answer");
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            let link = html! { a data-question href=(href) role="alert" { (question) } };
            Ok((status, answer::html(&link)).into_response())
        }
        Err(why) => {
            let name = title_of(def, &row, ask.language);
            let why = words::colon(ask.language, &name, &why);
            if ask.visitor.fragment.is_none() {
                return Ok(ask.go_saying(&to, Tone::Blocked, &why));
            }
            let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok((status, answer::html(&html! { p.error role="alert" { (why) } })).into_response())
        }
    }
}

async fn field(
    ask: &Ask,
    def: &'static EntityDef,
    name: &str,
) -> Result<&'static FieldDef, Refused> {
    let custom = ask.read(move |tx, _| Ok(Shape::of(tx, def)?.custom)).await?;
    let members = Members { catalog: ask.state.catalog, actor: &ask.actor, custom: &custom };
    let unknown = || Fault::new("query.unknown").on("field").with("given", name);
    let found = members.find(def, name).and_then(|field| field.ok_or_else(unknown));
    found.map_err(|fault| ask.refusal(fault))
}

/// What was done, in a few words; or why it was not.
async fn moved(
    ask: &Ask,
    (def, field): (&'static EntityDef, &'static FieldDef),
    row: &Row,
    fields: &Fields,
) -> Result<Moved, String> {
    let (catalog, language, id) = (ask.state.catalog, ask.language, row.id);
    let to = fields.text("to").to_owned();
    let way = match cell::opens(&ask.actor, def, field) {
        true => Way::Field,
        false => match way(ask, (def, field), row, &to).await {
            Ok(way) => way,
            Err(why) => {
                let asks = questions::asking(ask, (def, field), row, &to).await;
                return asks.map(Moved::Asks).ok_or(why);
            }
        },
    };
    let said = match &way {
        Way::Field => ask.say(words::SAVED).to_owned(),
        Way::Act(act, _) => words::done(language, act.label.say(language)),
    };
    let done = ask.command(fields, move |tx, actor, _| match &way {
        Way::Field => {
            let mut typed = Fields::default();
            typed.push(field.name, to.as_str());
            if field.kind == Kind::Flag {
                typed.push("flags", field.name);
            }
            let draft = draft::draft(tx, catalog, actor, language, def, &typed)?;
            edit::update(catalog, tx, actor, def, id, None, &draft)?;
            Ok(Json::Null)
        }
        Way::Act(act, inputs) => {
            catalog.run(tx, actor, act, id, inputs)?;
            Ok(Json::Null)
        }
    });
    done.await
        .map(|_| Moved::Done(said))
        .map_err(|faults| answer::said(&faults, language).join(" "))
}

/// The act that leads there, with the state it asks for; the reason of those that were refused when
/// none does.
async fn way(
    ask: &Ask,
    (def, field): (&'static EntityDef, &'static FieldDef),
    row: &Row,
    to: &str,
) -> Result<Way, String> {
    let language = ask.language;
    let label = field.choices().iter().find(|(name, _)| *name == to);
    let none = match (language, label.map(|(_, label)| label.say(language)).unwrap_or(to)) {
        (kernel::Language::French, label) => format!("rien ne mène d’ici à « {label} »."),
        (kernel::Language::English, label) => format!("nothing leads from here to “{label}”."),
    };
    let mut why = vec![none];
    for (act, inputs) in offered(ask, (def, field), row, to) {
        let (store, catalog, actor) =
            (ask.state.store.clone(), ask.state.catalog, ask.actor.clone());
        let (job, id) = (job(def, act, &inputs), row.id);
        let tried = ask
            .visitor
            .waiting(move |_| many::rehearse(&store, catalog, &actor, def, &job, id))
            .await;
        match tried {
            Ok(change) => {
                let after = change.and_then(|change| change.after);
                let state = after.map(|row| crate::member::held(def, &row, field).into_owned());
                if state == Some(Value::Text(to.to_owned())) {
                    return Ok(Way::Act(act, inputs));
                }
            }
            Err(faults) => why.push(told(&ask.actor, act, &faults)),
        }
    }
    Err(why.join(" "))
}

fn told(actor: &Actor, act: &ActionDef, faults: &Faults) -> String {
    let said: Vec<String> = faults.0.iter().map(|fault| sentence(fault, actor.language)).collect();
    words::colon(actor.language, act.label.say(actor.language), &said.join(" "))
}

/// The acts offered now, each with what it is told: nothing, or the state to come to. Those that
/// ask for that state come first.
fn offered(
    ask: &Ask,
    (def, field): (&'static EntityDef, &'static FieldDef),
    row: &Row,
    to: &str,
) -> Vec<(&'static ActionDef, Inputs)> {
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for act in ask.state.catalog.actions_on(def.name) {
        if !ask.actor.can(&act.right()) || !(act.offered)(&row.values) {
            continue;
        }
        let told = act.inputs.iter().find(|input| input.kind == field.kind);
        let other = |input: &&FieldDef| told.is_none_or(|told| told.name != input.name);
        if act.inputs.iter().filter(other).any(|input| input.required) {
            continue;
        }
        match told {
            Some(told) => {
                let to = Value::Text(to.to_owned());
                first.push((act, Inputs::default().with(told.name, to)));
            }
            None => then.push((act, Inputs::default())),
        }
    }
    first.extend(then);
    first
}

pub(super) fn job(def: &EntityDef, act: &ActionDef, inputs: &Inputs) -> BulkJob {
    let given = inputs.0.iter();
    let given = given.map(|(name, value)| ((*name).to_owned(), kernel::json::of_value(value)));
    let mut content: serde_json::Map<String, Json> = given.collect();
    content.insert("act".to_owned(), json!(act.name));
    BulkJob::new(def, BulkDeed::Act, Json::Object(content), 1)
}
