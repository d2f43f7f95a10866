//! The wholesaler before its year begins: its company, its products, its customers, and in stock
//! what the year will need.

use std::collections::HashMap;

use erp::finance::{NewFiscalYear, seed_chart};
use erp::inventory::{self, Incoming, LocationKind, seed_locations};
use kernel::{
    Actor, CompanyNumber, Day, Door, Fault, Faults, Filter, Id, Instant, Origin, Price, Quantity,
    Rate, Tx,
};
use master::{
    Company, Party, PartyKind, PaymentTerm, Product, ProductKind, Tax, TaxCategory, Tongue,
};
use serde_json::Value as Json;
use store::{Call, Store};

use super::classify::{Deed, Plan};
use super::reader::{self, POUND, Retail};
use super::schedule::{Schedule, Task};

/// What the company is called, and is found again by.
pub const NAME: &str = "Online Retail";

/// The code of the customer of all lines without one.
const WALK_IN: &str = "WALK-IN";

/// Who pays when: the walk-in customer at once, the others 30 days later, at the end of the month.
const AT_ONCE: &str = "on_receipt";
const MONTHLY: &str = "30_days_eom";

/// The opening stock costs 60 % of the list price: the file tells no cost.
const BELOW_LIST: Rate = Rate::percent(40);

/// Codes of the file that are no goods: postage, charges, fees, discounts, vouchers.
#[must_use]
pub fn is_service(code: &str) -> bool {
    const CODES: &[&str] = &[
        "POST",
        "DOT",
        "C2",
        "M",
        "m",
        "D",
        "S",
        "B",
        "BANK CHARGES",
        "AMAZONFEE",
        "CRUK",
        "PADS",
    ];
    CODES.contains(&code) || code.starts_with("gift_")
}

/// Finds the wholesaler's books from an earlier run, or opens new ones.
///
/// # Errors
/// `store.*`.
pub fn company(store: &Store) -> Result<CompanyNumber, Faults> {
    for number in store.companies()? {
        let actor = Actor::house(number, Door::Console);
        let record = store.read(&actor, |tx| Ok(tx.first(Filter::<Company>::everything())?))?;
        let ours = match record {
            Some(company) => company.name == NAME,
            // A run that was cut off between opening the books and writing in them.
            None => store.currency(number)? == POUND,
        };
        if ours {
            return Ok(number);
        }
    }
    store.open_company(POUND)
}

/// Writes the company, its products, its customers and its opening stock, in one command.
///
/// # Errors
/// `replay.empty`, `store.*`.
pub fn found(
    store: &Store,
    actor: &Actor,
    retail: &'static Retail,
    plan: &Plan,
    schedule: &Schedule,
) -> Result<(), Faults> {
    let first = retail.lines.iter().map(|line| line.at.day()).min();
    let last = schedule.last_day();
    let (Some(first), Some(last)) = (first, last) else {
        return Err(Fault::new("replay.empty").into());
    };
    let needs = needs(retail, plan, schedule);
    let call = Call::new(actor.clone()).key("online-retail:opening").at(Instant::noon(first + -1));
    store.command(call, move |tx| {
        let company = tx.insert(&describe())?;
        master::seed(tx)?;
        seed_locations(tx)?;
        seed_chart(tx, &years(first + -1, last))?;
        let mut company = tx.get(company)?;
        company.payment_term = Some(term(tx, MONTHLY)?);
        tx.save(&company)?;
        add_customers(tx, retail)?;
        let products = add_products(tx, retail)?;
        let incoming: Vec<Incoming> = needs
            .iter()
            .map(|(rank, units)| Incoming {
                product: products[*rank],
                quantity: Quantity::units(*units),
                unit_cost: list_price(retail, *rank).less(BELOW_LIST),
            })
            .collect();
        if !incoming.is_empty() {
            let stock = inventory::main_location(tx, LocationKind::Stock)?;
            inventory::receive_all(tx, stock, &incoming, Origin::of(company.id))?;
        }
        Ok(Json::Null)
    })?;
    Ok(())
}

fn describe() -> Company {
    Company {
        legal_form: Some("Ltd".to_owned()),
        city: Some("London".to_owned()),
        country: Some("GB".to_owned()),
        ..Company::named(NAME)
    }
}

/// The calendar years from one day to another.
fn years(first: Day, last: Day) -> Vec<NewFiscalYear> {
    let starts = (first.year()..=last.year()).filter_map(|year| Day::of(year, 1, 1).ok());
    starts.map(NewFiscalYear::from).collect()
}

fn term(tx: &mut Tx<'_>, code: &str) -> Result<Id<PaymentTerm>, Fault> {
    let found = tx.first(PaymentTerm::CODE.is(&code.to_owned()))?;
    found.map(|term| term.id).ok_or_else(|| Fault::new("replay.empty"))
}

fn add_customers(tx: &mut Tx<'_>, retail: &Retail) -> Result<(), Faults> {
    for customer in &retail.customers {
        let place = customer.country.as_deref().unwrap_or("Unspecified");
        tx.insert(&Party {
            code: Some(customer.code.clone()),
            // The file tells no company from a person, and a company in France must have a SIREN.
            kind: PartyKind::Person,
            // The file tells no city, and an invoice needs one.
            city: Some(place.to_owned()),
            country: Some(country(place).to_owned()),
            language: Tongue::En,
            ..Party::named(&format!("Customer {}", customer.code))
        })?;
    }
    let payment_term = Some(term(tx, AT_ONCE)?);
    tx.insert(&Party {
        code: Some(WALK_IN.to_owned()),
        kind: PartyKind::Person,
        city: Some("London".to_owned()),
        country: Some("GB".to_owned()),
        language: Tongue::En,
        payment_term,
        ..Party::named("Walk-in customers")
    })?;
    Ok(())
}

/// The two letters of a country as the file names it. `Unspecified` is taken for the company's own,
/// `European Community` for the seat of its institutions.
fn country(name: &str) -> &'static str {
    const COUNTRIES: &[(&str, &str)] = &[
        ("Australia", "AU"),
        ("Austria", "AT"),
        ("Bahrain", "BH"),
        ("Belgium", "BE"),
        ("Brazil", "BR"),
        ("Canada", "CA"),
        ("Channel Islands", "JE"),
        ("Cyprus", "CY"),
        ("Czech Republic", "CZ"),
        ("Denmark", "DK"),
        ("EIRE", "IE"),
        ("European Community", "BE"),
        ("Finland", "FI"),
        ("France", "FR"),
        ("Germany", "DE"),
        ("Greece", "GR"),
        ("Hong Kong", "HK"),
        ("Iceland", "IS"),
        ("Israel", "IL"),
        ("Italy", "IT"),
        ("Japan", "JP"),
        ("Lebanon", "LB"),
        ("Lithuania", "LT"),
        ("Malta", "MT"),
        ("Netherlands", "NL"),
        ("Norway", "NO"),
        ("Poland", "PL"),
        ("Portugal", "PT"),
        ("RSA", "ZA"),
        ("Saudi Arabia", "SA"),
        ("Singapore", "SG"),
        ("Spain", "ES"),
        ("Sweden", "SE"),
        ("Switzerland", "CH"),
        ("USA", "US"),
        ("United Arab Emirates", "AE"),
    ];
    COUNTRIES.iter().find(|(known, _)| *known == name).map_or("GB", |(_, code)| code)
}

fn add_products(tx: &mut Tx<'_>, retail: &Retail) -> Result<Vec<Id<Product>>, Faults> {
    let tax = untaxed(tx)?;
    let unit = master::seed::unit(tx, "H87")?.ok_or_else(|| Fault::new("replay.empty"))?;
    let mut ids = Vec::with_capacity(retail.products.len());
    for (rank, product) in retail.products.iter().enumerate() {
        let service = is_service(&product.code);
        let price = list_price(retail, rank);
        ids.push(tx.insert(&Product {
            sku: product.code.clone(),
            name: product.description.clone().unwrap_or_else(|| product.code.clone()),
            name_en: None,
            kind: if service { ProductKind::Service } else { ProductKind::Goods },
            family: None,
            unit,
            price,
            cost: (!service).then(|| price.less(BELOW_LIST)),
            tax,
            made: false,
            barcode: None,
            weight_g: None,
            lead_days: None,
            reorder_point: None,
            archived: false,
        })?);
    }
    Ok(ids)
}

/// The one tax of the replay: none. Prices exclude tax and the file says nothing of it.
fn untaxed(tx: &mut Tx<'_>) -> Result<Id<Tax>, Faults> {
    let found = tx.first(Tax::CATEGORY.is(&TaxCategory::OutOfScope))?;
    let mut tax = found.ok_or_else(|| Fault::new("replay.empty"))?;
    tax.name = "Sans taxe : le fichier n’en dit rien".to_owned();
    tax.name_en = Some("No tax: the file says nothing of it".to_owned());
    tax.exemption_text = Some("Tax is not told by the data set".to_owned());
    tx.save(&tax)?;
    Ok(tax.id)
}

/// The list price of the file; for codes it does not list, the first price they were sold at.
fn list_price(retail: &Retail, rank: usize) -> Price {
    let listed = retail.products[rank].list_price.filter(|price| *price > 0);
    let sold = || {
        let lines = retail.lines.iter().filter(|line| line.product == rank);
        lines.map(|line| line.price).find(|price| *price > 0)
    };
    Price::new(listed.or_else(sold).unwrap_or(0), POUND)
}

/// What each product needs in stock before the year begins, so that all of it can be served in the
/// order of the schedule: its largest shortfall, in units. Products that need none are left out.
#[must_use]
pub fn needs(retail: &Retail, plan: &Plan, schedule: &Schedule) -> Vec<(usize, i64)> {
    let mut stock: HashMap<usize, (i64, i64)> = HashMap::new();
    let documents = schedule.tasks.iter().flat_map(|task| match task {
        Task::Sell { documents, .. } | Task::TakeBack { documents, .. } => documents.clone(),
        Task::Settle { .. } => 0..0,
    });
    for document in documents.map(|at| &plan.documents[schedule.order[at]]) {
        for line in document.lines.iter().map(|at| &retail.lines[*at]) {
            let (level, lowest) = stock.entry(line.product).or_default();
            *level -= line.quantity;
            if document.deed == Deed::Sale {
                *lowest = (*lowest).min(*level);
            }
        }
    }
    let goods = |rank: &usize| !is_service(&retail.products[*rank].code);
    let mut needs: Vec<(usize, i64)> = stock
        .into_iter()
        .filter(|(rank, (_, lowest))| goods(rank) && *lowest < 0)
        .map(|(rank, (_, lowest))| (rank, -lowest))
        .collect();
    needs.sort_unstable();
    needs
}

/// The records of the file's customers and products, by their ranks.
#[derive(Debug)]
pub struct Known {
    pub customers: Vec<Id<Party>>,
    pub walk_in: Id<Party>,
    pub products: Vec<Id<Product>>,
    pub tax: Id<Tax>,
    pub stock: Id<inventory::Location>,
}

/// Finds the records again.
///
/// # Errors
/// `replay.changed` when one is gone.
pub fn known(store: &Store, actor: &Actor, retail: &Retail) -> Result<Known, Faults> {
    store.read(actor, |tx| {
        let parties = tx.find(Filter::<Party>::everything())?;
        let parties: HashMap<&str, Id<Party>> = parties
            .iter()
            .filter_map(|party| party.code.as_deref().map(|code| (code, party.id)))
            .collect();
        let products = tx.find(Filter::<Product>::everything())?;
        let products: HashMap<&str, Id<Product>> =
            products.iter().map(|product| (product.sku.as_str(), product.id)).collect();
        let gone = |code: &str| Fault::new("replay.changed").with("code", code);
        let tax = tx.first(Tax::CATEGORY.is(&TaxCategory::OutOfScope))?;
        let party = |code: &str| parties.get(code).copied().ok_or_else(|| gone(code));
        let product = |it: &reader::Product| {
            products.get(it.code.as_str()).copied().ok_or_else(|| gone(&it.code))
        };
        Ok(Known {
            customers: retail
                .customers
                .iter()
                .map(|customer| party(&customer.code))
                .collect::<Result<_, _>>()?,
            walk_in: party(WALK_IN)?,
            products: retail.products.iter().map(product).collect::<Result<_, _>>()?,
            tax: tax.ok_or_else(|| gone("VAT"))?.id,
            stock: inventory::main_location(tx, LocationKind::Stock)?,
        })
    })
}
