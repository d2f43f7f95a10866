//! The steps of a shipment: where it stands, and the large buttons of what comes next.

use erp::logistics::{Shipment, ShipmentState};
use kernel::{Choice, Language, Row};
use maud::{Markup, html};

use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{Button, Field, Icon, Tone, say, state};

/// The acts of the page.
pub const ACTS: &[&str] = &["scan", "count", "pick", "pack", "ship", "deliver", "cancel"];

pub fn tone(step: ShipmentState) -> Tone {
    match step {
        ShipmentState::Draft => Tone::Yours,
        ShipmentState::Picked | ShipmentState::Packed | ShipmentState::Shipped => Tone::Half,
        ShipmentState::Delivered => Tone::Done,
        ShipmentState::Cancelled => Tone::Wait,
    }
}

pub fn standing(language: Language, step: ShipmentState) -> Markup {
    state(tone(step), step.label().say(language))
}

/// What is to be done next, as a verb.
pub const fn next(language: Language, step: ShipmentState) -> &'static str {
    match step {
        ShipmentState::Draft => say(language, "Prélever", "Pick"),
        ShipmentState::Picked => say(language, "Emballer", "Pack"),
        ShipmentState::Packed => say(language, "Expédier", "Ship"),
        ShipmentState::Shipped => say(language, "Constater la livraison", "Mark delivered"),
        ShipmentState::Delivered | ShipmentState::Cancelled => "",
    }
}

/// The way from the shelf to the customer, the steps done in ink.
pub fn track(ask: &Ask, now: ShipmentState) -> Markup {
    let all = [
        (ShipmentState::Picked, say(ask.language, "Prélevée", "Picked")),
        (ShipmentState::Packed, say(ask.language, "Emballée", "Packed")),
        (ShipmentState::Shipped, say(ask.language, "Expédiée", "Shipped")),
        (ShipmentState::Delivered, say(ask.language, "Livrée", "Delivered")),
    ];
    let rank = |step: ShipmentState| match step {
        ShipmentState::Draft | ShipmentState::Cancelled => 0,
        ShipmentState::Picked => 1,
        ShipmentState::Packed => 2,
        ShipmentState::Shipped => 3,
        ShipmentState::Delivered => 4,
    };
    let reached = rank(now);
    html! {
        ol.track aria-label=(say(ask.language, "Étapes", "Steps")) {
            @for (step, word) in all {
                @let (done, current) = (rank(step) <= reached, rank(step) == reached + 1);
                li .done[done] .now[current && now != ShipmentState::Cancelled]
                    aria-current=[(rank(step) == reached).then_some("step")] {
                    (word)
                    @if done { span.sr { (say(ask.language, "fait", "done")) } }
                }
            }
        }
    }
}

/// The next step as a large button, the steps that may be skipped below it.
pub fn buttons(ask: &Ask, shipment: &Shipment, id: &str, row: &Row) -> Markup {
    let offered = |name: &str| acting::offered::<Shipment>(ask, name, row);
    let step = shipment.state;
    html! {
        div.big-steps {
            @match step {
                ShipmentState::Draft => {
                    @if offered("pick") { (plain(ask, id, "pick", Icon::Check, true)) }
                    @if offered("pack") { (folded(ask, shipment, id)) }
                    @if offered("ship") { (ship(ask, id, false)) }
                },
                ShipmentState::Picked => {
                    @if offered("pack") { (pack(ask, shipment, id)) }
                    @if offered("ship") { (ship(ask, id, false)) }
                },
                ShipmentState::Packed => @if offered("ship") { (ship(ask, id, true)) },
                ShipmentState::Shipped => @if offered("deliver") { (deliver(ask, id)) },
                ShipmentState::Delivered | ShipmentState::Cancelled => {},
            }
        }
    }
}

fn action(id: &str, name: &str) -> String {
    format!("/shipments/{id}/step/{name}")
}

fn label(ask: &Ask, name: &str) -> &'static str {
    let act = ask.state.catalog.action("shipment", name);
    act.map_or("", |act| act.label.say(ask.language))
}

/// A step that asks nothing.
fn plain(ask: &Ask, id: &str, name: &str, icon: Icon, first: bool) -> Markup {
    let button = Button::submit(label(ask, name)).icon(icon);
    html! {
        form method="post" action=(action(id, name)) {
            (acting::unseen(ask))
            @if first { (button.primary()) } @else { (button) }
        }
    }
}

fn ship(ask: &Ask, id: &str, first: bool) -> Markup {
    let sure = say(
        ask.language,
        "Expédier ? Les articles sortent du stock et la commande avance.",
        "Ship? The goods leave the stock and the order moves on.",
    );
    let button = Button::submit(label(ask, "ship")).icon(Icon::Truck).confirm(sure);
    html! {
        form method="post" action=(action(id, "ship")) {
            (acting::unseen(ask))
            @if first { (button.primary()) } @else { (button) }
        }
    }
}

/// Packing says how many parcels, how heavy, with whom they leave.
fn pack(ask: &Ask, shipment: &Shipment, id: &str) -> Markup {
    let language = ask.language;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let parcels = shipment.parcels.map_or_else(|| "1".to_owned(), |count| count.to_string());
    let weight =
        shipment.weight_g.map(|grams| language.decimal(&kernel::number::trimmed(grams, 3)));
    html! {
        form method="post" action=(action(id, "pack")) {
            (acting::unseen(ask))
            div.fields.two {
                (Field::figure(language, "parcels", say(language, "Colis", "Parcels"), "")
                    .value(parcels))
                (Field::figure(language, "weight", say(language, "Poids", "Weight"), "kg")
                    .value(weight.unwrap_or_default()))
                (Field::text(language, "carrier", say(language, "Transporteur", "Carrier"))
                    .value(text(&shipment.carrier)))
                (Field::text(language, "tracking", say(language, "Suivi", "Tracking"))
                    .value(text(&shipment.tracking)))
            }
            (Button::submit(label(ask, "pack")).primary().icon(Icon::Stock))
        }
    }
}

/// The same for those who pack without picking first.
fn folded(ask: &Ask, shipment: &Shipment, id: &str) -> Markup {
    html! {
        details.skip-step {
            summary.btn { (say(ask.language, "Emballer directement", "Pack at once")) }
            (pack(ask, shipment, id))
        }
    }
}

fn deliver(ask: &Ask, id: &str) -> Markup {
    let language = ask.language;
    html! {
        form method="post" action=(action(id, "deliver")) {
            (acting::unseen(ask))
            (Button::submit(label(ask, "deliver")).primary().icon(Icon::Check))
            details.skip-step {
                summary.muted { (say(language, "Un autre jour", "On another day")) }
                (Field::day(language, "delivered_on", say(language, "Livrée le", "Delivered on")))
            }
        }
    }
}
