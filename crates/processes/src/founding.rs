//! A company's books are opened: the company itself, what every company needs, its fiscal years.

use erp::finance::{NewFiscalYear, seed_chart};
use erp::inventory::seed_locations;
use kernel::{Day, Fault, Faults, Filter, Tx};
use master::Company;

/// Opens the books of a company, with the fiscal years that hold `days` and the next one.
///
/// # Errors
/// `company.single` when these books are a company's already; those of the company's rules.
pub fn open_books(tx: &mut Tx<'_>, company: &Company, days: &[Day]) -> Result<(), Faults> {
    if tx.first::<Company>(Filter::everything())?.is_some() {
        return Err(Fault::new("company.single").into());
    }
    let years = fiscal_years(company.fiscal_year_month.unwrap_or(1), days);
    tx.insert(company)?;
    master::seed(tx)?;
    seed_locations(tx)?;
    seed_chart(tx, &years)?;
    Ok(())
}

/// The years beginning in `month` from the first of the days to the last, and the next one, so
/// that the first of January stops no one.
fn fiscal_years(month: i64, days: &[Day]) -> Vec<NewFiscalYear> {
    let month = i8::try_from(month).unwrap_or(1);
    let start = |day: Day| {
        let year = if day.month() < month { day.year() - 1 } else { day.year() };
        Day::of(year, month, 1).unwrap_or(day)
    };
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return vec![] };
    let (first, last) = (start(*first), start(*last).plus_months(12));
    let starts = std::iter::successors(Some(first), |day| Some(day.plus_months(12)));
    starts.take_while(|day| *day <= last).map(NewFiscalYear::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_years_cover_the_days_and_one_more() {
        let day = |text| Day::parse(text).unwrap();
        let years = fiscal_years(7, &[day("2025-06-30"), day("2026-11-24")]);
        let starts: Vec<String> = years.iter().map(|year| year.starts_on.to_string()).collect();
        assert_eq!(starts, ["2024-07-01", "2025-07-01", "2026-07-01", "2027-07-01"]);
    }
}
