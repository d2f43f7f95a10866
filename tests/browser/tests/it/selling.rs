//! An order that is more than the customer may owe, and one that leaves in two parts.

use erp::inventory::ExpectedReceipt;
use kernel::{Faults, Language, Quantity, Tx};
use master::Product;
use serde_json::Value as Json;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_over_the_limit_waits_for_a_decision_by_keys_in_french() {
    let way = Way::keys(Language::French, false);
    walk(way, "credit", || Shop::open(way.language), hold_and_release).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_over_the_limit_waits_for_a_decision_on_a_phone_in_english() {
    let way = Way::mouse(Language::English, true);
    walk(way, "credit", || Shop::open(way.language), hold_and_release).await;
}

/// 60 lamps are 7 200 euros with their tax; the customer may owe 5 000.
async fn hold_and_release(person: Walker) {
    person.enter().await;
    person.write_order("60").await;
    person.look("1-draft").await;
    person.press("Confirmer", "Confirm").await;
    person.says("sera retenue", "will be held").await;
    person.look("2-question").await;
    person.press("Confirmer et livrer en plusieurs fois", "Confirm and deliver in parts").await;
    person.says("Confirmer : c’est fait.", "Confirm: done.").await;
    person.says("retenue", "on hold").await;
    person.look("3-held").await;
    person.press("Débloquer", "Release").await;
    person.says("Nature", "Kind").await;
    person.look("4-release").await;
    person.fill("Note", "vu").await;
    person.press("Débloquer", "Release").await;
    person.says("Débloquer : c’est fait.", "Release: done.").await;
    person.look("5-released").await;
}

/// 20 lamps are there; five more are on their way.
fn awaited(tx: &mut Tx<'_>) -> Result<Json, Faults> {
    let lamp = tx.first::<Product>(Product::SKU.is(&"LAM-100".to_owned()))?.expect("the lamp");
    tx.insert(&ExpectedReceipt {
        product: lamp.id,
        quantity: Quantity::units(5),
        due_on: store::now().day() + 8,
        unit_cost: lamp.cost,
        reference: Some("CF-77".into()),
        received: Quantity::units(0),
        done: false,
        origin: None,
    })?;
    Ok(Json::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_leave_in_two_parts_on_a_phone_in_french() {
    let way = Way::mouse(Language::French, true);
    walk(way, "parts", || Shop::with(way.language, None, awaited), in_two_parts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_leave_in_two_parts_on_a_desk_in_english() {
    let way = Way::mouse(Language::English, false);
    walk(way, "parts", || Shop::with(way.language, None, awaited), in_two_parts).await;
}

/// 25 lamps are ordered and 20 are there.
async fn in_two_parts(person: Walker) {
    person.enter().await;
    person.write_order("25").await;
    person.press("Confirmer", "Confirm").await;
    person.look("1-question").await;
    person.press("Confirmer et livrer en plusieurs fois", "Confirm and deliver in parts").await;
    person.says("Confirmer : c’est fait.", "Confirm: done.").await;
    person.look("2-confirmed").await;
    let order = person.page.path().await;
    person.press("Préparer l’expédition", "Prepare shipment").await;
    person.ship("3-first").await;
    person.page.go(&order).await;
    person.says("expédiée", "shipped").await;
    person.look("4-half").await;
    person.page.go("/expected_receipts").await;
    person.page.click_link_to("/expected_receipts/0").await;
    person.look("5-receipt").await;
    person.press("Réceptionner", "Receive").await;
    person.fill(person.word("Quantité reçue", "Quantity received"), "5").await;
    person.look("6-receiving").await;
    person.press("Réceptionner", "Receive").await;
    person.says("Réceptionner : c’est fait.", "Receive: done.").await;
    person.page.go(&order).await;
    person.press("Préparer l’expédition", "Prepare shipment").await;
    person.ship("7-second").await;
    person.page.go(&order).await;
    person.says("Livré 25 sur 25", "Delivered 25 of 25").await;
    person.look("8-whole").await;
}
