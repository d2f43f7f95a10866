//! The balance sheet and the income statement.

use erp::finance::*;
use kernel::{Day, Money};

use crate::world::{World, day, eur, on_both};

/// An entry of two lines: what is debited, what is credited.
fn books(world: &World, on: &'static str, debit: &'static str, credit: &'static str, cents: i64) {
    let (debit, credit) = (NewLine::debit(debit, eur(cents)), NewLine::credit(credit, eur(cents)));
    books_lines(world, day(on), vec![debit, credit]);
}

fn books_lines(world: &World, on: Day, lines: Vec<NewLine>) {
    let posted = world.act(move |tx, _| {
        let (label, piece) = ("À la main".to_owned(), "OD-1".to_owned());
        let (lines, origin) = (lines.clone(), None);
        post(tx, NewEntry { journal: "OD", day: on, label, piece, piece_day: on, origin, lines })
    });
    posted.unwrap();
}

fn statements_on(world: &World, code: &'static str, until: Day) -> Statements {
    let read = world.act(move |tx, _| {
        let year = tx.first(FiscalYear::CODE.is(&code.to_owned()))?.unwrap();
        Ok(statements(tx, &year, until)?)
    });
    read.unwrap()
}

fn net(statements: &Statements, code: &str) -> (i64, i64) {
    let found = statements.rubrics.iter().find(|filled| filled.rubric.code == code).unwrap();
    (found.pair.now.net().minor, found.pair.before.net().minor)
}

/// What holds whatever was booked.
fn agrees(statements: &Statements, whole_years: bool) {
    let (assets, liabilities) = (statements.assets(), statements.liabilities());
    assert_eq!(assets.now.net(), liabilities.now.net(), "assets are equity and liabilities");
    assert_eq!(assets.before.net(), liabilities.before.net(), "and were, the year before");
    let (now, before) = statements.result();
    assert_eq!(now.minor, net(statements, RESULT).0, "one result");
    if whole_years {
        assert_eq!(before.minor, net(statements, RESULT).1, "one result, the year before");
    }
    for filled in &statements.rubrics {
        if filled.rubric.code != RESULT && filled.rubric.code != WAITING {
            let zero = Money::zero(statements.currency);
            let sum = filled.accounts.iter().fold(zero, |sum, share| sum + share.pair.now.net());
            assert_eq!(sum, filled.pair.now.net(), "{} is its accounts", filled.rubric.code);
        }
    }
    assert!(statements.outside.is_zero());
}

#[test]
fn a_small_year_is_read_as_an_accountant_reads_it() {
    on_both(|world| {
        books(world, "2025-01-02", "512000", "101300", 50_000_00);
        books(world, "2025-03-01", "215400", "512000", 12_000_00);
        books(world, "2025-06-01", "411000", "707000", 9_000_00);
        books(world, "2025-12-31", "681100", "281500", 2_000_00);
        books(world, "2026-02-01", "607000", "401000", 4_000_00);
        books(world, "2026-03-01", "411000", "701000", 6_500_00);
        books(world, "2026-04-01", "627000", "512000", 60_000_00);
        books(world, "2026-05-01", "120000", "106100", 7_000_00);
        let now = statements_on(world, "2026", day("2026-12-31"));
        agrees(&now, true);
        let plant = now.rubrics.iter().find(|filled| filled.rubric.code == "plant").unwrap();
        assert_eq!(plant.pair.now, Figure { gross: eur(12_000_00), less: eur(2_000_00) });
        assert_eq!(net(&now, "customers"), (15_500_00, 9_000_00));
        assert_eq!(net(&now, "suppliers"), (4_000_00, 0));
        // The bank was in credit at the end: it is a debt then, and an asset the year before.
        assert_eq!(net(&now, "cash"), (0, 38_000_00));
        assert_eq!(net(&now, "banks"), (22_000_00, 0));
        assert_eq!(net(&now, "sold_goods"), (0, 9_000_00));
        assert_eq!(net(&now, "external"), (60_000_00, 0));
        assert_eq!(net(&now, RESULT), (-57_500_00, 7_000_00));
        // The result of 2025 was put to the legal reserve: nothing waits any more.
        assert_eq!(net(&now, WAITING), (0, 0));
        assert_eq!(net(&now, "legal_reserve"), (7_000_00, 0));
    });
}

#[test]
fn a_day_within_the_year_is_beside_the_same_day_of_the_year_before() {
    on_both(|world| {
        books(world, "2025-03-01", "411000", "707000", 100_00);
        books(world, "2025-09-01", "411000", "707000", 900_00);
        books(world, "2026-03-01", "411000", "707000", 300_00);
        books(world, "2026-09-01", "411000", "707000", 500_00);
        let half = statements_on(world, "2026", day("2026-06-30"));
        agrees(&half, false);
        assert_eq!(half.span.before_to, day("2025-06-30"));
        assert_eq!(net(&half, "sold_goods"), (300_00, 100_00));
        assert_eq!(net(&half, RESULT), (300_00, 1_000_00));
        assert_eq!(net(&half, WAITING), (1_000_00, 0));
    });
}

#[test]
fn a_customer_in_credit_is_not_set_off_against_another() {
    on_both(|world| {
        let other = world.act(|tx, _| crate::world::customer(tx, "Autre", "FR")).unwrap();
        let first = world.party;
        let on = day("2026-03-01");
        let owes = NewLine::debit("411000", eur(100_00)).of_party(first);
        books_lines(world, on, vec![owes, NewLine::credit("707000", eur(100_00))]);
        let paid = NewLine::credit("411000", eur(30_00)).of_party(other);
        books_lines(world, on, vec![NewLine::debit("512000", eur(30_00)), paid]);
        let read = statements_on(world, "2026", day("2026-12-31"));
        agrees(&read, true);
        assert_eq!(net(&read, "customers").0, 100_00);
        assert_eq!(net(&read, "advances_received").0, 30_00);
    });
}

/// Chance that may be replayed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % most
    }
}

#[test]
fn whatever_is_booked_both_sides_of_the_balance_sheet_agree() {
    let numbers: Vec<&str> = plan().map(|(number, _)| number).collect();
    on_both(|world| {
        for seed in 0..12 {
            let mut dice = Dice(seed);
            for _ in 0..6 {
                let first = day("2025-01-01");
                let on = first + i32::try_from(dice.below(730)).unwrap();
                let mut lines = Vec::new();
                let mut sum = 0;
                for _ in 0..=dice.below(8) {
                    let number =
                        numbers[usize::try_from(dice.below(numbers.len() as u64)).unwrap()];
                    let cents = i64::try_from(dice.below(200_000)).unwrap() - 100_000;
                    sum += cents;
                    lines.push(NewLine::debit(number, eur(cents)));
                }
                lines.push(NewLine::debit("471000", eur(-sum)));
                if lines.iter().any(|line| !line.amount.is_zero()) {
                    books_lines(world, on, lines);
                }
            }
            let until = day("2026-01-01") + i32::try_from(dice.below(365)).unwrap();
            agrees(&statements_on(world, "2026", until), false);
            agrees(&statements_on(world, "2026", day("2026-12-31")), true);
            agrees(&statements_on(world, "2025", day("2025-12-31")), true);
        }
    });
}
