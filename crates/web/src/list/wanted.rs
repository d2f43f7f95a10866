//! What the address of a list asks for: words, filters, order, place.

use kernel::{
    Condition, Direction, EntityDef, Fault, Faults, FieldDef, Kind, Query, RawId, Row, Tx, Value,
    json, typed,
};
use serde_json::json;

use crate::address::Fields;
use crate::door::{Ask, hexadecimal};
use crate::parts::{Picked, picked};
use crate::titles::Named;
use crate::{pick, show};

/// How many records a page has.
pub const PAGE: usize = 50;

/// Parameters that are not filters.
const OWN: &[&str] = &["q", "sort", "after", "first", "lang"];

/// Where a filter draws the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Is,
    From,
    To,
    /// Not filled in.
    Empty,
}

/// One filter in force.
#[derive(Debug, Clone)]
pub struct Filter {
    /// As in the address: `stage`, `ordered_on.gte`, `released_at.empty`.
    pub name: String,
    pub field: &'static FieldDef,
    pub value: Value,
    bound: Bound,
}

impl Filter {
    #[must_use]
    pub fn is_lower_bound(&self) -> bool {
        self.bound == Bound::From
    }
    #[must_use]
    pub fn is_upper_bound(&self) -> bool {
        self.bound == Bound::To
    }
    /// Whether it asks for records in which the field is not filled in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bound == Bound::Empty
    }
}

/// What a list is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    def: &'static EntityDef,
    pub words: String,
    pub filters: Vec<Filter>,
    order: &'static str,
    direction: Direction,
    after: Option<(Value, RawId)>,
    /// The number of the first line of the page.
    pub first: usize,
    /// The parameters that stand for all this but the place.
    address: Fields,
}

/// Whether records are found by a field without reading every one.
#[must_use]
pub fn indexed(def: &EntityDef, field: &FieldDef) -> bool {
    let leads = |groups: &[&[&str]]| groups.iter().any(|group| group.first() == Some(&field.name));
    field.index || field.unique || field.parent || leads(def.indexes) || leads(def.uniques)
}

/// Whether lists sort by a field without reading every record.
#[must_use]
pub fn sorts(def: &EntityDef, field: &FieldDef) -> bool {
    indexed(def, field) && !matches!(field.kind, Kind::Lines(_) | Kind::Origin | Kind::Ref(_))
}

impl Wanted {
    /// Reads the address. A reference typed as text is looked up.
    ///
    /// # Errors
    /// `query.unknown`, `query.sort`, `query.cursor`, `forbidden`, and those of the values.
    pub fn of(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<Self, Faults> {
        let query = &ask.query;
        let (mut faults, mut filters) = (Faults::default(), Vec::new());
        let mut address = Fields::default();
        let words: String = query.text("q").chars().filter(|c| !c.is_control()).take(200).collect();
        if !words.is_empty() {
            address.push("q", words.as_str());
        }
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &query.0 {
            let bare = name.strip_suffix(".text").or(name.strip_suffix(".was")).unwrap_or(name);
            if !OWN.contains(&bare) && !names.contains(&bare) {
                names.push(bare);
            }
        }
        for name in names {
            match filter(tx, ask, def, name) {
                Ok(Some(filter)) => {
                    address.push(filter.name.as_str(), plain(&filter.value));
                    filters.push(filter);
                }
                Ok(None) => {}
                Err(fault) => faults.0.push(fault.on(name.to_owned())),
            }
        }
        let order = faults.gather(order(ask, def, &filters).map_err(Into::into));
        let (order, direction) = order.unwrap_or(("id", Direction::Down));
        if query.get("sort").is_some() {
            address.push("sort", query.text("sort"));
        }
        let after = query.get("after").map(|token| read_token(token, def, order, tx.currency()));
        let after = faults.gather(after.transpose().map_err(Into::into)).flatten();
        faults.into_result()?;
        let first = query.text("first").parse().unwrap_or(1).max(1);
        let first = if after.is_some() { first } else { 1 };
        Ok(Self { def, words, filters, order, direction, after, first, address })
    }

    /// The query of one page and of one record more, which tells whether others follow.
    #[must_use]
    pub fn query(&self) -> Query {
        let mut query = Query::all(self.def).sorted(self.order, self.direction);
        query.after = self.after.clone();
        for filter in &self.filters {
            let (name, value) = (filter.field.name, filter.value.clone());
            query = query.only(match filter.bound {
                Bound::Is => Condition::Is(name, value),
                Bound::From => Condition::AtLeast(name, value),
                Bound::To => Condition::AtMost(name, value),
                Bound::Empty => Condition::Empty(name),
            });
        }
        if !self.words.is_empty() {
            query = query.only(Condition::Search(self.words.clone()));
        }
        query.limit(u32::try_from(PAGE + 1).unwrap_or(u32::MAX))
    }

    /// Takes the record too many away, and gives the address of the page that follows.
    #[must_use]
    pub fn next(&self, rows: &mut Vec<Row>) -> Option<String> {
        if rows.len() <= PAGE {
            return None;
        }
        rows.truncate(PAGE);
        let last = rows.last()?;
        let value = self.def.rank(self.order).and_then(|rank| last.values.get(rank));
        let token = json!([value.map(json::of_value), last.id.to_string()]);
        let mut address = self.address.clone();
        address.push("after", hexadecimal(token.to_string().as_bytes()));
        address.push("first", (self.first + PAGE).to_string());
        Some(address.after(&format!("/{}", self.def.plural)))
    }

    /// The parameters of the filters and the order, after another path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        self.address.after(path)
    }
    /// The address of the first page.
    #[must_use]
    pub fn without_place(&self) -> String {
        self.address.after(&format!("/{}", self.def.plural))
    }
    /// The address without one filter.
    #[must_use]
    pub fn without(&self, name: &str) -> String {
        self.address.without(&[name]).after(&format!("/{}", self.def.plural))
    }
    /// The address with one filter set to a value, or taken away.
    #[must_use]
    pub fn with(&self, name: &str, value: Option<&str>) -> String {
        let mut address = self.address.without(&[name]);
        if let Some(value) = value {
            address.push(name, value);
        }
        address.after(&format!("/{}", self.def.plural))
    }
    /// The parameters, for the hidden fields of a form.
    #[must_use]
    pub fn parameters(&self) -> &Fields {
        &self.address
    }
    /// The address that sorts by a field, the other way round when it does already.
    #[must_use]
    pub fn sorted_by(&self, name: &str) -> String {
        let turned = if self.ascending(name) == Some(true) { "-" } else { "" };
        let mut address = self.address.clone();
        address.set("sort", format!("{turned}{name}"));
        address.after(&format!("/{}", self.def.plural))
    }
    /// How the list is sorted by a field now.
    #[must_use]
    pub fn ascending(&self, name: &str) -> Option<bool> {
        (self.order == name).then_some(self.direction == Direction::Up)
    }
    /// Whether anything is filtered away.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        !self.words.is_empty() || !self.filters.is_empty()
    }
    /// The filter in force under this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&Filter> {
        self.filters.iter().find(|filter| filter.name == name)
    }
    /// The records that filters name.
    pub fn named(&self) -> impl Iterator<Item = Named> + '_ {
        self.filters.iter().filter_map(|filter| match (filter.field.kind, &filter.value) {
            (Kind::Ref(target), Value::Ref(id)) => Some((target, *id)),
            (_, Value::Origin(origin)) => Some((origin.entity, origin.id)),
            _ => None,
        })
    }
}

/// A value as it stands in the address: as the API writes it.
fn plain(value: &Value) -> String {
    match json::of_value(value) {
        serde_json::Value::String(text) => text,
        serde_json::Value::Object(members) => {
            members.get("amount").and_then(|amount| amount.as_str()).unwrap_or("").to_owned()
        }
        other => other.to_string(),
    }
}

fn filter(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    name: &str,
) -> Result<Option<Filter>, Fault> {
    let (bare, bound) = match name.rsplit_once('.') {
        Some((bare, "gte")) => (bare, Bound::From),
        Some((bare, "lte")) => (bare, Bound::To),
        Some((bare, "empty")) => (bare, Bound::Empty),
        _ => (name, Bound::Is),
    };
    let unknown = || Fault::new("query.unknown").with("given", name);
    let field = def.field(bare).ok_or_else(unknown)?;
    if matches!(field.kind, Kind::Lines(_) | Kind::LongText | Kind::Rate) {
        return Err(unknown());
    }
    // A hidden value must not be guessed by asking for it.
    if show::hidden(&ask.actor, def, field) {
        return Err(Fault::new("forbidden").with("right", format!("{}.{bare}.read", def.name)));
    }
    let text = ask.query.text(name);
    let value = match field.kind {
        _ if bound == Bound::Empty => Value::Flag(true),
        Kind::Ref(target) => {
            let given = picked(name, |name| ask.query.get(name).map(ToOwned::to_owned));
            match given {
                Picked::None => Value::Null,
                Picked::Id(id) => Value::Ref(RawId::parse(&id)?),
                Picked::Text(text) => {
                    Value::Ref(pick::resolve(tx, ask.state.catalog, &ask.actor, target, &text)?)
                }
            }
        }
        Kind::Origin if !text.is_empty() => {
            let origin = json::origin(text, |name| ask.state.catalog.entity(name));
            Value::Origin(origin.ok_or_else(|| Fault::new("id.malformed").with("given", text))?)
        }
        // A blank is no filter, though a form's blank flag is a no.
        _ if text.is_empty() => Value::Null,
        _ => typed::to_value(field, text, ask.language, tx.currency())?,
    };
    let name = name.to_owned();
    Ok((!value.is_null()).then_some(Filter { name, field, value, bound }))
}

fn order(
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
    let is = |name: &str| {
        filters.iter().any(|filter| {
            filter.field.name == name && matches!(filter.bound, Bound::Is | Bound::Empty)
        })
    };
    let along = def.indexes.iter().find_map(|group| match group {
        [first, second, ..] if is(first) && !is(second) => def.field(second),
        _ => None,
    });
    along.filter(|field| !matches!(field.kind, Kind::Ref(_))).map_or("id", |field| field.name)
}

fn read_token(
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
