//! Where goods are: our own places, and the counterparts that keep the sum of every product at zero.

use std::collections::HashMap;

use kernel::{Actor, Choice, Condition, Entity, Fault, Faults, Filter, Id, RawId, Rules, Tx};

use super::level::StockLevel;

/// A place goods may be in, or come from, or go to.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Emplacement", en = "Location", frs = "Emplacements", ens = "Locations", steady)]
pub struct Location {
    #[field(fr = "Code", en = "Code", list, search, unique, title)]
    pub code: String,
    #[field(fr = "Nom", en = "Name", list, search, title)]
    pub name: String,
    #[field(fr = "Nom en anglais", en = "Name in English")]
    pub name_en: Option<String>,
    /// Only goods in places of the kind `stock` are ours to sell and are valued. It cannot change
    /// once goods went through the place.
    #[field(fr = "Nature", en = "Kind", list, index)]
    pub kind: LocationKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum LocationKind {
    #[choice(fr = "Stock", en = "Stock")]
    Stock,
    #[choice(fr = "Fournisseurs", en = "Suppliers")]
    Supplier,
    #[choice(fr = "Clients", en = "Customers")]
    Customer,
    #[choice(fr = "Pertes et écarts", en = "Losses and differences")]
    Loss,
    #[choice(fr = "Production", en = "Production")]
    Production,
    #[choice(fr = "Quarantaine", en = "Quarantine")]
    Quarantine,
}

impl LocationKind {
    /// Whether the place stands for the world outside: what it lacks, we have. Such a place may
    /// hold less than nothing.
    #[must_use]
    pub const fn is_counterpart(self) -> bool {
        !matches!(self, Self::Stock | Self::Quarantine)
    }
}

impl Rules for Location {}

/// The places that every company has: code, names, kind.
const SEEDS: &[(&str, &str, &str, LocationKind)] = &[
    ("STOCK", "Stock principal", "Main stock", LocationKind::Stock),
    ("FOURNISSEURS", "Fournisseurs", "Suppliers", LocationKind::Supplier),
    ("CLIENTS", "Clients", "Customers", LocationKind::Customer),
    ("PERTES", "Pertes et écarts", "Losses and differences", LocationKind::Loss),
    ("PRODUCTION", "Production", "Production", LocationKind::Production),
    ("QUARANTAINE", "Quarantaine", "Quarantine", LocationKind::Quarantine),
];

/// Gives a new company one place of each kind. Run again, it adds only what is missing.
///
/// # Errors
/// `store.*`.
pub fn seed_locations(tx: &mut Tx<'_>) -> Result<(), Faults> {
    let present = tx.find(Filter::<Location>::everything())?;
    for (code, name, name_en, kind) in SEEDS {
        if !present.iter().any(|place| place.code == *code || place.kind == *kind) {
            tx.insert(&Location {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                name_en: Some((*name_en).to_owned()),
                kind: *kind,
            })?;
        }
    }
    Ok(())
}

/// Every place of the company, read once.
#[derive(Debug)]
pub(super) struct Places {
    kinds: HashMap<Id<Location>, LocationKind>,
    /// Oldest first: the first of a kind is the one used when none is named.
    order: Vec<Id<Location>>,
}

impl Places {
    pub(super) fn read(tx: &mut Tx<'_>) -> Result<Self, Fault> {
        let all = tx.find(Filter::<Location>::everything())?;
        let order = all.iter().map(|place| place.id).collect();
        Ok(Self { kinds: all.iter().map(|place| (place.id, place.kind)).collect(), order })
    }
    pub(super) fn kind(&self, place: Id<Location>) -> Result<LocationKind, Fault> {
        let kind = self.kinds.get(&place).copied();
        kind.ok_or_else(|| kernel::work::not_found(Location::DEF, place.raw()))
    }
    /// The place used for a kind when none is named: the oldest.
    pub(super) fn main(&self, kind: LocationKind) -> Result<Id<Location>, Fault> {
        let found = self.order.iter().find(|place| self.kinds.get(place) == Some(&kind));
        found.copied().ok_or_else(|| Fault::new("location.none").with("kind", kind.name()))
    }
}

/// The place used for a kind when none is named: the oldest of that kind.
///
/// # Errors
/// `location.none`.
pub fn main_location(tx: &mut Tx<'_>, kind: LocationKind) -> Result<Id<Location>, Fault> {
    Places::read(tx)?.main(kind)
}

/// Goods that went through a place were counted by its kind: it stays what it is.
///
/// # Errors
/// `location.kind`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let location = tx.get(Id::<Location>::from_raw(id))?;
    let here = StockLevel::LOCATION.is(&location.id);
    let otherwise =
        Filter::new(Condition::Not(Box::new(StockLevel::KIND.is(&location.kind).condition)));
    match tx.first(here & otherwise)? {
        None => Ok(()),
        Some(_) => Err(Fault::new("location.kind").on("kind").into()),
    }
}
