//! A French company with a customer, three products and two fiscal years, on 24 November 2026.

use std::sync::{Arc, Mutex};

use erp::finance::*;
use kernel::{
    Actor, Catalog, Currency, Day, Door, Faults, Id, Instant, Money, Origin, Price, Quantity, Rate,
    RawId, Tx,
};
use master::{Company, Party, PaymentTerm, Product, ProductKind, Tax};
use store::{Call, Location, Store};

pub fn catalog() -> &'static Catalog {
    static CATALOG: std::sync::OnceLock<Catalog> = std::sync::OnceLock::new();
    CATALOG
        .get_or_init(|| Catalog { modules: vec![&kernel::MODULE, &master::MODULE, &erp::MODULE] })
}

pub struct World {
    pub store: Store,
    pub actor: Actor,
    now: Mutex<Instant>,
    pub party: Id<Party>,
    pub goods: Id<Product>,
    pub made: Id<Product>,
    pub service: Id<Product>,
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}
pub const fn eur(cents: i64) -> Money {
    Money::eur(cents)
}
pub fn order() -> Origin {
    Origin { entity: "shipment", id: RawId([9; 16]) }
}

impl World {
    fn of(store: Store) -> Self {
        let company = store.open_company(Currency::EUR).unwrap();
        let blank = Id::<Party>::from_raw(RawId([0; 16]));
        let product = Id::<Product>::from_raw(RawId([0; 16]));
        let mut world = Self {
            store,
            actor: Actor::house(company, Door::Console),
            now: Mutex::new(Instant::parse("2026-11-24T09:00:00Z").unwrap()),
            party: blank,
            goods: product,
            made: product,
            service: product,
        };
        let made = world.act(|tx, _| {
            master::seed(tx)?;
            seed_chart(
                tx,
                &[NewFiscalYear::from(day("2025-01-01")), NewFiscalYear::from(day("2026-01-01"))],
            )?;
            let mut company = Company::named("Toiles de Roanne");
            company.siren = Some("732829320".into());
            tx.insert(&company)?;
            let party = customer(tx, "Maison Ferrand", "FR")?;
            let goods = product_of(tx, "NAP-1", ProductKind::Goods, false)?;
            let made = product_of(tx, "NAP-2", ProductKind::Goods, true)?;
            let service = product_of(tx, "BRO-1", ProductKind::Service, false)?;
            Ok((party, goods, made, service))
        });
        (world.party, world.goods, world.made, world.service) = made.unwrap();
        world
    }

    /// One command, a second after the last.
    pub fn act<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<T, Faults> + Send + Sync + 'static,
    ) -> Result<T, Faults> {
        let now = {
            let mut now = self.now.lock().unwrap();
            *now = Instant(now.0 + Instant::SECOND);
            *now
        };
        let slot = Arc::new(Mutex::new(None));
        let (out, actor) = (slot.clone(), self.actor.clone());
        self.store.command(Call::new(self.actor.clone()).at(now), move |tx| {
            *out.lock().unwrap() = Some(work(tx, &actor)?);
            Ok(serde_json::Value::Null)
        })?;
        Ok(slot.lock().unwrap().take().unwrap())
    }

    /// The clock stands at nine on this day.
    pub fn on(&self, text: &str) {
        *self.now.lock().unwrap() = Instant::parse(&format!("{text}T09:00:00Z")).unwrap();
    }

    /// Issues an invoice on these lines of products: quantity and price in cents.
    pub fn issue(&self, lines: &[(Id<Product>, i64, i64)]) -> Id<Invoice> {
        self.issue_to(self.party, lines)
    }
    pub fn issue_to(&self, party: Id<Party>, lines: &[(Id<Product>, i64, i64)]) -> Id<Invoice> {
        let lines = lines.to_vec();
        let issued = self.act(move |tx, actor| {
            let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
            new.order_number = Some("CO-2026-0500".into());
            new.lines = lines
                .iter()
                .map(|(product, count, cents)| line(*product, *count, *cents))
                .collect();
            issue_invoice(tx, actor, new)
        });
        issued.unwrap()
    }

    pub fn pay(&self, invoice: Id<Invoice>, cents: i64) -> Id<Payment> {
        let paid = self.act(move |tx, actor| {
            let (day, method) = (tx.today(), PaymentMethod::Transfer);
            pay_invoice(tx, actor, invoice, day, Some(eur(cents)), method, None)
        });
        paid.unwrap()
    }

    pub fn invoice(&self, id: Id<Invoice>) -> Invoice {
        self.store.read(&self.actor, |tx| Ok(tx.get(id)?.into_inner())).unwrap()
    }

    pub fn balance(&self, number: &'static str) -> i64 {
        let read = |tx: &mut Tx<'_>| Ok(balance_of(tx, number, day("2027-12-31"))?.minor);
        self.store.read(&self.actor, read).unwrap()
    }

    /// The accounts of an entry and what they got, debits positive.
    pub fn entry(&self, id: Id<JournalEntry>) -> Vec<(String, i64)> {
        let read = self.store.read(&self.actor, |tx| {
            let mut lines = Vec::new();
            for line in tx.find(JournalLine::ENTRY.is(&id))? {
                let number = tx.get(line.account)?.number.clone();
                lines.push((number, line.debit.minor - line.credit.minor));
            }
            Ok(lines)
        });
        read.unwrap()
    }

    /// The letters of a party's lines on an account, oldest first; `-` for none.
    pub fn letters(&self, number: &'static str) -> Vec<String> {
        let party = self.party;
        let read = self.store.read(&self.actor, |tx| {
            let account = account(tx, number)?;
            let lines =
                tx.find(JournalLine::ACCOUNT.is(&account) & JournalLine::PARTY.has(&party))?;
            let letter = |line: &JournalLine| line.lettering.clone().unwrap_or("-".into());
            Ok(lines.iter().map(|line| letter(line)).collect())
        });
        read.unwrap()
    }

    /// What holds whatever happened: order-to-cash, part 2.6.
    pub fn holds(&self) {
        let read = self.store.read(&self.actor, |tx| {
            let rows = trial_balance(tx, day("2025-01-01"), day("2027-12-31"))?;
            let moved: i64 = rows.iter().map(|row| row.debit.minor - row.credit.minor).sum();
            assert_eq!(moved, 0, "debits equal credits");
            for entry in tx
                .select::<JournalEntry>(kernel::Query::all(<JournalEntry as kernel::Entity>::DEF))?
            {
                assert_eq!(entry.state, EntryState::Posted);
                assert!(entry.number.is_some() && !entry.piece.is_empty(), "{entry:?}");
                assert!(!entry.label.is_empty());
            }
            for row in aged_balance(tx, tx.today())? {
                let open = open_receivables(tx, row.party)?;
                assert_eq!(open, row.balance(), "411 of {} is what is open", row.name);
            }
            Ok(())
        });
        read.unwrap();
    }
}

pub fn customer(tx: &mut Tx<'_>, name: &str, country: &str) -> Result<Id<Party>, Faults> {
    let mut party = Party::named(name);
    party.country = Some(country.into());
    party.code = Some(format!("C-{name}"));
    let term = tx.first(PaymentTerm::CODE.is(&"30_days".to_owned()))?;
    party.payment_term = term.map(|term| term.id);
    tx.insert(&party)
}

fn product_of(
    tx: &mut Tx<'_>,
    sku: &str,
    kind: ProductKind,
    made: bool,
) -> Result<Id<Product>, Faults> {
    let unit = master::seed::unit(tx, "C62")?.unwrap();
    let tax = tx.first(Tax::CODE.is(&"FR20".to_owned()))?.unwrap().id;
    tx.insert(&Product {
        sku: sku.into(),
        name: format!("Article {sku}"),
        name_en: None,
        kind,
        family: None,
        unit,
        price: Price::new(100_0000, Currency::EUR),
        cost: None,
        tax,
        made,
        barcode: None,
        weight_g: None,
        lead_days: None,
        reorder_point: None,
        archived: false,
    })
}

pub fn line(product: Id<Product>, count: i64, cents: i64) -> NewInvoiceLine {
    NewInvoiceLine {
        product: Some(product),
        description: "Nappe en lin".into(),
        quantity: Quantity::units(count),
        unit: None,
        unit_price: Price::of_money(eur(cents)),
        discount: None,
        tax: None,
        origin: None,
        account: None,
    }
}

/// A deposit of 30 % on ten articles at 100 €: 300 € and their VAT.
pub fn deposit(world: &World) -> Id<Invoice> {
    let party = world.party;
    let issued = world.act(move |tx, actor| {
        let mut new = NewInvoice::of(InvoiceKind::Deposit, party);
        new.origin = Some(order());
        let tax = tx.first(Tax::RATE.is(&Rate::percent(20)))?.unwrap().id;
        new.lines = vec![NewInvoiceLine {
            product: None,
            description: "Acompte de 30 %".into(),
            tax: Some(tax),
            ..line(Id::from_raw(RawId([0; 16])), 1, 300_00)
        }];
        issue_invoice(tx, actor, new)
    });
    issued.unwrap()
}

/// Runs a story on the embedded database, and on PostgreSQL where there is one.
pub fn on_both(story: impl Fn(&World)) {
    let world = World::of(Store::open(catalog(), &Location::Temporary).unwrap());
    story(&world);
    world.holds();
    match std::env::var("COMPTOIR_TEST_POSTGRES") {
        Ok(server) => on_postgres(&server, &story),
        Err(_) => eprintln!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set"),
    }
}

fn on_postgres(server: &str, story: &impl Fn(&World)) {
    let name = format!("erp_test_{:016x}", u64::from_be_bytes(store::random_bytes().unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = |statement: String| {
        runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
            let connection = tokio::spawn(connection);
            client.batch_execute(&statement).await.unwrap();
            drop(client);
            connection.await.unwrap().unwrap();
        });
    };
    run(format!("create database {name}"));
    let (base, _) = server.rsplit_once('/').unwrap();
    let store = Store::open(catalog(), &Location::Postgres(format!("{base}/{name}"))).unwrap();
    store.draw_schema().unwrap();
    let world = World::of(store);
    story(&world);
    world.holds();
    drop(world);
    run(format!("drop database {name} with (force)"));
}
