//! Days closed by the morning, an archive made and judged by the binary; a posted row touched in the
//! database is named by the doctor and by the next archive.

use std::process::Command;

use erp::finance::{InvoiceKind, NewInvoice, NewInvoiceLine, issue_invoice};
use kernel::{Actor, CompanyNumber, Door, Id, Instant, Money, Price, Quantity, RawId};
use rusqlite::Connection;
use store::Call;
use tempfile::TempDir;

use crate::ground::{doctor, embedded, found};

fn comptoir(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comptoir"));
    command.env("LC_ALL", "en_GB.UTF-8").env_remove("COMPTOIR_AUDIT_KEY");
    let output = command.args(arguments).output().expect("the binary");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("text"))
}

#[test]
fn an_archive_of_a_closed_day_is_made_judged_and_names_what_was_touched() {
    let folder = TempDir::new().expect("a folder");
    let company = found(folder.path());
    let (party, product) = (company.parties[0].clone(), company.products[0].clone());
    let store = embedded(folder.path()).open().expect("a database");
    let (number, now) = (CompanyNumber(1), store::now());
    let yesterday = Instant(now.0 - Instant::DAY);
    let house = Actor::house(number, Door::Console);
    let call = Call::new(house.clone()).at(yesterday);
    let issued = store.command(call, move |tx| {
        let id = |text: &str| RawId::parse(text).expect("an id");
        let mut new = NewInvoice::of(InvoiceKind::Invoice, Id::from_raw(id(&party)));
        new.lines = vec![NewInvoiceLine {
            product: Some(Id::from_raw(id(&product))),
            description: "Nappe".to_owned(),
            quantity: Quantity::units(3),
            unit: None,
            unit_price: Price::of_money(Money::eur(10_00)),
            discount: None,
            tax: None,
            origin: None,
            account: None,
        }];
        issue_invoice(tx, &house, new)?;
        Ok(serde_json::Value::Null)
    });
    issued.expect("an invoice");
    // The morning after: at noon no day that is over is left open.
    let morning = Instant::noon(now.day());
    comptoir::morning::work(&store, number, morning).expect("the work of the morning");
    comptoir::morning::work(&store, number, morning).expect("done again it does nothing");
    drop(store);

    let data = folder.path().to_string_lossy().into_owned();
    let place = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let period = yesterday.day().to_string();
    let (one, two) = (place("one.zip"), place("two.zip"));
    let make =
        |out: &str| comptoir(&["archive", "--data", &data, "--period", &period, "--out", out]);
    let (done, said) = make(&one);
    assert!(done, "{said}");
    let (done, key) = comptoir(&["audit", "key", "--data", &data]);
    assert!(done, "{key}");
    std::fs::write(place("key"), key).expect("written");
    let (whole, said) = comptoir(&["archive", "verify", &one, "--key", &place("key")]);
    assert!(whole && said.contains("is whole"), "{said}");
    assert!(!said.contains("own"), "{said}");
    let (_, said) = comptoir(&["archive", "--data", &data, "--period", "2001-01", "--out", &two]);
    assert!(said.contains("archive.period"), "{said}");
    let (content, said) = doctor(folder.path());
    assert!(content, "{said}");

    let base = Connection::open(folder.path().join("comptoir.db")).expect("the file");
    base.execute("update invoice_lines set description = 'Nappe!'", []).expect("touched");
    drop(base);
    let (content, said) = doctor(folder.path());
    assert!(!content && said.contains("closing.document_changed"), "{said}");
    assert!(said.contains("FA-"), "{said}");
    let (done, said) = make(&two);
    assert!(done, "{said}");
    let (whole, said) = comptoir(&["archive", "verify", &two]);
    assert!(!whole && said.contains("closing.document_changed"), "{said}");
    let mut bytes = std::fs::read(&one).expect("the archive");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&one, bytes).expect("written");
    let (whole, said) = comptoir(&["archive", "verify", &one, "--key", &place("key")]);
    assert!(!whole, "{said}");
}
