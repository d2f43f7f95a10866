//! What the screens of the warehouse, of the bank and of the books read.

use erp::finance::{self, FiscalYear, NewBankLine, NewStatement};
use kernel::{Filter, Money, Quantity};
use processes::order_to_cash;
use processes::reports::{bank, books, shipping, stock};

use crate::shop::tell;

#[test]
fn the_stock_tells_what_is_there_and_what_customers_wait_for() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(14);
        shop.act(move |tx, actor| order_to_cash::confirm(tx, actor, order, true))
            .expect("confirmed in parts");
        let rows = shop.read(|tx| Ok(stock::stock(tx)?));
        let [lamp] = &rows[..] else { panic!("one product is kept in stock: {rows:?}") };
        let units = Quantity::units;
        assert_eq!((lamp.on_hand, lamp.reserved, lamp.promised), (units(10), units(10), units(14)));
        assert_eq!((lamp.free(), lamp.waiting()), (units(0), units(4)));
        assert_eq!(lamp.value, Money::eur(600_00));
        assert!(lamp.is_low());
    });
}

#[test]
fn what_is_kept_and_on_no_shipment_yet_is_to_be_prepared_unless_it_is_held() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let (first, second) = (shop.lamps(2), shop.lamps(3));
        shop.confirm(first).expect("confirmed");
        shop.confirm(second).expect("confirmed");
        shop.prepare(first).expect("prepared");
        shop.act(move |tx, actor| order_to_cash::hold(tx, actor, second, "à vérifier", None))
            .expect("held");
        let ready = shop.read(|tx| Ok(shipping::to_prepare(tx)?));
        let [left] = &ready[..] else { panic!("one order is left: {ready:?}") };
        assert_eq!((left.order, left.lines, left.quantity), (second, 1, Quantity::units(3)));
        assert!(left.held.is_some());
    });
}

#[test]
fn the_bank_and_the_books_are_compared_and_the_statements_counted() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(4);
        let invoice = shop.sell(order);
        shop.pay(invoice, None).expect("paid");
        let today = shop.today();
        shop.act(move |tx, actor| {
            let line = NewBankLine {
                booked_on: today,
                amount: Money::eur(500_00),
                counterparty: None,
                counterparty_iban: None,
                remittance: "VIR".into(),
                end_to_end: None,
            };
            let statement = NewStatement {
                reference: "R-1".into(),
                iban: "FR7630006000011234567890189".into(),
                starts_on: today,
                ends_on: today,
                opening: Some(Money::eur(0)),
                closing: Some(Money::eur(500_00)),
                lines: vec![line],
            };
            finance::import_statement(tx, actor, statement)
        })
        .expect("a statement");
        let matching = shop.read(|tx| Ok(bank::matching(tx)?));
        assert_eq!((matching.open, matching.matched), (1, 0));
        assert_eq!((matching.bank, matching.books), (Some(Money::eur(500_00)), Money::eur(480_00)));
        assert_eq!(matching.gap(), Some(Money::eur(20_00)));
        let statements = shop.read(|tx| Ok(bank::statements(tx)?));
        assert_eq!((statements.len(), statements[0].lines, statements[0].open), (1, 1, 1));
        assert_eq!(statements[0].closing, Some(Money::eur(500_00)));
    });
}

#[test]
fn the_last_balance_of_each_account_is_told_and_accounts_are_read_in_clear() {
    tell(|shop| {
        let today = shop.today();
        let ibans = ["FR7630006000011234567890189", "DE89370400440532013000"];
        for (rank, (iban, day, balance)) in
            [(ibans[0], -2, 100), (ibans[0], -1, 250), (ibans[1], -3, 40)].into_iter().enumerate()
        {
            let told = shop.act(move |tx, actor| {
                let statement = NewStatement {
                    iban: iban.into(),
                    reference: format!("REL-{rank}"),
                    starts_on: today + day,
                    ends_on: today + day,
                    opening: None,
                    closing: Some(Money::eur(balance)),
                    lines: Vec::new(),
                };
                finance::import_statement(tx, actor, statement)
            });
            told.expect("imported");
        }
        let matching = shop.read(|tx| Ok(bank::matching(tx)?));
        assert_eq!(matching.bank, Some(Money::eur(290)));
        assert_eq!(matching.as_of, Some(today + -1));
        let rows = shop.read(|tx| Ok(bank::statements(tx)?));
        let told: Vec<&str> = rows.iter().map(|row| row.iban.as_str()).collect();
        assert_eq!(told, [ibans[0], ibans[0], ibans[1]]);
    });
}

#[test]
fn the_file_of_entries_holds_every_line_and_the_code_of_each_customer() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let order = shop.lamps(4);
        let invoice = shop.sell(order);
        shop.pay(invoice, None).expect("paid");
        let year = shop.read(|tx| Ok(tx.first(Filter::<FiscalYear>::everything())?));
        let year = year.expect("a year").id;
        let file = shop.read(|tx| books::fec_file(tx, year));
        assert_eq!(file.name, "552100554FEC20261231.txt");
        let text = String::from_utf8(file.bytes).expect("UTF-8");
        let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
        // The invoice: customer, sale, VAT. The payment: bank, customer.
        assert_eq!(lines.len(), 1 + 3 + 2, "{text}");
        assert!(lines.iter().all(|line| line.split('\t').count() == 18), "{text}");
        assert!(lines[1].contains("\t480,00\t0,00\t"), "{text}");
    });
}
