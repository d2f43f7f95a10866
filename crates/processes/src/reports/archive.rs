//! The files of an archive: what was recorded in a closed period, as anyone can read and check it.
//!
//! Source: BOI-TVA-DECLA-30-10-30, § 210 to 240 (archives, their integrity, their reading).

use std::fmt::Write;

use erp::finance::{
    BEGINNING, Closing, ClosingKind, SealedDocument, content_of, documents_of, hash_of_document,
};
use kernel::{Day, Direction, Entity, Fault, Faults, Kept, Query, Tx};
use serde_json::{Value as Json, json};

use super::books::{File, entries_of};

/// The names of the files that are read by whoever checks an archive.
pub const CLOSINGS: &str = "closings.jsonl";
pub const DOCUMENTS: &str = "documents.jsonl";

/// The closing of a period: `2026-10-03`, `2026-10`, or the code of a fiscal year.
///
/// # Errors
/// `archive.period` when the period is not closed.
pub fn closing_of(tx: &mut Tx<'_>, period: &str) -> Result<Kept<Closing>, Fault> {
    let query = Query::all(Closing::DEF).only(Closing::CODE.is(&period.to_owned()).condition);
    let found = tx.select::<Closing>(query.sorted("rank", Direction::Down).limit(1))?.pop();
    found.ok_or_else(|| Fault::new("archive.period").with("period", period))
}

/// The closings within a period, its own among them, in the order in which they were made.
///
/// # Errors
/// `store.*`.
pub fn closings_within(tx: &mut Tx<'_>, closing: &Closing) -> Result<Vec<Kept<Closing>>, Fault> {
    // A month that began before a fiscal year ends in it: no rank is left out.
    let within =
        Closing::ENDS_ON.at_least(&closing.starts_on) & Closing::RANK.at_most(&closing.rank);
    let query = Query::all(Closing::DEF).only(within.condition);
    tx.select(query.sorted("rank", Direction::Up))
}

/// The files of a closed period: its closings, its documents, invoices and payments as tables, and
/// its entries in the form of the FEC.
///
/// # Errors
/// `company.missing`, `fec.*`, `store.*`.
pub fn files(tx: &mut Tx<'_>, closing: &Closing) -> Result<Vec<File>, Faults> {
    let closings = closings_within(tx, closing)?;
    let (mut told, mut documents) = (String::new(), start(tx, closing.starts_on)?);
    let mut tables = Tables::new();
    for closing in &closings {
        let content = content_of(tx, closing)?;
        let line = json!({ "hash": closing.hash, "content": content });
        writeln!(told, "{line}").map_err(|_| Fault::new("internal"))?;
        if closing.kind != ClosingKind::Day {
            continue;
        }
        for (sealed, content) in documents_of(tx, closing)? {
            let line = document(&sealed, closing, &content);
            writeln!(documents, "{line}").map_err(|_| Fault::new("internal"))?;
            tables.add(tx, &sealed, &content)?;
        }
    }
    let text = |name: &str, text: String| File { name: name.to_owned(), bytes: text.into_bytes() };
    Ok(vec![
        text(CLOSINGS, told),
        text(DOCUMENTS, documents),
        text("invoices.csv", tables.invoices),
        text("payments.csv", tables.payments),
        entries_of(tx, closing.starts_on, closing.ends_on)?,
    ])
}

/// The first line of the documents: the link that the first of them follows.
fn start(tx: &mut Tx<'_>, first: Day) -> Result<String, Fault> {
    let before = Closing::KIND.is(&ClosingKind::Day) & Closing::ENDS_ON.is(&(first + -1));
    let before = tx.first(before)?;
    let (rank, link) =
        before.map_or((0, BEGINNING.to_owned()), |it| (it.last_document, it.chain.clone()));
    Ok(format!("{}\n", json!({ "after": rank, "link": link })))
}

fn document(sealed: &SealedDocument, closing: &Closing, content: &Json) -> Json {
    json!({
        "rank": sealed.rank,
        "number": sealed.number,
        "closing": closing.code,
        "hash": sealed.hash,
        "link": sealed.link,
        "content": content,
    })
}

/// Invoices and payments as spreadsheets read them, in French: whom they are for.
struct Tables {
    invoices: String,
    payments: String,
}

impl Tables {
    fn new() -> Self {
        let invoices = "\u{feff}Numéro;Nature;Client;Émise le;Échéance;Total HT;TVA;Total TTC;\
                        Acomptes;Net à payer;Devise;Rang;Empreinte\r\n";
        let payments =
            "\u{feff}Numéro;Date;Client;Moyen;Référence;Montant;Devise;Rang;Empreinte\r\n";
        Self { invoices: invoices.to_owned(), payments: payments.to_owned() }
    }

    fn add(
        &mut self,
        tx: &mut Tx<'_>,
        sealed: &SealedDocument,
        content: &Json,
    ) -> Result<(), Fault> {
        let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
        let amount = |name: &str| content[name]["amount"].as_str().unwrap_or("0").replace('.', ",");
        let rank = sealed.rank.to_string();
        let hash = hash_of_document(content);
        match text("document").as_str() {
            "invoice" => {
                let snapshot: Json = serde_json::from_str(&text("snapshot")).unwrap_or_default();
                let buyer = snapshot["buyer"]["name"].as_str().unwrap_or_default().to_owned();
                let currency = content["total"]["currency"].as_str().unwrap_or_default();
                line(
                    &mut self.invoices,
                    &[
                        &text("number"),
                        &text("kind"),
                        &buyer,
                        &text("issued_on"),
                        &text("due_on"),
                        &amount("net"),
                        &amount("tax_amount"),
                        &amount("total"),
                        &amount("prepaid"),
                        &amount("due"),
                        currency,
                        &rank,
                        &hash,
                    ],
                );
            }
            "payment" => {
                let party = kernel::RawId::parse(&text("party"))?;
                let name = tx.get(kernel::Id::<master::Party>::from_raw(party))?.name.clone();
                let currency = content["amount"]["currency"].as_str().unwrap_or_default();
                line(
                    &mut self.payments,
                    &[
                        &text("number"),
                        &text("day"),
                        &name,
                        &text("method"),
                        &text("reference"),
                        &amount("amount"),
                        currency,
                        &rank,
                        &hash,
                    ],
                );
            }
            _ => {}
        }
        Ok(())
    }
}

/// Writes a line of a table. What a spreadsheet would run as a formula is text.
fn line(out: &mut String, cells: &[&str]) {
    for (rank, cell) in cells.iter().enumerate() {
        if rank > 0 {
            out.push(';');
        }
        let figure = cell
            .strip_prefix('-')
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b','));
        let formula = !figure && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let guarded = if formula { format!("'{cell}") } else { (*cell).to_owned() };
        if guarded.contains([';', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", guarded.replace('"', "\"\"")));
        } else {
            out.push_str(&guarded);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_cell_is_no_formula_and_keeps_its_separators() {
        let mut out = String::new();
        line(&mut out, &["=1+1", "-12,50", "a;b \"c\"", "plain"]);
        assert_eq!(out, "'=1+1;-12,50;\"a;b \"\"c\"\"\";plain\r\n");
    }
}
