//! From the offer to the order, and the papers that go with them.

use crm::sales::{self, Acceptance, Order, OrderStage, Quote, QuoteLine, QuoteState, quote};
use kernel::edit::{self, Draft};
use kernel::{Entity, Id, Lines, Money, Price, Quantity, Rate};
use processes::{invoice_document, trade_document};

use serde_json::{Value as Json, json};

use crate::shop::{Shop, tell};

fn offer(shop: &Shop) -> Id<Quote> {
    let id = draft(shop);
    shop.act(move |tx, _| sales::send(tx, id)).expect("an offer is sent");
    id
}

fn draft(shop: &Shop) -> Id<Quote> {
    let (party, lamp) = (shop.customer, shop.lamp);
    shop.act(move |tx, actor| {
        let zero = Money::zero(tx.currency());
        let id = tx.insert(&Quote {
            number: None,
            party,
            opportunity: None,
            subject: Some("Lampes du hall".into()),
            revision: 1,
            state: QuoteState::Draft,
            quoted_on: tx.today(),
            valid_until: None,
            reference: Some("BC-77".into()),
            payment_term: None,
            deposit_rate: Some(Rate::percent(30)),
            seller: None,
            note: None,
            lines: Lines::HERE,
            net: zero,
            tax_amount: zero,
            total: zero,
            margin: zero,
            sent_at: None,
            acceptance_token: None,
            accepted_by: None,
            accepted_at: None,
            accepted_role: None,
            consent: None,
            signed_from: None,
            signed_with: None,
            signature: None,
            refused_reason: None,
            previous: None,
            priced_for: None,
        })?;
        tx.insert(&QuoteLine {
            quote: id,
            rank: None,
            product: lamp,
            description: None,
            quantity: Quantity::units(4),
            unit_price: None,
            discount: Some(Rate::percent(10)),
            tax: None,
            net: zero,
            unit_cost: Price::zero(tx.currency()),
            optional: false,
            taken: false,
        })?;
        quote::settle(tx, actor, id.raw())?;
        Ok(id)
    })
    .expect("an offer is drawn up")
}

#[test]
fn a_customer_accepts_by_the_link_and_the_order_bears_the_same_prices() {
    tell(|shop| {
        shop.stock(shop.lamp, 4, 60);
        let id = offer(shop);
        let token = shop.read(|tx| Ok(tx.get(id)?.acceptance_token.clone())).expect("a token");
        shop.wait(2);
        let order: Id<Order> = shop
            .act(move |tx, actor| {
                let found = sales::quote_by_token(tx, &token)?.expect("the quote of the link");
                sales::accept(tx, actor, found.id, Acceptance::by("Mme Ferrand"))
            })
            .expect("accepted");
        let found = shop.order(order);
        assert_eq!(
            (found.total, found.deposit_rate),
            (Money::eur(432_00), Some(Rate::percent(30)))
        );
        assert_eq!(found.reference.as_deref(), Some("BC-77"));
        let again = shop
            .act(move |tx, actor| sales::accept(tx, actor, id, Acceptance::by("Mme Ferrand")))
            .expect("accepted again");
        assert_eq!(again, order);
        shop.wait(1);
        let invoice = shop.sell(order);
        assert_eq!(shop.get_invoice(invoice).total, Money::eur(432_00));
        shop.pay(invoice, None).expect("paid");
        assert_eq!(shop.order(order).stage, OrderStage::Closed);
        let (from, to) = (crate::shop::day("2026-03-01"), crate::shop::day("2026-03-31"));
        let cycle = shop.read(|tx| Ok(processes::cycle::cycle(tx, from, to)?));
        let days = |step| cycle.whole.step(step).map(|spread| spread.median / 86_400);
        assert_eq!(days(processes::cycle::Step::Quote), Some(2));
        assert_eq!(days(processes::cycle::Step::Confirm), Some(1));
        assert_eq!(cycle.whole.first_time_right, Rate::percent(100));
        assert_eq!(shop.ailments(), Vec::<String>::new());
    });
}

#[test]
fn each_document_is_set_and_the_same_facts_give_the_same_bytes() {
    tell(|shop| {
        shop.stock(shop.lamp, 10, 60);
        let quoted = offer(shop);
        let order = shop.order_of(shop.customer, &[(shop.lamp, 4)], Some(Rate::percent(30)));
        shop.confirm(order).expect("confirmed");
        let deposit = shop
            .act(move |tx, actor| processes::order_to_cash::deposit_invoice(tx, actor, order, None))
            .expect("a deposit");
        shop.pay(deposit, None).expect("paid");
        let shipment = shop.prepare(order).expect("prepared");
        shop.ship(shipment).expect("shipped");
        let invoice = shop.invoice(order).expect("invoiced");
        let note = shop
            .act(move |tx, actor| {
                let reason = Some("rayure".to_owned());
                processes::order_to_cash::credit_invoice(tx, actor, invoice, &[], reason)
            })
            .expect("a credit note");
        let papers = || {
            shop.read(|tx| {
                Ok([
                    trade_document::quote_pdf(tx, quoted)?,
                    trade_document::order_pdf(tx, order)?,
                    trade_document::delivery_note_pdf(tx, shipment)?,
                    invoice_document::invoice_pdf(tx, deposit)?,
                    invoice_document::invoice_pdf(tx, invoice)?,
                    invoice_document::invoice_pdf(tx, note)?,
                ])
            })
        };
        let first = papers();
        let names: Vec<&str> = first.iter().map(|paper| paper.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "DE-2026-00001.pdf",
                "CC-2026-00001.pdf",
                "BL-2026-00001.pdf",
                "FA-2026-0001.pdf",
                "FA-2026-0002.pdf",
                "AV-2026-0001.pdf",
            ]
        );
        assert!(first.iter().all(|paper| paper.bytes.starts_with(b"%PDF-1.")));
        // The customer moves: what was issued does not.
        let party = shop.customer;
        shop.run(move |tx| {
            let mut party = tx.get(party)?;
            party.street = Some("99 avenue Neuve".into());
            tx.save(&party)
        })
        .expect("moved");
        let second = papers();
        for rank in 3..6 {
            assert_eq!(first[rank].bytes, second[rank].bytes, "{}", names[rank]);
        }
        let (paper, _) = shop.read(|tx| invoice_document::invoice_paper(tx, invoice));
        assert_eq!(paper.totals.due, Money::eur(480_00 - 144_00));
        assert_eq!(
            paper.prepayments[0].invoice.as_ref().map(|r| r.number.as_str()),
            Some("FA-2026-0001")
        );
        assert_eq!(paper.delivery_notes, ["BL-2026-00001"]);
        let draft = shop.read(|tx| Ok(invoice_document::invoice_xml(tx, invoice)?.bytes));
        assert!(String::from_utf8_lossy(&draft).contains("FA-2026-0002"));
        crate::judge::judged(shop, &[deposit, invoice, note]);
    });
}

#[test]
fn what_was_accepted_with_its_options_is_what_becomes_the_order() {
    tell(|shop| {
        let id = shop
            .act({
                let id = draft(shop);
                move |tx, actor| {
                    let lamp = quote::lines(tx, id)?[0].clone().into_inner();
                    let zero = Money::zero(tx.currency());
                    for quantity in [1, 2] {
                        let quantity = Quantity::units(quantity);
                        let (rank, optional) = (None, true);
                        let line =
                            QuoteLine { quantity, rank, optional, net: zero, ..lamp.clone() };
                        tx.insert(&line)?;
                    }
                    quote::settle(tx, actor, id.raw())?;
                    sales::send(tx, id)?;
                    Ok(id)
                }
            })
            .expect("sent");
        assert_eq!(shop.read(|tx| Ok(tx.get(id)?.net)), Money::eur(360_00));
        let lines = shop.read(|tx| Ok(quote::lines(tx, id)?));
        let (sure, taken) = (lines[0].id, lines[1].id);
        let said = Acceptance { options: vec![sure], ..Acceptance::by("Mme Ferrand") };
        let refused = shop.act(move |tx, actor| sales::accept(tx, actor, id, said.clone()));
        assert_eq!(refused.unwrap_err().codes(), ["quote.option"]);
        let proof = sales::Proof {
            consent: Some("J’accepte.".into()),
            address: Some("192.0.2.7".into()),
            drawing: sales::Drawing::parse("M 1 2 L 30 40").unwrap(),
            ..sales::Proof::default()
        };
        let said = Acceptance { options: vec![taken], proof, ..Acceptance::by("Mme Ferrand") };
        let order = shop
            .act(move |tx, actor| sales::accept(tx, actor, id, said.clone()))
            .expect("accepted");
        let found = shop.read(|tx| Ok(tx.get(id)?));
        assert_eq!(found.net, Money::eur(360_00) + lines[1].net);
        assert_eq!(found.signature.as_ref().map(|path| path.0.as_str()), Some("M 1 2 L 30 40"));
        assert_eq!((shop.order(order).net, shop.order(order).total), (found.net, found.total));
        assert_eq!(shop.read(|tx| Ok(sales::lines(tx, order)?.len())), 2);
        let paper = shop.read(|tx| trade_document::quote_pdf(tx, id));
        assert!(paper.bytes.starts_with(b"%PDF-1."));
    });
}

#[test]
fn lines_given_in_another_order_are_kept_in_it() {
    tell(|shop| {
        let id = draft(shop);
        let lamp = shop.lamp;
        let more = |count: i64| json!({"product": lamp.to_string(), "quantity": count.to_string()});
        let update = |lines: Json| {
            shop.act(move |tx, actor| {
                let (catalog, def) = (processes::catalog(), Quote::DEF);
                let given = json!({ "lines": lines });
                let draft = Draft::of_json(catalog, def, given.as_object().unwrap(), tx)?;
                edit::update(catalog, tx, actor, def, id.raw(), None, &draft)?;
                Ok(id)
            })
            .expect("lines are edited");
        };
        let lines = || shop.read(move |tx| Ok(quote::lines(tx, id)?));
        let known = |at: usize| json!({ "id": lines()[at].id.to_string() });
        update(json!([known(0), more(1), more(2), more(3)]));
        let unit = lines()[0].quantity.0 / 4;
        let counts = || lines().iter().map(|line| line.quantity.0 / unit).collect::<Vec<_>>();
        assert_eq!(counts(), [4, 1, 2, 3]);
        let versions: Vec<i64> = lines().iter().map(|line| line.version).collect();
        update(json!([known(0), known(2), known(1), known(3)]));
        assert_eq!(counts(), [4, 2, 1, 3]);
        let now = lines();
        assert_eq!(
            (now[0].version, now[3].version),
            (versions[0], versions[3]),
            "those that stay where they are are not written"
        );
        update(json!([more(9), known(3), known(0), known(2)]));
        assert_eq!(counts(), [9, 3, 4, 1], "one new in front, one gone");
    });
}
