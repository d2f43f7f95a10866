//! Lists: what the query string asks, and the token of the next page.

use kernel::json::{of_value, origin, to_value};
use kernel::{
    Actor, Catalog, Condition, Currency, Direction, EntityDef, Fault, Faults, FieldDef, Kind,
    Query, RawId, Row, Scope, Tx, Value, rights, sieve,
};
use serde_json::{Value as Json, json};

/// How many records a page has when the caller does not say, and at most.
pub const LIMIT: u32 = 50;
pub const LIMIT_MOST: u32 = 200;
/// The longest search, in letters.
const WORDS_MOST: usize = 200;

/// What a query string asked of a list.
#[derive(Debug, Clone)]
pub struct Listing {
    pub query: Query,
    pub limit: u32,
    /// Stands for the conditions and the order, so that a token leads on in the list it came from.
    mark: u64,
}

/// Names of parameters that are not fields; a face may have its own.
const KNOWN: &[&str] = &["q", "sort", "limit", "after", "lang", "encoding", "separator", "where"];

/// Reads the query string. All faults at once, each on its parameter.
///
/// # Errors
/// `query.unknown`, `query.filter`, `query.sort`, `query.limit`, `query.cursor`, `forbidden` for a
/// sensitive field, and those of the values.
pub fn parse(
    catalog: &Catalog,
    def: &'static EntityDef,
    pairs: &[(String, String)],
    actor: &Actor,
    currency: Currency,
) -> Result<Listing, Faults> {
    let (mut faults, mut condition) = (Faults::default(), Condition::Everything);
    let only = |name: &str| {
        pairs.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    };
    let mut seen: Vec<&str> = Vec::new();
    for (name, _) in pairs.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str())) {
        // The same field several times: any of the values.
        if seen.contains(&name.as_str()) {
            continue;
        }
        seen.push(name);
        let values: Vec<&str> = pairs
            .iter()
            .filter(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
            .collect();
        match filter(catalog, def, name, &values, actor, currency) {
            Ok(found) => condition = condition.and(found),
            Err(fault) => faults.0.push(fault.on(name.clone())),
        }
    }
    if let Some(words) = only("q").map(str::trim).filter(|words| !words.is_empty()) {
        if words.chars().count() > WORDS_MOST {
            let most = i64::try_from(WORDS_MOST).unwrap_or(i64::MAX);
            faults.0.push(Fault::new("field.long").on("q").with("most", most));
        }
        let words = words.chars().filter(|letter| !letter.is_control()).take(WORDS_MOST);
        condition = condition.and(Condition::Search(words.collect()));
    }
    let sort = only("sort").unwrap_or("-id");
    let limit = page_limit(only("limit")).unwrap_or_else(|fault| {
        faults.0.push(fault);
        LIMIT
    });
    let (order, direction) = match order(def, sort, actor) {
        Ok(found) => found,
        Err(fault) => {
            faults.0.push(fault.on("sort"));
            ("id", Direction::Down)
        }
    };
    let sieve = only("where").unwrap_or_default();
    let mark = mark(&format!("{} {sort} {sieve} {condition:?}", def.name));
    let mut query = Query::all(def).only(condition).sorted(order, direction);
    if let Some(token) = only("after") {
        match read_token(token, def, order, mark, currency) {
            Some((value, id)) => query = query.after(value, id),
            None => faults.0.push(Fault::new("query.cursor").on("after")),
        }
    }
    faults.into_result()?;
    Ok(Listing { query, limit, mark })
}

/// What `where=` asks of the records that the actor may see: the sieve that a person types above a
/// list, by the names of the API or by labels.
///
/// # Errors
/// `sieve.*` on `where`, `forbidden`, `store.*`.
pub fn sifted(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    def: &'static EntityDef,
    pairs: &[(String, String)],
    actor: &Actor,
) -> Result<Condition, Faults> {
    let text = pairs.iter().rev().find(|(name, _)| name == "where");
    let seen = identity::personal::visible(def, actor).and(rights::visible(catalog, def, actor));
    let Some((_, text)) = text else { return Ok(seen) };
    let scope = Scope::of(tx, catalog, actor)?;
    let sieve = sieve::read(&scope, def, text).map_err(|fault| fault.on("where"))?;
    Ok(match sieve {
        Some(sieve) => seen.and(sieve.condition(tx.today())),
        None => seen,
    })
}

fn page_limit(given: Option<&str>) -> Result<u32, Fault> {
    let refused = || Fault::new("query.limit").on("limit").with("most", i64::from(LIMIT_MOST));
    let Some(text) = given else { return Ok(LIMIT) };
    let limit = text.parse().map_err(|_| refused())?;
    if (1..=LIMIT_MOST).contains(&limit) { Ok(limit) } else { Err(refused()) }
}

/// Whether lists filter and sort by a field without reading every record.
#[must_use]
pub fn is_indexed(def: &EntityDef, field: &FieldDef) -> bool {
    let leads = |groups: &[&[&str]]| groups.iter().any(|group| group.first() == Some(&field.name));
    field.index || field.unique || leads(def.indexes) || leads(def.uniques)
}

/// Whether a list may be filtered by a field.
#[must_use]
pub fn is_filter(def: &EntityDef, field: &FieldDef) -> bool {
    let stored = !matches!(field.kind, Kind::Lines(_) | Kind::LongText);
    stored
        && (is_indexed(def, field)
            || field.search
            || matches!(field.kind, Kind::Ref(_) | Kind::Choice(_) | Kind::Origin))
}

/// Whether a field has an order in which `from` and `to` make sense.
#[must_use]
pub const fn is_ordered(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Integer
            | Kind::Money
            | Kind::Price
            | Kind::Quantity
            | Kind::Rate
            | Kind::Day
            | Kind::Instant
    )
}

fn filter(
    catalog: &Catalog,
    def: &'static EntityDef,
    name: &str,
    values: &[&str],
    actor: &Actor,
    currency: Currency,
) -> Result<Condition, Fault> {
    if values.iter().any(|text| text.contains(char::is_control)) {
        return Err(Fault::new("field.control"));
    }
    if let Some(custom) = name.strip_prefix("extra.") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if custom.is_empty() || !custom.bytes().all(plain) {
            return Err(Fault::new("query.unknown").with("given", name));
        }
        if rights::extra_hidden(actor, def) {
            let right = format!("{}.{}.read", def.name, rights::EXTRA);
            return Err(Fault::new("forbidden").with("right", right));
        }
        let any = values.iter().map(|value| Condition::Extra(custom.into(), (*value).into()));
        return Ok(Condition::Any(any.collect()));
    }
    if name == "id" {
        let ids = values.iter().map(|text| RawId::parse(text).map(Value::Ref));
        return Ok(Condition::Among("id", ids.collect::<Result<_, _>>()?));
    }
    let (bare, bound) = match name.rsplit_once('.') {
        Some((bare, bound @ ("gte" | "lte"))) => (bare, Some(bound)),
        _ => (name, None),
    };
    let field = def.field(bare).ok_or_else(|| Fault::new("query.unknown").with("given", name))?;
    if !is_filter(def, field) || (bound.is_some() && !is_ordered(field.kind)) {
        return Err(Fault::new("query.filter").with("given", name));
    }
    visible(def, field, actor)?;
    let read = |text: &&str| value(catalog, field, text, currency);
    let values: Vec<Value> = values.iter().map(read).collect::<Result<_, _>>()?;
    let last = values.last().cloned().unwrap_or(Value::Null);
    Ok(match bound {
        Some("gte") => Condition::AtLeast(field.name, last),
        Some(_) => Condition::AtMost(field.name, last),
        None if values.len() > 1 => Condition::Among(field.name, values),
        None if last.is_null() => Condition::Empty(field.name),
        None => Condition::Is(field.name, last),
    })
}

/// A hidden value must not be guessed by asking for it.
fn visible(def: &EntityDef, field: &FieldDef, actor: &Actor) -> Result<(), Fault> {
    if rights::hidden(actor, def, field) {
        let right = format!("{}.{}.read", def.name, field.name);
        return Err(Fault::new("forbidden").with("right", right));
    }
    Ok(())
}

/// A value as the API writes it; nothing stands for an empty field.
fn value(
    catalog: &Catalog,
    field: &FieldDef,
    text: &str,
    currency: Currency,
) -> Result<Value, Fault> {
    let malformed = || Fault::new("number.malformed").with("given", text);
    match field.kind {
        _ if text.is_empty() => Ok(Value::Null),
        Kind::Integer => text.parse().map(Value::Integer).map_err(|_| malformed()),
        Kind::Flag => match text {
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => Err(Fault::new("field.flag").with("given", text)),
        },
        Kind::Choice(values) if !values.iter().any(|(name, _)| *name == text) => {
            Err(Fault::new("field.choice").with("given", text))
        }
        Kind::Origin => origin(text, |name| catalog.entity(name))
            .map(Value::Origin)
            .ok_or_else(|| Fault::new("id.malformed").with("given", text)),
        _ => to_value(field, &Json::String(text.to_owned()), currency),
    }
}

fn order(
    def: &'static EntityDef,
    sort: &str,
    actor: &Actor,
) -> Result<(&'static str, Direction), Fault> {
    let (name, direction) = match sort.strip_prefix('-') {
        Some(name) => (name, Direction::Down),
        None => (sort, Direction::Up),
    };
    if name == "id" {
        return Ok(("id", direction));
    }
    let refused = || Fault::new("query.sort").with("given", sort);
    let field = def.field(name).filter(|field| is_indexed(def, field)).ok_or_else(refused)?;
    if field.secret || matches!(field.kind, Kind::Lines(_) | Kind::Origin) {
        return Err(refused());
    }
    visible(def, field, actor)?;
    Ok((field.name, direction))
}

impl Listing {
    /// Of these records, only those that pass.
    #[must_use]
    pub fn only(mut self, condition: Condition) -> Self {
        self.query = self.query.only(condition);
        self
    }

    /// The token of the page after this one, when `rows` holds one record more than the page.
    #[must_use]
    pub fn next(&self, rows: &mut Vec<Row>) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        let last = rows.last()?;
        let value = match self.query.def.rank(self.query.order) {
            Some(rank) => last.values.get(rank)?.clone(),
            None => Value::Ref(last.id),
        };
        Some(token(&value, last.id, self.mark))
    }
}

fn token(value: &Value, id: RawId, mark: u64) -> String {
    let document = json!([of_value(value), id.to_string(), format!("{mark:x}")]);
    crate::door::hexadecimal(document.to_string().as_bytes())
}

fn read_token(
    token: &str,
    def: &EntityDef,
    order: &str,
    mark: u64,
    currency: Currency,
) -> Option<(Value, RawId)> {
    let (pairs, rest) = token.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
    let Json::Array(parts) = serde_json::from_slice(&bytes).ok()? else { return None };
    let [value, id, given] = parts.as_slice() else { return None };
    if given.as_str()? != format!("{mark:x}") {
        return None;
    }
    let id = RawId::parse(id.as_str()?).ok()?;
    match def.field(order) {
        Some(field) => Some((to_value(field, value, currency).ok()?, id)),
        None => Some((Value::Ref(id), id)),
    }
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo): short, and not meant to resist anyone.
fn mark(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |mark, byte| {
        (mark ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{CompanyNumber, CustomField, Entity, Grants, Instant, Money};

    fn list(pairs: &[(&str, &str)]) -> Result<Listing, Faults> {
        let catalog = Catalog { modules: vec![&kernel::MODULE] };
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let actor = Actor::house(CompanyNumber(1), kernel::Door::Rest);
        parse(&catalog, CustomField::DEF, &pairs, &actor, Currency::EUR)
    }

    fn row(number: u8) -> Row {
        Row {
            id: RawId([number; 16]),
            version: 1,
            created_at: Instant(0),
            created_by: None,
            updated_at: Instant(0),
            updated_by: None,
            values: CustomField::DEF
                .fields
                .iter()
                .map(|_| Value::Text(format!("« {number} »")))
                .collect(),
            extra: None,
        }
    }

    #[test]
    fn a_token_leads_on_in_the_list_it_came_from_and_in_no_other() {
        let first = list(&[("limit", "2"), ("sort", "entity"), ("kind", "flag")]).unwrap();
        let mut rows: Vec<Row> = (1..=3).map(row).collect();
        let token = first.next(&mut rows).unwrap();
        assert_eq!(rows.len(), 2);
        let same = [("sort", "entity"), ("kind", "flag"), ("after", token.as_str())];
        let second = list(&same).unwrap();
        assert_eq!(second.query.after, Some((Value::Text("« 2 »".into()), RawId([2; 16]))));
        let other = list(&[("sort", "-entity"), ("kind", "flag"), ("after", &token)]);
        assert_eq!(other.unwrap_err().codes(), ["query.cursor"]);
        let cut = list(&[("sort", "entity"), ("kind", "flag"), ("after", &token[1..])]);
        assert_eq!(cut.unwrap_err().codes(), ["query.cursor"]);
    }

    #[test]
    fn the_last_page_has_no_token() {
        let listing = list(&[("limit", "3")]).unwrap();
        assert_eq!(listing.next(&mut (1..=3).map(row).collect()), None);
    }

    #[test]
    fn amounts_survive_the_trip_through_a_token() {
        let amount = Value::Money(Money::eur(-1));
        let field = FieldDef::of::<Money>("total", kernel::Text::new("", ""), "");
        let text = of_value(&amount);
        assert_eq!(to_value(&field, &text, Currency::GBP), Ok(amount));
    }

    #[test]
    fn what_a_list_cannot_do_is_refused_by_name() {
        let refused =
            list(&[("colour", "red"), ("label_fr", "x"), ("limit", "201"), ("sort", "kind")]);
        let faults = refused.unwrap_err();
        assert_eq!(faults.codes(), ["query.unknown", "query.filter", "query.limit", "query.sort"]);
        assert_eq!(faults.0[1].field.as_deref(), Some("label_fr"));
        assert_eq!(list(&[("kind", "colour")]).unwrap_err().codes(), ["field.choice"]);
    }

    #[test]
    fn a_sensitive_field_is_no_filter_without_the_right() {
        let field = FieldDef::of::<String>("iban", kernel::Text::new("", ""), "").sensitive();
        let mut actor = Actor::house(CompanyNumber(1), kernel::Door::Rest);
        actor.grants = Grants::new(["custom_field.read"]);
        assert_eq!(visible(CustomField::DEF, &field, &actor).unwrap_err().code, "forbidden");
        actor.grants = Grants::new(["custom_field.iban.read"]);
        assert!(visible(CustomField::DEF, &field, &actor).is_ok());
    }
}
