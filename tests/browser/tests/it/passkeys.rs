//! A passkey is made and shown, with an authenticator that Chromium brings for tests (W3C Web
//! Authentication, level 3, section 11).

use kernel::Language;
use serde_json::json;

use crate::page::OfChromium;
use crate::shop::{EMAIL, PASSWORD, Shop};
use crate::walker::{Walker, Way, walk_together};

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_and_signs_in_by_mouse_in_french() {
    let way = Way::mouse(Language::French, false);
    walk_together(1, way, "passkey", || by_name(way.language), add_and_enter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_and_signs_in_by_keys_on_a_phone_in_english() {
    let way = Way::keys(Language::English, true);
    walk_together(1, way, "passkey", || by_name(way.language), add_and_enter).await;
}

/// The shop by the name of this machine: browsers bind no passkey to a number.
fn by_name(language: Language) -> Shop {
    let mut shop = Shop::open(language);
    shop.address = shop.address.replace("127.0.0.1", "localhost");
    shop
}

async fn add_and_enter(people: Vec<Walker>) {
    let [ada] = people.as_slice() else { panic!("one person") };
    ada.enter().await;
    let device = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true });
    let added = ada.page.client.issue_cmd(OfChromium("webauthn/authenticator", device)).await;
    added.expect("an authenticator");

    ada.page.go("/me/security").await;
    ada.look("1-none").await;
    ada.press("Ajouter une clé d’accès", "Add a passkey").await;
    let name = ada.word("Téléphone", "Phone");
    ada.fill(ada.word("Nom", "Name"), name).await;
    ada.look("2-named").await;
    ada.press("Ajouter une clé d’accès", "Add a passkey").await;
    ada.says("Vos codes de secours", "Your recovery codes").await;
    ada.press("Je les ai notés", "I have written them down").await;
    ada.page.says(&[name]).await;
    ada.look("3-added").await;

    // The same device again: it has one already, and the page says so.
    ada.press("Ajouter une clé d’accès", "Add a passkey").await;
    ada.fill(ada.word("Nom", "Name"), "Encore").await;
    ada.press("Ajouter une clé d’accès", "Add a passkey").await;
    let there = "Cet appareil a déjà une clé d’accès";
    ada.says(there, "This device has a passkey for you here already.").await;

    ada.page.client.delete_all_cookies().await.expect("signed out");
    ada.page.go("/sign-in").await;
    ada.look("4-sign-in").await;
    ada.press("Se connecter par une clé d’accès", "Sign in with a passkey").await;
    ada.says("Bonjour,", "Good day,").await;

    // And after the password.
    ada.page.client.delete_all_cookies().await.expect("signed out");
    ada.page.go("/sign-in").await;
    ada.fill(ada.word("Adresse électronique", "Email address"), EMAIL).await;
    ada.fill(ada.word("Mot de passe", "Password"), PASSWORD).await;
    ada.press("Se connecter", "Sign in").await;
    ada.look("5-second").await;
    ada.press("Utiliser une clé d’accès", "Use a passkey").await;
    ada.says("Bonjour,", "Good day,").await;
}
