//! What a young company does next: shown to those who run it, until it is done.

use exchange::ImportBatch;
use kernel::{Condition, Entity, Fault, Faults, Query, Text, Tx, Value};
use maud::{Markup, html};

use crate::door::Ask;
use crate::parts::{Tone, rows, section, state};
use crate::words;

/// A step, and whether it is taken.
pub struct Step {
    label: Text,
    note: Text,
    href: String,
    done: bool,
}

/// The steps, while one of those that count is left: a company with its address, its bank, a
/// customer, a product and a quote needs no more telling. An import is offered, never owed.
///
/// # Errors
/// `store.*`.
pub fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Step>, Faults> {
    let wanted = ["company.update", "party.create", "product.create", "quote.create"];
    if !wanted.iter().all(|right| ask.actor.can(right)) {
        return Ok(Vec::new());
    }
    let Some((company, address, bank)) = company(tx, ask)? else { return Ok(Vec::new()) };
    let edit = format!("/companies/{company}/edit?back=/");
    let step = |label, note, href: &str, done| Step { label, note, href: href.to_owned(), done };
    let customers = Some(Condition::Is("customer", true.into()));
    let steps = vec![
        step(ADDRESS[0], ADDRESS[1], &edit, address),
        step(BANK[0], BANK[1], &edit, bank),
        step(
            CUSTOMER[0],
            CUSTOMER[1],
            "/parties/new?customer=true",
            any(tx, ask, "party", customers)?,
        ),
        step(PRODUCT[0], PRODUCT[1], "/products/new", any(tx, ask, "product", None)?),
        step(QUOTE[0], QUOTE[1], "/quotes/new", any(tx, ask, "quote", None)?),
    ];
    if steps.iter().all(|step| step.done) {
        return Ok(Vec::new());
    }
    let imported = any(tx, ask, ImportBatch::DEF.name, None)?;
    let last = step(IMPORT[0], IMPORT[1], "/import", imported);
    Ok(steps.into_iter().chain([last]).collect())
}

const ADDRESS: [Text; 2] = [
    Text::new("L’adresse de la société", "The company’s address"),
    Text::new("Elle figure sur chaque document.", "It stands on each document."),
];
const BANK: [Text; 2] = [
    Text::new("Le compte bancaire", "The bank account"),
    Text::new(
        "L’IBAN que vos clients lisent sur la facture.",
        "The IBAN that customers read on the invoice.",
    ),
];
const CUSTOMER: [Text; 2] = [
    Text::new("Un premier client", "A first customer"),
    Text::new("Son nom suffit.", "The name is enough."),
];
const PRODUCT: [Text; 2] = [
    Text::new("Un premier article", "A first product"),
    Text::new("Une référence, un prix, une taxe.", "A reference, a price, a tax."),
];
const QUOTE: [Text; 2] = [
    Text::new("Un premier devis", "A first quote"),
    Text::new("Accepté, il devient commande.", "Once accepted it becomes an order."),
];
const IMPORT: [Text; 2] = [
    Text::new("Importer vos fichiers", "Import your files"),
    Text::new(
        "Clients, articles : essayés d’abord, annulables ensuite.",
        "Customers, products: tried first, undone if need be.",
    ),
];

/// The company: its id, whether its address is known, and its bank account.
fn company(tx: &mut Tx<'_>, ask: &Ask) -> Result<Option<(kernel::RawId, bool, bool)>, Fault> {
    let Some(def) = ask.state.catalog.entity("company") else { return Ok(None) };
    let Some(row) = tx.rows(Query::all(def).limit(1))?.pop() else { return Ok(None) };
    let filled = |name: &str| {
        let value = def.rank(name).and_then(|rank| row.values.get(rank));
        matches!(value, Some(Value::Text(text)) if !text.is_empty())
    };
    let address = ["street", "postcode", "city"].into_iter().all(filled);
    Ok(Some((row.id, address, filled("iban"))))
}

fn any(tx: &mut Tx<'_>, ask: &Ask, entity: &str, only: Option<Condition>) -> Result<bool, Fault> {
    let Some(def) = ask.state.catalog.entity(entity) else { return Ok(false) };
    let query = only.into_iter().fold(Query::all(def).limit(1), Query::only);
    Ok(!tx.rows(query)?.is_empty())
}

/// The steps as a section; nothing when there are none.
#[must_use]
pub fn drawn(ask: &Ask, steps: &[Step]) -> Markup {
    if steps.is_empty() {
        return html! {};
    }
    let lines: Vec<(Markup, Markup)> = steps.iter().map(|step| line(ask, step)).collect();
    let done = steps.iter().filter(|step| step.done).count();
    let right = html! { (done) " / " (steps.len()) };
    let title = Text::new("Pour commencer", "To begin with");
    section(ask.say(title), &right, &html! { div.first-steps { (rows(&lines)) } })
}

fn line(ask: &Ask, step: &Step) -> (Markup, Markup) {
    let what = html! {
        a.b href=(step.href) { (ask.say(step.label)) }
        small { (ask.say(step.note)) }
    };
    let mark = match step.done {
        true => state(Tone::Done, ask.say(Text::new("fait", "done"))),
        false => state(Tone::Wait, ask.say(words::TO_DO)),
    };
    (what, mark)
}
