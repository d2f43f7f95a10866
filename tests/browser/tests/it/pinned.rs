//! A view across relations, made and shared by keys alone, and pinned to the dashboard.

use kernel::Language;

use crate::shop::{SECOND, Shop};
use crate::walker::{Walker, Way, walk_together};

#[tokio::test(flavor = "multi_thread")]
async fn a_view_across_relations_is_shared_and_pinned_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk_together(2, way, "pinned", || Shop::open(way.language), share_and_pin).await;
}

async fn share_and_pin(people: Vec<Walker>) {
    let [ada, bob] = people.as_slice() else { panic!("two people") };
    ada.enter().await;
    ada.write_order("2").await;
    ada.page.type_text("go").await;
    ada.page.says_in("h1", "Orders").await;
    ada.fill("Advanced filter", "customer.city = Lille").await;
    ada.press("Appliquer", "Apply").await;
    ada.page.says_in("#list", "Maison Ferrand").await;
    ada.press("Enregistrer la vue", "Save the view").await;
    ada.fill("Name of the view", "From Lille").await;
    ada.fill("Sharing", "Everyone").await;
    ada.look("1-saving").await;
    ada.press("Enregistrer", "Save").await;
    ada.page.says_in(".views", "From Lille").await;
    ada.press("Épingler", "Pin").await;
    ada.page.says_in("h1", "Pin to the dashboard").await;
    ada.page.has_focus_on("Name").await;
    ada.page.press_with_control('a').await;
    ada.page.type_text("Orders of Lille").await;
    ada.look("2-pinning").await;
    ada.page.press_with_control('s').await;
    ada.says("La liste est épinglée", "The list is pinned").await;
    ada.page.go("/dashboard").await;
    ada.page.says(&["Orders of Lille"]).await;
    ada.look("3-dashboard").await;
    ada.press("Orders of Lille", "Orders of Lille").await;
    ada.page.says_in("#list", "Maison Ferrand").await;
    bob.enter_as(SECOND).await;
    bob.page.type_text("go").await;
    bob.page.says_in("h1", "Orders").await;
    bob.press("From Lille", "From Lille").await;
    bob.page.says_in("#list", "Maison Ferrand").await;
    bob.look("4-shared").await;
}
