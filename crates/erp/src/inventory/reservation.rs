//! Reservations: goods kept aside for someone. They are rows, so that each says for whom.

use std::collections::{BTreeSet, HashMap};

use kernel::{Entity, Event, Fault, Faults, Id, Kept, Origin, Quantity, Rules, Tx};
use master::Product;

use super::level::Levels;
use super::location::Location;

/// Goods of one place kept aside for one origin (an order line). A reservation only shrinks or goes;
/// the level of the place holds their sum.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Réservation",
    en = "Reservation",
    frs = "Réservations",
    ens = "Reservations",
    kept,
    unique = "origin, location"
)]
pub struct Reservation {
    #[field(fr = "Article", en = "Product", list, index)]
    pub product: Id<Product>,
    #[field(fr = "Emplacement", en = "Location", list)]
    pub location: Id<Location>,
    #[field(fr = "Quantité", en = "Quantity", list)]
    pub quantity: Quantity,
    #[field(fr = "Origine", en = "Origin", list)]
    pub origin: Origin,
}

impl Rules for Reservation {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.quantity > Quantity::ZERO, || {
            Fault::new("stock_move.quantity").on("quantity").with("given", self.quantity)
        });
        faults.into_result()
    }
}

/// The reservations of a few origins, worked on together. Their levels are held first.
pub(super) struct Reservations {
    rows: Vec<Kept<Reservation>>,
}

impl Reservations {
    /// One query, whatever the number of origins.
    ///
    /// # Errors
    /// `store.*`.
    pub(super) fn of(tx: &mut Tx<'_>, origins: &[Origin]) -> Result<Self, Fault> {
        if origins.is_empty() {
            return Ok(Self { rows: Vec::new() });
        }
        Ok(Self { rows: tx.find(Reservation::ORIGIN.among(origins))? })
    }

    fn add(&mut self, tx: &mut Tx<'_>, added: Reservation) -> Result<(), Faults> {
        let present = self
            .rows
            .iter_mut()
            .find(|row| row.origin == added.origin && row.location == added.location);
        match present {
            Some(row) => row.quantity += added.quantity,
            None => {
                let id = tx.insert(&added)?;
                self.rows.push(tx.get(id)?);
            }
        }
        Ok(())
    }

    /// Gives back up to `most` of what `origin` had kept of a product, and tells from where.
    pub(super) fn consume(
        &mut self,
        levels: &mut Levels,
        origin: Origin,
        product: Id<Product>,
        most: Quantity,
    ) -> Vec<(Id<Location>, Quantity)> {
        let (mut left, mut taken) = (most, Vec::new());
        for row in self.rows.iter_mut().filter(|row| row.origin == origin && row.product == product)
        {
            let part = left.min(row.quantity);
            if part > Quantity::ZERO {
                row.quantity -= part;
                levels.at(product, row.location).reserved -= part;
                left -= part;
                taken.push((row.location, part));
            }
        }
        taken
    }

    /// What an origin still keeps.
    pub(super) fn kept_for(&self, origin: Origin) -> Quantity {
        Quantity::sum(self.rows.iter().filter(|row| row.origin == origin).map(|row| row.quantity))
    }

    /// Writes what changed; a reservation of nothing goes.
    ///
    /// # Errors
    /// `store.*`.
    pub(super) fn store(self, tx: &mut Tx<'_>) -> Result<(), Faults> {
        for row in &self.rows {
            if row.quantity.is_zero() {
                tx.delete(row.id)?;
            } else {
                tx.save(row)?;
            }
        }
        Ok(())
    }
}

/// Keeps goods aside, as far as they are free, for each line in turn: product, how many more,
/// for whom. Tells how many were kept for each; what is missing is no refusal here.
///
/// Two queries whatever the number of lines. Hand in goods only: services have no stock.
///
/// # Errors
/// `store.*`.
pub fn reserve_all(
    tx: &mut Tx<'_>,
    lines: &[(Id<Product>, Quantity, Origin)],
) -> Result<Vec<Quantity>, Faults> {
    let products = lines.iter().map(|(product, ..)| *product).collect();
    let origins: Vec<Origin> = lines.iter().map(|(.., origin)| *origin).collect();
    let mut levels = Levels::hold(tx, &products)?;
    let mut reservations = Reservations::of(tx, &origins)?;
    let mut kept = Vec::with_capacity(lines.len());
    for (product, asked, origin) in lines {
        let mut left = *asked;
        for location in levels.stock_places(*product) {
            let level = levels.at(*product, location);
            let quantity = left.min(level.free());
            if quantity > Quantity::ZERO {
                level.reserved += quantity;
                left -= quantity;
                let (product, origin) = (*product, *origin);
                reservations.add(tx, Reservation { product, location, quantity, origin })?;
            }
        }
        kept.push(*asked - left);
    }
    levels.store(tx)?;
    reservations.store(tx)?;
    Ok(kept)
}

/// Keeps goods aside for one origin, as far as they are free, and tells how many.
///
/// # Errors
/// `store.*`.
pub fn reserve(
    tx: &mut Tx<'_>,
    product: Id<Product>,
    quantity: Quantity,
    origin: Origin,
) -> Result<Quantity, Faults> {
    Ok(Quantity::sum(reserve_all(tx, &[(product, quantity, origin)])?))
}

/// Leaves each origin at most this much of what it kept; the rest is free again. Emits
/// `stock.released` for each product of which something became free.
///
/// # Errors
/// `store.*`.
pub fn keep_at_most(tx: &mut Tx<'_>, limits: &[(Origin, Quantity)]) -> Result<(), Faults> {
    let origins: Vec<Origin> = limits.iter().map(|(origin, _)| *origin).collect();
    let products: BTreeSet<Id<Product>> =
        Reservations::of(tx, &origins)?.rows.iter().map(|row| row.product).collect();
    if products.is_empty() {
        return Ok(());
    }
    let mut levels = Levels::hold(tx, &products)?;
    // Read again: until the levels were held, someone else could take of them.
    let mut reservations = Reservations::of(tx, &origins)?;
    let mut freed = BTreeSet::new();
    for (origin, most) in limits {
        for product in &products {
            let extra = reservations.kept_for(*origin) - *most;
            if !reservations.consume(&mut levels, *origin, *product, extra).is_empty() {
                freed.insert(*product);
            }
        }
    }
    levels.store(tx)?;
    reservations.store(tx)?;
    for product in freed {
        tx.emit(Event::new("stock.released", Origin::of(product)));
    }
    Ok(())
}

/// Gives back all that these origins kept.
///
/// # Errors
/// `store.*`.
pub fn release_all(tx: &mut Tx<'_>, origins: &[Origin]) -> Result<(), Faults> {
    let limits: Vec<(Origin, Quantity)> =
        origins.iter().map(|origin| (*origin, Quantity::ZERO)).collect();
    keep_at_most(tx, &limits)
}

/// Gives back all that an origin kept.
///
/// # Errors
/// `store.*`.
pub fn release(tx: &mut Tx<'_>, origin: Origin) -> Result<(), Faults> {
    release_all(tx, &[origin])
}

/// What each of these origins keeps at present; absent when nothing.
///
/// # Errors
/// `store.*`.
pub fn reserved_for(
    tx: &mut Tx<'_>,
    origins: &[Origin],
) -> Result<HashMap<Origin, Quantity>, Fault> {
    let mut kept: HashMap<Origin, Quantity> = HashMap::new();
    for row in Reservations::of(tx, origins)?.rows {
        *kept.entry(row.origin).or_default() += row.quantity;
    }
    Ok(kept)
}
