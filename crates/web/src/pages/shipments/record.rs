//! The page of a shipment.

use erp::logistics::{self, Shipment, ShipmentLine, ShipmentState};
use kernel::work::not_found;
use kernel::{Entity, Faults, Id, Kept, Quantity, Row as Stored};
use master::{Party, Product};
use maud::{Markup, Render, html};

use super::{picking, steps};
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{Button, Column, Icon, Ledger, Row, Sum, definitions, head, say, section};
use crate::titles::Titles;
use crate::{record, show, together, words};

struct Seen {
    row: Stored,
    shipment: Kept<Shipment>,
    party: Kept<Party>,
    lines: Vec<(Kept<ShipmentLine>, Kept<Product>)>,
    titles: Titles,
}

/// The page, with what was refused at its top.
pub async fn page(ask: &Ask, id: Id<Shipment>, faults: &Faults) -> Answer {
    let seen = ask
        .read(move |tx, ask| {
            let row = tx.row(Shipment::DEF, id.raw())?;
            let row = row.ok_or_else(|| not_found(Shipment::DEF, id.raw()))?;
            let shipment = tx.get(id)?;
            let party = tx.get(shipment.party)?;
            let mut lines = Vec::new();
            for line in logistics::lines(tx, id)? {
                let product = tx.get(line.product)?;
                lines.push((line, product));
            }
            lines.sort_by(|(_, one), (_, other)| one.sku.cmp(&other.sku));
            let mut titles = Titles::default();
            let origin = shipment.origin.map(|origin| (origin.entity, origin.id));
            titles.gather(ask.state.catalog, tx, &ask.actor, origin)?;
            Ok(Seen { row, shipment, party, lines, titles })
        })
        .await?;
    let language = ask.language;
    let title = seen.shipment.number.clone().unwrap_or_else(|| "BL".to_owned());
    let crumbs = vec![(Shipment::DEF.labels.say(language).to_owned(), "/shipments".to_owned())];
    let over = html! {
        (say(language, "Expédition", "Shipment")) " · "
        a href={ "/parties/" (seen.party.id) } { (seen.party.name) }
    };
    let standing = steps::standing(language, seen.shipment.state);
    let story = together::story(ask, Shipment::DEF, id.raw(), Vec::new()).await?;
    let follow = story.follow(ask).map(Button::bare);
    let acts: Vec<Button> = follow.into_iter().chain(buttons(ask, &seen)).collect();
    let body = html! {
        (head(&over, &title, &standing, &acts))
        (record::refusals(ask, &untold(seen.shipment.state, faults)))
        @if seen.shipment.state != ShipmentState::Cancelled {
            (steps::track(ask, seen.shipment.state))
        }
        div.cols.with-side.shipment {
            @if seen.shipment.state == ShipmentState::Draft {
                (picking::panel(ask, &seen.shipment, &seen.lines, &seen.row, faults))
            } @else {
                (section(say(language, "Articles", "Goods"), &html! {}, &lines(ask, &seen)))
            }
            aside.side {
                @if seen.shipment.state != ShipmentState::Draft {
                    (steps::buttons(ask, &seen.shipment, &id.to_string(), &seen.row))
                }
                (facts(ask, &seen))
                (cancel(ask, &seen))
                (story.told(ask))
            }
        }
    };
    Ok(acting::with_status(ask.page("shipments", crumbs, &title, &body), faults))
}

/// What was refused and is not told beside the field of scans.
fn untold(state: ShipmentState, faults: &Faults) -> Faults {
    let told = |fault: &kernel::Fault| state == ShipmentState::Draft && picking::is_of_scan(fault);
    Faults(faults.0.iter().filter(|fault| !told(fault)).cloned().collect())
}

fn buttons(ask: &Ask, seen: &Seen) -> Vec<Button> {
    let (language, id) = (ask.language, seen.shipment.id);
    let note = say(language, "Bon de livraison", "Delivery note");
    let mut buttons = vec![
        Button::link(ask.say(words::HISTORY), format!("/shipments/{id}?tab=history"))
            .bare()
            .desk_only(),
    ];
    if seen.shipment.state == ShipmentState::Draft && ask.actor.can("shipment.update") {
        let edit = Button::link(ask.say(words::EDIT), format!("/shipments/{id}/edit"));
        buttons.push(edit.icon(Icon::Edit).key("e").desk_only());
    }
    if acting::offered::<Shipment>(ask, "track", &seen.row) {
        let track = say(language, "Noter le suivi", "Note tracking");
        let track = Button::link(track, format!("/shipments/{id}/do/track"));
        let early = seen.shipment.state == ShipmentState::Draft;
        buttons.push(if early { track.desk_only() } else { track });
    }
    let pdf = format!("/shipments/{id}/delivery-note.pdf");
    buttons.push(Button::link(note, pdf).icon(Icon::Print).key("p"));
    buttons
}

fn lines(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Référence", "SKU")),
        Column::title(say(language, "Désignation", "Description")).grow(),
        Column::amount(say(language, "Quantité", "Quantity")),
    ];
    let row = |(line, product): &(Kept<ShipmentLine>, Kept<Product>)| {
        let name = line.description.as_deref().unwrap_or_else(|| product.label(language));
        Row::new(vec![
            html! { a href={ "/stock/" (product.id) } { (product.sku) } },
            html! { (name) },
            html! { b { (language.quantity(line.quantity)) } },
        ])
    };
    let units = Quantity::sum(seen.lines.iter().map(|(line, _)| line.quantity));
    Ledger::new(language, say(language, "Articles", "Goods"), columns)
        .rows(seen.lines.iter().map(row))
        .total(Sum::new(
            say(language, "Unités", "Units"),
            vec![html! { (language.quantity(units)) }],
        ))
        .render()
}

fn facts(ask: &Ask, seen: &Seen) -> Markup {
    let (language, shipment) = (ask.language, &seen.shipment);
    let town = [&shipment.postcode, &shipment.city];
    let town: Vec<&str> = town.into_iter().flatten().map(String::as_str).collect();
    let address = html! {
        (shipment.name.as_deref().unwrap_or(&seen.party.name)) br;
        @if let Some(street) = &shipment.street { (show::paragraph(street)) br; }
        (town.join(" "))
        @if let Some(country) = shipment.country.as_deref().filter(|code| *code != "FR") {
            br; (country)
        }
    };
    let origin = shipment.origin.and_then(|origin| {
        let title = seen.titles.of(origin.entity, origin.id)?;
        let def = ask.state.catalog.entity(origin.entity)?;
        Some(html! { a href=(show::href(def, origin.id)) { (title) } })
    });
    let text = |text: &Option<String>| text.as_ref().map(|text| html! { (text) });
    let day = |day: Option<kernel::Day>| day.map(|day| html! { (language.day(day)) });
    let weight = shipment.weight_g.map(|grams| {
        html! { (language.decimal(&kernel::number::trimmed(grams, 3))) " kg" }
    });
    let phone =
        seen.party.phone.as_ref().map(|phone| html! { a href={ "tel:" (phone) } { (phone) } });
    let all = [
        (say(language, "Livrer à", "Deliver to"), Some(address)),
        (say(language, "Téléphone", "Phone"), phone),
        (say(language, "Commande", "Order"), origin),
        (say(language, "Prévue le", "Planned on"), day(shipment.planned_on)),
        (say(language, "Expédiée le", "Shipped on"), day(shipment.shipped_on)),
        (say(language, "Livrée le", "Delivered on"), day(shipment.delivered_on)),
        (say(language, "Transporteur", "Carrier"), text(&shipment.carrier)),
        (say(language, "Suivi", "Tracking"), text(&shipment.tracking)),
        (say(language, "Colis", "Parcels"), shipment.parcels.map(|count| html! { (count) })),
        (say(language, "Poids", "Weight"), weight),
    ];
    let told: Vec<(String, Option<Markup>)> = all
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(label, value)| (label.to_owned(), value))
        .collect();
    section(say(language, "Livraison", "Delivery"), &html! {}, &definitions(&told))
}

fn cancel(ask: &Ask, seen: &Seen) -> Markup {
    if !acting::offered::<Shipment>(ask, "cancel", &seen.row) {
        return html! {};
    }
    let label = say(ask.language, "Annuler l’expédition", "Cancel the shipment");
    let sure = say(
        ask.language,
        "Annuler cette expédition ? La commande garde ses réservations.",
        "Cancel this shipment? The order keeps its reservations.",
    );
    let button = Button::post(label, format!("/shipments/{}/step/cancel", seen.shipment.id));
    html! {
        p.acts {
            (button.hidden("token", ask.token.as_str()).hidden("key", crate::door::new_key())
                .danger().confirm(sure))
        }
    }
}
