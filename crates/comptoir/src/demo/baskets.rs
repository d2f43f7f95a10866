//! What a customer buys: so much as it can pay, of what its trade needs.

use kernel::{Day, Faults, Quantity};

use super::chance::Chance;
use super::diary::{Basket, Then};
use super::sheets;
use super::shop::{Customer, Item, Shop};

/// Families of the catalogue.
const FAMILIES: [&str; 10] = [
    "Nappes",
    "Serviettes et sets",
    "Linge d'office et tabliers",
    "Linge d'hôtel",
    "Vaisselle",
    "Verrerie",
    "Couverts",
    "Tissus au mètre",
    "Coffrets et emballages",
    "Épicerie, plantes et livres",
];

/// How much each trade buys of each family.
const fn tastes(sector: &str) -> [i64; 10] {
    match sector.as_bytes() {
        b"restaurant" | b"caterer" => [14, 22, 14, 1, 14, 14, 10, 2, 1, 1],
        b"hotel" | b"guesthouse" => [8, 10, 5, 40, 10, 8, 4, 4, 3, 2],
        b"shop" => [14, 16, 14, 4, 8, 8, 4, 5, 14, 12],
        b"wholesaler" => [10, 16, 14, 18, 16, 16, 8, 2, 0, 0],
        b"private" => [12, 14, 10, 6, 10, 8, 6, 4, 10, 14],
        _ => [8, 14, 16, 8, 14, 12, 8, 2, 4, 2],
    }
}

/// Below this, in cents, the parcel is charged.
const CARRIAGE_PAID: i64 = 40_000;
/// The most of a product's usual stock that one order takes.
const SHARE_OF_STOCK: i64 = 5;

/// How busy a day is, in percent: the house grows, and its year has seasons.
fn season(day: Day, progress: i64) -> i64 {
    let month = match day.month() {
        11 | 12 => 128,
        5 | 6 => 116,
        3 | 4 | 9 => 106,
        8 => 58,
        1 => 82,
        _ => 98,
    };
    month * (86 + progress * 26 / 100) / 100
}

/// The orders that come in on a day by themselves.
///
/// # Errors
/// `data.file`.
pub fn of_the_day(shop: &mut Shop, day: Day) -> Result<Vec<Basket>, Faults> {
    let days = shop.calendar.days();
    let (first, last) = (days.first().map_or(day, |d| *d), days.last().map_or(day, |d| *d));
    let progress = i64::from(day - first) * 100 / i64::from((last - first).max(1));
    let busy = season(day, progress);
    let remarks = sheets::rows("remarks")?;
    let mut chance = shop.chance.clone();
    let mut baskets = Vec::new();
    for (rank, customer) in shop.customers.iter().enumerate() {
        // 21 days of work a month.
        let odds = customer.orders * 1000 / 21 * busy / 100;
        if !chance.in_a_million(odds) || customer.first_day > day || !orders(customer) {
            continue;
        }
        let mut basket = usual(&mut chance, &shop.items, customer, 100);
        basket.customer = rank;
        if chance.percent(12)
            && let Some(remark) = chance.pick(&remarks)
            && remark.maybe("document").as_deref() == Some("order")
        {
            let english = !matches!(customer.country.as_str(), "FR" | "BE" | "LU" | "CH");
            basket.note = remark.maybe(if english { "text_en" } else { "text_fr" });
        }
        baskets.push(basket);
    }
    shop.chance = chance;
    Ok(baskets)
}

fn orders(customer: &Customer) -> bool {
    customer.code != super::partners::WITHOUT_SIREN
}

/// A basket as the customer fills it usually, `size` percent of its usual amount.
pub fn usual(chance: &mut Chance, items: &[Item], customer: &Customer, size: i64) -> Basket {
    // What it owes on average stays well below its limit.
    let value = (customer.limit * 170 / customer.orders.max(100)).clamp(6_000, customer.limit / 4);
    let value = value * size / 100 * chance.between(55, 145) / 100;
    let count = (customer.lines + chance.between(-1, 1)).max(1);
    let taste = tastes(&customer.sector);
    let mut weights: Vec<i64> = items.iter().map(|item| weight(&taste, item)).collect();
    let (mut lines, mut sum) = (Vec::new(), 0);
    for _ in 0..count {
        let Some(rank) = chance.weighted(&weights) else { break };
        weights[rank] = 0;
        let share = value * chance.between(60, 140) / 100 / count;
        let (quantity, amount) = quantity_for(&items[rank], customer.discount, share);
        sum += amount;
        lines.push((rank, quantity));
    }
    services(chance, items, customer, sum, &mut lines);
    let reference = customer.sector == "public" || chance.percent(40);
    let number = chance.between(1_000, 9_999);
    let wanted_in = chance.percent(25).then(|| chance.between(5, 16));
    Basket {
        lines,
        reference: reference.then(|| format!("BC-{number}")),
        wanted_in: wanted_in.and_then(|days| i32::try_from(days).ok()),
        then: Then::Usual,
        ..Basket::default()
    }
}

fn weight(taste: &[i64; 10], item: &Item) -> i64 {
    let family = FAMILIES.iter().position(|family| *family == item.family);
    family.map_or(0, |family| if item.stocked { taste[family] } else { 0 })
}

/// About so many cents' worth of a product, in a round number, and what that amounts to.
fn quantity_for(item: &Item, discount: i64, cents: i64) -> (Quantity, i64) {
    let price = (item.price.scaled * (100 - discount) / 100).max(1);
    let most = (item.opening.0 / Quantity::SCALE / SHARE_OF_STOCK).max(1);
    let count = (cents * 100 / price).clamp(1, most);
    let step = match count {
        80.. => 20,
        25.. => 10,
        10.. => 2,
        _ => 1,
    };
    let count = count / step * step;
    let cut = item.unit == "metre" && count % 2 == 1;
    let quantity = Quantity(count * Quantity::SCALE + if cut { Quantity::SCALE / 2 } else { 0 });
    (quantity, count * price / 100)
}

/// Embroidery on what can be embroidered, advice now and then, carriage on what is small.
fn services(
    chance: &mut Chance,
    items: &[Item],
    customer: &Customer,
    sum: i64,
    lines: &mut Vec<(usize, Quantity)>,
) {
    let of = |sku: &str| items.iter().position(|item| item.sku == sku);
    let linen = |family: &str| matches!(family, "Serviettes et sets" | "Linge d'hôtel");
    let first = lines.iter().find(|(rank, _)| linen(&items[*rank].family)).copied();
    if let Some((_, quantity)) = first
        && chance.percent(8)
    {
        let pieces = quantity.min(Quantity::units(60));
        lines.extend(of("SRV-BRO-PC").map(|rank| (rank, pieces)));
        if chance.percent(40) {
            lines.extend(of("SRV-BRO-FT").map(|rank| (rank, Quantity::units(1))));
        }
    }
    if chance.percent(1) {
        let hours = Quantity(chance.between(2, 6) * Quantity::SCALE + Quantity::SCALE / 2);
        lines.extend(of("SRV-CON-H").map(|rank| (rank, hours)));
    }
    if sum < CARRIAGE_PAID && customer.country == "FR" {
        lines.extend(of("SRV-LIV-CO").map(|rank| (rank, Quantity::units(1))));
    }
}
