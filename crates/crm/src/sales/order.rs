//! Orders: what a customer buys.

use kernel::{
    Actor, Choice, Currency, Day, Entity, Fault, Faults, Id, Instant, Kept, Lines, LongText, Money,
    Price, Quantity, Rate, RawId, Rules, Tx,
};
use master::{Address, AddressKind, Party, PaymentTerm, Product, Tax};

use super::another_customer::{self, follow};
use super::numbers;
use super::pricing::{self, Wanted};
use super::quote::Quote;

/// What a customer buys. Its stage is commanded; how far it is reserved, delivered, invoiced and
/// paid is derived from facts and told to it.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Commande",
    en = "Order",
    frs = "Commandes",
    ens = "Orders",
    index = "party, ordered_on",
    index = "party, stage",
    index = "stage, ordered_on"
)]
pub struct Order {
    #[field(fr = "Numéro", en = "Number", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Client", en = "Customer", list)]
    pub party: Id<Party>,
    /// The number the customer gave it: its invoice must cite it. Source: C. com., art. L441-9.
    #[field(fr = "Référence client", en = "Customer reference", list, search, index)]
    pub reference: Option<String>,
    #[field(fr = "Devis", en = "Quote", system, index)]
    pub quote: Option<Id<Quote>>,
    /// Today when left empty.
    #[field(fr = "Date", en = "Date", list)]
    pub ordered_on: Option<Day>,
    #[field(fr = "Livraison souhaitée le", en = "Wanted on", list)]
    pub wanted_on: Option<Day>,
    #[field(fr = "Condition de paiement", en = "Payment term")]
    pub payment_term: Option<Id<PaymentTerm>>,
    /// The share of the total asked for before anything leaves.
    #[field(fr = "Acompte", en = "Deposit")]
    pub deposit_rate: Option<Rate>,
    #[field(fr = "Facturation", en = "Invoicing")]
    pub invoicing: Invoicing,
    #[field(fr = "Vendeur", en = "Seller", list, index)]
    pub seller: Option<String>,
    #[field(fr = "Livré à", en = "Deliver to")]
    pub delivery_name: Option<String>,
    #[field(fr = "Adresse de livraison", en = "Delivery street")]
    pub delivery_street: Option<String>,
    #[field(fr = "Code postal de livraison", en = "Delivery postcode")]
    pub delivery_postcode: Option<String>,
    #[field(fr = "Ville de livraison", en = "Delivery city")]
    pub delivery_city: Option<String>,
    #[field(fr = "Pays de livraison", en = "Delivery country")]
    pub delivery_country: Option<String>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<OrderLine>,
    #[field(fr = "Étape", en = "Stage", list, system)]
    pub stage: OrderStage,
    #[field(fr = "Réservation", en = "Reservation", list, system)]
    pub reservation: Progress,
    #[field(fr = "Livraison", en = "Delivery", list, system)]
    pub delivery: Progress,
    #[field(fr = "Facturé", en = "Invoiced", list, system)]
    pub invoicing_state: Progress,
    #[field(fr = "Paiement", en = "Payment", list, system)]
    pub payment: PaymentState,
    #[field(fr = "Total HT", en = "Total excl. tax", list, system)]
    pub net: Money,
    #[field(fr = "TVA", en = "VAT", system)]
    pub tax_amount: Money,
    #[field(fr = "Total TTC", en = "Total incl. tax", list, system)]
    pub total: Money,
    /// What is left of the total excluding tax once the goods are paid for.
    #[field(fr = "Marge", en = "Margin", system)]
    pub margin: Money,
    #[field(fr = "Confirmée le", en = "Confirmed at", system)]
    pub confirmed_at: Option<Instant>,
    /// The day by which every line can leave.
    #[field(fr = "Promise pour le", en = "Promised on", list, system)]
    pub promised_on: Option<Day>,
    #[field(fr = "Motif de clôture", en = "Reason closed", system)]
    pub closed_reason: Option<String>,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<LongText>,
    /// The customer on whose terms it was drawn up: known when a draft changes hands.
    #[field(fr = "Aux conditions de", en = "On the terms of", system)]
    pub priced_for: Option<Id<Party>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum OrderStage {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Confirmée", en = "Confirmed")]
    Confirmed,
    #[choice(fr = "Close", en = "Closed")]
    Closed,
    #[choice(fr = "Annulée", en = "Cancelled")]
    Cancelled,
}

/// When the customer is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Invoicing {
    #[choice(fr = "À la livraison", en = "On delivery")]
    OnDelivery,
    #[choice(fr = "À la commande", en = "On order")]
    OnOrder,
}

/// How far a thing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum Progress {
    #[choice(fr = "Non", en = "None")]
    None,
    #[choice(fr = "En partie", en = "Partial")]
    Partial,
    #[choice(fr = "En entier", en = "Full")]
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum PaymentState {
    #[choice(fr = "Non", en = "None")]
    None,
    #[choice(fr = "En partie", en = "Partial")]
    Partial,
    #[choice(fr = "En entier", en = "Full")]
    Full,
    #[choice(fr = "En retard", en = "Overdue")]
    Overdue,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne de commande",
    en = "Order line",
    frs = "Lignes de commande",
    ens = "Order lines"
)]
pub struct OrderLine {
    #[field(fr = "Commande", en = "Order", parent)]
    pub order: Id<Order>,
    #[field(fr = "Rang", en = "Rank", place)]
    pub rank: Option<i64>,
    #[field(fr = "Produit", en = "Product", list, index)]
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
    #[field(fr = "Réservé", en = "Reserved", list, system)]
    pub reserved: Quantity,
    #[field(fr = "Livré", en = "Delivered", list, system)]
    pub delivered: Quantity,
    #[field(fr = "Facturé", en = "Invoiced", list, system)]
    pub invoiced: Quantity,
    #[field(fr = "Promis pour le", en = "Promised on", list, system)]
    pub promised_on: Option<Day>,
}

impl Rules for Order {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.deposit_rate.is_none_or(master::price::discount_holds), || {
            Fault::new("deposit.range").on("deposit_rate")
        });
        master::identifiers::check_country(&mut faults, self.delivery_country.as_deref());
        faults.into_result().map_err(|mut faults| {
            for fault in faults.0.iter_mut().filter(|fault| fault.code == "country.unknown") {
                fault.field = Some("delivery_country".into());
            }
            faults
        })
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.stage == OrderStage::Draft {
            return Ok(());
        }
        Err(Fault::new("order.confirmed").with("stage", self.stage.name()).into())
    }
}

impl Rules for OrderLine {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.gather(pricing::check_line(self.quantity, self.unit_price, self.discount));
        for (quantity, field) in [
            (self.reserved, "reserved"),
            (self.delivered, "delivered"),
            (self.invoiced, "invoiced"),
        ] {
            faults.ensure(quantity >= Quantity::ZERO, || {
                Fault::new("line.negative").on(field).with("given", quantity)
            });
        }
        faults.into_result()
    }
}

impl Order {
    /// A draft of which only the customer is known.
    #[must_use]
    pub fn of(party: Id<Party>, currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self {
            number: None,
            party,
            reference: None,
            quote: None,
            ordered_on: None,
            wanted_on: None,
            payment_term: None,
            deposit_rate: None,
            invoicing: Invoicing::OnDelivery,
            seller: None,
            delivery_name: None,
            delivery_street: None,
            delivery_postcode: None,
            delivery_city: None,
            delivery_country: None,
            lines: Lines::HERE,
            stage: OrderStage::Draft,
            reservation: Progress::None,
            delivery: Progress::None,
            invoicing_state: Progress::None,
            payment: PaymentState::None,
            net: nothing,
            tax_amount: nothing,
            total: nothing,
            margin: nothing,
            confirmed_at: None,
            promised_on: None,
            closed_reason: None,
            note: None,
            priced_for: None,
        }
    }
}

impl OrderLine {
    /// So many of a product, at the customer's price: the rest is filled when the order settles.
    #[must_use]
    pub fn of(
        order: Id<Order>,
        product: Id<Product>,
        quantity: Quantity,
        currency: Currency,
    ) -> Self {
        Self {
            order,
            rank: None,
            product,
            description: None,
            quantity,
            unit_price: None,
            discount: None,
            tax: None,
            net: Money::zero(currency),
            unit_cost: Price::zero(currency),
            reserved: Quantity::ZERO,
            delivered: Quantity::ZERO,
            invoiced: Quantity::ZERO,
            promised_on: None,
        }
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
            optional: false,
        }
    }
    /// What has not left yet; never below zero.
    #[must_use]
    pub fn to_deliver(&self) -> Quantity {
        (self.quantity - self.delivered).max(Quantity::ZERO)
    }
}

/// The lines of an order, by rank.
///
/// # Errors
/// `store.*`.
pub fn lines(tx: &mut Tx<'_>, order: Id<Order>) -> Result<Vec<Kept<OrderLine>>, Fault> {
    let mut lines = tx.find(OrderLine::ORDER.is(&order))?;
    lines.sort_by_key(|line| line.rank.unwrap_or(i64::MAX));
    Ok(lines)
}

/// Fills what was left empty, computes totals and margin, and numbers a new order.
///
/// # Errors
/// Those of [`pricing::price_document`]; when the customer changes, those of [`follow`] and
/// `order.quoted`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Order>::from_raw(id);
    let mut order = tx.get(id)?;
    if order.stage != OrderStage::Draft {
        return Ok(());
    }
    let party = tx.get(order.party)?;
    let mut lines = lines(tx, id)?;
    let mut wanted: Vec<Wanted> = lines.iter().map(|line| line.wanted()).collect();
    if let Some(former) = another_customer::former(tx, order.priced_for, &party)? {
        another_customer::order_follows(tx, &mut order, &former)?;
        follow(tx, &former, &party, &mut wanted)?;
    }
    order.priced_for = Some(party.id);
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
    if order.payment_term.is_none() {
        order.payment_term = pricing::payment_term(tx, &party)?;
    }
    if order.delivery_name.is_none() && order.delivery_street.is_none() {
        deliver_home(tx, &mut order, &party)?;
    }
    master::identifiers::tidy(&mut order.delivery_country);
    order.ordered_on = Some(order.ordered_on.unwrap_or(tx.today()));
    order.seller = Some(order.seller.take().unwrap_or_else(|| actor.name.to_string()));
    (order.net, order.tax_amount) = (priced.totals.net, priced.totals.tax);
    (order.total, order.margin) = (priced.totals.total, priced.margin);
    tx.save(&order)?;
    if order.number.is_none() {
        tx.last(move |tx| {
            let mut order = tx.get(id)?;
            if order.number.is_none() {
                order.number = Some(numbers::next(tx, "order", "CC")?);
                tx.save(&order)?;
            }
            Ok(())
        });
    }
    Ok(())
}

/// Delivers to the party's first delivery address, or to its own.
fn deliver_home(tx: &mut Tx<'_>, order: &mut Order, party: &Kept<Party>) -> Result<(), Fault> {
    let delivery = Address::KIND.is(&AddressKind::Delivery);
    let other = tx.first(Address::PARTY.is(&party.id) & delivery)?.map(Kept::into_inner);
    order.delivery_name = Some(match other.as_ref().and_then(|address| address.label.clone()) {
        Some(label) if label != party.name => format!("{} – {label}", party.name),
        _ => party.name.clone(),
    });
    let country = party.country_code().to_owned();
    let (street, postcode, city, country) = match other {
        Some(at) => (at.street, at.postcode, at.city, at.country.unwrap_or(country)),
        None => (party.street.clone(), party.postcode.clone(), party.city.clone(), country),
    };
    (order.delivery_street, order.delivery_postcode) = (street, postcode);
    (order.delivery_city, order.delivery_country) = (city, Some(country));
    Ok(())
}
