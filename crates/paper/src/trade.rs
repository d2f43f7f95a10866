//! Quotes, order confirmations and delivery notes: what their documents say.

use kernel::{Currency, Day, Instant, Money, Price, Quantity, Rate};

use crate::invoice::{Reference, Totals, VatTotal};
use crate::party::{Letterhead, Party};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeKind {
    Quote,
    OrderConfirmation,
    DeliveryNote,
}

/// The price of a line; a delivery note has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradePrice {
    pub unit_price: Price,
    pub discount: Rate,
    pub vat_rate: Rate,
    pub net: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeLine {
    pub sku: Option<String>,
    pub name: String,
    /// A second, smaller line: lots, serial numbers, a promised day.
    pub detail: Option<String>,
    /// On a delivery note: what was ordered, when it may differ.
    pub ordered: Option<Quantity>,
    /// Offered, ordered, or delivered.
    pub quantity: Quantity,
    /// A code of UN/ECE recommendation 20 or 21.
    pub unit: String,
    pub price: Option<TradePrice>,
}

/// Who accepted a quote, when, and the strokes of a signature if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    pub by: String,
    pub role: Option<String>,
    pub at: Instant,
    /// Lines of points on the sheet.
    pub strokes: Vec<Vec<(u16, u16)>>,
    /// The width and the height of the sheet.
    pub sheet: (u16, u16),
}

/// All that the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradePaper {
    pub kind: TradeKind,
    pub number: String,
    pub issued: Day,
    pub currency: Currency,
    pub seller: Party,
    pub letterhead: Letterhead,
    pub buyer: Party,
    pub delivered_to: Option<Party>,
    /// The order that a delivery note serves, the quote that an order accepts.
    pub order: Option<Reference>,
    pub purchase_order: Option<String>,
    pub buyer_reference: Option<String>,
    /// The last day a quote may be accepted.
    pub valid_until: Option<Day>,
    /// The day the goods are promised, or were sent.
    pub delivery_day: Option<Day>,
    pub carrier: Option<String>,
    /// Parcels and their weight, as one sentence: `3 colis, 42 kg`.
    pub parcels: Option<String>,
    pub lines: Vec<TradeLine>,
    pub vat: Vec<VatTotal>,
    pub totals: Option<Totals>,
    /// The share asked on acceptance, and what it comes to with VAT.
    pub deposit: Option<(Rate, Money)>,
    /// Payment and delivery terms in words.
    pub terms: String,
    pub notes: Vec<String>,
    pub signed: Option<Signed>,
}
