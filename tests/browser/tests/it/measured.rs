//! How long a person waits, as Chromium itself tells it. Nothing is asserted of a time: it is run
//! by hand and its figures are written in `docs/measures.md` with this command:
//!
//! `cargo test --release -p browser -- --ignored --nocapture measured`
//!
//! `COMPTOIR_MEASURED_POSTGRES` names an empty PostgreSQL database to measure instead of SQLite,
//! `COMPTOIR_MEASURED_ORDERS` how many orders there are, a million unless told.

use comptoir::MIGRATIONS;
use comptoir::bench::{self, world::World};
use crm::sales::{Order, OrderLine};
use fantoccini::key::Key;
use kernel::{Actor, Currency, Door, Faults, Id, Language, Money, Price, Quantity, RawId, Tx};
use master::{Party, Product};
use serde_json::{Value as Json, json};
use store::Call;
use tempfile::TempDir;

use crate::driver::journey_in;
use crate::page::Page;
use crate::shop::Shop;

/// How often each is measured.
const TIMES: usize = 30;
/// How many lines the long order has.
const LINES: usize = 3_000;

/// What is found again in the database: a session, a customer, the long order.
#[derive(Clone)]
struct Ground {
    session: String,
    party: String,
    order: String,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measure, run by hand: it fills a database with a million orders"]
async fn measured() {
    let (tell, told) = std::sync::mpsc::channel();
    let open = move || {
        let (shop, ground) = large();
        tell.send(ground).expect("the test waits");
        shop
    };
    journey_in(open, Language::French, move |page| async move {
        let ground = told.recv().expect("a ground");
        page.show(false, false).await;
        page.go("/sign-in").await;
        page.bear("session", &ground.session).await;
        from_a_click(&page, "list of orders", "/", "/orders", "CC-M").await;
        let party = format!("/parties/{}", ground.party);
        answered(&page, "customer, the answer", &party).await;
        from_a_click(&page, "customer, from the click", "/parties", &party, "Client").await;
        let order = format!("/orders/{}", ground.order);
        answered(&page, "order of 3,000 lines, the answer", &order).await;
        page.go(&order).await;
        painted(&page, "order of 3,000 lines, opened", &order, TIMES).await;
        palette(&page).await;
        painted(&page, "order of 3,000 lines, its form", &format!("{order}/edit"), TIMES).await;
        line_edited(&page).await;
    })
    .await;
}

fn large() -> (Shop, Ground) {
    let orders = std::env::var("COMPTOIR_MEASURED_ORDERS").ok();
    let orders = orders.map_or(1_000_000, |text| text.parse().expect("a number of orders"));
    let data = TempDir::new().expect("a folder");
    let (database, store) = Shop::ground(&data, std::env::var("COMPTOIR_MEASURED_POSTGRES").ok());
    store.migrate(MIGRATIONS).expect("a schema");
    let world = World::found(store).expect("a company");
    bench::fill(&world, orders).expect("the orders");
    let (party, products) = (world.parties[7].clone(), world.products.clone());
    let call = Call::new(Actor::house(world.company, Door::Console));
    let customer = party.clone();
    let order = world.store.command(call, move |tx| long(tx, &customer, &products));
    let order = order.expect("a long order")["order"].as_str().expect("an id").to_owned();
    let ground = Ground { session: world.session.clone(), party, order };
    (Shop::serve(data, database, world.store, None), ground)
}

fn long(tx: &mut Tx<'_>, party: &str, products: &[String]) -> Result<Json, Faults> {
    let party = Id::<Party>::from_raw(RawId::parse(party)?);
    let order = tx.insert(&Order::of(party, Currency::EUR))?;
    for rank in 0..LINES {
        let product = Id::<Product>::from_raw(RawId::parse(&products[rank % products.len()])?);
        let (tax, price) = (tx.get(product)?.tax, Price::of_money(Money::eur(1_250)));
        tx.insert(&OrderLine {
            rank: i64::try_from(rank).ok(),
            unit_price: Some(price),
            tax: Some(tax),
            net: Money::eur(2_500),
            ..OrderLine::of(order, product, Quantity::units(2), Currency::EUR)
        })?;
    }
    Ok(json!({ "order": order.to_string() }))
}

/// From the press on a link of one page to the first paint of the other.
async fn from_a_click(page: &Page, what: &str, from: &str, to: &str, says: &str) {
    let mut took = Vec::new();
    for _ in 0..TIMES {
        page.go(from).await;
        let click = "const link = document.querySelector(`a[href='${arguments[0]}']`)
              ?? document.querySelector('main a[href]');
            link.href = arguments[0];
            sessionStorage.setItem('clicked', performance.timeOrigin + performance.now());
            link.click();
            return true;";
        page.until(what, click, json!([to])).await;
        page.says(&[says]).await;
        took.push(paint(page, what, "Number(sessionStorage.getItem('clicked'))").await);
    }
    tell(what, took);
}

/// From the request of a page to its first paint.
async fn painted(page: &Page, what: &str, path: &str, times: usize) {
    let mut took = Vec::new();
    for _ in 0..times {
        page.go(path).await;
        took.push(paint(page, what, "performance.timeOrigin").await);
    }
    tell(what, took);
}

async fn paint(page: &Page, what: &str, since: &str) -> f64 {
    let script = format!(
        "const paint = performance.getEntriesByName('first-contentful-paint')[0];
         return paint ? performance.timeOrigin + paint.startTime - {since} : null;"
    );
    page.until(what, &script, json!([])).await.as_f64().expect("milliseconds")
}

/// From the request to the first byte of the answer: what the server needs, and a loopback.
async fn answered(page: &Page, what: &str, path: &str) {
    let mut took = Vec::new();
    for _ in 0..TIMES {
        page.go(path).await;
        let script = "const [page] = performance.getEntriesByType('navigation');
            return page.responseStart - page.requestStart || null;";
        took.push(page.until(what, script, json!([])).await.as_f64().expect("milliseconds"));
    }
    tell(what, took);
}

/// From a change of a quantity in the form of the long order, which holds a hundred of its lines, to
/// the new amount of its line and the new totals of all.
async fn line_edited(page: &Page) {
    let mut took = Vec::new();
    for number in 0..TIMES {
        let script = "const [number] = arguments;
            const input = document.querySelector('[data-line] [name$=\".quantity\"]');
            const line = input.closest('[data-line]');
            const form = input.form;
            window.took = null;
            const began = performance.now();
            new MutationObserver((_, eye) => { eye.disconnect();
              requestAnimationFrame(() => { window.took = performance.now() - began; });
            }).observe(form, { childList: true, subtree: true, characterData: true });
            input.value = String(3 + number % 40);
            input.dispatchEvent(new Event('input', { bubbles: true }));
            return line !== null;";
        page.until("a line", script, json!([number])).await;
        let took_now = page.until("the totals", "return window.took", json!([])).await;
        took.push(took_now.as_f64().expect("milliseconds"));
    }
    tell("order of 3,000 lines, one quantity changed", took);
}

/// From a letter typed to the lines that answer it.
async fn palette(page: &Page) {
    let mut took = Vec::new();
    for number in 0..TIMES {
        page.go("/").await;
        page.press_with_control('k').await;
        page.until("the palette", "return document.querySelector('#found a')", json!([])).await;
        let script = "const input = document.querySelector('#palette input');
            window.took = null;
            const found = document.getElementById('found');
            input.addEventListener('input', () => {
              const began = performance.now();
              new MutationObserver((_, eye) => { eye.disconnect();
                requestAnimationFrame(() => { window.took = performance.now() - began; });
              }).observe(found, { childList: true });
            }, { once: true, capture: true });
            input.value = arguments[0];
            input.dispatchEvent(new Event('input', { bubbles: true }));
            return true;";
        let wanted = ["CC-M00123456", "client mesuré", "facture", "article"][number % 4];
        page.until("a letter", script, json!([wanted])).await;
        let took_now = page.until("an answer", "return window.took", json!([])).await;
        took.push(took_now.as_f64().expect("milliseconds"));
        page.press(Key::Escape).await;
    }
    tell("palette, an answer", took);
}

/// The median and the slowest tenth, in milliseconds.
fn tell(what: &str, mut took: Vec<f64>) {
    took.sort_by(f64::total_cmp);
    assert!(!took.is_empty(), "{what}");
    let (median, slow) = (took[took.len() / 2], took[took.len() * 9 / 10]);
    println!("{what}: median {median:.0} ms, 90 % {slow:.0} ms");
}
