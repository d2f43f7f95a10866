//! An act that leads to a lane but asks for something first: a reason, a day. Which one leads there
//! is found by trying each with an answer made up for the trial, which is given up; then the person
//! is led to the question itself.

use exchange::many;
use kernel::{ActionDef, EntityDef, FieldDef, Inputs, Kind, Quantity, Rate, Row, Value};

use super::moved::job;
use crate::address::encoded;
use crate::door::Ask;
use crate::{member, show};

/// Where the act that leads to the lane asks, when one does.
pub async fn asking(
    ask: &Ask,
    (def, field): (&'static EntityDef, &'static FieldDef),
    row: &Row,
    to: &str,
) -> Option<String> {
    for act in ask.state.catalog.actions_on(def.name) {
        let asks = |input: &&FieldDef| input.required && input.kind != field.kind;
        if !ask.actor.can(&act.right())
            || !(act.offered)(&row.values)
            || !act.inputs.iter().any(|input| asks(&input))
        {
            continue;
        }
        let told = act.inputs.iter().find(|input| input.kind == field.kind);
        let Some(made_up) = made_up(act, told.map(|told| (told, to))) else { continue };
        let (store, catalog, actor) =
            (ask.state.store.clone(), ask.state.catalog, ask.actor.clone());
        let (job, id) = (job(def, act, &made_up), row.id);
        let tried = ask
            .visitor
            .waiting(move |_| many::rehearse(&store, catalog, &actor, def, &job, id))
            .await;
        let after = tried.ok().flatten().and_then(|change| change.after);
        let state = after.map(|row| member::held(def, &row, field).into_owned());
        if state == Some(Value::Text(to.to_owned())) {
            let told =
                told.map_or_else(String::new, |told| format!("&{}={}", told.name, encoded(to)));
            return Some(format!("{}/do/{}?asked=1{told}", show::href(def, row.id), act.name));
        }
    }
    None
}

/// An answer for the trial; none where only a person could find one.
fn made_up(act: &ActionDef, told: Option<(&'static FieldDef, &str)>) -> Option<Inputs> {
    let mut inputs = Inputs::default();
    for input in act.inputs.iter().filter(|input| input.required) {
        let value = match (told, input.kind) {
            (Some((told, to)), _) if told.name == input.name => to.into(),
            (_, Kind::Text { .. } | Kind::LongText) => "…".into(),
            (_, Kind::Choice(known)) => (*known.first()?).0.into(),
            (_, Kind::Day) => Value::Day(store::now().day()),
            (_, Kind::Instant) => Value::Instant(store::now()),
            (_, Kind::Flag) => Value::Flag(true),
            (_, Kind::Integer) => Value::Integer(1),
            (_, Kind::Quantity) => Value::Quantity(Quantity::units(1)),
            (_, Kind::Rate) => Value::Rate(Rate::percent(1)),
            _ => return None,
        };
        inputs.0.push((input.name, value));
    }
    Some(inputs)
}
