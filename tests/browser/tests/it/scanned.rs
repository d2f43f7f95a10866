//! Goods picked with a scanner, which types a code and presses Enter; they leave in two parts.

use fantoccini::key::Key;
use kernel::{Faults, Language, Tx};
use master::Product;
use serde_json::Value as Json;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk};

/// What the label of the lamp says.
const CODE: &str = "3760123450010";

fn labelled(tx: &mut Tx<'_>) -> Result<Json, Faults> {
    let lamp = tx.first::<Product>(Product::SKU.is(&"LAM-100".to_owned()))?.expect("the lamp");
    let mut lamp = tx.lock(lamp.id)?;
    lamp.barcode = Some(CODE.into());
    tx.save(&lamp)?;
    Ok(Json::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_scanned_and_leave_in_two_parts_on_a_phone_in_french() {
    let way = Way::mouse(Language::French, true);
    walk(way, "scan", || Shop::with(way.language, None, labelled), scan_and_ship).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_scanned_and_leave_in_two_parts_by_keys_in_english() {
    let way = Way::keys(Language::English, true);
    walk(way, "scan", || Shop::with(way.language, None, labelled), scan_and_ship).await;
}

/// Three lamps are ordered; two are found at first.
async fn scan_and_ship(person: Walker) {
    person.enter().await;
    person.write_order("3").await;
    let order = person.page.path().await;
    person.press("Confirmer", "Confirm").await;
    person.says("Confirmer : c’est fait.", "Confirm: done.").await;
    person.press("Préparer l’expédition", "Prepare shipment").await;
    scan(&person, CODE).await;
    person.page.says_in("#scanned", "1 / 3 LAM-100").await;
    scan(&person, "TAB-200").await;
    let (fr, en) = ("Tabouret de chêne n’est pas sur ce bon", "Oak stool is not on this note");
    person.page.says_in("#scanned [role=alert]", person.word(fr, en)).await;
    person.look("1-not-here").await;
    scan(&person, "4006381333931").await;
    let code = person.word("Aucun article n’a le code", "No product has the code");
    person.page.says_in("#scanned [role=alert]", &format!("{code} 4006381333931")).await;
    scan(&person, "lam-100").await;
    person.page.says_in("#scanned", "2 / 3 LAM-100").await;
    person.page.says_in("#picking", person.word("2 sur 3", "2 of 3")).await;
    person.look("2-part").await;
    person.press("N’expédier que ces 2", "Send these 2 only").await;
    let question = person.word("Le reste (1) reste réservé", "The rest (1) stays kept");
    person.page.says_in("#confirm", question).await;
    person.press("N’expédier que ces 2", "Send these 2 only").await;
    pack_and_ship(&person).await;
    person.page.go(&order).await;
    person.says("Livré 2 sur 3", "Delivered 2 of 3").await;
    person.look("3-order").await;
    person.press("Préparer l’expédition", "Prepare shipment").await;
    scan(&person, CODE).await;
    person.page.says_in("#scanned", "1 / 1 LAM-100").await;
    person.press("Prélever", "Pick").await;
    pack_and_ship(&person).await;
    person.page.go(&order).await;
    person.says("Livré 3 sur 3", "Delivered 3 of 3").await;
    person.look("4-whole").await;
}

/// The scanner types wherever the keys go: the field is ready, and stays so.
async fn scan(person: &Walker, code: &str) {
    let field = person.word("Code-barres ou référence", "Barcode or reference");
    person.page.has_focus_on(field).await;
    person.page.type_text(code).await;
    person.page.press(Key::Enter).await;
    person.page.has_focus_on(field).await;
}

async fn pack_and_ship(person: &Walker) {
    person.says("Prélever : c’est fait.", "Pick: done.").await;
    person.press("Emballer", "Pack").await;
    person.says("Emballer : c’est fait.", "Pack: done.").await;
    person.press("Expédier", "Ship").await;
    let question = person.word("Les articles sortent", "The goods leave");
    person.page.says_in("#confirm", question).await;
    person.press("Expédier", "Ship").await;
    person.says("Expédiée le", "Shipped on").await;
}
