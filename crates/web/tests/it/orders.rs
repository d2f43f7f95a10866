//! Orders: typed, computed as they are typed, confirmed, held, sent on.

use axum::http::StatusCode;
use crm::sales::{self, Order, OrderLine, OrderStage, Progress};
use identity::Role;
use kernel::{Filter, Id, Money, Origin, RawId};
use processes::order_to_cash;
use serde_json::json;

use crate::app::Page;
use crate::trade::Trade;

/// The fields of an order for the customer, with its lines: product, quantity, discount.
pub fn typed(trade: &Trade, lines: &[(&str, &str, &str)]) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("party".to_owned(), trade.customer.to_string()),
        ("invoicing".to_owned(), "on_delivery".to_owned()),
        ("lists".to_owned(), "lines".to_owned()),
    ];
    for (rank, (product, quantity, discount)) in lines.iter().enumerate() {
        let mut line = |name: &str, value: &str| {
            pairs.push((format!("lines.{rank}.{name}"), value.to_owned()));
        };
        if product.len() == 36 {
            line("product", product)
        } else {
            line("product.text", product)
        }
        line("quantity", quantity);
        line("discount", discount);
    }
    pairs
}

pub fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn preview(trade: &Trade, pairs: &[(String, String)]) -> Page {
    preview_at(trade, "/orders/preview", pairs).await
}

async fn preview_at(trade: &Trade, path: &str, pairs: &[(String, String)]) -> Page {
    let session = trade.app.session.as_deref().unwrap().split_once('=').unwrap().1;
    let token = web::door::form_token(session);
    let mut all = vec![("token", token.as_str())];
    all.extend(borrowed(pairs));
    let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "preview")];
    trade.app.post_raw(path, &all, &headers).await
}

pub fn id_of<E>(location: &str) -> Id<E> {
    Id::from_raw(RawId::parse(location.rsplit('/').next().unwrap()).unwrap())
}

/// Makes a draft through the form.
async fn draft(trade: &Trade, quantity: &str) -> Id<Order> {
    let lamp = trade.lamp.to_string();
    let pairs = typed(trade, &[(&lamp, quantity, "")]);
    let made = trade.app.post("/orders", &borrowed(&pairs)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    id_of(made.location())
}

#[tokio::test]
async fn what_is_shown_as_one_types_is_what_is_stored() {
    let trade = Trade::open(Role::Seller).await;
    let lamp = trade.lamp.to_string();
    let pairs = typed(&trade, &[(&lamp, "12", "10")]);
    let shown = preview(&trade, &pairs).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    shown.has("<span id=\"f-lines-0-net\"><b>1\u{202f}080,00</b></span>");
    shown.has("<span id=\"f-lines-0-unit\">");
    // 12 × 90 − 12 × 60, of 1,080.
    shown.has("33,3\u{a0}%");
    // 11 of the 16 left are free: the twelfth comes after the lead time.
    shown.has("1 ligne attendue");
    shown.has("id=\"document-credit\"");
    shown.has_not("<html");
    let made = trade.app.post("/orders", &borrowed(&pairs)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let order = trade.get::<Order>(id_of(made.location()));
    assert_eq!(order.net, Money::eur(108_000));
    assert_eq!(order.margin, Money::eur(36_000));
    let page = trade.app.get(made.location()).await;
    for part in ["1\u{202f}296,00\u{a0}€", "Maison Ferrand", "Confirmer", "brouillon", "LAM-100"]
    {
        page.has(part);
        if part.starts_with('1') {
            shown.has(part);
        }
    }
}

#[tokio::test]
async fn a_line_that_cannot_be_read_says_so_and_the_others_are_computed() {
    let trade = Trade::open(Role::Seller).await;
    let pairs = typed(&trade, &[("néant", "1", ""), ("LAM-100", "2", ""), ("LAM-100", "-1", "")]);
    let shown = preview(&trade, &pairs).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.text.matches("à corriger").count(), 2, "{}", shown.text);
    shown.has("<span id=\"f-lines-1-net\"><b>200,00</b></span>");
    shown.has("<span id=\"f-lines-0-net\"></span>");
    let refused = trade.app.post("/orders", &borrowed(&pairs)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("f-lines-0-product-error");
    refused.has("value=\"néant\"");
}

#[tokio::test]
async fn without_scripts_a_button_computes_and_saves_nothing() {
    let trade = Trade::open(Role::Seller).await;
    let before = trade.read(|tx| Ok(tx.find(Filter::<Order>::everything())?.len()));
    let pairs = typed(&trade, &[("LAM-100", "3", "")]);
    let page = trade.app.post("/orders/preview", &borrowed(&pairs)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("<!DOCTYPE html>");
    page.has("data-preview=\"/orders/preview\"");
    page.has("300,00");
    page.has("name=\"lines.0.quantity\" value=\"3\"");
    let after = trade.read(|tx| Ok(tx.find(Filter::<Order>::everything())?.len()));
    assert_eq!(before, after);
    let more: Vec<(&str, &str)> =
        borrowed(&pairs).into_iter().chain([("do", "add_lines")]).collect();
    let page = trade.app.post("/orders", &more).await;
    page.has("name=\"lines.5.quantity\"");
}

#[tokio::test]
async fn what_is_short_is_said_line_by_line_and_may_be_confirmed_in_parts() {
    let mut trade = Trade::open(Role::Seller).await;
    let order = draft(&trade, "15").await;
    let confirm = format!("/orders/{order}/do/confirm");
    trade.app.get(&format!("/orders/{order}")).await.has(&format!("href=\"{confirm}\""));
    let refused = trade.app.post(&confirm, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("Tout ne peut pas partir aujourd’hui.");
    refused.has("Confirmer et livrer en plusieurs fois");
    refused.has("name=\"partial\" value=\"true\"");
    assert_eq!(trade.get::<Order>(order).stage, OrderStage::Draft);
    let done = trade.app.post(&confirm, &[("partial", "true")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let stored = trade.get::<Order>(order);
    assert_eq!(stored.stage, OrderStage::Confirmed);
    assert_eq!(stored.reservation, Progress::Partial);
    let page = trade.app.get(&format!("/orders/{order}")).await;
    page.has("Des articles manquent depuis");
    page.has("11 / 15 en main");
    page.has("1 ligne attendue");
    trade.app.language = "en";
    trade.app.get(&format!("/orders/{order}")).await.has("Goods are short since");
}

#[tokio::test]
async fn a_hold_says_why_since_when_and_what_it_keeps_back() {
    let trade = Trade::open(Role::Seller).await;
    let order = trade.order;
    let href = format!("/orders/{order}");
    trade.app.get(&href).await.has(&format!("action=\"{href}/do/prepare\""));
    let held = trade
        .app
        .post(&format!("{href}/do/hold"), &[("reason", "Le client rappelle demain")])
        .await;
    assert_eq!(held.status, StatusCode::SEE_OTHER, "{}", held.main());
    let page = trade.app.get(&href).await;
    page.has("retenue");
    page.has("Le client rappelle demain");
    page.has("Ada Martin");
    page.has("Préparer l’expédition : retenue, motif : manuel");
    page.has_not(&format!("action=\"{href}/do/prepare\""));
    let refused = trade.app.post(&format!("{href}/do/prepare"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("Livraison retenue depuis");
    refused.has("Fil");
    trade.app.get("/orders?view=held").await.has(&href);
    let freed = trade.app.post(&format!("{href}/do/release_hold"), &[("kind", "manual")]).await;
    assert_eq!(freed.status, StatusCode::SEE_OTHER, "{}", freed.main());
    let prepared = trade.app.post(&format!("{href}/do/prepare"), &[]).await;
    assert!(prepared.location().starts_with("/shipments/"), "{}", prepared.location());
    trade.app.get(&href).await.has("à expédier");
}

#[tokio::test]
async fn who_may_not_confirm_sees_no_button_and_is_refused() {
    let trade = Trade::open(Role::Warehouse).await;
    let (customer, lamp) = (trade.customer, trade.lamp);
    let made = trade.run(0, move |tx, actor| {
        let id = tx.insert(&Order::of(customer, tx.currency()))?;
        let one = kernel::Quantity::units(1);
        tx.insert(&OrderLine::of(id, lamp, one, tx.currency()))?;
        sales::order::settle(tx, actor, id.raw())?;
        Ok(json!(id.to_string()))
    });
    let href = format!("/orders/{}", made.as_str().unwrap());
    let page = trade.app.get(&href).await;
    assert_eq!(page.status, StatusCode::OK);
    page.has_not("/do/confirm");
    page.has_not("/edit\"");
    assert_eq!(
        trade.app.post(&format!("{href}/do/confirm"), &[]).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(trade.app.get(&format!("{href}/do/confirm")).await.status, StatusCode::FORBIDDEN);
    let missing = trade.app.get("/orders/01900000-0000-7000-8000-000000000000").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_thread_takes_a_note_about_the_order() {
    let trade = Trade::open(Role::Seller).await;
    let (href, party) = (format!("/orders/{}", trade.order), trade.customer.to_string());
    let about = Origin::of(trade.order).to_string();
    let pairs = [
        ("party", party.as_str()),
        ("about", about.as_str()),
        ("kind", "call"),
        ("subject", "Livrer avant onze heures"),
        ("body", ""),
        ("due_on", ""),
        ("back", href.as_str()),
    ];
    let noted = trade.app.post("/interactions", &pairs).await;
    assert_eq!(noted.location(), href, "{}", noted.main());
    trade.app.get(&href).await.has("Livrer avant onze heures");
    trade.app.get(&format!("/parties/{party}")).await.has("Livrer avant onze heures");
}

#[tokio::test]
async fn products_are_offered_with_what_is_free_and_what_the_customer_pays() {
    let trade = Trade::open(Role::Seller).await;
    let found = trade.app.get(&format!("/pick/product?q=lampe&party={}", trade.customer)).await;
    for part in ["11 disponibles", "dernier prix 100,00", "unit_price=100,00", "tax="] {
        found.has(part);
    }
    found.has("data-label=\"LAM-100 · Lampe d’atelier\"");
    // Elsewhere a product is only chosen: it fills nothing.
    trade.app.get("/pick/product?q=LAM").await.has_not("data-fills");
}

#[tokio::test]
async fn a_draft_given_to_another_customer_is_shown_as_it_will_be_stored() {
    let trade = Trade::open(Role::Seller).await;
    let id = draft(&trade, "2").await;
    assert_eq!(trade.get(id).tax_amount, Money::eur(4_000));
    let made = trade.run(0, |tx, _| {
        let mut party = master::Party::named("Berlin");
        (party.country, party.vat_number) = (Some("DE".into()), Some("DE136695976".into()));
        Ok(json!(tx.insert(&party)?.to_string()))
    });
    let line = trade.read(|tx| Ok(sales::lines(tx, id)?)).remove(0);
    let mut pairs = typed(&trade, &[(&line.product.to_string(), "2", "")]);
    pairs[0].1 = made.as_str().unwrap().to_owned();
    for (name, value) in [
        ("id", line.id.to_string()),
        ("unit_price", "100,00".to_owned()),
        ("tax", line.tax.unwrap().to_string()),
    ] {
        pairs.push((format!("lines.0.{name}"), value));
    }
    let shown = preview_at(&trade, &format!("/orders/preview?id={id}"), &pairs).await;
    shown.has("200,00\u{a0}€");
    shown.has_not("240,00");
    let done = trade.app.post(&format!("/orders/{id}"), &borrowed(&pairs)).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let order = trade.get(id);
    assert_eq!((order.total, order.tax_amount), (Money::eur(20_000), Money::eur(0)));
}

#[tokio::test]
async fn the_confirmation_is_a_document() {
    let trade = Trade::open(Role::Seller).await;
    let file = trade.app.get(&format!("/orders/{}/paper.pdf", trade.order)).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.text.starts_with("%PDF-"));
    assert_eq!(file.headers["content-type"], "application/pdf");
}

#[tokio::test]
async fn the_book_shows_each_view_page_by_page() {
    let mut trade = Trade::open(Role::Seller).await;
    let (customer, lamp) = (trade.customer, trade.lamp);
    trade.run(3, move |tx, actor| {
        for _ in 0..60 {
            let id = tx.insert(&Order::of(customer, tx.currency()))?;
            let one = kernel::Quantity::units(1);
            tx.insert(&OrderLine::of(id, lamp, one, tx.currency()))?;
            sales::order::settle(tx, actor, id.raw())?;
        }
        Ok(json!(null))
    });
    let first = trade.app.get("/orders").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.main());
    first.has("à préparer");
    first.has("brouillon");
    first.has("aria-label=\"Réservé oui, Livré non, Facturé non, Payé non\"");
    let next = first.text.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = trade.app.get(&next).await;
    let orders = |page: &Page| -> Vec<String> {
        let rows = page.text.split("data-row=\"").skip(1);
        rows.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let (one, two) = (orders(&first), orders(&second));
    assert_eq!((one.len(), two.len()), (50, 13), "{}", second.main());
    assert!(one.iter().all(|id| !two.contains(id)));
    second.has("<span aria-hidden=\"true\">51</span>");
    trade.app.get("/orders?view=to-invoice").await.has("Rien n’est à facturer.");
    trade.app.get("/orders?view=late").await.has("Toutes les promesses sont tenues.");
    let drafts = trade.app.get("/orders?stage=draft").await;
    drafts.has("brouillon");
    drafts.has_not("à préparer");
    assert_eq!(orders(&trade.app.get("/orders?view=all").await).len(), 50);
    let named = trade.app.get(&format!("/orders?party={}&view=open", trade.customer)).await;
    named.has("Maison Ferrand");
    for bad in ["view=nothing", "view=open&after=x", "view=all&after=2026-01-01_x", "party=x"] {
        let refused = trade.app.get(&format!("/orders?{bad}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    trade.app.language = "en";
    trade.app.get("/orders").await.has("Open orders");
}

#[tokio::test]
async fn what_was_delivered_is_found_by_those_who_invoice() {
    let trade = Trade::open(Role::Accountant).await;
    let shipment = trade.shipment;
    trade.run(0, move |tx, actor| {
        let refuse = erp::inventory::Shortage::Refuse;
        order_to_cash::ship(tx, actor, shipment, refuse)?;
        Ok(json!(null))
    });
    let list = trade.app.get("/orders?view=to-invoice").await;
    list.has("à facturer");
    let board = trade.app.get("/board").await;
    let at = board.text.find("/do/invoice\"").expect("an invoice to press");
    let href = board.text[..at].rsplit("action=\"").next().unwrap();
    let done = trade.app.post(&format!("{href}/do/invoice"), &[("back", "/board")]).await;
    assert_eq!(done.location(), "/board", "{}", done.main());
    trade.app.get(href).await.has("à encaisser");
    trade.app.get("/orders?view=to-invoice").await.has("Rien n’est à facturer.");
}

#[tokio::test]
async fn a_long_order_keeps_every_line_and_is_read_page_by_page() {
    let trade = Trade::open(Role::Seller).await;
    let lamp = trade.lamp.to_string();
    let quantities: Vec<String> = (1..=450).map(|rank| rank.to_string()).collect();
    let lines: Vec<(&str, &str, &str)> =
        quantities.iter().map(|quantity| (lamp.as_str(), quantity.as_str(), "")).collect();
    let made = trade.app.post("/orders", &borrowed(&typed(&trade, &lines))).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let href = made.location();
    // Each page says which lines it has; the last is shorter and leads back.
    let pages = [("", "1–200 sur 450"), ("?lines=201", "201–400 sur 450")];
    for (asked, told) in pages {
        let page = trade.app.get(&format!("{href}{asked}")).await;
        page.has(told);
        assert_eq!(page.text.matches(&format!("href=\"/products/{lamp}\"")).count(), 200);
    }
    let last = trade.app.get(&format!("{href}?lines=401")).await;
    last.has("401–450 sur 450");
    last.has_not("Lignes suivantes");
    assert_eq!(last.text.matches(&format!("href=\"/products/{lamp}\"")).count(), 50);
    // The form has a hundred of them at once, in their order, each under its own number.
    for (from, part) in quantities.chunks(100).enumerate() {
        let form = trade.app.get(&format!("{href}/edit?lines={}", from * 100 + 1)).await;
        for (rank, quantity) in part.iter().enumerate() {
            form.has(&format!("name=\"lines.{rank}.quantity\" value=\"{quantity}\""));
            form.has(&format!("<span data-number>{quantity}</span>"));
        }
    }
}
