//! The sheets that describe the company: they are part of the program.

use std::collections::HashMap;

use kernel::{Currency, Fault, Money, Price, Quantity, Rate, number::parse_decimal};

const SHEETS: &[(&str, &str)] = &[
    ("company", include_str!("../../../../demo/company/company.csv")),
    ("products", include_str!("../../../../demo/company/products.csv")),
    ("customers", include_str!("../../../../demo/company/customers.csv")),
    ("suppliers", include_str!("../../../../demo/company/suppliers.csv")),
    ("people", include_str!("../../../../demo/company/people.csv")),
    ("notes_fr", include_str!("../../../../demo/company/notes_fr.csv")),
    ("opportunities", include_str!("../../../../demo/company/opportunities.csv")),
    ("remarks", include_str!("../../../../demo/company/remarks.csv")),
];

/// One line of a sheet, by the names of its columns.
#[derive(Debug, Clone)]
pub struct Row {
    sheet: &'static str,
    cells: HashMap<String, String>,
}

/// The lines of a sheet.
///
/// # Errors
/// `data.file` when the program was built with a sheet that cannot be read.
pub fn rows(sheet: &'static str) -> Result<Vec<Row>, Fault> {
    let text = SHEETS.iter().find(|(name, _)| *name == sheet).map_or("", |(_, text)| text);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| unreadable(sheet, &error.to_string()))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(sheet, &error.to_string()))?;
        let cells = names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned));
        rows.push(Row { sheet, cells: cells.collect() });
    }
    Ok(rows)
}

fn unreadable(sheet: &str, said: &str) -> Fault {
    Fault::new("data.file").with("place", format!("{sheet}.csv")).with("said", said)
}

impl Row {
    /// What the cell holds; nothing when it is empty.
    #[must_use]
    pub fn maybe(&self, column: &str) -> Option<String> {
        self.cells.get(column).filter(|text| !text.is_empty()).cloned()
    }
    /// # Errors
    /// `data.file` when the cell is empty or missing.
    pub fn text(&self, column: &str) -> Result<String, Fault> {
        self.maybe(column).ok_or_else(|| unreadable(self.sheet, column))
    }
    /// A number in ten to the power of minus `decimals`; zero when empty.
    ///
    /// # Errors
    /// `number.*`.
    pub fn number(&self, column: &str, decimals: u32) -> Result<i64, Fault> {
        self.maybe(column).map_or(Ok(0), |text| parse_decimal(&text, decimals))
    }
    /// # Errors
    /// `number.*`.
    pub fn price(&self, column: &str) -> Result<Price, Fault> {
        Ok(Price::new(self.number(column, Price::DECIMALS)?, Currency::EUR))
    }
    /// # Errors
    /// `number.*`.
    pub fn money(&self, column: &str) -> Result<Money, Fault> {
        Ok(Money::eur(self.number(column, 2)?))
    }
    /// # Errors
    /// `number.*`.
    pub fn quantity(&self, column: &str) -> Result<Quantity, Fault> {
        Ok(Quantity(self.number(column, Quantity::DECIMALS)?))
    }
    /// A percentage.
    ///
    /// # Errors
    /// `number.*`.
    pub fn rate(&self, column: &str) -> Result<Rate, Fault> {
        Ok(Rate(self.number(column, 4)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sheet_can_be_read() {
        let count = |sheet| rows(sheet).unwrap().len();
        assert_eq!((count("products"), count("customers"), count("suppliers")), (63, 120, 12));
        assert_eq!((count("people"), count("company")), (8, 1));
        assert!(SHEETS.iter().all(|(name, _)| count(name) > 0));
    }
}
