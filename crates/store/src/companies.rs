//! The companies whose books are here. One that is being filled for a demonstration is seen by
//! nobody until it is whole: cut off in the middle, it stays aside, and another is begun.

use kernel::{CompanyNumber, Currency, Fault, Faults};

use crate::cell::{self, Cell};
use crate::session::Statement;
use crate::{Store, now};

/// What a company is: at work, being filled, or a demonstration.
const REAL: &str = "real";
const FILLING: &str = "filling";
const DEMONSTRATION: &str = "demonstration";

impl Store {
    /// Opens the books of a new company.
    ///
    /// # Errors
    /// `store.*`.
    pub fn open_company(&self, currency: Currency) -> Result<CompanyNumber, Faults> {
        self.open_as(currency, REAL)
    }

    /// Opens books for a demonstration. They are among [`Self::companies`] once
    /// [`Self::show_demonstration`] says that they are filled.
    ///
    /// # Errors
    /// `store.*`.
    pub fn open_demonstration(&self, currency: Currency) -> Result<CompanyNumber, Faults> {
        self.open_as(currency, FILLING)
    }

    fn open_as(&self, currency: Currency, kind: &'static str) -> Result<CompanyNumber, Faults> {
        let at = now();
        let number = self.answer(move |session| {
            let rows = session.query("select coalesce(max(company), 0) + 1 from tenant", &[])?;
            let number = rows.first().and_then(|row| row.first()).ok_or_else(cell::unreadable)?;
            session.execute(&[Statement {
                text: "insert into tenant (company, currency, created_at, kind) \
                       values ($1, $2, $3, $4)"
                    .into(),
                params: vec![number.clone(), currency.code().into(), at.0.into(), kind.into()],
            }])?;
            Ok(number.integer()?.to_string())
        })?;
        Ok(CompanyNumber(number.parse().map_err(|_| cell::unreadable())?))
    }

    /// Shows a demonstration that is filled, with the company to which it is shown; again, it does
    /// nothing.
    ///
    /// # Errors
    /// `store.*`.
    pub fn show_demonstration(&self, company: CompanyNumber) -> Result<(), Faults> {
        self.write(move |session| {
            session.execute(&[Statement {
                text: "update tenant set kind = $1 where company = $2 and kind = $3".into(),
                params: vec![DEMONSTRATION.into(), company.0.into(), FILLING.into()],
            }])?;
            Ok(())
        })
    }

    /// Whether this company is a demonstration, from which nothing leaves the house.
    ///
    /// # Errors
    /// `store.*`.
    pub fn is_demonstration(&self, company: CompanyNumber) -> Result<bool, Faults> {
        let known = self.0.demonstrations.read().ok();
        if let Some(known) = known.and_then(|known| known.get(&company).copied()) {
            return Ok(known);
        }
        let kind = self.look(|session| {
            let text = "select kind from tenant where company = $1";
            let rows = session.query(text, &[Cell::Integer(company.0)])?;
            let unknown = || Fault::new("company.unknown").with("company", company.0);
            Ok(rows.into_iter().flatten().next().ok_or_else(unknown)?.text()?)
        })?;
        // What is shown stays what it is.
        if kind != FILLING
            && let Ok(mut known) = self.0.demonstrations.write()
        {
            known.insert(company, kind == DEMONSTRATION);
        }
        Ok(kind != REAL)
    }

    /// The companies whose books are here, oldest first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn companies(&self) -> Result<Vec<CompanyNumber>, Faults> {
        self.look(|session| {
            let text = "select company from tenant where kind <> $1 order by company";
            let rows = session.query(text, &[FILLING.into()])?;
            let numbers = rows.iter().filter_map(|row| row.first());
            Ok(numbers.map(|cell| cell.integer().map(CompanyNumber)).collect::<Result<_, _>>()?)
        })
    }
}
