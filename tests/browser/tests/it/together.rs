//! Two people before one record, and a field of the company's own on every face.

use kernel::Language;

use crate::shop::{SECOND, Shop};
use crate::walker::{Walker, Way, walk, walk_together};

#[tokio::test(flavor = "multi_thread")]
async fn two_people_edit_one_record_in_french() {
    let way = Way::mouse(Language::French, false);
    walk_together(2, way, "two", || Shop::open(way.language), edit_both).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_edit_one_record_on_a_phone_in_english() {
    let way = Way::mouse(Language::English, true);
    walk_together(2, way, "two", || Shop::open(way.language), edit_both).await;
}

/// Two fields both hold; of one field the second is asked.
async fn edit_both(people: Vec<Walker>) {
    let [ada, bob] = people.as_slice() else { panic!("two people") };
    ada.enter().await;
    bob.enter_as(SECOND).await;
    ada.page.go("/parties").await;
    ada.page.click_link_to("/parties/0").await;
    ada.page.says_in("h1", "Maison Ferrand").await;
    let record = ada.page.path().await;
    let form = format!("{record}/edit");
    ada.page.go(&form).await;
    bob.page.go(&form).await;
    let (city, phone) = (ada.word("Ville", "City"), ada.word("Téléphone", "Phone"));
    ada.fill(city, "Roubaix").await;
    ada.page.press_with_control('s').await;
    ada.page.says_in("h1", "Maison Ferrand").await;
    bob.fill(phone, "0320123456").await;
    bob.look("1-second").await;
    bob.page.press_with_control('s').await;
    bob.page.says_in("h1", "Maison Ferrand").await;
    bob.page.says(&["Roubaix"]).await;
    bob.look("2-both").await;
    ada.page.go(&form).await;
    bob.page.go(&form).await;
    ada.fill(city, "Tourcoing").await;
    ada.page.press_with_control('s').await;
    ada.page.says_in("h1", "Maison Ferrand").await;
    bob.fill(city, "Douai").await;
    bob.page.press_with_control('s').await;
    bob.says("Quelqu’un d’autre a modifié", "Someone else changed").await;
    bob.page.says(&["Tourcoing", "Douai"]).await;
    bob.look("3-asked").await;
    bob.page.press_with_control('s').await;
    bob.page.says_in("h1", "Maison Ferrand").await;
    bob.page.says(&["Douai"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_ones_own_is_on_every_face_by_keys_in_french() {
    let way = Way::keys(Language::French, false);
    walk(way, "field", || Shop::open(way.language), add_a_field).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_ones_own_is_on_every_face_on_a_phone_in_english() {
    let way = Way::mouse(Language::English, true);
    walk(way, "field", || Shop::open(way.language), add_a_field).await;
}

async fn add_a_field(person: Walker) {
    person.enter().await;
    let page = &person.page;
    page.go("/settings").await;
    person.look("1-settings").await;
    page.go("/custom_fields/new").await;
    person.fill(person.word("Fiche", "Entity"), person.word("Tiers", "Partners")).await;
    person.fill(person.word("Libellé français", "French label"), "Humeur").await;
    person.look("2-field").await;
    page.press_with_control('s').await;
    page.says(&["humeur"]).await;
    page.go("/parties").await;
    page.click_link_to("/parties/0").await;
    page.says_in("h1", "Maison Ferrand").await;
    let record = page.path().await;
    page.go(&format!("{record}/edit")).await;
    person.fill("Humeur", "joyeuse").await;
    person.look("3-form").await;
    page.press_with_control('s').await;
    page.says(&["Humeur", "joyeuse"]).await;
    person.look("4-record").await;
    page.go("/parties?where=humeur+%3D+joyeuse").await;
    page.says_in("#list", "Maison Ferrand").await;
    page.go("/import/parties").await;
    page.says(&["Humeur"]).await;
    let told = page.fetched(&format!("/api{record}")).await;
    assert_eq!(told["extra"]["humeur"], "joyeuse", "{told}");
}
