//! What each line of the file is: sold, taken back, or not to be booked, with the reason.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{Fault, Instant, Money};

use super::reader::{Line, POUND, Retail};

/// Why a line cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A sale at no price: a gift, a sample, a mistake. Nothing can be invoiced.
    NoPrice,
    /// A sale at a price below zero.
    NegativePrice,
    /// A quantity below zero on a document that cancels nothing: the stock was corrected.
    StockCorrection,
    /// A document that neither sells nor cancels: `A…`, written off debts.
    NotASale,
    /// A cancellation that takes nothing back.
    CancelsNothing,
    /// No earlier invoice of the customer sold the product: it was before the file begins, or it
    /// was a rebate. A credit note must name the invoice it mends.
    NoInvoice,
    /// Earlier invoices of the customer sold the product, none at this price.
    OtherPrice,
    /// Earlier invoices sold the product at this price, but fewer units than are cancelled.
    MoreThanInvoiced,
}

impl Reason {
    /// The reason as a refusal, whose sentences say it in both languages.
    #[must_use]
    pub const fn fault(self) -> Fault {
        match self {
            Self::NoPrice => Fault::new("price.zero"),
            Self::NegativePrice => Fault::new("price.negative"),
            Self::StockCorrection => Fault::new("stock.correction"),
            Self::NotASale => Fault::new("document.not_a_sale"),
            Self::CancelsNothing => Fault::new("cancel.nothing"),
            Self::NoInvoice => Fault::new("cancel.no_invoice"),
            Self::OtherPrice => Fault::new("cancel.other_price"),
            Self::MoreThanInvoiced => Fault::new("cancel.more_than_invoiced"),
        }
    }
    #[must_use]
    pub fn code(self) -> &'static str {
        self.fault().code
    }
}

/// A part of an invoice line that is taken back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit {
    /// The document that sold it.
    pub document: usize,
    /// The place of the line among the booked lines of that document.
    pub place: usize,
    pub product: usize,
    /// Whole units, above zero.
    pub quantity: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An order, delivered and invoiced.
    Sale,
    /// Credit notes and goods taken back.
    Return(Vec<Credit>),
}

/// A document with at least one line to book.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its rank in the file's documents.
    pub rank: usize,
    pub at: Instant,
    pub customer: Option<usize>,
    /// The ranks of its booked lines.
    pub lines: Vec<usize>,
    pub deed: Deed,
}

/// What is to be booked, in the order of the file, and what is not.
#[derive(Debug, Default)]
pub struct Plan {
    pub documents: Vec<Document>,
    /// The rank of each line that cannot be booked, and why.
    pub listed: Vec<(usize, Reason)>,
}

impl Document {
    /// What it takes back; nothing for a sale.
    #[must_use]
    pub fn credits(&self) -> &[Credit] {
        if let Deed::Return(credits) = &self.deed { credits } else { &[] }
    }
}

enum Kind {
    Sale,
    Return,
    Other,
}

fn kind(name: &str) -> Kind {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match name.strip_prefix('C') {
        Some(rest) if digits(rest) => Kind::Return,
        None if digits(name) => Kind::Sale,
        _ => Kind::Other,
    }
}

/// Whose, which product, at which price.
type Sold = (Option<usize>, usize, i64);

/// An invoice line with units that no cancellation took back.
struct Open {
    document: usize,
    place: usize,
    left: i64,
}

/// What was sold so far and not taken back.
#[derive(Default)]
struct Ledger {
    open: HashMap<Sold, Vec<Open>>,
    products: HashSet<(Option<usize>, usize)>,
}

impl Ledger {
    fn sell(&mut self, line: &Line, place: usize) {
        let sold = (line.customer, line.product, line.price);
        let open = Open { document: line.document, place, left: line.quantity };
        self.open.entry(sold).or_default().push(open);
        self.products.insert((line.customer, line.product));
    }

    /// Finds what a cancelled line takes back: the latest invoice line that holds all of it, else
    /// the latest ones that hold it together.
    fn take_back(&mut self, line: &Line) -> Result<Vec<Credit>, Reason> {
        let asked = -line.quantity;
        let sold = (line.customer, line.product, line.price);
        let Some(open) = self.open.get_mut(&sold) else {
            let known = self.products.contains(&(line.customer, line.product));
            return Err(if known { Reason::OtherPrice } else { Reason::NoInvoice });
        };
        let product = line.product;
        let credit = |open: &Open, quantity| Credit {
            document: open.document,
            place: open.place,
            product,
            quantity,
        };
        if let Some(one) = open.iter_mut().rev().find(|open| open.left >= asked) {
            one.left -= asked;
            return Ok(vec![credit(one, asked)]);
        }
        // Parts in whole pence add up to the line; parts of a penny need not.
        let whole_pence = line.price % 100 == 0;
        if open.iter().map(|open| open.left).sum::<i64>() < asked || !whole_pence {
            return Err(Reason::MoreThanInvoiced);
        }
        let (mut left, mut credits) = (asked, Vec::new());
        for one in open.iter_mut().rev() {
            let part = one.left.min(left);
            if part > 0 {
                one.left -= part;
                left -= part;
                credits.push(credit(one, part));
            }
        }
        Ok(credits)
    }
}

/// Sorts every line of the file: each is either in one document of the plan or listed.
#[must_use]
pub fn classify(retail: &Retail) -> Plan {
    let mut by_document: Vec<Vec<usize>> = vec![Vec::new(); retail.documents.len()];
    for (rank, line) in retail.lines.iter().enumerate() {
        by_document[line.document].push(rank);
    }
    let (mut plan, mut ledger) = (Plan::default(), Ledger::default());
    for (rank, lines) in by_document.iter().enumerate() {
        let name = &retail.documents[rank];
        let (mut booked, mut credits) = (Vec::new(), Vec::new());
        for at in lines {
            let line = &retail.lines[*at];
            let taken = match kind(name) {
                Kind::Sale => sold(line).map(|()| ledger.sell(line, booked.len())),
                Kind::Return => taken_back(line)
                    .and_then(|()| ledger.take_back(line))
                    .map(|parts| credits.extend(parts)),
                Kind::Other => Err(Reason::NotASale),
            };
            match taken {
                Ok(()) => booked.push(*at),
                Err(reason) => plan.listed.push((*at, reason)),
            }
        }
        let Some(first) = booked.first().map(|at| &retail.lines[*at]) else { continue };
        let deed = match kind(name) {
            Kind::Return => Deed::Return(credits),
            _ => Deed::Sale,
        };
        let (at, customer) = (first.at, first.customer);
        plan.documents.push(Document { rank, at, customer, lines: booked, deed });
    }
    plan.listed.sort_unstable();
    plan
}

const fn sold(line: &Line) -> Result<(), Reason> {
    match (line.quantity, line.price) {
        (..=0, _) => Err(Reason::StockCorrection),
        (_, 0) => Err(Reason::NoPrice),
        (_, ..0) => Err(Reason::NegativePrice),
        _ => Ok(()),
    }
}

const fn taken_back(line: &Line) -> Result<(), Reason> {
    match (line.quantity, line.price) {
        (0.., _) => Err(Reason::CancelsNothing),
        (_, 0) => Err(Reason::NoPrice),
        (_, ..0) => Err(Reason::NegativePrice),
        _ => Ok(()),
    }
}

impl Plan {
    #[must_use]
    pub fn booked(&self) -> usize {
        self.documents.iter().map(|document| document.lines.len()).sum()
    }

    /// How many lines are listed for each reason.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Reason, usize> {
        let mut counts = BTreeMap::new();
        for (_, reason) in &self.listed {
            *counts.entry(*reason).or_default() += 1;
        }
        counts
    }

    /// Quantity × price of the booked lines, each rounded half up, by month (`2010-12`).
    #[must_use]
    pub fn sales(&self, retail: &Retail) -> BTreeMap<String, Money> {
        let mut months = BTreeMap::new();
        for document in &self.documents {
            for line in document.lines.iter().map(|at| &retail.lines[*at]) {
                let month = month(line.at.day());
                *months.entry(month).or_insert(Money::zero(POUND)) += line.amount();
            }
        }
        months
    }
}

/// `2010-12`.
#[must_use]
pub fn month(day: kernel::Day) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

#[cfg(test)]
#[path = "classify_tests.rs"]
mod tests;
