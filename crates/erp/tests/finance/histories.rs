//! Any history of acts leaves the books right: the invariants of finance.

use std::collections::BTreeMap;

use erp::finance::*;
use kernel::{Entity, Faults, Id, Origin, Quantity, Query, Tx};

use crate::world::{World, day, deposit, eur, line, on_both};

/// Chance that may be replayed (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % (most.max(1) as u64)).unwrap()
    }
    fn one<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.below(of.len())].clone()) }
    }
}

pub fn all<E: Entity>(world: &World) -> Vec<kernel::Kept<E>> {
    world.store.read(&world.actor, |tx| Ok(tx.select(Query::all(E::DEF))?)).unwrap()
}

/// One act drawn by chance. What it refuses, it refuses whole.
pub fn any_act(world: &World, dice: &mut Dice) {
    let posted: Vec<Id<Invoice>> = all::<Invoice>(world)
        .into_iter()
        .filter(|invoice| invoice.state == InvoiceState::Posted)
        .map(|invoice| invoice.id)
        .collect();
    let payments: Vec<Id<Payment>> = all::<Payment>(world).iter().map(|kept| kept.id).collect();
    let cents = i64::try_from(dice.below(50_000)).unwrap() + 1;
    match dice.below(9) {
        0 | 1 => {
            let product = [world.goods, world.service, world.made][dice.below(3)];
            world.issue(&[(product, 1 + i64::try_from(dice.below(7)).unwrap(), cents)]);
        }
        2 => drop(deposit(world)),
        3 => finish(world, dice, cents),
        4 | 5 => {
            let Some(invoice) = dice.one(&posted) else { return };
            let whole = dice.below(2) == 0;
            refusable(world.act(move |tx, actor| {
                let amount = (!whole).then(|| eur(cents));
                let (day, method) = (tx.today(), PaymentMethod::Transfer);
                pay_invoice(tx, actor, invoice, day, amount, method, None)
            }));
        }
        6 => {
            let Some(payment) = dice.one(&payments) else { return };
            refusable(world.act(move |tx, actor| undo_payment(tx, actor, payment)));
        }
        7 => credit(world, dice, &posted),
        _ => {
            let sources: Vec<Origin> = payments
                .iter()
                .map(|id| Origin::of(*id))
                .chain(posted.iter().map(|id| Origin::of(*id)))
                .collect();
            let (Some(source), Some(target)) = (dice.one(&sources), dice.one(&posted)) else {
                return;
            };
            refusable(world.act(move |tx, _| allocate(tx, source, target, eur(cents))));
        }
    }
}

fn refusable<T>(done: Result<T, Faults>) {
    if let Err(faults) = done {
        for code in faults.codes() {
            assert!(!code.starts_with("store.") && code != "not_found", "{code}");
        }
    }
}

fn finish(world: &World, dice: &mut Dice, cents: i64) {
    let deposits: Vec<Id<Invoice>> = all::<Invoice>(world)
        .into_iter()
        .filter(|invoice| invoice.kind == InvoiceKind::Deposit)
        .map(|invoice| invoice.id)
        .collect();
    let Some(deposit) = dice.one(&deposits) else { return };
    let (party, goods, count) =
        (world.party, world.goods, i64::try_from(dice.below(9)).unwrap() + 1);
    refusable(world.act(move |tx, actor| {
        let mut new = NewInvoice::of(InvoiceKind::Invoice, party);
        new.lines = vec![line(goods, count, 100_00)];
        new.deductions = vec![(deposit, eur(cents))];
        issue_invoice(tx, actor, new)
    }));
}

fn credit(world: &World, dice: &mut Dice, posted: &[Id<Invoice>]) {
    let Some(invoice) = dice.one(posted) else { return };
    if dice.below(2) == 0 {
        return refusable(world.act(move |tx, actor| credit_all(tx, actor, invoice, None)));
    }
    refusable(world.act(move |tx, actor| {
        let line = invoice_lines(tx, invoice)?[0].id;
        let lines = [CreditLine { line, quantity: Quantity::units(1) }];
        credit_note(tx, actor, invoice, &lines, None)
    }));
}

/// The invariants of order-to-cash, part 2.6, that finance answers for.
fn check(world: &World) {
    world.holds();
    let invoices = all::<Invoice>(world);
    let mut waiting = 0;
    let mut credited: BTreeMap<Id<Invoice>, i64> = BTreeMap::new();
    for invoice in &invoices {
        assert!(invoice.open.minor >= 0 && invoice.open.minor <= invoice.due.minor, "{invoice:?}");
        let left = invoice.tax_on_payment
            - invoice.tax_on_payment.part(invoice.settled().minor, invoice.due.minor);
        let credit_note = invoice.kind == InvoiceKind::CreditNote;
        waiting += if credit_note { -left.minor } else { left.minor };
        if let Some(mended) = invoice.preceding {
            *credited.entry(mended).or_default() += invoice.net.minor;
        }
    }
    assert_eq!(-world.balance("445741"), waiting, "VAT waits for what is not paid");
    for (mended, net) in credited {
        assert!(net <= world.invoice(mended).net.minor, "credited at most what was invoiced");
    }
    for prefix in ["FA", "AV"] {
        let mut numbers: Vec<&str> = invoices
            .iter()
            .filter_map(|invoice| invoice.number.as_deref())
            .filter(|number| number.starts_with(prefix))
            .collect();
        numbers.sort_unstable();
        for (rank, number) in numbers.iter().enumerate() {
            assert_eq!(*number, format!("{prefix}-2026-{:04}", rank + 1));
        }
    }
    lettered_sets_balance(world);
}

fn lettered_sets_balance(world: &World) {
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    let lines = all::<JournalLine>(world);
    world
        .store
        .read(&world.actor, |tx: &mut Tx<'_>| {
            for line in &lines {
                let Some(code) = line.lettering.clone() else { continue };
                let number = tx.get(line.account)?.number.clone();
                *sums.entry((number, code)).or_default() += line.debit.minor - line.credit.minor;
            }
            Ok(())
        })
        .unwrap();
    for (set, sum) in sums {
        assert_eq!(sum, 0, "the set {set:?} balances");
    }
    let aged = world.store.read(&world.actor, |tx| Ok(aged_balance(tx, day("2026-11-24"))?));
    let owed: i64 = aged.unwrap().iter().map(|row| row.balance().minor).sum();
    assert_eq!(owed, world.balance("411000"), "411 is what customers owe");
}

#[test]
fn after_any_history_the_books_are_right() {
    for seed in 1..=6 {
        on_both(|world| {
            let mut dice = Dice(seed);
            for _ in 0..60 {
                any_act(world, &mut dice);
            }
            check(world);
            let entries = all::<JournalEntry>(world).len();
            assert!(entries > 10, "seed {seed} did little: {entries} entries");
        });
    }
}
