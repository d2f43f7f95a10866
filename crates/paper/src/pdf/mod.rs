//! Documents for people: laid out on A4, archived as PDF/A-3b.

mod archive;
mod block;
mod countries;
mod figures;
mod fonts;
mod invoice_page;
mod ledger;
mod letter;
mod sheet;
mod style;
mod trade_page;
mod units;

pub use archive::ATTACHMENT;
pub use invoice_page::invoice_pdf;
pub use trade_page::trade_pdf;
