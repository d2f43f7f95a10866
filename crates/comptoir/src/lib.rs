//! The whole: the catalogue composed, the commands of the one binary.

pub mod archive;
pub mod audit;
pub mod backup;
pub mod bench;
pub mod bulk;
pub mod connections;
pub mod demo;
pub mod dispatch;
pub mod doctor;
pub mod keys;
pub mod links;
pub mod mail;
pub mod morning;
pub mod opening;
pub mod options;
pub mod replay;
pub mod serve;
pub mod tls;
pub mod waiting;

use std::sync::OnceLock;

use kernel::Catalog;
use store::migrate::Migration;

/// Tells something on the console. Whoever started us may have stopped listening: we go on.
pub fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Every module of the program. Entities come after those they refer to.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let mut modules = processes::MODULES.to_vec();
        modules.extend([&identity::MODULE, &api::MODULE, &web::MODULE]);
        Catalog { modules }
    })
}

/// A step of the schema: its number, its name, its folder.
macro_rules! migration {
    ($number:literal, $name:literal, $folder:literal) => {
        Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/", $folder, "/sqlite.sql")),
            postgres: include_str!(concat!("../migrations/", $folder, "/postgres.sql")),
        }
    };
}

/// The reviewed steps of the schema.
pub static MIGRATIONS: &[Migration] = &[
    migration!(1, "first", "0001_first"),
    migration!(2, "priced_for", "0002_priced_for"),
    migration!(3, "saved_views", "0003_saved_views"),
    migration!(4, "bulk", "0004_bulk"),
    migration!(5, "together", "0005_together"),
    migration!(6, "quote_options", "0006_quote_options"),
    migration!(7, "bank_rules", "0007_bank_rules"),
    migration!(8, "told_by_record", "0008_told_by_record"),
    migration!(9, "audit_tree", "0009_audit_tree"),
    migration!(10, "identity", "0010_identity"),
    migration!(11, "rights", "0011_rights"),
    migration!(12, "attachments", "0012_attachments"),
    migration!(13, "passkeys", "0013_passkeys"),
    migration!(14, "closings", "0014_closings"),
    migration!(15, "secrets", "0015_secrets"),
    migration!(16, "approvals", "0016_approvals"),
    migration!(17, "demonstration", "0017_demonstration"),
];
