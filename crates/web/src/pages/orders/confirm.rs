//! `/orders/{id}/do/confirm`: what can be served of an order and when, and the choice to confirm it
//! in parts; and the other acts of an order, whose refusals are said on its page.

use axum::extract::Path;
use axum::response::IntoResponse;
use crm::sales::{Order, OrderStage};
use kernel::{Entity, Faults, Id, Inputs, Quantity, RawId};
use maud::{Markup, Render, html};

use super::seen::{Seen, see};
use super::{acts, doing, lines_page, record_page};
use crate::answer::{self, Answer};
use crate::door::{Ask, new_key};
use crate::parts::{Button, Column, Icon, Ledger, Row, Tone, banner, head, hidden, say};
use crate::posted::Posted;
use crate::{act, record, words};

/// `GET /orders/{id}/do/{act}`.
pub async fn ask(ask: Ask, Path((id, name)): Path<(String, String)>) -> Answer {
    if name != "confirm" {
        return act::ask(ask, Path((Order::DEF.plural.to_owned(), id, name))).await;
    }
    ask.may("order.confirm")?;
    let id = record::id_of(&ask, Order::DEF, &id)?;
    page(&ask, id, &Faults::default()).await
}

/// `POST /orders/{id}/do/{act}`.
pub async fn run(Path((id, name)): Path<(String, String)>, posted: Posted) -> Answer {
    let confirming = name == "confirm";
    let action = posted.ask.state.catalog.action(Order::DEF.name, &name);
    if !confirming && action.is_none_or(|action| !action.inputs.is_empty()) {
        return act::run(Path((Order::DEF.plural.to_owned(), id, name)), posted).await;
    }
    let Posted { ask, fields } = posted;
    let id: Id<Order> = Id::from_raw(record::id_of(&ask, Order::DEF, &id)?);
    let mut inputs = Inputs::default();
    if confirming && fields.text("partial") == "true" {
        inputs = inputs.with("partial", true);
    }
    match doing::run(&ask, &fields, &name, id, inputs).await {
        Ok(made) => Ok(doing::done(&ask, &fields, &name, id, made)),
        Err(faults) if faults.has("not_found") || faults.has("forbidden") => {
            Err(ask.refusal(faults))
        }
        // What is short is shown line by line, with what there is and when the rest comes.
        Err(faults) if confirming && faults.has("stock.short") => {
            let response = page(&ask, id.raw(), &faults).await?;
            Ok((answer::status(&faults), response).into_response())
        }
        Err(faults) => record_page::refused(ask, id.raw(), &faults).await,
    }
}

async fn page(ask: &Ask, id: RawId, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, _| see(tx, id)).await?;
    if seen.order.stage != OrderStage::Draft {
        return record_page::refused(ask.clone(), id, faults).await;
    }
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let number = seen.order.number.clone().unwrap_or_else(|| "—".to_owned());
    let href = format!("/orders/{id}");
    let crumbs = vec![
        (Order::DEF.labels.say(language).to_owned(), "/orders".to_owned()),
        (number.clone(), href.clone()),
    ];
    let title = say("Confirmer la commande", "Confirm the order");
    let over = html! { (Order::DEF.label.say(language)) " " (number) " · " (seen.party.name) };
    let body = html! {
        (head(&over, title, &html! {}, &[]))
        (verdict(ask, &seen, faults))
        div.cols.with-side {
            div {
                (lines(ask, &seen))
                (form(ask, &seen, &href))
            }
            aside.side { (seen.credit.drawn(ask, &number, true)) }
        }
    };
    Ok(ask.page(Order::DEF.plural, crumbs, title, &body))
}

fn verdict(ask: &Ask, seen: &Seen, faults: &Faults) -> Markup {
    let say = |fr, en| say(ask.language, fr, en);
    let other: Vec<String> = faults
        .0
        .iter()
        .filter(|fault| fault.code != "stock.short")
        .map(|fault| kernel::sentence(fault, ask.language))
        .collect();
    let short = seen.is_short();
    html! {
        @for sentence in &other { (banner(Tone::Blocked, sentence, &html! {}, "", &[])) }
        @if short {
            (banner(
                Tone::Watch,
                say("Tout ne peut pas partir aujourd’hui.", "Not all of it can leave today."),
                &html! {},
                say(
                    "Confirmée en plusieurs fois, la commande garde ce qui est libre et promet le \
                     reste à la date dite.",
                    "Confirmed in parts, the order keeps what is free and promises the rest for \
                     the day said.",
                ),
                &[],
            ))
        } @else {
            (banner(
                Tone::Yours,
                say("Tout est disponible.", "All of it is available."),
                &html! {},
                "",
                &[],
            ))
        }
        @if let Some(doubt) = &seen.credit.doubt {
            (banner(
                Tone::Watch,
                say("La commande sera retenue pour crédit.", "The order will be held for credit."),
                &html! { (kernel::sentence(doubt, ask.language)) },
                "",
                &[],
            ))
        }
    }
}

fn lines(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let columns = vec![
        Column::number(say("Article", "Item")),
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Demandé", "Asked")),
        Column::figure(say("Libre", "Free")),
        Column::figure(say("Manque", "Missing")).fold(crate::parts::Fold::Amount),
        Column::state(say("Peut partir", "Can leave")),
    ];
    let rows = seen.facts.lines.iter().zip(&seen.promises).map(|(facts, promise)| {
        let line = &facts.line;
        let product = seen.products.get(&line.product);
        let figure = |quantity: Quantity| html! { (language.quantity(quantity)) };
        let (free, missing, when) = match promise {
            Some(promise) => (
                figure(promise.free.max(Quantity::ZERO)),
                html! {
                    @if promise.is_short() {
                        span.warn-t { (language.quantity(promise.missing())) }
                    }
                },
                lines_page::promised(language, promise, seen.now.day()),
            ),
            None => {
                let service = crate::parts::state(Tone::Done, say("service", "service"));
                (html! {}, html! {}, service)
            }
        };
        Row::new(vec![
            html! { (product.map_or("—", |product| product.sku.as_str())) },
            html! { (line.description.as_deref().unwrap_or("")) },
            figure(line.quantity),
            free,
            missing,
            when,
        ])
    });
    Ledger::new(language, say("Disponibilité des lignes", "Availability of the lines"), columns)
        .rows(rows)
        .render()
}

fn form(ask: &Ask, seen: &Seen, href: &str) -> Markup {
    let say = |fr, en| say(ask.language, fr, en);
    let short = seen.is_short();
    let confirm = acts::act(ask, Order::DEF.name, "confirm");
    let label = if short {
        say("Confirmer et livrer en plusieurs fois", "Confirm and deliver in parts")
    } else {
        confirm.map_or("", |act| act.label.say(ask.language))
    };
    html! {
        form.form.mt method="post" action={ (href) "/do/confirm" } {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("key", new_key().as_str()),
                ("partial", if short { "true" } else { "" }),
            ]))
            div.end {
                (Button::submit(label).primary().icon(Icon::Check).key("ctrl+enter"))
                @if ask.actor.can("order.update") {
                    (Button::link(
                        say("Changer les quantités", "Change the quantities"),
                        format!("{href}/edit"),
                    ))
                }
                (Button::link(ask.say(words::BACK), href))
            }
        }
    }
}
