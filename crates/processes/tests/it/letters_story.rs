//! An invoice is sent on demand; what is closed and not paid stays in sight.

use crm::interactions;
use erp::finance::{Invoice, InvoiceState};
use kernel::{Id, Language, Money, Origin};
use processes::letters::{self, Outcome};
use processes::order_board::{self, Column};

use crate::shop::{Shop, tell};

fn give_addresses(shop: &Shop) {
    let party = shop.customer;
    shop.run(move |tx| {
        let mut party = tx.get(party)?;
        party.email = Some("comptes@ferrand.example".into());
        tx.save(&party)?;
        let mut company = master::company(tx)?;
        company.email = Some("compta@lumen.example".into());
        tx.save(&company)
    })
    .expect("addresses");
}

fn timeline(shop: &Shop, invoice: Id<Invoice>) -> Vec<String> {
    shop.read(|tx| {
        let told = interactions::timeline_about(tx, Origin::of(invoice), 20)?;
        Ok(told.iter().map(|line| line.says(Language::English)).collect())
    })
}

#[test]
fn an_invoice_is_sent_when_a_person_asks_and_the_timeline_tells_both() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        let invoice = shop.sell(shop.lamps(2));
        let send = move |tx: &mut kernel::Tx<'_>| letters::send_invoice(tx, invoice);
        let refused = shop.run(send).expect_err("no one has an address");
        assert_eq!(refused.codes(), ["letter.recipient", "letter.sender"]);
        assert!(refused.0.iter().all(|fault| fault.field.as_deref() == Some("email")));
        give_addresses(shop);
        shop.run(send).expect("asked for");
        let number = shop.get_invoice(invoice).number.clone().expect("a number");
        assert!(
            timeline(shop, invoice).contains(&format!("Sending of invoice {number} asked for"))
        );

        let (event, about) = ("invoice.send_asked", Origin::of(invoice));
        assert_eq!(shop.told(event), 1);
        assert!(letters::asks(event));
        let letter = shop.read(|tx| letters::letter(tx, event, about)).expect("a letter");
        assert_eq!(letter.to, "comptes@ferrand.example");
        assert_eq!(letter.subject, format!("Votre facture {number}"));
        assert!(letter.attachments[0].bytes.starts_with(b"%PDF-"));
        let sent = Outcome::Sent { to: letter.to };
        shop.run(move |tx| letters::note(tx, event, about, &sent)).expect("noted");
        let found = shop.get_invoice(invoice);
        assert_eq!(found.sent_to.as_deref(), Some("comptes@ferrand.example"));
        assert!(found.sent_at.is_some());
        let said = format!("Invoice {number} (comptes@ferrand.example) sent");
        assert!(timeline(shop, invoice).contains(&said));
    });
}

#[test]
fn an_invoice_that_lacks_what_the_law_wants_is_not_posted() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        shop.run(|tx| {
            let mut company = master::company(tx)?;
            company.vat_number = None;
            tx.save(&company)
        })
        .expect("a company that forgot its number");
        let order = shop.lamps(2);
        shop.confirm(order).expect("confirmed");
        let shipment = shop.prepare(order).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let refused = shop.invoice(order).expect_err("no number to state");
        assert_eq!(refused.codes(), ["invoice.seller_vat_number"]);
        let posted = shop.read(|tx| Ok(tx.find(Invoice::STATE.is(&InvoiceState::Posted))?.len()));
        assert_eq!(posted, 0);
    });
}

#[test]
fn a_draft_invoice_is_not_sent() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        give_addresses(shop);
        let invoice = shop.sell(shop.lamps(2));
        // A draft of the same sale, as a person would make it by hand.
        let draft = shop
            .run(move |tx| {
                let posted = tx.get(invoice)?.into_inner();
                tx.insert(&Invoice { number: None, state: InvoiceState::Draft, ..posted })
            })
            .expect("a draft");
        let refused = shop.run(move |tx| letters::send_invoice(tx, draft));
        assert_eq!(refused.expect_err("no document").codes(), ["invoice.unposted"]);
    });
}

#[test]
fn an_order_closed_before_it_is_paid_stays_on_the_board_until_it_is() {
    tell(|shop| {
        shop.stock(shop.lamp, 1, 60);
        let order = shop.lamps(3);
        shop.act(move |tx, actor| processes::order_to_cash::confirm(tx, actor, order, true))
            .expect("confirmed");
        let shipment = shop.prepare(order).expect("the one there is");
        shop.ship(shipment).expect("shipped");
        let invoice = shop.invoice(order).expect("invoiced");
        let reason = Some("le reste n’est plus voulu".to_owned());
        shop.act(move |tx, actor| {
            processes::order_to_cash::close(tx, actor, order, reason.clone())
        })
        .expect("closed");
        let places = || {
            let columns = shop.read(|tx| Ok(order_board::board(tx, Language::French)?));
            let place = |column: &order_board::BoardColumn| {
                let found = column.cards.iter().any(|card| card.order == order);
                found.then_some((column.column, column.total))
            };
            columns.iter().filter_map(place).collect::<Vec<_>>()
        };
        let total = Money::eur(360_00);
        assert_eq!(places(), [(Column::ToBePaid, total)]);
        shop.wait(40);
        shop.run(processes::payment_follow_up::review_all).expect("a morning");
        assert_eq!(places(), [(Column::Overdue, total)]);
        shop.pay(invoice, None).expect("paid");
        assert_eq!(places(), []);

        // Closed with nothing billed, an order is owed nothing.
        let given_up = shop.lamps(1);
        shop.act(move |tx, actor| processes::order_to_cash::confirm(tx, actor, given_up, true))
            .expect("confirmed");
        shop.act(move |tx, actor| {
            processes::order_to_cash::close(tx, actor, given_up, Some("perdue".to_owned()))
        })
        .expect("closed");
        let columns = shop.read(|tx| Ok(order_board::board(tx, Language::French)?));
        assert!(columns.iter().all(|column| column.cards.is_empty()));
    });
}
