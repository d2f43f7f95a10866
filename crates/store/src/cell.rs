//! What a database holds in one column, and how a described record becomes columns and back.

use kernel::{Currency, Day, EntityDef, Fault, FieldDef, Instant, Kind, Money, Origin, Price};
use kernel::{Quantity, Rate, RawId, Record, Value};

use crate::table::Dialect;

/// The things both databases store alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Id([u8; 16]),
    /// Bytes of another length: a hash.
    Bytes(Vec<u8>),
}

impl Cell {
    pub fn integer(&self) -> Result<i64, Fault> {
        if let Cell::Integer(number) = self { Ok(*number) } else { Err(unreadable()) }
    }
    pub fn text(self) -> Result<String, Fault> {
        if let Cell::Text(text) = self { Ok(text) } else { Err(unreadable()) }
    }
    pub fn id(&self) -> Result<RawId, Fault> {
        if let Cell::Id(bytes) = self { Ok(RawId(*bytes)) } else { Err(unreadable()) }
    }
    /// Bytes of a known length.
    pub fn bytes<const COUNT: usize>(&self) -> Result<[u8; COUNT], Fault> {
        let bytes: &[u8] = match self {
            Cell::Id(bytes) => bytes,
            Cell::Bytes(bytes) => bytes,
            _ => return Err(unreadable()),
        };
        bytes.try_into().map_err(|_| unreadable())
    }
}

/// Bytes from a database: 16 of them are an id.
pub fn of_bytes(bytes: &[u8]) -> Cell {
    bytes.try_into().map_or_else(|_| Cell::Bytes(bytes.to_vec()), Cell::Id)
}

/// A row that does not fit its description: the schema check at start should have caught it.
pub fn unreadable() -> Fault {
    Fault::new("store.unreadable")
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Integer(number)
    }
}
impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}
impl From<RawId> for Cell {
    fn from(id: RawId) -> Self {
        Cell::Id(id.0)
    }
}
impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A value as one cell. Money and prices give their figure; their currency has its own column.
pub fn of_value(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Flag(flag) => Cell::Integer(i64::from(*flag)),
        Value::Integer(number) => Cell::Integer(*number),
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Money(amount) => Cell::Integer(amount.minor),
        Value::Price(price) => Cell::Integer(price.scaled),
        Value::Quantity(quantity) => Cell::Integer(quantity.0),
        Value::Rate(rate) => Cell::Integer(rate.0),
        Value::Day(day) => Cell::Integer(i64::from(day.0)),
        Value::Instant(at) => Cell::Integer(at.0),
        Value::Ref(id) => Cell::Id(id.0),
        Value::Origin(origin) => Cell::Text(origin.to_string()),
    }
}

/// A cell written in the text of a statement.
pub fn literal(cell: &Cell, dialect: Dialect) -> String {
    match cell {
        Cell::Null => "null".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Text(text) => format!("'{}'", text.replace('\0', "").replace('\'', "''")),
        Cell::Id(bytes) => bytes_literal(bytes, dialect),
        Cell::Bytes(bytes) => bytes_literal(bytes, dialect),
    }
}

fn bytes_literal(bytes: &[u8], dialect: Dialect) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match dialect {
        Dialect::Sqlite => format!("x'{hex}'"),
        Dialect::Postgres => format!("decode('{hex}', 'hex')"),
    }
}

/// A cell of a hand-written statement as a value of its plainest kind.
pub fn to_value(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(number),
        Cell::Text(text) => Value::Text(text),
        Cell::Id(bytes) => Value::Ref(RawId(bytes)),
        // No entity holds such; the tree of the audit reads its cells itself.
        Cell::Bytes(_) => Value::Null,
    }
}

pub const fn has_currency(kind: Kind) -> bool {
    matches!(kind, Kind::Money | Kind::Price)
}

/// The names of the columns of a field: one, two with a currency, none for lines.
pub fn columns(field: &FieldDef) -> Vec<String> {
    match field.kind {
        Kind::Lines(_) => vec![],
        kind if has_currency(kind) => {
            vec![field.name.to_owned(), format!("{}_currency", field.name)]
        }
        _ => vec![field.name.to_owned()],
    }
}

/// Adds the cells of one field: one, two with a currency, none for lines.
pub fn push_value(field: &FieldDef, value: &Value, cells: &mut Vec<Cell>) {
    if matches!(field.kind, Kind::Lines(_)) {
        return;
    }
    cells.push(of_value(value));
    if has_currency(field.kind) {
        cells.push(match value {
            Value::Money(amount) => amount.currency.code().into(),
            Value::Price(price) => price.currency.code().into(),
            _ => Cell::Null,
        });
    }
}

/// Reads a record from the cells of its columns.
pub fn pull_record(
    def: &EntityDef,
    cells: &mut impl Iterator<Item = Cell>,
    entity: impl Fn(&str) -> Option<&'static EntityDef>,
) -> Result<Record, Fault> {
    let mut values = Record::with_capacity(def.fields.len());
    for field in def.fields {
        if matches!(field.kind, Kind::Lines(_)) {
            values.push(Value::Null);
            continue;
        }
        let cell = cells.next().ok_or_else(unreadable)?;
        let currency = if has_currency(field.kind) { cells.next() } else { None };
        values.push(read(field.kind, cell, currency, &entity)?);
    }
    Ok(values)
}

fn read(
    kind: Kind,
    cell: Cell,
    currency: Option<Cell>,
    entity: &impl Fn(&str) -> Option<&'static EntityDef>,
) -> Result<Value, Fault> {
    if cell == Cell::Null {
        return Ok(Value::Null);
    }
    let currency = || Currency::of(&currency.ok_or_else(unreadable)?.text()?);
    Ok(match kind {
        Kind::Text { .. } | Kind::LongText | Kind::Choice(_) => Value::Text(cell.text()?),
        Kind::Integer => Value::Integer(cell.integer()?),
        Kind::Flag => Value::Flag(cell.integer()? != 0),
        Kind::Money => Value::Money(Money::new(cell.integer()?, currency()?)),
        Kind::Price => Value::Price(Price::new(cell.integer()?, currency()?)),
        Kind::Quantity => Value::Quantity(Quantity(cell.integer()?)),
        Kind::Rate => Value::Rate(Rate(cell.integer()?)),
        Kind::Day => Value::Day(Day(i32::try_from(cell.integer()?).map_err(|_| unreadable())?)),
        Kind::Instant => Value::Instant(Instant(cell.integer()?)),
        Kind::Ref(_) => Value::Ref(cell.id()?),
        Kind::Origin => Value::Origin(origin(&cell.text()?, entity)?),
        Kind::Lines(_) => Value::Null,
    })
}

fn origin(
    text: &str,
    entity: &impl Fn(&str) -> Option<&'static EntityDef>,
) -> Result<Origin, Fault> {
    kernel::json::origin(text, entity).ok_or_else(unreadable)
}
