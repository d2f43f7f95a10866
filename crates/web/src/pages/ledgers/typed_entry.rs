//! An entry as it is being typed: the fields of the form, read and read again.

use erp::finance::{Account, JournalEntry, JournalLine};
use kernel::number::{decimal, parse_decimal};
use kernel::{Actor, Catalog, Currency, Entity, Fault, Faults, Id, Language, Money, RawId, Tx};
use master::Party;

use crate::address::Fields;
use crate::form::draft;
use crate::parts::{Picked, picked};
use crate::{pick, titles};

/// A reference in a cell: the id when one was picked, and what is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub id: Option<RawId>,
    pub shown: String,
}

/// One line as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedLine {
    pub account: Cell,
    pub party: Cell,
    pub label: String,
    pub debit: String,
    pub credit: String,
}

impl TypedLine {
    fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// The whole form.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The id of the journal.
    pub journal: String,
    pub day: String,
    pub label: String,
    pub piece: String,
    /// Those that say something, in order.
    pub lines: Vec<TypedLine>,
    pub currency: Option<Currency>,
}

/// What the lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub debit: Money,
    pub credit: Money,
}

impl Balance {
    /// What is missing in credit when positive, in debit when negative.
    #[must_use]
    pub fn gap(self) -> Money {
        self.debit - self.credit
    }
}

/// Typed in a cell of amounts, it stands for what balances the other lines.
const FILL: &str = "=";

impl Typed {
    /// Reads the form; references are looked up, and a text that names none is a fault of its cell.
    ///
    /// # Errors
    /// `store.*`.
    pub fn read(
        tx: &mut Tx<'_>,
        catalog: &Catalog,
        actor: &Actor,
        fields: &Fields,
    ) -> Result<(Self, Faults), Faults> {
        let text = |name: &str| fields.text(name).trim().to_owned();
        let mut typed = Self {
            journal: text("journal"),
            day: text("day"),
            label: text("label"),
            piece: text("piece"),
            lines: Vec::new(),
            currency: Some(tx.currency()),
        };
        let mut faults = Faults::default();
        for rank in 0..draft::count(fields, "lines") {
            if fields.get("remove") == Some(rank.to_string().as_str()) {
                continue;
            }
            let own = draft::line(fields, "lines", rank);
            let at = typed.lines.len();
            let cell = |name: &str| own.text(name).trim().to_owned();
            let line = TypedLine {
                account: reference(tx, catalog, actor, &own, ("account", at), &mut faults)?,
                party: reference(tx, catalog, actor, &own, ("party", at), &mut faults)?,
                label: cell("label"),
                debit: cell("debit"),
                credit: cell("credit"),
            };
            if !line.is_blank() {
                typed.lines.push(line);
            }
        }
        typed.fill(actor.language);
        Ok((typed, faults))
    }

    /// The entry of these lines, to be written again: what is repeated each month.
    ///
    /// # Errors
    /// `not_found`, `store.*`.
    pub fn like(tx: &mut Tx<'_>, language: Language, id: Id<JournalEntry>) -> Result<Self, Faults> {
        let entry = tx.get(id)?;
        let mut typed = Self {
            journal: entry.journal.to_string(),
            day: tx.today().to_string(),
            label: entry.label.clone(),
            piece: String::new(),
            lines: Vec::new(),
            currency: Some(tx.currency()),
        };
        for line in tx.find(JournalLine::ENTRY.is(&id))? {
            let account = tx.get(line.account)?;
            let party = line.party.map(|party| tx.get(party)).transpose()?;
            let amount = |amount: Money| {
                if amount.is_zero() { String::new() } else { written(language, amount) }
            };
            typed.lines.push(TypedLine {
                account: Cell {
                    id: Some(account.id.raw()),
                    shown: format!("{} {}", account.number, account.name),
                },
                party: party.map_or_else(Cell::default, |party| Cell {
                    id: Some(party.id.raw()),
                    shown: party.name.clone(),
                }),
                label: line.label.clone().unwrap_or_default(),
                debit: amount(line.debit),
                credit: amount(line.credit),
            });
        }
        Ok(typed)
    }

    /// Puts what balances where [`FILL`] was typed, once.
    fn fill(&mut self, language: Language) {
        let gap = self.balance(language).gap();
        let Some(line) = self
            .lines
            .iter_mut()
            .find(|line| [&line.debit, &line.credit].contains(&&FILL.to_owned()))
        else {
            return;
        };
        // Whatever the column, the amount goes where it balances.
        (line.debit, line.credit) = match gap.minor {
            0 => (String::new(), String::new()),
            1.. => (String::new(), written(language, gap)),
            _ => (written(language, -gap), String::new()),
        };
    }

    /// The sums of what can be read.
    #[must_use]
    pub fn balance(&self, language: Language) -> Balance {
        let currency = self.currency.unwrap_or(Currency::EUR);
        let sum = |side: fn(&TypedLine) -> &str| {
            let amounts = self.lines.iter().filter_map(|line| {
                let plain = language.plain(side(line));
                parse_decimal(&plain, currency.decimals()).ok()
            });
            Money::new(amounts.sum(), currency)
        };
        Balance { debit: sum(|line| &line.debit), credit: sum(|line| &line.credit) }
    }

    /// The lines as the act reads them: account, debit, credit, label, party.
    ///
    /// # Errors
    /// `not_found`, `store.*`.
    pub fn told(&self, tx: &mut Tx<'_>, language: Language) -> Result<String, Fault> {
        let mut told = String::new();
        let clean = |text: &str| text.replace(['\t', ';', '\n', '\r'], " ");
        for line in &self.lines {
            let number = match line.account.id {
                Some(id) => tx.get(Id::<Account>::from_raw(id))?.number.clone(),
                None => clean(&line.account.shown),
            };
            let party = line.party.id.map(|id| id.to_string()).unwrap_or_default();
            let (debit, credit) = (language.plain(&line.debit), language.plain(&line.credit));
            let label = clean(&line.label);
            told.push_str(&format!("{number}\t{debit}\t{credit}\t{label}\t{party}\n"));
        }
        Ok(told)
    }
}

/// An amount as it is typed in the language: no grouping.
fn written(language: Language, amount: Money) -> String {
    language.decimal(&decimal(amount.minor, amount.currency.decimals())).replace('\u{202f}', "")
}

fn reference(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    own: &Fields,
    (name, rank): (&'static str, usize),
    faults: &mut Faults,
) -> Result<Cell, Faults> {
    let (found, typed) = match picked(name, |name| own.get(name).map(ToOwned::to_owned)) {
        Picked::None => return Ok(Cell::default()),
        Picked::Id(id) => (RawId::parse(&id), own.text(&format!("{name}.text")).to_owned()),
        Picked::Text(text) => (pick::resolve(tx, catalog, actor, name, &text), text),
    };
    let field = format!("lines.{rank}.{name}");
    let id = match found {
        Ok(id) => id,
        Err(fault) => {
            faults.0.push(fault.on(field));
            return Ok(Cell { id: None, shown: typed });
        }
    };
    let def = if name == "account" { Account::DEF } else { Party::DEF };
    let Some(row) = tx.row(def, id)? else {
        faults.0.push(kernel::work::not_found(def, id).on(field));
        return Ok(Cell { id: None, shown: typed });
    };
    Ok(Cell { id: Some(id), shown: titles::title_of(def, &row, actor.language) })
}
