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
];
