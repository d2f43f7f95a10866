//! The ledgers, the receivables and the analysis of the cycle.

use axum::http::{StatusCode, header};
use erp::finance::{FiscalYear, Journal};
use identity::Role;
use kernel::{Filter, Instant};

use crate::trade::{AGO, Trade, ago};

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
    let booked = ago(AGO).day();
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

#[tokio::test]
async fn the_balance_sheet_and_the_income_statement_drill_to_the_ledger_and_are_files() {
    let mut trade = Trade::open(Role::Accountant).await;
    let page = trade.app.get("/ledgers/statements").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    for part in ["équilibré", "Créances clients et comptes rattachés", "480,00", "Total général"]
    {
        page.has(part);
    }
    page.has_not("/ledgers/accounts/411000");
    page.has("&amp;open=customers#customers");
    let open = trade.app.get("/ledgers/statements?open=customers").await;
    open.has("/ledgers/accounts/411000?from=");
    open.has("aria-expanded=\"true\"");

    let income = trade.app.get("/ledgers/statements?show=income&open=every").await;
    income.has("Montant net du chiffre d’affaires");
    income.has("400,00");
    income.has("Bénéfice ou perte");
    let file = trade.app.get("/ledgers/statements/export.csv?show=income&open=every").await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains(".csv"));
    assert!(file.text.contains("sold_") && file.text.contains("400,00"), "{}", file.text);
    let workbook = trade.app.get("/ledgers/statements/export.xlsx").await;
    assert_eq!(workbook.status, StatusCode::OK);
    let unknown = trade.app.get("/ledgers/statements/export.pdf").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);

    trade.app.language = "en";
    let page = trade.app.get("/ledgers/statements?year=1999&until=never&whole=1").await;
    page.has("Net turnover");
    page.has("Marketable securities");
    page.has("Lines that have an amount");
    let seller = Trade::open(Role::Seller).await;
    for path in ["/ledgers/statements", "/ledgers/statements/export.csv", "/ledgers/write"] {
        assert_eq!(seller.app.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn an_entry_is_written_in_the_grid_refused_unbalanced_posted_and_reversed() {
    let mut trade = Trade::open(Role::Accountant).await;
    let page = trade.app.get("/ledgers/write").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.main());
    page.has("OD Opérations diverses");
    let journals = trade.read(|tx| Ok(tx.find(Filter::<Journal>::everything())?));
    let journal = journals.iter().find(|journal| journal.code == "OD").unwrap().id.to_string();
    let day = Instant(store::now().0).day().to_string();
    let typed = |credit: &'static str, account: &'static str| {
        vec![
            ("journal", journal.clone()),
            ("day", day.clone()),
            ("label", "Loyer de novembre".to_owned()),
            ("lines.0.account", String::new()),
            ("lines.0.account.was", String::new()),
            ("lines.0.account.text", "613200".to_owned()),
            ("lines.0.debit", "1 200,50".to_owned()),
            ("lines.1.account", String::new()),
            ("lines.1.account.was", String::new()),
            ("lines.1.account.text", account.to_owned()),
            ("lines.1.credit", credit.to_owned()),
        ]
    };
    let send = |pairs: Vec<(&'static str, String)>, key: &'static str| {
        let mut all = vec![("key", key.to_owned())];
        all.extend(pairs);
        all
    };
    let short = send(typed("1 000,00", "467000"), "a");
    let pairs: Vec<(&str, &str)> = short.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let refused = trade.app.post("/ledgers/write", &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("il manque 200,50\u{a0}€ au crédit");
    refused.has("n’est pas équilibrée");
    refused.has("1 200,50");
    let unknown = send(typed("=", "999"), "b");
    let pairs: Vec<(&str, &str)> = unknown.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let refused = trade.app.post("/ledgers/write", &pairs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("f-lines-1-account-error");
    refused.has("value=\"1200,50\"");

    let whole = send(typed("=", "467000"), "c");
    let pairs: Vec<(&str, &str)> = whole.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let done = trade.app.post("/ledgers/write", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let entry = done.location().to_owned();
    let page = trade.app.get(&entry).await;
    page.has("Loyer de novembre");
    page.has("1\u{202f}200,50");
    page.has(&format!("{entry}/do/reverse"));
    let id = entry.rsplit('/').next().unwrap();
    let like = trade.app.get(&format!("/ledgers/write?like={id}")).await;
    like.has("value=\"1200,50\"");
    like.has("613200");

    let back = trade.app.post(&format!("{entry}/do/reverse"), &[("key", "r")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.main());
    let page = trade.app.get(&entry).await;
    page.has_not("/do/reverse");
    page.has("Extournée par");
    trade.app.language = "en";
    trade.app.get(back.location()).await.has("Made from");
}

#[tokio::test]
async fn lines_of_an_account_are_lettered_in_its_ledger_and_unlettered() {
    let trade = Trade::open(Role::Accountant).await;
    let journals = trade.read(|tx| Ok(tx.find(Filter::<Journal>::everything())?));
    let journal = journals.iter().find(|journal| journal.code == "OD").unwrap().id;
    for (key, lines) in [("a", "607000;50;;\n401000;;50;\n"), ("b", "401000;50;;\n512000;;50;\n")] {
        let pairs = [("key", key), ("label", "Fournisseur"), ("lines", lines)];
        let done = trade.app.post(&format!("/journals/{journal}/do/write"), &pairs).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    }
    let page = trade.app.get("/ledgers/accounts/401000").await;
    page.has("Lettrer");
    let ids: Vec<String> = page
        .text
        .split("data-row=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 2);
    let path = "/ledgers/accounts/401000";
    let one = [("key", "c"), ("id", ids[0].as_str())];
    let refused = trade.app.post(&format!("{path}/letter"), &one).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    refused.has("il reste 50,00");
    let both = [("key", "d"), ("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let done = trade.app.post(&format!("{path}/letter"), &both).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    trade.app.get(path).await.has("AAA");
    let one = [("key", "e"), ("id", ids[0].as_str())];
    let done = trade.app.post(&format!("{path}/unletter"), &one).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    trade.app.get(path).await.has_not("AAA");
    trade.app.get("/ledgers/accounts/411000").await.has_not("Délettrer");
}
