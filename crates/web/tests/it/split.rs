//! A bank line matched another way: its proposal in hand, and the bank's fee with it.

use axum::http::StatusCode;
use erp::finance::{BankLine, BankLineState};
use identity::Role;
use kernel::{Filter, Money};

use crate::bank::statement;
use crate::trade::Trade;

#[tokio::test]
async fn a_fee_that_the_bank_kept_is_booked_with_the_match() {
    let mut trade = Trade::open(Role::Accountant).await;
    let number = trade.get(trade.invoice).number.unwrap();
    let file = statement("R-9", &[(&format!("FACTURE {number}"), 475)]);
    trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    let line = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?))[0].id;
    for (language, title) in [("en", "Match otherwise"), ("fr", "Imputer autrement")] {
        trade.app.language = language;
        let page = trade.app.get("/bank").await;
        page.has(title);
        page.has("data-key=\"i\"");
    }
    let form = trade.app.get(&format!("/bank?line={line}&otherwise=1")).await;
    form.has(&format!("value=\"{number}\""));
    form.has("name=\"shares.0.account.text\"");
    let pairs = [
        ("key", "f"),
        ("invoices", number.as_str()),
        ("party", ""),
        ("lists", "shares"),
        // As one types it who knows the number.
        ("shares.0.account", ""),
        ("shares.0.account.was", ""),
        ("shares.0.account.text", "627000"),
        ("shares.0.amount", ""),
        ("shares.0.tax", ""),
        ("shares.1.account", ""),
        ("shares.1.amount", ""),
    ];
    let done = trade.app.post(&format!("/bank/lines/{line}/accept"), &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(trade.invoice).open, Money::eur(0));
    let kept = trade.get(line);
    assert_eq!(kept.state, BankLineState::Matched);
    assert!(kept.payment.is_some() && kept.entry.is_some());
    let page = trade.app.get(&format!("/bank?line={line}")).await;
    page.has("part passée en compte");
    let undone = trade.app.post(&format!("/bank/lines/{line}/undo"), &[("key", "u")]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.main());
    assert_eq!(trade.get(trade.invoice).open, Money::eur(480_00));
}
