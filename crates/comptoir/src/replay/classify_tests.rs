use super::*;
use crate::replay::reader::{Customer, Product};

/// A file of lines: document, customer, product, quantity, price in ten-thousandths.
fn file(rows: &[(&str, Option<usize>, usize, i64, i64)]) -> Retail {
    let mut retail = Retail::default();
    for number in 0..3 {
        let (code, description) = (format!("P{number}"), Some(format!("Product {number}")));
        retail.products.push(Product { code, description, list_price: Some(10_000) });
        retail.customers.push(Customer { code: format!("{number}"), country: None });
    }
    for (at, (name, customer, product, quantity, price)) in rows.iter().enumerate() {
        let known = retail.documents.iter().position(|known| known == name);
        let document = known.unwrap_or_else(|| {
            retail.documents.push((*name).to_owned());
            retail.documents.len() - 1
        });
        retail.lines.push(Line {
            number: u32::try_from(at).unwrap() + 2,
            document,
            at: Instant(i64::try_from(at).unwrap() * 60 * Instant::SECOND),
            customer: *customer,
            product: *product,
            quantity: *quantity,
            price: *price,
        });
    }
    retail
}

fn reasons(plan: &Plan) -> Vec<Reason> {
    plan.listed.iter().map(|(_, reason)| *reason).collect()
}

#[test]
fn each_line_is_booked_or_listed_once() {
    let retail = file(&[
        ("1", Some(0), 0, 6, 25_500),
        ("1", Some(0), 1, 1, 0),
        ("2", None, 0, -4, 0),
        ("3", None, 0, 1, -10_000),
        ("A4", None, 0, 1, 110_000),
        ("C5", Some(0), 0, 0, 25_500),
        ("6", None, 2, 2, 10_000),
    ]);
    let plan = classify(&retail);
    assert_eq!(plan.booked() + plan.listed.len(), retail.lines.len());
    assert_eq!(plan.booked(), 2);
    use Reason::{CancelsNothing, NegativePrice, NoPrice, NotASale, StockCorrection};
    assert_eq!(reasons(&plan), [NoPrice, StockCorrection, NegativePrice, NotASale, CancelsNothing]);
    let months = plan.sales(&retail);
    assert_eq!(months["1970-01"], Money::new(15_30 + 2_00, POUND));
}

#[test]
fn a_cancellation_mends_the_latest_invoice_line_that_holds_all_of_it() {
    let retail = file(&[
        ("1", Some(0), 1, 1, 25_500),
        ("1", Some(0), 0, 6, 25_500),
        ("2", Some(0), 0, 9, 25_500),
        ("3", Some(1), 0, 9, 25_500),
        ("C4", Some(0), 0, -5, 25_500),
        ("C5", Some(0), 0, -5, 25_500),
    ]);
    let plan = classify(&retail);
    let deeds: Vec<&Deed> = plan.documents.iter().map(|document| &document.deed).collect();
    let credit =
        |document, place| Deed::Return(vec![Credit { document, place, product: 0, quantity: 5 }]);
    assert_eq!(deeds[3..], [&credit(1, 0), &credit(0, 1)]);
}

#[test]
fn a_cancellation_may_take_several_invoice_lines_back() {
    let retail = file(&[
        ("1", Some(0), 0, 6, 25_500),
        ("2", Some(0), 0, 3, 25_500),
        ("C3", Some(0), 0, -8, 25_500),
    ]);
    let Deed::Return(credits) = &classify(&retail).documents[2].deed else { panic!("a return") };
    let parts: Vec<(usize, i64)> = credits.iter().map(|c| (c.document, c.quantity)).collect();
    assert_eq!(parts, [(1, 3), (0, 5)]);
}

#[test]
fn a_cancellation_without_its_invoice_is_listed_with_what_is_wrong() {
    let retail = file(&[
        ("C1", Some(0), 0, -6, 25_500),
        ("2", Some(0), 0, 6, 25_500),
        ("C3", Some(0), 0, -6, 20_000),
        ("C4", Some(0), 0, -7, 25_500),
        ("C5", Some(1), 0, -1, 25_500),
        ("C6", Some(0), 0, -6, 25_500),
        ("C7", Some(0), 0, -1, 25_500),
    ]);
    use Reason::{MoreThanInvoiced, NoInvoice, OtherPrice};
    let plan = classify(&retail);
    let wanted = [NoInvoice, OtherPrice, MoreThanInvoiced, NoInvoice, MoreThanInvoiced];
    assert_eq!(reasons(&plan), wanted);
    assert_eq!(plan.documents.len(), 2);
    assert_eq!(plan.sales(&retail)["1970-01"], Money::new(0, POUND));
}
