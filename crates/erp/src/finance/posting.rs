//! An invoice is posted: it gets its number, its entry and the look of its parties, for good.

use kernel::{
    Actor, Choice, Day, Entity, EntityDef, Event, Fault, Faults, Id, Kept, LongText, Money, Origin,
    Tx, Value, json,
};
use master::{Company, Party, PaymentTerm, ProductKind, Tax, TaxCategory, amounts, company, terms};
use serde_json::{Map, Value as Json, json};

use crate::finance::booking::{Booking, entry_lines, sales_account};
use crate::finance::chart::{DEPOSITS_RECEIVED, SALES, SALES_OF_GOODS, SERVICES};
use crate::finance::closing::still_open;
use crate::finance::deposit::{deduct, taxed_lines};
use crate::finance::drafting::{Draft, NewInvoice, drafted, read, reckon};
use crate::finance::entry::{Drafted, JournalEntry, JournalLine, NewEntry, draft, seal};
use crate::finance::invoice::{Invoice, InvoiceDeduction, InvoiceKind, InvoiceState};
use crate::finance::lettering::letter;

/// Posts a draft. Its day is today: numbers follow the days of issue.
///
/// # Errors
/// `invoice.posted`, `invoice.empty`, `invoice.negative`, `closing.closed`, `period.*`,
/// `account.missing`, and those of a draft.
pub fn post_invoice(tx: &mut Tx<'_>, actor: &Actor, id: Id<Invoice>) -> Result<(), Faults> {
    let mut draft = read(tx, id)?;
    reckon(tx, &mut draft)?;
    post_draft(tx, actor, draft)
}

/// Makes an invoice and posts it in one step, without reading back what was just written.
///
/// # Errors
/// Those of [`crate::finance::draft_invoice`] and [`post_invoice`].
pub fn issue_invoice(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: NewInvoice,
) -> Result<Id<Invoice>, Faults> {
    let draft = drafted(tx, new)?;
    let id = draft.invoice.id;
    post_draft(tx, actor, draft)?;
    Ok(id)
}

pub(crate) fn post_draft(tx: &mut Tx<'_>, _: &Actor, mut draft: Draft) -> Result<(), Faults> {
    if draft.lines.is_empty() {
        return Err(Fault::new("invoice.empty").on("lines").into());
    }
    if draft.invoice.total.minor < 0 {
        let total = draft.invoice.total;
        return Err(Fault::new("invoice.negative").on("lines").with("total", total).into());
    }
    still_open(tx)?;
    let today = tx.today();
    let company = company(tx)?;
    let party = tx.get(draft.invoice.party)?;
    fill_accounts(tx, &company, &mut draft)?;
    let term = term_of(tx, &draft.invoice, &party, &company)?;
    date(&mut draft.invoice, term.as_deref(), today);
    draft.invoice.open = draft.invoice.due;
    draft.invoice.state = InvoiceState::Posted;
    let snapshot = snapshot(tx, &company, &party, term.as_deref(), &draft)?;
    draft.invoice.snapshot = Some(LongText(snapshot));
    let entry = write_entry(tx, &mut draft, today)?;
    tx.save(&draft.invoice)?;
    let (id, name) = (draft.invoice.id, party.name.clone());
    let deductions: Vec<Id<InvoiceDeduction>> = draft.deductions.iter().map(|d| d.id).collect();
    tx.last(move |tx| number_invoice(tx, id, entry, &name, &deductions));
    Ok(())
}

/// Gives each line the account of its sale and says when its VAT becomes due.
fn fill_accounts(tx: &mut Tx<'_>, company: &Company, draft: &mut Draft) -> Result<(), Faults> {
    let deposit = draft.invoice.kind == InvoiceKind::Deposit;
    for line in &mut draft.lines {
        let Some(tax) = line.tax else { continue };
        let category = tx.get(tax)?.category;
        let kind = match line.product {
            Some(product) => {
                let product = tx.get(product)?;
                if line.account.is_none() {
                    line.account = Some(sales_account(product.kind, product.made, category));
                }
                product.kind
            }
            None => kind_of_account(line.account.as_deref()),
        };
        if deposit {
            line.account = Some(DEPOSITS_RECEIVED.to_owned());
        } else if line.account.is_none() {
            line.account = Some(sales_account(kind, false, category));
        }
        if line.credits.is_none() {
            let service = kind == ProductKind::Service && !company.vat_on_debits;
            line.tax_on_payment = category == TaxCategory::Standard && (deposit || service);
        }
        tx.save(line)?;
    }
    Ok(())
}

/// What a line without a product sells, as its account tells; goods when it tells nothing.
fn kind_of_account(account: Option<&str>) -> ProductKind {
    let service = account.unwrap_or(SALES_OF_GOODS).starts_with(&SERVICES[..3]);
    if service { ProductKind::Service } else { ProductKind::Goods }
}

fn term_of(
    tx: &mut Tx<'_>,
    invoice: &Invoice,
    party: &Party,
    company: &Company,
) -> Result<Option<Kept<PaymentTerm>>, Fault> {
    let usual = if invoice.kind == InvoiceKind::Deposit {
        None
    } else {
        party.payment_term.or(company.payment_term)
    };
    invoice.payment_term.or(usual).map(|term| tx.get(term)).transpose()
}

/// The days of issue, of delivery and of payment. Without a term: 30 days (Code de commerce,
/// art. L441-10 I), and at once for a deposit.
fn date(invoice: &mut Invoice, term: Option<&PaymentTerm>, today: Day) {
    let usual = if invoice.kind == InvoiceKind::Deposit { today } else { today + 30 };
    invoice.issued_on = Some(today);
    invoice.due_on = if invoice.kind == InvoiceKind::CreditNote {
        None
    } else {
        Some(term.map_or(usual, |term| terms::due_on(term, today)))
    };
    if invoice.kind == InvoiceKind::Invoice && invoice.delivered_on.is_none() {
        invoice.delivered_on = Some(today);
    }
}

/// Writes the entry, unless nothing is to be booked: a gift.
fn write_entry(
    tx: &mut Tx<'_>,
    draft_invoice: &mut Draft,
    today: Day,
) -> Result<Option<Id<JournalEntry>>, Faults> {
    let lines = taxed_lines(tx, &draft_invoice.lines)?;
    let deducted = deduct(tx, draft_invoice)?;
    let (id, kind) = (draft_invoice.invoice.id, draft_invoice.invoice.kind);
    let booked = entry_lines(&Booking {
        kind,
        party: draft_invoice.invoice.party,
        currency: tx.currency(),
        lines: &lines,
        deducted: &deducted,
        due_on: draft_invoice.invoice.due_on,
    });
    draft_invoice.invoice.tax_on_payment = booked.on_payment;
    if booked.lines.iter().all(|line| line.amount.is_zero()) {
        return Ok(None);
    }
    let entry = NewEntry {
        journal: SALES,
        day: today,
        label: String::new(),
        piece: String::new(),
        piece_day: today,
        origin: Some(Origin::of(id)),
        lines: booked.lines,
    };
    let Drafted { entry, lines } = draft(tx, entry)?;
    for (deduction, line) in draft_invoice.deductions.iter_mut().zip(lines) {
        deduction.line = Some(line);
        tx.save(deduction)?;
    }
    draft_invoice.invoice.entry = Some(entry);
    Ok(Some(entry))
}

/// The last of the work: the counters are held from here to the commit only.
fn number_invoice(
    tx: &mut Tx<'_>,
    id: Id<Invoice>,
    entry: Option<Id<JournalEntry>>,
    party: &str,
    deductions: &[Id<InvoiceDeduction>],
) -> Result<(), Faults> {
    let mut invoice = tx.get(id)?;
    let day = invoice.issued_on.unwrap_or(tx.today());
    let number = draw_number(tx, prefix(invoice.kind), "invoice", day)?;
    if let Some(entry) = entry {
        let label = format!("{} {number} {party}", invoice.kind.label().fr);
        seal(tx, entry, |entry| {
            entry.piece.clone_from(&number);
            entry.label = label.chars().take(200).collect();
        })?;
    }
    invoice.number = Some(number.clone());
    tx.save(&invoice)?;
    let mut told = Event::new("invoice.posted", Origin::of(id))
        .with("number", number)
        .with("kind", invoice.kind.name())
        .with("party", invoice.party)
        .with("total", invoice.total);
    if let Some(origin) = invoice.origin {
        told = told.with("origin", origin);
    }
    tx.emit(told);
    for deduction in deductions {
        let deposit = tx.get(*deduction)?.deposit;
        letter_deposit(tx, deposit)?;
    }
    Ok(())
}

/// Letters account 4191 for a deposit, once invoices and credit notes have used all of it.
pub(crate) fn letter_deposit(tx: &mut Tx<'_>, deposit: Id<Invoice>) -> Result<(), Faults> {
    let party = tx.get(deposit)?.party;
    let account = crate::finance::entry::account(tx, DEPOSITS_RECEIVED)?;
    let mut lines = Vec::new();
    let used = tx.find(InvoiceDeduction::DEPOSIT.is(&deposit))?;
    for line in used.iter().filter_map(|deduction| deduction.line) {
        lines.push(tx.get(line)?);
    }
    let mut documents = vec![tx.get(deposit)?];
    documents.extend(tx.find(Invoice::PRECEDING.has(&deposit))?);
    let entries: Vec<Id<JournalEntry>> =
        documents.iter().filter_map(|document| document.entry).collect();
    lines.extend(tx.find(JournalLine::ENTRY.among(&entries) & JournalLine::ACCOUNT.is(&account))?);
    letter(tx, DEPOSITS_RECEIVED, party, lines)
}

fn prefix(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice | InvoiceKind::Deposit => "FA",
        InvoiceKind::CreditNote => "AV",
    }
}

/// The next number of a yearly series: `FA-2026-0001`. Called inside [`Tx::last`].
pub(crate) fn draw_number(
    tx: &mut Tx<'_>,
    prefix: &str,
    series: &str,
    day: Day,
) -> Result<String, Fault> {
    let year = day.year();
    let rank = tx.number(&format!("{series}:{prefix}:{year}"))?;
    Ok(format!("{prefix}-{year}-{rank:04}"))
}

/// What the document says of its parties, so that a later move changes no past invoice.
fn snapshot(
    tx: &mut Tx<'_>,
    company: &Kept<Company>,
    party: &Kept<Party>,
    term: Option<&PaymentTerm>,
    draft: &Draft,
) -> Result<String, Faults> {
    let mut taxed = Vec::new();
    for line in &draft.lines {
        if let Some(tax) = line.tax {
            taxed.push((tax, tx.get(tax)?.rate, line.net));
        }
    }
    let mut taxes = Vec::new();
    for share in amounts::totals(tx.currency(), taxed).taxes {
        let tax = tx.get(share.tax)?;
        taxes.push(tax_json(share.tax, &tax, share.base, share.amount));
    }
    let sides = json!({
        "seller": facts(Company::DEF, company.to_record(), SELLER),
        "buyer": facts(Party::DEF, party.to_record(), BUYER),
        "term": term.map(|term| json!({"fr": term.name, "en": term.name_en})),
        "vat_on_debits": company.vat_on_debits,
        "taxes": taxes,
    });
    Ok(sides.to_string())
}

const SELLER: &[&str] = &[
    "name",
    "legal_form",
    "capital",
    "siren",
    "siret",
    "vat_number",
    "register",
    "naf",
    "street",
    "postcode",
    "city",
    "country",
    "email",
    "phone",
    "website",
    "iban",
    "bic",
    "late_penalty_rate",
];
const BUYER: &[&str] = &[
    "code",
    "name",
    "kind",
    "siren",
    "siret",
    "vat_number",
    "street",
    "postcode",
    "city",
    "country",
    "email",
    "phone",
    "language",
];

fn facts(def: &EntityDef, record: kernel::Record, kept: &[&str]) -> Json {
    let members = def
        .fields
        .iter()
        .zip(record)
        .filter(|(field, value)| kept.contains(&field.name) && !value.is_null());
    Json::Object(
        members.map(|(field, value)| (field.name.into(), json::of_value(&value))).collect(),
    )
}

fn tax_json(id: Id<Tax>, tax: &Tax, base: Money, amount: Money) -> Json {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            out.insert(name.to_owned(), json::of_value(&value));
        }
    };
    put("tax", id.into());
    put("code", tax.code.as_str().into());
    put("category", tax.category.name().into());
    put("rate", tax.rate.into());
    put("exemption_code", tax.exemption_code.as_deref().map_or(Value::Null, Value::from));
    put("exemption_text", tax.exemption_text.as_deref().map_or(Value::Null, Value::from));
    put("base", base.into());
    put("amount", amount.into());
    Json::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_keeps_the_named_facts_and_leaves_the_empty_ones_out() {
        let mut party = Party::named("Maison Ferrand");
        party.vat_number = Some("FR64431207918".into());
        let kept = facts(Party::DEF, party.to_record(), BUYER);
        assert_eq!(kept["name"], "Maison Ferrand");
        assert_eq!(kept["vat_number"], "FR64431207918");
        assert!(kept.get("siren").is_none() && kept.get("standing").is_none());
        for (def, names) in [(Company::DEF, SELLER), (Party::DEF, BUYER)] {
            assert!(names.iter().all(|name| def.field(name).is_some()));
        }
    }

    #[test]
    fn a_line_without_product_is_a_service_when_its_account_says_so() {
        assert_eq!(kind_of_account(Some("706300")), ProductKind::Service);
        assert_eq!(kind_of_account(Some("708500")), ProductKind::Goods);
        assert_eq!(kind_of_account(None), ProductKind::Goods);
    }
}
