//! Whose a record is: the way from it to a person.

use crate::{Catalog, EntityDef, FieldDef, Kind};

/// The fields that name a person by what they are called: who signs in is unknown where they are.
const NAMED: [&str; 2] = ["responsible", "assignee"];
/// How many references lead to an owner at most: the line of a shipment of an order of a customer.
const STEPS: u32 = 4;

/// Whether a field of no known kind of record names a person who signs in.
#[must_use]
pub fn names_person(field: &FieldDef) -> bool {
    matches!(field.kind, Kind::Origin) && NAMED.contains(&field.name)
}

/// The way from a record to the person it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum Path {
    /// This field names the person.
    Field(&'static FieldDef),
    /// It belongs to whom the record that this field names belongs to.
    Through(&'static FieldDef, &'static EntityDef, Box<Path>),
}

/// The shortest way, if there is one: a field that names a person; else the record whose line this
/// is; else the first reference to something that is someone's, partners before all others.
#[must_use]
pub fn path(catalog: &Catalog, def: &'static EntityDef) -> Option<Path> {
    (1..=STEPS).find_map(|steps| within(catalog, def, steps))
}

fn within(catalog: &Catalog, def: &'static EntityDef, steps: u32) -> Option<Path> {
    let person = def.fields.iter().find(|field| match field.kind {
        Kind::Ref(target) => target == "user",
        _ => names_person(field),
    });
    if let Some(field) = person {
        return Some(Path::Field(field));
    }
    if steps == 1 {
        return None;
    }
    let mut links: Vec<(&'static FieldDef, &'static str)> = def
        .fields
        .iter()
        .filter_map(|field| match field.kind {
            Kind::Ref(target) if target != def.name => Some((field, target)),
            _ => None,
        })
        .collect();
    links.sort_by_key(|(field, target)| (!field.parent, *target != "party"));
    links.into_iter().find_map(|(field, target)| {
        let target = catalog.entity(target)?;
        let rest = within(catalog, target, steps - 1)?;
        Some(Path::Through(field, target, Box::new(rest)))
    })
}
