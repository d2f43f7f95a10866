//! A quote with an option: its customer, without an account, takes it, signs, and orders.

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, PointerAction, TouchActions};
use fantoccini::key::Key;
use kernel::Language;
use std::time::Duration;

use crate::page::Page;
use crate::shop::Shop;
use crate::walker::{Walker, Way, walk_together};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_takes_an_option_and_signs_on_a_phone_in_english() {
    let way = Way::mouse(Language::English, false);
    walk_together(2, way, "signed", || Shop::open(way.language), offer_and_sign).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_takes_an_option_and_signs_by_keys_in_french() {
    let way = Way::keys(Language::French, false);
    walk_together(2, way, "signed", || Shop::open(way.language), offer_and_sign).await;
}

async fn offer_and_sign(people: Vec<Walker>) {
    let [ada, sophie] = people.as_slice() else { panic!("two people") };
    ada.enter().await;
    write_the_quote(ada).await;
    let quote = ada.page.path().await;
    let link = "document.querySelector('main a[href^=\"/q/\"]')?.getAttribute('href')";
    let link = ada.page.find(link).await;
    let mut sophie = sophie.clone();
    sophie.way.phone = true;
    sign(&sophie, link.as_str().expect("a link")).await;
    ada.page.go(&quote).await;
    ada.page.says(&["Sophie Anquetil", ada.word("gérante", "manager")]).await;
    ada.says("J’accepte le devis", "I accept the quote").await;
    let strokes = "document.querySelector('svg.signature.given path').getAttribute('d')";
    let strokes = ada.page.find(strokes).await;
    let strokes = strokes.as_str().expect("a drawing");
    assert!(strokes.starts_with('M') && strokes.contains('L'), "{strokes}");
    ada.look("5-proof").await;
    ada.press("Voir la commande", "See the order").await;
    ada.page.says(&["LAM-100", "TAB-200"]).await;
    ada.page.says(&[ada.word("324,40 €", "€324.40")]).await;
    ada.look("6-order").await;
}

/// Two lamps, firm, and an oak stool as an option.
async fn write_the_quote(ada: &Walker) {
    ada.page.go("/quotes/new").await;
    ada.pick(ada.word("Client", "Customer"), "ferr", "Maison Ferrand").await;
    let (lamp, stool) =
        (ada.word("Lampe d’atelier", "Workshop lamp"), ada.word("Tabouret de chêne", "Oak stool"));
    let (item, quantity) = (ada.word("Article", "Item"), ada.word("Quantité", "Quantity"));
    ada.pick(item, ada.word("lampe", "workshop"), lamp).await;
    ada.fill(quantity, "2").await;
    ada.page.press(Key::Enter).await;
    ada.page.has_focus_on(item).await;
    ada.page.take_offer(ada.word("tabouret", "oak"), stool).await;
    ada.page.tab_to(quantity).await;
    ada.page.type_text("1").await;
    ada.page.tab_to("Option").await;
    ada.page.type_text("option").await;
    ada.page.says_in("#document-totals", ada.word("240,00 €", "€240.00")).await;
    ada.look("1-typed").await;
    ada.page.press_with_control('s').await;
    ada.page.says_in("h1", "Maison Ferrand").await;
    ada.press("Envoyer", "Send").await;
    if ada.page.is_asked().await {
        ada.press("Envoyer", "Send").await;
    }
    ada.says("Envoyer : c’est fait.", "Send: done.").await;
}

async fn sign(sophie: &Walker, link: &str) {
    let page = &sophie.page;
    page.show(false, true).await;
    page.go(link).await;
    page.says_in("#offer-totals", sophie.word("240,00 €", "€240.00")).await;
    sophie.look("2-offer").await;
    let stool = sophie.word("Tabouret de chêne option", "Oak stool option");
    tick(sophie, stool).await;
    page.says_in("#offer-totals", sophie.word("324,40 €", "€324.40")).await;
    page.says_in("#offer-consent", sophie.word("324,40 €", "€324.40")).await;
    sophie.fill(sophie.word("Votre nom", "Your name"), "Sophie Anquetil").await;
    let role = sophie.word("gérante", "manager");
    sophie.fill(sophie.word("Votre fonction", "Your position"), role).await;
    draw(page).await;
    let consent = page.text_of("#offer-consent").await;
    tick(sophie, &consent).await;
    sophie.look("3-signed").await;
    sophie.press("Accepter et commander", "Accept and order").await;
    sophie.says("Ce devis est accepté. Merci !", "This quote is accepted. Thank you!").await;
    page.says(&[sophie.word("324,40 €", "€324.40")]).await;
    sophie.look("4-accepted").await;
}

async fn tick(sophie: &Walker, wanted: &str) {
    if sophie.way.keys {
        sophie.page.tab_to(wanted).await;
        sophie.page.type_text(" ").await;
    } else {
        sophie.page.click(wanted).await;
    }
}

/// Two strokes of a finger on the sheet. There is no key for it: it may be left out.
async fn draw(page: &Page) {
    let at = "(sheet => { sheet.scrollIntoView({ block: 'center' });
        const { left, top } = sheet.getBoundingClientRect();
        return [Math.round(left), Math.round(top)]; })(document.querySelector('[data-sign] svg'))";
    let at = page.find(at).await;
    let [left, top] = [0, 1].map(|rank| at[rank].as_f64().expect("a place"));
    let to = |x: f64, y: f64| PointerAction::MoveTo {
        duration: Some(Duration::from_millis(60)),
        x: left + x,
        y: top + y,
    };
    let mut finger = TouchActions::new("finger".into());
    for (from, until) in [((20.0, 20.0), (80.0, 60.0)), ((80.0, 20.0), (20.0, 60.0))] {
        finger = finger
            .then(to(from.0, from.1))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(to(until.0, until.1))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    }
    page.client.perform_actions(finger).await.expect("the finger draws");
}
