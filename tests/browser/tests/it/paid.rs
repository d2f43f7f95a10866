//! An invoice leaves by mail, and the bank says that it is paid.

use std::process::{Child, Command, Stdio};

use fantoccini::key::Key;
use kernel::{Faults, Filter, Language, Tx};
use master::{Company, Party};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::shop::Shop;
use crate::walker::{Walker, Way, walk};

/// The address of the customer, and of us.
const CUSTOMER: &str = "compta@ferrand.example";
const OWN: &str = "compta@lumen.example";

/// A mail server of one's own.
struct MailServer {
    process: Child,
    url: String,
}

impl MailServer {
    /// `None` where there is no Python with `aiosmtpd`.
    fn start() -> Option<Self> {
        use std::io::{BufRead, BufReader};

        let Ok(python) = std::env::var("COMPTOIR_PYTHON") else {
            println!("skipped: the letter, COMPTOIR_PYTHON does not name a Python with aiosmtpd");
            return None;
        };
        let script = "../../crates/comptoir/tests/it/smtp_server.py";
        let mut command = Command::new(python);
        let mut process = command.arg(script).stdout(Stdio::piped()).spawn().expect("Python runs");
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let first = lines.next().expect("aiosmtpd is installed").expect("a line");
        let first: Json = serde_json::from_str(&first).expect("JSON");
        let url = format!("smtp://{}", first["address"].as_str().expect("an address"));
        // What it says is read to the end, or it would stop.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Some(Self { process, url })
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // If it has ended already there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn addresses(tx: &mut Tx<'_>) -> Result<Json, Faults> {
    for mut company in tx.find(Filter::<Company>::everything())? {
        company.email = Some(OWN.into());
        tx.save(&company)?;
    }
    for mut party in tx.find(Filter::<Party>::everything())? {
        party.email = Some(CUSTOMER.into());
        tx.save(&party)?;
    }
    Ok(Json::Null)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_mailed_and_paid_by_the_bank_by_keys_in_english() {
    mailed_and_paid(Way::keys(Language::English, false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_mailed_and_paid_by_the_bank_on_a_phone_in_french() {
    mailed_and_paid(Way::mouse(Language::French, true)).await;
}

async fn mailed_and_paid(way: Way) {
    let mail = MailServer::start();
    let url = mail.as_ref().map(|mail| mail.url.clone());
    let mailed = mail.is_some();
    let open = || Shop::with(way.language, url, addresses);
    walk(way, "paid", open, move |person| bill_and_match(person, mailed)).await;
}

async fn bill_and_match(person: Walker, mailed: bool) {
    person.enter().await;
    person.write_order("2").await;
    person.press("Confirmer", "Confirm").await;
    person.says("Confirmer : c’est fait.", "Confirm: done.").await;
    person.press("Préparer l’expédition", "Prepare shipment").await;
    person.ship("1-shipment").await;
    person.page.click_link_to("/orders/").await;
    person.press("Facturer", "Invoice").await;
    person.page.says_in("h1", "FA-").await;
    let invoice = person.page.path().await;
    if mailed {
        person.says_at_last(CUSTOMER).await;
    }
    person.look("2-invoice").await;
    let number = person.page.text_of(".crumbs [aria-current]").await;
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("releve.xml");
    std::fs::write(&file, statement(&number)).expect("a file");
    person.page.go("/bank_statements").await;
    person.page.give_file(&file).await;
    person.look("3-statements").await;
    person.press("Importer", "Import").await;
    person.says("0 sur 1", "0 of 1").await;
    person.page.says(&[&number]).await;
    person.look("4-matching").await;
    if person.way.keys {
        person.page.press(Key::Enter).await;
    } else {
        person.press("Accepter", "Accept").await;
    }
    person.says("Tout est rapproché.", "Everything is matched.").await;
    person.look("5-matched").await;
    person.page.go(&invoice).await;
    person.page.says_in(".head", person.word("payée", "paid")).await;
    person.look("6-paid").await;
}

/// A statement with one transfer of 240 euros that names the invoice.
fn statement(number: &str) -> String {
    let day = store::now().day();
    let amount =
        |amount: i64| format!("<Amt Ccy=\"EUR\">{amount}.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>");
    let balance = |kind: &str, euros: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{}<Dt><Dt>{day}</Dt></Dt></Bal>",
            amount(euros)
        )
    };
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><Stmt>\
         <Id>ST-1</Id><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>\
         {}{}<Ntry>{}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt><NtryDtls><TxDtls>\
         <RltdPties><Dbtr><Nm>MAISON FERRAND</Nm></Dbtr></RltdPties>\
         <RmtInf><Ustrd>{number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt>\
         </Document>",
        balance("OPBD", 1_000),
        balance("CLBD", 1_240),
        amount(240),
    )
}
