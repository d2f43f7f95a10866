//! Goods came in or are free again: those who wait for them are served, the first confirmed first.

use kernel::{Actor, CompanyNumber, Door};
use master::Product;
use processes::order_to_cash;
use serde_json::Value as Json;
use store::{Call, Due, Store};

use crate::dispatch::{Consumer, key};

/// The consumer that keeps for waiting orders what has become free.
pub struct Waiting {
    store: Store,
}

impl Waiting {
    /// Its name in the outbox.
    pub const NAME: &str = "waiting";

    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store }
    }
}

impl Consumer for Waiting {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn wants(&self, event: &str) -> bool {
        matches!(event, "stock.received" | "stock.released")
    }

    fn handle(&self, company: CompanyNumber, due: &Due) -> Result<(), String> {
        let Some(product) = due.told.about.as_a::<Product>() else { return Ok(()) };
        let actor = Actor::house(company, Door::Event);
        let call = Call::new(actor.clone()).key(key(Self::NAME, &due.told));
        let served = self.store.command(call, move |tx| {
            Ok(Json::from(order_to_cash::serve_waiting(tx, &actor, product)?))
        });
        served.map(drop).map_err(|faults| format!("{:?}", faults.codes()))
    }
}
