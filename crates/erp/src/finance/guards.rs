//! What the databases themselves keep of the ledger: an entry balances, and stays; so does a closing.

use kernel::Guard;

/// Triggers on the entries and their lines.
/// Source: Plan comptable général, art. 921-3 and 1031-4 (a posted entry does not change).
pub const GUARDS: &[Guard] = &[
    Guard {
        sqlite: include_str!("guards/sqlite.sql"),
        postgres: include_str!("guards/postgres.sql"),
    },
    // CGI, art. 286, I, 3° bis: a closing does not change.
    Guard {
        sqlite: include_str!("guards/closings_sqlite.sql"),
        postgres: include_str!("guards/closings_postgres.sql"),
    },
];
