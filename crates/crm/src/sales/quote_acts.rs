//! The life of a quote: sent, accepted, refused, expired, revised.

use kernel::{
    ActionDef, Actor, Choice, Entity, Event, Fault, Faults, FieldDef, FieldType, Id, Kept,
    LongText, Origin, Rate, RawId, Record, Text, Tx,
};

use super::acceptance::{Acceptance, accept};
use super::order::{self, Order, OrderLine};
use super::quote::{self, Quote, QuoteLine, QuoteState};
use crate::interactions;

/// From, to.
const STEPS: &[(QuoteState, &[QuoteState])] = {
    use QuoteState::{Accepted, Draft, Expired, Refused, Sent, Superseded};
    &[
        (Draft, &[Sent, Superseded]),
        (Sent, &[Accepted, Refused, Expired, Superseded]),
        (Refused, &[Superseded]),
        (Expired, &[Superseded]),
        (Accepted, &[]),
        (Superseded, &[]),
    ]
};

impl QuoteState {
    #[must_use]
    pub fn steps(self) -> &'static [QuoteState] {
        STEPS.iter().find(|(from, _)| *from == self).map_or(&[], |(_, to)| *to)
    }
}

impl Quote {
    /// # Errors
    /// `quote.state` when it may not go there.
    pub(super) fn step_to(&mut self, state: QuoteState) -> Result<(), Fault> {
        if !self.state.steps().contains(&state) {
            return Err(Fault::new("quote.state").with("state", self.state.name()));
        }
        self.state = state;
        Ok(())
    }
}

fn may(record: &Record, state: QuoteState) -> bool {
    let value = Quote::DEF.rank(Quote::STATE.name).and_then(|at| record.get(at));
    let present = value.and_then(|value| QuoteState::take(value.clone()).ok());
    present.is_some_and(|present| present.steps().contains(&state))
}

const ACCEPT: &[FieldDef] = &[
    FieldDef::of::<String>(
        "name",
        Text::new("Accepté par", "Accepted by"),
        "Who accepted, on the customer's side.",
    ),
    FieldDef::of::<Option<String>>("role", Text::new("Fonction", "Position"), ""),
    FieldDef::of::<Option<LongText>>(
        "options",
        Text::new("Options prises", "Options taken"),
        "The ids of the optional lines that are taken, separated by blanks.",
    ),
];
const REFUSE: &[FieldDef] = &[FieldDef::of::<Option<String>>(
    "reason",
    Text::new("Motif", "Reason"),
    "Why the customer did not accept.",
)];

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "quote",
        name: "send",
        label: Text::new("Envoyer", "Send"),
        doc: Text::new(
            "Fige le devis et crée le lien par lequel le client l’accepte.",
            "Freezes the quote and makes the link by which the customer accepts it.",
        ),
        inputs: &[],
        offered: |record| may(record, QuoteState::Sent),
        run: |tx, _, id, _| {
            let id = Id::from_raw(id);
            send(tx, id)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "quote",
        name: "accept",
        label: Text::new("Accepter", "Accept"),
        doc: Text::new(
            "Le client accepte : une commande en brouillon est créée.",
            "The customer accepts: a draft order is made.",
        ),
        inputs: ACCEPT,
        offered: |record| may(record, QuoteState::Accepted),
        run: |tx, actor, id, inputs| {
            let options = inputs.take::<Option<LongText>>("options")?.unwrap_or_default().0;
            let options = options.split_whitespace().map(|id| RawId::parse(id).map(Id::from_raw));
            let said = Acceptance {
                name: inputs.take("name")?,
                role: inputs.take("role")?,
                options: options.collect::<Result<_, _>>().map_err(|f: Fault| f.on("options"))?,
                ..Acceptance::default()
            };
            let order = accept(tx, actor, Id::from_raw(id), said)?;
            Ok(Some(Origin::of(order)))
        },
    },
    ActionDef {
        on: "quote",
        name: "refuse",
        label: Text::new("Refuser", "Refuse"),
        doc: Text::new("Le client n’accepte pas.", "The customer does not accept."),
        inputs: REFUSE,
        offered: |record| may(record, QuoteState::Refused),
        run: |tx, _, id, inputs| {
            let id = Id::from_raw(id);
            refuse(tx, id, inputs.take("reason")?)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "quote",
        name: "revise",
        label: Text::new("Réviser", "Revise"),
        doc: Text::new(
            "Crée une nouvelle révision en brouillon, qui remplace celle-ci.",
            "Makes a new draft revision that takes the place of this one.",
        ),
        inputs: &[],
        offered: |record| may(record, QuoteState::Superseded) && !may(record, QuoteState::Sent),
        run: |tx, _, id, _| {
            let revision = revise(tx, Id::from_raw(id))?;
            Ok(Some(Origin::of(revision)))
        },
    },
];

/// Sends a quote: it no longer changes, and whoever holds its link may accept it.
///
/// # Errors
/// `quote.state`, `quote.empty`, `quote.expired`.
pub fn send(tx: &mut Tx<'_>, id: Id<Quote>) -> Result<(), Faults> {
    let mut quote = tx.lock(id)?;
    quote.step_to(QuoteState::Sent)?;
    if quote::lines(tx, id)?.is_empty() {
        return Err(Fault::new("quote.empty").on("lines").into());
    }
    in_time(tx, &quote)?;
    quote.sent_at = Some(tx.now());
    quote.acceptance_token = Some(tx.secret().iter().map(|byte| format!("{byte:02x}")).collect());
    tx.save(&quote)?;
    tx.emit(Event::new("quote.sent", Origin::of(id)).with("party", quote.party));
    tell(tx, id, &quote, "quote.sent")
}

pub(super) fn in_time(tx: &Tx<'_>, quote: &Quote) -> Result<(), Fault> {
    match quote.valid_until {
        Some(day) if day < tx.today() => Err(Fault::new("quote.expired").with("valid_until", day)),
        _ => Ok(()),
    }
}

/// The sent quote whose link holds this token.
///
/// # Errors
/// `store.*`.
pub fn quote_by_token(tx: &mut Tx<'_>, token: &str) -> Result<Option<Kept<Quote>>, Fault> {
    if token.is_empty() {
        return Ok(None);
    }
    tx.first(Quote::ACCEPTANCE_TOKEN.has(&token.to_owned()))
}

/// The customer does not accept.
///
/// # Errors
/// `quote.state`.
pub fn refuse(tx: &mut Tx<'_>, id: Id<Quote>, reason: Option<String>) -> Result<(), Faults> {
    let mut quote = tx.lock(id)?;
    quote.step_to(QuoteState::Refused)?;
    quote.refused_reason = reason;
    tx.save(&quote)?;
    tx.emit(Event::new("quote.refused", Origin::of(id)).with("party", quote.party));
    tell(tx, id, &quote, "quote.refused")
}

/// Marks the sent quotes whose last day has passed, and says how many they were.
///
/// # Errors
/// `store.*`.
pub fn expire(tx: &mut Tx<'_>) -> Result<usize, Faults> {
    let yesterday = tx.today() + -1;
    let past = Quote::STATE.is(&QuoteState::Sent) & Quote::VALID_UNTIL.at_most(&Some(yesterday));
    let quotes = tx.find(past)?;
    for quote in &quotes {
        let mut quote = tx.lock(quote.id)?;
        // Someone may have accepted it since the search.
        if quote.step_to(QuoteState::Expired).is_ok() {
            tx.save(&quote)?;
            tx.emit(Event::new("quote.expired", Origin::of(quote.id)).with("party", quote.party));
            tell(tx, quote.id, &quote, "quote.expired")?;
        }
    }
    Ok(quotes.len())
}

/// Makes a new draft of a quote that was sent; the present one gives way to it.
///
/// # Errors
/// `quote.state` when it is accepted, superseded or still a draft.
pub fn revise(tx: &mut Tx<'_>, id: Id<Quote>) -> Result<Id<Quote>, Faults> {
    let mut old = tx.lock(id)?;
    if old.state == QuoteState::Draft {
        return Err(Fault::new("quote.state").with("state", old.state.name()).into());
    }
    old.step_to(QuoteState::Superseded)?;
    tx.save(&old)?;
    let new = Quote {
        number: old.number.as_deref().map(|number| revised(number, old.revision)),
        revision: old.revision + 1,
        state: QuoteState::Draft,
        quoted_on: tx.today(),
        valid_until: Some(tx.today() + quote::VALID_DAYS),
        sent_at: None,
        acceptance_token: None,
        refused_reason: None,
        previous: Some(id),
        ..(*old).clone()
    };
    let revision = tx.insert(&new)?;
    for line in quote::lines(tx, id)? {
        tx.insert(&QuoteLine { quote: revision, ..line.into_inner() })?;
    }
    tx.emit(Event::new("quote.revised", Origin::of(id)).with("revision", revision));
    Ok(revision)
}

/// `DE-2026-00001` becomes `DE-2026-00001-2`, then `-3`.
fn revised(number: &str, revision: i64) -> String {
    let suffix = format!("-{revision}");
    let base = if revision > 1 { number.strip_suffix(&suffix).unwrap_or(number) } else { number };
    format!("{base}-{}", revision + 1)
}

/// The order that comes of an accepted quote: the same lines at the same
/// prices, with the options taken. Made once.
///
/// # Errors
/// `quote.state` when it is not accepted.
pub fn order_of_quote(tx: &mut Tx<'_>, actor: &Actor, id: Id<Quote>) -> Result<Id<Order>, Faults> {
    let quote = tx.get(id)?;
    if quote.state != QuoteState::Accepted {
        return Err(Fault::new("quote.state").with("state", quote.state.name()).into());
    }
    if let Some(order) = tx.first(Order::QUOTE.has(&id))? {
        return Ok(order.id);
    }
    let order = tx.insert(&Order {
        reference: quote.reference.clone(),
        quote: Some(id),
        payment_term: quote.payment_term,
        deposit_rate: quote.deposit_rate,
        seller: quote.seller.clone(),
        note: quote.note.clone(),
        ..Order::of(quote.party, tx.currency())
    })?;
    for line in quote::lines(tx, id)?.into_iter().filter(|line| line.counts()) {
        let line = line.into_inner();
        tx.insert(&OrderLine {
            rank: line.rank,
            description: line.description,
            unit_price: line.unit_price,
            // Said, even when it is nothing: a price list must not give another.
            discount: Some(line.discount.unwrap_or(Rate::ZERO)),
            tax: line.tax,
            ..OrderLine::of(order, line.product, line.quantity, tx.currency())
        })?;
    }
    order::settle(tx, actor, order.raw())?;
    Ok(order)
}

pub(super) fn tell(
    tx: &mut Tx<'_>,
    id: Id<Quote>,
    quote: &Quote,
    code: &'static str,
) -> Result<(), Faults> {
    let number = quote.number.as_deref().unwrap_or("");
    interactions::fact(tx, quote.party, Some(Origin::of(id)), code, number)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_keeps_the_number_and_counts() {
        assert_eq!(revised("DE-2026-00001", 1), "DE-2026-00001-2");
        assert_eq!(revised("DE-2026-00001-2", 2), "DE-2026-00001-3");
        assert_eq!(revised("DE-2026-00001-10", 10), "DE-2026-00001-11");
    }

    #[test]
    fn only_what_was_sent_is_accepted() {
        for (name, _) in QuoteState::VALUES {
            let state = QuoteState::of_name(name).unwrap();
            let accepts = state.steps().contains(&QuoteState::Accepted);
            assert_eq!(accepts, state == QuoteState::Sent, "{name}");
        }
        assert!(QuoteState::Accepted.steps().is_empty());
    }
}
