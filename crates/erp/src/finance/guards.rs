//! What the databases themselves keep of the ledger: an entry balances, and stays.

use kernel::Guard;

/// Triggers on the entries and their lines.
/// Source: Plan comptable général, art. 921-3 and 1031-4 (a posted entry does not change).
pub const GUARDS: &[Guard] = &[Guard {
    sqlite: include_str!("guards/sqlite.sql"),
    postgres: include_str!("guards/postgres.sql"),
}];
