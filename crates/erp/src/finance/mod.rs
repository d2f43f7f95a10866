//! Finance: the ledger, customer invoices, payments and the bank.
//!
//! Finance knows no order and no stock: what an invoice was made from is an origin it never opens.
//! [`post`] is the only door to the ledger.

mod acts;
mod allocation;
mod bank;
mod bank_booking;
mod bank_rule;
mod bank_split;
mod booking;
mod by_hand;
mod chart;
mod closing;
mod credit;
mod deposit;
mod drafting;
mod entry;
mod fiscal_year;
mod guards;
mod hand_acts;
mod invoice;
mod ledger;
mod letter_by_hand;
mod lettering;
mod matching;
mod payment;
mod posting;
mod receivables;
mod reconcile;
mod recording;
mod rows;
mod rubrics;
mod statements;
mod tax_on_payment;

pub use acts::{ACCEPT_MATCH, ACTIONS, ALLOCATE, CREDIT, PAY, POST, UNDO_MATCH, UNDO_PAYMENT};
pub use allocation::{
    SHORTFALL_MOST_MINOR, allocate, allocations_of, allocations_on, write_off_shortfall,
};
pub use bank::{BankLine, BankLineState, BankStatement};
pub use bank_booking::{Share, book_by_rule, book_line, learn_rule};
pub use bank_rule::{BankRule, BankWay, rules_for, words_to_learn};
pub use bank_split::accept_split;
pub use booking::{abroad, sales_account};
pub use by_hand::{
    HandEntry, HandLine, faults_of, is_by_hand, reversal_of, reverse_entry, write_entry,
};
pub use chart::{Account, Journal, plan, seed_chart};
pub use closing::{
    BEGINNING, Closing, ClosingKind, ClosingTopic, ClosingTotal, SealedDocument, check_closing,
    check_closings, close_days, content_of, days_to_close, documents_of, first_closed_day,
    first_day, hash_of_document, link,
};
pub use credit::{CreditLine, credit_all, credit_note};
pub use deposit::available_deposit;
pub use drafting::{
    DeliveryPlace, NewInvoice, NewInvoiceLine, deductions_of, draft_invoice, invoice_lines,
    settle_invoice,
};
pub use entry::{EntryState, JournalEntry, JournalLine, NewEntry, NewLine, account, post};
pub use fiscal_year::{
    FiscalYear, NewFiscalYear, lock_fiscal_year, open_fiscal_year, settle_fiscal_year, year_of,
};
pub use guards::GUARDS;
pub use hand_acts::HAND_ACTIONS;
pub use invoice::{Invoice, InvoiceDeduction, InvoiceKind, InvoiceLine, InvoiceState};
pub use ledger::{
    FecRow, GeneralLedger, LedgerLine, TrialRow, balance_of, fec_rows, general_ledger,
    trial_balance,
};
pub use letter_by_hand::{LETTER_ACTIONS, letter_lines, letters_by_hand};
pub use matching::{Movement, OpenItem, Proposal, SURE, match_movement};
pub use payment::{Allocation, Payment, PaymentMethod};
pub use posting::{issue_invoice, post_invoice};
pub use receivables::{
    AgedRow, BUCKETS, ExposureParts, OverdueInvoice, aged_balance, bucket, exposure_parts,
    open_receivables, overdue_invoices,
};
pub use reconcile::{
    Match, NewBankLine, NewStatement, accept_match, import_statement, propose_matches,
    propose_payments, undo_match,
};
pub use recording::{NewPayment, pay_invoice, record_payment, settle_payment, undo_payment};
pub use rubrics::{Part, RESULT, Rubric, TURNOVER, WAITING, rubrics};
pub use statements::{AccountShare, Figure, Filled, Pair, Span, Statements, statements};

/// The numbers of the accounts that Comptoir posts to by itself.
pub mod accounts {
    pub use super::chart::{
        BANK_ACCOUNT, CARDS, CARRIAGE, CASH_ACCOUNT, CHEQUES, DEPOSITS_RECEIVED, RECEIVABLES,
        SALES_OF_GOODS, SALES_OF_MADE, SERVICES, SHORTFALLS, TAX_COLLECTED, TAX_ON_PAYMENT,
    };
}
