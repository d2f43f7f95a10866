//! One product: where it lies, for whom it is kept, what is to come, and how it moved.

use std::collections::HashMap;

use axum::extract::Path;
use crm::sales::{Order, OrderLine};
use erp::inventory::{
    self, Availability, ExpectedReceipt, Location, LocationKind, Reservation, StockLevel,
    StockMove, Valuation,
};
use kernel::{Entity, Faults, Id, Kept, Language, Quantity, RawId, Tx};
use master::{Product, Unit};
use maud::{Markup, Render, html};

use super::STOCK;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Figure, Fold, Icon, Ledger, Row, Tone, empty, figures, head, say, section,
};
use crate::show;
use crate::titles::Titles;

/// How many moves the page shows.
const MOVES: u32 = 100;

struct Seen {
    product: Kept<Product>,
    unit: Kept<Unit>,
    levels: Vec<Kept<StockLevel>>,
    places: HashMap<Id<Location>, Kept<Location>>,
    value: Option<Kept<Valuation>>,
    /// Each with the order whose line it is kept for.
    reservations: Vec<(Kept<Reservation>, Option<Id<Order>>)>,
    awaited: Vec<Kept<ExpectedReceipt>>,
    moves: Vec<Kept<StockMove>>,
    one: Availability,
    titles: Titles,
}

fn see(tx: &mut Tx<'_>, ask: &Ask, id: Id<Product>) -> Result<Seen, Faults> {
    let product = tx.get(id)?;
    let unit = tx.get(product.unit)?;
    let levels = tx.find(StockLevel::PRODUCT.is(&id))?;
    let value = match ask.actor.can("valuation.read") {
        true => tx.first(Valuation::PRODUCT.is(&id))?,
        false => None,
    };
    let mut reservations = Vec::new();
    for reservation in tx.find(Reservation::PRODUCT.is(&id))? {
        let order = match reservation.origin.as_a::<OrderLine>() {
            Some(line) => Some(tx.get(line)?.order),
            None => None,
        };
        reservations.push((reservation, order));
    }
    let awaited = tx.find(ExpectedReceipt::PRODUCT.is(&id) & ExpectedReceipt::DONE.is(&false))?;
    let moves = match ask.actor.can("stock_move.read") {
        true => inventory::moves_of(tx, id, MOVES)?,
        false => Vec::new(),
    };
    let one = inventory::availability(tx, id, Quantity::units(1))?;
    let mut places = HashMap::new();
    let known = levels.iter().map(|level| level.location);
    let moved = moves.iter().flat_map(|moved| [moved.source, moved.target]);
    for place in known.chain(moved).collect::<Vec<_>>() {
        if !places.contains_key(&place) {
            places.insert(place, tx.get(place)?);
        }
    }
    let named: Vec<(&'static str, RawId)> = moves
        .iter()
        .map(|moved| (moved.origin.entity, moved.origin.id))
        .chain(
            reservations
                .iter()
                .filter_map(|(_, order)| order.map(|order| (Order::NAME, order.raw()))),
        )
        .collect();
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    Ok(Seen { product, unit, levels, places, value, reservations, awaited, moves, one, titles })
}

/// `GET /stock/{product}`.
pub async fn page(ask: Ask, Path(product): Path<String>) -> Answer {
    ask.may("stock_level.read")?;
    let id: Id<Product> = acting::id_of(&ask, &product)?;
    let seen = ask.read(move |tx, ask| see(tx, ask, id)).await?;
    let language = ask.language;
    let title = seen.product.label(language).to_owned();
    let crumbs =
        vec![(say(language, "Vue du stock", "Stock overview").to_owned(), "/stock".into())];
    let over = html! { (seen.product.sku) " · " (seen.unit.label(language)) };
    let mut buttons =
        vec![Button::link(say(language, "Fiche article", "Product"), format!("/products/{id}"))];
    if ask.actor.can("expected_receipt.create") {
        let href = format!("/expected_receipts/new?product={id}&back=/stock/{id}");
        let label = say(language, "Attendre une réception", "Expect a receipt");
        buttons.push(Button::link(label, href).icon(Icon::Plus));
    }
    let body = html! {
        (head(&over, &title, &html! {}, &buttons))
        (figures(&key_figures(&ask, &seen)))
        div.cols.g2c {
            (section(say(language, "Où", "Where"), &html! {}, &levels(&ask, &seen)))
            (section(say(language, "Pour qui", "For whom"), &html! {}, &kept(&ask, &seen)))
        }
        (section(say(language, "À recevoir", "To come in"), &html! {}, &awaited(&ask, &seen)))
        @if ask.actor.can("stock_move.read") {
            (section(
                say(language, "Mouvements", "Moves"),
                &html! {
                    a href={ "/stock_moves?product=" (id) } {
                        (say(language, "tous les mouvements", "all moves"))
                    }
                },
                &moves(&ask, &seen),
            ))
        }
    };
    Ok(ask.page(STOCK, crumbs, &title, &body))
}

fn key_figures(ask: &Ask, seen: &Seen) -> Vec<Figure> {
    let language = ask.language;
    let quantity = |quantity: Quantity| language.quantity(quantity);
    let promise = seen.one.promised_on.map(|day| match language {
        Language::French => format!("une unité : le {}", language.day(day)),
        Language::English => format!("one unit: {}", language.day(day)),
    });
    let mut shown = vec![
        Figure::new(say(language, "En stock", "On hand"), quantity(seen.one.on_hand), ""),
        Figure::new(say(language, "Réservé", "Reserved"), quantity(seen.one.reserved), ""),
        Figure::new(
            say(language, "Libre", "Free"),
            quantity(seen.one.free),
            promise.unwrap_or_default(),
        )
        .tone(if seen.one.free > Quantity::ZERO { Tone::Yours } else { Tone::Watch }),
    ];
    if let Some(value) = &seen.value {
        let each = value.unit_cost().map(|cost| match language {
            Language::French => format!("{} l’unité", language.price(cost)),
            Language::English => format!("{} each", language.price(cost)),
        });
        let label = say(language, "Valeur", "Value");
        shown.push(Figure::new(label, language.money(value.value), each.unwrap_or_default()));
    }
    shown
}

fn place<'a>(seen: &'a Seen, language: Language, id: Id<Location>) -> &'a str {
    seen.places.get(&id).map_or("—", |place| match language {
        Language::French => place.name.as_str(),
        Language::English => place.name_en.as_deref().unwrap_or(&place.name),
    })
}

/// The places of ours; those that stand for the world outside are left to the moves.
fn levels(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Emplacement", "Place")).grow(),
        Column::figure(say(language, "En stock", "On hand")),
        Column::figure(say(language, "Réservé", "Reserved")),
        Column::figure(say(language, "Libre", "Free")).fold(Fold::Amount),
    ];
    let ours = seen
        .levels
        .iter()
        .filter(|level| matches!(level.kind, LocationKind::Stock | LocationKind::Quarantine));
    let row = |level: &Kept<StockLevel>| {
        Row::new(vec![
            html! { a href={ "/stock_levels/" (level.id) } {
                (place(seen, language, level.location))
            } },
            html! { (language.quantity(level.on_hand)) },
            html! { (language.quantity(level.reserved)) },
            html! { (language.quantity(level.free())) },
        ])
    };
    Ledger::new(language, say(language, "Niveaux", "Levels"), columns)
        .rows(ours.map(row))
        .empty(empty(say(language, "Aucun stock.", "No stock."), "", &[]))
        .render()
}

fn kept(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Commande", "Order")).grow(),
        Column::text(say(language, "Réservé le", "Kept since")).fold(Fold::Number),
        Column::amount(say(language, "Quantité", "Quantity")),
    ];
    let row = |(reservation, order): &(Kept<Reservation>, Option<Id<Order>>)| {
        let title = order.and_then(|order| seen.titles.of(Order::NAME, order.raw()));
        Row::new(vec![
            html! {
                @match (order, title) {
                    (Some(id), Some(title)) => a href={ "/orders/" (id) } { (title) },
                    _ => "—",
                }
            },
            html! { (language.day(reservation.created_at.day())) },
            html! { (language.quantity(reservation.quantity)) },
        ])
    };
    Ledger::new(language, say(language, "Réservations", "Reservations"), columns)
        .rows(seen.reservations.iter().map(row))
        .empty(empty(say(language, "Rien n’est réservé.", "Nothing is reserved."), "", &[]))
        .render()
}

fn awaited(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let mut columns = vec![
        Column::title(say(language, "Référence", "Reference")).grow(),
        Column::text(say(language, "Attendue le", "Due on")).fold(Fold::Number),
        Column::figure(say(language, "Commandé", "Ordered")),
        Column::figure(say(language, "Reçu", "Received")),
        Column::amount(say(language, "À recevoir", "To come")),
    ];
    let receive = ask.state.catalog.action(ExpectedReceipt::NAME, "receive");
    let receive = receive.filter(|act| ask.actor.can(&act.right()));
    if receive.is_some() {
        columns.push(Column::text("").fold(Fold::State));
    }
    let row = |expected: &Kept<ExpectedReceipt>| {
        let name = expected.reference.as_deref().unwrap_or("—");
        let mut cells = vec![
            html! { a href={ "/expected_receipts/" (expected.id) } { (name) } },
            html! { (language.day(expected.due_on)) },
            html! { (language.quantity(expected.quantity)) },
            html! { (language.quantity(expected.received)) },
            html! { (language.quantity(expected.awaited())) },
        ];
        if let Some(act) = receive {
            let back = format!("?back=/stock/{}", expected.product);
            let href = format!("/expected_receipts/{}/do/receive{back}", expected.id);
            cells.push(Button::link(act.label.say(language), href).small().render());
        }
        Row::new(cells)
    };
    Ledger::new(language, say(language, "Réceptions attendues", "Expected receipts"), columns)
        .rows(seen.awaited.iter().map(row))
        .empty(empty(say(language, "Rien n’est attendu.", "Nothing is expected."), "", &[]))
        .render()
}

fn moves(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let values = ask.actor.can("valuation.read");
    let mut columns = vec![
        Column::text(say(language, "Jour", "Day")).fold(Fold::Number),
        Column::title(say(language, "Motif", "Reason")),
        Column::quiet(say(language, "De", "From")),
        Column::quiet(say(language, "Vers", "To")),
        Column::text(say(language, "Pour", "For")).grow(),
        Column::amount(say(language, "Quantité", "Quantity")),
    ];
    if values {
        columns.push(Column::figure(say(language, "Valeur €", "Value €")));
    }
    let row = |moved: &Kept<StockMove>| {
        let origin = moved.origin;
        let title = seen.titles.of(origin.entity, origin.id);
        let def = ask.state.catalog.entity(origin.entity);
        let ours = |id| {
            let kind = seen.places.get(&id).map(|place: &Kept<Location>| place.kind);
            kind.is_some_and(|kind| !kind.is_counterpart())
        };
        // What leaves us counts below zero; from one place of ours to another it only moves.
        let out = ours(moved.source) && !ours(moved.target);
        let signed = if out { Quantity(-moved.quantity.0) } else { moved.quantity };
        let mut cells = vec![
            html! { (language.day(moved.day)) },
            html! { a href={ "/stock_moves/" (moved.id) } {
                (kernel::Choice::label(moved.reason).say(language))
            } },
            html! { (place(seen, language, moved.source)) },
            html! { (place(seen, language, moved.target)) },
            html! {
                @match (def, title) {
                    (Some(def), Some(title)) => a href=(show::href(def, origin.id)) { (title) },
                    _ => "—",
                }
            },
            html! { (language.quantity(signed)) },
        ];
        if values {
            cells.push(html! { (language.amount(if out { -moved.value } else { moved.value })) });
        }
        Row::new(cells)
    };
    Ledger::new(language, say(language, "Mouvements", "Moves"), columns)
        .rows(seen.moves.iter().map(row))
        .empty(empty(say(language, "Aucun mouvement.", "No move yet."), "", &[]))
        .render()
}
