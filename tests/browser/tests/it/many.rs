//! Many records at once: changed and taken back, imported and undone, found by a shared view.

use std::fmt::Write as _;

use fantoccini::key::Key;
use kernel::{Faults, Language, Tx};
use master::Party;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::shop::{SECOND, Shop};
use crate::walker::{Walker, Way, walk, walk_together};

/// The small shop with 300 customers more, half of them in Lille.
fn crowd(tx: &mut Tx<'_>) -> Result<Json, Faults> {
    for rank in 0..300 {
        let city = if rank % 2 == 0 { "Lille" } else { "Brest" };
        let name = format!("Client {rank:03}");
        tx.insert(&Party { customer: true, city: Some(city.into()), ..Party::named(&name) })?;
    }
    Ok(Json::Null)
}

fn crowded(language: Language) -> impl FnOnce() -> Shop {
    move || Shop::with(language, None, crowd)
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_change_at_once_and_back_in_french() {
    let way = Way::mouse(Language::French, false);
    walk(way, "bulk", crowded(way.language), change_many).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_change_at_once_and_back_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk(way, "bulk", crowded(way.language), change_many).await;
}

async fn change_many(person: Walker) {
    person.enter().await;
    let page = &person.page;
    page.go("/parties?where=city+%3D+%22Brest%22").await;
    page.says(&["Client 299"]).await;
    person.look("1-list").await;
    if person.way.keys {
        page.type_text("jx").await;
    } else {
        page.find("(document.querySelector('tbody input.cb').click(), true)").await;
    }
    person.look("2-chosen").await;
    person.press("Modifier un champ", "Change a field").await;
    person.look("3-field").await;
    person.fill(person.word("Quoi", "What"), person.word("Ville", "City")).await;
    person.press("Continuer", "Continue").await;
    // The records are asked for on both pages: the second has the field.
    let all = "document.querySelector('input[name=city]')
        && (document.querySelector('input[name=which][value=all]').click(), true)";
    page.find(all).await;
    person.fill(person.word("Ville", "City"), "Nantes").await;
    person.press("Voir ce qui changera", "See what will change").await;
    person.says("Changeraient", "Would change").await;
    person.look("4-rehearsed").await;
    page.press_with_control('s').await;
    person.says("Tout défaire", "Undo all").await;
    person.look("5-done").await;
    person.press("Tout défaire", "Undo all").await;
    person.says("Rétablir", "Redo").await;
    page.says(&["150"]).await;
    page.go("/parties?where=city+%3D+%22Nantes%22").await;
    person.look("6-undone").await;
    person.says("Rien ne correspond", "Nothing matches").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_across_relations_is_shared_in_french() {
    let way = Way::mouse(Language::French, false);
    walk_together(2, way, "view", crowded(way.language), share_a_view).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_across_relations_is_shared_on_a_phone_in_english() {
    let way = Way::mouse(Language::English, true);
    walk_together(2, way, "view", crowded(way.language), share_a_view).await;
}

async fn share_a_view(people: Vec<Walker>) {
    let [ada, bob] = people.as_slice() else { panic!("two people") };
    ada.enter().await;
    ada.write_order("2").await;
    ada.page.go("/orders").await;
    let box_ = ada.word("Filtre avancé", "Advanced filter");
    ada.fill(box_, ada.word("client.ville = Lille", "customer.city = Lille")).await;
    ada.look("1-typed").await;
    ada.press("Appliquer", "Apply").await;
    ada.page.says_in("#list", "Maison Ferrand").await;
    ada.look("2-applied").await;
    ada.press("Enregistrer la vue", "Save the view").await;
    ada.fill(ada.word("Nom de la vue", "Name of the view"), "Lille").await;
    ada.fill(ada.word("Partage", "Sharing"), ada.word("Tout le monde", "Everyone")).await;
    ada.look("3-saving").await;
    ada.press("Enregistrer", "Save").await;
    ada.page.says_in(".views", "Lille").await;
    ada.look("4-saved").await;
    bob.enter_as(SECOND).await;
    bob.page.go("/orders").await;
    bob.press("Lille", "Lille").await;
    bob.page.says_in("#list", "Maison Ferrand").await;
    bob.look("5-shared").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_customers_come_in_and_go_on_a_phone_in_french() {
    let way = Way::mouse(Language::French, true);
    walk(way, "import", || Shop::open(way.language), import_and_undo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_customers_come_in_and_go_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk(way, "import", || Shop::open(way.language), import_and_undo).await;
}

/// A thousand rows, of which 30 have an impossible SIREN.
fn thousand() -> String {
    let mut text = String::from("code;name;customer;siren;city\n");
    for rank in 0..1_000 {
        let siren = if rank % 34 == 0 { "123456789" } else { "" };
        writeln!(text, "IMP{rank:04};Client {rank};true;{siren};Brest").expect("a line");
    }
    text
}

async fn import_and_undo(person: Walker) {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("clients.csv");
    std::fs::write(&file, thousand()).expect("a file");
    person.enter().await;
    person.page.go("/import/parties").await;
    person.page.give_file(&file).await;
    person.look("1-file").await;
    person.press("Choisir les colonnes", "Choose the columns").await;
    person.page.says(&["clients.csv"]).await;
    person.look("2-columns").await;
    person.press("Essayer", "Try").await;
    person.says("Des lignes sont refusées", "Some rows are refused").await;
    person.look("3-report").await;
    person.press("Importer : 970 lignes", "Import: 970 rows").await;
    person.says("Annuler l’import", "Undo the import").await;
    person.look("4-done").await;
    person.press("Annuler l’import", "Undo the import").await;
    if person.page.is_asked().await {
        person.look("5-sure").await;
        person.press("Annuler l’import", "Undo the import").await;
    }
    person.says("Annulé", "Undone").await;
    person.look("6-undone").await;
    person.page.go("/parties?where=city+%3D+%22Brest%22").await;
    person.says("Rien ne correspond", "Nothing matches").await;
}

/// A sale that may come, made as a program makes it.
const SALE: &str = "(window.asked ??= (async () => {
    const parties = await (await fetch('/api/parties')).json();
    const sale = { title: 'Linge du restaurant', party: parties.items[0].id };
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(sale);
    window.made = (await fetch('/api/opportunities', { method: 'POST', headers, body })).status;
})(), window.made === 201)";

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_dragged_to_another_lane_in_french() {
    let way = Way::mouse(Language::French, false);
    walk(way, "board", move || Shop::open(way.language), move_a_card).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_goes_to_another_lane_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk(way, "board", move || Shop::open(way.language), move_a_card).await;
}

/// Drags the card of the first lane to another, as a mouse would.
const DRAG: &str = "(() => {
    const card = document.querySelector('[data-to=new] li.tick');
    const lane = document.querySelector('[data-to=proposal]');
    const dataTransfer = new DataTransfer();
    const told = (one, kind) => one.dispatchEvent(
        new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer }));
    if (!card) return false;
    told(card, 'dragstart'); told(lane, 'dragover'); told(lane, 'drop'); told(card, 'dragend');
    return true;
})()";

async fn move_a_card(person: Walker) {
    person.enter().await;
    let page = &person.page;
    page.find(SALE).await;
    page.go("/pipeline").await;
    page.says_in("[data-to=new]", "Linge du restaurant").await;
    // What a board alone needs is fetched when the page is there.
    let fetched = "performance.getEntriesByType('resource')
        .some(one => one.name.endsWith('/drag.js') && one.responseEnd > 0)";
    page.find(fetched).await;
    if person.way.keys {
        page.find("(document.querySelector('[data-to=new] a.who').focus(), true)").await;
        page.type_text("m").await;
        page.find("document.activeElement.matches('form.mover button')").await;
        person.look("1-menu").await;
        page.find("(document.querySelector('.mover [value=proposal]').focus(), true)").await;
        page.press(Key::Return).await;
    } else {
        page.find(DRAG).await;
    }
    page.says_in("[data-to=proposal]", "Linge du restaurant").await;
    person.look("2-moved").await;
    person.press("Défaire", "Undo").await;
    page.says_in("[data-to=new]", "Linge du restaurant").await;
}
