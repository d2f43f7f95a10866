//! What a shipment is, and the steps it may take.

use kernel::{Choice, Day, Entity, Fault, Faults, Id, Lines, Origin, Quantity, Rules};
use master::{Party, Product, identifiers};

/// Goods sent to a customer, with their delivery note.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Expédition", en = "Shipment", frs = "Expéditions", ens = "Shipments")]
pub struct Shipment {
    /// `BL-2026-00001`: the number of the delivery note.
    #[field(fr = "Bon de livraison", en = "Delivery note", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Client", en = "Customer", list, index)]
    pub party: Id<Party>,
    /// What it delivers: an order. None for goods sent outside any order.
    #[field(fr = "Origine", en = "Origin", list, index, system)]
    pub origin: Option<Origin>,
    #[field(fr = "État", en = "State", list, index, system)]
    pub state: ShipmentState,
    #[field(fr = "Transporteur", en = "Carrier", list)]
    pub carrier: Option<String>,
    #[field(fr = "Suivi", en = "Tracking", search)]
    pub tracking: Option<String>,
    #[field(fr = "Colis", en = "Parcels")]
    pub parcels: Option<i64>,
    /// In grams.
    #[field(fr = "Poids (g)", en = "Weight (g)")]
    pub weight_g: Option<i64>,
    #[field(fr = "Destinataire", en = "Recipient")]
    pub name: Option<String>,
    #[field(fr = "Adresse", en = "Street")]
    pub street: Option<String>,
    #[field(fr = "Code postal", en = "Postcode")]
    pub postcode: Option<String>,
    #[field(fr = "Ville", en = "City", list, search)]
    pub city: Option<String>,
    /// ISO 3166-1, two letters.
    #[field(fr = "Pays", en = "Country")]
    pub country: Option<String>,
    #[field(fr = "Prévue le", en = "Planned on", list, index)]
    pub planned_on: Option<Day>,
    #[field(fr = "Expédiée le", en = "Shipped on", list, index, system)]
    pub shipped_on: Option<Day>,
    #[field(fr = "Livrée le", en = "Delivered on", list, system)]
    pub delivered_on: Option<Day>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<ShipmentLine>,
}

/// One product of a shipment.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne d’expédition",
    en = "Shipment line",
    frs = "Lignes d’expédition",
    ens = "Shipment lines"
)]
pub struct ShipmentLine {
    #[field(fr = "Expédition", en = "Shipment", parent)]
    pub shipment: Id<Shipment>,
    #[field(fr = "Article", en = "Product", list)]
    pub product: Id<Product>,
    #[field(fr = "Désignation", en = "Description", list)]
    pub description: Option<String>,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    /// What was scanned or counted of it so far; all of it once the shipment is picked.
    #[field(fr = "Prélevé", en = "Picked", list, system)]
    pub picked: Quantity,
    /// What it delivers: an order line, whose reservation it consumes.
    #[field(fr = "Origine", en = "Origin", index, system)]
    pub origin: Option<Origin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum ShipmentState {
    #[choice(fr = "À préparer", en = "To prepare")]
    Draft,
    #[choice(fr = "Prélevée", en = "Picked")]
    Picked,
    #[choice(fr = "Emballée", en = "Packed")]
    Packed,
    #[choice(fr = "Expédiée", en = "Shipped")]
    Shipped,
    #[choice(fr = "Livrée", en = "Delivered")]
    Delivered,
    #[choice(fr = "Annulée", en = "Cancelled")]
    Cancelled,
}

impl ShipmentState {
    /// The only steps a shipment may take. A small house may skip picking and packing; nothing
    /// comes back once the goods have left: a return is an act of its own.
    const STEPS: &'static [(Self, Self)] = &[
        (Self::Draft, Self::Picked),
        (Self::Draft, Self::Packed),
        (Self::Draft, Self::Shipped),
        (Self::Draft, Self::Cancelled),
        (Self::Picked, Self::Packed),
        (Self::Picked, Self::Shipped),
        (Self::Picked, Self::Cancelled),
        (Self::Packed, Self::Shipped),
        (Self::Packed, Self::Cancelled),
        (Self::Shipped, Self::Delivered),
    ];

    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        Self::STEPS.contains(&(self, next))
    }
    /// Whether the goods have not left and may still leave.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Picked | Self::Packed)
    }
    /// Whether the goods have left.
    #[must_use]
    pub const fn has_left(self) -> bool {
        matches!(self, Self::Shipped | Self::Delivered)
    }
}

impl Shipment {
    /// Takes the step to `next`.
    ///
    /// # Errors
    /// `shipment.state`, with the state it is in and the one asked for.
    pub fn step_to(&mut self, next: ShipmentState) -> Result<(), Fault> {
        if !self.state.may_become(next) {
            return Err(Fault::new("shipment.state")
                .on("state")
                .with("state", self.state.name())
                .with("asked", next.name()));
        }
        self.state = next;
        Ok(())
    }
}

impl Rules for Shipment {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.parcels.is_none_or(|parcels| parcels > 0), || {
            Fault::new("shipment.parcels").on("parcels")
        });
        faults.ensure(self.weight_g.is_none_or(|weight| weight >= 0), || {
            Fault::new("shipment.weight").on("weight_g")
        });
        identifiers::check_country(&mut faults, self.country.as_deref());
        faults.ensure(self.state.has_left() == self.shipped_on.is_some(), || {
            Fault::new("shipment.shipped_on").on("shipped_on")
        });
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.state == ShipmentState::Draft {
            return Ok(());
        }
        Err(Fault::new("shipment.begun").with("state", self.state.name()).into())
    }
}

impl Rules for ShipmentLine {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.quantity > Quantity::ZERO, || {
            Fault::new("stock_move.quantity").on("quantity").with("given", self.quantity)
        });
        faults.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ShipmentState::*;

    fn shipment(state: ShipmentState) -> Shipment {
        Shipment {
            number: None,
            party: Id::from_raw(kernel::RawId([1; 16])),
            origin: None,
            state,
            carrier: None,
            tracking: None,
            parcels: None,
            weight_g: None,
            name: None,
            street: None,
            postcode: None,
            city: None,
            country: Some("FR".to_owned()),
            planned_on: None,
            shipped_on: state.has_left().then_some(Day(20_000)),
            delivered_on: None,
            lines: Lines::HERE,
        }
    }

    #[test]
    fn goods_that_left_cannot_be_cancelled_nor_leave_again() {
        for (from, to) in [
            (Shipped, Cancelled),
            (Delivered, Cancelled),
            (Shipped, Shipped),
            (Delivered, Shipped),
            (Cancelled, Shipped),
            (Cancelled, Draft),
            (Packed, Picked),
            (Draft, Delivered),
        ] {
            let refusal = shipment(from).step_to(to).unwrap_err();
            assert_eq!(refusal.code, "shipment.state", "{from:?} → {to:?}");
        }
    }

    #[test]
    fn a_shipment_goes_step_by_step_to_the_customer() {
        let mut shipment = shipment(Draft);
        for next in [Picked, Packed, Shipped, Delivered] {
            shipment.step_to(next).unwrap();
        }
        assert_eq!(shipment.state, Delivered);
    }

    #[test]
    fn only_a_shipment_not_begun_is_edited_by_hand() {
        assert!(shipment(Draft).editable().is_ok());
        for state in [Picked, Packed, Shipped, Delivered, Cancelled] {
            assert!(shipment(state).editable().unwrap_err().has("shipment.begun"));
        }
    }

    #[test]
    fn a_shipment_that_left_has_its_day() {
        assert!(shipment(Shipped).check().is_ok());
        let mut dayless = shipment(Shipped);
        dayless.shipped_on = None;
        assert!(dayless.check().unwrap_err().has("shipment.shipped_on"));
    }
}
