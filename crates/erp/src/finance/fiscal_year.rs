//! Fiscal years, and the day up to which their books are locked.

use kernel::{Actor, Day, Entity, Event, Fault, Faults, Id, Kept, Origin, RawId, Rules, Tx};

/// Twelve months of books, usually. Nothing is posted outside one.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Exercice", en = "Fiscal year", frs = "Exercices", ens = "Fiscal years", steady)]
pub struct FiscalYear {
    #[field(fr = "Code", en = "Code", list, unique, title)]
    pub code: String,
    #[field(fr = "Début", en = "Starts on", list, index)]
    pub starts_on: Day,
    #[field(fr = "Fin", en = "Ends on", list)]
    pub ends_on: Day,
    /// Nothing is posted on this day or before.
    #[field(fr = "Verrouillé jusqu’au", en = "Locked until", list, system)]
    pub locked_until: Option<Day>,
    #[field(fr = "Clos", en = "Closed", list, system)]
    pub closed: bool,
}

impl Rules for FiscalYear {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        // A first year may last up to two (Code de commerce, art. L123-12 and practice).
        let days = self.ends_on - self.starts_on;
        faults.ensure((0..=731).contains(&days), || Fault::new("fiscal_year.span").on("ends_on"));
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.closed || self.locked_until.is_some() {
            return Err(Fault::new("fiscal_year.locked").with("year", self.code.as_str()).into());
        }
        Ok(())
    }
}

/// A fiscal year to open.
#[derive(Debug, Clone)]
pub struct NewFiscalYear {
    pub code: String,
    pub starts_on: Day,
    pub ends_on: Day,
}

impl NewFiscalYear {
    /// The twelve months that begin on `starts_on`, named after the year in which they end.
    #[must_use]
    pub fn from(starts_on: Day) -> Self {
        let ends_on = starts_on.plus_months(12) + -1;
        Self { code: ends_on.year().to_string(), starts_on, ends_on }
    }
}

/// Opens a fiscal year, or finds the one that has the same code.
///
/// # Errors
/// `fiscal_year.overlap`, `fiscal_year.span`.
pub fn open_fiscal_year(tx: &mut Tx<'_>, new: &NewFiscalYear) -> Result<Id<FiscalYear>, Faults> {
    if let Some(known) = tx.first(FiscalYear::CODE.is(&new.code))? {
        return Ok(known.id);
    }
    let id = tx.insert(&FiscalYear {
        code: new.code.clone(),
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        locked_until: None,
        closed: false,
    })?;
    apart(tx, id)?;
    Ok(id)
}

/// Refuses a year that shares a day with another: each day belongs to one set of books.
fn apart(tx: &mut Tx<'_>, id: Id<FiscalYear>) -> Result<(), Faults> {
    let year = tx.get(id)?;
    let touching = FiscalYear::STARTS_ON.at_most(&year.ends_on)
        & FiscalYear::ENDS_ON.at_least(&year.starts_on);
    match tx.find(touching)?.into_iter().find(|other| other.id != id) {
        None => Ok(()),
        Some(other) => Err(Fault::new("fiscal_year.overlap")
            .on("starts_on")
            .with("other", other.code.as_str())
            .into()),
    }
}

/// What follows when a year is made or edited by hand.
///
/// # Errors
/// `fiscal_year.overlap`.
pub fn settle_fiscal_year(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    apart(tx, Id::from_raw(id))
}

/// The open fiscal year in which a day may still be posted.
///
/// # Errors
/// `period.missing` when no year holds the day, `period.locked` when its books are closed.
pub fn year_of(tx: &mut Tx<'_>, day: Day) -> Result<Kept<FiscalYear>, Fault> {
    let holding = FiscalYear::STARTS_ON.at_most(&day) & FiscalYear::ENDS_ON.at_least(&day);
    let year = tx.first(holding)?.ok_or_else(|| Fault::new("period.missing").with("day", day))?;
    let until = if year.closed { Some(year.ends_on) } else { year.locked_until };
    match until.filter(|until| day <= *until) {
        None => Ok(year),
        Some(until) => Err(Fault::new("period.locked").with("day", day).with("until", until)),
    }
}

/// Locks the books up to a day, that day included. A lock only moves forward.
///
/// # Errors
/// `fiscal_year.lock` when the day is outside the year or before the present lock.
pub fn lock_fiscal_year(tx: &mut Tx<'_>, id: Id<FiscalYear>, until: Day) -> Result<(), Faults> {
    let mut year = tx.lock(id)?;
    let earliest = year.locked_until.map_or(year.starts_on, |locked| locked.max(year.starts_on));
    if !(earliest..=year.ends_on).contains(&until) {
        return Err(Fault::new("fiscal_year.lock")
            .on("until")
            .with("from", earliest)
            .with("to", year.ends_on)
            .into());
    }
    year.locked_until = Some(until);
    tx.save(&year)?;
    tx.emit(Event::new("fiscal_year.locked", Origin::of(id)).with("until", until));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_are_named_after_the_year_in_which_they_end() {
        let year = NewFiscalYear::from(Day::of(2025, 7, 1).unwrap());
        assert_eq!((year.code.as_str(), year.ends_on.to_string().as_str()), ("2026", "2026-06-30"));
    }

    #[test]
    fn a_year_ends_after_it_starts() {
        let day = |text| Day::parse(text).unwrap();
        let mut year = FiscalYear {
            code: "2026".into(),
            starts_on: day("2026-01-01"),
            ends_on: day("2025-12-31"),
            locked_until: None,
            closed: false,
        };
        assert_eq!(year.check().unwrap_err().codes(), ["fiscal_year.span"]);
        year.ends_on = day("2026-12-31");
        assert!(year.check().is_ok());
        assert!(year.editable().is_ok());
        year.locked_until = Some(day("2026-01-31"));
        assert!(year.editable().is_err());
    }
}
