//! Entries and bank lines that a person books: written, reversed, taught to a rule.

use erp::finance::*;
use kernel::{Id, Inputs, Money};

use crate::world::{World, catalog, day, eur, on_both};

fn journal(world: &World, code: &'static str) -> Id<Journal> {
    world.act(move |tx, _| Ok(tx.first(Journal::CODE.is(&code.to_owned()))?.unwrap().id)).unwrap()
}

fn line(account: &str, debit: i64, credit: i64) -> HandLine {
    let (debit, credit) = (eur(debit), eur(credit));
    HandLine { account: account.into(), party: None, debit, credit, label: None }
}

fn entry(lines: Vec<HandLine>) -> HandEntry {
    HandEntry { day: day("2026-11-20"), label: "Loyer".into(), piece: None, lines }
}

#[test]
fn an_entry_by_hand_is_posted_and_reversed_once() {
    on_both(|world| {
        let journal = journal(world, "OD");
        let rent = vec![line("613200", 1_200_00, 0), line("467000", 0, 1_200_00)];
        let id = world.act(move |tx, actor| write_entry(tx, actor, journal, entry(rent.clone())));
        let id = id.unwrap();
        let read = world.act(move |tx, _| Ok(tx.get(id)?)).unwrap();
        assert_eq!((read.number, read.piece.as_str()), (Some(1), "OD-20261120"));
        assert_eq!(world.entry(id), [("613200".into(), 1_200_00), ("467000".into(), -1_200_00)]);

        let back = world.act(move |tx, actor| reverse_entry(tx, actor, id, tx.today())).unwrap();
        assert_eq!(world.entry(back), [("613200".into(), -1_200_00), ("467000".into(), 1_200_00)]);
        assert_eq!(world.balance("613200"), 0);
        let again = world.act(move |tx, actor| reverse_entry(tx, actor, id, tx.today()));
        assert_eq!(again.unwrap_err().codes(), ["entry.reversed"]);
        let twice = world.act(move |tx, actor| reverse_entry(tx, actor, back, tx.today()));
        assert_eq!(twice.unwrap_err().codes(), ["entry.not_by_hand"]);
    });
}

#[test]
fn all_that_is_wrong_with_an_entry_is_told_at_once() {
    on_both(|world| {
        let journal = journal(world, "OD");
        let lines =
            vec![line("613200", 100_00, 0), line("411000", 0, 30_00), line("999999", 5_00, 5_00)];
        let refused =
            world.act(move |tx, actor| write_entry(tx, actor, journal, entry(lines.clone())));
        let faults = refused.unwrap_err();
        let told: Vec<(&str, &str)> = faults
            .0
            .iter()
            .map(|fault| (fault.code, fault.field.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(
            told,
            [
                ("journal_line.side", "lines.2.debit"),
                ("entry.unbalanced", "lines"),
                ("entry.kept_account", "lines.1.account"),
                ("account.missing", "lines.2.account"),
            ]
        );
        let none = world.act(move |tx, actor| write_entry(tx, actor, journal, entry(Vec::new())));
        assert_eq!(none.unwrap_err().codes(), ["entry.empty"]);
        assert_eq!(world.balance("613200"), 0, "nothing was booked");
    });
}

#[test]
fn the_act_reads_lines_as_text() {
    on_both(|world| {
        let journal = journal(world, "OD").raw();
        let text = "613200;1200.50;;Bureau\n\n401000\t\t1200.50\t\tC-Maison Ferrand\n";
        let made = world.act(move |tx, actor| {
            let act = catalog().action("journal", "write").unwrap();
            let inputs = Inputs::default()
                .with("day", day("2026-11-20"))
                .with("label", "Loyer")
                .with("lines", kernel::Value::Text(text.to_owned()));
            catalog().run(tx, actor, act, journal, &inputs)
        });
        let id = made.unwrap().unwrap().as_a::<JournalEntry>().unwrap();
        assert_eq!(world.entry(id), [("613200".into(), 1_200_50), ("401000".into(), -1_200_50)]);
        let party = world.party;
        let parties = world.act(move |tx, _| {
            let lines = tx.find(JournalLine::ENTRY.is(&id))?;
            Ok(lines.iter().map(|line| line.party).collect::<Vec<_>>())
        });
        assert_eq!(parties.unwrap(), [None, Some(party)]);
    });
}

/// A statement of one account with these movements.
fn statement(world: &World, reference: &'static str, lines: &'static [(&str, i64)]) {
    let taken = world.act(move |tx, actor| {
        let line = |(text, cents): &(&str, i64)| NewBankLine {
            booked_on: day("2026-11-20"),
            amount: eur(*cents),
            counterparty: None,
            counterparty_iban: None,
            remittance: (*text).into(),
            end_to_end: None,
        };
        import_statement(
            tx,
            actor,
            NewStatement {
                reference: reference.into(),
                iban: "FR7630006000011234567890189".into(),
                starts_on: day("2026-11-20"),
                ends_on: day("2026-11-20"),
                opening: None,
                closing: None,
                lines: lines.iter().map(line).collect(),
            },
        )
    });
    taken.unwrap();
}

fn bank_line(world: &World, cents: i64) -> kernel::Kept<BankLine> {
    let found = world.act(move |tx, _| {
        let open = tx.find(BankLine::STATE.is(&BankLineState::Open))?;
        Ok(open.into_iter().find(|line| line.amount == eur(cents)))
    });
    found.unwrap().unwrap()
}

fn share(account: &str, cents: i64) -> Share {
    Share { account: account.into(), amount: eur(cents), tax: None, label: None }
}

#[test]
fn a_bank_line_is_booked_with_its_tax_and_freed() {
    on_both(|world| {
        statement(world, "R-1", &[("FRAIS TELETRANSMISSION 11/2026", -12_00)]);
        let id = bank_line(world, -12_00).id;
        let tax = world.act(|tx, _| {
            Ok(tx.first(master::Tax::RATE.is(&kernel::Rate::percent(20)))?.unwrap().id)
        });
        let tax = tax.unwrap();
        let entry = world.act(move |tx, actor| {
            let share = Share { tax: Some(tax), ..share("627000", 12_00) };
            book_line(tx, actor, id, &[share], None)
        });
        let entry = entry.unwrap();
        assert_eq!(
            world.entry(entry),
            [("512000".into(), -12_00), ("627000".into(), 10_00), ("445660".into(), 2_00)]
        );
        let label = world.act(move |tx, _| Ok(tx.get(entry)?.label.clone())).unwrap();
        assert_eq!(label, "FRAIS TELETRANSMISSION 11/2026");
        let again =
            world.act(move |tx, actor| book_line(tx, actor, id, &[share("627000", 12_00)], None));
        assert_eq!(again.unwrap_err().codes(), ["bank_line.matched"]);

        world.act(move |tx, actor| undo_match(tx, actor, id)).unwrap();
        assert_eq!((world.balance("512000"), world.balance("445660")), (0, 0));
        assert_eq!(bank_line(world, -12_00).entry, None, "it is open again");
        let open = world.act(move |tx, actor| undo_match(tx, actor, id));
        assert_eq!(open.unwrap_err().codes(), ["bank_line.open"]);
    });
}

#[test]
fn a_bank_line_is_shared_between_accounts_to_the_cent() {
    on_both(|world| {
        statement(world, "R-1", &[("REMISE CB", 95_00)]);
        let id = bank_line(world, 95_00).id;
        let short =
            world.act(move |tx, actor| book_line(tx, actor, id, &[share("758000", 90_00)], None));
        assert_eq!(short.unwrap_err().codes(), ["bank_line.shares"]);
        // A share against the direction of the line stands on the other side: fees held back.
        let entry = world.act(move |tx, actor| {
            let shares = [share("758000", 100_00), share("627000", -5_00)];
            book_line(tx, actor, id, &shares, Some("Cartes".into()))
        });
        assert_eq!(
            world.entry(entry.unwrap()),
            [("512000".into(), 95_00), ("758000".into(), -100_00), ("627000".into(), 5_00)]
        );
        assert_eq!(world.balance("512000"), Money::eur(95_00).minor);
    });
}

#[test]
fn a_rule_is_learned_proposed_counted_and_books_by_itself_only_when_it_says_so() {
    on_both(|world| {
        statement(world, "R-1", &[("COMMISSION INTERVENTION 10/2026", -8_00)]);
        let id = bank_line(world, -8_00).id;
        let rule = world.act(move |tx, actor| {
            let share = share("627000", 8_00);
            book_line(tx, actor, id, std::slice::from_ref(&share), None)?;
            learn_rule(tx, id, "commission intervention", &share, None)
        });
        let rule = rule.unwrap();
        let other =
            world.act(move |tx, _| learn_rule(tx, id, "LOYER", &share("613200", 8_00), None));
        assert_eq!(other.unwrap_err().codes(), ["bank_rule.other"]);

        statement(world, "R-2", &[("COMMISSION INTERVENTION 11/2026", -9_00), ("LOYER", -700_00)]);
        let next = bank_line(world, -9_00);
        let found = world.act(move |tx, _| Ok(rules_for(tx, &next)?)).unwrap();
        assert_eq!(found.iter().map(|rule| rule.id).collect::<Vec<_>>(), [rule]);
        let (next, rent) = (bank_line(world, -9_00).id, bank_line(world, -700_00).id);
        let wrong = world.act(move |tx, actor| book_by_rule(tx, actor, rent, rule));
        assert_eq!(wrong.unwrap_err().codes(), ["bank_rule.other"]);
        world.act(move |tx, actor| book_by_rule(tx, actor, next, rule)).unwrap();
        assert_eq!(world.balance("627000"), 17_00);

        world
            .act(move |tx, _| {
                let mut kept = tx.lock(rule)?;
                assert_eq!(kept.used, 2);
                kept.automatic = true;
                tx.save(&kept)
            })
            .unwrap();
        statement(world, "R-3", &[("COMMISSION INTERVENTION 12/2026", -10_00), ("EDF", -50_00)]);
        assert_eq!(world.balance("627000"), 27_00, "booked as the statement came in");
        assert_eq!(bank_line(world, -50_00).state, BankLineState::Open);
    });
}

#[test]
fn lines_that_settle_each_other_are_lettered_and_unlettered_by_hand() {
    on_both(|world| {
        let journal = journal(world, "OD");
        let post = |lines: Vec<HandLine>| {
            let posted =
                world.act(move |tx, actor| write_entry(tx, actor, journal, entry(lines.clone())));
            posted.unwrap()
        };
        post(vec![line("607000", 100_00, 0), line("401000", 0, 100_00)]);
        post(vec![line("401000", 60_00, 0), line("512000", 0, 60_00)]);
        post(vec![line("401000", 40_00, 0), line("512000", 0, 40_00)]);
        let of = |number: &'static str| {
            let read = world.act(move |tx, _| {
                let account = account(tx, number)?;
                Ok((account, tx.find(JournalLine::ACCOUNT.is(&account))?))
            });
            read.unwrap()
        };
        let letter = |number: &'static str, take: usize| {
            let (account, lines) = of(number);
            let lines = lines[..take].to_vec();
            world.act(move |tx, actor| letter_lines(tx, actor, account, &lines))
        };
        assert_eq!(letter("401000", 2).unwrap_err().codes(), ["lettering.unbalanced"]);
        assert_eq!(letter("401000", 0).unwrap_err().codes(), ["lettering.lines"]);
        assert_eq!(letter("401000", 3).unwrap(), "AAA");
        assert_eq!(letter("401000", 3).unwrap_err().codes(), ["lettering.taken"]);
        let (supplier, lines) = of("401000");
        assert!(lines.iter().all(|line| line.lettered_on.is_some()));

        let one = lines[0].id.to_string();
        let undone = world.act(move |tx, actor| {
            let act = catalog().action("account", "unletter").unwrap();
            let inputs = Inputs::default().with("lines", one.as_str());
            catalog().run(tx, actor, act, supplier.raw(), &inputs)
        });
        undone.unwrap();
        assert!(of("401000").1.iter().all(|line| line.lettering.is_none()));
        world.issue(&[(world.goods, 1, 10_00)]);
        assert_eq!(letter("411000", 1).unwrap_err().codes(), ["lettering.kept"]);
    });
}
