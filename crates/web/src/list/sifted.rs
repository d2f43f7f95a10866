//! The sieve of a list: typed in its box, held by its address, built one test at a time.

use kernel::sieve::{self, Found, Style};
use kernel::{Currency, CustomField, EntityDef, Fault, Faults, Kind, Scope, Sieve, Tx};

use crate::address::Fields;
use crate::door::Ask;
use crate::member::Members;
use crate::parts::{Picked, picked};

/// The parameter of the address that holds the sieve.
pub const WHERE: &str = "where";

/// What the address says of the sieve.
#[derive(Debug, Clone)]
pub struct Sifted {
    pub sieve: Option<Sieve>,
    /// As it stands in the address: the names of the API.
    pub names: String,
    /// As it stands in the box: the reader's words, or what was typed when it cannot be read.
    pub typed: String,
    pub fault: Option<Fault>,
    custom: Vec<CustomField>,
    currency: Currency,
}

impl Sifted {
    /// Reads the sieve of the address. One that cannot be read is kept with the reason.
    ///
    /// # Errors
    /// `store.*`, `forbidden`.
    pub fn of(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<Self, Fault> {
        let typed = ask.query.text(WHERE);
        let (catalog, actor) = (ask.state.catalog, &ask.actor);
        let scope = Scope::of(tx, catalog, actor)?;
        let (sieve, fault) = match sieve::read(&scope, def, typed) {
            Ok(sieve) => (sieve, None),
            Err(fault) if fault.code == "forbidden" => return Err(fault),
            Err(fault) => (None, Some(fault)),
        };
        let write = |style| {
            sieve.as_ref().map(|sieve| sieve::write(&scope, def, sieve, style)).unwrap_or_default()
        };
        let shown = if fault.is_some() { typed.to_owned() } else { write(Style::Words) };
        let names = write(Style::Names);
        let (custom, currency) = (scope.custom, scope.currency);
        Ok(Self { sieve, names, typed: shown, fault, custom, currency })
    }

    /// Who asks, and what there is to be asked.
    #[must_use]
    pub fn scope<'a>(&self, ask: &'a Ask) -> Scope<'a> {
        Scope {
            catalog: ask.state.catalog,
            actor: &ask.actor,
            currency: self.currency,
            custom: self.custom.clone(),
        }
    }

    /// Where the columns of the list are looked for.
    #[must_use]
    pub fn members<'a>(&'a self, ask: &'a Ask) -> Members<'a> {
        Members { catalog: ask.state.catalog, actor: &ask.actor, custom: &self.custom }
    }

    /// The text, in the names of the API, of another tree.
    #[must_use]
    pub fn written(&self, ask: &Ask, def: &'static EntityDef, sieve: Option<&Sieve>) -> String {
        let scope = self.scope(ask);
        sieve.map(|sieve| sieve::write(&scope, def, sieve, Style::Names)).unwrap_or_default()
    }
}

/// A test about to be added: where, on which field, with which sign and value.
#[derive(Debug, Clone, Default)]
pub struct Adding {
    pub place: Vec<usize>,
    pub field: String,
    pub sign: String,
    pub value: String,
    /// The words of the record that the value names.
    pub words: String,
}

/// The signs a person chooses among, as the form sends them.
pub const SIGNS: [&str; 9] =
    ["is", "isnt", "contains", "atleast", "atmost", "above", "below", "empty", "filled"];

impl Adding {
    /// What the form of the builder sent.
    #[must_use]
    pub fn of(query: &Fields) -> Self {
        let get = |name: &str| query.get(name).map(ToOwned::to_owned);
        let place = query.text("add.at").split('.').filter_map(|rank| rank.parse().ok()).collect();
        let moment = query.text("add.value.moment");
        let value = match picked("add.value", get) {
            _ if !moment.is_empty() => moment.to_owned(),
            Picked::None => String::new(),
            Picked::Id(text) | Picked::Text(text) => text,
        };
        Self {
            place,
            field: query.text("add.field").to_owned(),
            sign: query.text("add.sign").to_owned(),
            value,
            words: query.text("add.value.text").to_owned(),
        }
    }

    /// Whether it says enough to be added.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let bare = matches!(self.sign.as_str(), "empty" | "filled");
        !self.field.is_empty()
            && SIGNS.contains(&self.sign.as_str())
            && (bare || !self.value.is_empty())
    }

    /// The entity whose fields are asked where the test goes.
    #[must_use]
    pub fn entity(&self, def: &'static EntityDef, sieve: Option<&Sieve>) -> &'static EntityDef {
        sieve.and_then(|sieve| sieve.at(def, &self.place)).map_or(def, |(def, _)| def)
    }

    /// The test as it would be typed.
    fn text(&self) -> String {
        let value = format!("\"{}\"", self.value.replace('\\', "\\\\").replace('"', "\\\""));
        let field = &self.field;
        match self.sign.as_str() {
            "isnt" => format!("not {field}={value}"),
            "contains" => format!("{field}~{value}"),
            "atleast" => format!("{field} >= {value}"),
            "atmost" => format!("{field} <= {value}"),
            "above" => format!("{field} > {value}"),
            "below" => format!("{field} < {value}"),
            "empty" => format!("{field}:empty"),
            "filled" => format!("not {field}:empty"),
            _ => format!("{field}={value}"),
        }
    }

    /// The sieve with the test in it.
    ///
    /// # Errors
    /// Those of [`sieve::read`].
    pub fn added(
        &self,
        scope: &Scope<'_>,
        def: &'static EntityDef,
        sieve: Option<Sieve>,
    ) -> Result<Option<Sieve>, Fault> {
        let entity = self.entity(def, sieve.as_ref());
        let new = sieve::read(scope, entity, &self.text())?;
        Ok(match (sieve, new) {
            (Some(sieve), Some(new)) => sieve.added(&self.place, new),
            (sieve, new) => sieve.or(new),
        })
    }

    /// What the field chosen means, through at most one relation.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn found(
        &self,
        scope: &Scope<'_>,
        entity: &'static EntityDef,
    ) -> Result<Option<Found>, Faults> {
        let mut at = entity;
        let mut words = self.field.split('.').peekable();
        while let Some(word) = words.next() {
            if word == "extra" {
                let name = words.next().unwrap_or_default();
                let custom = scope
                    .custom
                    .iter()
                    .find(|custom| custom.entity == at.name && custom.name == name);
                return Ok(custom.cloned().map(Found::Custom));
            }
            let found = scope.find(at, word)?;
            if words.peek().is_none() {
                return Ok(found);
            }
            let step = match found {
                Some(Found::Step(step)) => Some(step),
                Some(Found::Field(field)) => scope.along(field)?,
                _ => None,
            };
            let Some(step) = step else { return Ok(None) };
            at = step.entity;
        }
        Ok(None)
    }
}

/// The signs that mean something for a kind of field.
#[must_use]
pub fn signs_of(found: &Found) -> &'static [&'static str] {
    const TEXT: &[&str] = &["contains", "is", "isnt", "empty", "filled"];
    const ORDER: &[&str] = &["atleast", "atmost", "is", "above", "below", "empty", "filled"];
    const OTHER: &[&str] = &["is", "isnt", "empty", "filled"];
    let kind = match found {
        Found::Field(field) => field.kind,
        Found::Custom(custom) => match custom.kind {
            kernel::CustomKind::Text => return TEXT,
            kernel::CustomKind::Number | kernel::CustomKind::Day => return ORDER,
            kernel::CustomKind::Flag | kernel::CustomKind::Choice => return OTHER,
        },
        Found::Step(_) => return &["empty", "filled"],
    };
    match kind {
        Kind::Text { .. } | Kind::LongText => TEXT,
        Kind::Flag | Kind::Choice(_) | Kind::Ref(_) | Kind::Origin | Kind::Lines(_) => OTHER,
        _ => ORDER,
    }
}
