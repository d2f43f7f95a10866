//! Records counted and summed by the values of a field: one statement, for [`kernel::Tx::sql`].

use kernel::{Condition, Currency, EntityDef, FieldDef, Kind, Value};

use crate::cell;
use crate::condition::Writer;
use crate::table::{Dialect, quoted};

/// What records are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The value of the field.
    Value,
    /// The month of a day or of a moment (on the clock of Greenwich), as `2026-11`.
    Month,
}

/// Which records are counted, by what, and what is summed.
#[derive(Debug, Clone)]
pub struct Groups {
    pub def: &'static EntityDef,
    pub condition: Condition,
    /// A field, or one that the company added: `extra.note`.
    pub by: &'static FieldDef,
    pub how: By,
    /// Fields of figures; amounts in another currency than `currency` are left out. A number that
    /// the company added is summed in ten-thousandths.
    pub sums: Vec<&'static FieldDef>,
    pub currency: Currency,
    /// The most groups: those of most records first, or the latest months.
    pub most: u32,
}

impl Groups {
    /// The statement, and the parameters after the company's. Each row is the value of the group,
    /// how many records it has, and their sums in the unit of each field's column.
    #[must_use]
    pub fn statement(&self, dialect: Dialect) -> (String, Vec<Value>) {
        let mut writer = Writer::new(dialect, self.def, 0);
        // SQLite numbers parameters as it meets them, and the company is the first of them.
        let company = "cast($1 as bigint) is not null";
        let own = |field: &FieldDef| field.name.strip_prefix("extra.");
        let by = match (self.how, own(self.by)) {
            (By::Value, None) => quoted(self.by.name),
            (By::Month, None) => month(&quoted(self.by.name), self.by.kind, dialect),
            (how, Some(name)) => {
                let member = format!("case when {company} then {} end", writer.member(name));
                match how {
                    By::Value => format!("nullif({member}, '')"),
                    By::Month => format!("substr(nullif({member}, ''), 1, 7)"),
                }
            }
        };
        let mut columns = vec![format!("{by} as grouped"), "count(*) as counted".to_owned()];
        for field in &self.sums {
            if let Some(name) = own(field) {
                let member = writer.member(name);
                let scaled = writer.number(&member);
                let scale = kernel::Quantity::SCALE;
                columns.push(format!(
                    "cast(coalesce(sum(case when {company} then round({scaled} * {scale}) end), 0) \
                     as bigint)"
                ));
                continue;
            }
            let column = quoted(field.name);
            let summed = if cell::has_currency(field.kind) {
                let code = writer.param(self.currency.code().into());
                let currency = quoted(&format!("{}_currency", field.name));
                format!("case when {company} and {currency} = {code} then {column} end")
            } else {
                column
            };
            columns.push(format!("cast(coalesce(sum({summed}), 0) as bigint)"));
        }
        let test = writer.condition(&self.condition);
        let and = if test.is_empty() { String::new() } else { format!(" and {test}") };
        let order = if self.how == By::Month { "1 desc" } else { "2 desc, 1" };
        let limit = writer.param(i64::from(self.most).into());
        let text = format!(
            "select {} from {} where company = $1{and} group by 1 order by {order} limit {limit}",
            columns.join(", "),
            quoted(self.def.plural)
        );
        (text, writer.params.into_iter().skip(1).map(cell::to_value).collect::<Vec<Value>>())
    }
}

fn month(column: &str, kind: Kind, dialect: Dialect) -> String {
    let seconds = match kind {
        Kind::Instant => format!("({column} / 1000000)"),
        _ => format!("({column} * 86400)"),
    };
    match dialect {
        Dialect::Sqlite => format!("strftime('%Y-%m', {seconds}, 'unixepoch')"),
        Dialect::Postgres => {
            format!("to_char(to_timestamp({seconds}) at time zone 'UTC', 'YYYY-MM')")
        }
    }
}
