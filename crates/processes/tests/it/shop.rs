//! A small shop to tell stories in: a French company with its books, a product, some stock.

use std::sync::{Arc, Mutex, OnceLock};

use crm::sales::{Order, OrderLine, OrderStage, PaymentState, Progress, order};
use erp::finance::{
    self, Invoice, JournalEntry, JournalLine, NewFiscalYear, Payment, PaymentMethod,
};
use erp::inventory::{self, LocationKind, Shortage};
use erp::logistics::Shipment;
use kernel::{
    Actor, Currency, Day, Door, Faults, Id, Instant, Kept, Money, Origin, Price, Quantity, Rate, Tx,
};
use master::{Company, Party, Product, ProductKind, Tax, Unit};
use processes::order_to_cash::{self, Paying};
use serde_json::Value as Json;
use store::{Call, Location, Store};

/// The first day of every story.
pub const OPENING: &str = "2026-03-02";

pub struct Shop {
    pub store: Store,
    pub actor: Actor,
    clock: Mutex<Instant>,
    /// Sold 100 €, costs 60 €, VAT 20 %, three weeks to get more.
    pub lamp: Id<Product>,
    pub customer: Id<Party>,
}

/// Tells a story on the embedded database, then on PostgreSQL when `COMPTOIR_TEST_POSTGRES` names
/// one.
pub fn tell(story: impl Fn(&Shop)) {
    let store = Store::open(processes::catalog(), &Location::Temporary).expect("a database");
    story(&Shop::open(store));
    if let Some(store) = postgres() {
        story(&Shop::open(store));
    }
}

/// One database for this run of the tests; each story opens its own company there.
pub fn postgres() -> Option<Store> {
    static STORE: OnceLock<Option<Store>> = OnceLock::new();
    STORE
        .get_or_init(|| {
            let url = std::env::var("COMPTOIR_TEST_POSTGRES").ok()?;
            let name = format!("processes_{}", std::process::id());
            make_database(&url, &name);
            let (server, rest) = url.rsplit_once('/').expect("postgres://server/database");
            let options = rest.split_once('?').map_or(String::new(), |(_, o)| format!("?{o}"));
            let own = Location::Postgres(format!("{server}/{name}{options}"));
            let store = Store::open(processes::catalog(), &own).expect("PostgreSQL");
            store.draw_schema().expect("the tables");
            Some(store)
        })
        .clone()
}

fn make_database(url: &str, name: &str) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("PostgreSQL");
        tokio::spawn(connection);
        client.batch_execute(&format!("drop database if exists {name}")).await.expect("dropped");
        client.batch_execute(&format!("create database {name}")).await.expect("made");
    });
}

impl Shop {
    pub fn open(store: Store) -> Self {
        let company = store.open_company(Currency::EUR).expect("a company");
        let actor = Actor::house(company, Door::Console);
        let clock = Mutex::new(Instant::noon(Day::parse(OPENING).expect("a day")));
        let nothing = kernel::RawId([0; 16]);
        let (lamp, customer) = (Id::from_raw(nothing), Id::from_raw(nothing));
        let mut shop = Self { store, actor, clock, lamp, customer };
        shop.run(|tx| {
            master::seed(tx)?;
            inventory::seed_locations(tx)?;
            let first = Day::parse("2026-01-01")?;
            finance::seed_chart(tx, &[NewFiscalYear::from(first)])?;
            tx.insert(&the_company()).map(drop)
        })
        .expect("the company");
        shop.lamp = shop.product("LAMPE", 100, 60, ProductKind::Goods);
        shop.customer = shop.party("Maison Ferrand", None);
        shop
    }

    // ——— commands ———

    /// Runs one command and commits it.
    pub fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, Faults> + Send + Sync + 'static,
    ) -> Result<T, Faults> {
        let kept: Arc<Mutex<Option<T>>> = Arc::default();
        let out = Arc::clone(&kept);
        let at = *self.clock.lock().expect("the clock");
        self.store.command(Call::new(self.actor.clone()).at(at), move |tx| {
            *out.lock().expect("the answer") = Some(work(tx)?);
            Ok(Json::Null)
        })?;
        let answer = kept.lock().expect("the answer").take();
        Ok(answer.expect("a command that succeeds answers"))
    }
    pub fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>) -> T {
        self.store.read(&self.actor, work).expect("a reading")
    }
    /// How often the feed told the event, waited for: on PostgreSQL the feed stays behind the oldest
    /// transaction of the whole server, other tests' included.
    pub fn told(&self, event: &str) -> usize {
        for _ in 0..400 {
            let told = self.store.changes(self.actor.company, 0, 10_000).expect("events");
            let count = told.iter().filter(|told| told.name == event).count();
            if count > 0 {
                return count;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        0
    }
    /// Time goes by.
    pub fn wait(&self, days: i32) {
        self.clock.lock().expect("the clock").0 += i64::from(days) * Instant::DAY;
    }
    pub fn today(&self) -> Day {
        self.clock.lock().expect("the clock").day()
    }

    // ——— what there is ———

    pub fn product(&self, sku: &str, price: i64, cost: i64, kind: ProductKind) -> Id<Product> {
        let sku = sku.to_owned();
        self.run(move |tx| {
            let unit = tx.first(Unit::CODE.is(&"C62".to_owned()))?.expect("a unit").id;
            let tax = tx.first(Tax::CODE.is(&"FR20".to_owned()))?.expect("a tax").id;
            let euros = |amount: i64| Price::of_money(Money::eur(amount * 100));
            tx.insert(&Product {
                sku: sku.clone(),
                name: format!("Article {sku}"),
                name_en: None,
                kind,
                family: None,
                unit,
                price: euros(price),
                cost: Some(euros(cost)),
                tax,
                made: false,
                barcode: None,
                weight_g: Some(500),
                lead_days: Some(21),
                reorder_point: None,
                archived: false,
            })
        })
        .expect("a product")
    }

    pub fn party(&self, name: &str, limit: Option<i64>) -> Id<Party> {
        let name = name.to_owned();
        self.run(move |tx| {
            let mut party = Party::named(&name);
            party.siren = Some("732829320".into());
            party.street = Some("12 rue des Arts".into());
            (party.postcode, party.city) = (Some("59000".into()), Some("Lille".into()));
            party.credit_limit = limit.map(|euros| Money::eur(euros * 100));
            tx.insert(&party)
        })
        .expect("a party")
    }

    pub fn stock(&self, product: Id<Product>, units: i64, cost: i64) {
        self.run(move |tx| {
            let stock = inventory::main_location(tx, LocationKind::Stock)?;
            let price = Price::of_money(Money::eur(cost * 100));
            let quantity = Quantity::units(units);
            inventory::receive(tx, product, stock, quantity, price, Origin::of(product))
        })
        .expect("goods");
    }

    // ——— acts ———

    /// A draft order of some units of a product.
    pub fn order_of(
        &self,
        party: Id<Party>,
        lines: &[(Id<Product>, i64)],
        deposit: Option<Rate>,
    ) -> Id<Order> {
        let lines = lines.to_vec();
        self.run(move |tx| {
            let mut order = Order::of(party, tx.currency());
            order.deposit_rate = deposit;
            let id = tx.insert(&order)?;
            for (product, units) in &lines {
                let quantity = Quantity::units(*units);
                tx.insert(&OrderLine::of(id, *product, quantity, tx.currency()))?;
            }
            let actor = tx.actor().clone();
            order::settle(tx, &actor, id.raw())?;
            Ok(id)
        })
        .expect("an order")
    }
    pub fn lamps(&self, units: i64) -> Id<Order> {
        self.order_of(self.customer, &[(self.lamp, units)], None)
    }
    pub fn confirm(&self, order: Id<Order>) -> Result<order_to_cash::Confirmed, Faults> {
        self.act(move |tx, actor| order_to_cash::confirm(tx, actor, order, false))
    }
    pub fn act<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<T, Faults> + Send + Sync + 'static,
    ) -> Result<T, Faults> {
        let actor = self.actor.clone();
        self.run(move |tx| work(tx, &actor))
    }
    pub fn prepare(&self, order: Id<Order>) -> Result<Id<Shipment>, Faults> {
        self.act(move |tx, actor| order_to_cash::prepare(tx, actor, order))
    }
    pub fn ship(&self, shipment: Id<Shipment>) -> Result<(), Faults> {
        self.act(move |tx, actor| {
            order_to_cash::ship(tx, actor, shipment, Shortage::Refuse).map(drop)
        })
    }
    pub fn invoice(&self, order: Id<Order>) -> Result<Id<Invoice>, Faults> {
        self.act(move |tx, actor| order_to_cash::invoice(tx, actor, order))
    }
    pub fn pay(&self, invoice: Id<Invoice>, euros: Option<i64>) -> Result<Id<Payment>, Faults> {
        let day = self.today();
        self.act(move |tx, actor| {
            let amount = euros.map(|euros| Money::eur(euros * 100));
            let method = PaymentMethod::Transfer;
            let paying = Paying { day, amount, method, reference: None };
            order_to_cash::pay(tx, actor, invoice, paying)
        })
    }
    /// Confirms, ships and invoices an order at one go.
    pub fn sell(&self, order: Id<Order>) -> Id<Invoice> {
        self.confirm(order).expect("confirmed");
        let shipment = self.prepare(order).expect("prepared");
        self.ship(shipment).expect("shipped");
        self.invoice(order).expect("invoiced")
    }

    // ——— what came of it ———

    pub fn order(&self, id: Id<Order>) -> Kept<Order> {
        self.read(|tx| Ok(tx.get(id)?))
    }
    pub fn get_invoice(&self, id: Id<Invoice>) -> Kept<Invoice> {
        self.read(|tx| Ok(tx.get(id)?))
    }
    /// Stage, reservation, delivery, invoicing, payment.
    pub fn states(&self, id: Id<Order>) -> States {
        let order = self.order(id);
        (order.stage, order.reservation, order.delivery, order.invoicing_state, order.payment)
    }
    /// The lines of the posted entries of a document: account, debit, credit, in cents.
    pub fn booked(&self, origin: Origin) -> Vec<(String, i64, i64)> {
        self.read(|tx| {
            let mut booked = Vec::new();
            for entry in tx.find(JournalEntry::ORIGIN.has(&origin))? {
                assert!(entry.number.is_some(), "an entry is posted");
                for line in tx.find(JournalLine::ENTRY.is(&entry.id))? {
                    let account = tx.get(line.account)?.number.clone();
                    booked.push((account, line.debit.minor, line.credit.minor));
                }
            }
            booked.sort();
            Ok(booked)
        })
    }
    /// What the doctor finds, by code.
    pub fn ailments(&self) -> Vec<String> {
        let found = self.read(processes::doctor::findings);
        found.iter().map(|finding| format!("{finding:?}")).collect()
    }
}

pub type States = (OrderStage, Progress, Progress, Progress, PaymentState);

fn the_company() -> Company {
    let mut company = Company::named("Atelier Lumen");
    company.legal_form = Some("SAS".into());
    company.siren = Some("552100554".into());
    company.siret = Some("55210055400013".into());
    company.vat_number = Some("FR96552100554".into());
    company.street = Some("3 place du Marché".into());
    (company.postcode, company.city) = (Some("69001".into()), Some("Lyon".into()));
    company.iban = Some("FR7630006000011234567890189".into());
    company.vat_on_debits = true;
    company
}

/// A day of the stories.
pub fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}
