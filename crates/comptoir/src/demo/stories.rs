//! What is to be seen today: at least one order in each state, whatever chance brought.

use kernel::{Day, Faults, Quantity, Rate};

use super::diary::{Basket, Then};
use super::shop::Shop;
use super::warehouse;

const fn units(count: i64) -> Quantity {
    Quantity::units(count)
}

/// Writes the orders of the last weeks in the diary, and stops buying what is to run short.
pub fn plan(shop: &mut Shop) {
    for (back, basket) in baskets(shop) {
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
fn baskets(shop: &Shop) -> Vec<(usize, Basket)> {
    let of = |code: &str, lines: &[(&str, i64)], then: Then| Basket {
        customer: shop.customer(code),
        lines: lines.iter().map(|(sku, count)| (shop.item(sku), units(*count))).collect(),
        then,
        sure: true,
        ..Basket::default()
    };
    let short = |sku: &str, extra: i64| Some((shop.item(sku), units(extra)));
    let mut list = vec![
        // What was there is sent, the rest waits for the goods.
        (
            8,
            Basket {
                beyond: short("SER-LIN-45V", 120),
                note: Some("Livraison partielle acceptée, le solde dès que possible.".into()),
                ..of("C067", &[("CHE-LIN-150", 6)], Then::Usual)
            },
        ),
        (
            13,
            Basket {
                beyond: short("CAR-VER-75", 40),
                ..of(
                    "C013",
                    &[("VER-EAU-32", 40)],
                    Then::GivenUp("Le client a trouvé les carafes ailleurs"),
                )
            },
        ),
        // Nothing of it is there.
        (3, Basket { beyond: short("SER-LIN-45V", 200), ..of("C005", &[], Then::Usual) }),
        (2, Basket { beyond: short("PEI-NID-M", 12), ..of("C052", &[], Then::Usual) }),
        (
            5,
            of(
                "C030",
                &[("ASS-POR-27", 30)],
                Then::Cancelled("Le client renonce : travaux reportés"),
            ),
        ),
        (
            2,
            of(
                "C026",
                &[("NAP-LIN-170", 8), ("SRV-BRO-PC", 8)],
                Then::Held("Attendre l’accord du client sur la couleur du fil"),
            ),
        ),
        (1, of("C010", &[("ASS-GRE-26", 60), ("NAP-JAC-250", 12)], Then::Confirmed)),
        (0, of("C112", &[("SER-MET-50", 120), ("NAP-MET-180", 6)], Then::Usual)),
        (0, of("C047", &[("EPO-HOT-70", 60)], Then::Confirmed)),
        (0, of("C079", &[("COF-CAD-03", 10), ("MIE-SAP-250", 12)], Then::Draft)),
        (0, of("C012", &[("TOR-MET-75", 40)], Then::Draft)),
        (0, of("C119", &[("NAP-LIN-250", 6), ("CHE-LIN-150", 4)], Then::Draft)),
        // No SIREN: no invoice could be made.
        (1, of(super::partners::WITHOUT_SIREN, &[("NAP-LIN-170", 4)], Then::Confirmed)),
        // Two invoices of one amount: a transfer without a number may pay either.
        (24, of("C083", &[("SET-LIN-48", 50)], Then::Unpaid)),
        (20, of("C083", &[("SET-LIN-48", 50)], Then::Unpaid)),
        (19, of("C020", &[("SER-MET-50L", 120)], Then::Unpaid)),
        (17, of("C088", &[("VER-VIN-35", 240)], Then::Unpaid)),
        (15, of("C088", &[("EPO-HOT-50", 120)], Then::Unpaid)),
        (14, of("C003", &[("TAB-COT-BIS", 12)], Then::Unpaid)),
        (12, of("C092", &[("NAP-MET-240", 8)], Then::Unpaid)),
        (11, of("C054", &[("EPO-TAP-50", 60)], Then::Unpaid)),
    ];
    // A deposit that was paid, and one that is awaited.
    for (back, code, then) in [(14, "C053", Then::Deposited), (2, "C064", Then::Unpaid)] {
        let lines = [("PLA-LIN-200", 10), ("EPO-HOT-70", 40), ("NAP-LIN-320", 6)];
        list.push((
            back,
            Basket {
                deposit: Some(Rate::percent(30)),
                wanted_in: Some(30),
                ..of(code, &lines, then)
            },
        ));
    }
    list
}
