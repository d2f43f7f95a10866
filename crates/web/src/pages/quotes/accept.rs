//! `/quotes/{id}/do/accept`: the customer has said yes to someone here, with the options it takes.

use axum::response::IntoResponse;
use crm::sales::{Quote, QuoteState};
use kernel::{Entity, Faults, Id};
use maud::{Markup, html};

use super::seen::{Seen, see};
use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::{Ask, new_key};
use crate::pages::{acting, orders::doing};
use crate::parts::{Button, Field, Icon, error_summary, fieldset, form_end, head, hidden, say};
use crate::posted::Posted;
use crate::{record, words};

/// `GET`: who accepts, and which options.
pub async fn ask(ask: Ask, id: &str) -> Answer {
    ask.may("quote.accept")?;
    let id = Id::from_raw(record::id_of(&ask, Quote::DEF, id)?);
    page(&ask, id, &Fields::default(), &Faults::default()).await
}

/// `POST`: the order is made.
pub async fn run(id: &str, posted: Posted) -> Answer {
    let Posted { ask, mut fields } = posted;
    let id: Id<Quote> = Id::from_raw(record::id_of(&ask, Quote::DEF, id)?);
    let options: Vec<String> = fields.all("option").map(ToOwned::to_owned).collect();
    if !options.is_empty() {
        fields.push("options", options.join(" "));
    }
    match acting::run(&ask, &fields, "accept", id, &["option"]).await {
        Ok(made) => Ok(doing::done(&ask, &fields, "accept", id, made)),
        Err(faults) if faults.has("not_found") || faults.has("forbidden") => {
            Err(ask.refusal(faults))
        }
        Err(faults) => {
            let response = page(&ask, id, &fields, &faults).await?;
            Ok((answer::status(&faults), response).into_response())
        }
    }
}

async fn page(ask: &Ask, id: Id<Quote>, fields: &Fields, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, _| see(tx, id.raw())).await?;
    let language = ask.language;
    let number = seen.quote.number.clone().unwrap_or_else(|| "—".to_owned());
    let href = format!("/quotes/{id}");
    let crumbs = vec![
        (Quote::DEF.labels.say(language).to_owned(), "/quotes".to_owned()),
        (number.clone(), href.clone()),
    ];
    let action = ask.state.catalog.action(Quote::NAME, "accept");
    let title = action.map_or("", |act| act.label.say(language));
    let over = html! { (Quote::DEF.label.say(language)) " " (number) " · " (seen.party.name) };
    let body = html! {
        (head(&over, title, &html! {}, &[]))
        @if let Some(action) = action { p.prose.mb { (action.doc.say(language)) } }
        (form(ask, &seen, title, fields, faults))
    };
    Ok(ask.page(Quote::DEF.plural, crumbs, title, &body))
}

fn form(ask: &Ask, seen: &Seen, title: &str, fields: &Fields, faults: &Faults) -> Markup {
    let language = ask.language;
    let href = format!("/quotes/{}", seen.quote.id);
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| {
            let name = fault.field.as_deref().filter(|name| ["name", "role"].contains(name));
            (name.unwrap_or("").to_owned(), kernel::sentence(fault, language))
        })
        .collect();
    let open = seen.quote.state == QuoteState::Sent;
    html! {
        form.form method="post" action={ (href) "/do/accept" } {
            (hidden(&[("token", ask.token.as_str()), ("key", new_key().as_str())]))
            (error_summary(language, &errors))
            (fieldset(title, &html! {
                (Field::text(language, "name", say(language, "Accepté par", "Accepted by"))
                    .value(fields.text("name"))
                    .required(true)
                    .focus())
                (Field::text(language, "role", say(language, "Fonction", "Position"))
                    .value(fields.text("role")))
            }))
            @if open && seen.lines.iter().any(|line| line.optional) {
                (fieldset(say(language, "Options prises", "Options taken"), &html! {
                    div.options {
                        @for line in seen.lines.iter().filter(|line| line.optional) {
                            @let id = line.id.to_string();
                            label.option {
                                input type="checkbox" name="option" value=(id)
                                    checked[fields.all("option").any(|taken| taken == id)];
                                span {
                                    (line.description.as_deref().unwrap_or("")) " · "
                                    (language.money(line.net))
                                }
                            }
                        }
                    }
                }))
            }
            (form_end(language, &html! {
                (Button::submit(title).primary().icon(Icon::Check).key("ctrl+s"))
                (Button::link(ask.say(words::CANCEL), href))
            }))
        }
    }
}
