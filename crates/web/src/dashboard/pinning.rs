//! A list is pinned: what of it is shown, under which name.

use identity::User;
use kernel::{EntityDef, Fault, Faults, Id};
use maud::{Markup, html};

use super::DASHBOARD;
use super::kept::Sharing;
use super::page::sharing;
use crate::address::{Fields, encoded};
use crate::answer::Answer;
use crate::door::Ask;
use crate::list::tile;
use crate::pages::acting;
use crate::parts::{Button, Field, Icon, Opt, Tone, form_end, head, say};
use crate::posted::Posted;
use crate::{record, words};

/// The link of a list to the form that pins it; `parameters` is its address after the `?`.
#[must_use]
pub fn link(ask: &Ask, def: &EntityDef, parameters: &str) -> Markup {
    let href = format!("/dashboard/pin?entity={}&parameters={}", def.name, encoded(parameters));
    html! {
        @if ask.actor.can("user.pin_tile") {
            (Button::link(say(ask.language, "Épingler", "Pin"), href).bare().small().desk_only())
        }
    }
}

/// `GET /dashboard/pin?entity=&parameters=`.
pub async fn form(ask: Ask) -> Answer {
    ask.may("user.pin_tile")?;
    let fields = ask.query.clone();
    drawn(&ask, &fields, &Faults::default()).await
}

async fn drawn(ask: &Ask, fields: &Fields, faults: &Faults) -> Answer {
    let unknown = || Fault::new("path.unknown").with("path", fields.text("entity"));
    let def = ask.state.catalog.entity(fields.text("entity")).ok_or_else(unknown);
    let def = def.map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let language = ask.language;
    let title = say(language, "Épingler au tableau de bord", "Pin to the dashboard");
    let name = match fields.text("name") {
        "" => def.labels.say(language),
        given => given,
    };
    let mut options = vec![Opt::new("count", say(language, "Le nombre", "The count"))];
    let figures = ask.read(move |tx, ask| Ok(tile::figures(tx, ask, def)?)).await?;
    for field in figures {
        let label = field.label.say(language);
        for (what, word) in [
            ("sum", say(language, "La somme", "The sum")),
            ("average", say(language, "La moyenne", "The average")),
        ] {
            options.push(Opt::new(format!("{what}:{}", field.name), format!("{word} · {label}")));
        }
    }
    let body = html! {
        (head(&html! { (def.labels.say(language)) }, title, &html! {}, &[]))
        (record::refusals(ask, faults))
        form.form method="post" action="/dashboard/pin" {
            (acting::unseen(ask))
            input type="hidden" name="entity" value=(def.name);
            input type="hidden" name="parameters" value=(fields.text("parameters"));
            div.fields {
                (Field::text(language, "name", say(language, "Nom", "Name"))
                    .value(name).required(true).focus())
                (Field::choice(language, "what", say(language, "Ce qui est montré", "What is shown"),
                    options, None).value(fields.text("what"))
                    .hint(say(
                        language,
                        "Une liste groupée se montre en barres, ou en courbe.",
                        "A grouped list is shown as bars, or as a line.",
                    )))
                (Field::flag(language, "wide", say(language, "Large", "Wide"))
                    .value(fields.text("wide")))
                label { (say(language, "Partage", "Sharing")) " " (sharing(ask, Sharing::Private)) }
            }
            (form_end(language, &html! {
                (Button::submit(say(language, "Épingler", "Pin")).primary().icon(Icon::Check)
                    .key("ctrl+s"))
                (Button::link(ask.say(words::CANCEL), format!("/{}", def.plural)).bare())
            }))
        }
    };
    let crumbs =
        vec![(say(language, "Tableau de bord", "Dashboard").to_owned(), "/dashboard".into())];
    Ok(acting::with_status(ask.page(DASHBOARD, crumbs, title, &body), faults))
}

/// `POST /dashboard/pin`.
pub async fn pin(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let user = ask.actor.user.ok_or_else(|| ask.refusal(Fault::new("tile.owner")))?;
    let (measure, field) = fields.text("what").split_once(':').unwrap_or(("count", ""));
    let mut given = fields.without(&["what"]);
    given.push("measure", measure);
    if !field.is_empty() {
        given.push("field", field);
    }
    let user = Id::<User>::from_raw(user);
    match acting::run(&ask, &given, "pin_tile", user, &[]).await {
        Ok(_) => {
            let said = say(
                ask.language,
                "La liste est épinglée au tableau de bord.",
                "The list is pinned to the dashboard.",
            );
            Ok(ask.go_saying("/dashboard", Tone::Done, said))
        }
        Err(faults) => drawn(&ask, &fields, &faults).await,
    }
}
