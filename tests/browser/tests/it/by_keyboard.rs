//! From the order to the money, by keyboard alone and in English. Wherever Tab stops, the focus is
//! seen.

use fantoccini::key::Key;
use kernel::Language;

use crate::driver::journey;
use crate::page::Page;
use crate::shop::{EMAIL, PASSWORD};

#[tokio::test(flavor = "multi_thread")]
async fn an_order_becomes_money_by_keyboard_in_english() {
    journey(Language::English, |page| async move {
        enter(&page).await;
        let order = write_the_order(&page).await;
        confirm(&page).await;
        deliver(&page).await;
        bill_and_collect(&page).await;
        settled(&page, &order).await;
    })
    .await;
}

async fn enter(page: &Page) {
    page.go("/").await;
    page.has_focus_on("Email address").await;
    page.look("01-sign-in").await;
    page.type_text(EMAIL).await;
    page.tab_to("Password").await;
    page.type_text(PASSWORD).await;
    page.press(Key::Enter).await;
    page.says(&["Good day, Ada", "Atelier Lumen"]).await;
    page.look("02-home").await;
}

/// Two articles for the customer, saved as a draft. Gives the number of the order.
async fn write_the_order(page: &Page) -> String {
    page.type_text("?").await;
    page.says_in("#keys", "Keyboard shortcuts").await;
    page.focused().await;
    page.look("03-keys").await;
    page.press(Key::Escape).await;
    page.type_text("go").await;
    page.says_in("h1", "Orders").await;
    page.type_text("c").await;
    page.has_focus_on("Customer").await;
    page.take_offer("ferr", "Maison Ferrand").await;
    page.tab_to("Item").await;
    page.take_offer("workshop", "Workshop lamp").await;
    page.tab_to("Quantity").await;
    page.type_text("2").await;
    page.says_in("#f-lines-0-net", "200.00").await;
    // Enter on the last line begins the next one.
    page.press(Key::Enter).await;
    page.has_focus_on("Item").await;
    page.take_offer("oak", "Oak stool").await;
    page.tab_to("Quantity").await;
    page.type_text("3").await;
    page.says_in("#f-lines-1-net", "240.00").await;
    page.says_in("#document-totals", "€493.20").await;
    page.says_in("#document-figures", "all in stock").await;
    page.look("04-typing").await;
    page.press_with_control('s').await;
    page.says_in("h1", "Maison Ferrand").await;
    page.says(&["draft", "Workshop lamp", "Oak stool", "€493.20"]).await;
    page.look("05-draft").await;
    page.text_of(".crumbs [aria-current]").await
}

async fn confirm(page: &Page) {
    page.run_from_palette("confirm", "Confirm").await;
    page.says(&["All of it is available.", "Can leave"]).await;
    page.look("06-question").await;
    page.press_with_control('\u{e007}').await;
    page.says(&["Confirm: done.", "to prepare", "5 of 5"]).await;
}

/// Picked, packed, shipped.
async fn deliver(page: &Page) {
    page.tab_to("Prepare shipment").await;
    page.press(Key::Enter).await;
    page.says(&["Prepare shipment: done.", "LAM-100", "TAB-200"]).await;
    page.tab_to("Pick").await;
    page.press(Key::Enter).await;
    page.says(&["Pick: done.", "Parcels", "Carrier"]).await;
    page.tab_to("Carrier").await;
    page.type_text("Northern Relay").await;
    page.tab_to("Pack").await;
    page.press(Key::Enter).await;
    page.says(&["Pack: done.", "Northern Relay"]).await;
    page.look("07-packed").await;
    page.tab_to("Ship").await;
    page.type_text(" ").await;
    page.says_in("#confirm", "The goods leave the stock").await;
    page.has_focus_on("Cancel").await;
    page.look("08-question").await;
    page.tab_to("Ship").await;
    page.press(Key::Enter).await;
    page.says(&["Ship: done.", "Shipped on"]).await;
}

/// Found again in the order book, billed, and paid by transfer.
async fn bill_and_collect(page: &Page) {
    page.type_text("go").await;
    page.says_in("h1", "Orders").await;
    page.says_in("#list", "to invoice").await;
    page.type_text("j").await;
    page.look("09-book").await;
    page.press(Key::Enter).await;
    page.says(&["to invoice", "5 of 5"]).await;
    page.tab_to("Invoice").await;
    page.press(Key::Enter).await;
    page.says_in("h1", "FA-").await;
    page.says(&["to collect", "Total incl. VAT", "€493.20", "Due on", "Entry"]).await;
    page.look("10-invoice").await;
    page.tab_to("Record a payment").await;
    page.press(Key::Enter).await;
    page.tab_to("Reference").await;
    page.type_text("TRF 2042").await;
    page.press_with_control('s').await;
    page.says(&["The payment is recorded.", "paid", "1 payment"]).await;
    page.says(&["Payments and credits", "allocated"]).await;
    page.look("11-paid").await;
}

/// The order is closed by what happened to it, in the palette, on its page, and on the board.
async fn settled(page: &Page, order: &str) {
    page.run_from_palette(&format!("#{order}"), order).await;
    page.says_in(".head", "settled").await;
    page.look("12-settled").await;
    page.type_text("gt").await;
    page.says_in("section[aria-label='Settled']", "Maison Ferrand").await;
    page.look("13-board").await;
}
