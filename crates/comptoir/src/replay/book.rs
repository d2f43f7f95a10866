//! The year itself: every task of the schedule run through the acts of order to cash, each command
//! under its key, so that a run that was cut off goes on where it stopped.

use std::sync::Arc;

use crm::sales::{self, Order, OrderLine};
use erp::finance::{self, CreditLine, Invoice, InvoiceKind, InvoiceState, NewPayment, PaymentMethod};
use erp::inventory::{self, Returned, Shortage};
use erp::logistics::Shipment;
use kernel::{
    Actor, Day, Fault, Faults, Filter, Id, Instant, Money, Origin, Price, Quantity, RawId, Tx,
};
use master::Party;
use processes::order_to_cash::{billing, confirm, delivery, payments};
use serde_json::Value as Json;
use store::{Call, Store};

use super::classify::{Credit, Deed, Document, Plan};
use super::founding::{Known, is_service};
use super::reader::{POUND, Retail};
use super::schedule::{Schedule, Task};

/// All that a command reads: it may run again, on another thread.
#[derive(Debug)]
pub struct Year {
    pub retail: &'static Retail,
    pub plan: Plan,
    pub schedule: Schedule,
    pub known: Known,
}

/// What came of each document of the file, by its rank: filled as the year goes by.
#[derive(Debug)]
pub struct Made {
    invoices: Vec<Option<Id<Invoice>>>,
    shipments: Vec<Option<Id<Shipment>>>,
}

impl Made {
    #[must_use]
    pub fn nothing(retail: &Retail) -> Self {
        let count = retail.documents.len();
        Self { invoices: vec![None; count], shipments: vec![None; count] }
    }
}

/// Runs the year on a store.
#[derive(Debug)]
pub struct Run<'s> {
    pub store: &'s Store,
    pub actor: Actor,
    pub year: Arc<Year>,
    pub made: Made,
}

impl std::fmt::Debug for StoreName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("store")
    }
}
