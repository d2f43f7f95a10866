//! An owner sets up an identity provider, links their account, and comes in by it: a true provider,
//! in a process of its own, before a true browser.
//!
//! `COMPTOIR_PROVIDER` names the folder that oidc-provider is installed in (`cargo verify` fetches
//! it); without it this is left out.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use kernel::Language;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk_together};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/web/tests/it/provider.mjs");

/// The provider, ended with the test.
struct Provider(Child);

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Provider {
    /// Starts one that sends browsers back to this shop; tells its issuer.
    fn start(place: &OsString, shop: &str) -> (Self, String) {
        let mut command = Command::new("node");
        command.arg(SCRIPT).arg(format!("{shop}/sign-in/provider/callback"));
        let command = command.env("COMPTOIR_PROVIDER", place).stdin(Stdio::null());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("node starts");
        let mut said = BufReader::new(process.stdout.take().expect("its words"));
        let mut issuer = String::new();
        said.read_line(&mut issuer).expect("its issuer");
        (Self(process), issuer.trim().to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_comes_in_by_the_account_they_linked_by_mouse_in_french() {
    come_in(Way::mouse(Language::French, false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_comes_in_by_the_account_they_linked_by_keys_on_a_phone_in_english() {
    come_in(Way::keys(Language::English, true)).await;
}

async fn come_in(way: Way) {
    let Some(place) = std::env::var_os("COMPTOIR_PROVIDER") else {
        println!("skipped: the identity provider, COMPTOIR_PROVIDER is not set");
        return;
    };
    let open = || Shop::open(way.language);
    walk_together(1, way, "provided", open, |people| set_up_and_enter(people, place)).await;
}

async fn set_up_and_enter(people: Vec<Walker>, place: OsString) {
    let [ada] = people.as_slice() else { panic!("one person") };
    ada.enter().await;
    let shop = ada.page.find("location.origin").await;
    let (_provider, issuer) = Provider::start(&place, shop.as_str().expect("an address"));
    ada.page.go("/settings/sign-in").await;
    ada.look("1-policy").await;
    ada.press("Ajouter un fournisseur d’identité", "Add an identity provider").await;
    ada.fill(ada.word("Nom", "Name"), "Lumen Login").await;
    ada.fill(ada.word("Émetteur", "Issuer"), &issuer).await;
    ada.fill(ada.word("Identifiant client", "Client ID"), "comptoir").await;
    let secret = ada.word("Secret client", "Client secret");
    ada.fill(secret, "un secret de trente-deux lettres !").await;
    ada.look("2-filled").await;
    ada.press("Enregistrer", "Save").await;
    ada.says("Le fournisseur est enregistré.", "The provider is saved.").await;
    ada.look("3-listed").await;

    ada.page.go("/me/security").await;
    ada.press("Lier mon compte Lumen Login", "Link my account Lumen Login").await;
    ada.says("Le compte est lié.", "The account is linked.").await;
    ada.look("4-linked").await;

    ada.page.client.delete_all_cookies().await.expect("signed out");
    ada.page.go("/sign-in").await;
    ada.look("5-sign-in").await;
    ada.press("Se connecter avec Lumen Login", "Sign in with Lumen Login").await;
    ada.says("Bonjour,", "Good day,").await;
}
