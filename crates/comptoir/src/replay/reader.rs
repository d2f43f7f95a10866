//! The three files of the data set, read whole.
//!
//! Documents, customers and products are numbered in the order in which they are first met, so that
//! the half million lines hold numbers and no text.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use csv::StringRecord;
use flate2::read::MultiGzDecoder;
use kernel::{
    Currency, Fault, Instant, Money, Price, Quantity, Rate, divide_half_up, parse_decimal,
};

const LINES: &str = "online_retail_order_lines.csv.gz";
const PRODUCTS: &str = "online_retail_products.csv.gz";
const CUSTOMERS: &str = "online_retail_customers.csv.gz";

/// The currency of the whole file.
pub const POUND: Currency = Currency::GBP;

/// One line of the order lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Its line in the file, the header being line 1.
    pub number: u32,
    /// Its rank in [`Retail::documents`].
    pub document: usize,
    /// The minute the file gives, read as UTC: the file says no time zone.
    pub at: Instant,
    /// Its rank in [`Retail::customers`].
    pub customer: Option<usize>,
    /// Its rank in [`Retail::products`].
    pub product: usize,
    /// Whole units, below zero for what came back.
    pub quantity: i64,
    /// Of one unit, excluding tax, in ten-thousandths of a pound.
    pub price: i64,
}

impl Line {
    /// Quantity × price, rounded half up to the penny.
    #[must_use]
    pub fn amount(&self) -> Money {
        Price::new(self.price, POUND).amount(Quantity::units(self.quantity), Rate::ZERO)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    pub code: String,
    /// As the file names it.
    pub country: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    pub code: String,
    /// Absent, like the price, for codes that only the order lines know.
    pub description: Option<String>,
    /// In ten-thousandths of a pound.
    pub list_price: Option<i64>,
}

/// The data set.
#[derive(Debug, Default)]
pub struct Retail {
    /// The names of the documents: `536365`, `C536379`, `A563185`.
    pub documents: Vec<String>,
    pub customers: Vec<Customer>,
    pub products: Vec<Product>,
    pub lines: Vec<Line>,
}

/// The ranks of texts already met.
#[derive(Default)]
struct Ranks(HashMap<String, usize>);

impl Ranks {
    /// The rank of a text; `add` is called with a new one, whose rank is `next`.
    fn of(&mut self, text: &str, next: usize, add: impl FnOnce()) -> usize {
        if let Some(rank) = self.0.get(text) {
            return *rank;
        }
        add();
        self.0.insert(text.to_owned(), next);
        next
    }
}

/// Reads the folder.
///
/// # Errors
/// `replay.file` for a file that is missing or cannot be read, `replay.row` for a row that does not
/// have the shape of its file.
pub fn read(folder: &Path) -> Result<Retail, Fault> {
    let mut retail = Retail::default();
    let (mut products, mut customers) = (Ranks::default(), Ranks::default());
    each_row(&folder.join(PRODUCTS), |_, row| {
        let list_price = Some(rounded(text(row, 2)?)?);
        let (code, description) = (text(row, 0)?, Some(text(row, 1)?.trim().to_owned()));
        let next = retail.products.len();
        let product = Product { code: code.to_owned(), description, list_price };
        products.of(code, next, || retail.products.push(product));
        Ok(())
    })?;
    each_row(&folder.join(CUSTOMERS), |_, row| {
        let (code, country) = (text(row, 0)?, Some(text(row, 1)?.to_owned()));
        let next = retail.customers.len();
        let customer = Customer { code: code.to_owned(), country };
        customers.of(code, next, || retail.customers.push(customer));
        Ok(())
    })?;
    read_lines(&folder.join(LINES), &mut retail, &mut products, &mut customers)?;
    Ok(retail)
}

fn read_lines(
    path: &Path,
    retail: &mut Retail,
    products: &mut Ranks,
    customers: &mut Ranks,
) -> Result<(), Fault> {
    let mut documents = Ranks::default();
    each_row(path, |number, row| {
        let name = text(row, 0)?;
        let next = retail.documents.len();
        let document = documents.of(name, next, || retail.documents.push(name.to_owned()));
        let customer = match row.get(2).unwrap_or("") {
            "" => None,
            code => {
                let customer = Customer { code: code.to_owned(), country: None };
                let next = retail.customers.len();
                Some(customers.of(code, next, || retail.customers.push(customer)))
            }
        };
        let code = text(row, 3)?;
        let product = Product { code: code.to_owned(), description: None, list_price: None };
        let next = retail.products.len();
        let product = products.of(code, next, || retail.products.push(product));
        let quantity = text(row, 4)?.parse().map_err(|_| malformed())?;
        let price = parse_decimal(text(row, 5)?, Price::DECIMALS)?;
        let at = minute(text(row, 1)?)?;
        retail.lines.push(Line { number, document, at, customer, product, quantity, price });
        Ok(())
    })
}

/// `2010-12-01 08:26`.
fn minute(text: &str) -> Result<Instant, Fault> {
    let (day, clock) = text.split_once(' ').ok_or_else(malformed)?;
    Instant::parse(&format!("{day}T{clock}:00Z"))
}

/// A list price: an average in the file (`2.4699999999999998`), rounded to the fourth decimal.
fn rounded(text: &str) -> Result<i64, Fault> {
    const READ: usize = 9;
    let end = text.find('.').map_or(text.len(), |point| text.len().min(point + 1 + READ));
    let read = i128::from(parse_decimal(text.get(..end).ok_or_else(malformed)?, READ as u32)?);
    let price = divide_half_up(read, 10_i128.pow(READ as u32 - Price::DECIMALS));
    i64::try_from(price).map_err(|_| malformed())
}

fn text(row: &StringRecord, column: usize) -> Result<&str, Fault> {
    row.get(column).filter(|text| !text.is_empty()).ok_or_else(malformed)
}

fn malformed() -> Fault {
    Fault::new("replay.row")
}

/// Calls `take` with each row after the header and its line in the file.
fn each_row(
    path: &Path,
    mut take: impl FnMut(u32, &StringRecord) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let place = || path.display().to_string();
    let unread = |said: String| Fault::new("replay.file").with("place", place()).with("said", said);
    let file = File::open(path).map_err(|error| unread(error.to_string()))?;
    let mut rows = csv::Reader::from_reader(MultiGzDecoder::new(file));
    let mut row = StringRecord::new();
    while rows.read_record(&mut row).map_err(|error| unread(error.to_string()))? {
        let number = row.position().map_or(0, csv::Position::line);
        let taken = take(u32::try_from(number).unwrap_or(u32::MAX), &row);
        taken.map_err(|fault| {
            let line = i64::try_from(number).unwrap_or(i64::MAX);
            let said = fault.code;
            Fault::new("replay.row").with("place", place()).with("line", line).with("said", said)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_the_file_is_read_as_utc() {
        let at = minute("2010-12-01 08:26").unwrap();
        assert_eq!(at, Instant::parse("2010-12-01T08:26:00Z").unwrap());
        assert!(minute("2010-12-01").is_err() && minute("01/12/2010 08:26").is_err());
    }

    #[test]
    fn a_line_is_rounded_half_up_to_the_penny_away_from_zero() {
        let line = |quantity, price| Line {
            number: 2,
            document: 0,
            at: Instant(0),
            customer: None,
            product: 0,
            quantity,
            price,
        };
        assert_eq!(line(6, 25_500).amount(), Money::new(15_30, POUND));
        assert_eq!(line(1, 10).amount(), Money::new(0, POUND));
        assert_eq!(line(5, 10).amount(), Money::new(1, POUND));
        assert_eq!(line(-5, 10).amount(), Money::new(-1, POUND));
    }

    #[test]
    fn a_list_price_is_rounded_to_the_fourth_decimal() {
        assert_eq!(rounded("2.4699999999999998"), Ok(24_700));
        assert_eq!(rounded("0.85"), Ok(8_500));
        assert_eq!(rounded("12"), Ok(120_000));
        assert!(rounded("cher").is_err());
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let fault = read(Path::new("/nowhere")).unwrap_err();
        assert_eq!(fault.code, "replay.file");
    }
}
