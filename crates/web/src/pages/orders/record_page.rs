//! `/orders/{id}`: the page of an order.

use axum::response::{IntoResponse, Response};
use crm::sales::{HoldKind, Invoicing, Order, OrderStage};
use kernel::{Choice, Day, Entity, Faults, Language, RawId};
use maud::{Markup, html};

use super::seen::{Goods, Seen, see};
use super::{acts, book, line_columns, lines_page, step, thread, when};
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Figure, Tone, banner, definitions, figures, say};
use crate::{record, show, together};

/// The page.
pub async fn record(ask: Ask, id: RawId) -> Answer {
    refused(ask, id, &Faults::default()).await
}

/// The page, with what was just refused at its top.
pub async fn refused(ask: Ask, id: RawId, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, _| see(tx, id)).await?;
    let documents = thread::of_order(&seen.order, &seen.shipments, &seen.invoices);
    let story = together::story(&ask, Order::DEF, id, documents).await?;
    let response = page(&ask, &seen, &story.drawn(&ask), faults);
    if faults.0.is_empty() {
        return Ok(response);
    }
    Ok((answer::status(faults), response).into_response())
}

fn page(ask: &Ask, seen: &Seen, story: &Markup, faults: &Faults) -> Response {
    let number = seen.order.number.as_deref().unwrap_or("—");
    let crumbs = vec![(Order::DEF.labels.say(ask.language).to_owned(), "/orders".to_owned())];
    let body = html! {
        (head(ask, seen))
        (record::refusals(ask, &untold(seen, faults)))
        (holds(ask, seen))
        div.cols.with-side {
            div {
                (strip(ask, seen))
                (terms(ask, seen))
                (lines_page::ledger(ask, seen))
                div.cols.g2c.mt {
                    div { (note(ask, seen)) (lines_page::papers(ask, seen)) }
                    div { (lines_page::sums(ask, &seen.totals, seen.order.deposit_rate)) }
                }
            }
            aside.side { (side(ask, seen)) (story) }
        }
    };
    ask.page(Order::DEF.plural, crumbs, number, &body)
}

fn head(ask: &Ask, seen: &Seen) -> Markup {
    let (language, order) = (ask.language, &seen.order);
    let say = |fr, en| say(language, fr, en);
    let acts = acts::acts(ask, seen);
    let (tone, word) = step::step(order, seen.around(), seen.now.day(), language);
    html! {
        div.head {
            div {
                span.lbl {
                    (Order::DEF.label.say(language)) " "
                    b.b { (order.number.as_deref().unwrap_or("—")) }
                    @if let Some(day) = order.ordered_on {
                        " · " (say("saisie le", "taken on")) " " (language.day(day))
                    }
                    @if let Some(seller) = &order.seller { " " (say("par", "by")) " " (seller) }
                    @if let Some(quote) = &seen.quote {
                        " · " a href={ "/quotes/" (quote.id) } {
                            (say("devis", "quote")) " " (quote.number.as_deref().unwrap_or("—"))
                        }
                    }
                    " · " a href={ "/orders/" (order.id) "?tab=history" } {
                        (say("historique", "history"))
                    }
                }
                div.title {
                    h1 { a href={ "/parties/" (seen.party.id) } { (seen.party.name) } }
                    (crate::parts::state(tone, &word))
                }
            }
            div.acts {
                @for button in &acts.buttons { (button) }
                (acts::menu(ask, &acts.others))
            }
            @if !acts.why.is_empty() { p.muted.why { (acts.why.join(" · ")) } }
        }
    }
}

/// What was refused and no hold of the page says already.
fn untold(seen: &Seen, faults: &Faults) -> Faults {
    let told = |fault: &&kernel::Fault| fault.code != "order.held" || seen.holds.is_empty();
    Faults(faults.0.iter().filter(told).cloned().collect())
}

/// Each open hold: what, since when, why, who has it, how it ends.
fn holds(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    html! {
        @for hold in &seen.holds {
            @let kind = hold.kind.label().say(language).to_lowercase();
            @let since = when::since(language, hold.opened_at, seen.now);
            @let owner = book::owner(hold, language);
            @let blocks = hold.kind != HoldKind::Stock;
            @let what = if blocks {
                let held = say("Livraison retenue depuis", "Delivery held since");
                format!("{held} {since} ({kind}).")
            } else {
                let short = say("Des articles manquent depuis", "Goods are short since");
                format!("{short} {since}{}", say(" :", ":"))
            };
            @let ends = format!("{} {owner} · {}", say("À voir par :", "With:"),
                acts::ends(ask, hold.kind));
            (banner(
                if blocks { Tone::Blocked } else { Tone::Watch },
                &what,
                &html! {
                    @match seen.lacking.as_ref().filter(|_| !blocks) {
                        Some(lacking) => (kernel::sentence(lacking, language)),
                        None => (hold.says(language)),
                    }
                },
                &ends,
                &acts::about_hold(ask, seen, hold.kind),
            ))
        }
        @if seen.order.stage == OrderStage::Cancelled || seen.order.closed_reason.is_some() {
            @if let Some(reason) = &seen.order.closed_reason {
                (banner(Tone::Watch, say("Motif :", "Reason:"), &html! { (reason) }, "", &[]))
            }
        }
    }
}

fn strip(ask: &Ask, seen: &Seen) -> Markup {
    let (language, order) = (ask.language, &seen.order);
    let say = |fr, en| say(language, fr, en);
    let (kept, gone) = progress(language, seen.goods());
    let waiting = seen.facts.lines.iter().filter(|facts| facts.waiting().0 > 0);
    let (count, last) = (waiting.clone().count(), waiting.filter_map(|f| f.line.promised_on).max());
    let reserved = match (order.stage, count, last) {
        (OrderStage::Draft, ..) => say("à la confirmation", "on confirmation").to_owned(),
        (OrderStage::Confirmed, 1.., day) => awaited(language, count, day, seen.now.day()),
        _ => String::new(),
    };
    let held = book::blocking(&seen.holds);
    let delivered = held.map_or_else(
        || {
            order
                .wanted_on
                .map(|day| {
                    format!("{} {}", say("souhaitée le", "wanted on"), language.short_day(day))
                })
                .unwrap_or_default()
        },
        |hold| {
            format!(
                "{} {}",
                say("retenue :", "held:"),
                hold.kind.label().say(language).to_lowercase()
            )
        },
    );
    let policy = match order.invoicing {
        Invoicing::OnDelivery => say("à la livraison", "on delivery"),
        Invoicing::OnOrder => say("à la commande", "on order"),
    };
    let margin = if order.net.is_zero() {
        "—".to_owned()
    } else {
        when::percent(language, order.margin.ratio(order.net))
    };
    let mut all = vec![
        Figure::new(say("Réservé", "Reserved"), kept, reserved),
        Figure::new(say("Livré", "Delivered"), gone, delivered).tone(if held.is_some() {
            Tone::Blocked
        } else {
            Tone::Wait
        }),
        Figure::new(
            say("Facturé HT", "Invoiced excl. tax"),
            language.money(seen.invoiced()),
            policy,
        ),
    ];
    if line_columns::sees_margin(&ask.actor) {
        all.push(Figure::new(say("Marge", "Margin"), margin, language.money(order.margin)));
    }
    figures(&all)
}

/// What is kept and what is gone of the goods: `348 sur 538`, `1 sur 2 lignes`.
fn progress(language: Language, goods: Goods) -> (String, String) {
    let of = say(language, "sur", "of");
    match goods {
        Goods::Units { all, kept, gone } => {
            let told =
                |done| format!("{} {of} {}", language.quantity(done), language.quantity(all));
            (told(kept), told(gone))
        }
        Goods::Lines { all, kept, gone } => {
            let lines = say(language, "lignes", "lines");
            (format!("{kept} {of} {all} {lines}"), format!("{gone} {of} {all} {lines}"))
        }
    }
}

/// `2 lignes attendues le 8 déc.`
fn awaited(language: Language, count: usize, day: Option<Day>, today: Day) -> String {
    let word = match (language, count) {
        (Language::French, 1) => "1 ligne attendue".to_owned(),
        (Language::French, _) => format!("{count} lignes attendues"),
        (Language::English, 1) => "1 line awaited".to_owned(),
        (Language::English, _) => format!("{count} lines awaited"),
    };
    match (day.map(|day| when::day_of(language, day, today)), language) {
        (Some(day), Language::French) => format!("{word} le {day}"),
        (Some(day), Language::English) => format!("{word} on {day}"),
        (None, _) => format!("{word}, {}", say(language, "sans date", "without a date")),
    }
}

fn terms(ask: &Ask, seen: &Seen) -> Markup {
    let (language, order) = (ask.language, &seen.order);
    let say = |fr: &'static str, en: &'static str| say(language, fr, en).to_owned();
    let text = |text: &Option<String>| {
        text.as_deref().filter(|text| !text.is_empty()).map(|text| html! { (text) })
    };
    let day = |day: Option<kernel::Day>| day.map(|day| html! { (language.day(day)) });
    let place = address(order);
    html! {
        div.cols.g3c.mb {
            (definitions(&[
                (say("Livrer à", "Deliver to"), place),
                (say("Souhaitée le", "Wanted on"), day(order.wanted_on)),
            ]))
            (definitions(&[
                (say("Votre réf.", "Your ref."), text(&order.reference)),
                (
                    say("Règlement", "Payment"),
                    seen.term.as_ref().map(|term| html! { (term.label(language)) }),
                ),
            ]))
            (definitions(&[
                (
                    say("Tarif", "Price list"),
                    seen.price_list.as_ref().map(|list| html! {
                        (list.name)
                        @if let Some(discount) = list.discount { ", " (language.rate(discount)) }
                    }),
                ),
                (say("Promise le", "Promised on"), day(order.promised_on)),
            ]))
        }
    }
}

/// Where an order goes.
#[must_use]
pub fn address(order: &Order) -> Option<Markup> {
    let town = [order.delivery_postcode.as_deref(), order.delivery_city.as_deref()];
    let town: Vec<&str> = town.into_iter().flatten().collect();
    let country = order.delivery_country.as_deref().filter(|code| *code != "FR");
    let parts = [
        order.delivery_name.clone(),
        order.delivery_street.clone(),
        Some(town.join(" ")),
        country.map(ToOwned::to_owned),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| show::paragraph(&parts.join("\n")))
}

fn note(ask: &Ask, seen: &Seen) -> Markup {
    html! {
        @if let Some(note) = seen.order.note.as_ref().filter(|note| !note.0.trim().is_empty()) {
            p.lbl { (Order::DEF.field("note").map_or("", |field| field.label.say(ask.language))) }
            p.prose.mb { (show::paragraph(&note.0)) }
        }
    }
}

fn side(ask: &Ask, seen: &Seen) -> Markup {
    let of_credit = |hold: &kernel::Kept<crm::sales::Hold>| hold.kind == HoldKind::Credit;
    let number = seen.order.number.as_deref().unwrap_or("");
    let ended = matches!(seen.order.stage, OrderStage::Closed | OrderStage::Cancelled);
    html! {
        @if !ended { (seen.credit.drawn(ask, number, seen.holds.iter().any(of_credit))) }
        (seen.own.drawn(ask))
    }
}
