//! Each value of a record held against its kind.

use crate::{Catalog, EntityDef, Fault, Faults, FieldDef, Kind, Record, Tx, Value};

/// Checks each value against its kind: required, length, known choice, known reference.
pub(crate) fn fits(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    def: &'static EntityDef,
    values: &Record,
) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (field, value) in def.fields.iter().zip(values) {
        let blank = matches!(value, Value::Null)
            || matches!(value, Value::Text(text) if text.trim().is_empty() && !field.system);
        if blank && field.required {
            faults.0.push(Fault::new("field.required").on(field.name));
            continue;
        }
        match (field.kind, value) {
            (Kind::Text { max }, Value::Text(text)) => {
                // Sealed, it takes half as much again.
                let max = if field.secret { max.min(100) } else { max };
                let most = usize::try_from(max).unwrap_or(usize::MAX);
                faults.ensure(text.chars().count() <= most, || too_long(field, max));
                faults.ensure(!text.contains(char::is_control), || {
                    Fault::new("field.control").on(field.name)
                });
            }
            (Kind::LongText, Value::Text(text)) => {
                faults.ensure(text.chars().count() <= 20_000, || too_long(field, 20_000));
                faults.ensure(!text.contains('\0'), || Fault::new("field.control").on(field.name));
            }
            (Kind::Choice(choices), Value::Text(name)) => {
                faults.ensure(choices.iter().any(|(choice, _)| choice == name), || {
                    Fault::new("field.choice").on(field.name).with("given", name.as_str())
                });
            }
            (Kind::Ref(target), Value::Ref(id)) if !field.parent => {
                let target = catalog.entity(target);
                let found = target.map(|target| tx.row(target, *id)).transpose()?.flatten();
                faults.ensure(found.is_some(), || {
                    Fault::new("reference.unknown").on(field.name).with("id", *id)
                });
            }
            _ => {}
        }
    }
    faults.into_result()
}

fn too_long(field: &FieldDef, most: u32) -> Fault {
    Fault::new("field.long").on(field.name).with("most", i64::from(most))
}
