//! Bank statements: ISO 20022 camt.053, versions 02 and 08, from outside bytes to plain structs.

mod entry;
mod heavy;
mod node;

use kernel::{Currency, Day, Fault, Money};
use roxmltree::{Document, Node, ParsingOptions};

use node::{amount, child, children, day, malformed, needed, text};

/// The largest file we read, in bytes; a day of a large company is well below.
pub const LARGEST: usize = 32 * 1024 * 1024;
const MOST_NODES: u32 = 4_000_000;
const NAMESPACES: [&str; 2] = [
    "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02",
    "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
];

/// The account at one moment; negative when overdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub day: Day,
    pub amount: Money,
}

/// One movement. A batch whose details add up to it is given as its details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the bank calls it; the same movement in another file bears the same.
    pub reference: Option<String>,
    /// Its place among the movements of one batch, from 0.
    pub rank: usize,
    pub booked: Day,
    pub value: Option<Day>,
    /// Positive when the account receives.
    pub amount: Money,
    /// What the payer gave to follow the payment to its end; `NOTPROVIDED` is left out.
    pub end_to_end: Option<String>,
    /// Free text of the payer, or else what the bank says.
    pub remittance: String,
    /// References the payer gave in their place: creditor references, invoice numbers.
    pub structured: Vec<String>,
    /// Who paid or was paid.
    pub counterparty: Option<String>,
    pub counterparty_iban: Option<String>,
}

/// One statement of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub id: String,
    /// The IBAN, or the number of an account that has none.
    pub account: String,
    pub currency: Currency,
    pub opening: Option<Balance>,
    pub closing: Option<Balance>,
    /// What is booked, in the order of the file; announced movements are left out.
    pub entries: Vec<Entry>,
}

impl Statement {
    /// What is missing between the opening balance with the entries and the closing balance: zero
    /// when the statement holds, nothing when it lacks a balance.
    #[must_use]
    pub fn gap(&self) -> Option<Money> {
        let (opening, closing) = (self.opening?.amount, self.closing?.amount);
        let moved = Money::sum(self.currency, self.entries.iter().map(|entry| entry.amount));
        Some(closing - (opening + moved))
    }
}

/// Reads all the statements of a file.
///
/// # Errors
/// `camt.too_large`, `camt.malformed` (truncated, not XML, a document type, a missing element, with
/// `where`), `camt.namespace` (not a statement of version 02 or 08), `camt.amount`,
/// `camt.currency`, `camt.day`.
pub fn read_statements(bytes: &[u8]) -> Result<Vec<Statement>, Fault> {
    if bytes.len() > LARGEST {
        return Err(Fault::new("camt.too_large"));
    }
    let source = decoded(bytes)?;
    if heavy::is_heavy(&source) {
        return Err(malformed("xmlns"));
    }
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..Default::default() };
    let document = Document::parse_with_options(source.trim_start_matches('\u{feff}'), options)
        .map_err(|error| malformed(&error.to_string()))?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or("");
    if root.tag_name().name() != "Document" || !NAMESPACES.contains(&namespace) {
        return Err(Fault::new("camt.namespace").with("given", namespace));
    }
    let message = needed(root, "BkToCstmrStmt")?;
    let statements: Vec<Statement> =
        children(message, "Stmt").map(statement).collect::<Result<_, _>>()?;
    if statements.is_empty() {
        return Err(malformed("Stmt"));
    }
    Ok(statements)
}

/// Text of a file in UTF-8, or in Latin-1 when its declaration says so, as some banks still write.
fn decoded(bytes: &[u8]) -> Result<String, Fault> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let start: Vec<u8> = bytes.iter().take(120).map(u8::to_ascii_lowercase).collect();
    let declared = ["iso-8859-1", "windows-1252"]
        .iter()
        .any(|name| start.windows(name.len()).any(|window| window == name.as_bytes()));
    if declared {
        Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
    } else {
        Err(malformed("encoding"))
    }
}

fn statement(node: Node) -> Result<Statement, Fault> {
    let account = needed(node, "Acct")?;
    let id = needed(account, "Id")?;
    let number = text(id, &["IBAN"]).or_else(|| text(id, &["Othr", "Id"]));
    let mut opening = None;
    let mut previous = None;
    let mut closing = None;
    for balance in children(node, "Bal") {
        match text(balance, &["Tp", "CdOrPrtry", "Cd"]).as_deref() {
            Some("OPBD") => opening = opening.or(Some(read_balance(balance)?)),
            // The closing balance of the day before opens this one.
            Some("PRCD") => previous = previous.or(Some(read_balance(balance)?)),
            Some("CLBD") => closing = Some(read_balance(balance)?),
            _ => {}
        }
    }
    let mut entries = Vec::new();
    for movement in children(node, "Ntry") {
        entries.extend(entry::read(movement)?);
    }
    let opening = opening.or(previous);
    let currency = currency(account, opening.or(closing), &entries)?;
    let amounts = entries.iter().map(|entry| entry.amount);
    let balances = [opening, closing].into_iter().flatten().map(|balance| balance.amount);
    if amounts.chain(balances).any(|amount| amount.currency != currency) {
        return Err(Fault::new("camt.currency").with("account", currency.code()));
    }
    Ok(Statement {
        id: text(node, &["Id"]).ok_or_else(|| malformed("Stmt/Id"))?,
        account: number.ok_or_else(|| malformed("Acct/Id"))?.replace(' ', ""),
        currency,
        opening,
        closing,
        entries,
    })
}

fn currency(account: Node, balance: Option<Balance>, entries: &[Entry]) -> Result<Currency, Fault> {
    if let Some(code) = text(account, &["Ccy"]) {
        return Currency::of(&code).map_err(|_| Fault::new("camt.currency").with("given", code));
    }
    let first = balance.map(|b| b.amount).or_else(|| entries.first().map(|entry| entry.amount));
    first.map(|amount| amount.currency).ok_or_else(|| malformed("Acct/Ccy"))
}

fn read_balance(node: Node) -> Result<Balance, Fault> {
    let when = child(node, "Dt").ok_or_else(|| malformed("Bal/Dt"))?;
    Ok(Balance { day: day(when)?, amount: amount(node)? })
}
