//! What the warehouse has to do: orders to prepare, shipments on their way out.

use std::collections::HashMap;

use crm::sales::HoldKind;
use erp::logistics::{Shipment, ShipmentLine, ShipmentState};
use kernel::{
    Choice, Condition, Day, Direction, Entity, Faults, Id, Kept, Language, Quantity, Query, Tx,
    Value,
};
use maud::{Markup, Render, html};
use processes::reports::shipping::{self, ToPrepare};

use super::steps;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Sum, Tone, bulk_bar, empty, head, say, section, state,
};
use crate::titles::Titles;
use crate::{list, nav, record, words};

/// How many shipments that have left are shown.
const ON_THE_WAY: u32 = 30;

struct Seen {
    ready: Vec<ToPrepare>,
    /// Not gone yet, by step and day.
    open: Vec<Kept<Shipment>>,
    on_the_way: Vec<Kept<Shipment>>,
    /// Lines and units of each open shipment.
    sizes: HashMap<Id<Shipment>, (usize, Quantity)>,
    titles: Titles,
    today: Day,
}

/// `GET /shipments`: what is to be done; with any filter in the address, the drawn list.
pub async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let filtered = ask.query.0.iter().any(|(name, _)| name != "lang");
    if filtered && faults.0.is_empty() {
        let mut query = ask.query.clone();
        query.push(list::ALL, "1");
        let plural = Shipment::DEF.plural.to_owned();
        return list::list(ask.asking(query), axum::extract::Path(plural)).await;
    }
    let seen = ask.read(see).await?;
    let language = ask.language;
    let title = say(language, "À préparer et à expédier", "To prepare and to ship");
    let body = html! {
        (head(&html! { (Shipment::DEF.labels.say(language)) }, title, &html! {}, &buttons(ask)))
        (record::refusals(ask, faults))
        (to_prepare(ask, &seen))
        (open(ask, &seen))
        @if !seen.on_the_way.is_empty() { (on_the_way(ask, &seen)) }
    };
    Ok(acting::with_status(ask.page("shipments", Vec::new(), title, &body), faults))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let ready = if ask.actor.can("order.read") { shipping::to_prepare(tx)? } else { Vec::new() };
    let in_state =
        |state: ShipmentState| Condition::Is(Shipment::STATE.name, Value::from(state.name()));
    let mut open: Vec<Kept<Shipment>> = Vec::new();
    for state in [ShipmentState::Packed, ShipmentState::Picked, ShipmentState::Draft] {
        let query = Query::all(Shipment::DEF).only(in_state(state));
        let mut found = tx.select(query.sorted("planned_on", Direction::Up).limit(200))?;
        open.append(&mut found);
    }
    let left = Query::all(Shipment::DEF).only(in_state(ShipmentState::Shipped));
    let on_the_way: Vec<Kept<Shipment>> =
        tx.select(left.sorted("shipped_on", Direction::Down).limit(ON_THE_WAY))?;
    let ids: Vec<Id<Shipment>> = open.iter().map(|shipment| shipment.id).collect();
    let mut sizes: HashMap<Id<Shipment>, (usize, Quantity)> = HashMap::new();
    for some in ids.chunks(500) {
        for line in tx.find(ShipmentLine::SHIPMENT.among(some))? {
            let size = sizes.entry(line.shipment).or_default();
            size.0 += 1;
            size.1 += line.quantity;
        }
    }
    let named: Vec<_> = open
        .iter()
        .chain(&on_the_way)
        .flat_map(|shipment| {
            let origin = shipment.origin.map(|origin| (origin.entity, origin.id));
            origin.into_iter().chain([("party", shipment.party.raw())])
        })
        .collect();
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let today = tx.today();
    Ok(Seen { ready, open, on_the_way, sizes, titles, today })
}

fn buttons(ask: &Ask) -> Vec<Button> {
    let every = say(ask.language, "Toutes les expéditions", "All shipments");
    let mut buttons = vec![Button::link(every, "/shipments?all=1")];
    if nav::creates(ask, Shipment::DEF) {
        let new = Button::link(ask.say(words::CREATE), "/shipments/new");
        buttons.push(new.icon(Icon::Plus).key("c").desk_only());
    }
    buttons
}

fn to_prepare(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let may = ask.actor.can("order.prepare");
    let columns = vec![
        Column::number(say(language, "Commande", "Order")),
        Column::title(say(language, "Client", "Customer")).grow(),
        Column::quiet(say(language, "Ville", "Town")),
        Column::text(say(language, "Pour le", "For")),
        Column::state(say(language, "État", "State")),
        Column::figure(say(language, "Lignes", "Lines")),
        Column::amount(say(language, "Unités", "Units")),
    ];
    let name = say(language, "Commandes à préparer", "Orders to prepare");
    let mut ledger = Ledger::new(language, name, columns)
        .rows(seen.ready.iter().map(|ready| ready_row(ask, seen, ready)))
        .empty(empty(
            say(language, "Rien à préparer.", "Nothing to prepare."),
            say(
                language,
                "Ce qui est réservé pour une commande confirmée apparaît ici.",
                "What is kept for a confirmed order appears here.",
            ),
            &[],
        ));
    if may && !seen.ready.is_empty() {
        ledger = ledger.choose("prepare");
    }
    let free: Vec<&ToPrepare> = seen.ready.iter().filter(|ready| ready.held.is_none()).collect();
    let every = html! {
        @if may && !free.is_empty() {
            form method="post" action="/shipments/prepare" {
                (acting::unseen(ask))
                @for ready in &free { input type="hidden" name="id" value=(ready.order); }
                (Button::submit(match (language, free.len()) {
                    (Language::French, 1) => "Préparer la commande".to_owned(),
                    (Language::French, count) => format!("Préparer les {count}"),
                    (Language::English, 1) => "Prepare the order".to_owned(),
                    (Language::English, count) => format!("Prepare all {count}"),
                }).small().icon(Icon::Truck))
            }
        }
    };
    html! {
        (section(name, &every, &ledger.render()))
        @if may && !seen.ready.is_empty() {
            (bulk_bar(language, "prepare", &acting::unseen(ask), &[
                Button::submit(say(language, "Préparer", "Prepare")).to("/shipments/prepare").key("r"),
            ]))
        }
    }
}

fn ready_row(ask: &Ask, seen: &Seen, ready: &ToPrepare) -> Row {
    let language = ask.language;
    let due = ready.wanted_on.or(ready.promised_on);
    let standing = match (ready.held, due) {
        (Some(kind), _) => state(Tone::Blocked, &hold_word(language, kind)),
        (None, Some(day)) if day < seen.today => {
            let late = i64::from(seen.today - day);
            let word = match language {
                Language::French => format!("retard {late} j"),
                Language::English => format!("{late} d late"),
            };
            state(Tone::Watch, &word)
        }
        (None, _) => state(Tone::Yours, say(language, "à préparer", "to prepare")),
    };
    let lines = i64::try_from(ready.lines).unwrap_or(0);
    Row::new(vec![
        html! { a href={ "/orders/" (ready.order) } { (ready.number) } },
        html! { a href={ "/orders/" (ready.order) } { (ready.party_name) } },
        html! { (ready.city.as_deref().unwrap_or("")) },
        html! { @if let Some(day) = due { (language.short_day(day)) } },
        standing,
        html! { (language.integer(lines)) },
        html! { (language.quantity(ready.quantity)) },
    ])
    .record(ready.order.to_string(), ready.number.as_str())
}

fn hold_word(language: Language, kind: HoldKind) -> String {
    let kind = kind.label().say(language).to_lowercase();
    words::colon(language, say(language, "retenue", "held"), &kind)
}

fn open(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Bon de livraison", "Delivery note")),
        Column::title(say(language, "Client", "Customer")).grow(),
        Column::quiet(say(language, "Ville", "Town")),
        Column::quiet(say(language, "Commande", "Order")),
        Column::text(say(language, "Prévue le", "Planned on")),
        Column::state(say(language, "À faire", "To do")),
        Column::figure(say(language, "Lignes", "Lines")),
        Column::amount(say(language, "Unités", "Units")),
    ];
    let name = say(language, "Expéditions en cours", "Shipments under way");
    let mut ledger = Ledger::new(language, name, columns).empty(empty(
        say(language, "Aucune expédition en cours.", "No shipment under way."),
        "",
        &[],
    ));
    for group in seen.open.chunk_by(|one, other| one.state == other.state) {
        let state = group[0].state;
        let units = group.iter().filter_map(|shipment| seen.sizes.get(&shipment.id));
        let units = Quantity::sum(units.map(|(_, units)| *units));
        ledger = ledger
            .group(
                Sum::new(steps::next(language, state), vec![html! { (language.quantity(units)) }])
                    .note(group.len().to_string()),
            )
            .rows(group.iter().map(|shipment| open_row(ask, seen, shipment)));
    }
    section(name, &html! {}, &ledger.render())
}

fn open_row(ask: &Ask, seen: &Seen, shipment: &Kept<Shipment>) -> Row {
    let language = ask.language;
    let (lines, units) = seen.sizes.get(&shipment.id).copied().unwrap_or_default();
    let lines = i64::try_from(lines).unwrap_or(0);
    let href = format!("/shipments/{}", shipment.id);
    let late = shipment.planned_on.is_some_and(|day| day < seen.today);
    let tone = if late { Tone::Watch } else { steps::tone(shipment.state) };
    Row::new(vec![
        html! { a href=(href) { (shipment.number.as_deref().unwrap_or("—")) } },
        html! { a href=(href) { (party(seen, shipment)) } },
        html! { (shipment.city.as_deref().unwrap_or("")) },
        html! { (order(seen, shipment)) },
        html! { @if let Some(day) = shipment.planned_on { (language.short_day(day)) } },
        state(tone, shipment.state.label().say(language)),
        html! { (language.integer(lines)) },
        html! { (language.quantity(units)) },
    ])
}

fn party<'a>(seen: &'a Seen, shipment: &Shipment) -> &'a str {
    seen.titles.of("party", shipment.party.raw()).unwrap_or("—")
}

fn order<'a>(seen: &'a Seen, shipment: &Shipment) -> &'a str {
    let title = shipment.origin.and_then(|origin| seen.titles.of(origin.entity, origin.id));
    title.unwrap_or("")
}

fn on_the_way(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Bon de livraison", "Delivery note")),
        Column::title(say(language, "Client", "Customer")).grow(),
        Column::quiet(say(language, "Ville", "Town")),
        Column::quiet(say(language, "Transporteur", "Carrier")),
        Column::state(say(language, "État", "State")),
        Column::text(say(language, "Expédiée le", "Shipped on")).fold(Fold::Amount),
    ];
    let row = |shipment: &Kept<Shipment>| {
        let href = format!("/shipments/{}", shipment.id);
        Row::new(vec![
            html! { a href=(href) { (shipment.number.as_deref().unwrap_or("—")) } },
            html! { a href=(href) { (party(seen, shipment)) } },
            html! { (shipment.city.as_deref().unwrap_or("")) },
            html! { (shipment.carrier.as_deref().unwrap_or("")) },
            steps::standing(language, shipment.state),
            html! { @if let Some(day) = shipment.shipped_on { (language.short_day(day)) } },
        ])
    };
    let name = say(language, "En route, pas encore livrées", "On the way, not delivered yet");
    let ledger = Ledger::new(language, name, columns).rows(seen.on_the_way.iter().map(row));
    let more = html! {
        a href="/shipments?state=shipped" { (say(language, "toutes", "all of them")) }
    };
    section(name, &more, &ledger.render())
}
