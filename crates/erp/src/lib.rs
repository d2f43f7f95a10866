//! The departments behind the counter: goods, deliveries, money. Finance knows neither of the other
//! two; logistics knows inventory.

pub mod finance;
pub mod inventory;
pub mod logistics;

use kernel::{Entity, Module, Settle};

pub static MODULE: Module = Module {
    name: "erp",
    entities: &[
        // inventory
        inventory::Location::DEF,
        inventory::StockLevel::DEF,
        inventory::StockMove::DEF,
        inventory::Valuation::DEF,
        inventory::Reservation::DEF,
        inventory::ExpectedReceipt::DEF,
        inventory::StockCount::DEF,
        inventory::StockCountLine::DEF,
        // logistics
        logistics::Shipment::DEF,
        logistics::ShipmentLine::DEF,
        // finance
        finance::Account::DEF,
        finance::Journal::DEF,
        finance::FiscalYear::DEF,
        finance::JournalEntry::DEF,
        finance::JournalLine::DEF,
        finance::Invoice::DEF,
        finance::InvoiceLine::DEF,
        finance::InvoiceDeduction::DEF,
        finance::Payment::DEF,
        finance::Allocation::DEF,
        finance::BankStatement::DEF,
        finance::BankLine::DEF,
        finance::BankRule::DEF,
        finance::Closing::DEF,
        finance::ClosingTotal::DEF,
        finance::SealedDocument::DEF,
    ],
    actions: &[
        // inventory
        inventory::COUNT_ACTIONS,
        inventory::EXPECTED_ACTIONS,
        inventory::LEVEL_ACTIONS,
        // logistics
        logistics::ACTIONS,
        // finance
        finance::ACTIONS,
        finance::HAND_ACTIONS,
        finance::LETTER_ACTIONS,
    ],
    settles: &[
        // inventory
        Settle { on: "location", run: inventory::settle_location },
        Settle { on: "stock_count", run: inventory::settle_count },
        Settle { on: "expected_receipt", run: inventory::settle_expected },
        // logistics
        Settle { on: "shipment", run: logistics::settle },
        // finance
        Settle { on: "fiscal_year", run: finance::settle_fiscal_year },
        Settle { on: "invoice", run: finance::settle_invoice },
        Settle { on: "payment", run: finance::settle_payment },
    ],
    guards: finance::GUARDS,
};
