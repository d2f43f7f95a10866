//! Finance: the ledger, customer invoices, payments and the bank.
//!
//! Finance knows no order and no stock: what an invoice was made from is an origin it never opens.
//! [`post`] is the only door to the ledger.

mod bank;
mod chart;
mod entry;
mod fiscal_year;
mod invoice;
mod payment;

pub use bank::{BankLine, BankLineState, BankStatement};
pub use chart::{Account, Journal, plan, seed_chart};
pub use entry::{EntryState, JournalEntry, JournalLine, NewEntry, NewLine, account, post};
pub use fiscal_year::{
    FiscalYear, NewFiscalYear, lock_fiscal_year, open_fiscal_year, settle_fiscal_year, year_of,
};
pub use invoice::{Invoice, InvoiceDeduction, InvoiceKind, InvoiceLine, InvoiceState};
pub use payment::{Allocation, Payment, PaymentMethod};

/// The numbers of the accounts that Comptoir posts to by itself.
pub mod accounts {
    pub use super::chart::{
        BANK_ACCOUNT, CARDS, CARRIAGE, CASH_ACCOUNT, CHEQUES, DEPOSITS_RECEIVED, RECEIVABLES,
        SALES_OF_GOODS, SALES_OF_MADE, SERVICES, SHORTFALLS, TAX_COLLECTED, TAX_ON_PAYMENT,
    };
}
