//! The description of a business entity, from which every surface is drawn.

mod lines;

pub use lines::Lines;

use crate::value::{Origin, Record, Value};
use crate::{Day, Fault, Faults, Id, Instant, Money, Price, Quantity, Rate, Text};

/// What an entity is: its names, its labels and its fields. Derived from a struct, read by all.
#[derive(Debug)]
pub struct EntityDef {
    /// Singular, snake_case: the prefix of rights and events.
    pub name: &'static str,
    /// Plural, snake_case: the table and the REST path.
    pub plural: &'static str,
    pub label: Text,
    pub labels: Text,
    /// What the struct's documentation says, for the API's readers.
    pub doc: &'static str,
    /// Written by processes only; generic doors may read it and no more.
    pub kept: bool,
    /// Read by most commands and seldom changed: the store keeps what was read in memory.
    pub steady: bool,
    /// The sum of other records, each audited: it has no audit of its own, and `doctor` holds it
    /// against what it sums.
    pub derived: bool,
    /// Unique together, within a company: groups of field names.
    pub uniques: &'static [&'static [&'static str]],
    /// Indexed together: groups of field names.
    pub indexes: &'static [&'static [&'static str]],
    pub fields: &'static [FieldDef],
    /// The rules that hold for every stored record.
    pub check: fn(&Record) -> Result<(), Faults>,
    /// Whether a record in this state may still be edited by hand.
    pub editable: fn(&Record) -> Result<(), Faults>,
    /// Whether searches find this record.
    pub sought: fn(&Record) -> bool,
}

impl EntityDef {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }
    /// The place of a field in a [`Record`].
    #[must_use]
    pub fn rank(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
    /// The reference to the record that holds this one, when this entity is a line.
    #[must_use]
    pub fn parent(&self) -> Option<(&'static FieldDef, &'static str)> {
        self.fields.iter().find_map(|field| match field.kind {
            Kind::Ref(target) if field.parent => Some((field, target)),
            _ => None,
        })
    }
    /// Where a line keeps its place among those of its parent, when it keeps one.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        self.fields.iter().position(|field| field.place)
    }
    /// The field that names a record outside (import, synchronisation): the first unique one.
    #[must_use]
    pub fn key(&self) -> Option<&'static FieldDef> {
        self.fields.iter().find(|field| field.unique)
    }
    /// What a person calls the record: its title fields, joined.
    #[must_use]
    pub fn title(&self, record: &Record) -> String {
        let words: Vec<&str> = self
            .fields
            .iter()
            .zip(record)
            .filter(|(field, _)| field.title)
            .filter_map(
                |(_, value)| if let Value::Text(text) = value { Some(text.as_str()) } else { None },
            )
            .filter(|text| !text.is_empty())
            .collect();
        words.join(" · ")
    }
    /// Fields that have a column: all but lines.
    pub fn stored(&self) -> impl Iterator<Item = &'static FieldDef> + use<> {
        self.fields.iter().filter(|field| !matches!(field.kind, Kind::Lines(_)))
    }
}

/// One field: its words, its kind and its marks.
#[derive(Debug)]
pub struct FieldDef {
    pub name: &'static str,
    pub label: Text,
    pub doc: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// Shown as a column of the list.
    pub list: bool,
    /// Found by the text search of the entity.
    pub search: bool,
    /// No two records of a company share it; it is indexed.
    pub unique: bool,
    /// Indexed, so that lists filter and sort by it.
    pub index: bool,
    /// Part of what a person calls the record.
    pub title: bool,
    /// Never set by a client: written by a process only.
    pub system: bool,
    /// Hidden from those without the right, from exports and logs.
    pub sensitive: bool,
    /// Kept sealed, for texts of a hundred letters at most: the store encrypts it, exact searches
    /// find it, and the audit says that it changed, not what it was.
    pub secret: bool,
    /// The reference to the record whose line this one is.
    pub parent: bool,
    /// A whole number: where a line stands among those of its parent.
    pub place: bool,
}

macro_rules! mark {
    ($($name:ident),*) => {$(
        #[must_use]
        pub const fn $name(self) -> Self {
            Self { $name: true, ..self }
        }
    )*};
}

impl FieldDef {
    #[must_use]
    pub const fn of<T: FieldType>(name: &'static str, label: Text, doc: &'static str) -> Self {
        Self {
            name,
            label,
            doc,
            kind: T::KIND,
            required: T::REQUIRED,
            list: false,
            search: false,
            unique: false,
            index: false,
            title: false,
            system: false,
            sensitive: false,
            secret: false,
            parent: false,
            place: false,
        }
    }
    mark!(list, search, unique, index, title, system, sensitive, secret, parent, place);

    /// Whether the audit is told only that it changed.
    #[must_use]
    pub const fn veiled(&self) -> bool {
        self.sensitive || self.secret
    }

    /// The labels of a choice's values, empty for other kinds.
    #[must_use]
    pub const fn choices(&self) -> &'static [(&'static str, Text)] {
        match self.kind {
            Kind::Choice(values) => values,
            _ => &[],
        }
    }
}

/// The shape of a field. Every surface matches on this enum and on nothing else about a type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// One line of at most `max` characters.
    Text {
        max: u32,
    },
    /// Several lines.
    LongText,
    Integer,
    Flag,
    Money,
    Price,
    Quantity,
    Rate,
    Day,
    Instant,
    Choice(&'static [(&'static str, Text)]),
    /// A record of the named entity. By name, not by pointer: two entities may refer to each other.
    Ref(&'static str),
    /// A record of an entity that this one does not know: `order/0190…`.
    Origin,
    /// The lines of this record: the records of the named entity whose parent it is. No column.
    Lines(&'static str),
}

impl Kind {
    /// The word of the API's reader for this kind.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Text { .. } => "text",
            Kind::LongText => "long text",
            Kind::Integer => "integer",
            Kind::Flag => "flag",
            Kind::Money => "money",
            Kind::Price => "price",
            Kind::Quantity => "quantity",
            Kind::Rate => "rate",
            Kind::Day => "day",
            Kind::Instant => "instant",
            Kind::Choice(_) => "choice",
            Kind::Ref(_) => "reference",
            Kind::Origin => "origin",
            Kind::Lines(_) => "lines",
        }
    }
}

/// A Rust type that may be the type of a field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field; money is `Money`, a unit price `Price`, amounts `Quantity`"
)]
pub trait FieldType: Sized {
    const KIND: Kind;
    const REQUIRED: bool = true;
    fn put(&self) -> Value;
    /// # Errors
    /// `field.type` when the value is of another kind.
    fn take(value: Value) -> Result<Self, Fault>;
}

macro_rules! field_type {
    ($($type:ty, $kind:expr, $variant:ident);* $(;)?) => {$(
        impl FieldType for $type {
            const KIND: Kind = $kind;
            fn put(&self) -> Value {
                Value::$variant(self.clone())
            }
            fn take(value: Value) -> Result<Self, Fault> {
                if let Value::$variant(inner) = value { Ok(inner) } else { Err(wrong_type()) }
            }
        }
    )*};
}
field_type! {
    String, Kind::Text { max: 200 }, Text;
    bool, Kind::Flag, Flag;
    i64, Kind::Integer, Integer;
    Money, Kind::Money, Money;
    Price, Kind::Price, Price;
    Quantity, Kind::Quantity, Quantity;
    Rate, Kind::Rate, Rate;
    Day, Kind::Day, Day;
    Instant, Kind::Instant, Instant;
    Origin, Kind::Origin, Origin;
}

/// The refusal of a value of another kind than the field's.
#[must_use]
pub const fn wrong_type() -> Fault {
    Fault::new("field.type")
}

/// Text of several lines, at most 20,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LongText(pub String);

impl FieldType for LongText {
    const KIND: Kind = Kind::LongText;
    fn put(&self) -> Value {
        Value::Text(self.0.clone())
    }
    fn take(value: Value) -> Result<Self, Fault> {
        String::take(value).map(LongText)
    }
}

impl<E: Entity> FieldType for Id<E> {
    const KIND: Kind = Kind::Ref(E::NAME);
    fn put(&self) -> Value {
        Value::Ref(self.raw())
    }
    fn take(value: Value) -> Result<Self, Fault> {
        if let Value::Ref(raw) = value { Ok(Id::from_raw(raw)) } else { Err(wrong_type()) }
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const KIND: Kind = T::KIND;
    const REQUIRED: bool = false;
    fn put(&self) -> Value {
        self.as_ref().map_or(Value::Null, FieldType::put)
    }
    fn take(value: Value) -> Result<Self, Fault> {
        if value.is_null() { Ok(None) } else { T::take(value).map(Some) }
    }
}

/// Takes the next value as the field `name`. One copy for each field *type*, not for each field.
///
/// # Errors
/// `field.type`, on that field.
pub fn pull<T: FieldType>(
    values: &mut std::vec::IntoIter<Value>,
    name: &'static str,
) -> Result<T, Fault> {
    T::take(values.next().unwrap_or(Value::Null)).map_err(|fault| fault.on(name))
}

/// A closed list of values. Derived; each variant carries its two labels.
pub trait Choice: Sized + Copy + 'static {
    const VALUES: &'static [(&'static str, Text)];
    fn name(self) -> &'static str;
    fn of_name(name: &str) -> Option<Self>;
    /// The label of this value.
    #[must_use]
    fn label(self) -> Text {
        let name = self.name();
        let found = Self::VALUES.iter().find(|(value, _)| *value == name);
        found.map_or(Text::new("", ""), |(_, label)| *label)
    }
}

/// The rules of an entity.
pub trait Rules {
    /// What holds for every stored record, whatever the door it came through. Pure: a rule that
    /// needs the store (a duplicate, a credit limit) belongs to a process.
    ///
    /// # Errors
    /// Every broken rule at once, each naming its field.
    fn check(&self) -> Result<(), Faults> {
        Ok(())
    }
    /// Whether a person may still edit or delete the record (and its lines) in its present state.
    ///
    /// # Errors
    /// Why not.
    fn editable(&self) -> Result<(), Faults> {
        Ok(())
    }
    /// Whether searches find the record by its searched fields.
    fn sought(&self) -> bool {
        true
    }
}

/// A business entity. Derived from a plain struct; only its [`Rules`] are written by hand.
pub trait Entity: Rules + Sized + 'static {
    const NAME: &'static str;
    const DEF: &'static EntityDef;
    fn to_record(&self) -> Record;
    /// # Errors
    /// `field.type`, naming the field, when the record does not fit the struct.
    fn of_record(record: Record) -> Result<Self, Fault>;
}

/// Runs an entity's [`Rules::check`] on a record; what [`EntityDef::check`] points at.
///
/// # Errors
/// `field.type` or the broken rules.
pub fn check_record<E: Entity>(record: &Record) -> Result<(), Faults> {
    E::of_record(record.clone())?.check()
}

/// Runs an entity's [`Rules::editable`] on a record; what [`EntityDef::editable`] points at.
///
/// # Errors
/// `field.type` or the reason why not.
pub fn editable_record<E: Entity>(record: &Record) -> Result<(), Faults> {
    E::of_record(record.clone())?.editable()
}

/// Asks an entity's [`Rules::sought`] of a record; what [`EntityDef::sought`] points at. A record
/// that cannot be read is found by no search.
#[must_use]
pub fn sought_record<E: Entity>(record: &Record) -> bool {
    E::of_record(record.clone()).is_ok_and(|record| record.sought())
}
