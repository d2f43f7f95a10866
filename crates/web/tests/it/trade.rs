//! A company at work, seeded through the real acts: an invoice some weeks late, an order to prepare,
//! a shipment to send.

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{Request, header};
use crm::sales::{Order, OrderLine, order};
use erp::finance::{self, Invoice, NewFiscalYear};
use erp::inventory::{self, LocationKind, Shortage};
use erp::logistics::Shipment;
use identity::Role;
use kernel::{
    Actor, Catalog, Day, Door, Entity, Faults, Id, Instant, Money, Origin, Price, Quantity, RawId,
    Tx,
};
use master::{Company, Party, Product, ProductKind, Tax, Unit};
use processes::order_to_cash;
use serde_json::{Value as Json, json};
use store::Call;

use crate::app::{App, Page};

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let modules =
            processes::MODULES.iter().copied().chain([&identity::MODULE, &web::MODULE]).collect();
        Catalog { modules }
    })
}

/// So many days ago, on the calendar: near midnight an hour of summer time is not to make it one
/// less.
pub fn ago(days: i32) -> Instant {
    let (now, wanted) = (store::now(), store::now().day() + -days);
    let at = Instant(now.0 - i64::from(days) * Instant::DAY);
    if at.day() == wanted { at } else { Instant(at.0 - 2 * 60 * 60 * Instant::SECOND) }
}

/// How long ago the first sale was.
pub const AGO: i32 = 50;

pub struct Trade {
    pub app: App,
    pub customer: Id<Party>,
    pub lamp: Id<Product>,
    /// Sold, sent and invoiced [`AGO`] days ago: 480 € to be paid within thirty days.
    pub invoice: Id<Invoice>,
    /// Confirmed today, and kept.
    pub order: Id<Order>,
    /// Drawn up today.
    pub shipment: Id<Shipment>,
}

impl Trade {
    /// The company at work; the person signed in has this role.
    pub async fn open(role: Role) -> Self {
        let app = App::outside_of(catalog(), role).enter("ada@maison.example").await;
        let mut trade = Self {
            app,
            customer: nothing(),
            lamp: nothing(),
            invoice: nothing(),
            order: nothing(),
            shipment: nothing(),
        };
        trade.run(AGO, |tx, _| {
            let year = tx.today().year();
            master::seed(tx)?;
            inventory::seed_locations(tx)?;
            let years = [year - 1, year, year + 1];
            let years: Result<Vec<_>, _> =
                years.iter().map(|year| Day::of(*year, 1, 1).map(NewFiscalYear::from)).collect();
            finance::seed_chart(tx, &years?)?;
            tx.insert(&the_company())?;
            Ok(Json::Null)
        });
        trade.lamp = trade.id(AGO, |tx, _| lamp(tx).map(Id::raw));
        trade.customer = trade.id(AGO, |tx, _| tx.insert(&the_customer()).map(Id::raw));
        let (lamp, customer) = (trade.lamp, trade.customer);
        trade.run(AGO, move |tx, _| {
            let stock = inventory::main_location(tx, LocationKind::Stock)?;
            let price = Price::of_money(Money::eur(6_000));
            let quantity = Quantity::units(20);
            inventory::receive(tx, lamp, stock, quantity, price, Origin::of(lamp))?;
            Ok(Json::Null)
        });
        let sold = trade.ordered(AGO, 4);
        let shipment = trade.prepared(AGO, sold);
        trade.run(AGO, move |tx, actor| {
            order_to_cash::ship(tx, actor, shipment, Shortage::Refuse)?;
            Ok(Json::Null)
        });
        trade.invoice =
            trade.id(AGO, move |tx, actor| order_to_cash::invoice(tx, actor, sold).map(Id::raw));
        trade.order = trade.ordered(0, 2);
        let other = trade.ordered(0, 3);
        trade.shipment = trade.prepared(0, other);
        assert_eq!(trade.customer, customer);
        trade
    }

    /// Runs a command so many days ago.
    pub fn run(
        &self,
        days_ago: i32,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<Json, Faults> + Send + Sync + 'static,
    ) -> Json {
        let actor = Actor::house(self.app.company, Door::Console);
        let at = ago(days_ago);
        let call = Call::new(actor.clone()).at(at);
        self.app.store.command(call, move |tx| work(tx, &actor)).unwrap()
    }

    fn id<E>(
        &self,
        days_ago: i32,
        work: impl Fn(&mut Tx<'_>, &Actor) -> Result<RawId, Faults> + Send + Sync + 'static,
    ) -> Id<E> {
        let made = self.run(days_ago, move |tx, actor| Ok(json!(work(tx, actor)?.to_string())));
        Id::from_raw(RawId::parse(made.as_str().unwrap()).unwrap())
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>) -> T {
        let actor = Actor::house(self.app.company, Door::Console);
        self.app.store.read(&actor, work).unwrap()
    }

    pub fn get<E: Entity>(&self, id: Id<E>) -> E {
        self.read(|tx| Ok(tx.get(id)?.into_inner()))
    }

    fn ordered(&self, days_ago: i32, units: i64) -> Id<Order> {
        let (party, product) = (self.customer, self.lamp);
        let made = self.id(days_ago, move |tx, actor| {
            let id = tx.insert(&Order::of(party, tx.currency()))?;
            let quantity = Quantity::units(units);
            tx.insert(&OrderLine::of(id, product, quantity, tx.currency()))?;
            order::settle(tx, actor, id.raw())?;
            Ok(id.raw())
        });
        self.run(days_ago, move |tx, actor| {
            order_to_cash::confirm(tx, actor, made, false)?;
            Ok(Json::Null)
        });
        made
    }

    fn prepared(&self, days_ago: i32, order: Id<Order>) -> Id<Shipment> {
        self.id(days_ago, move |tx, actor| order_to_cash::prepare(tx, actor, order).map(Id::raw))
    }

    /// Sends a file by a form of the person who signed in.
    pub async fn upload(&self, path: &str, name: &str, bytes: &[u8]) -> Page {
        let session = self.app.session.clone().unwrap();
        let token = web::door::form_token(session.split_once('=').unwrap().1);
        let mut body = Vec::new();
        let part = "--limit\r\nContent-Disposition: form-data; name=";
        body.extend(format!("{part}\"token\"\r\n\r\n{token}\r\n").bytes());
        body.extend(format!("{part}\"file\"; filename=\"{name}\"\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n--limit--\r\n");
        let request = Request::builder()
            .method("POST")
            .uri(path)
            .header("host", "comptoir.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
            .header(header::COOKIE, format!("{session}; language={}", self.app.language))
            .body(Body::from(body))
            .unwrap();
        self.app.send(request).await
    }
}

fn nothing<E>() -> Id<E> {
    Id::from_raw(RawId([0; 16]))
}

fn lamp(tx: &mut Tx<'_>) -> Result<Id<Product>, Faults> {
    let unit = tx.first(Unit::CODE.is(&"C62".to_owned()))?.expect("a unit").id;
    let tax = tx.first(Tax::CODE.is(&"FR20".to_owned()))?.expect("a tax").id;
    let euros = |amount: i64| Price::of_money(Money::eur(amount * 100));
    tx.insert(&Product {
        sku: "LAM-100".to_owned(),
        name: "Lampe d’atelier".to_owned(),
        name_en: Some("Workshop lamp".to_owned()),
        kind: ProductKind::Goods,
        family: None,
        unit,
        price: euros(100),
        cost: Some(euros(60)),
        tax,
        made: false,
        barcode: None,
        weight_g: Some(500),
        lead_days: Some(21),
        reorder_point: Some(Quantity::units(30)),
        archived: false,
    })
}

fn the_customer() -> Party {
    let mut party = Party::named("Maison Ferrand");
    party.code = Some("C00042".into());
    party.siren = Some("732829320".into());
    party.email = Some("comptes@ferrand.example".into());
    party.street = Some("12 rue des Arts".into());
    (party.postcode, party.city) = (Some("59000".into()), Some("Lille".into()));
    party
}

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
