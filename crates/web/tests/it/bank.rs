//! Statements come in as files, and their lines are matched.

use axum::http::StatusCode;
use erp::finance::{BankLine, BankLineState};
use identity::Role;
use kernel::{Filter, Instant, Money};

use crate::trade::Trade;

const HEAD: &str = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">"#;

/// A statement of one account with these movements: text and euros.
pub fn statement(id: &str, movements: &[(&str, i64)]) -> String {
    let day = Instant(store::now().0).day();
    let side = |amount: i64| if amount < 0 { "DBIT" } else { "CRDT" };
    let amount = |amount: i64| {
        format!("<Amt Ccy=\"EUR\">{}.00</Amt><CdtDbtInd>{}</CdtDbtInd>", amount.abs(), side(amount))
    };
    let balance = |kind: &str, euros: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{}<Dt><Dt>{day}</Dt></Dt></Bal>",
            amount(euros)
        )
    };
    let moved: i64 = movements.iter().map(|(_, euros)| euros).sum();
    let entries: String = movements
        .iter()
        .map(|(text, euros)| {
            format!(
                "<Ntry>{}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls>\
                 <RltdPties><Dbtr><Nm>SARL MAISON FERRAND</Nm></Dbtr></RltdPties>\
                 <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
                amount(*euros)
            )
        })
        .collect();
    format!(
        "{HEAD}<BkToCstmrStmt><Stmt><Id>{id}</Id><Acct><Id><IBAN>FR7630006000011234567890189\
         </IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", 1_000),
        balance("CLBD", 1_000 + moved),
    )
}

#[tokio::test]
async fn a_statement_comes_in_once_and_its_line_is_matched_and_freed() {
    let trade = Trade::open(Role::Accountant).await;
    trade.app.get("/bank").await.has("Aucun mouvement bancaire.");
    let number = trade.get(trade.invoice).number.unwrap();
    let file = statement("R-1", &[(&format!("VIR {number}"), 480), ("INCONNU", 12)]);
    let taken = trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.main());
    let again = trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    again.has("R-1");

    let lines = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?));
    let line = lines.iter().find(|line| line.amount == Money::eur(480_00)).unwrap().id;
    let page = trade.app.get(&format!("/bank?line={line}")).await;
    for part in [
        "sûr",
        "Le libellé cite la facture",
        "512000",
        "411000",
        "ramène l’encours de Maison Ferrand",
        "data-key=\"enter\"",
        "Accepter la sûre",
    ] {
        page.has(part);
    }
    let invoices = page.hidden("invoices");
    assert_eq!(invoices, trade.invoice.to_string());
    let next = page.hidden("next");
    let pairs = [("key", "a"), ("invoices", invoices.as_str()), ("next", next.as_str())];
    let done = trade.app.post(&format!("/bank/lines/{line}/accept"), &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(trade.invoice).open, Money::eur(0));
    let after = trade.app.get(done.location()).await;
    after.has("Défaire le dernier");
    after.has("aucune");
    after.has("INCONNU");

    let undone = trade.app.post(&format!("/bank/lines/{line}/undo"), &[("key", "u")]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.main());
    assert_eq!(trade.get(line).state, BankLineState::Open);
    assert_eq!(trade.get(trade.invoice).open, Money::eur(480_00));
}

#[tokio::test]
async fn what_is_sure_is_accepted_at_one_go_and_the_rest_by_hand() {
    let mut trade = Trade::open(Role::Accountant).await;
    let number = trade.get(trade.invoice).number.unwrap();
    let file = statement("R-2", &[(&format!("FACTURE {number}"), 480), ("AVANCE", 50)]);
    trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    let lines = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?));
    let ids: Vec<String> = lines.iter().map(|line| line.id.to_string()).collect();
    let pairs = [("key", "s"), ("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let done = trade.app.post("/bank/sure", &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(trade.invoice).open, Money::eur(0));
    let rest = lines.iter().find(|line| line.amount == Money::eur(50_00)).unwrap();
    assert_eq!(trade.get(rest.id).state, BankLineState::Open);
    // On the account of the customer, found by its name.
    let path = format!("/bank/lines/{}/accept", rest.id);
    let refused = trade.app.post(&path, &[("key", "x"), ("invoices", "FA-1999-0001")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("FA-1999-0001");
    let pairs = [("key", "y"), ("party.text", "Maison Ferrand"), ("party", ""), ("party.was", "")];
    let done = trade.app.post(&path, &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(rest.id).state, BankLineState::Matched);
    trade.app.language = "en";
    trade.app.get("/bank").await.has("Everything is matched.");
    trade.app.get("/bank_statements").await.has("matched");
    let statement = trade.get(rest.id).statement;
    trade.app.get(&format!("/bank_statements/{statement}")).await.has("RG-");
}

#[tokio::test]
async fn a_file_that_is_no_statement_is_refused_with_its_reason_and_changes_nothing() {
    let trade = Trade::open(Role::Accountant).await;
    let whole = statement("R-3", &[("VIR", 480)]);
    let truncated = &whole.as_bytes()[..whole.len() - 60];
    let refused = trade.upload("/bank/import", "r.xml", truncated).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("n’est pas un relevé lisible");
    let empty = trade.upload("/bank/import", "r.xml", b"").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let huge = vec![b'x'; 11 * 1024 * 1024];
    let large = trade.upload("/bank/import", "r.xml", &huge).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    let lines = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?));
    assert!(lines.is_empty());
}

#[tokio::test]
async fn the_bank_is_for_those_who_keep_the_books() {
    let trade = Trade::open(Role::Seller).await;
    for path in ["/bank", "/bank_statements", "/ledgers/balance", "/ledgers/accounts/411000"] {
        let page = trade.app.get(path).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    let refused = trade.upload("/bank/import", "r.xml", b"x").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_line_is_booked_on_an_account_and_the_next_one_follows_the_rule_kept_of_it() {
    let mut trade = Trade::open(Role::Accountant).await;
    let file = statement("R-5", &[("FRAIS BANCAIRES 10", -12)]);
    trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    let lines = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?));
    let line = lines[0].id;
    let page = trade.app.get(&format!("/bank?line={line}&book=1")).await;
    page.has("Passer en compte");
    page.has("autofocus");
    page.has("Faire de même la prochaine fois");
    let path = format!("/bank/lines/{line}/book");
    let refused = trade.app.post(&path, &[("key", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.main());
    let account = [("account", ""), ("account.was", ""), ("account.text", "627000")];
    let mut pairs = vec![("key", "a"), ("learn", "true"), ("contains", "frais bancaires")];
    pairs.extend(account);
    let done = trade.app.post(&path, &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let booked = trade.app.get(&format!("/bank?line={line}")).await;
    booked.has("passé en compte");
    booked.has("/journal_entries/");
    trade.app.get("/bank_rules").await.has("frais bancaires");

    let file = statement("R-6", &[("FRAIS BANCAIRES 11", -13), ("REMISE", 20)]);
    trade.upload("/bank/import", "releve.xml", file.as_bytes()).await;
    let lines = trade.read(|tx| Ok(tx.find(Filter::<BankLine>::everything())?));
    let of = |euros: i64| lines.iter().find(|line| line.amount == Money::eur(euros * 100)).unwrap();
    let page = trade.app.get(&format!("/bank?line={}", of(-13).id)).await;
    page.has("Une règle le dit");
    page.has("627000");
    page.has("Accepter la sûre");
    let id = of(-13).id.to_string();
    let done = trade.app.post("/bank/sure", &[("key", "s"), ("id", id.as_str())]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    assert_eq!(trade.get(of(-13).id).state, BankLineState::Matched);
    let undone = trade.app.post(&format!("/bank/lines/{id}/undo"), &[("key", "u")]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER, "{}", undone.main());
    assert_eq!(trade.get(of(-13).id).state, BankLineState::Open);

    let path = format!("/bank/lines/{}/book", of(20).id);
    let shares = [
        ("key", "h"),
        ("shares.0.account.text", "758000"),
        ("shares.0.amount", "25,00"),
        ("shares.1.account.text", "627000"),
        ("shares.1.amount", "-5,00"),
    ];
    let done = trade.app.post(&path, &shares).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.main());
    let entry = trade.get(of(20).id).entry.unwrap();
    trade.app.language = "en";
    trade.app.get(&format!("/journal_entries/{entry}")).await.has("758000");
}
