//! Holds: why nothing of an order may leave yet, who is to see to it, and when the reason is gone.

use crm::sales::{self, Hold, HoldKind, Order, OrderStage};
use kernel::{Actor, Choice, Fault, Faults, Id, Kept, Quantity, Tx, Value};
use master::{Party, PartyKind};

use super::converge::{converge, fact};
use super::facts::Facts;

/// Who sees to a hold of each kind: the name of a role.
#[must_use]
pub const fn owner(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Credit => "accountant",
        HoldKind::Stock => "warehouse",
        HoldKind::Data | HoldKind::Manual => "seller",
    }
}

/// Whether nothing may leave while such a hold is open. A shortage does not keep back what is
/// there: it stands for the part of the order that waits.
#[must_use]
pub const fn blocks(kind: HoldKind) -> bool {
    !matches!(kind, HoldKind::Stock)
}

/// Opens a hold with its usual owner.
///
/// # Errors
/// `store.*`.
pub(super) fn open(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    kind: HoldKind,
    fault: &Fault,
) -> Result<Id<Hold>, Faults> {
    sales::open_hold(tx, order, kind, fault, owner(kind))
}

/// Refuses to go on while a blocking hold is open.
///
/// # Errors
/// One `order.held` for each, with its kind, its owner and its reason.
pub fn ensure_free(tx: &mut Tx<'_>, order: Id<Order>) -> Result<(), Faults> {
    let language = tx.actor().language;
    let mut faults = Faults::default();
    for hold in sales::open_holds(tx, order)?.into_iter().filter(|hold| blocks(hold.kind)) {
        let fault = Fault::new("order.held").with("kind", hold.kind.label().say(language));
        let fault = fault.with("owner", hold.owner.as_str());
        faults.0.push(fault.with("reason", hold.says(language)));
    }
    faults.into_result()
}

/// A person holds an order, and says why.
///
/// # Errors
/// `order.stage` when it is not confirmed, `field.required`.
pub fn hold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Order>,
    reason: &str,
    owner: Option<String>,
) -> Result<Id<Hold>, Faults> {
    let order = tx.lock(id)?;
    if order.stage != OrderStage::Confirmed {
        return Err(Fault::new("order.stage").with("stage", order.stage.name()).into());
    }
    if reason.trim().is_empty() {
        return Err(Fault::new("field.required").on("reason").into());
    }
    let fault = Fault::new("hold.manual").with("reason", reason).with("by", &*actor.name);
    let owner = owner.unwrap_or_else(|| actor.name.to_string());
    let hold = sales::open_hold(tx, id, HoldKind::Manual, &fault, &owner)?;
    fact(tx, &order, "order.held")?;
    Ok(hold)
}

/// A person releases the open holds of an order: those of a kind, or all of them.
///
/// # Errors
/// `hold.none` when there is none to release.
pub fn release_hold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Order>,
    kind: Option<HoldKind>,
    note: Option<String>,
) -> Result<(), Faults> {
    let order = tx.lock(id)?;
    let open = sales::open_holds(tx, id)?;
    let chosen: Vec<Id<Hold>> = open
        .iter()
        .filter(|hold| kind.is_none_or(|kind| hold.kind == kind))
        .map(|hold| hold.id)
        .collect();
    if chosen.is_empty() {
        return Err(Fault::new("hold.none").into());
    }
    for hold in chosen {
        sales::release_hold(tx, actor, hold, note.clone())?;
    }
    fact(tx, &order, "order.released")?;
    converge(tx, id)
}

/// Comptoir releases the holds of a kind: their reason is gone.
pub(super) fn release_kind(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    kind: HoldKind,
) -> Result<(), Faults> {
    let actor = tx.actor().clone();
    for hold in sales::open_holds(tx, order)?.into_iter().filter(|hold| hold.kind == kind) {
        sales::release_hold(tx, &actor, hold.id, None)?;
    }
    Ok(())
}

/// The order has ended: nothing is held any more.
pub(super) fn release_all(tx: &mut Tx<'_>, order: Id<Order>) -> Result<(), Faults> {
    let actor = tx.actor().clone();
    for hold in sales::open_holds(tx, order)? {
        sales::release_hold(tx, &actor, hold.id, None)?;
    }
    Ok(())
}

/// What an invoice will need of the customer and lacks: its address, and in France the SIREN of a
/// company. Source: CGI, annexe II, art. 242 nonies A, I.
#[must_use]
pub fn missing_data(party: &Party) -> Option<Fault> {
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    let company = party.kind == PartyKind::Company;
    let french = party.country_code() == "FR";
    if company && french && blank(&party.siren) {
        return Some(Fault::new("data.siren").with("party", party.name.as_str()));
    }
    let address = blank(&party.city) || (french && company && blank(&party.postcode));
    address.then(|| Fault::new("data.address").with("party", party.name.as_str()))
}

/// What an order still waits for, once what left and what is kept are taken off: its first such
/// line, and how many others wait. None when nothing does.
///
/// # Errors
/// `store.*`.
pub fn lacking(tx: &mut Tx<'_>, facts: &Facts) -> Result<Option<Fault>, Fault> {
    let mut waiting = facts.lines.iter().filter(|facts| facts.waiting() > Quantity::ZERO);
    let Some(first) = waiting.next() else { return Ok(None) };
    let product = tx.get(first.line.product)?;
    let fault = match waiting.count() {
        0 => Fault::new("stock.waiting"),
        others => Fault::new("stock.waiting_more")
            .with("others", i64::try_from(others).unwrap_or(i64::MAX)),
    };
    let promised_on = first.line.promised_on.map_or(Value::Null, Value::Day);
    Ok(Some(
        product
            .named_in(fault)
            .with("missing", first.waiting())
            .with("asked", first.line.quantity)
            .with("promised_on", promised_on),
    ))
}

/// Releases the holds whose reason is gone: nothing waits for goods any more, the customer's record
/// is complete. One that stands for goods tells what is missing now.
pub(super) fn release_groundless(
    tx: &mut Tx<'_>,
    order: &Kept<Order>,
    facts: &Facts,
) -> Result<(), Faults> {
    for hold in sales::open_holds(tx, order.id)? {
        let groundless = match hold.kind {
            HoldKind::Stock => match lacking(tx, facts)? {
                Some(fault) => {
                    open(tx, order.id, HoldKind::Stock, &fault)?;
                    false
                }
                None => true,
            },
            HoldKind::Data => missing_data(&*tx.get(order.party)?).is_none(),
            HoldKind::Credit | HoldKind::Manual => false,
        };
        if groundless {
            let actor = tx.actor().clone();
            sales::release_hold(tx, &actor, hold.id, None)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_needs_an_address_and_in_france_the_siren_of_a_company() {
        let mut party = Party::named("Essai");
        assert_eq!(missing_data(&party).map(|fault| fault.code), Some("data.siren"));
        party.siren = Some("732829320".into());
        assert_eq!(missing_data(&party).map(|fault| fault.code), Some("data.address"));
        (party.city, party.postcode) = (Some("Lille".into()), Some("59000".into()));
        assert_eq!(missing_data(&party), None);
        let mut abroad = Party::named("Test");
        (abroad.country, abroad.city) = (Some("GB".into()), Some("London".into()));
        assert_eq!(missing_data(&abroad), None);
    }

    #[test]
    fn a_shortage_does_not_keep_back_what_is_there() {
        assert!(!blocks(HoldKind::Stock));
        assert!(blocks(HoldKind::Credit) && blocks(HoldKind::Data) && blocks(HoldKind::Manual));
    }
}
