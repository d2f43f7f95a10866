//! The ledgers, the receivables and the analysis of the cycle.

use axum::http::{StatusCode, header};
use erp::finance::FiscalYear;
use identity::Role;
use kernel::{Filter, Instant};

use crate::trade::{AGO, Trade};

#[tokio::test]
async fn the_trial_balance_leads_to_the_account_to_the_entry_and_to_the_document() {
    let mut trade = Trade::open(Role::Accountant).await;
    let today = Instant(store::now().0).day();
    let period = format!("from={}&to={today}", today + (-AGO - 1));
    let balance = trade.app.get(&format!("/ledgers/balance?{period}")).await;
    assert_eq!(balance.status, StatusCode::OK, "{}", balance.main());
    balance.has("équilibrée");
    balance.has("480,00");
    balance.has("4. Tiers");
    let href = format!("/ledgers/accounts/411000?{}", period.replace('&', "&amp;"));
    balance.has(&href);

    let account = trade.app.get(&format!("/ledgers/accounts/411000?{period}")).await;
    account.has("Maison Ferrand");
    account.has("480,00\u{a0}€ D");
    let entry = account.main().split("/journal_entries/").nth(1).unwrap();
    let entry = entry.split('"').next().unwrap().to_owned();
    let page = trade.app.get(&format!("/journal_entries/{entry}")).await;
    page.has("VE 1");
    page.has(&format!("/invoices/{}", trade.invoice));
    page.has("400,00");

    trade.app.language = "en";
    let none = trade.app.get("/ledgers/accounts/411000?from=2001-01-01&to=2001-12-31").await;
    none.has("No movement in this period.");
    let unknown = trade.app.get("/ledgers/accounts/999999").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    unknown.has("999999");
}

#[tokio::test]
async fn a_year_is_locked_forward_only_and_its_file_of_entries_is_downloaded() {
    let trade = Trade::open(Role::Accountant).await;
    let booked = Instant(store::now().0 - i64::from(AGO) * Instant::DAY).day();
    let code = booked.year().to_string();
    let list = trade.app.get("/fiscal_years").await;
    list.has(&format!("/ledgers/fec/{code}"));
    list.has("Verrouiller");
    let file = trade.app.get(&format!("/ledgers/fec/{code}")).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    let name = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(name, format!("attachment; filename=\"552100554FEC{code}1231.txt\""));
    let lines: Vec<&str> = file.text.trim_end_matches("\r\n").split("\r\n").collect();
    assert!(lines.len() > 3, "{}", file.text);
    assert!(lines.iter().all(|line| line.split('\t').count() == 18));
    assert!(file.text.contains("C00042\tMaison Ferrand"), "{}", file.text);

    let path = format!("/ledgers/years/{code}/lock");
    let until = format!("{code}-02-28");
    let done = trade.app.post(&path, &[("key", "1"), ("until", until.as_str())]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let years = trade.read(|tx| Ok(tx.find(Filter::<FiscalYear>::everything())?));
    let year = years.iter().find(|year| year.code == code).unwrap();
    assert_eq!(year.locked_until.unwrap().to_string(), until);
    let back = format!("{code}-01-31");
    let refused = trade.app.post(&path, &[("key", "2"), ("until", back.as_str())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
}

#[tokio::test]
async fn what_is_late_is_seen_by_age_and_recalled_once() {
    let mut trade = Trade::open(Role::Accountant).await;
    let page = trade.app.get("/receivables").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("Maison Ferrand");
    page.has("480,00");
    page.has("Préparer les relances");
    let own = trade.app.get(&format!("/receivables/{}", trade.customer)).await;
    own.has(&trade.get(trade.invoice).number.unwrap());
    own.has(&format!("{} j", AGO - 30));

    let list = trade.app.get("/receivables/reminders").await;
    list.has("comptes@ferrand.example");
    list.has("Envoyer la relance");
    let id = trade.invoice.to_string();
    let pairs = [("key", "r"), ("id", id.as_str())];
    let done = trade.app.post("/receivables/remind", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(trade.invoice).dunning_level, 1);
    let refused =
        trade.app.post("/receivables/remind", &[("key", "r2"), ("id", id.as_str())]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    trade.app.language = "en";
    trade.app.get("/receivables/reminders").await.has("No reminder to send.");
}

#[tokio::test]
async fn the_cycle_is_drawn_with_its_figures_behind_in_both_languages() {
    let mut trade = Trade::open(Role::Seller).await;
    let page = trade.app.get("/cycle").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("<svg class=\"chart\"");
    page.has("details class=\"behind\"");
    page.has("Mois par mois");
    page.has("3 commandes");
    page.has(&format!("/parties/{}", trade.customer));
    trade.app.language = "en";
    let page = trade.app.get("/cycle?from=2001-01-01&to=2001-12-31").await;
    page.has("No order was confirmed then.");
    // A day that is none is the usual one.
    let page = trade.app.get("/cycle?from=never").await;
    assert_eq!(page.status, StatusCode::OK);
    page.has("3 orders");
}
