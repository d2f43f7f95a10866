//! Payments: what customers send, and what the statements of the bank tell of it.

use erp::finance::{
    BankLine, Invoice, InvoiceKind, Match, NewBankLine, NewStatement, Payment, PaymentMethod,
    import_statement,
};
use identity::Role;
use kernel::{Day, Faults, Id, Money, Tx};
use processes::order_to_cash::{self, Paying};

use super::shop::{Customer, Shop};

/// Money on its way to our account, or back from it.
#[derive(Debug, Clone)]
pub struct Movement {
    pub customer: usize,
    pub booked_on: Day,
    pub how: How,
}

#[derive(Debug, Clone)]
pub enum How {
    /// These invoices are paid, or these credit notes given back.
    Transfer(Vec<Id<Invoice>>),
    /// A cheque or a card payment that was recorded before.
    Collected(Id<Payment>, Money),
}

impl Movement {
    #[must_use]
    pub const fn transfer(customer: usize, invoices: Vec<Id<Invoice>>, booked_on: Day) -> Self {
        Self { customer, booked_on, how: How::Transfer(invoices) }
    }
}

/// A line of a statement before it is one.
#[derive(Debug, Clone)]
struct Told {
    line: NewBankLine,
    what: Match,
}

/// Those who pay on this day do so: most by transfer, people by card, some by cheque.
///
/// # Errors
/// Those of the process, `store.*`.
pub fn pay(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let mut due = shop.diary.payments.take(day);
    due.sort_by_key(|bill| bill.customer);
    let mut by_hand = Vec::new();
    for bills in due.chunk_by(|one, other| one.customer == other.customer) {
        let Some(customer) = bills.first().map(|bill| bill.customer) else { continue };
        let invoices: Vec<Id<Invoice>> = bills.iter().map(|bill| bill.invoice).collect();
        let private = shop.customers[customer].sector == "private";
        let method = if private { PaymentMethod::Card } else { PaymentMethod::Cheque };
        if private || shop.chance.percent(5) {
            by_hand.extend(invoices.into_iter().map(|invoice| (customer, invoice, method)));
        } else {
            shop.diary.movements.put(day, Movement::transfer(customer, invoices, day));
        }
    }
    if by_hand.is_empty() {
        return Ok(());
    }
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 9, 50));
    let number = shop.chance.between(1_000_000, 8_999_999);
    let paid = shop.act(&who, at, move |tx, actor| {
        let mut paid = Vec::new();
        for (rank, (customer, invoice, method)) in (0..).zip(&by_hand) {
            if tx.get(*invoice)?.open.minor <= 0 {
                continue;
            }
            let reference = Some((number + rank).to_string());
            let paying = Paying { day, amount: None, method: *method, reference };
            let payment = order_to_cash::pay(tx, actor, *invoice, paying)?;
            paid.push((*customer, payment, tx.get(payment)?.amount));
        }
        Ok(paid)
    })?;
    for (customer, payment, amount) in paid {
        let booked_on = shop.calendar.after(day, 2);
        let how = How::Collected(payment, amount);
        shop.diary.movements.put(booked_on, Movement { customer, booked_on, how });
    }
    Ok(())
}

/// Takes in the bank's statement of the last days and matches its lines.
///
/// # Errors
/// Those of finance and of the process, `store.*`.
pub fn statement(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let movements = shop.diary.movements.take(day);
    let (who, at) = (shop.someone(Role::Accountant, 1), shop.calendar.at(day, 8, 40));
    let mut told = Vec::new();
    for movement in movements {
        told.extend(tell(shop, &who, &movement)?);
    }
    let Some(first) = told.iter().map(|told| told.line.booked_on).min() else { return Ok(()) };
    let moved: i64 = told.iter().map(|told| told.line.amount.minor).sum();
    let (opening, closing) = (Money::eur(shop.balance), Money::eur(shop.balance + moved));
    shop.balance += moved;
    let new = NewStatement {
        reference: format!("REL-{}", day.compact()),
        iban: shop.iban.clone(),
        starts_on: first,
        ends_on: day,
        opening: Some(opening),
        closing: Some(closing),
        lines: told.iter().map(|told| told.line.clone()).collect(),
    };
    shop.act(&who, at, move |tx, actor| {
        let statement = import_statement(tx, actor, new.clone())?;
        let lines = tx.find(BankLine::STATEMENT.is(&statement))?;
        for (line, told) in lines.iter().zip(&told) {
            order_to_cash::accept_match(tx, actor, line.id, &told.what)?;
        }
        Ok(())
    })
}

/// What an invoice is called, and what is open of it; below zero for a credit note.
pub struct Open {
    pub number: String,
    pub open: i64,
}

/// # Errors
/// `store.*`.
pub fn open_of(tx: &mut Tx<'_>, invoice: Id<Invoice>) -> Result<Open, Faults> {
    let invoice = tx.get(invoice)?;
    let sign = if invoice.kind == InvoiceKind::CreditNote { -1 } else { 1 };
    let number = invoice.number.clone().unwrap_or_default();
    Ok(Open { number, open: invoice.open.minor * sign })
}

/// The line of a movement; none when what it pays was settled meanwhile.
fn tell(shop: &mut Shop, who: &kernel::Actor, movement: &Movement) -> Result<Option<Told>, Faults> {
    let customer = shop.customers[movement.customer].clone();
    let (amount, text, what) = match &movement.how {
        How::Collected(payment, amount) => {
            let text = "REMISE CHEQUE OU CARTE".to_owned();
            (amount.minor, text, Match::Payment(*payment))
        }
        How::Transfer(invoices) => {
            let invoices = invoices.clone();
            let open = shop.store.read(who, |tx| {
                let open = |invoice: &Id<Invoice>| Ok((*invoice, open_of(tx, *invoice)?));
                invoices.iter().map(open).collect::<Result<Vec<_>, Faults>>()
            })?;
            let open: Vec<_> = open.into_iter().filter(|(_, open)| open.open != 0).collect();
            let sum: i64 = open.iter().map(|(_, open)| open.open).sum();
            let numbers: Vec<&str> = open.iter().map(|(_, open)| open.number.as_str()).collect();
            let text = format!("VIR {}", numbers.join(" "));
            let paid = Match::Invoices(open.iter().map(|(invoice, _)| *invoice).collect());
            (slip(shop, sum), text, paid)
        }
    };
    if amount == 0 {
        return Ok(None);
    }
    let line = NewBankLine {
        booked_on: movement.booked_on,
        amount: Money::eur(amount),
        counterparty: Some(customer.name.to_uppercase()),
        counterparty_iban: iban_of(&customer),
        remittance: text.chars().take(140).collect(),
        end_to_end: None,
    };
    Ok(Some(Told { line, what }))
}

/// People round, forget a cent, or pay twice a line.
fn slip(shop: &mut Shop, sum: i64) -> i64 {
    match shop.chance.between(1, 250) {
        1..=3 if sum > 100 => sum - shop.chance.between(1, 4),
        4 if sum > 100 => sum + shop.chance.between(5, 60) * 100,
        _ => sum,
    }
}

/// The account of a customer in France: an invented bank, with the right keys.
#[must_use]
pub fn iban_of(customer: &Customer) -> Option<String> {
    if customer.country != "FR" {
        return None;
    }
    let number: u64 = customer.code.get(1..)?.parse().ok()?;
    let account = 10_000_000_000 + number * 7_919;
    // Key of the French account number, then of the IBAN (ISO 13616).
    let (bank, branch) = (99_998_u128, 1_u128);
    let key = 97 - (89 * bank + 15 * branch + 3 * u128::from(account)) % 97;
    let whole = format!("{bank:05}{branch:05}{account:011}{key:02}");
    // `FR00` is 152700 in digits.
    let digits: u128 = format!("{whole}152700").parse().ok()?;
    Some(format!("FR{:02}{whole}", 98 - digits % 97))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::shop::Pays;
    use kernel::RawId;

    #[test]
    fn the_accounts_of_the_customers_have_the_right_keys() {
        for code in ["C001", "C042", "C120"] {
            let customer = Customer {
                id: Id::from_raw(RawId([1; 16])),
                code: code.into(),
                name: "Essai".into(),
                sector: "restaurant".into(),
                country: "FR".into(),
                seller: 0,
                limit: 0,
                discount: 0,
                orders: 0,
                lines: 1,
                pays: Pays::OnTime,
                first_day: Day(0),
            };
            let iban = iban_of(&customer).unwrap();
            assert!(master::identifiers::iban_holds(&iban), "{iban}");
        }
    }
}
