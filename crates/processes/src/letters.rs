//! Letters that follow from events: what is sent to whom, and what the timeline keeps of it.

use crm::interactions;
use crm::sales::Quote;
use erp::finance::{Invoice, InvoiceKind, InvoiceState};
use kernel::{
    ActionDef, Entity, Event, Fault, Faults, Id, Kept, Language, Origin, Record, Text, Tx,
};
use master::{Company, Party};

use crate::invoice_document::{Document, invoice_pdf};
use crate::trade_document::quote_pdf;

/// A letter ready to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    pub from_name: String,
    pub from: String,
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub attachments: Vec<Attached>,
}

#[derive(Debug, Clone)]
pub struct Attached {
    pub name: String,
    pub mime: &'static str,
    pub bytes: Vec<u8>,
}

/// What became of a letter.
#[derive(Debug, Clone)]
pub enum Outcome {
    Sent {
        to: String,
    },
    /// Tried often enough.
    GivenUp {
        to: String,
        why: String,
    },
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "invoice",
    name: "send",
    label: Text::new("Envoyer", "Send"),
    doc: Text::new(
        "Envoie la facture par courriel au client, encore une fois s’il l’a déjà reçue.",
        "Sends the invoice to the customer by email, once more when it was sent already.",
    ),
    inputs: &[],
    offered: is_posted,
    run: |tx, _, id, _| {
        let id = Id::from_raw(id);
        send_invoice(tx, id)?;
        Ok(Some(Origin::of(id)))
    },
}];

fn is_posted(record: &Record) -> bool {
    Invoice::of_record(record.clone()).is_ok_and(|invoice| invoice.state == InvoiceState::Posted)
}

/// Asks for an invoice to be sent to its customer: the postman hears of it, the timeline keeps it.
///
/// # Errors
/// `invoice.unposted`; `letter.recipient` when the customer has no email address and
/// `letter.sender` when the company has none, each on `email`.
pub fn send_invoice(tx: &mut Tx<'_>, id: Id<Invoice>) -> Result<(), Faults> {
    let invoice = tx.lock(id)?;
    if invoice.state != InvoiceState::Posted {
        return Err(Fault::new("invoice.unposted").into());
    }
    let (company, party) = (master::company(tx)?, tx.get(invoice.party)?);
    let mut faults = Faults::default();
    faults.ensure(party.email.is_some(), || {
        Fault::new("letter.recipient").on("email").with("party", party.name.as_str())
    });
    faults.ensure(company.email.is_some(), || {
        Fault::new("letter.sender").on("email").with("company", company.name.as_str())
    });
    faults.into_result()?;
    tx.emit(Event::new("invoice.send_asked", Origin::of(id)).with("party", invoice.party));
    let number = invoice.number.clone().unwrap_or_default();
    interactions::fact(tx, invoice.party, Some(Origin::of(id)), "invoice.send_asked", &number)?;
    Ok(())
}

/// Whether an event of this name asks for a letter.
#[must_use]
pub fn asks(event: &str) -> bool {
    sends_invoice(event) || matches!(event, "invoice.reminded" | "quote.sent")
}

/// An invoice leaves when it is posted, and again when a person asks for it.
fn sends_invoice(event: &str) -> bool {
    matches!(event, "invoice.posted" | "invoice.send_asked")
}

/// The letter that an event asks for; none when a side has no address.
///
/// # Errors
/// Those of the documents, `store.*`.
pub fn letter(tx: &mut Tx<'_>, event: &str, about: Origin) -> Result<Option<Letter>, Faults> {
    if let ("quote.sent", Some(id)) = (event, about.as_a::<Quote>()) {
        return quote_letter(tx, id);
    }
    let Some(id) = about.as_a::<Invoice>() else { return Ok(None) };
    let invoice = tx.get(id)?;
    let Some((company, party)) = sides(tx, invoice.party)? else { return Ok(None) };
    let document = invoice_pdf(tx, id)?;
    let number = invoice.number.clone().unwrap_or_default();
    let words = match (event, party_language(&party)) {
        ("invoice.reminded", language) => reminder(&invoice, &number, language),
        (_, language) => new_invoice(&invoice, &number, language),
    };
    Ok(Some(draw(&company, &party, words, document)))
}

fn quote_letter(tx: &mut Tx<'_>, id: Id<Quote>) -> Result<Option<Letter>, Faults> {
    let quote = tx.get(id)?;
    let Some((company, party)) = sides(tx, quote.party)? else { return Ok(None) };
    let number = quote.number.clone().unwrap_or_default();
    let words = match party_language(&party) {
        Language::French => (
            format!("Votre devis {number}"),
            format!("Bonjour,\n\nVeuillez trouver ci-joint notre devis {number}."),
        ),
        Language::English => (
            format!("Your quote {number}"),
            format!("Hello,\n\nPlease find attached our quote {number}."),
        ),
    };
    let document = quote_pdf(tx, id)?;
    Ok(Some(draw(&company, &party, words, document)))
}

/// The company and the customer, when both have an address.
fn sides(tx: &mut Tx<'_>, party: Id<Party>) -> Result<Option<(Kept<Company>, Kept<Party>)>, Fault> {
    let (company, party) = (master::company(tx)?, tx.get(party)?);
    let reachable = company.email.is_some() && party.email.is_some();
    Ok(reachable.then_some((company, party)))
}

fn party_language(party: &Party) -> Language {
    party.language.language()
}

fn new_invoice(invoice: &Invoice, number: &str, language: Language) -> (String, String) {
    let due = invoice.due_on.map(|day| language.day(day)).unwrap_or_default();
    let total = language.money(invoice.total);
    match (language, invoice.kind) {
        (Language::French, InvoiceKind::CreditNote) => (
            format!("Votre avoir {number}"),
            format!("Bonjour,\n\nVeuillez trouver ci-joint notre avoir {number} de {total}."),
        ),
        (Language::English, InvoiceKind::CreditNote) => (
            format!("Your credit note {number}"),
            format!("Hello,\n\nPlease find attached our credit note {number} of {total}."),
        ),
        (Language::French, _) => (
            format!("Votre facture {number}"),
            format!(
                "Bonjour,\n\nVeuillez trouver ci-jointe notre facture {number} de {total}, \
                 à régler le {due} au plus tard."
            ),
        ),
        (Language::English, _) => (
            format!("Your invoice {number}"),
            format!(
                "Hello,\n\nPlease find attached our invoice {number} of {total}, due on {due}."
            ),
        ),
    }
}

fn reminder(invoice: &Invoice, number: &str, language: Language) -> (String, String) {
    let due = invoice.due_on.map(|day| language.day(day)).unwrap_or_default();
    let open = language.money(invoice.open);
    match language {
        Language::French => (
            format!("Rappel : facture {number} échue le {due}"),
            format!(
                "Bonjour,\n\nSauf erreur de notre part, {open} restent dus sur notre facture \
                 {number}, échue le {due}. Si votre règlement est en route, ne tenez pas compte \
                 de ce rappel."
            ),
        ),
        Language::English => (
            format!("Reminder: invoice {number} was due on {due}"),
            format!(
                "Hello,\n\nUnless we are mistaken, {open} remain due on our invoice {number}, \
                 which was due on {due}. If your payment is on its way, please disregard this \
                 reminder."
            ),
        ),
    }
}

fn draw(
    company: &Company,
    party: &Party,
    (subject, body): (String, String),
    document: Document,
) -> Letter {
    let regards = match party_language(party) {
        Language::French => "Cordialement,",
        Language::English => "Kind regards,",
    };
    Letter {
        from_name: company.name.clone(),
        from: company.email.clone().unwrap_or_default(),
        to_name: party.name.clone(),
        to: party.email.clone().unwrap_or_default(),
        subject,
        text: format!("{body}\n\n{regards}\n{}\n", company.name),
        attachments: vec![Attached {
            name: document.name,
            mime: "application/pdf",
            bytes: document.bytes,
        }],
    }
}

/// Writes on the record and on the timeline what became of a letter.
///
/// # Errors
/// `not_found`, `store.*`.
pub fn note(tx: &mut Tx<'_>, event: &str, about: Origin, outcome: &Outcome) -> Result<(), Faults> {
    let (party, number) = if let Some(id) = about.as_a::<Invoice>() {
        let mut invoice = tx.lock(id)?;
        if let (Outcome::Sent { to }, true) = (outcome, sends_invoice(event)) {
            invoice.sent_at = Some(tx.now());
            invoice.sent_to = Some(to.clone());
            tx.save(&invoice)?;
        }
        (invoice.party, invoice.number.clone())
    } else if let Some(id) = about.as_a::<Quote>() {
        let quote = tx.get(id)?;
        (quote.party, quote.number.clone())
    } else {
        return Ok(());
    };
    let code = match (event, outcome) {
        (event, Outcome::Sent { .. }) if sends_invoice(event) => "invoice.sent",
        ("quote.sent", Outcome::Sent { .. }) => "quote.mailed",
        ("quote.sent", Outcome::GivenUp { .. }) => "quote.unsent",
        (_, Outcome::Sent { .. }) => "invoice.reminder_sent",
        (_, Outcome::GivenUp { .. }) => "invoice.unsent",
    };
    let subject = match outcome {
        Outcome::Sent { to } => format!("{} ({to})", number.unwrap_or_default()),
        Outcome::GivenUp { to, why } => format!("{} ({to}: {why})", number.unwrap_or_default()),
    };
    let shown: String = subject.chars().take(200).collect();
    interactions::fact(tx, party, Some(about), code, &shown)?;
    Ok(())
}
