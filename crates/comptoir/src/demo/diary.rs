//! What is to be done on which day, for each desk.

use crm::sales::OpportunityStage;
use erp::finance::Invoice;
use erp::inventory::ExpectedReceipt;
use erp::logistics::Shipment;
use kernel::{Id, Quantity, Rate};

use super::bank::Movement;
use super::shop::Agenda;

/// What a customer asks for.
#[derive(Debug, Clone, Default)]
pub struct Basket {
    pub customer: usize,
    /// Product, quantity.
    pub lines: Vec<(usize, Quantity)>,
    /// More than is free of this product, by so much.
    pub beyond: Option<(usize, Quantity)>,
    pub reference: Option<String>,
    pub note: Option<String>,
    pub wanted_in: Option<i32>,
    pub deposit: Option<Rate>,
    /// Nothing unforeseen happens to it.
    pub sure: bool,
    pub then: Then,
}

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Then {
    /// Confirmed, sent, billed, paid as its customer uses to.
    #[default]
    Usual,
    /// The same, but its invoice waits for a payment.
    Unpaid,
    /// Its deposit is paid, and the goods wait for their day.
    Deposited,
    /// It stays a draft.
    Draft,
    /// It is confirmed, and stays so.
    Confirmed,
    /// Someone keeps it back.
    Held(&'static str),
    /// Cancelled the next day.
    Cancelled(&'static str),
    /// What was there is sent and billed, the rest is given up.
    GivenUp(&'static str),
}

/// A quote, and what the customer will say.
#[derive(Debug, Clone)]
pub struct Offer {
    pub basket: Basket,
    pub subject: String,
    pub opportunity: Option<usize>,
    pub quote: Option<Id<crm::sales::Quote>>,
    pub fate: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accept,
    Refuse(&'static str),
    /// Revised once, then accepted.
    Revise,
    Silence,
    /// Not sent yet.
    Draft,
}

/// A payment to come.
#[derive(Debug, Clone)]
pub struct Bill {
    pub invoice: Id<Invoice>,
    pub customer: usize,
}

#[derive(Debug, Default)]
pub struct Diary {
    // The sellers.
    pub baskets: Agenda<Basket>,
    pub confirmations: Agenda<usize>,
    pub cancellations: Agenda<(usize, &'static str)>,
    pub holds: Agenda<(usize, &'static str)>,
    pub drafts: Agenda<usize>,
    pub mailings: Agenda<usize>,
    pub answers: Agenda<usize>,
    pub leads: Agenda<usize>,
    pub advances: Agenda<(usize, OpportunityStage)>,
    pub losses: Agenda<usize>,
    pub talks: Agenda<super::talk::Talk>,
    // The warehouse.
    pub arrivals: Agenda<(Id<ExpectedReceipt>, usize, Option<Quantity>)>,
    pub preparations: Agenda<usize>,
    pub departures: Agenda<(usize, Id<Shipment>)>,
    pub deliveries: Agenda<Id<Shipment>>,
    // The books.
    pub deposits: Agenda<usize>,
    pub bills: Agenda<usize>,
    pub releases: Agenda<usize>,
    pub ends: Agenda<(usize, &'static str)>,
    pub payments: Agenda<Bill>,
    pub disputes: Agenda<(usize, Bill)>,
    pub breakages: Agenda<(usize, Bill)>,
    pub movements: Agenda<Movement>,
}
