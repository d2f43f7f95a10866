//! A small shop with a customer and two products, and short words to act in it.

use std::cell::Cell;

use kernel::edit::{self, Draft};
use kernel::{
    Actor, Catalog, Currency, Door, Entity, EntityDef, Faults, Id, Inputs, Instant, Kept, Money,
    Price, RawId, Tx,
};
use master::{Company, Party, PaymentTerm, Product, ProductKind, Tax, Unit};
use serde_json::{Value as Json, json};
use store::{Call, Location, Store};

pub struct Shop {
    pub store: Store,
    pub actor: Actor,
    pub party: Id<Party>,
    pub cloth: Id<Product>,
    pub delivery: Id<Product>,
    /// The time of the last command; each comes a second after the one before.
    now: Cell<Instant>,
}

fn catalog() -> &'static Catalog {
    let modules = vec![&kernel::MODULE, &master::MODULE, &crm::MODULE];
    Box::leak(Box::new(Catalog { modules }))
}

pub const DAY: i64 = Instant::DAY;

impl Shop {
    pub fn open() -> Self {
        let store = Store::open(catalog(), &Location::Temporary).unwrap();
        assert_eq!(store.catalog().mistakes(), Vec::<String>::new());
        let company = store.open_company(Currency::EUR).unwrap();
        let actor = Actor { name: "Hélène".into(), ..Actor::house(company, Door::Console) };
        let nothing = RawId([0; 16]);
        let now = Instant::parse("2026-11-24T08:30:00Z").unwrap();
        let (party, cloth) = (Id::from_raw(nothing), Id::from_raw(nothing));
        let mut shop = Self { store, actor, party, cloth, delivery: cloth, now: Cell::new(now) };
        shop.act(|tx| {
            master::seed(tx)?;
            let term = tx.first(PaymentTerm::CODE.is(&"30_days".to_owned()))?.unwrap().id;
            let company = Company { payment_term: Some(term), ..Company::named("Essai") };
            Ok(tx.insert(&company)?.raw())
        })
        .unwrap();
        shop.party = shop.party("Le Héron");
        shop.cloth = shop.product("NAP-1", ProductKind::Goods, 580_000, 274_000);
        shop.delivery = shop.product("PORT", ProductKind::Service, 120_000, 90_000);
        shop
    }

    pub fn party(&self, name: &'static str) -> Id<Party> {
        let made = self.create(Party::DEF, json!({ "name": name, "customer": true }));
        Id::from_raw(made.unwrap())
    }

    fn product(&self, sku: &'static str, kind: ProductKind, price: i64, cost: i64) -> Id<Product> {
        let made = self.act(move |tx| {
            let unit = tx.first(Unit::CODE.is(&"C62".to_owned()))?.unwrap().id;
            let tax = tx.first(Tax::CODE.is(&"FR20".to_owned()))?.unwrap().id;
            let made = tx.insert(&Product {
                sku: sku.to_owned(),
                name: format!("Produit {sku}"),
                name_en: Some(format!("Product {sku}")),
                kind,
                family: None,
                unit,
                price: Price::new(price, Currency::EUR),
                cost: Some(Price::new(cost, Currency::EUR)),
                tax,
                made: false,
                barcode: None,
                weight_g: None,
                lead_days: None,
                reorder_point: None,
                archived: false,
            })?;
            Ok(made.raw())
        });
        Id::from_raw(made.unwrap())
    }

    pub fn now(&self) -> Instant {
        self.now.get()
    }
    pub fn wait(&self, microseconds: i64) {
        self.now.set(Instant(self.now.get().0 + microseconds));
    }

    /// Runs a command at the shop's time.
    pub fn act(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<RawId, Faults> + Send + Sync + 'static,
    ) -> Result<RawId, Faults> {
        self.wait(Instant::SECOND);
        let call = Call::new(self.actor.clone()).at(self.now());
        let answer = self.store.command(call, move |tx| Ok(json!(work(tx)?.to_string())))?;
        Ok(RawId::parse(answer.as_str().unwrap()).unwrap())
    }

    /// The record a client makes.
    pub fn create(&self, def: &'static EntityDef, members: Json) -> Result<RawId, Faults> {
        let (catalog, actor) = (self.store.catalog(), self.actor.clone());
        self.act(move |tx| {
            let draft = Draft::of_json(catalog, def, members.as_object().unwrap(), tx)?;
            edit::create(catalog, tx, &actor, def, &draft)
        })
    }

    /// The edit of a client.
    pub fn update(&self, def: &'static EntityDef, id: RawId, members: Json) -> Result<(), Faults> {
        let (catalog, actor) = (self.store.catalog(), self.actor.clone());
        self.act(move |tx| {
            let draft = Draft::of_json(catalog, def, members.as_object().unwrap(), tx)?;
            edit::update(catalog, tx, &actor, def, id, None, &draft)?;
            Ok(id)
        })
        .map(drop)
    }

    /// The act of a button.
    pub fn press(
        &self,
        entity: &'static str,
        name: &'static str,
        id: RawId,
        inputs: Inputs,
    ) -> Result<RawId, Faults> {
        let (catalog, actor) = (self.store.catalog(), self.actor.clone());
        self.act(move |tx| {
            let action = catalog.action(entity, name).unwrap();
            let made = catalog.run(tx, &actor, action, id, &inputs)?;
            Ok(made.map_or(id, |origin| origin.id))
        })
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, Faults>) -> T {
        self.store.read(&self.actor, work).unwrap()
    }
    pub fn get<E: Entity>(&self, id: RawId) -> Kept<E> {
        self.read(|tx| Ok(tx.get(Id::from_raw(id))?))
    }
    /// Whether the record of an entity offers an act.
    pub fn offers(&self, def: &'static EntityDef, name: &str, id: RawId) -> bool {
        let row = self.read(|tx| Ok(tx.row(def, id)?)).unwrap();
        (self.store.catalog().action(def.name, name).unwrap().offered)(&row.values)
    }
}

pub fn eur(minor: i64) -> Money {
    Money::eur(minor)
}
