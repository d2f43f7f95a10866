//! The books by keys alone: an entry by hand, followed into the statements; a fee of the bank,
//! booked once by hand and then by its rule.

use fantoccini::key::Key;
use kernel::Language;
use tempfile::TempDir;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk};

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_by_hand_stands_in_the_statements_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk(way, "entry", || Shop::open(way.language), write_an_entry).await;
}

async fn write_an_entry(person: Walker) {
    person.enter().await;
    let page = &person.page;
    page.go("/ledgers/write").await;
    page.has_focus_on("Label").await;
    page.type_text("Rent of the workshop").await;
    page.tab_to("Account").await;
    page.take_offer("6132", "613200").await;
    page.tab_to("Debit €").await;
    page.type_text("1200.50").await;
    page.tab_to("Account").await;
    page.take_offer("4670", "467000").await;
    page.tab_to("Credit €").await;
    page.type_text("1000").await;
    page.says_in("#entry-sums", "€200.50 missing in credit").await;
    person.look("1-typed").await;
    page.press_with_control(Key::Enter.into()).await;
    page.says(&["The entry does not balance: debits €1,200.50, credits €1,000.00"]).await;
    person.look("2-refused").await;
    // The first line has a credit too.
    page.tab_to("Credit €").await;
    page.tab_to("Credit €").await;
    page.type_text("=").await;
    page.says_in("#entry-sums", "balanced").await;
    page.press_with_control(Key::Enter.into()).await;
    page.says(&["The entry is posted.", "613200", "467000"]).await;
    let entry = page.path().await;
    person.look("3-posted").await;
    page.run_from_palette("statements", "Financial statements").await;
    page.says_in("h1", "Financial statements").await;
    person.press("Compte de résultat", "Income statement").await;
    page.says(&["Profit or loss"]).await;
    // Each line with its accounts.
    page.type_text("d").await;
    page.says(&["613200"]).await;
    person.look("4-statement").await;
    let account = "[...document.querySelectorAll('main .deep a')]
        .map(link => plain(link.textContent)).find(text => text.startsWith('613200'))";
    let account = page.find(account).await;
    page.tab_to(account.as_str().expect("an account")).await;
    page.press(Key::Enter).await;
    page.says(&["General ledger", "Rent of the workshop"]).await;
    page.type_text("j").await;
    person.look("5-ledger").await;
    page.press(Key::Enter).await;
    page.says(&["Rent of the workshop", "467000"]).await;
    assert_eq!(page.path().await, entry, "the ledger leads to the entry");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_booked_by_hand_then_by_its_rule_by_keys_in_english() {
    let way = Way::keys(Language::English, false);
    walk(way, "fee", || Shop::open(way.language), book_the_fee).await;
}

async fn book_the_fee(person: Walker) {
    let folder = TempDir::new().expect("a folder");
    person.enter().await;
    let page = &person.page;
    bring_in(&person, &folder, (1, 1_000, 12)).await;
    person.look("1-first").await;
    if !page.is_on("Account").await {
        page.tab_to("Account").await;
    }
    page.take_offer("627", "627").await;
    page.tab_to("Do so next time").await;
    page.type_text(" ").await;
    person.look("2-by-hand").await;
    person.press("Passer en compte", "Book on accounts").await;
    page.says(&["Line booked; the rule is kept.", "Everything is matched."]).await;
    bring_in(&person, &folder, (2, 988, 15)).await;
    page.says(&["A rule says so: the text holds", "€15.00"]).await;
    person.look("3-proposed").await;
    page.press(Key::Enter).await;
    page.says(&["Everything is matched."]).await;
    person.look("4-booked").await;
    page.go("/ledgers/balance").await;
    page.says(&["627", "27.00"]).await;
}

/// A statement with a fee, by its rank, the balance before and the amount.
async fn bring_in(person: &Walker, folder: &TempDir, told: (u32, i64, i64)) {
    let file = folder.path().join(format!("statement-{}.xml", told.0));
    std::fs::write(&file, statement(told)).expect("a file");
    person.page.go("/bank_statements").await;
    person.page.give_file(&file).await;
    person.press("Importer", "Import").await;
    person.page.says(&["FRAIS TENUE DE COMPTE"]).await;
}

fn statement((rank, before, fee): (u32, i64, i64)) -> String {
    let day = store::now().day();
    let amount = |amount: i64, side: &str| {
        format!("<Amt Ccy=\"EUR\">{amount}.00</Amt><CdtDbtInd>{side}</CdtDbtInd>")
    };
    let balance = |kind: &str, euros: i64| {
        let amount = amount(euros, "CRDT");
        let kind = format!("<Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>");
        format!("<Bal>{kind}{amount}<Dt><Dt>{day}</Dt></Dt></Bal>")
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>\
         <Id>ST-{rank}</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy>\
         </Acct>{}{}<Ntry>{}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls>\
         <RmtInf><Ustrd>FRAIS TENUE DE COMPTE</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt>\
         </BkToCstmrStmt></Document>",
        balance("OPBD", before),
        balance("CLBD", before - fee),
        amount(fee, "DBIT"),
    )
}
