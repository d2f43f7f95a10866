//! `/{plural}/{id}/do/{act}`: the acts of the catalogue, asked for by a person: the inputs first, when
//! there are any, then the act itself.

use axum::extract::Path;
use axum::response::IntoResponse;
use kernel::work::not_found;
use kernel::{
    ActionDef, EntityDef, Fault, Faults, FieldDef, Inputs, Kind, Origin, RawId, Row, Text, Tx,
    Value, Wish, typed,
};
use maud::{Markup, html};
use serde_json::{Value as Json, json};

use crate::address::Fields;
use crate::answer::{self, Answer, Refused};
use crate::door::{Ask, new_key};
use crate::pages::stock::receive;
use crate::parts::{
    Button, Field, Opt, Picked, error_summary, fieldset, form_end, head, hidden, picked,
};
use crate::posted::{FRAME, Posted};
use crate::titles::{Titles, title_of};
use crate::{pick, record, show, words};

/// The act of a path, when the person may do it.
fn found(
    ask: &Ask,
    (plural, id, act): &(String, String, String),
) -> Result<(&'static EntityDef, &'static ActionDef, RawId), Refused> {
    let def = ask.state.plural(plural).map_err(|fault| ask.refusal(fault))?;
    let unknown = || Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    let action = ask.state.catalog.action(def.name, act).ok_or_else(unknown);
    let action = action.map_err(|fault| ask.refusal(fault))?;
    ask.may(&action.right())?;
    Ok((def, action, record::id_of(ask, def, id)?))
}

/// What the page of an act shows.
struct Wanted {
    row: Row,
    titles: Titles,
    /// What is offered as long as nothing was typed.
    offered: Option<receive::Offered>,
}

/// `GET`: the inputs of an act, or the question.
pub async fn ask(ask: Ask, Path(path): Path<(String, String, String)>) -> Answer {
    let (def, action, id) = found(&ask, &path)?;
    // What led here may know an answer already.
    let known =
        |name: &str| action.inputs.iter().any(|input| input.name == name && !input.sensitive);
    let given = ask.query.0.iter().filter(|(name, _)| known(name));
    let fields = Fields(given.cloned().collect());
    page(&ask, def, action, id, &fields, &Faults::default()).await
}

/// `POST`: does it, and leads to what it made.
pub async fn run(Path(path): Path<(String, String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let (def, action, id) = found(&ask, &path)?;
    let (catalog, language, since) = (ask.state.catalog, ask.language, store::now());
    // What is remembered of a key must hold nothing of a password.
    let secret = action.inputs.iter().any(|input| input.sensitive);
    let fields = if secret { fields.without(&["key"]) } else { fields };
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
            let inputs = inputs(tx, actor, language, catalog, action, fields)?;
            let made = catalog.run(tx, actor, action, id, &inputs)?;
            Ok(made.map_or(Json::Null, |origin| json!(origin.to_string())))
        })
        .await;
    match done {
        Ok(made) => {
            let entity = |name: &str| catalog.entity(name);
            let made = made.as_str().and_then(|text| kernel::json::origin(text, entity));
            let href = made
                .filter(|origin| readable(&ask, *origin))
                .and_then(|origin| record::address_of(&ask, origin));
            let href = href.unwrap_or_else(|| show::href(def, id));
            let href = match fields.get("back") {
                Some(back) if !back.is_empty() => crate::address::back(back).to_owned(),
                _ => href,
            };
            let said = words::done(language, action.label.say(language));
            let about = Origin { entity: def.name, id };
            Ok(ask.go_having(&href, &said, about, since).await)
        }
        Err(faults) if Wish::of_faults(&faults).is_some() => {
            let asked = ask.ask_second(faults, &show::href(def, id)).await;
            asked.map_err(|faults| ask.refusal(faults))
        }
        Err(faults) if faults.has("not_found") => Err(ask.refusal(faults)),
        Err(faults) if action.inputs.is_empty() => record::page(ask, def, id, &faults).await,
        Err(faults) => {
            let status = answer::status(&faults);
            let page = page(&ask, def, action, id, &fields, &faults).await?;
            Ok((status, page).into_response())
        }
    }
}

fn readable(ask: &Ask, origin: Origin) -> bool {
    ask.actor.can(&format!("{}.read", origin.entity))
}

/// Reads what was typed as the inputs of the act. All refusals at once.
pub(crate) fn inputs(
    tx: &mut Tx<'_>,
    actor: &kernel::Actor,
    language: kernel::Language,
    catalog: &kernel::Catalog,
    action: &'static ActionDef,
    fields: &Fields,
) -> Result<Inputs, Faults> {
    let (mut inputs, mut faults) = (Inputs::default(), Faults::default());
    for (name, _) in &fields.0 {
        let base = name.split('.').next().unwrap_or(name);
        let known =
            FRAME.contains(&name.as_str()) || action.inputs.iter().any(|input| input.name == base);
        faults.ensure(known, || Fault::new("field.unknown").on(name.clone()));
    }
    for input in action.inputs {
        let text = fields.get(input.name).unwrap_or("");
        let value = match input.kind {
            Kind::Ref(target) => {
                match picked(input.name, |name| fields.get(name).map(ToOwned::to_owned)) {
                    Picked::None => Ok(Value::Null),
                    Picked::Id(id) => RawId::parse(&id).map(Value::Ref),
                    Picked::Text(text) => {
                        pick::resolve(tx, catalog, actor, target, &text).map(Value::Ref)
                    }
                }
            }
            // A password is taken as it is, blanks included.
            Kind::Text { .. } if input.sensitive && !text.is_empty() => Ok(Value::from(text)),
            _ => typed::to_value(input, text, language, tx.currency()),
        };
        match value {
            Ok(Value::Null) if input.required => {
                faults.0.push(Fault::new("field.required").on(input.name));
            }
            Ok(value) => inputs.0.push((input.name, value)),
            Err(fault) => faults.0.push(fault.on(input.name)),
        }
    }
    faults.into_result()?;
    Ok(inputs)
}

async fn page(
    ask: &Ask,
    def: &'static EntityDef,
    action: &'static ActionDef,
    id: RawId,
    fields: &Fields,
    faults: &Faults,
) -> Answer {
    let mut given = fields.clone();
    let wanted = ask
        .read(move |tx, ask| {
            let row = tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
            let receives = (def.name, action.name) == ("expected_receipt", "receive");
            let offered = if receives { receive::offered(tx, ask, id)? } else { None };
            if let Some(offered) = offered.as_ref().filter(|_| given.0.is_empty()) {
                given.clone_from(&offered.fields);
            }
            let named = action.inputs.iter().filter_map(|input| match input.kind {
                Kind::Ref(target) => {
                    RawId::parse(given.text(input.name)).ok().map(|id| (target, id))
                }
                _ => None,
            });
            let mut titles = Titles::default();
            titles.gather(ask.state.catalog, tx, &ask.actor, named.collect::<Vec<_>>())?;
            Ok(Wanted { row, titles, offered })
        })
        .await?;
    let name = title_of(def, &wanted.row, ask.language);
    let href = show::href(def, id);
    let crumbs = vec![
        (def.labels.say(ask.language).to_owned(), format!("/{}", def.plural)),
        (name.clone(), href.clone()),
    ];
    let title = action.label.say(ask.language);
    let over = html! { (def.label.say(ask.language)) " · " (name) };
    let offered = wanted.offered.as_ref();
    let fields = offered.filter(|_| fields.0.is_empty()).map_or(fields, |offered| &offered.fields);
    let body = html! {
        (head(&over, title, &html! {}, &[]))
        @if let Some(offered) = offered { (offered.about) }
        (form(ask, action, &href, &wanted.titles, fields, faults))
    };
    Ok(ask.page(def.plural, crumbs, title, &body))
}

fn form(
    ask: &Ask,
    action: &'static ActionDef,
    href: &str,
    titles: &Titles,
    fields: &Fields,
    faults: &Faults,
) -> Markup {
    let label = action.label.say(ask.language);
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().unwrap_or("");
            let input = action.inputs.iter().any(|input| input.name == name);
            let told = kernel::sentence(fault, ask.language);
            (if input { name.to_owned() } else { String::new() }, told)
        })
        .collect();
    html! {
        form.form method="post" action={ (href) "/do/" (action.name) } {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("key", new_key().as_str()),
                ("back", match fields.text("back") {
                    "" => ask.query.text("back"),
                    back => back,
                }),
            ]))
            (error_summary(ask.language, &errors))
            p.prose { (action.doc.say(ask.language)) }
            @if !action.inputs.is_empty() {
                (fieldset(label, &html! {
                    @for (rank, input) in action.inputs.iter().enumerate() {
                        @let control = control(ask, input, titles, fields, faults);
                        @if rank == 0 && errors.is_empty() { (control.focus()) } @else { (control) }
                    }
                }))
            }
            (form_end(ask.language, &html! {
                (Button::submit(label).primary().key("ctrl+s"))
                (Button::link(ask.say(words::CANCEL), href))
            }))
        }
    }
}

pub(crate) fn control(
    ask: &Ask,
    input: &'static FieldDef,
    titles: &Titles,
    fields: &Fields,
    faults: &Faults,
) -> Field {
    let (language, name, label) = (ask.language, input.name, input.label.say(ask.language));
    let value = fields.get(name).unwrap_or("");
    let choice = |options: Vec<Opt>| {
        Field::choice(language, name, label, options, Some(ask.say(words::NO_CHOICE)))
    };
    let flag = |value: &str, word: Text| Opt::new(value, ask.say(word));
    let control = match input.kind {
        Kind::Text { .. } if input.sensitive => Field::password(language, name, label, true),
        Kind::Text { .. } | Kind::Origin | Kind::Lines(_) => Field::text(language, name, label),
        Kind::LongText => Field::long(language, name, label),
        Kind::Integer | Kind::Quantity => Field::figure(language, name, label, ""),
        Kind::Money | Kind::Price => Field::figure(language, name, label, ask.currency.as_str()),
        Kind::Rate => Field::figure(language, name, label, "%"),
        Kind::Day => Field::day(language, name, label),
        Kind::Instant => Field::instant(language, name, label),
        Kind::Flag if input.required => Field::flag(language, name, label),
        Kind::Flag => choice(vec![flag("true", words::YES), flag("false", words::NO)]),
        Kind::Choice(values) => choice(
            values.iter().map(|(name, label)| Opt::new(*name, label.say(language))).collect(),
        ),
        Kind::Ref(target) => {
            let title = RawId::parse(value).ok().and_then(|id| titles.of(target, id));
            let typed = fields.get(&format!("{name}.text")).or(title).unwrap_or("");
            Field::reference(language, name, label, target, typed)
        }
    };
    let own = faults.0.iter().find(|fault| fault.field.as_deref() == Some(name));
    // A password refused is typed again.
    let value = if input.sensitive { "" } else { value };
    control
        .value(value)
        .required(input.required && !matches!(input.kind, Kind::Flag))
        .error(own.map(|fault| kernel::sentence(fault, language)))
}
