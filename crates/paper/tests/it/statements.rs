//! Bank statements as banks write them, and as they should not.

use kernel::Money;
use paper::camt::{LARGEST, Statement, read_statements};

use crate::samples::day;

const V02: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02";
const V08: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";

fn balance(kind: &str, amount: &str, sign: &str, day: &str) -> String {
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
         <CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )
}

fn entry(amount: &str, sign: &str, status: &str, details: &str) -> String {
    format!(
        "<Ntry><NtryRef>N1</NtryRef><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>\
         <Sts>{status}</Sts><BookgDt><Dt>2026-12-31</Dt></BookgDt>\
         <ValDt><DtTm>2027-01-02T00:00:00+01:00</DtTm></ValDt><AcctSvcrRef>REF-9</AcctSvcrRef>\
         <NtryDtls>{details}</NtryDtls><AddtlNtryInf>VIR SEPA RECU</AddtlNtryInf></Ntry>"
    )
}

fn file(namespace: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"{namespace}\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S-2026-365</Id><Acct><Id>\
         <IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>{inside}</Stmt>\
         </BkToCstmrStmt></Document>"
    )
}

fn transfer(name: &str) -> String {
    format!(
        "<TxDtls><Refs><EndToEndId>FA-2026-1031</EndToEndId></Refs><RltdPties><Dbtr>{name}</Dbtr>\
         <DbtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></DbtrAcct></RltdPties><RmtInf>\
         <Ustrd>FA-2026-1031</Ustrd><Ustrd>Hotel &amp; Cie</Ustrd><Strd><CdtrRefInf>\
         <Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )
}

fn one(source: &str) -> Statement {
    let mut statements = read_statements(source.as_bytes()).expect("a statement");
    assert_eq!(statements.len(), 1);
    statements.remove(0)
}

fn plain(namespace: &str) -> String {
    let (status, name) = if namespace == V02 {
        ("BOOK", "<Nm>Hôtel des Remparts</Nm>")
    } else {
        ("<Cd>BOOK</Cd>", "<Pty><Nm>Hôtel des Remparts</Nm></Pty>")
    };
    let pending = if namespace == V02 { "PDNG" } else { "<Cd>PDNG</Cd>" };
    let fee = "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Cdtr>\
               <Nm>Banque</Nm></Cdtr></RltdPties></TxDtls>";
    let fee = if namespace == V02 {
        fee.to_owned()
    } else {
        fee.replace("<Nm>Banque</Nm>", "<Pty><Nm>Banque</Nm></Pty>")
    };
    let inside = [
        balance("OPBD", "100.00", "CRDT", "2026-12-30"),
        balance("CLBD", "10578.50", "CRDT", "2026-12-31"),
        entry("10491.00", "CRDT", status, &transfer(name)),
        entry("12.5", "DBIT", status, &fee),
        entry("999.00", "CRDT", pending, ""),
    ];
    file(namespace, &inside.concat())
}

#[test]
fn both_versions_say_the_same() {
    let (old, new) = (one(&plain(V02)), one(&plain(V08)));
    assert_eq!(old, new);
    assert_eq!(old.id, "S-2026-365");
    assert_eq!(old.account, "FR7630006000011234567890189");
    assert_eq!(old.opening.map(|balance| balance.amount), Some(Money::eur(10_000)));
    assert_eq!(old.closing.map(|balance| balance.day), Some(day("2026-12-31")));
    assert_eq!(old.entries.len(), 2, "what is only announced is left out");
    let received = &old.entries[0];
    assert_eq!(received.amount, Money::eur(1_049_100));
    assert_eq!((received.booked, received.value), (day("2026-12-31"), Some(day("2027-01-02"))));
    assert_eq!(received.reference.as_deref(), Some("REF-9"));
    assert_eq!(received.end_to_end.as_deref(), Some("FA-2026-1031"));
    assert_eq!(received.remittance, "FA-2026-1031 Hotel & Cie");
    assert_eq!(received.structured, ["RF18539007547034"]);
    assert_eq!(received.counterparty.as_deref(), Some("Hôtel des Remparts"));
    assert_eq!(received.counterparty_iban.as_deref(), Some("FR1420041010050500013M02606"));
    let fee = &old.entries[1];
    assert_eq!((fee.amount, fee.end_to_end.as_deref()), (Money::eur(-1_250), None));
    assert_eq!(
        (fee.counterparty.as_deref(), fee.remittance.as_str()),
        (Some("Banque"), "VIR SEPA RECU")
    );
    assert_eq!(old.gap(), Some(Money::eur(0)));
}

#[test]
fn a_missing_movement_shows() {
    let source = plain(V02).replace("10578.50", "10600.00");
    assert_eq!(one(&source).gap(), Some(Money::eur(2_150)));
    let source = plain(V02).replace("OPBD", "ITBD");
    assert_eq!(one(&source).gap(), None);
    let source = plain(V02).replace("OPBD", "PRCD");
    assert_eq!(one(&source).gap(), Some(Money::eur(0)));
}

#[test]
fn a_batch_is_opened_only_when_its_parts_add_up() {
    let part = |amount: &str, id: &str| {
        format!(
            "<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><TxAmt>\
             <Amt Ccy=\"EUR\">{amount}</Amt></TxAmt></AmtDtls></TxDtls>"
        )
    };
    let of = |parts: String| one(&file(V02, &entry("30.00", "DBIT", "BOOK", &parts))).entries;
    let opened = of(part("10.00", "A") + &part("20.00", "B"));
    let told: Vec<_> =
        opened.iter().map(|e| (e.rank, e.amount.minor, e.end_to_end.clone())).collect();
    assert_eq!(told, [(0, -1_000, Some("A".to_owned())), (1, -2_000, Some("B".to_owned()))]);
    let whole = of(part("10.00", "A") + &part("19.00", "B"));
    assert_eq!((whole.len(), whole[0].amount.minor), (1, -3_000));
    assert_eq!(whole[0].end_to_end, None);
}

#[test]
fn bad_files_are_refused_with_a_reason() {
    let good = plain(V02);
    let refused = |source: &[u8], code: &str| {
        let fault = read_statements(source).expect_err(code);
        assert_eq!(fault.code, code, "{fault:?}");
    };
    for length in [0, 10, 200, good.len() / 2, good.len() - 1] {
        refused(&good.as_bytes()[..length], "camt.malformed");
    }
    refused(
        good.replace(V02, "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02").as_bytes(),
        "camt.namespace",
    );
    refused(b"<html/>", "camt.namespace");
    let bomb = good.replace("<Document", "<!DOCTYPE d [<!ENTITY a \"aaaa\">]><Document");
    refused(bomb.as_bytes(), "camt.malformed");
    refused(&vec![b' '; LARGEST + 1], "camt.too_large");
    refused(&[good.as_bytes(), &[0xff]].concat(), "camt.malformed");
    for (from, to, code) in [
        (">12.5<", ">12,5<", "camt.amount"),
        (">12.5<", ">-12.5<", "camt.amount"),
        (">12.5<", ">999999999999999<", "camt.amount"),
        ("Ccy=\"EUR\">12.5", "Ccy=\"USD\">12.5", "camt.currency"),
        ("Ccy=\"EUR\">12.5", "Ccy=\"euro\">12.5", "camt.currency"),
        ("<BookgDt><Dt>2026-12-31", "<BookgDt><Dt>2026-02-30", "camt.day"),
        ("<CdtDbtInd>DBIT", "<CdtDbtInd>?", "camt.malformed"),
        ("<IBAN>FR7630006000011234567890189</IBAN>", "", "camt.malformed"),
        ("BkToCstmrStmt", "Other", "camt.malformed"),
    ] {
        let source = good.replace(from, to);
        assert_ne!(source, good, "{from}");
        refused(source.as_bytes(), code);
    }
}

#[test]
fn a_deep_file_does_not_break_the_reader() {
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let source = file(V02, &format!("<X>{deep}</X>"));
    assert_eq!(one(&source).entries.len(), 0);
}

#[test]
fn a_bank_may_still_write_in_latin_1() {
    let source = plain(V02).replace("UTF-8", "ISO-8859-1");
    let bytes: Vec<u8> =
        source.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    let statements = read_statements(&bytes).expect("a statement");
    assert_eq!(statements[0].entries[0].counterparty.as_deref(), Some("Hôtel des Remparts"));
}
