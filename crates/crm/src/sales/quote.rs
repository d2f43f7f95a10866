//! Quotes: what we offer, at which price, until when.

use kernel::{
    Actor, Choice, Day, Entity, Fault, Faults, Id, Instant, Lines, LongText, Money, Price,
    Quantity, Rate, RawId, Rules, Tx,
};
use master::{Party, PaymentTerm, Product, Tax};

use super::another_customer::{self, follow};
use super::numbers;
use super::opportunity::Opportunity;
use super::pricing::{self, Wanted};

/// How long an offer holds when no one says otherwise.
pub(super) const VALID_DAYS: i32 = 30;

/// An offer to a customer. Once sent it does not change: a new revision takes its place.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Devis",
    en = "Quote",
    frs = "Devis",
    ens = "Quotes",
    index = "party, quoted_on",
    index = "state, valid_until"
)]
pub struct Quote {
    #[field(fr = "Numéro", en = "Number", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Client", en = "Customer", list)]
    pub party: Id<Party>,
    #[field(fr = "Opportunité", en = "Opportunity", index)]
    pub opportunity: Option<Id<Opportunity>>,
    #[field(fr = "Objet", en = "Subject", list, search)]
    pub subject: Option<String>,
    #[field(fr = "Révision", en = "Revision", system)]
    pub revision: i64,
    #[field(fr = "État", en = "State", list, system)]
    pub state: QuoteState,
    #[field(fr = "Date", en = "Date", list, system)]
    pub quoted_on: Day,
    /// The last day on which it may be accepted; 30 days on when left empty.
    #[field(fr = "Valable jusqu’au", en = "Valid until", list)]
    pub valid_until: Option<Day>,
    #[field(fr = "Votre référence", en = "Customer reference", search)]
    pub reference: Option<String>,
    #[field(fr = "Condition de paiement", en = "Payment term")]
    pub payment_term: Option<Id<PaymentTerm>>,
    /// The share of the total asked for at the order.
    #[field(fr = "Acompte", en = "Deposit")]
    pub deposit_rate: Option<Rate>,
    #[field(fr = "Vendeur", en = "Seller", list, index)]
    pub seller: Option<String>,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<LongText>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<QuoteLine>,
    #[field(fr = "Total HT", en = "Total excl. tax", list, system)]
    pub net: Money,
    #[field(fr = "TVA", en = "VAT", system)]
    pub tax_amount: Money,
    #[field(fr = "Total TTC", en = "Total incl. tax", list, system)]
    pub total: Money,
    /// What is left of the total excluding tax once the goods are paid for.
    #[field(fr = "Marge", en = "Margin", system)]
    pub margin: Money,
    #[field(fr = "Envoyé le", en = "Sent at", system)]
    pub sent_at: Option<Instant>,
    /// Who holds it may accept the offer: part of the link sent to the customer.
    #[field(
        fr = "Jeton d’acceptation",
        en = "Acceptance token",
        system,
        sensitive,
        unique,
        secret
    )]
    pub acceptance_token: Option<String>,
    #[field(fr = "Accepté par", en = "Accepted by", system)]
    pub accepted_by: Option<String>,
    #[field(fr = "Accepté le", en = "Accepted at", system)]
    pub accepted_at: Option<Instant>,
    #[field(fr = "Fonction du signataire", en = "Position of who accepted", system)]
    pub accepted_role: Option<String>,
    /// The sentence agreed to in accepting.
    #[field(fr = "Consentement", en = "Consent", system)]
    pub consent: Option<LongText>,
    /// The address from which it was accepted.
    #[field(fr = "Accepté depuis", en = "Accepted from", system, sensitive)]
    pub signed_from: Option<String>,
    /// The browser by which it was accepted.
    #[field(fr = "Accepté avec", en = "Accepted with", system, sensitive)]
    pub signed_with: Option<String>,
    /// A signature drawn by hand: the path data of a [`super::Drawing`].
    #[field(fr = "Signature", en = "Signature", system)]
    pub signature: Option<LongText>,
    #[field(fr = "Motif du refus", en = "Reason refused", system)]
    pub refused_reason: Option<String>,
    /// The revision that this one takes the place of.
    #[field(fr = "Révision précédente", en = "Previous revision", system, index)]
    pub previous: Option<Id<Quote>>,
    /// The customer on whose terms it was drawn up: known when a draft changes hands.
    #[field(fr = "Aux conditions de", en = "On the terms of", system)]
    pub priced_for: Option<Id<Party>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum QuoteState {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Envoyé", en = "Sent")]
    Sent,
    #[choice(fr = "Accepté", en = "Accepted")]
    Accepted,
    #[choice(fr = "Refusé", en = "Refused")]
    Refused,
    #[choice(fr = "Expiré", en = "Expired")]
    Expired,
    #[choice(fr = "Remplacé", en = "Superseded")]
    Superseded,
}

/// One product of an offer.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Ligne de devis", en = "Quote line", frs = "Lignes de devis", ens = "Quote lines")]
pub struct QuoteLine {
    #[field(fr = "Devis", en = "Quote", parent)]
    pub quote: Id<Quote>,
    #[field(fr = "Rang", en = "Rank", place)]
    pub rank: Option<i64>,
    #[field(fr = "Produit", en = "Product", list)]
    pub product: Id<Product>,
    /// The product's own when left empty.
    #[field(fr = "Désignation", en = "Description", list)]
    pub description: Option<String>,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    /// Excluding tax; that of the customer's price list when left empty.
    #[field(fr = "Prix unitaire HT", en = "Unit price excl. tax", list)]
    pub unit_price: Option<Price>,
    #[field(fr = "Remise", en = "Discount", list)]
    pub discount: Option<Rate>,
    #[field(fr = "TVA", en = "VAT", list)]
    pub tax: Option<Id<Tax>>,
    #[field(fr = "Montant HT", en = "Amount excl. tax", list, system)]
    pub net: Money,
    #[field(fr = "Coût unitaire", en = "Unit cost", system)]
    pub unit_cost: Price,
    /// Offered beside the rest: in no total until the customer takes it.
    #[field(fr = "Option", en = "Option", list)]
    pub optional: bool,
    /// An option that the customer took in accepting.
    #[field(fr = "Option prise", en = "Option taken", list, system)]
    pub taken: bool,
}

impl Rules for Quote {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.deposit_rate.is_none_or(master::price::discount_holds), || {
            Fault::new("deposit.range").on("deposit_rate")
        });
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.state == QuoteState::Draft {
            return Ok(());
        }
        Err(Fault::new("quote.sent").with("state", self.state.name()).into())
    }
}

impl Rules for QuoteLine {
    fn check(&self) -> Result<(), Faults> {
        pricing::check_line(self.quantity, self.unit_price, self.discount)
    }
}

impl QuoteLine {
    /// Whether it is part of what is sold: an option is once it is taken.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !self.optional || self.taken
    }
    /// What was asked for; what is left empty is filled from product and price list.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted {
            product: self.product,
            description: self.description.clone(),
            quantity: self.quantity,
            unit_price: self.unit_price,
            discount: self.discount,
            tax: self.tax,
            optional: self.optional,
        }
    }
}

/// The lines of a quote, by rank.
///
/// # Errors
/// `store.*`.
pub fn lines(tx: &mut Tx<'_>, quote: Id<Quote>) -> Result<Vec<kernel::Kept<QuoteLine>>, Fault> {
    let mut lines = tx.find(QuoteLine::QUOTE.is(&quote))?;
    lines.sort_by_key(|line| line.rank.unwrap_or(i64::MAX));
    Ok(lines)
}

/// Fills what was left empty, computes the totals, and numbers a new quote.
///
/// # Errors
/// Those of [`pricing::price_document`]; when the customer changes, those of [`follow`] and
/// `quote.opportunity`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Quote>::from_raw(id);
    let mut quote = tx.get(id)?;
    if quote.state != QuoteState::Draft {
        return Ok(());
    }
    let party = tx.get(quote.party)?;
    let mut lines = lines(tx, id)?;
    let mut wanted: Vec<Wanted> = lines.iter().map(|line| line.wanted()).collect();
    if let Some(former) = another_customer::former(tx, quote.priced_for, &party)? {
        another_customer::opportunity_fits(tx, quote.opportunity, &party)?;
        follow(tx, &former, &party, &mut wanted)?;
        if quote.payment_term == pricing::payment_term(tx, &former)? {
            quote.payment_term = None;
        }
    }
    quote.priced_for = Some(party.id);
    let priced = pricing::price_document(tx, &party, &wanted)?;
    let mut last = 0;
    for (line, priced) in lines.iter_mut().zip(&priced.lines) {
        last = line.rank.unwrap_or_else(|| pricing::rank_after(last));
        line.rank = Some(last);
        line.description = Some(priced.description.clone());
        line.unit_price = Some(priced.unit_price);
        line.discount = (!priced.discount.is_zero()).then_some(priced.discount);
        line.tax = Some(priced.tax);
        line.net = priced.net;
        line.unit_cost = priced.unit_cost;
        tx.save(line)?;
    }
    if quote.payment_term.is_none() {
        quote.payment_term = pricing::payment_term(tx, &party)?;
    }
    quote.revision = quote.revision.max(1);
    quote.valid_until = Some(quote.valid_until.unwrap_or(quote.quoted_on + VALID_DAYS));
    quote.seller = Some(quote.seller.take().unwrap_or_else(|| actor.name.to_string()));
    (quote.net, quote.tax_amount) = (priced.totals.net, priced.totals.tax);
    (quote.total, quote.margin) = (priced.totals.total, priced.margin);
    tx.save(&quote)?;
    if quote.number.is_none() {
        tx.last(move |tx| {
            let mut quote = tx.get(id)?;
            if quote.number.is_none() {
                quote.number = Some(numbers::next(tx, "quote", "DE")?);
                tx.save(&quote)?;
            }
            Ok(())
        });
    }
    Ok(())
}
