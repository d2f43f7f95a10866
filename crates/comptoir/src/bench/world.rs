//! The company that is measured: thirty products with all the stock one may wish, fifty customers
//! without a limit.

use erp::inventory::{Incoming, LocationKind, main_location, receive_all};
use identity::{Role, User};
use kernel::{
    Actor, CompanyNumber, Currency, Door, Faults, Id, Money, Origin, Price, Quantity, Tx,
};
use master::{Company, Party, Product, ProductKind, Tax, Unit};
use serde_json::{Value as Json, json};
use store::{Call, Store};

use crate::opening;

pub struct World {
    pub store: Store,
    pub company: CompanyNumber,
    pub products: Vec<String>,
    pub parties: Vec<String>,
    pub token: String,
    pub session: String,
}

impl World {
    /// # Errors
    /// `store.*`.
    pub fn found(store: Store) -> Result<Self, Faults> {
        let now = store::now();
        let own = Company {
            siren: Some("732829320".into()),
            vat_number: Some("FR44732829320".into()),
            street: Some("1 rue du Banc d’essai".into()),
            postcode: Some("42300".into()),
            city: Some("Roanne".into()),
            ..Company::named("Banc d’essai")
        };
        let company = opening::found(&store, Currency::EUR, own, &[now.day()], now)?;
        let chance: [[u8; 32]; 2] = [store::random_bytes()?, store::random_bytes()?];
        let call = Call::new(Actor::house(company, Door::Console));
        let made = store.command(call, move |tx| stock(tx, chance))?;
        let list = |name: &str| {
            let items = made[name].as_array().into_iter().flatten();
            items.filter_map(Json::as_str).map(str::to_owned).collect()
        };
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            store,
            company,
            products: list("products"),
            parties: list("parties"),
            token: text("token"),
            session: text("session"),
        })
    }
}

fn stock(tx: &mut Tx<'_>, chance: [[u8; 32]; 2]) -> Result<Json, Faults> {
    let unit = tx.first::<Unit>(Unit::CODE.is(&"C62".to_owned()))?;
    let tax = tx.first::<Tax>(Tax::CODE.is(&"FR20".to_owned()))?;
    let (Some(unit), Some(tax)) = (unit, tax) else {
        return Err(kernel::Fault::new("company.missing").into());
    };
    let mut products = Vec::new();
    for number in 0..30 {
        products.push(tx.insert(&product(number, unit.id, tax.id))?);
    }
    let mut parties = Vec::new();
    for number in 0..50 {
        parties.push(tx.insert(&party(number))?);
    }
    let stock = main_location(tx, LocationKind::Stock)?;
    let incoming: Vec<Incoming> = products
        .iter()
        .map(|product| Incoming {
            product: *product,
            quantity: Quantity::units(100_000_000),
            unit_cost: Price::new(60_000, Currency::EUR),
        })
        .collect();
    receive_all(tx, stock, &incoming, Origin::of(products[0]))?;
    let user = tx.insert(&User::named("Banc", "banc@essai.example", Role::Owner))?;
    let mut owner = tx.get(user)?;
    owner.active = true;
    tx.save(&owner)?;
    let token = identity::issue_token(tx, user, "bench", chance[0], None)?;
    let session = identity::open_session(tx, user, chance[1])?;
    let ids = |ids: &[Id<Product>]| ids.iter().map(Id::to_string).collect::<Vec<_>>();
    let parties: Vec<String> = parties.iter().map(Id::<Party>::to_string).collect();
    Ok(json!({
        "products": ids(&products), "parties": parties, "token": token, "session": session
    }))
}

fn product(number: i64, unit: Id<Unit>, tax: Id<Tax>) -> Product {
    let price = Price::new(100_000 + 1_000 * number, Currency::EUR);
    Product {
        sku: format!("ART-{number:03}"),
        name: "Article mesuré".into(),
        name_en: None,
        kind: ProductKind::Goods,
        family: None,
        unit,
        price,
        cost: Some(Price::new(60_000, Currency::EUR)),
        tax,
        made: false,
        barcode: None,
        weight_g: None,
        lead_days: None,
        reorder_point: None,
        archived: false,
    }
}

fn party(number: i64) -> Party {
    Party {
        code: Some(format!("M{number:04}")),
        customer: true,
        siren: Some("732829320".into()),
        street: Some("2 rue du Banc d’essai".into()),
        postcode: Some("42300".into()),
        city: Some("Roanne".into()),
        email: None,
        credit_limit: Some(Money::eur(900_000_000_000)),
        ..Party::named(&format!("Client mesuré {number}"))
    }
}
