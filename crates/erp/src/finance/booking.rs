//! Which accounts an invoice goes to, and the lines of its entry. Pure: no record is read here.

use kernel::{Currency, Day, Id, Money, Rate};
use master::{Party, ProductKind, Tax, TaxCategory, amounts};

use crate::finance::chart;
use crate::finance::entry::NewLine;
use crate::finance::invoice::InvoiceKind;

/// The account of a sale: what it is, then where it goes.
#[must_use]
pub fn sales_account(kind: ProductKind, made: bool, category: TaxCategory) -> String {
    let base = match (kind, made) {
        (ProductKind::Service, _) => chart::SERVICES,
        (ProductKind::Goods, true) => chart::SALES_OF_MADE,
        (ProductKind::Goods, false) => chart::SALES_OF_GOODS,
    };
    abroad(base, category)
}

/// The sub-account of a sale without French VAT; [`chart::COMPANY_ACCOUNTS`] holds them.
#[must_use]
pub fn abroad(base: &str, category: TaxCategory) -> String {
    let digit = match category {
        TaxCategory::IntraCommunity | TaxCategory::ReverseCharge => '2',
        TaxCategory::Export | TaxCategory::OutOfScope => '3',
        TaxCategory::Standard | TaxCategory::Exempt => return base.to_owned(),
    };
    match base {
        chart::CARRIAGE => format!("{}{digit}0", &base[..4]),
        chart::SERVICES | chart::SALES_OF_MADE | chart::SALES_OF_GOODS => {
            format!("{}{digit}00", &base[..3])
        }
        other => other.to_owned(),
    }
}

/// The last digit of the VAT accounts of a rate, in both families: due, and due on payment.
fn rate_digit(rate: Rate) -> char {
    match rate.0 {
        200_000 => '1',
        100_000 => '2',
        55_000 => '3',
        21_000 => '4',
        _ => '0',
    }
}

/// The account of VAT that is due: 44571 and its divisions by rate.
#[must_use]
pub fn tax_account(rate: Rate) -> String {
    format!("{}{}", &chart::TAX_COLLECTED[..5], rate_digit(rate))
}

/// The account of VAT that waits for the payment: 44574 and its divisions by rate.
#[must_use]
pub fn waiting_account(rate: Rate) -> String {
    format!("{}{}", &chart::TAX_ON_PAYMENT[..5], rate_digit(rate))
}

/// The account that waiting VAT goes to once it is due, if the account is one of waiting VAT.
#[must_use]
pub fn due_account(waiting: &str) -> Option<String> {
    let rest = waiting.strip_prefix(&chart::TAX_ON_PAYMENT[..5])?;
    Some(format!("{}{rest}", &chart::TAX_COLLECTED[..5]))
}

/// A line as the booking sees it.
#[derive(Debug, Clone)]
pub struct TaxedLine {
    pub account: String,
    pub tax: Id<Tax>,
    pub rate: Rate,
    pub net: Money,
    pub on_payment: bool,
}

/// The VAT of one rate: what is due at once, and what becomes due as the invoice is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateTax {
    pub rate: Rate,
    pub at_once: Money,
    pub on_payment: Money,
}

/// The VAT of an invoice, split by the moment it becomes due. It adds up to the totals' exactly.
#[must_use]
pub fn rate_taxes(currency: Currency, lines: &[TaxedLine]) -> Vec<RateTax> {
    let all = lines.iter().map(|line| (line.tax, line.rate, line.net));
    let shares = amounts::totals(currency, all).taxes;
    let share_of = |share: &amounts::TaxShare| {
        let waiting = lines
            .iter()
            .filter(|line| line.tax == share.tax && line.rate == share.rate && line.on_payment)
            .map(|line| line.net);
        let waiting = Money::sum(currency, waiting);
        // All of it waits, or the part of its base: one rounding, on the whole.
        let on_payment =
            if waiting == share.base { share.amount } else { waiting.share(share.rate) };
        RateTax { rate: share.rate, at_once: share.amount - on_payment, on_payment }
    };
    shares.iter().map(share_of).collect()
}

/// A deposit that the invoice deducts.
#[derive(Debug, Clone)]
pub struct Deducted {
    /// The number of the deposit invoice.
    pub number: Option<String>,
    /// VAT included.
    pub amount: Money,
    /// VAT deducted, by rate.
    pub taxes: Vec<(Rate, Money)>,
    /// VAT of the deposit that still waits for its payment, by account: the delivery makes it due.
    pub still_waiting: Vec<(String, Money)>,
}

impl Deducted {
    #[must_use]
    pub fn tax_amount(&self) -> Money {
        Money::sum(self.amount.currency, self.taxes.iter().map(|(_, tax)| *tax))
    }
    #[must_use]
    pub fn net(&self) -> Money {
        self.amount - self.tax_amount()
    }
}

/// All that the entry of an invoice needs.
#[derive(Debug)]
pub struct Booking<'a> {
    pub kind: InvoiceKind,
    pub party: Id<Party>,
    pub currency: Currency,
    pub lines: &'a [TaxedLine],
    pub deducted: &'a [Deducted],
    pub due_on: Option<Day>,
}

/// An entry's lines, with the places of those that deduct the deposits, in their order.
#[derive(Debug)]
pub struct Booked {
    pub lines: Vec<NewLine>,
    /// VAT, included in `lines`, that waits for the payment.
    pub on_payment: Money,
}

/// The lines of the entry: D 411 · D 4191 · C 70 · C 44571, the other way round for a credit note.
///
/// The deductions come first, in their order, then the customer, the sales and the VAT.
#[must_use]
pub fn entry_lines(booking: &Booking<'_>) -> Booked {
    let currency = booking.currency;
    let mut sales: Vec<(String, Money)> = Vec::new();
    for line in booking.lines {
        add(&mut sales, &line.account, line.net);
    }
    let (mut due_at_once, mut waiting) = (Vec::new(), Vec::new());
    for tax in rate_taxes(currency, booking.lines) {
        let taken = booking.deducted.iter().flat_map(|deducted| &deducted.taxes);
        let taken = taken.filter(|(rate, _)| *rate == tax.rate).map(|(_, tax)| *tax);
        let taken = Money::sum(currency, taken);
        // What was paid before cannot wait for a payment any more.
        let from_waiting = taken.min(tax.on_payment.max(Money::zero(currency)));
        add(&mut waiting, &waiting_account(tax.rate), tax.on_payment - from_waiting);
        add(&mut due_at_once, &tax_account(tax.rate), tax.at_once - (taken - from_waiting));
    }
    take_missing_rates(booking, &mut due_at_once);

    let mut lines: Vec<NewLine> = booking
        .deducted
        .iter()
        .map(|deducted| {
            let line = NewLine::debit(chart::DEPOSITS_RECEIVED, deducted.net());
            let line = line.of_party(booking.party);
            match &deducted.number {
                Some(number) => line.labelled(format!("Acompte {number}")),
                None => line,
            }
        })
        .collect();
    let credits = sales.iter().chain(&due_at_once).chain(&waiting);
    let credits: Vec<NewLine> =
        credits.map(|(account, sum)| credit(booking, account, *sum)).collect();
    let so_far = lines.iter().chain(&credits).map(|line| line.amount);
    let receivable = -Money::sum(currency, so_far);
    lines.push(
        NewLine::debit(chart::RECEIVABLES, receivable).of_party(booking.party).due(booking.due_on),
    );
    lines.extend(credits);
    for (account, amount) in booking.deducted.iter().flat_map(|deducted| &deducted.still_waiting) {
        lines.extend(now_due(account, *amount));
    }
    let on_payment = Money::sum(currency, waiting.iter().map(|(_, sum)| *sum));
    if booking.kind == InvoiceKind::CreditNote {
        for line in &mut lines {
            line.amount = -line.amount;
        }
    }
    Booked { lines, on_payment }
}

/// VAT of a deposit under a rate that the invoice does not have still comes off what is due.
fn take_missing_rates(booking: &Booking<'_>, due_at_once: &mut Vec<(String, Money)>) {
    for (rate, tax) in booking.deducted.iter().flat_map(|deducted| &deducted.taxes) {
        if !booking.lines.iter().any(|line| line.rate == *rate) {
            add(due_at_once, &tax_account(*rate), -*tax);
        }
    }
}

fn credit(booking: &Booking<'_>, account: &str, sum: Money) -> NewLine {
    let line = NewLine::credit(account, sum);
    // A deposit is owed to its customer until it is deducted.
    let of_party = account == chart::DEPOSITS_RECEIVED;
    if of_party { line.of_party(booking.party) } else { line }
}

fn add(sums: &mut Vec<(String, Money)>, account: &str, amount: Money) {
    match sums.iter_mut().find(|(known, _)| known == account) {
        Some((_, sum)) => *sum += amount,
        None => sums.push((account.to_owned(), amount)),
    }
}

/// Moves VAT from the account where it waits to the one where it is due.
#[must_use]
pub fn now_due(waiting: &str, amount: Money) -> Vec<NewLine> {
    let Some(due) = due_account(waiting) else { return Vec::new() };
    if amount.is_zero() {
        return Vec::new();
    }
    vec![NewLine::debit(waiting, amount), NewLine::credit(due, amount)]
}

/// The VAT that becomes due when what is paid of `due` goes from `before` to `after`: in all, the
/// waiting VAT exactly, whatever the number of payments.
#[must_use]
pub fn tax_released(waiting: Money, due: Money, before: Money, after: Money) -> Money {
    waiting.part(after.minor, due.minor) - waiting.part(before.minor, due.minor)
}

#[cfg(test)]
#[path = "booking_tests.rs"]
mod tests;
