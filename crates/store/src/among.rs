//! Hand-written statements over the records that someone may see: each table that they see a part
//! of is hidden behind its own name, given to that part, where what is closed to them is empty.

use kernel::backend::Among;

use crate::condition::Writer;
use crate::table::Dialect;

/// The statement, reading of each of these entities the records that pass alone.
pub fn statement(dialect: Dialect, statement: &str, seen: &[Among]) -> String {
    // What refers comes before what it refers to: the names inside are those of the tables.
    let named: Vec<String> = seen
        .iter()
        .rev()
        .filter(|among| statement.contains(among.def.plural))
        .map(|among| Writer::named(dialect, among))
        .collect();
    let (statement, named) = (statement.trim_start(), named.join(", "));
    if named.is_empty() {
        return statement.to_owned();
    }
    match statement.get(..5) {
        Some(word) if word.eq_ignore_ascii_case("with ") => {
            format!("with {named}, {}", &statement[5..])
        }
        _ => format!("with {named} {statement}"),
    }
}
