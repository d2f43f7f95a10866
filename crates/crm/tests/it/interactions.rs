use crm::interactions::{self, Interaction, InteractionKind};
use kernel::{Day, Entity, Id, Inputs, Language, Origin};
use serde_json::json;

use crate::shop::Shop;

#[test]
fn a_timeline_holds_what_people_and_the_company_did() {
    let shop = Shop::open();
    let (party, about) = (shop.party, Origin::of(shop.party));
    shop.press("party", "call", party.raw(), Inputs::default().with("subject", "Échantillons"))
        .unwrap();
    shop.act(move |tx| {
        let made = interactions::fact(tx, party, Some(about), "payment.received", "120,00 €")?;
        Ok(made.raw())
    })
    .unwrap();
    let lines = shop.read(|tx| Ok(interactions::timeline(tx, party, 10)?));
    assert_eq!(lines[0].says(Language::French), "Paiement reçu : 120,00 €");
    assert_eq!(lines[0].author, None);
    assert_eq!(
        (lines[1].kind, lines[1].author.as_deref()),
        (InteractionKind::Call, Some("Hélène"))
    );
    let last = shop.read(|tx| Ok(interactions::timeline(tx, party, 1)?));
    assert_eq!(last.len(), 1);
    let of_document = shop.read(|tx| Ok(interactions::timeline_about(tx, about, 10)?));
    assert_eq!(of_document.len(), 1);
}

#[test]
fn a_task_is_open_until_it_is_done() {
    let shop = Shop::open();
    let party = shop.party.raw();
    let due = |text: &str| Day::parse(text).unwrap();
    let task =
        |subject: &str, day: Day| Inputs::default().with("subject", subject).with("due_on", day);
    shop.press("party", "task", party, task("plus tard", due("2026-12-24"))).unwrap();
    let first = shop.press("party", "task", party, task("bientôt", due("2026-11-25"))).unwrap();
    let open = || {
        let tasks = shop.read(|tx| Ok(interactions::open_tasks(tx, 10)?));
        tasks.iter().map(|task| task.subject.clone()).collect::<Vec<_>>()
    };
    assert_eq!(open(), ["bientôt", "plus tard"]);
    assert!(shop.offers(Interaction::DEF, "finish", first));
    shop.press("interaction", "finish", first, Inputs::default()).unwrap();
    assert!(!shop.offers(Interaction::DEF, "finish", first));
    assert_eq!(open(), ["plus tard"]);
}

#[test]
fn facts_are_not_written_nor_changed_by_hand() {
    let shop = Shop::open();
    let party = shop.party;
    let made = json!({ "party": party.to_string(), "kind": "fact", "subject": "Payé" });
    let forged = shop.create(Interaction::DEF, made);
    assert_eq!(forged.unwrap_err().codes(), ["interaction.fact"]);
    let fact = shop
        .act(move |tx| {
            Ok(interactions::fact(tx, party, None, "order.confirmed", "CC-2026-00001")?.raw())
        })
        .unwrap();
    let edited = shop.update(Interaction::DEF, fact, json!({ "subject": "Autre" }));
    assert_eq!(edited.unwrap_err().codes(), ["interaction.fact"]);
    let note = json!({ "party": party.to_string(), "kind": "note", "subject": "Bonjour",
        "about": Origin::of(Id::<Interaction>::from_raw(fact)).to_string() });
    let note = shop.get::<Interaction>(shop.create(Interaction::DEF, note).unwrap());
    assert_eq!(note.author.as_deref(), Some("Hélène"));
    assert_eq!(note.about.map(|about| about.id), Some(fact));
}
