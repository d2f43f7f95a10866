//! Bank statements and what their lines pay.

use erp::finance::*;
use kernel::{Day, Faults, Id};

use crate::world::{World, customer, day, eur, on_both};

fn movement(cents: i64, from: &str, text: &str) -> NewBankLine {
    NewBankLine {
        booked_on: day("2026-11-23"),
        amount: eur(cents),
        counterparty: Some(from.into()),
        counterparty_iban: Some(format!("FR76{}", from.len())),
        remittance: text.into(),
        end_to_end: None,
    }
}

fn import(
    world: &World,
    reference: &str,
    lines: Vec<NewBankLine>,
) -> Result<Vec<Id<BankLine>>, Faults> {
    let moved: i64 = lines.iter().map(|line| line.amount.minor).sum();
    let new = NewStatement {
        reference: reference.into(),
        iban: "FR7630004000031234567890143".into(),
        starts_on: day("2026-11-23"),
        ends_on: day("2026-11-23"),
        opening: Some(eur(1000_00)),
        closing: Some(eur(1000_00 + moved)),
        lines,
    };
    world.act(move |tx, actor| {
        let statement = import_statement(tx, actor, new.clone())?;
        let lines = tx.find(BankLine::STATEMENT.is(&statement))?;
        Ok(lines.into_iter().map(|line| line.id).collect())
    })
}

fn propose(world: &World, line: Id<BankLine>) -> Vec<Proposal> {
    world.store.read(&world.actor, |tx| propose_matches(tx, line)).unwrap()
}

#[test]
fn a_line_that_names_its_invoice_is_proposed_accepted_and_undone() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 700_00)]);
        let line = import(
            world,
            "2026-11-23/1",
            vec![movement(840_00, "MAISON FERRAND", "VIR FA-2026-0001")],
        )
        .unwrap()[0];
        let best = propose(world, line).remove(0);
        assert_eq!(best.invoices, [invoice]);
        assert!(best.score >= SURE);
        for reason in &best.reasons {
            let said = kernel::sentence(reason, kernel::Language::French);
            assert!(said != reason.code && !said.contains('{'), "{said}");
        }
        let what = Match::Invoices(best.invoices);
        let payment = world.act(move |tx, actor| accept_match(tx, actor, line, &what)).unwrap();
        assert_eq!(world.invoice(invoice).open, eur(0));
        assert_eq!(world.letters("411000"), ["AAA", "AAA"]);
        let twice =
            world.act(move |tx, actor| accept_match(tx, actor, line, &Match::Payment(payment)));
        assert!(twice.unwrap_err().has("bank_line.matched"));

        world.act(move |tx, actor| undo_match(tx, actor, line)).unwrap();
        assert_eq!(world.invoice(invoice).open, eur(840_00));
        assert_eq!((world.balance("512000"), world.letters("411000")[0].as_str()), (0, "-"));
        let kept = world.store.read(&world.actor, |tx| Ok(tx.get(line)?.into_inner())).unwrap();
        assert_eq!((kept.state, kept.payment), (BankLineState::Open, None));
        // The same line may be matched again, to the customer this time.
        let party = world.party;
        world.act(move |tx, actor| accept_match(tx, actor, line, &Match::Party(party))).unwrap();
        let open = world.act(move |tx, _| Ok(open_receivables(tx, party)?)).unwrap();
        assert_eq!(open, eur(0));
    });
}

#[test]
fn a_statement_is_taken_once_and_whole() {
    on_both(|world| {
        import(world, "R1", vec![movement(1_00, "A", "x")]).unwrap();
        let again = import(world, "R1", vec![movement(1_00, "A", "x")]);
        assert!(again.unwrap_err().has("statement.taken"));
        let cut = NewStatement {
            reference: "R2".into(),
            iban: "FR76".into(),
            starts_on: day("2026-11-23"),
            ends_on: day("2026-11-23"),
            opening: Some(eur(0)),
            closing: Some(eur(2_00)),
            lines: vec![movement(1_00, "A", "x")],
        };
        let cut = world.act(move |tx, actor| import_statement(tx, actor, cut.clone()));
        assert!(cut.unwrap_err().has("statement.balance"));
    });
}

#[test]
fn a_payer_is_known_by_the_account_that_paid_before() {
    on_both(|world| {
        world.issue(&[(world.goods, 1, 700_00)]);
        let lines = vec![
            movement(840_00, "HOLDING XYZ", "FA-2026-0001"),
            movement(1260_00, "HOLDING XYZ", "REGLEMENT"),
        ];
        let lines = import(world, "R1", lines).unwrap();
        let (first, second) = (lines[0], lines[1]);
        let what = Match::Invoices(propose(world, first).remove(0).invoices);
        world.act(move |tx, actor| accept_match(tx, actor, first, &what)).unwrap();
        let open = [800_00, 250_00].map(|cents| world.issue(&[(world.goods, 1, cents)]));
        let best = propose(world, second).remove(0);
        assert_eq!(best.invoices, open);
        let codes: Vec<&str> = best.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(codes, ["match.sum", "match.account"]);
    });
}

#[test]
fn a_cheque_recorded_before_is_collected_by_its_line() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 100_00)]);
        let payment = world.act(move |tx, actor| {
            let today: Day = tx.today() + -2;
            pay_invoice(tx, actor, invoice, today, None, PaymentMethod::Cheque, None)
        });
        let payment = payment.unwrap();
        assert_eq!(world.balance("511200"), 120_00);
        let line =
            import(world, "R1", vec![movement(120_00, "REMISE CHEQUES", "BORD 12")]).unwrap()[0];
        let found = world.store.read(&world.actor, |tx| propose_payments(tx, line)).unwrap();
        assert_eq!(found, [payment]);
        world
            .act(move |tx, actor| accept_match(tx, actor, line, &Match::Payment(payment)))
            .unwrap();
        assert_eq!((world.balance("511200"), world.balance("512000")), (0, 120_00));
        world.act(move |tx, actor| undo_match(tx, actor, line)).unwrap();
        assert_eq!((world.balance("511200"), world.balance("512000")), (120_00, 0));
        assert_eq!(world.invoice(invoice).open, eur(0));
    });
}

#[test]
fn invoices_of_two_customers_are_not_one_payment() {
    on_both(|world| {
        let other = world.act(|tx, _| customer(tx, "Hôtel des Arcades", "FR")).unwrap();
        let invoices = vec![
            world.issue(&[(world.goods, 1, 1_00)]),
            world.issue_to(other, &[(world.goods, 1, 1_00)]),
        ];
        let line = import(world, "R1", vec![movement(2_40, "X", "x")]).unwrap()[0];
        let what = Match::Invoices(invoices);
        let refused = world.act(move |tx, actor| accept_match(tx, actor, line, &what));
        assert!(refused.unwrap_err().has("match.parties"));
        let none = Match::Invoices(vec![]);
        let refused = world.act(move |tx, actor| accept_match(tx, actor, line, &none));
        assert!(refused.unwrap_err().has("match.empty"));
        let unsure = world.act(move |tx, actor| {
            (ACCEPT_MATCH.run)(tx, actor, line.raw(), &kernel::Inputs::default())
        });
        assert!(unsure.unwrap_err().has("match.unsure"));
    });
}

#[test]
fn a_line_pays_an_invoice_keeps_a_rest_on_account_and_books_the_fee_at_once() {
    on_both(|world| {
        let invoice = world.issue(&[(world.goods, 1, 700_00)]);
        let lines = vec![
            movement(835_00, "MAISON FERRAND", "FA-2026-0001"),
            movement(900_00, "MAISON FERRAND", "FA-2026-0001"),
        ];
        let lines = import(world, "2026-11-23/9", lines).unwrap();
        let (short, long) = (lines[0], lines[1]);
        let share = |amount: i64| Share {
            account: "627000".into(),
            amount: eur(amount),
            tax: None,
            label: None,
        };
        let split = |line, what: Match, shares: Vec<Share>| {
            world.act(move |tx, actor| accept_split(tx, actor, line, &what, shares.clone()))
        };
        let open = || world.invoice(invoice).open;
        let on_account =
            || world.act(|tx, _| Ok(tx.find(kernel::Filter::<Payment>::everything())?));

        // 840.00 were due and 835.00 came: an account alone takes the difference.
        let payment = split(short, Match::Invoices(vec![invoice]), vec![share(0)]).unwrap();
        assert_eq!(open(), eur(0));
        assert_eq!((world.balance("512000"), world.balance("627000")), (835_00, 5_00));
        assert_eq!(world.letters("411000"), ["AAA", "AAA"]);
        world.act(move |tx, actor| undo_match(tx, actor, short)).unwrap();
        assert_eq!(open(), eur(840_00));
        assert_eq!((world.balance("512000"), world.balance("627000")), (0, 0));
        // Undoing its payment takes the share back as well.
        let payment = {
            let again = split(short, Match::Invoices(vec![invoice]), vec![share(-5_00)]).unwrap();
            assert_ne!(again, payment);
            again
        };
        world.act(move |tx, actor| undo_payment(tx, actor, payment)).unwrap();
        assert_eq!((world.balance("512000"), world.balance("627000")), (0, 0));

        // 900.00 came: 840.00 for the invoice, 50.00 stay on account, 10.00 are something else.
        split(long, Match::Invoices(vec![invoice]), vec![share(10_00)]).unwrap();
        assert_eq!(open(), eur(0));
        assert_eq!((world.balance("512000"), world.balance("627000")), (900_00, -10_00));
        let kept: i64 = on_account().unwrap().iter().map(|one| one.unallocated.minor).sum();
        assert_eq!(kept, 50_00);

        let refused = |what, shares| split(short, what, shares).unwrap_err();
        let party = Match::Party(world.party);
        assert!(refused(party.clone(), vec![share(0)]).has("field.required"));
        assert!(refused(party.clone(), vec![share(835_00)]).has("bank_line.shares"));
        assert!(refused(Match::Payment(payment), vec![share(1_00)]).has("match.shares"));
        assert_eq!(world.balance("512000"), 900_00, "what is refused books nothing");
    });
}
