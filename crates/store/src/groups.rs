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
    /// A field, or one that the company added: `extra.note`. Of the record that a reference names
    /// where `through` tells one.
    pub by: &'static FieldDef,
    /// The reference, and the entity that it names.
    pub through: Option<(&'static FieldDef, &'static EntityDef)>,
    pub how: By,
    /// Fields of figures; amounts in another currency than `currency` are left out. A number that
    /// the company added is summed in ten-thousandths.
    pub sums: Vec<&'static FieldDef>,
    pub currency: Currency,
    /// The most groups: those of most records first, or the latest months.
    pub most: u32,
}

/// SQLite numbers parameters as it meets them, and the company is the first of them.
const COMPANY: &str = "cast($1 as bigint) is not null";

impl Groups {
    /// The statement, and the parameters after the company's. Each row is the value of the group,
    /// how many records it has, and their sums in the unit of each field's column.
    #[must_use]
    pub fn statement(&self, dialect: Dialect) -> (String, Vec<Value>) {
        let mut writer = Writer::new(dialect, self.def, 0);
        let text = match self.through {
            None => {
                let by = self.by(&mut writer, "", dialect);
                self.inside(&mut writer, &format!("{by} as grouped"))
            }
            Some((link, far)) => {
                let by = self.by(&mut writer, "far.", dialect);
                let each = self.inside(&mut writer, &format!("{} as linked", quoted(link.name)));
                let sums = (0..self.sums.len())
                    .map(|rank| format!(", cast(sum(summed_{rank}) as bigint)"))
                    .collect::<String>();
                // Counted by reference first: few records are looked up, each once.
                format!(
                    "select {by} as grouped, cast(sum(counted) as bigint){sums} from ({each}) \
                     as near left join {} as far on far.company = $1 and far.id = near.linked \
                     group by 1",
                    quoted(far.plural)
                )
            }
        };
        let order = if self.how == By::Month { "1 desc" } else { "2 desc, 1" };
        let limit = writer.param(i64::from(self.most).into());
        let text = format!("{text} order by {order} limit {limit}");
        (text, writer.params.into_iter().skip(1).map(cell::to_value).collect::<Vec<Value>>())
    }

    /// What the groups are told by, on a table of this prefix.
    fn by(&self, writer: &mut Writer, prefix: &str, dialect: Dialect) -> String {
        let own = self.by.name.strip_prefix("extra.");
        match (self.how, own) {
            (By::Value, None) => format!("{prefix}{}", quoted(self.by.name)),
            (By::Month, None) => {
                month(&format!("{prefix}{}", quoted(self.by.name)), self.by.kind, dialect)
            }
            (how, Some(name)) => {
                let member = writer.member_of(prefix, name);
                let member = format!("case when {COMPANY} then {member} end");
                match how {
                    By::Value => format!("nullif({member}, '')"),
                    By::Month => format!("substr(nullif({member}, ''), 1, 7)"),
                }
            }
        }
    }

    /// The records of the entity, counted and summed by this column.
    fn inside(&self, writer: &mut Writer, by: &str) -> String {
        let mut columns = vec![by.to_owned(), "count(*) as counted".to_owned()];
        for (rank, field) in self.sums.iter().enumerate() {
            if let Some(name) = field.name.strip_prefix("extra.") {
                let member = writer.member(name);
                let scaled = writer.number(&member);
                let scale = kernel::Quantity::SCALE;
                columns.push(format!(
                    "cast(coalesce(sum(case when {COMPANY} then round({scaled} * {scale}) end), 0) \
                     as bigint) as summed_{rank}"
                ));
                continue;
            }
            let column = quoted(field.name);
            let summed = if cell::has_currency(field.kind) {
                let code = writer.param(self.currency.code().into());
                let currency = quoted(&format!("{}_currency", field.name));
                format!("case when {COMPANY} and {currency} = {code} then {column} end")
            } else {
                column
            };
            columns.push(format!("cast(coalesce(sum({summed}), 0) as bigint) as summed_{rank}"));
        }
        let test = writer.condition(&self.condition);
        let and = if test.is_empty() { String::new() } else { format!(" and {test}") };
        format!(
            "select {} from {} where company = $1{and} group by 1",
            columns.join(", "),
            quoted(self.def.plural)
        )
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
