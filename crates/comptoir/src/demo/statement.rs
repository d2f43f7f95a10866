//! A statement of the bank that no one has taken in yet: a CAMT.053 file to try the matching with.

use std::fmt::Write as _;

use identity::Role;
use kernel::{Day, Faults, Instant, RawId, Tx, Value, number::decimal};

use super::bank::iban_of;
use super::shop::{Customer, Shop};

/// The name of the file in the folder of the demonstration.
pub const FILE: &str = "releve-demo.xml";

/// A movement of the file.
#[derive(Debug, Clone)]
struct Line {
    amount: i64,
    name: Option<String>,
    iban: Option<String>,
    text: String,
}

/// What a customer has still to pay.
#[derive(Debug, Clone)]
struct Open {
    party: RawId,
    number: String,
    order: String,
    open: i64,
}

const OPEN: &str = "\
select i.party, i.number, i.order_number, i.open
from invoices i
where i.company = $1 and i.state = 'posted' and i.kind = 'invoice' and i.open > 0
order by i.due_on, i.number";

fn open(tx: &mut Tx<'_>) -> Result<Vec<Open>, Faults> {
    let mut found = Vec::new();
    for row in tx.sql(OPEN, &[])? {
        let mut cells = row.into_iter();
        let mut next = || cells.next().unwrap_or(Value::Null);
        let text = |value| if let Value::Text(text) = value { text } else { String::new() };
        let Value::Ref(party) = next() else { continue };
        let (number, order) = (text(next()), text(next()));
        let Value::Integer(open) = next() else { continue };
        found.push(Open { party, number, order, open });
    }
    Ok(found)
}

/// Draws the file: transfers that name their invoice, that name an order, that name nothing, that
/// may pay either of two, and what is no payment at all.
///
/// # Errors
/// `store.*`.
pub fn draw(shop: &Shop) -> Result<String, Faults> {
    let who = shop.someone(Role::Accountant, 1);
    let open = shop.store.read(&who, open)?;
    let lines = lines(shop, open);
    Ok(xml(shop, &lines))
}

fn lines(shop: &Shop, mut open: Vec<Open>) -> Vec<Line> {
    let payer = |open: &Open| shop.customers.iter().find(|c| c.id.raw() == open.party);
    // The story of the two equal invoices, and of two invoices paid at once.
    let twins = take(&mut open, shop, "C083");
    let pair = take(&mut open, shop, "C088");
    let mut lines = Vec::new();
    let line = |customer: Option<&Customer>, amount: i64, text: String| Line {
        amount,
        name: customer.map(|customer| bank_name(&customer.name)),
        iban: customer.and_then(iban_of),
        text,
    };
    if let Some(twin) = twins.first() {
        lines.push(line(payer(twin), twin.open, "VIREMENT".into()));
    }
    if let [.., one, other] = pair.as_slice() {
        let text = format!("FACTURES {} ET {}", one.number, other.number);
        lines.push(line(payer(one), one.open + other.open, text));
    }
    // The others in turn, the oldest first, each customer once.
    let mut seen: Vec<RawId> = Vec::new();
    let each: Vec<Open> = open
        .into_iter()
        .filter(|open| {
            let new = !seen.contains(&open.party) && open.open > 6_000;
            seen.push(open.party);
            new
        })
        .collect();
    for (rank, open) in each.iter().take(9).enumerate() {
        let customer = payer(open);
        lines.push(match rank {
            0..=2 => line(customer, open.open, format!("FACTURE {}", open.number)),
            3 => line(customer, open.open, format!("VOTRE COMMANDE {}", open.order)),
            4 => line(customer, open.open, "REGLEMENT FACTURE".into()),
            5 => line(customer, open.open - 3, format!("FAC {}", open.number.replace('-', " "))),
            6 => line(customer, open.open / 200 * 100, format!("ACOMPTE SUR {}", open.number)),
            7 => Line { iban: None, ..line(None, open.open, "VIR INST".into()) },
            _ => line(customer, 25_000, "A VALOIR".into()),
        });
    }
    lines.push(line(None, 18_640, "REMBOURSEMENT SINISTRE TRANSPORT".into()));
    lines.push(line(None, -2_490, "COTISATION COMPTE PROFESSIONNEL".into()));
    lines
}

/// Takes what one customer owes out of the list.
fn take(open: &mut Vec<Open>, shop: &Shop, code: &str) -> Vec<Open> {
    let party = shop.customers[shop.customer(code)].id.raw();
    let (own, others) = std::mem::take(open).into_iter().partition(|open| open.party == party);
    *open = others;
    own
}

/// As banks write names: in capitals, without accents.
fn bank_name(name: &str) -> String {
    store::fold(name).to_uppercase().chars().take(70).collect()
}

fn amount(minor: i64) -> String {
    decimal(minor.abs(), 2)
}

fn way(minor: i64) -> &'static str {
    if minor < 0 { "DBIT" } else { "CRDT" }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn xml(shop: &Shop, lines: &[Line]) -> String {
    let (opening, day) = (shop.balance, shop.calendar.today());
    let closing = opening + lines.iter().map(|line| line.amount).sum::<i64>();
    let reference = format!("REL-{}-A", day.compact());
    let made = Instant::noon(day);
    let first = shop.calendar.back(1);
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\n\
         <BkToCstmrStmt>\n\
         <GrpHdr><MsgId>{reference}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>\n\
         <Stmt>\n<Id>{reference}</Id><CreDtTm>{made}</CreDtTm>\n\
         <Acct><Id><IBAN>{}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
        shop.iban
    );
    balance(&mut text, "OPBD", opening, first);
    balance(&mut text, "CLBD", closing, day);
    for (rank, line) in lines.iter().enumerate() {
        let booked = if rank < lines.len() / 2 { first } else { day };
        entry(&mut text, rank, line, booked);
    }
    text.push_str("</Stmt>\n</BkToCstmrStmt>\n</Document>\n");
    text
}

fn balance(text: &mut String, code: &str, minor: i64, day: Day) {
    let (amount, way) = (amount(minor), way(minor));
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt>\
         <CdtDbtInd>{way}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    );
}

fn entry(text: &mut String, rank: usize, line: &Line, booked: Day) {
    let (amount, way) = (amount(line.amount), way(line.amount));
    let parties = line.name.as_deref().map_or_else(String::new, |name| {
        let account = line.iban.as_deref().map_or_else(String::new, |iban| {
            format!("<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>")
        });
        format!("<RltdPties><Dbtr><Nm>{}</Nm></Dbtr>{account}</RltdPties>", escaped(name))
    });
    let said = escaped(&line.text);
    let _ = writeln!(
        text,
        "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>{booked}</Dt></BookgDt><ValDt><Dt>{booked}</Dt></ValDt>\
         <AcctSvcrRef>{}-{:03}</AcctSvcrRef>\
         <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{parties}\
         <RmtInf><Ustrd>{said}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>",
        booked.compact(),
        rank + 1
    );
}
