//! Someone is named in a note and given a task: the bell rings, and the task is finished.

use fantoccini::key::Key;
use kernel::Language;

use crate::shop::{SECOND, Shop};
use crate::walker::{Walker, Way, walk_together};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_is_told_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk_together(2, way, "told", || Shop::open(way.language), name_and_give).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_is_told_on_a_phone_in_french() {
    let way = Way::mouse(Language::French, true);
    walk_together(2, way, "told", || Shop::open(way.language), name_and_give).await;
}

async fn name_and_give(people: Vec<Walker>) {
    let [ada, bob] = people.as_slice() else { panic!("two people") };
    bob.enter_as(SECOND).await;
    ada.enter().await;
    ada.write_order("2").await;
    let order = ada.page.path().await;
    name_bob(ada).await;
    // Nobody touches the page of Bob: the bell rings by itself.
    bob.page.says_in("#bell b", "1").await;
    bob.look("2-rung").await;
    give_a_task(ada).await;
    bob.page.says_in("#bell b", "2").await;
    bob.press("Notifications 2", "Notifications 2").await;
    bob.page.says_in("h1", "Notifications").await;
    bob.says("Ada Martin vous cite : @Bob Petit", "Ada Martin mentions you: @Bob Petit").await;
    let given = "Ada Martin vous confie une tâche : Peser le colis";
    bob.says(given, "Ada Martin gives you a task: Peser le colis").await;
    bob.look("4-inbox").await;
    let title = bob.page.text_of("main li.fresh form button").await;
    bob.press(&title, &title).await;
    bob.page.says_in("h1", "Maison Ferrand").await;
    assert_eq!(bob.page.path().await, order, "the notification leads to the order");
    bob.page.says_in("#bell b", "1").await;
    bob.press("C’est fait", "Done").await;
    bob.says("Remettre à faire", "Reopen").await;
    bob.look("5-finished").await;
    // Ada, who looks at the order, sees it too.
    ada.says("Remettre à faire", "Reopen").await;
    bob.page.go("/today").await;
    bob.says("Rien ne vous attend aujourd’hui.", "Nothing is waiting for you today.").await;
}

/// An @ offers the people; the first letters choose.
async fn name_bob(ada: &Walker) {
    ada.fill(ada.word("Écrire au fil", "Write on the timeline"), "@bo").await;
    ada.page.says_in("#names-list", "Bob Petit").await;
    ada.look("1-names").await;
    if ada.way.keys {
        ada.page.press(Key::Enter).await;
    } else {
        ada.page.click("Bob Petit").await;
    }
    ada.page.type_text("regarde la caisse").await;
    ada.press("Ajouter", "Add").await;
    ada.page.says(&["@Bob Petit regarde la caisse"]).await;
}

async fn give_a_task(ada: &Walker) {
    if ada.way.keys {
        ada.page.tab_to("Note").await;
        for _ in 0..3 {
            ada.page.press(Key::Down).await;
        }
        ada.page.has_focus_on("Task").await;
    } else {
        ada.page.click("Tâche").await;
    }
    ada.fill(ada.word("Écrire au fil", "Write on the timeline"), "Peser le colis").await;
    ada.fill(ada.word("Confiée à", "Assigned to"), "Bob").await;
    ada.look("3-task").await;
    ada.press("Ajouter", "Add").await;
    ada.page.says_in("#story", ada.word("pour Bob Petit", "for Bob Petit")).await;
}
