//! The page of an invoice, its payment, its files.

use axum::http::{StatusCode, header};
use identity::Role;
use kernel::Money;

use crate::trade::Trade;

#[tokio::test]
async fn the_page_of_an_invoice_shows_its_document_its_entry_and_its_life() {
    let mut trade = Trade::open(Role::Owner).await;
    let path = format!("/invoices/{}", trade.invoice);
    let number = trade.get(trade.invoice).number.unwrap();
    let page = trade.app.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    for part in [
        number.as_str(),
        "Maison Ferrand",
        "échue",
        "Lampe d’atelier",
        "480,00\u{a0}€",
        "80,00\u{a0}€",
        "411000",
        "707000",
        "445711",
        "id=\"story\"",
        "Indemnité forfaitaire de 40 €",
        "document.pdf",
        "name=\"amount\"",
    ] {
        page.has(part);
    }
    trade.app.language = "en";
    let page = trade.app.get(&path).await;
    page.has("€480.00");
    page.has("id=\"story\"");
    // The document stays in the language of the customer.
    page.has("Net à payer");
    page.has_not("Sa vie");
    let document = trade.app.get(&format!("{path}?view=document")).await;
    document.has("<iframe class=\"document\"");
}

#[tokio::test]
async fn a_payment_typed_on_the_page_settles_the_invoice_once() {
    let trade = Trade::open(Role::Accountant).await;
    let path = format!("/invoices/{}/pay", trade.invoice);
    let pairs = [
        ("key", "k-1"),
        ("day", "2026-01-15"),
        ("amount", "cent euros"),
        ("method", "transfer"),
        ("reference", ""),
    ];
    let refused = trade.app.post(&path, &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("value=\"cent euros\"");
    refused.has("id=\"f-amount-error\"");
    assert_eq!(trade.get(trade.invoice).open, Money::eur(480_00));

    let today = kernel::Instant(store::now().0).day().to_string();
    let pairs =
        [("key", "k-2"), ("day", today.as_str()), ("amount", "100,50"), ("method", "cheque")];
    for _ in 0..2 {
        let done = trade.app.post(&path, &pairs).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
        assert_eq!(done.location(), format!("/invoices/{}", trade.invoice));
    }
    assert_eq!(trade.get(trade.invoice).open, Money::eur(379_50));
    let page = trade.app.get(&format!("/invoices/{}", trade.invoice)).await;
    page.has("100,50");
    page.has("RG-");
    page.has("379,50\u{a0}€");
}

#[tokio::test]
async fn the_files_of_an_invoice_are_shown_inline_in_the_language_asked_for() {
    let trade = Trade::open(Role::Seller).await;
    let number = trade.get(trade.invoice).number.unwrap();
    let pdf = trade.app.get(&format!("/invoices/{}/document.pdf", trade.invoice)).await;
    assert_eq!(pdf.status, StatusCode::OK);
    assert_eq!(pdf.headers[header::CONTENT_TYPE], "application/pdf");
    let disposition = pdf.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(disposition, format!("inline; filename=\"{number}.pdf\""));
    assert!(pdf.text.starts_with("%PDF-"), "{}", &pdf.text[..20]);
    let path = format!("/invoices/{}/document.pdf?language=en", trade.invoice);
    let english = trade.app.get(&path).await;
    assert!(english.text.starts_with("%PDF-") && english.text != pdf.text);
    let xml = trade.app.get(&format!("/invoices/{}/factur-x.xml", trade.invoice)).await;
    xml.has("CrossIndustryInvoice");
    xml.has(&number);
    let missing = trade.app.get("/invoices/nothing/document.pdf").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn those_who_may_not_read_the_books_see_no_entry_and_no_payment_form() {
    let trade = Trade::open(Role::Warehouse).await;
    let page = trade.app.get(&format!("/invoices/{}", trade.invoice)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("480,00\u{a0}€");
    page.has_not("411000");
    page.has_not("name=\"amount\"");
    let pairs = [("key", "k"), ("method", "cash")];
    let refused = trade.app.post(&format!("/invoices/{}/pay", trade.invoice), &pairs).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.main());
}

#[tokio::test]
async fn an_invoice_is_sent_from_its_page_once_both_have_an_address() {
    let trade = Trade::open(Role::Accountant).await;
    let path = format!("/invoices/{}", trade.invoice);
    trade.app.get(&path).await.has(&format!("{path}/act/send"));
    let refused = trade.app.post(&format!("{path}/act/send"), &[("key", "s-1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("n’a pas d’adresse électronique");
    trade.run(0, |tx, _| {
        let mut company = master::company(tx)?;
        company.email = Some("compta@lumen.example".into());
        tx.save(&company)?;
        Ok(serde_json::Value::Null)
    });
    let done = trade.app.post(&format!("{path}/act/send"), &[("key", "s-2")]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let number = trade.get(trade.invoice).number.unwrap();
    trade.app.get(&path).await.has(&format!("Envoi de la facture {number} demandé"));
}
