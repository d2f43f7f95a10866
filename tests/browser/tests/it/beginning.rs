//! From an empty folder to the first order.

use kernel::Language;

use crate::shop::{EMAIL, PASSWORD, Shop};
use crate::walker::{Walker, Way, walk};

#[tokio::test(flavor = "multi_thread")]
async fn a_company_begins_and_sells_by_keys_in_english() {
    walk(Way::keys(Language::English, false), "first", Shop::empty, begin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_begins_and_sells_on_a_phone_in_french() {
    walk(Way::mouse(Language::French, true), "first", Shop::empty, begin).await;
}

async fn begin(person: Walker) {
    let page = &person.page;
    page.show(false, person.way.phone).await;
    page.go("/").await;
    person.says("Quatre questions", "Four questions").await;
    person.look("1-questions").await;
    page.replace_in(person.word("1. Raison sociale", "1. Company name")).await;
    page.type_text("Atelier Neuf").await;
    person.fill(person.word("Votre nom", "Your name"), "Zoé Neuf").await;
    person.fill(person.word("Adresse électronique", "Email address"), EMAIL).await;
    person.fill(person.word("Mot de passe", "Password"), PASSWORD).await;
    person.press("Ouvrir la société", "Open the company").await;
    person.says("Bonjour, Zoé", "Good day, Zoé").await;
    person.look("2-home").await;
    page.go("/parties/new").await;
    person.fill(person.word("Nom", "Name"), "Café du Port").await;
    if page.find("!document.querySelector('[name=customer]').checked && 1 || 2").await == 1 {
        person.fill(person.word("Client", "Customer"), " ").await;
    }
    person.look("3-customer").await;
    page.press_with_control('s').await;
    page.says_in("h1", "Café du Port").await;
    page.go("/products/new").await;
    person.fill(person.word("Référence", "SKU"), "TASSE").await;
    person.fill(person.word("Désignation", "Name"), "Tasse").await;
    person.fill(person.word("Unité", "Unit"), person.word("Pièce", "Piece")).await;
    person.fill(person.word("Prix de vente HT", "Price excl. tax"), "4").await;
    person.fill(person.word("TVA", "VAT"), person.word("TVA 20", "VAT 20")).await;
    person.look("4-product").await;
    page.press_with_control('s').await;
    page.says_in("h1", "Tasse").await;
    page.go("/orders/new").await;
    person.pick(person.word("Client", "Customer"), "caf", "Café du Port").await;
    person.pick(person.word("Article", "Item"), "tasse", "Tasse").await;
    person.fill(person.word("Quantité", "Quantity"), "3").await;
    page.press_with_control('s').await;
    page.says_in("h1", "Café du Port").await;
    person.look("5-order").await;
    person.says("brouillon", "draft").await;
}
