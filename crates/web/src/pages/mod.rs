//! Screens of processes, made by hand. Each takes over the page that would be drawn from the
//! description of an entity, or adds a page of its own; the rest stays drawn.

pub mod acceptance;
pub mod acting;
pub mod bank;
pub mod board;
pub mod cycle;
pub mod invoices;
pub mod ledgers;
pub mod orders;
pub mod parties;
pub mod period;
pub mod pipeline;
pub mod quotes;
pub mod receivables;
pub mod shipments;
pub mod signature;
pub mod stock;

use std::future::Future;
use std::pin::Pin;

use axum::Router;
use kernel::RawId;

use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::form::Sheet;
use crate::nav::Entry;

/// A page under way.
pub type Drawn = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The pages of one entity that are made by hand. What is `None` is drawn from the description.
#[derive(Clone, Copy)]
pub struct HandMade {
    /// The name of the entity: `order`.
    pub entity: &'static str,
    /// `GET /{plural}`.
    pub list: Option<fn(Ask) -> Drawn>,
    /// `GET /{plural}/{id}`.
    pub record: Option<fn(Ask, RawId) -> Drawn>,
    /// The form, blank, filled, or refused: what was typed and what is wrong are in the sheet. It
    /// posts where [`Sheet::action`] says; names of inputs are those of the drawn form.
    pub form: Option<fn(Ask, Sheet) -> Drawn>,
}

impl HandMade {
    /// Nothing by hand yet.
    #[must_use]
    pub const fn of(entity: &'static str) -> Self {
        Self { entity, list: None, record: None, form: None }
    }
}

/// The entities with pages made by hand.
pub const HAND_MADE: &[HandMade] = &[
    orders::ORDERS,
    quotes::QUOTES,
    parties::PARTIES,
    invoices::INVOICE,
    bank::BANK_STATEMENT,
    ledgers::JOURNAL_ENTRY,
    ledgers::ACCOUNT,
    ledgers::FISCAL_YEAR,
    ledgers::CLOSING,
    shipments::SHIPMENT,
    crate::together::NOTIFICATIONS,
    crate::settings::company::COMPANY,
    crate::settings::fields::CUSTOM_FIELD,
    crate::settings::tokens::API_TOKEN,
    crate::settings::users::USER,
    crate::settings::roles::ROLE,
    crate::approvals::APPROVAL,
];

/// The pages of the rail that are not the list of an entity.
pub const PLACES: &[Entry] = &[
    pipeline::PLACE,
    board::PLACE,
    bank::PLACE,
    bank::RULES,
    receivables::PLACE,
    ledgers::PLACE,
    ledgers::STATEMENTS_PLACE,
    ledgers::WRITE_PLACE,
    cycle::PLACE,
    stock::PLACE,
    crate::audit::PLACE,
];

/// The entities whose list made by hand reads a sieve and saved views itself.
const SIEVED: &[&str] = &[orders::ORDERS.entity];

/// Whether the list made by hand for this entity reads a sieve and saved views itself.
#[must_use]
pub fn sieves(entity: &str) -> bool {
    SIEVED.contains(&entity)
}

/// The pages made by hand for this entity, if any.
#[must_use]
pub fn hand_made(entity: &str) -> Option<&'static HandMade> {
    HAND_MADE.iter().find(|made| made.entity == entity)
}

/// Further paths, each beginning with a word of its own.
pub fn routes() -> Router<WebState> {
    Router::new()
        .merge(orders::routes())
        .merge(quotes::routes())
        .merge(board::routes())
        .merge(pipeline::routes())
        .merge(acceptance::routes())
        .merge(invoices::routes())
        .merge(bank::routes())
        .merge(receivables::routes())
        .merge(ledgers::routes())
        .merge(cycle::routes())
        .merge(shipments::routes())
        .merge(stock::routes())
}
