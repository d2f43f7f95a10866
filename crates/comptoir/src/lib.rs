//! The whole: the catalogue composed, the commands of the one binary.

pub mod backup;
pub mod bench;
pub mod bulk;
pub mod demo;
pub mod dispatch;
pub mod doctor;
pub mod mail;
pub mod morning;
pub mod opening;
pub mod options;
pub mod replay;
pub mod serve;
pub mod waiting;

use std::sync::OnceLock;

use kernel::Catalog;
use store::migrate::Migration;

/// Every module of the program. Entities come after those they refer to.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let mut modules = processes::MODULES.to_vec();
        modules.extend([&identity::MODULE, &api::MODULE, &web::MODULE]);
        Catalog { modules }
    })
}

/// The reviewed steps of the schema.
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        name: "first",
        sqlite: include_str!("../migrations/0001_first/sqlite.sql"),
        postgres: include_str!("../migrations/0001_first/postgres.sql"),
    },
    Migration {
        number: 2,
        name: "priced_for",
        sqlite: include_str!("../migrations/0002_priced_for/sqlite.sql"),
        postgres: include_str!("../migrations/0002_priced_for/postgres.sql"),
    },
    Migration {
        number: 3,
        name: "saved_views",
        sqlite: include_str!("../migrations/0003_saved_views/sqlite.sql"),
        postgres: include_str!("../migrations/0003_saved_views/postgres.sql"),
    },
    Migration {
        number: 4,
        name: "bulk",
        sqlite: include_str!("../migrations/0004_bulk/sqlite.sql"),
        postgres: include_str!("../migrations/0004_bulk/postgres.sql"),
    },
    Migration {
        number: 5,
        name: "together",
        sqlite: include_str!("../migrations/0005_together/sqlite.sql"),
        postgres: include_str!("../migrations/0005_together/postgres.sql"),
    },
    Migration {
        number: 6,
        name: "quote_options",
        sqlite: include_str!("../migrations/0006_quote_options/sqlite.sql"),
        postgres: include_str!("../migrations/0006_quote_options/postgres.sql"),
    },
    Migration {
        number: 7,
        name: "bank_rules",
        sqlite: include_str!("../migrations/0007_bank_rules/sqlite.sql"),
        postgres: include_str!("../migrations/0007_bank_rules/postgres.sql"),
    },
    Migration {
        number: 8,
        name: "told_by_record",
        sqlite: include_str!("../migrations/0008_told_by_record/sqlite.sql"),
        postgres: include_str!("../migrations/0008_told_by_record/postgres.sql"),
    },
];
