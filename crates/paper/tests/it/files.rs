//! PDF and XML files of all the samples, looked at from outside.

use kernel::{Instant, Language};
use lopdf::{Dictionary, Document, Object};
use paper::facturx::invoice_xml;
use paper::invoice::InvoicePaper;
use paper::pdf::{ATTACHMENT, invoice_pdf, trade_pdf};
use paper::trade::TradeKind;

use crate::judges::{Folder, judge, verdict};
use crate::{samples, trades};

const LANGUAGES: [Language; 2] = [Language::French, Language::English];

fn created() -> Instant {
    Instant::parse("2026-11-24T08:30:00Z").expect("an instant")
}

fn pdf_of(paper: &InvoicePaper, language: Language) -> (Vec<u8>, Vec<u8>) {
    let xml = invoice_xml(paper).expect("a lawful invoice");
    let pdf = invoice_pdf(paper, language, &xml, created()).expect("a conforming file");
    (pdf, xml)
}

fn resolved<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> &'a Object {
    let object = dictionary.get(key).expect("the key");
    document.dereference(object).expect("the object").1
}

fn packet(document: &Document) -> String {
    let metadata = resolved(document, document.catalog().expect("a catalog"), b"Metadata");
    let stream = metadata.as_stream().expect("a stream");
    assert!(!stream.is_compressed(), "PDF/A metadata is readable as it is");
    String::from_utf8(stream.content.clone()).expect("UTF-8")
}

#[test]
fn the_invoice_for_machines_is_in_the_invoice_for_people() {
    for (name, paper) in samples::invoices() {
        let (pdf, xml) = pdf_of(&paper, Language::French);
        let document = Document::load_mem(&pdf).expect(name);
        let catalog = document.catalog().expect(name);
        let files = resolved(&document, catalog, b"AF").as_array().expect(name);
        assert_eq!(files.len(), 1);
        let file = document.dereference(&files[0]).expect(name).1.as_dict().expect(name);
        assert_eq!(file.get(b"AFRelationship").unwrap().as_name().unwrap(), b"Alternative");
        assert_eq!(file.get(b"F").unwrap().as_str().unwrap(), ATTACHMENT.as_bytes());
        assert!(file.has(b"UF") && file.has(b"Desc"));
        let embedded = file.get(b"EF").unwrap().as_dict().unwrap();
        let stream = resolved(&document, embedded, b"F").as_stream().expect(name);
        assert_eq!(stream.dict.get(b"Subtype").unwrap().as_name().unwrap(), b"text/xml");
        assert_eq!(stream.get_plain_content().expect(name), xml, "{name}: bit for bit");
        let names = resolved(&document, catalog, b"Names").as_dict().expect(name);
        assert!(names.has(b"EmbeddedFiles"));
    }
}

#[test]
fn every_file_has_the_marks_of_pdf_a_3b() {
    for (name, paper) in samples::invoices() {
        for language in LANGUAGES {
            let (pdf, _) = pdf_of(&paper, language);
            let document = Document::load_mem(&pdf).expect(name);
            assert!(!document.is_encrypted());
            assert!(document.trailer.has(b"ID"), "{name}");
            let catalog = document.catalog().expect(name);
            let intents = resolved(&document, catalog, b"OutputIntents").as_array().expect(name);
            let intent = document.dereference(&intents[0]).unwrap().1.as_dict().expect(name);
            assert_eq!(intent.get(b"S").unwrap().as_name().unwrap(), b"GTS_PDFA1");
            assert!(resolved(&document, intent, b"DestOutputProfile").as_stream().is_ok());
            let language = resolved(&document, catalog, b"Lang").as_str().expect(name);
            assert!(language == b"fr" || language == b"en");
            fonts_are_embedded(&document);
            let packet = packet(&document);
            let xml = roxmltree::Document::parse(&packet).expect(name);
            let says = |tag: &str, text: &str| {
                xml.descendants().any(|n| n.tag_name().name() == tag && n.text() == Some(text))
            };
            assert!(says("part", "3") && says("conformance", "B"), "{packet}");
            assert!(says("DocumentFileName", ATTACHMENT) && says("DocumentType", "INVOICE"));
            assert!(says("ConformanceLevel", "EN 16931") && says("Version", "1.0"));
            let schemas = xml.descendants().filter(|n| n.tag_name().name() == "schemas").count();
            assert_eq!(schemas, 1, "one bag of extension schemas");
            assert!(says("prefix", "fx"));
        }
    }
}

fn fonts_are_embedded(document: &Document) {
    let descriptors = document.objects.values().filter_map(|object| object.as_dict().ok());
    let mut seen = 0;
    for descriptor in descriptors.filter(|dictionary| dictionary.has_type(b"FontDescriptor")) {
        let embedded = [&b"FontFile"[..], b"FontFile2", b"FontFile3"];
        assert!(embedded.iter().any(|key| descriptor.has(key)));
        seen += 1;
    }
    assert!(seen >= 3, "{seen} fonts");
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let paper = samples::plain();
    assert_eq!(pdf_of(&paper, Language::French), pdf_of(&paper, Language::French));
    assert_ne!(pdf_of(&paper, Language::French).0, pdf_of(&paper, Language::English).0);
    let quote = trades::trade(TradeKind::Quote);
    let set = || trade_pdf(&quote, Language::French, created()).expect("a document");
    assert_eq!(set(), set());
}

#[test]
fn a_long_invoice_goes_over_pages_and_a_short_one_does_not() {
    let pages =
        |paper| Document::load_mem(&pdf_of(&paper, Language::French).0).unwrap().get_pages().len();
    assert_eq!(pages(samples::plain()), 1);
    assert!(pages(samples::long_and_awkward()) >= 4);
}

#[test]
fn trade_documents_are_archived_too() {
    let folder = Folder::new("trade");
    for kind in [TradeKind::Quote, TradeKind::OrderConfirmation, TradeKind::DeliveryNote] {
        for language in LANGUAGES {
            let pdf = trade_pdf(&trades::trade(kind), language, created()).expect("a document");
            let document = Document::load_mem(&pdf).expect("a PDF");
            assert!(packet(&document).contains("pdfaid:part"));
            assert!(!document.catalog().expect("a catalog").has(b"AF"));
            fonts_are_embedded(&document);
            folder.write(&format!("{kind:?}-{}.pdf", language.tag()), &pdf);
        }
    }
}

#[test]
fn an_invoice_that_does_not_hold_is_not_written() {
    type Change = fn(&mut InvoicePaper);
    let cases: [(&str, Change); 14] = [
        ("invoice.terms", |paper| (paper.due, paper.terms) = (None, String::new())),
        ("invoice.mentions", |paper| paper.mentions.recovery.clear()),
        ("invoice.number", |paper| paper.number = "FA 2026".to_owned()),
        ("invoice.seller_siren", |paper| paper.seller.siren = None),
        ("invoice.seller_vat_number", |paper| paper.seller.vat_number = None),
        ("invoice.buyer_siren", |paper| paper.buyer.siren = Some("12".to_owned())),
        ("invoice.lines", |paper| paper.lines.clear()),
        ("invoice.line_net", |paper| paper.lines[0].net.minor += 1),
        ("invoice.vat_rate", |paper| paper.lines[0].vat.rate = kernel::Rate::percent(19)),
        ("invoice.vat_totals", |paper| paper.vat[0].tax.minor += 1),
        ("invoice.totals", |paper| paper.totals.due.minor -= 1),
        ("invoice.due", |paper| paper.due = Some(samples::day("2026-11-01"))),
        ("invoice.tax_in_euro", |paper| paper.tax_in_euro = Some(kernel::Money::eur(1))),
        ("invoice.currency", |paper| paper.totals.due.currency = kernel::Currency::GBP),
    ];
    for (code, change) in cases {
        let mut paper = samples::plain();
        change(&mut paper);
        let faults = invoice_xml(&paper).expect_err(code);
        assert!(faults.has(code), "{code}: {faults:?}");
        assert!(invoice_pdf(&paper, Language::French, b"", created()).is_err());
    }
    let mut credit = samples::credit_note();
    credit.preceding.clear();
    assert!(invoice_xml(&credit).expect_err("no origin").has("invoice.preceding"));
}

#[test]
fn the_official_rules_accept_every_invoice() {
    let folder = Folder::new("judged");
    let mut files = Vec::new();
    for (name, paper) in samples::invoices() {
        let (pdf, xml) = pdf_of(&paper, Language::French);
        files.push(folder.write(&format!("{name}.pdf"), &pdf));
        files.push(folder.write(&format!("{name}.xml"), &xml));
        let (english, _) = pdf_of(&paper, Language::English);
        folder.write(&format!("{name}-en.pdf"), &english);
    }
    let Some(script) = judge("validate_invoice.py", "facturx, saxonche, lxml, pypdf") else {
        return;
    };
    let verdict_of = |files: &[std::path::PathBuf]| verdict(&script, &["--fr", "-v"], files);
    let output = verdict_of(&files);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.lines().count(), files.len());
    // The judge must be able to refuse, or its silence proves nothing.
    let xml =
        String::from_utf8(invoice_xml(&samples::plain()).expect("an invoice")).expect("UTF-8");
    let spoiled = xml.replace("<ram:DuePayableAmount>10491.00", "<ram:DuePayableAmount>10491.01");
    assert_ne!(spoiled, xml);
    let output = verdict_of(&[folder.write("spoiled.xml", spoiled.as_bytes())]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("BR-CO-16"));
}

/// ASVS 1.3.7: what customers type is drawn, and a document runs nothing and fetches nothing.
#[test]
fn asvs_1_3_7_no_document_runs_or_fetches_anything() {
    const ACTS: [&[u8]; 8] =
        [b"JS", b"JavaScript", b"OpenAction", b"AA", b"Launch", b"URI", b"SubmitForm", b"GoToR"];
    fn looked_through(object: &Object, name: &str) {
        let of = |dictionary: &Dictionary| {
            for (key, value) in dictionary {
                assert!(!ACTS.contains(&key.as_slice()), "{name}: {key:?}");
                looked_through(value, name);
            }
        };
        match object {
            Object::Dictionary(dictionary) => of(dictionary),
            Object::Stream(stream) => of(&stream.dict),
            Object::Array(items) => items.iter().for_each(|item| looked_through(item, name)),
            Object::Name(word) => assert!(!ACTS.contains(&word.as_slice()), "{name}: {word:?}"),
            _ => {}
        }
    }
    for (name, mut paper) in samples::invoices() {
        paper.buyer.name = "<script>alert(1)</script>(URI)/JS".to_owned();
        let (pdf, xml) = pdf_of(&paper, Language::French);
        let document = Document::load_mem(&pdf).expect(name);
        assert!(document.objects.len() > 10, "{name}");
        for object in document.objects.values() {
            looked_through(object, name);
        }
        let xml = String::from_utf8(xml).expect("UTF-8");
        assert!(xml.contains("&lt;script&gt;") && !xml.contains("<script>"), "{name}");
    }
}
