//! What the address of a list asks for: words, filters, order, place.

use kernel::{
    Condition, Direction, EntityDef, Fault, Faults, FieldDef, Kind, Query, RawId, Row, Tx, Value,
    json, typed,
};
use serde_json::json;

use super::place::{order, read_token};
use super::shape::{self, Look};
use super::sifted::Sifted;
use crate::address::Fields;
use crate::door::{Ask, hexadecimal};
use crate::parts::{Picked, picked};
use crate::titles::Named;
use crate::{pick, show};

/// How many records a page has.
pub const PAGE: usize = 50;

/// Parameters that are not filters.
const OWN: &[&str] = &[
    "q",
    "sort",
    "after",
    "first",
    "lang",
    "where",
    "columns",
    "group",
    "view",
    "build",
    "as",
    "as.month",
    "add.at",
    "add.menu",
    "add.through",
    super::moved::MOVE,
    super::ALL,
    "add.field",
    "add.sign",
    "add.value",
    "add.value.moment",
];

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
    /// Whether it asks for one value, or for none.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.bound, Bound::Is | Bound::Empty)
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
    pub sifted: Sifted,
    /// The columns chosen, in their order; those of the description when none were.
    pub columns: Option<Vec<&'static FieldDef>>,
    /// The field by which records are counted instead of shown.
    pub group: Option<&'static FieldDef>,
    pub look: Look,
    /// The saved view that one looks through.
    pub view: Option<RawId>,
    today: kernel::Day,
    /// The parameters that stand for all this but the place.
    address: Fields,
    /// What the person may see besides their rights.
    seen: Condition,
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
    // Sealed texts have no order.
    let ordered =
        !field.secret && !matches!(field.kind, Kind::Lines(_) | Kind::Origin | Kind::Ref(_));
    indexed(def, field) && ordered
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
        for name in filter_names(query) {
            let found = filter(tx, ask, def, name).map_err(|fault| fault.on(name.to_owned()));
            if let Some(Some(filter)) = faults.gather(found.map_err(Into::into)) {
                address.push(filter.name.as_str(), plain(&filter.value));
                filters.push(filter);
            }
        }
        let order = faults.gather(order(ask, def, &filters).map_err(Into::into));
        let (order, direction) = order.unwrap_or(("id", Direction::Down));
        for name in ["sort", super::ALL].into_iter().filter(|name| query.get(name).is_some()) {
            address.push(name, query.text(name));
        }
        let sifted = faults.gather(Sifted::of(tx, ask, def).map_err(Into::into));
        let shaped = sifted.as_ref().map(|sifted| shape::asked(ask, def, sifted.members(ask)));
        let (columns, group) = shaped.and_then(|it| faults.gather(it)).unwrap_or_default();
        let view = RawId::parse(query.text("view")).ok();
        let look = shape::look(query, group);
        let kept = [
            ("where", sifted.as_ref().map(|sifted| sifted.names.clone()).unwrap_or_default()),
            ("columns", columns.as_ref().map(|_| query.text("columns").into()).unwrap_or_default()),
            ("group", group.map(|field| field.name.to_owned()).unwrap_or_default()),
            ("as", look.word().unwrap_or_default().to_owned()),
            ("view", view.as_ref().map(RawId::to_string).unwrap_or_default()),
        ];
        for (name, value) in kept.into_iter().filter(|(_, value)| !value.is_empty()) {
            address.push(name, value);
        }
        let after = query.get("after").map(|token| read_token(token, def, order, tx.currency()));
        let after = faults.gather(after.transpose().map_err(Into::into)).flatten();
        faults.into_result()?;
        let sifted = sifted.ok_or_else(|| Fault::new("internal"))?;
        let first = after.as_ref().and_then(|_| query.text("first").parse().ok());
        Ok(Self {
            def,
            words,
            filters,
            order,
            direction,
            after,
            first: first.unwrap_or(1).max(1),
            sifted,
            columns,
            group,
            look,
            view,
            today: tx.today(),
            address,
            seen: identity::personal::visible(def, &ask.actor),
        })
    }

    /// The query of one page and of one record more, which tells whether others follow.
    #[must_use]
    pub fn query(&self) -> Query {
        let mut query = Query::all(self.def).sorted(self.order, self.direction);
        query.after = self.after.clone();
        query.only(self.condition()).limit(u32::try_from(PAGE + 1).unwrap_or(u32::MAX))
    }

    /// What the records must pass, whatever the page.
    #[must_use]
    pub fn condition(&self) -> Condition {
        if self.sifted.fault.is_some() {
            // What cannot be read lets nothing through.
            return Condition::Any(Vec::new());
        }
        let mut all = self.seen.clone();
        for filter in &self.filters {
            let (name, value) = (filter.field.name, filter.value.clone());
            all = all.and(match filter.bound {
                Bound::Is => Condition::Is(name, value),
                Bound::From => Condition::AtLeast(name, value),
                Bound::To => Condition::AtMost(name, value),
                Bound::Empty => Condition::Empty(name),
            });
        }
        if !self.words.is_empty() {
            all = all.and(Condition::Search(self.words.clone()));
        }
        match &self.sifted.sieve {
            Some(sieve) => all.and(sieve.condition(self.today)),
            None => all,
        }
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
    /// The address of the whole list, without filters, columns and groups.
    #[must_use]
    pub fn whole(&self) -> String {
        let path = format!("/{}", self.def.plural);
        let all = self.address.get(super::ALL).is_some();
        if all { format!("{path}?{}=1", super::ALL) } else { path }
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
        !self.words.is_empty() || !self.filters.is_empty() || self.sifted.sieve.is_some()
    }
    /// Whether it is sorted, grouped or has columns of its own.
    #[must_use]
    pub fn shaped(&self) -> bool {
        ["sort", "columns", "group"].iter().any(|name| self.address.get(name).is_some())
    }
    /// The filter in force under this name.
    #[must_use]
    pub fn filter(&self, name: &str) -> Option<&Filter> {
        self.filters.iter().find(|filter| filter.name == name)
    }
    /// The records that filters name.
    pub fn named(&self) -> impl Iterator<Item = Named> + '_ {
        let sifted = self.sifted.sieve.iter().flat_map(kernel::Sieve::named);
        let filters =
            self.filters.iter().filter_map(|filter| match (filter.field.kind, &filter.value) {
                (Kind::Ref(target), Value::Ref(id)) => Some((target, *id)),
                (_, Value::Origin(origin)) => Some((origin.entity, origin.id)),
                _ => None,
            });
        filters.chain(sifted)
    }
}

/// The names of the filters that an address holds, each once.
fn filter_names(query: &Fields) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in &query.0 {
        let bare = name.strip_suffix(".text").or(name.strip_suffix(".was")).unwrap_or(name);
        if !OWN.contains(&bare) && !names.contains(&bare) {
            names.push(bare);
        }
    }
    names
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
