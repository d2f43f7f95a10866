//! The demonstration company: its history can be told, shows every state and breaks no rule.

use comptoir::demo::{self, History, summary};
use erp::finance::{self, BankLine, BankLineState};
use kernel::{Actor, Door, Fault, Filter, Instant};
use serde_json::Value as Json;
use store::{Call, Location, Store};

/// What a visitor must come upon, whatever the day.
const EVERY_STATE: &[&str] = &[
    "order.draft",
    "order.confirmed",
    "order.closed",
    "order.cancelled",
    "order.reservation.none",
    "order.reservation.partial",
    "order.reservation.full",
    "order.delivery.none",
    "order.delivery.partial",
    "order.delivery.full",
    "order.invoicing.none",
    "order.invoicing.full",
    "order.payment.none",
    "order.payment.partial",
    "order.payment.overdue",
    "order.closed.done",
    "order.closed.given_up",
    "hold.credit",
    "hold.stock",
    "hold.data",
    "hold.manual",
    "shipment.picked",
    "shipment.packed",
    "shipment.shipped",
    "shipment.delivered",
    "quote.draft",
    "quote.sent",
    "quote.accepted",
    "quote.refused",
    "quote.expired",
    "quote.superseded",
    "opportunity.new",
    "opportunity.qualified",
    "opportunity.proposal",
    "opportunity.negotiation",
    "opportunity.won",
    "opportunity.lost",
    "invoice.invoice",
    "invoice.deposit",
    "invoice.credit_note",
    "deposit.paid",
    "deposit.unpaid",
    "dunning.reminded",
    "payment.transfer",
    "payment.cheque",
    "payment.card",
    "party.good",
    "party.late",
    "stock_count.draft",
    "stock_count.applied",
    "expected_receipt.awaited",
    "expected_receipt.done",
    "interaction.note",
    "interaction.call",
    "interaction.mail",
    "interaction.task",
    "interaction.fact",
    "task.open",
    "task.done",
];

/// A history of three months. Written once, looked at from all sides.
fn shop() -> (Store, History) {
    let store = Store::open(comptoir::catalog(), &Location::Temporary).unwrap();
    let now = Instant::parse("2026-11-24T09:30:00Z").unwrap();
    let history = demo::write(&store, now, 3, |_, _| {}).unwrap();
    (store, history)
}

#[test]
fn a_history_shows_every_state_and_breaks_no_rule() {
    let (store, history) = shop();
    let counts = summary::of(&store, history.company).unwrap();
    let absent: Vec<&&str> =
        EVERY_STATE.iter().filter(|what| summary::count(&counts, what) == 0).collect();
    assert!(absent.is_empty(), "{absent:?} of {counts:#?}");

    let house = Actor::house(history.company, Door::Console);
    let findings = store.read(&house, processes::doctor::findings).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    the_books_balance(&store, &house);
    the_token_opens_the_door(&store, &house, &history);
    no_letter_is_left_to_send(&store, &history);
    the_statement_finds_what_it_pays(&store, &house, &history);
    let findings = store.read(&house, processes::doctor::findings).unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

fn the_books_balance(store: &Store, house: &Actor) {
    let years =
        store.read(house, |tx| Ok(tx.find(Filter::<finance::FiscalYear>::everything())?)).unwrap();
    let mut posted = 0;
    for year in years {
        let rows = store
            .read(house, |tx| Ok(finance::trial_balance(tx, year.starts_on, year.ends_on)?))
            .unwrap();
        let sum: i64 = rows.iter().map(|row| row.debit.minor - row.credit.minor).sum();
        assert_eq!(sum, 0, "the year {}", year.code);
        posted += rows.len();
    }
    assert!(posted > 10, "the books tell something: {posted}");
}

fn the_token_opens_the_door(store: &Store, house: &Actor, history: &History) {
    let token = history.token.clone();
    let actor = store
        .read(house, |tx| Ok(identity::actor_of_token(tx, &token, Door::Rest)?))
        .unwrap()
        .expect("the token is that of the owner");
    assert!(actor.can("order.confirm") && actor.can("user.read"));
}

fn no_letter_is_left_to_send(store: &Store, history: &History) {
    let due = store.due(history.company, "letters", store::now(), 10).unwrap();
    assert!(due.is_empty(), "{due:?}");
}

/// Most of its lines have a sure proposal, one has two that are worth the same, some have none.
fn the_statement_finds_what_it_pays(store: &Store, house: &Actor, history: &History) {
    let (text, actor) = (history.statement.clone(), house.clone());
    store
        .command(Call::new(house.clone()), move |tx| {
            processes::bank_file::import(tx, &actor, text.as_bytes())?;
            Ok(Json::Null)
        })
        .unwrap();
    let lines =
        store.read(house, |tx| Ok(tx.find(BankLine::STATE.is(&BankLineState::Open))?)).unwrap();
    assert!((11..=14).contains(&lines.len()), "{}", lines.len());
    let (mut sure, mut unsure, mut none, mut tied) = (0, 0, 0, 0);
    for line in &lines {
        let proposals = store.read(house, |tx| finance::propose_matches(tx, line.id)).unwrap();
        match proposals.as_slice() {
            [] => none += 1,
            [best, ..] if best.score >= finance::SURE => sure += 1,
            [best, next, ..] if best.score == next.score => tied += 1,
            _ => unsure += 1,
        }
    }
    assert!(sure >= 4 && none >= 2 && tied >= 1, "{sure} sure, {unsure} unsure, {none}, {tied}");
    let known: Result<Json, _> = {
        let (text, actor) = (history.statement.clone(), house.clone());
        store.command(Call::new(house.clone()), move |tx| {
            processes::bank_file::import(tx, &actor, text.as_bytes())?;
            Ok(Json::Null)
        })
    };
    let codes: Vec<&str> = known.unwrap_err().0.iter().map(|fault: &Fault| fault.code).collect();
    assert_eq!(codes, ["statement.taken"]);
}
