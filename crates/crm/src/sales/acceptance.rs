//! A customer accepts a quote: who says so, which options it takes, and the proof of it. What was
//! accepted is what the order is made of.

use std::collections::BTreeSet;

use kernel::{Actor, Event, Fault, Faults, Id, Kept, LongText, Origin, Tx};
use master::totals;

use super::opportunity::{self, Opportunity};
use super::order::Order;
use super::quote::{self, Quote, QuoteLine, QuoteState};
use super::quote_acts::{in_time, order_of_quote, tell};
use super::signature::Drawing;

/// What a customer says in accepting.
#[derive(Debug, Clone, Default)]
pub struct Acceptance {
    /// Who accepts, on the customer's side.
    pub name: String,
    /// That person's position.
    pub role: Option<String>,
    /// The optional lines that are taken.
    pub options: Vec<Id<QuoteLine>>,
    pub proof: Proof,
}

/// What is kept of how it was said.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// The sentence agreed to.
    pub consent: Option<String>,
    /// The address it came from.
    pub address: Option<String>,
    /// What the browser says it is.
    pub browser: Option<String>,
    pub drawing: Option<Drawing>,
}

impl Acceptance {
    /// Someone accepts, without options and on their word alone.
    #[must_use]
    pub fn by(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// The customer accepts: the options taken count in the totals from now on, the order is made, in
/// draft, and the opportunity is won. Accepting again what is accepted gives the same order.
///
/// # Errors
/// `quote.state`, `quote.expired`, `field.required`, `quote.option` for a line that is no option of
/// this quote.
pub fn accept(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Quote>,
    said: Acceptance,
) -> Result<Id<Order>, Faults> {
    let mut quote = tx.lock(id)?;
    if quote.state == QuoteState::Accepted {
        return order_of_quote(tx, actor, id);
    }
    in_time(tx, &quote)?;
    quote.step_to(QuoteState::Accepted)?;
    let name = short(&said.name).ok_or_else(|| Fault::new("field.required").on("name"))?;
    quote.accepted_by = Some(name);
    quote.accepted_at = Some(tx.now());
    quote.accepted_role = said.role.as_deref().and_then(short);
    quote.consent = said.proof.consent.map(LongText);
    quote.signed_from = said.proof.address.as_deref().and_then(short);
    quote.signed_with = said.proof.browser.as_deref().and_then(short);
    quote.signature = said.proof.drawing.map(|drawing| LongText(drawing.path()));
    take_options(tx, &mut quote, &said.options)?;
    tx.save(&quote)?;
    let order = order_of_quote(tx, actor, id)?;
    if let Some(opportunity) = quote.opportunity {
        let open = tx.lock::<Opportunity>(opportunity)?.stage.open();
        if open {
            opportunity::win(tx, actor, opportunity)?;
        }
    }
    let accepted = Event::new("quote.accepted", Origin::of(id));
    tx.emit(accepted.with("party", quote.party).with("order", order));
    tell(tx, id, &quote, "quote.accepted")?;
    Ok(order)
}

/// What fits a line of text; none when nothing was said.
fn short(text: &str) -> Option<String> {
    let kept: String = text.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    (!kept.is_empty()).then_some(kept)
}

fn take_options(
    tx: &mut Tx<'_>,
    quote: &mut Kept<Quote>,
    options: &[Id<QuoteLine>],
) -> Result<(), Faults> {
    let taken: BTreeSet<Id<QuoteLine>> = options.iter().copied().collect();
    let mut lines = quote::lines(tx, quote.id)?;
    let known = lines.iter().filter(|line| line.optional && taken.contains(&line.id)).count();
    if known != taken.len() {
        return Err(Fault::new("quote.option").on("options").into());
    }
    if taken.is_empty() {
        return Ok(());
    }
    for line in lines.iter_mut().filter(|line| taken.contains(&line.id)) {
        line.taken = true;
        tx.save(line)?;
    }
    let (sums, margin) = worth(tx, &lines, |line| line.counts())?;
    (quote.net, quote.tax_amount, quote.total) = (sums.net, sums.tax, sums.total);
    quote.margin = margin;
    Ok(())
}

/// What some of the lines of a quote come to, and their margin: those `counted`.
///
/// # Errors
/// `store.*`.
pub fn worth(
    tx: &mut Tx<'_>,
    lines: &[Kept<QuoteLine>],
    counted: impl Fn(&Kept<QuoteLine>) -> bool,
) -> Result<(master::Totals, kernel::Money), Fault> {
    let mut taxed = Vec::with_capacity(lines.len());
    let mut margin = kernel::Money::zero(tx.currency());
    for line in lines.iter().filter(|line| counted(line)) {
        margin += line.net - line.unit_cost.amount(line.quantity, kernel::Rate::ZERO);
        if let Some(tax) = line.tax {
            taxed.push((tax, tx.get(tax)?.rate, line.net));
        }
    }
    Ok((totals(tx.currency(), taxed), margin))
}
