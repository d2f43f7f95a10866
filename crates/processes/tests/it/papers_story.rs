//! Invoices of every kind: each must satisfy the law and its judges.

use erp::finance::{self, CreditLine, Invoice};
use kernel::{Id, Money, Quantity, Rate};
use master::{Party, PartyKind, Product, ProductKind, Tax, Tongue};
use processes::{invoice_document, order_to_cash};

use crate::judge::judged;
use crate::shop::{Shop, tell};

fn abroad(shop: &Shop, name: &str, country: &str, vat: Option<&str>) -> Id<Party> {
    let (name, country) = (name.to_owned(), country.to_owned());
    let vat = vat.map(str::to_owned);
    shop.run(move |tx| {
        let mut party = Party::named(&name);
        party.country = Some(country.clone());
        party.language = Tongue::En;
        party.street = Some("1 Main Street".into());
        (party.postcode, party.city) = (Some("10115".into()), Some("Musterstadt".into()));
        party.email = Some("accounts@example.com".into());
        party.vat_number.clone_from(&vat);
        tx.insert(&party)
    })
    .expect("a party abroad")
}

fn person(shop: &Shop) -> Id<Party> {
    shop.run(|tx| {
        let mut party = Party::named("Claire Morel");
        party.kind = PartyKind::Person;
        party.street = Some("8 quai de Saône".into());
        (party.postcode, party.city) = (Some("69002".into()), Some("Lyon".into()));
        party.email = Some("claire@example.com".into());
        tx.insert(&party)
    })
    .expect("a person")
}

fn book(shop: &Shop) -> Id<Product> {
    let book = shop.product("LIVRE", 19, 7, ProductKind::Goods);
    shop.run(move |tx| {
        let mut product = tx.get(book)?;
        product.tax = tx.first(Tax::CODE.is(&"FR55".to_owned()))?.expect("a tax").id;
        product.price = kernel::Price::new(12_3450, kernel::Currency::EUR);
        tx.save(&product)
    })
    .expect("a reduced rate");
    book
}

#[test]
fn an_invoice_to_anyone_satisfies_the_judges() {
    tell(|shop| {
        let (book, advice) = (book(shop), shop.product("CONSEIL", 80, 0, ProductKind::Service));
        shop.stock(shop.lamp, 100, 60);
        shop.stock(book, 100, 7);
        let german = abroad(shop, "Lampenhaus GmbH", "DE", Some("DE136695976"));
        let swiss = abroad(shop, "Alpenlicht AG", "CH", None);
        let mixed = [(shop.lamp, 2), (book, 7), (advice, 3)];
        let mut invoices: Vec<Id<Invoice>> = Vec::new();
        for (party, lines) in [
            (shop.customer, &mixed[..]),
            (german, &mixed[..2]),
            (swiss, &mixed[..2]),
            (person(shop), &mixed[..2]),
            (shop.customer, &mixed[2..]),
        ] {
            let order = shop.order_of(party, lines, Some(Rate::percent(30)));
            shop.confirm(order).expect("confirmed");
            let deposit = shop
                .act(move |tx, actor| order_to_cash::deposit_invoice(tx, actor, order, None))
                .expect("a deposit");
            shop.pay(deposit, None).expect("paid");
            if let Ok(shipment) = shop.prepare(order) {
                shop.ship(shipment).expect("shipped");
            }
            let invoice = shop.invoice(order).expect("invoiced");
            invoices.extend([deposit, invoice]);
        }
        // Two rates and a service: 2 × 100 + 7 × 12.345 (86.42) + 3 × 80.
        let whole = shop.get_invoice(invoices[1]);
        assert_eq!(whole.net, Money::eur(200_00 + 86_42 + 240_00));
        assert_eq!(whole.tax_amount, Money::eur(88_00 + 4_75));
        for foreign in [invoices[3], invoices[5]] {
            assert_eq!(shop.get_invoice(foreign).tax_amount, Money::eur(0));
        }
        invoices.extend(credited_bit_by_bit(shop, invoices[1]));
        judged(shop, &invoices);
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

/// Credits the books one by one: the last part takes the cent that rounding left.
fn credited_bit_by_bit(shop: &Shop, invoice: Id<Invoice>) -> Vec<Id<Invoice>> {
    let line = shop.read(|tx| Ok(finance::invoice_lines(tx, invoice)?[1].id));
    let notes: Vec<Id<Invoice>> = (0..7)
        .map(|_| {
            shop.act(move |tx, actor| {
                let lines = [CreditLine { line, quantity: Quantity::units(1) }];
                order_to_cash::credit_invoice(tx, actor, invoice, &lines, None)
            })
            .expect("one book is credited")
        })
        .collect();
    let nets: Vec<i64> = notes.iter().map(|note| shop.get_invoice(*note).net.minor).collect();
    assert_eq!(nets, [1235, 1235, 1235, 1235, 1235, 1235, 1232]);
    let (paper, _) = shop.read(|tx| invoice_document::invoice_paper(tx, notes[6]));
    assert_eq!(paper.lines[0].net, Money::eur(1232));
    assert_eq!(paper.lines[0].detail.as_deref(), Some("Quantité 1"));
    notes
}
