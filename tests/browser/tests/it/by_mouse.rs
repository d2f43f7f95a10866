//! From the order to the money, by mouse and in French.

use kernel::Language;

use crate::driver::journey;
use crate::page::Page;
use crate::shop::{EMAIL, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_becomes_money_by_mouse_in_french() {
    journey(Language::French, |page| async move {
        enter(&page).await;
        let order = write_the_order(&page).await;
        deliver(&page).await;
        bill_and_collect(&page).await;
        settled(&page, &order).await;
    })
    .await;
}

async fn enter(page: &Page) {
    page.go("/").await;
    page.says(&["Adresse électronique", "Mot de passe"]).await;
    page.look("01-connexion").await;
    page.click("Adresse électronique").await;
    page.type_text(EMAIL).await;
    page.click("Mot de passe").await;
    page.type_text(PASSWORD).await;
    page.click("Se connecter").await;
    page.says(&["Bonjour, Ada", "Atelier Lumen"]).await;
    page.look("02-accueil").await;
}

/// Two articles for the customer, confirmed. Gives the path of the order.
async fn write_the_order(page: &Page) -> String {
    page.click("Ventes").await;
    page.click("Commandes").await;
    page.says_in("h1", "Commandes").await;
    page.click("Nouvelle commande").await;
    page.says(&["Nouvelle commande", "choisissez le client"]).await;
    page.click("Client").await;
    page.click_offer("ferr", "Maison Ferrand").await;
    page.click("Article").await;
    page.click_offer("lampe", "Lampe d’atelier").await;
    page.click("Quantité").await;
    page.type_text("2").await;
    page.says_in("#f-lines-0-net", "200,00").await;
    page.click("Ajouter une ligne").await;
    page.click_nth("Article", 1).await;
    page.click_offer("tab", "Tabouret de chêne").await;
    page.click_nth("Quantité", 1).await;
    page.type_text("3").await;
    page.says_in("#f-lines-1-net", "240,00").await;
    page.says_in("#document-totals", "493,20 €").await;
    page.says_in("#document-figures", "tout est en stock").await;
    page.look("03-saisie").await;
    page.click("Créer").await;
    page.says_in("h1", "Maison Ferrand").await;
    page.says(&["brouillon", "Lampe d’atelier", "Tabouret de chêne", "493,20 €"]).await;
    page.look("04-brouillon").await;
    page.click("Confirmer").await;
    page.says(&["Confirmer : c’est fait.", "à préparer", "5 sur 5"]).await;
    page.look("05-confirmee").await;
    page.path().await
}

/// Picked, packed, shipped.
async fn deliver(page: &Page) {
    page.click("Préparer l’expédition").await;
    page.says(&["Préparer l’expédition : c’est fait.", "LAM-100", "TAB-200"]).await;
    page.says_in("h1", "BL-").await;
    page.look("06-expedition").await;
    page.click("Prélever").await;
    page.says(&["Prélever : c’est fait.", "Colis", "Transporteur"]).await;
    page.click("Transporteur").await;
    page.type_text("Relais du Nord").await;
    page.click("Emballer").await;
    page.says(&["Emballer : c’est fait.", "Relais du Nord"]).await;
    page.look("07-emballee").await;
    page.click("Expédier").await;
    page.says_in("#confirm", "Les articles sortent du stock").await;
    page.look("08-question").await;
    page.click("Expédier").await;
    page.says(&["Expédier : c’est fait.", "Expédiée le"]).await;
    page.click_link_to("/orders/").await;
    page.says(&["à facturer", "5 sur 5"]).await;
}

/// Billed, and paid by transfer.
async fn bill_and_collect(page: &Page) {
    page.click("Facturer").await;
    page.says_in("h1", "FA-").await;
    page.says(&["à encaisser", "Total TTC", "493,20 €", "Échéance", "Écriture"]).await;
    page.look("09-facture").await;
    page.click("Encaisser").await;
    page.says_in("#pay", "Montant").await;
    page.click("Référence").await;
    page.type_text("VIR 2042").await;
    page.click("Enregistrer le règlement").await;
    page.says(&["Le règlement est enregistré.", "payée", "1 règlement"]).await;
    page.says(&["Règlements et imputations", "imputé"]).await;
    page.look("10-payee").await;
}

/// The order is closed by what happened to it, on its page and on the board.
async fn settled(page: &Page, order: &str) {
    page.click_link_to(order).await;
    page.says_in(".head", "soldée").await;
    page.look("11-soldee").await;
    page.click("Tableau de suivi").await;
    page.says_in("section[aria-label='Soldées']", "Maison Ferrand").await;
    page.look("12-tableau").await;
    page.click("Finance").await;
    page.click("Balance et grand livre").await;
    page.click_link_to("/ledgers/accounts/411").await;
    page.says(&["Lettrage", "Solde final"]).await;
    // The invoice and its payment bear the same letters.
    for line in ["Facture FA-2026-0001 Maison Ferrand AAA", "Maison Ferrand AAA 493,20 0,00"] {
        page.says_in("#ledger tbody", line).await;
    }
    page.look("13-lettrage").await;
}
