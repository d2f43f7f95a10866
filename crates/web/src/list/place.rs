//! In which order a list goes, and where a page of it begins.

use kernel::{Direction, EntityDef, Fault, FieldDef, Kind, RawId, Value, json};

use super::wanted::{Filter, sorts};
use crate::door::Ask;
use crate::show;

pub(super) fn order(
    ask: &Ask,
    def: &'static EntityDef,
    filters: &[Filter],
) -> Result<(&'static str, Direction), Fault> {
    let given = ask.query.text("sort");
    if given.is_empty() {
        return Ok((usual(ask, def, filters), Direction::Down));
    }
    let (name, direction) = match given.strip_prefix('-') {
        Some(name) => (name, Direction::Down),
        None => (given, Direction::Up),
    };
    if name == "id" {
        return Ok(("id", direction));
    }
    let allowed = |field: &&FieldDef| sorts(def, field) && !show::hidden(&ask.actor, def, field);
    let field = def.field(name).filter(allowed);
    let field = field.ok_or_else(|| Fault::new("query.sort").on("sort").with("given", given))?;
    Ok((field.name, direction))
}

/// The order of a list when none is asked: newest first. SQLite keeps no statistics: of a filtered
/// list it would read every record down to the newest that pass, so that there the list goes along
/// the index which begins with the filter, when there is one.
fn usual(ask: &Ask, def: &'static EntityDef, filters: &[Filter]) -> &'static str {
    if ask.state.store.dialect() != store::Dialect::Sqlite {
        return "id";
    }
    let is =
        |name: &str| filters.iter().any(|filter| filter.field.name == name && filter.is_exact());
    let along = def.indexes.iter().find_map(|group| match group {
        [first, second, ..] if is(first) && !is(second) => def.field(second),
        _ => None,
    });
    along.filter(|field| !matches!(field.kind, Kind::Ref(_))).map_or("id", |field| field.name)
}

pub(super) fn read_token(
    token: &str,
    def: &EntityDef,
    order: &str,
    currency: kernel::Currency,
) -> Result<(Value, RawId), Fault> {
    let refused = || Fault::new("query.cursor").on("after");
    let (pairs, rest) = token.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let bytes = bytes.filter(|_| rest.is_empty()).ok_or_else(refused)?;
    let parts: [serde_json::Value; 2] = serde_json::from_slice(&bytes).map_err(|_| refused())?;
    let id = parts[1].as_str().ok_or_else(refused)?;
    let id = RawId::parse(id).map_err(|_| refused())?;
    let value = match def.field(order) {
        Some(field) => json::to_value(field, &parts[0], currency).map_err(|_| refused())?,
        None => Value::Ref(id),
    };
    Ok((value, id))
}
