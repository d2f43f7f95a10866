//! The company on its first day: its people, its products, what is on its shelves and in its books.

use erp::finance::{self, NewEntry, NewLine};
use erp::inventory::{ExpectedReceipt, LocationKind, main_location, receive_expected};
use identity::{Role, User, grants_of};
use kernel::{
    Actor, CompanyNumber, Currency, Day, Door, Entity, Fault, Faults, Filter, Instant, Language,
    Money, Rate, Tx, Value,
};
use master::{Company, PaymentTerm, Product, Tax, TaxCategory, Unit};
use store::Store;

use super::calendar::Calendar;
use super::chance::Chance;
use super::diary::Diary;
use super::partners;
use super::sheets::{self, Row};
use super::shop::{Item, Person, Shop, filled, make, maybe};
use crate::opening::{self, NewUser};

/// The most a customer without a limit of its own may owe, in cents.
const USUAL_LIMIT: i64 = 300_000;
/// What is in the bank on the first day, in cents.
const IN_THE_BANK: i64 = 8_431_245;
const CAPITAL: i64 = 18_000_000;
const LEGAL_RESERVE: i64 = 1_800_000;

/// Opens the company, with books that reach back so many months. Nobody sees it before it is shown.
///
/// # Errors
/// `store.*`.
pub fn found(store: &Store, now: Instant, months: i32, users: Vec<User>) -> Result<Shop, Faults> {
    let start = now.day().plus_months(-months);
    let calendar = Calendar::from(start, now);
    let at = calendar.at(start, 7, 0);
    let row = first(sheets::rows("company")?)?;
    let days = [start, calendar.today()];
    let company = store.open_demonstration(Currency::EUR)?;
    opening::describe(store, company, company_of(&row)?, &days, at)?;
    opening::add_records(store, company, users, at)?;
    let house = Actor::house(company, Door::Console);
    let shelf = store.read(&house, |tx| Ok(main_location(tx, LocationKind::Stock)?))?;
    let mut shop = Shop {
        store: store.clone(),
        company,
        calendar,
        chance: Chance::new(0x00c0_ffee),
        people: people(store, company)?,
        items: Vec::new(),
        customers: Vec::new(),
        deals: Vec::new(),
        diary: Diary::default(),
        shelf,
        balance: IN_THE_BANK,
        iban: row.text("iban")?,
        starved: Vec::new(),
    };
    shop.items = products(&shop, at)?;
    partners::add_suppliers(&shop, at)?;
    shop.customers = partners::add_customers(&shop, at, start, months)?;
    stock(&shop, at, start)?;
    Ok(shop)
}

fn first(rows: Vec<Row>) -> Result<Row, Fault> {
    rows.into_iter().next().ok_or_else(|| Fault::new("store.mistake"))
}

fn company_of(row: &Row) -> Result<Company, Fault> {
    // The town of the register comes before the number: `Roanne 999 423 007`.
    let register = row.maybe("rcs").map(|text| {
        text.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == ' ').to_owned()
    });
    Ok(Company {
        legal_form: row.maybe("legal_form"),
        capital: Some(row.money("share_capital")?),
        siren: row.maybe("siren"),
        siret: row.maybe("siret"),
        vat_number: row.maybe("vat_number"),
        register,
        naf: row.maybe("naf"),
        street: row.maybe("street"),
        postcode: row.maybe("postcode"),
        city: row.maybe("city"),
        country: row.maybe("country"),
        email: row.maybe("email"),
        phone: row.maybe("phone"),
        website: row.maybe("website"),
        iban: row.maybe("iban"),
        bic: row.maybe("bic"),
        credit_limit: Some(Money::eur(USUAL_LIMIT)),
        late_penalty_rate: Some(Rate(121_500)),
        ..Company::named(&row.text("name")?)
    })
}

fn role_of(name: &str) -> Role {
    match name {
        "owner" => Role::Owner,
        "accountant" => Role::Accountant,
        "warehouse" => Role::Warehouse,
        _ => Role::Seller,
    }
}

/// The word that each password ends with.
#[must_use]
pub const fn word_of(role: Role) -> &'static str {
    match role {
        Role::Owner => "direction",
        Role::Accountant => "comptabilite",
        Role::Warehouse => "entrepot",
        _ => "vente",
    }
}

/// Those who may sign in, with their passwords: this is a demonstration.
///
/// # Errors
/// `data.file`, `password.*`.
pub fn sign_ins() -> Result<Vec<NewUser>, Faults> {
    let mut users = Vec::new();
    for row in sheets::rows("people")? {
        let role = role_of(&row.text("role")?);
        let (name, email) = (row.text("name")?, row.text("email")?);
        let password = format!("demo-comptoir-{}", word_of(role));
        identity::check_password(&password, &[&name, &email])?;
        let language =
            if row.text("language")? == "en" { Language::English } else { Language::French };
        users.push(NewUser { name, email, role, language, password });
    }
    Ok(users)
}

fn people(store: &Store, company: CompanyNumber) -> Result<Vec<Person>, Faults> {
    let house = Actor::house(company, Door::Console);
    let users = store.read(&house, |tx| Ok(tx.find(Filter::<User>::everything())?))?;
    let person = |user: kernel::Kept<User>| Person {
        actor: Actor {
            company,
            user: Some(user.id.raw()),
            name: user.name.as_str().into(),
            grants: grants_of(user.role),
            door: Door::Console,
            language: user.language.language(),
        },
        role: user.role,
    };
    Ok(users.into_iter().map(person).collect())
}

fn products(shop: &Shop, at: Instant) -> Result<Vec<Item>, Faults> {
    let owner = shop.someone(Role::Owner, 0);
    shop.act(&owner, at, |tx, actor| {
        let units = tx.find(Filter::<Unit>::everything())?;
        let taxes = tx.find(Tax::CATEGORY.is(&TaxCategory::Standard))?;
        let mut items = Vec::new();
        for row in sheets::rows("products")? {
            let code = match row.text("unit")?.as_str() {
                "kg" => "KGM",
                "metre" => "MTR",
                "hour" => "HUR",
                _ => "H87",
            };
            let rate = row.rate("vat_rate")?;
            let unit = units.iter().find(|unit| unit.code == code).map(|unit| unit.id);
            let tax = taxes.iter().find(|tax| tax.rate == rate).map(|tax| tax.id);
            items.push(product(tx, actor, &row, maybe(unit), maybe(tax))?);
        }
        settings(tx)?;
        Ok(items)
    })
}

fn product(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &Row,
    unit: Value,
    tax: Value,
) -> Result<Item, Faults> {
    let stocked = row.text("kind")? == "goods";
    let goods = |value: Value| if stocked { value } else { Value::Null };
    let values = vec![
        ("sku", row.text("sku")?.into()),
        ("name", row.text("name_fr")?.into()),
        ("name_en", maybe(row.maybe("name_en"))),
        ("kind", row.text("kind")?.into()),
        ("family", maybe(row.maybe("family"))),
        ("unit", unit),
        ("price", row.price("price")?.into()),
        ("cost", row.price("cost")?.into()),
        ("tax", tax),
        ("made", (row.text("made")? == "true").into()),
        ("barcode", maybe(row.maybe("barcode"))),
        ("weight_g", goods(row.number("weight_g", 0)?.into())),
        ("lead_days", row.number("lead_days", 0)?.into()),
        ("reorder_point", goods(row.quantity("reorder_point")?.into())),
    ];
    let id = make(tx, actor, Product::DEF, &filled(Product::DEF, values))?;
    let opening = row.quantity("opening_stock")?;
    Ok(Item {
        id: kernel::Id::from_raw(id),
        sku: row.text("sku")?,
        family: row.text("family")?,
        unit: row.text("unit")?,
        price: row.price("price")?,
        cost: row.price("cost")?,
        stocked,
        opening,
        reorder: row.quantity("reorder_point")?,
        lead_days: row.number("lead_days", 0)?,
        supplier: row.maybe("supplier"),
        demand: 0,
    })
}

/// The usual payment term of the company, which its books could not know before they were opened.
fn settings(tx: &mut Tx<'_>) -> Result<(), Faults> {
    let usual = tx.first(PaymentTerm::CODE.is(&"30_days".to_owned()))?;
    let mut company = master::company(tx)?;
    company.payment_term = usual.map(|term| term.id);
    tx.save(&company)
}

/// What is on the shelves on the first day, and the opening balance of the books.
fn stock(shop: &Shop, at: Instant, start: Day) -> Result<(), Faults> {
    // Those who keep the shelves do not see what things cost.
    let owner = shop.someone(Role::Owner, 0);
    let items: Vec<Item> = shop.items.iter().filter(|item| item.stocked).cloned().collect();
    let (mut made, mut bought) = (Money::eur(0), Money::eur(0));
    for item in &items {
        let value = item.cost.amount(item.opening, Rate::ZERO);
        *(if item.supplier.is_none() { &mut made } else { &mut bought }) += value;
    }
    shop.act(&owner, at, move |tx, actor| {
        for item in &items {
            let values = vec![
                ("product", item.id.into()),
                ("quantity", item.opening.into()),
                ("due_on", start.into()),
                ("unit_cost", item.cost.into()),
                ("reference", "Stock d’ouverture".into()),
            ];
            let draft = filled(ExpectedReceipt::DEF, values);
            let receipt = make(tx, actor, ExpectedReceipt::DEF, &draft)?;
            receive_expected(tx, kernel::Id::from_raw(receipt), None, None)?;
        }
        Ok(())
    })?;
    let accountant = shop.someone(Role::Accountant, 0);
    shop.act(&accountant, at, move |tx, _| {
        let bank = Money::eur(IN_THE_BANK);
        let (capital, reserve) = (Money::eur(CAPITAL), Money::eur(LEGAL_RESERVE));
        let kept = made + bought + bank - capital - reserve;
        let piece = format!("BO-{}", start.year());
        let lines = vec![
            NewLine::debit("355000", made),
            NewLine::debit("370000", bought),
            NewLine::debit(finance::accounts::BANK_ACCOUNT, bank),
            NewLine::credit("101300", capital),
            NewLine::credit("106100", reserve),
            NewLine::credit("110000", kept),
        ];
        let label = "Bilan d’ouverture".to_owned();
        let (day, piece_day) = (start, start);
        let entry = NewEntry { journal: "AN", day, label, piece, piece_day, origin: None, lines };
        Ok(finance::post(tx, entry).map(drop)?)
    })
}
