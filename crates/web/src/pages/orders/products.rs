//! `/pick/product`: products as one types, with what is free of each, what it costs the customer
//! and what the customer paid last.

use kernel::{
    Condition, Day, Entity, Faults, Id, Kept, Language, Price, Quantity, Query, Rate, RawId, Row,
    Tx, Value,
};
use master::{Party, Product, Unit, price_for};

use erp::inventory::{self, Availability};

use super::{book, when};
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{PickOption, Tone, pick_options, say};
use crate::pick;
use crate::titles::title_of;

/// How many are offered.
const OFFERED: u32 = 8;

/// How many are ranked.
const FOUND: u32 = 24;

/// The last time a customer bought a product.
struct Bought {
    on: Option<Day>,
    quantity: Quantity,
    price: Price,
}

struct Offer {
    product: Kept<Product>,
    title: String,
    unit: String,
    price: Price,
    discount: Option<Rate>,
    availability: Option<Availability>,
    bought: Option<Bought>,
}

/// The products that match what is typed.
pub async fn pick(ask: Ask) -> Answer {
    ask.may("product.read")?;
    let typed = ask.query.text("q").to_owned();
    let for_sale = ask.query.get("party").is_some();
    let words = typed.clone();
    let (offers, today) =
        ask.read(move |tx, ask| Ok((offers(tx, ask, &words)?, tx.today()))).await?;
    let options: Vec<PickOption> =
        offers.iter().map(|offer| option(ask.language, offer, for_sale, today)).collect();
    Ok(answer::html(&pick_options(ask.language, &typed, &options)))
}

fn offers(tx: &mut Tx<'_>, ask: &Ask, words: &str) -> Result<Vec<Offer>, Faults> {
    let rows = matching(tx, words)?;
    let party = RawId::parse(ask.query.text("party")).ok().map(Id::<Party>::from_raw);
    let party = match party {
        Some(id) => book::by_id(tx, [id])?.remove(&id),
        None => None,
    };
    let mut products = Vec::new();
    for row in &rows {
        let product = tx.get(Id::<Product>::from_raw(row.id))?;
        if !product.archived {
            products.push((product, title_of(Product::DEF, row, ask.language)));
        }
    }
    let units = book::by_id(tx, products.iter().map(|(product, _)| product.unit))?;
    let goods: Vec<(Id<Product>, Quantity)> = products
        .iter()
        .filter(|(product, _)| product.stocked())
        .map(|(product, _)| (product.id, Quantity::units(1)))
        .collect();
    let mut answers = inventory::availability_all(tx, &goods)?.into_iter();
    let mut offers = Vec::with_capacity(products.len());
    for (product, title) in products {
        let (price, discount) = match &party {
            Some(party) => price_for(tx, party, &product, Quantity::units(1))?,
            None => (product.price, None),
        };
        let bought = match &party {
            Some(party) => bought(tx, party.id, &product)?,
            None => None,
        };
        let unit: Option<&Kept<Unit>> = units.get(&product.unit);
        offers.push(Offer {
            unit: unit.map_or("", |unit| unit.label(ask.language)).to_owned(),
            availability: if product.stocked() { answers.next() } else { None },
            product,
            title,
            price,
            discount,
            bought,
        });
    }
    Ok(offers)
}

/// Those whose words match, and those whose reference begins so: one types `TOR` as often as
/// `torchon`.
fn matching(tx: &mut Tx<'_>, words: &str) -> Result<Vec<Row>, Faults> {
    let mut rows: Vec<Row> = Vec::new();
    let start = words.trim().to_uppercase();
    if (1..=2).contains(&start.chars().count()) {
        // Too short for the text index, long enough for that of references.
        let from = Condition::AtLeast("sku", Value::Text(start.clone()));
        let to = Condition::AtMost("sku", Value::Text(format!("{start}\u{10ffff}")));
        let query = Query::all(Product::DEF).only(from).only(to).limit(OFFERED);
        rows.extend(tx.rows(query.sorted("sku", kernel::Direction::Up))?);
    }
    if rows.is_empty() {
        rows.extend(pick::matching(tx, Product::DEF, words, FOUND)?);
        // What begins with the words comes before what merely holds them.
        let wanted = store::fold(words.trim());
        rows.sort_by_key(|row| {
            let name = Product::DEF.rank("name").and_then(|at| row.values.get(at));
            let Some(Value::Text(name)) = name else { return usize::MAX };
            store::fold(name).find(&wanted).unwrap_or(0)
        });
    }
    rows.truncate(usize::try_from(OFFERED).unwrap_or(usize::MAX));
    Ok(rows)
}

const BOUGHT: &str = "\
select o.ordered_on, l.quantity, l.unit_price, l.discount
from order_lines l join orders o on o.company = l.company and o.id = l.\"order\"
where l.company = $1 and l.product = $2 and o.party = $3 and o.stage in ('confirmed', 'closed')
order by o.ordered_on desc limit 1";

fn bought(
    tx: &mut Tx<'_>,
    party: Id<Party>,
    product: &Kept<Product>,
) -> Result<Option<Bought>, Faults> {
    let rows = tx.sql(BOUGHT, &[Value::Ref(product.id.raw()), Value::Ref(party.raw())])?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let integer = |value: Option<&Value>| match value {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    };
    let on = integer(row.first()).and_then(|days| i32::try_from(days).ok()).map(Day);
    let price = Price::new(integer(row.get(2)).unwrap_or(0), product.price.currency);
    let discount = Rate(integer(row.get(3)).unwrap_or(0));
    Ok(Some(Bought {
        on,
        quantity: Quantity(integer(row.get(1)).unwrap_or(0)),
        price: price.less(discount),
    }))
}

fn option(language: Language, offer: &Offer, for_sale: bool, today: Day) -> PickOption {
    let say = |fr: &'static str, en: &'static str| say(language, fr, en);
    let day = |day: Day| when::day_of(language, day, today);
    let (state, state_note) = match &offer.availability {
        None => ((Tone::Done, say("service", "service").to_owned()), String::new()),
        Some(there) if there.free > Quantity::ZERO => {
            let free = language.quantity(there.free);
            let word = format!("{free} {}", say("disponibles", "available"));
            ((Tone::Yours, word), say("part aujourd’hui", "leaves today").to_owned())
        }
        Some(there) => {
            let when = there.promised_on.map(day);
            let note = when.map(|day| format!("{} {day}", say("promesse", "promise")));
            let note = note.unwrap_or_else(|| say("sans date", "no date").to_owned());
            ((Tone::Watch, say("épuisé", "none left").to_owned()), note)
        }
    };
    let (note, figure_note) = match (&offer.bought, for_sale) {
        (Some(last), _) => {
            let on = last.on.map(day).unwrap_or_default();
            let quantity = language.quantity(last.quantity);
            let note = match language {
                Language::French => format!("acheté le {on}, par {quantity}"),
                Language::English => format!("bought on {on}, {quantity} of them"),
            };
            let price = language.price(last.price);
            (note, format!("{} {price}", say("dernier prix", "last price")))
        }
        (None, true) => (offer.unit.clone(), say("jamais acheté", "never bought").to_owned()),
        (None, false) => (offer.unit.clone(), String::new()),
    };
    let fills = if for_sale { fills(language, offer) } else { Vec::new() };
    PickOption {
        id: offer.product.id.to_string(),
        label: offer.title.clone(),
        code: String::new(),
        note,
        state: Some(state),
        state_note,
        figure: language.price(offer.price),
        figure_note,
        fills,
    }
}

/// What a new product changes on its line: nothing of the old one may stay.
fn fills(language: Language, offer: &Offer) -> Vec<(String, String)> {
    let typed = |value: Value| {
        const PLAIN: kernel::FieldDef =
            kernel::FieldDef::of::<Price>("plain", kernel::Text::new("", ""), "");
        kernel::typed::of_value(&PLAIN, &value, language)
    };
    let discount = offer.discount.map(|rate| typed(Value::Rate(rate))).unwrap_or_default();
    vec![
        ("description".to_owned(), offer.product.label(language).to_owned()),
        ("unit_price".to_owned(), typed(Value::Price(offer.price))),
        ("discount".to_owned(), discount),
        ("tax".to_owned(), String::new()),
    ]
}
