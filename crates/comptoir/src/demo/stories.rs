//! What is to be seen today: at least one order in each state, whatever chance brought.

use kernel::{Day, Faults, Quantity, Rate};

use super::diary::{Basket, Then};
use super::partners::WITHOUT_SIREN;
use super::shop::Shop;
use super::warehouse;

const fn units(count: i64) -> Quantity {
    Quantity::units(count)
}

/// Writes the orders of the last weeks in the diary, and stops buying what is to run short.
pub fn plan(shop: &mut Shop) {
    for (back, basket) in in_trouble(shop).into_iter().chain(in_order(shop)) {
        let day = shop.calendar.back(back);
        shop.diary.baskets.put(day, basket);
    }
}

/// What runs short at the end, and from how many days before the last one it is not bought again.
const SHORT: &[(&str, usize)] = &[("SER-LIN-45V", 26), ("CAR-VER-75", 34), ("PEI-NID-M", 46)];

/// Stops buying what is to run short; what comes in the end comes after today.
///
/// # Errors
/// Those of inventory, `store.*`.
pub fn run_short(shop: &mut Shop, day: Day, left: usize) -> Result<(), Faults> {
    for (rank, (sku, from)) in (0..).zip(SHORT) {
        let item = shop.item(sku);
        if left == *from {
            shop.starved.push(item);
        }
        if left == 10 {
            let due = shop.calendar.today() + 6 + rank * 4;
            let quantity = shop.items[item].reorder;
            warehouse::order_goods(shop, day, item, quantity, due)?;
        }
    }
    Ok(())
}

/// Days worked before the last one, and what is ordered then.
type Story = (usize, Basket);

fn of(shop: &Shop, code: &str, lines: &[(&str, i64)], then: Then) -> Basket {
    Basket {
        customer: shop.customer(code),
        lines: lines.iter().map(|(sku, count)| (shop.item(sku), units(*count))).collect(),
        then,
        sure: true,
        ..Basket::default()
    }
}

/// Orders of which something is not there, or in whose way something stands.
fn in_trouble(shop: &Shop) -> Vec<Story> {
    let short = |sku: &str, extra: i64| Some((shop.item(sku), units(extra)));
    let of = |code: &str, lines: &[(&str, i64)], then: Then| of(shop, code, lines, then);
    let given_up = Then::GivenUp("Le client a trouvé les carafes ailleurs");
    let cancelled = Then::Cancelled("Le client renonce : travaux reportés");
    let held = Then::Held("Attendre l’accord du client sur la couleur du fil");
    let partial = "Livraison partielle acceptée, le solde dès que possible.";
    vec![
        // What was there is sent, the rest waits for the goods, or is given up.
        (
            8,
            Basket {
                beyond: short("SER-LIN-45V", 120),
                note: Some(partial.into()),
                ..of("C067", &[("CHE-LIN-150", 6)], Then::Usual)
            },
        ),
        (
            13,
            Basket {
                beyond: short("CAR-VER-75", 40),
                ..of("C013", &[("VER-EAU-32", 40)], given_up)
            },
        ),
        // Hardly anything of it is there.
        (3, Basket { beyond: short("SER-LIN-45V", 200), ..of("C005", &[], Then::Usual) }),
        (2, Basket { beyond: short("PEI-NID-M", 12), ..of("C052", &[], Then::Usual) }),
        (5, of("C030", &[("ASS-POR-27", 30)], cancelled)),
        (2, of("C026", &[("NAP-LIN-170", 8), ("SRV-BRO-PC", 8)], held)),
        // More than its limit.
        (1, of("C010", &[("ASS-GRE-26", 60), ("NAP-JAC-250", 12)], Then::Confirmed)),
        // No SIREN: no invoice could be made.
        (1, of(WITHOUT_SIREN, &[("NAP-LIN-170", 4)], Then::Confirmed)),
    ]
}

/// Orders that are where they should be.
fn in_order(shop: &Shop) -> Vec<Story> {
    let of = |code: &str, lines: &[(&str, i64)], then: Then| of(shop, code, lines, then);
    let rooms = [("PLA-LIN-200", 10), ("EPO-HOT-70", 40), ("NAP-LIN-320", 6)];
    let deposit =
        |basket: Basket| Basket { deposit: Some(Rate::percent(30)), wanted_in: Some(30), ..basket };
    vec![
        (0, of("C112", &[("SER-MET-50", 120), ("NAP-MET-180", 6)], Then::Usual)),
        (0, of("C047", &[("EPO-HOT-70", 60)], Then::Confirmed)),
        (0, of("C079", &[("COF-CAD-03", 10), ("MIE-SAP-250", 12)], Then::Draft)),
        (0, of("C012", &[("TOR-MET-75", 40)], Then::Draft)),
        (0, of("C119", &[("NAP-LIN-250", 6), ("CHE-LIN-150", 4)], Then::Draft)),
        // A deposit that was paid, and one that is awaited.
        (14, deposit(of("C053", &rooms, Then::Deposited))),
        (2, deposit(of("C064", &rooms, Then::Unpaid))),
        // Two invoices of one amount: a transfer without a number may pay either.
        (24, of("C083", &[("SET-LIN-48", 50)], Then::Unpaid)),
        (20, of("C083", &[("SET-LIN-48", 50)], Then::Unpaid)),
        // What the statement that waits to be taken in will pay.
        (19, of("C020", &[("SER-MET-50L", 120)], Then::Unpaid)),
        (17, of("C088", &[("VER-VIN-35", 240)], Then::Unpaid)),
        (15, of("C088", &[("EPO-HOT-50", 120)], Then::Unpaid)),
        (14, of("C003", &[("TAB-COT-BIS", 12)], Then::Unpaid)),
        (12, of("C092", &[("NAP-MET-240", 8)], Then::Unpaid)),
        (11, of("C054", &[("EPO-TAP-50", 60)], Then::Unpaid)),
    ]
}
