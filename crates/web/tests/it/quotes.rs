//! Quotes: typed, sent, accepted by the customer without an account.

use axum::http::StatusCode;
use crm::sales::{self, Order, Quote, QuoteLine, QuoteState};
use identity::Role;
use kernel::{Filter, Id, Lines, Money, Quantity, RawId, Tx};
use master::{Party, Product};
use serde_json::json;

use crate::orders::{borrowed, id_of, typed};
use crate::trade::Trade;

async fn sent(trade: &Trade) -> (Id<Quote>, String) {
    let mut pairs = typed(trade, &[("LAM-100", "3", "5")]);
    pairs.retain(|(name, _)| name != "invoicing");
    pairs.push(("subject".to_owned(), "Éclairage de l’atelier".to_owned()));
    let made = trade.app.post("/quotes", &borrowed(&pairs)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let href = made.location().to_owned();
    let page = trade.app.get(&href).await;
    page.has("brouillon");
    page.has("285,00");
    let send = trade.app.post(&format!("{href}/do/send"), &[]).await;
    assert_eq!(send.location(), href, "{}", send.main());
    let id = id_of::<Quote>(&href);
    let token = trade.get(id).acceptance_token.expect("a token");
    trade.app.get(&href).await.has(&format!("http://comptoir.test/q/{token}"));
    (id, token)
}

fn orders(trade: &Trade, quote: Id<Quote>) -> Vec<Money> {
    trade.read(|tx| {
        Ok(tx.find(Order::QUOTE.has(&quote))?.into_iter().map(|order| order.total).collect())
    })
}

#[tokio::test]
async fn a_customer_reads_and_accepts_without_an_account() {
    let mut trade = Trade::open(Role::Seller).await;
    let (quote, token) = sent(&trade).await;
    let signed_in = trade.app.session.take();
    let (link, form) = (format!("/q/{token}"), [("sec-fetch-site", "same-origin")]);
    let page = trade.app.get(&link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for part in ["Lampe d’atelier", "342,00\u{a0}€", "Accepter et commander", "Atelier Lumen"] {
        page.has(part);
    }
    // What the house earns is not the customer's to read.
    page.has_not("Marge");
    assert_eq!(page.headers["x-robots-tag"], "noindex");
    let file = trade.app.get(&format!("{link}/paper.pdf")).await;
    assert!(file.text.starts_with("%PDF-"));
    let unnamed = trade.app.post_raw(&link, &[("name", "  "), ("consent", "true")], &form).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unsaid = trade.app.post_raw(&link, &[("name", "Sophie Anquetil")], &form).await;
    assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
    unsaid.has("Cochez la phrase d’accord");
    assert_eq!(orders(&trade, quote), []);
    let other = [("sec-fetch-site", "cross-site")];
    let foreign = trade.app.post_raw(&link, &[("name", "Mallory")], &other).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let said = [
        ("name", "Sophie Anquetil"),
        ("role", "gérante"),
        ("consent", "true"),
        ("drawing", "M 10 20 L 40 60"),
    ];
    let forged = [said[0], said[1], said[2], ("drawing", "M 1 1\"/><script>")];
    let forged = trade.app.post_raw(&link, &forged, &form).await;
    assert_eq!(forged.status, StatusCode::UNPROCESSABLE_ENTITY);
    forged.has_not("<script>");
    let done = trade.app.post_raw(&link, &said, &form).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, link.as_str()));
    let page = trade.app.get(&link).await;
    page.has("Ce devis est accepté. Merci !");
    page.has("Sophie Anquetil");
    page.has_not("Accepter et commander");
    trade.app.post_raw(&link, &[("name", "Sophie Anquetil")], &form).await;
    assert_eq!(orders(&trade, quote), [Money::eur(34_200)]);
    trade.app.language = "en";
    trade.app.get(&link).await.has("This quote is accepted. Thank you!");
    (trade.app.session, trade.app.language) = (signed_in, "fr");
    let page = trade.app.get(&format!("/quotes/{quote}")).await;
    page.has("Voir la commande");
    page.has("Accepté par Sophie Anquetil");
    for proof in ["gérante", "M 10 20 L 40 60", "J’accepte le devis"] {
        page.has(proof);
    }
}

#[tokio::test]
async fn a_link_that_is_unknown_or_replaced_opens_nothing() {
    let mut trade = Trade::open(Role::Seller).await;
    let (quote, token) = sent(&trade).await;
    let revised = trade.app.post(&format!("/quotes/{quote}/do/revise"), &[]).await;
    let next = id_of::<Quote>(revised.location());
    assert_ne!(next, quote);
    assert_eq!(trade.get(quote).state, QuoteState::Superseded);
    trade.app.get(&format!("/quotes/{quote}")).await.has("Une révision a pris la place");
    trade.app.session = None;
    let page = trade.app.get(&format!("/q/{token}")).await;
    page.has("Une nouvelle version remplace ce devis.");
    page.has_not(&next.to_string());
    page.has_not("<form class=\"accept\"");
    let form = [("sec-fetch-site", "same-origin")];
    let refused = trade.app.post_raw(&format!("/q/{token}"), &[("name", "Sophie")], &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(orders(&trade, quote), []);
    let changed = format!("{}0", &token[..token.len() - 1]);
    for wrong in ["x", "%00", changed.as_str(), "0123456789abcdef"] {
        if wrong != token {
            let page = trade.app.get(&format!("/q/{wrong}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
        }
    }
}

#[tokio::test]
async fn an_offer_past_its_last_day_cannot_be_accepted() {
    let mut trade = Trade::open(Role::Seller).await;
    let (customer, lamp) = (trade.customer, trade.lamp);
    let made = trade.run(40, move |tx, actor| {
        let id = offer(tx, customer, lamp)?;
        sales::quote::settle(tx, actor, id.raw())?;
        sales::send(tx, id)?;
        Ok(json!(id.to_string()))
    });
    let id: Id<Quote> = Id::from_raw(RawId::parse(made.as_str().unwrap()).unwrap());
    let token = trade.get(id).acceptance_token.expect("a token");
    trade.app.get(&format!("/quotes/{id}")).await.has("expiré");
    trade.app.session = None;
    let link = format!("/q/{token}");
    let page = trade.app.get(&link).await;
    page.has("Ce devis a expiré.");
    page.has_not("<form class=\"accept\"");
    let form = [("sec-fetch-site", "same-origin")];
    let refused = trade.app.post_raw(&link, &[("name", "Sophie")], &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(trade.read(|tx| Ok(tx.find(Filter::<Quote>::everything())?.len())), 1);
    assert_eq!(orders(&trade, id), []);
}

#[tokio::test]
async fn an_option_counts_once_the_customer_takes_it_and_becomes_the_order() {
    let mut trade = Trade::open(Role::Seller).await;
    let mut pairs = typed(&trade, &[("LAM-100", "3", ""), ("LAM-100", "1", "")]);
    pairs.retain(|(name, _)| name != "invoicing");
    pairs.push(("lines.1.optional".to_owned(), "true".to_owned()));
    let made = trade.app.post("/quotes", &borrowed(&pairs)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.main());
    let id = id_of::<Quote>(made.location());
    trade.app.post(&format!("/quotes/{id}/do/send"), &[]).await;
    let sure = trade.get(id).total;
    let lines = trade.read(|tx| Ok(sales::quote::lines(tx, id)?));
    let (option, all) = (lines[1].id.to_string(), trade.get(id).net + lines[1].net);
    assert!(lines[1].optional && sure.minor < (trade.get(id).net + all).minor);
    let link = format!("/q/{}", trade.get(id).acceptance_token.expect("a token"));
    trade.app.session = None;
    let form = [("sec-fetch-site", "same-origin")];
    trade.app.get(&link).await.has("type=\"checkbox\" name=\"option\"");
    let ticked = [("option", option.as_str())];
    let page = trade.app.post_raw(&format!("{link}/preview"), &ticked, &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page.has(&kernel::Language::French.money(all));
    let said = [("name", "Sophie"), ("consent", "true"), ticked[0]];
    let done = trade.app.post_raw(&link, &said, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!((trade.get(id).net, orders(&trade, id)), (all, vec![trade.get(id).total]));
}

#[tokio::test]
async fn a_customer_declines_with_a_reason_and_revisions_are_compared() {
    let mut trade = Trade::open(Role::Seller).await;
    let (quote, token) = sent(&trade).await;
    let session = trade.app.session.take();
    let form = [("sec-fetch-site", "same-origin")];
    let link = format!("/q/{token}");
    let reason = [("reason", "Trop tard")];
    let done = trade.app.post_raw(&format!("{link}/decline"), &reason, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    trade.app.get(&link).await.has("Vous avez décliné ce devis.");
    assert_eq!(trade.get(quote).refused_reason.as_deref(), Some("Trop tard"));
    trade.app.session = session;
    let revised = trade.app.post(&format!("/quotes/{quote}/do/revise"), &[]).await;
    let next = id_of::<Quote>(revised.location());
    let page = trade.app.get(&format!("/quotes/{next}/compare")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("inchangée");
    page.has("Écart");
}

fn offer(
    tx: &mut Tx<'_>,
    party: Id<Party>,
    product: Id<Product>,
) -> Result<Id<Quote>, kernel::Faults> {
    let (today, nothing) = (tx.today(), Money::zero(tx.currency()));
    let quote = tx.insert(&Quote {
        number: None,
        party,
        opportunity: None,
        subject: None,
        revision: 1,
        state: QuoteState::Draft,
        quoted_on: today,
        valid_until: Some(today + 10),
        reference: None,
        payment_term: None,
        deposit_rate: None,
        seller: None,
        note: None,
        lines: Lines::HERE,
        net: nothing,
        tax_amount: nothing,
        total: nothing,
        margin: nothing,
        sent_at: None,
        acceptance_token: None,
        accepted_by: None,
        accepted_at: None,
        accepted_role: None,
        consent: None,
        signed_from: None,
        signed_with: None,
        signature: None,
        refused_reason: None,
        previous: None,
        priced_for: None,
    })?;
    tx.insert(&QuoteLine {
        quote,
        rank: None,
        product,
        description: None,
        quantity: Quantity::units(1),
        unit_price: None,
        discount: None,
        tax: None,
        net: nothing,
        unit_cost: kernel::Price::zero(tx.currency()),
        optional: false,
        taken: false,
    })?;
    Ok(quote)
}
