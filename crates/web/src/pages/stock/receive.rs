//! What the form by which awaited goods are received offers: all that is awaited, into the main
//! stock, with what it is about.

use erp::inventory::{ExpectedReceipt, LocationKind, main_location};
use kernel::{Entity, Faults, RawId, Tx};
use maud::{Markup, html};

use crate::address::Fields;
use crate::door::Ask;
use crate::parts::{definitions, say};

/// What an act is about, and what is offered for its inputs as long as no one has typed.
#[derive(Debug, Clone)]
pub struct Offered {
    pub fields: Fields,
    pub about: Markup,
}

/// What `receive` offers for an awaited receipt that is not done; nothing for one that is.
///
/// # Errors
/// `not_found`, `location.none`, `store.*`.
pub fn offered(tx: &mut Tx<'_>, ask: &Ask, id: RawId) -> Result<Option<Offered>, Faults> {
    let language = ask.language;
    let receipt = tx.get(kernel::Id::<ExpectedReceipt>::from_raw(id))?;
    if receipt.done {
        return Ok(None);
    }
    let product = tx.get(receipt.product)?;
    let unit = tx.get(product.unit)?;
    let place = main_location(tx, LocationKind::Stock)?;
    let mut fields = Fields::default();
    fields.0.push(("quantity".to_owned(), language.quantity(receipt.awaited())));
    fields.0.push(("location".to_owned(), place.to_string()));
    let count = |quantity| {
        let unit = unit.label(language).to_lowercase();
        Some(html! { (language.quantity(quantity)) " " (unit) })
    };
    let may_read = |name: &str| {
        let field = ExpectedReceipt::DEF.field(name);
        field.is_some_and(|field| !crate::show::hidden(&ask.actor, ExpectedReceipt::DEF, field))
    };
    let mut told = vec![(
        say(language, "Article", "Product").to_owned(),
        Some(html! { b { (product.label(language)) } br; span.muted { (product.sku) } }),
    )];
    if may_read("received") {
        let label = say(language, "Déjà reçu", "Already received");
        told.push((label.to_owned(), count(receipt.received)));
    }
    told.push((say(language, "À recevoir", "To come").to_owned(), count(receipt.awaited())));
    let due = Some(html! { (language.day(receipt.due_on)) });
    told.push((say(language, "Attendue le", "Due on").to_owned(), due));
    Ok(Some(Offered { fields, about: html! { div.mb { (definitions(&told)) } } }))
}
