//! Ten thousand records changed at once: rehearsed, under way, done, and taken back.

use kernel::{Faults, Language, Tx};
use master::Party;
use serde_json::Value as Json;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk};

/// As many as one job may take.
const MANY: usize = 10_000;

fn crowd(tx: &mut Tx<'_>) -> Result<Json, Faults> {
    for rank in 0..MANY {
        let name = format!("Client {rank:05}");
        tx.insert(&Party { customer: true, city: Some("Brest".into()), ..Party::named(&name) })?;
    }
    Ok(Json::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_change_at_once_and_back_in_french() {
    let way = Way::mouse(Language::French, false);
    walk(way, "thousands", || Shop::with(way.language, None, crowd), change_all).await;
}

async fn change_all(person: Walker) {
    person.enter().await;
    let page = &person.page;
    page.go("/parties?where=city+%3D+%22Brest%22").await;
    page.says(&["Client 09999"]).await;
    page.find("(document.querySelector('tbody input.cb').click(), true)").await;
    person.press("Modifier un champ", "Change a field").await;
    person.fill("Quoi", "Ville").await;
    person.press("Continuer", "Continue").await;
    page.says(&["10 000"]).await;
    let all = "document.querySelector('input[name=city]')
        && (document.querySelector('input[name=which][value=all]').click(), true)";
    page.find(all).await;
    person.fill("Ville", "Nantes").await;
    person.press("Voir ce qui changera", "See what will change").await;
    page.says(&["Changeraient", "Lancer (10 000 fiches)"]).await;
    person.look("1-rehearsed").await;
    page.press_with_control('s').await;
    ends(&person).await;
    page.says(&["Ville — 10 000 fiches", "Tout défaire"]).await;
    page.says(&["Faites 10 000 Refusées 0"]).await;
    person.look("2-done").await;
    page.go("/parties?where=city+%3D+%22Nantes%22").await;
    page.says(&["Client 09999"]).await;
    page.client.back().await.expect("the page before");
    person.press("Tout défaire", "Undo all").await;
    ends(&person).await;
    page.says(&["Rétablir"]).await;
    page.says(&["Faites 10 000"]).await;
    person.look("3-undone").await;
    page.go("/parties?where=city+%3D+%22Nantes%22").await;
    page.says(&["Rien ne correspond"]).await;
}

/// The bar fills by itself: it never stands still for longer than a person waits.
async fn ends(person: &Walker) {
    let standing = "document.querySelector('progress.bulk-progress')?.value ?? null";
    let mut now = person.page.find(standing).await.as_f64().expect("a progress");
    while now < 10_000.0 {
        let more = format!("(value => value > {now} ? value : null)({standing})");
        now = person.page.find(&more).await.as_f64().expect("a progress");
    }
}
