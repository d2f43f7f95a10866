//! The books: trial balance, general ledger of an account, journal entry, fiscal years and the file
//! of entries of each.

mod account;
mod balance;
pub mod entry;
mod years;

use axum::Router;
use axum::routing::{get, post};
use kernel::Text;

use super::HandMade;
use crate::WebState;
use crate::nav::{Entry, Group};

/// The key of the trial balance in the rail.
pub const BALANCE: &str = "balance";

pub const PLACE: Entry = Entry::page(
    Group::Finance,
    BALANCE,
    "/ledgers/balance",
    Text::new("Balance et grand livre", "Trial balance"),
    "journal_entry.read",
)
.letter('g')
.after("bank_statement");

pub const JOURNAL_ENTRY: HandMade = HandMade {
    record: Some(|ask, id| Box::pin(entry::record(ask, id))),
    ..HandMade::of("journal_entry")
};
pub const ACCOUNT: HandMade = HandMade {
    record: Some(|ask, id| Box::pin(account::record(ask, id))),
    ..HandMade::of("account")
};
pub const FISCAL_YEAR: HandMade =
    HandMade { list: Some(|ask| Box::pin(years::list(ask))), ..HandMade::of("fiscal_year") };

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/ledgers/balance", get(balance::page))
        .route("/ledgers/accounts/{number}", get(account::page))
        .route("/ledgers/fec/{year}", get(years::fec))
        .route("/ledgers/years/{year}/lock", post(years::lock))
}
