//! Whatever the order of the acts, what is stored holds together.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crm::sales::{Order, OrderStage};
use erp::finance::{Invoice, InvoiceState, Payment};
use erp::inventory::Shortage;
use erp::logistics::{Shipment, ShipmentState};
use kernel::{Faults, Filter, Id, Quantity, Rate, Tx};
use master::{Party, Product, ProductKind};
use processes::{order_to_cash, payment_follow_up};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Location, Store};

use crate::shop::{Shop, postgres};

/// Something that a person may do; the numbers choose on what.
#[derive(Debug, Clone, Copy)]
enum Act {
    Order(u8, u8),
    Confirm(u8, bool),
    Receive(u8),
    Reserve(u8),
    Prepare(u8),
    Trim(u8),
    Ship(u8),
    CancelShipment(u8),
    Deposit(u8),
    Invoice(u8),
    Pay(u8, u8),
    Credit(u8),
    Undo(u8),
    Hold(u8),
    Release(u8),
    Close(u8),
    Cancel(u8),
    Wait(u8),
    Morning,
}

fn any_act() -> impl Strategy<Value = Act> {
    use Act::*;
    prop_oneof![
        4 => (any::<u8>(), 1_u8..9).prop_map(|(a, b)| Order(a, b)),
        5 => (any::<u8>(), any::<bool>()).prop_map(|(a, b)| Confirm(a, b)),
        4 => (1_u8..20).prop_map(Receive),
        2 => any::<u8>().prop_map(Reserve),
        7 => any::<u8>().prop_map(Prepare),
        1 => any::<u8>().prop_map(Trim),
        7 => any::<u8>().prop_map(Ship),
        1 => any::<u8>().prop_map(CancelShipment),
        3 => any::<u8>().prop_map(Deposit),
        7 => any::<u8>().prop_map(Invoice),
        9 => (any::<u8>(), 1_u8..120).prop_map(|(a, b)| Pay(a, b)),
        2 => any::<u8>().prop_map(Credit),
        4 => any::<u8>().prop_map(Undo),
        1 => any::<u8>().prop_map(Hold),
        3 => any::<u8>().prop_map(Release),
        1 => any::<u8>().prop_map(Close),
        1 => any::<u8>().prop_map(Cancel),
        1 => (0_u8..40).prop_map(Wait),
        1 => Just(Morning),
    ]
}

/// One of the records of an entity, chosen by a number.
fn pick<E: kernel::Entity>(shop: &Shop, filter: Filter<E>, choice: u8) -> Option<Id<E>> {
    let found = shop.read(|tx| Ok(tx.find(filter)?));
    (!found.is_empty()).then(|| found[usize::from(choice) % found.len()].id)
}

/// An order that the act could be for: mostly one under way, now and then any.
fn order(shop: &Shop, choice: u8) -> Option<Id<Order>> {
    let under_way = Order::STAGE.is(&OrderStage::Confirmed);
    match choice % 8 {
        0 => pick(shop, Filter::everything(), choice / 8),
        _ => pick(shop, under_way, choice / 8),
    }
}

/// How often each kind of act was done, over all histories: a test that does nothing proves nothing.
type Done = Mutex<BTreeMap<String, u32>>;

/// Does it, if there is something to do it on.
fn perform(shop: &Shop, parties: &[Id<Party>], goods: &[Id<Product>], act: Act, done: &Done) {
    match attempt(shop, parties, goods, act) {
        Ok(true) => {
            let name = format!("{act:?}").split('(').next().unwrap_or_default().to_owned();
            *done.lock().expect("the count").entry(name).or_default() += 1;
        }
        Ok(false) => {}
        // A refusal is an answer; a fault of the store is not.
        Err(faults) => {
            let broken = faults.codes().iter().any(|code| code.starts_with("store."));
            assert!(!broken, "{act:?}: {faults:?}");
        }
    }
}

fn attempt(
    shop: &Shop,
    parties: &[Id<Party>],
    goods: &[Id<Product>],
    act: Act,
) -> Result<bool, Faults> {
    match act {
        Act::Order(choice, units) => {
            let party = parties[usize::from(choice) % parties.len()];
            let first = goods[usize::from(choice / 2) % goods.len()];
            let lines = [(first, i64::from(units)), (goods[0], i64::from(units % 4) + 1)];
            let deposit = (choice % 3 == 0).then_some(Rate::percent(30));
            shop.order_of(party, &lines, deposit);
            Ok(true)
        }
        Act::Confirm(choice, partial) => {
            match pick(shop, Order::STAGE.is(&OrderStage::Draft), choice) {
                Some(id) => shop
                    .act(move |tx, actor| order_to_cash::confirm(tx, actor, id, partial))
                    .map(|_| true),
                None => Ok(false),
            }
        }
        Act::Receive(units) => {
            shop.stock(goods[usize::from(units) % 2], i64::from(units), 60);
            Ok(true)
        }
        Act::Reserve(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::reserve(tx, &actor, id).map(drop)
        }),
        Act::Prepare(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::prepare(tx, &actor, id).map(drop)
        }),
        Act::Trim(choice) => on_shipment(shop, choice, |tx, id| {
            let mut line = erp::logistics::lines(tx, id)?.remove(0);
            line.quantity = line.quantity.min(Quantity::units(1));
            tx.save(&line)
        }),
        Act::Ship(choice) => on_shipment(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::ship(tx, &actor, id, Shortage::Refuse).map(drop)
        }),
        Act::CancelShipment(choice) => on_shipment(shop, choice, erp::logistics::cancel),
        Act::Deposit(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::deposit_invoice(tx, &actor, id, None).map(drop)
        }),
        Act::Invoice(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::invoice(tx, &actor, id).map(drop)
        }),
        Act::Pay(choice, percent) => pay(shop, choice, percent),
        Act::Credit(choice) => on_invoice(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::credit_invoice(tx, &actor, id, &[], None).map(drop)
        }),
        Act::Undo(choice) => match pick::<Payment>(shop, Filter::everything(), choice) {
            Some(id) => {
                shop.act(move |tx, actor| order_to_cash::undo(tx, actor, id)).map(|()| true)
            }
            None => Ok(false),
        },
        Act::Hold(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::hold(tx, &actor, id, "à voir", None).map(drop)
        }),
        Act::Release(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::release_hold(tx, &actor, id, None, None)
        }),
        Act::Close(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::close(tx, &actor, id, Some("fini".into()))
        }),
        Act::Cancel(choice) => on_order(shop, choice, |tx, id| {
            let actor = tx.actor().clone();
            order_to_cash::cancel(tx, &actor, id, None)
        }),
        Act::Wait(days) => {
            shop.wait(i32::from(days) / 4);
            Ok(true)
        }
        Act::Morning => shop.run(payment_follow_up::review_all).map(|_| true),
    }
}

/// Pays a share of what is open of a posted invoice, or gives a credit note back.
fn pay(shop: &Shop, choice: u8, percent: u8) -> Result<bool, Faults> {
    let day = shop.today();
    on_invoice(shop, choice, move |tx, id| {
        let actor = tx.actor().clone();
        let open = tx.get(id)?.open;
        let amount = Some(open.part(i64::from(percent), 100));
        let method = erp::finance::PaymentMethod::Transfer;
        let paying = order_to_cash::Paying { day, amount, method, reference: None };
        order_to_cash::pay(tx, &actor, id, paying).map(drop)
    })
}

fn on_order(
    shop: &Shop,
    choice: u8,
    work: impl Fn(&mut Tx<'_>, Id<Order>) -> Result<(), Faults> + Send + Sync + 'static,
) -> Result<bool, Faults> {
    match order(shop, choice) {
        Some(id) => shop.run(move |tx| work(tx, id)).map(|()| true),
        None => Ok(false),
    }
}

fn on_shipment(
    shop: &Shop,
    choice: u8,
    work: impl Fn(&mut Tx<'_>, Id<Shipment>) -> Result<(), Faults> + Send + Sync + 'static,
) -> Result<bool, Faults> {
    match pick(shop, Shipment::STATE.is(&ShipmentState::Draft), choice) {
        Some(id) => shop.run(move |tx| work(tx, id)).map(|()| true),
        None => Ok(false),
    }
}

fn on_invoice(
    shop: &Shop,
    choice: u8,
    work: impl Fn(&mut Tx<'_>, Id<Invoice>) -> Result<(), Faults> + Send + Sync + 'static,
) -> Result<bool, Faults> {
    match pick(shop, Invoice::STATE.is(&InvoiceState::Posted), choice) {
        Some(id) => shop.run(move |tx| work(tx, id)).map(|()| true),
        None => Ok(false),
    }
}

/// Converging every order once more must change no row.
fn converged(shop: &Shop) {
    let versions = || {
        shop.read(|tx| {
            let orders = tx.find(Filter::<Order>::everything())?;
            let lines = tx.find(Filter::<crm::sales::OrderLine>::everything())?;
            let holds = tx.find(Filter::<crm::sales::Hold>::everything())?;
            let orders = orders.iter().map(|row| (row.id.raw(), row.version));
            let lines = lines.iter().map(|row| (row.id.raw(), row.version));
            let holds = holds.iter().map(|row| (row.id.raw(), row.version));
            Ok(orders.chain(lines).chain(holds).collect::<Vec<_>>())
        })
    };
    shop.run(payment_follow_up::review_all).expect("a morning");
    let before = versions();
    let orders = shop.read(|tx| Ok(tx.find(Filter::<Order>::everything())?));
    for order in orders {
        let id = order.id;
        shop.run(move |tx| order_to_cash::converge(tx, id)).expect("converged");
    }
    assert_eq!(before, versions(), "converging twice is converging once");
}

fn live(shop: &Shop, acts: &[Act], done: &Done) {
    let shade = shop.product("ABAT-JOUR", 17, 7, ProductKind::Goods);
    let carriage = shop.product("PORT", 9, 0, ProductKind::Service);
    let goods = [shop.lamp, shade, carriage];
    let parties = [shop.customer, shop.party("Hôtel du Parc", Some(1_000))];
    shop.stock(shop.lamp, 12, 60);
    shop.stock(shade, 5, 7);
    for act in acts {
        perform(shop, &parties, &goods, *act, done);
    }
    assert_eq!(shop.ailments(), Vec::<String>::new());
    converged(shop);
}

fn histories(cases: u32, most: usize, open: impl Fn() -> Store) -> BTreeMap<String, u32> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let done = Done::default();
    TestRunner::new(config)
        .run(&prop::collection::vec(any_act(), 1..most), |acts| {
            live(&Shop::open(open()), &acts, &done);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    done.into_inner().expect("the count")
}

#[test]
fn after_any_history_the_doctor_finds_nothing() {
    let done = histories(40, 110, || {
        Store::open(processes::catalog(), &Location::Temporary).expect("a database")
    });
    for act in ["Confirm", "Prepare", "Ship", "Deposit", "Invoice", "Pay", "Credit", "Undo"] {
        assert!(done.contains_key(act), "{act} is never done: {done:?}");
    }
}

#[test]
fn after_any_history_the_doctor_finds_nothing_on_postgresql() {
    match postgres() {
        Some(store) => drop(histories(10, 110, || store.clone())),
        None => println!("skipped on PostgreSQL: COMPTOIR_TEST_POSTGRES is not set"),
    }
}
