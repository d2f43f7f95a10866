//! The books: trial balance, annual accounts, general ledger of an account, journal entry, fiscal
//! years and the file of entries of each.

mod account;
mod balance;
mod closing;
mod closings;
pub mod entry;
mod statement_lines;
mod statement_models;
mod statements;
mod typed_entry;
mod write;
mod years;

use axum::Router;
use axum::routing::{get, post};
use kernel::Text;

use super::HandMade;
use crate::WebState;
use crate::nav::{Entry, Group};

/// The key of the trial balance in the rail.
pub const BALANCE: &str = "balance";

/// The key of the balance sheet and of the income statement in the rail.
pub const STATEMENTS: &str = "statements";

pub const PLACE: Entry = Entry::page(
    Group::Finance,
    BALANCE,
    "/ledgers/balance",
    Text::new("Balance et grand livre", "Trial balance"),
    "journal_entry.read",
)
.letter('g')
.after("bank_statement");

pub const STATEMENTS_PLACE: Entry = Entry::page(
    Group::Finance,
    STATEMENTS,
    "/ledgers/statements",
    Text::new("Bilan et résultat", "Financial statements"),
    "journal_entry.read",
)
.letter('n')
.after(BALANCE);

/// The key of the writing of an entry in the rail.
pub const WRITE: &str = "write";

pub const WRITE_PLACE: Entry = Entry::page(
    Group::Finance,
    WRITE,
    "/ledgers/write",
    Text::new("Saisir une écriture", "Write an entry"),
    "journal.write",
)
.after("journal_entry");

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

pub const CLOSING: HandMade = HandMade {
    list: Some(|ask| Box::pin(closings::list(ask))),
    record: Some(|ask, id| Box::pin(closing::record(ask, id))),
    ..HandMade::of("closing")
};

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/ledgers/balance", get(balance::page))
        .route("/ledgers/statements", get(statements::page))
        .route("/ledgers/statements/{file}", get(statements::export))
        .route("/ledgers/write", get(write::form).post(write::write))
        .route("/ledgers/write/preview", post(write::preview))
        .route("/ledgers/accounts/{number}", get(account::page))
        .route("/ledgers/accounts/{number}/{act}", post(account::letter))
        .route("/ledgers/fec/{year}", get(years::fec))
        .route("/ledgers/years/{year}/lock", post(years::lock))
        .route("/ledgers/closings/verify", post(closings::verify))
        .route("/ledgers/closings/close/{year}", post(closings::close))
        .route("/ledgers/closings/{closing}/verify", post(closing::verify))
        .route("/ledgers/closings/{closing}/archive.zip", get(closings::archive))
}
