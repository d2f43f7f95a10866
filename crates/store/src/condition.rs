//! Conditions as SQL: one text for both databases where they agree. The company comes first in
//! every subquery, and what crosses a relation is an `exists` along the key or the index of the
//! reference.

use kernel::backend::Among;
mod sealed;

use std::sync::Arc;

use kernel::query::{CustomTest, Measure, Related};
use kernel::{Condition, CustomKind, EntityDef, FieldDef, Kind, Sign, Value};

use crate::cell::{self, Cell};
use crate::search;
use crate::secrets::Envelope;
use crate::table::{Dialect, OWN, quoted};

/// The accented letters that comparisons of texts leave aside, and what stands for them.
const PLAIN: [(&str, char); 6] = [
    ("àâäáÀÂÄÁ", 'a'),
    ("éèêëÉÈÊË", 'e'),
    ("îïíÎÏÍ", 'i'),
    ("ôöóÔÖÓ", 'o'),
    ("ùûüúÙÛÜÚ", 'u'),
    ("çÇ", 'c'),
];
const LONG: [(char, &str); 5] = [('œ', "oe"), ('Œ', "oe"), ('æ', "ae"), ('Æ', "ae"), ('’', "''")];

/// Writes conditions, gathering their parameters. SQLite numbers parameters as it meets them: each
/// is made when the text comes to it.
pub struct Writer {
    dialect: Dialect,
    def: &'static EntityDef,
    pub params: Vec<Cell>,
    /// What stands before a column: nothing outside of subqueries.
    prefix: String,
    /// How many subqueries have been opened: each table of theirs has a name of its own.
    opened: usize,
    /// Values are written in the text, but for the company: it goes before a statement whose
    /// parameters are numbered already, and names the tables behind the names that it gives.
    inline: bool,
    /// What exact searches of sealed fields go by.
    envelope: Option<Arc<Envelope>>,
}

impl Writer {
    pub fn new(dialect: Dialect, def: &'static EntityDef, company: i64) -> Self {
        let params = vec![Cell::Integer(company)];
        Self {
            dialect,
            def,
            params,
            prefix: String::new(),
            opened: 0,
            inline: false,
            envelope: None,
        }
    }

    /// With what seals the secrets of the company.
    pub fn opening(self, envelope: Option<Arc<Envelope>>) -> Self {
        Self { envelope, ..self }
    }

    /// A name, for a statement that follows, of what is seen of a table: the name of that table.
    pub fn named(dialect: Dialect, among: &Among) -> String {
        let def = among.def;
        let mut writer = Self { inline: true, ..Self::new(dialect, def, 0) };
        let test = writer.condition(&among.only);
        let and = if test.is_empty() { String::new() } else { format!(" and {test}") };
        let (name, table) = (quoted(def.plural), writer.table(def));
        let columns = if among.veiled.is_empty() { "*".to_owned() } else { seen_columns(among) };
        format!("{name} as (select {columns} from {table} where company = $1{and})")
    }

    /// A table as a subquery names it.
    fn table(&self, def: &EntityDef) -> String {
        match (self.inline, self.dialect) {
            (true, Dialect::Sqlite) => format!("main.{}", quoted(def.plural)),
            _ => quoted(def.plural),
        }
    }

    pub fn param(&mut self, cell: Cell) -> String {
        if self.inline {
            return cell::literal(&cell, self.dialect);
        }
        self.params.push(cell);
        format!("${}", self.params.len())
    }

    fn column(&self, name: &str) -> String {
        format!("{}{}", self.prefix, quoted(name))
    }
    /// A column of the present table, as a subquery names it.
    fn outside(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => format!("{}.{}", quoted(self.def.plural), quoted(name)),
            _ => self.column(name),
        }
    }

    /// Empty when everything passes.
    pub fn condition(&mut self, condition: &Condition) -> String {
        if let Some(test) = self.sealed(condition) {
            return test;
        }
        match condition {
            Condition::Everything => String::new(),
            Condition::All(all) => self.joined(all, " and ", "1 = 1"),
            Condition::Any(any) => self.joined(any, " or ", "1 = 0"),
            Condition::Not(inner) => match self.condition(inner) {
                text if text.is_empty() => "1 = 0".to_owned(),
                // A field that is empty is not equal to a value.
                text => format!("({text}) is not true"),
            },
            Condition::Is(field, Value::Null) | Condition::Empty(field) => {
                format!("{} is null", self.column(field))
            }
            Condition::Is(field, value) => self.compared(field, Sign::Is, value),
            Condition::AtLeast(field, value) => self.compared(field, Sign::AtLeast, value),
            Condition::AtMost(field, value) => self.compared(field, Sign::AtMost, value),
            Condition::Above(field, value) => self.compared(field, Sign::Above, value),
            Condition::Below(field, value) => self.compared(field, Sign::Below, value),
            Condition::Among(_, values) if values.is_empty() => "1 = 0".to_owned(),
            Condition::Among(field, values) => {
                // The last value fills the list up: few lengths, few statements to keep.
                let filled = values.iter().chain(values.last().into_iter().cycle());
                let list: Vec<String> = filled
                    .take(filled_up(values.len()))
                    .map(|value| self.param(cell::of_value(value)))
                    .collect();
                format!("{} in ({})", self.column(field), list.join(", "))
            }
            Condition::Search(words) => self.search(words),
            Condition::Contains(field, words) => self.contains(&self.column(field), words),
            Condition::Through(field, def, inner) => {
                let from = self.outside(field);
                let test = self.inside(def, |writer| {
                    let id = writer.column("id");
                    writer.linked(&format!("{id} = {from}"), inner)
                });
                format!("exists (select 1 {test})")
            }
            Condition::Some(related, inner) => {
                let test = self.related(*related, inner);
                format!("exists (select 1 {test})")
            }
            Condition::Measure(measure) => self.measure(measure),
            Condition::Extra(name, value) => {
                let column = self.member(name);
                format!("{column} = {}", self.param(value.as_str().into()))
            }
            Condition::Custom(name, kind, test) => self.custom(name, *kind, test),
        }
    }

    fn compared(&mut self, field: &str, sign: Sign, value: &Value) -> String {
        let column = self.column(field);
        format!("{column} {} {}", sign.text(), self.param(cell::of_value(value)))
    }

    fn joined(&mut self, conditions: &[Condition], word: &str, none: &str) -> String {
        let parts: Vec<String> = conditions
            .iter()
            .map(|condition| self.condition(condition))
            .map(|text| if text.is_empty() { "1 = 1".to_owned() } else { text })
            .collect();
        if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(word)) }
    }

    // ——— across relations ———

    /// `from … where …` on another table, whose columns `write` names.
    fn inside(
        &mut self,
        def: &'static EntityDef,
        write: impl FnOnce(&mut Self) -> String,
    ) -> String {
        self.opened += 1;
        let name = format!("t{}", self.opened);
        let outer = std::mem::replace(&mut self.prefix, format!("{name}."));
        let outer_def = std::mem::replace(&mut self.def, def);
        let test = write(self);
        (self.prefix, self.def) = (outer, outer_def);
        format!("from {} {name} where {name}.company = $1 and {test}", self.table(def))
    }

    fn linked(&mut self, link: &str, inner: &Condition) -> String {
        match self.condition(inner) {
            text if text.is_empty() => link.to_owned(),
            text => format!("{link} and {text}"),
        }
    }

    fn related(&mut self, related: Related, inner: &Condition) -> String {
        let id = self.outside("id");
        self.inside(related.def, |writer| {
            let by = writer.column(related.by);
            writer.linked(&format!("{by} = {id}"), inner)
        })
    }

    fn measure(&mut self, measure: &Measure) -> String {
        let id = self.outside("id");
        let name = format!("t{}", self.opened + 1);
        let rows = self.inside(measure.of.def, |writer| {
            let by = writer.column(measure.of.by);
            let test = writer.linked(&format!("{by} = {id}"), &measure.only);
            let currency = match (measure.sum, &measure.value) {
                (Some(_), Value::Money(amount)) => amount.currency,
                (Some(_), Value::Price(price)) => price.currency,
                _ => return test,
            };
            let column = writer.column(&format!("{}_currency", measure.sum.unwrap_or_default()));
            format!("{test} and {column} = {}", writer.param(currency.code().into()))
        });
        let figure = match measure.sum {
            Some(field) => {
                format!("coalesce(cast(sum({name}.{}) as bigint), 0)", quoted(field))
            }
            None => "count(*)".to_owned(),
        };
        let value = self.param(cell::of_value(&measure.value));
        format!("(select {figure} {rows}) {} {value}", measure.sign.text())
    }

    // ——— texts ———

    fn contains(&mut self, column: &str, words: &str) -> String {
        let plain = self.plain(column);
        let words = self.param(search::fold(words).into());
        match self.dialect {
            Dialect::Sqlite => format!("instr({plain}, {words}) > 0"),
            Dialect::Postgres => format!("strpos({plain}, {words}) > 0"),
        }
    }

    /// The text without case and without accents, as [`search::fold`] makes it.
    fn plain(&self, column: &str) -> String {
        let mut text = format!("lower({column})");
        if self.dialect == Dialect::Postgres {
            let from: String = PLAIN.iter().map(|(letters, _)| *letters).collect();
            let to: String =
                PLAIN.iter().flat_map(|(letters, plain)| letters.chars().map(|_| *plain)).collect();
            text = format!("translate({text}, '{from}', '{to}')");
        } else {
            for (letters, plain) in PLAIN {
                for letter in letters.chars() {
                    text = format!("replace({text}, '{letter}', '{plain}')");
                }
            }
        }
        for (letter, plain) in LONG {
            text = format!("replace({text}, '{letter}', '{plain}')");
        }
        text
    }

    fn search(&mut self, words: &str) -> String {
        let entity = self.param(self.def.name.into());
        let words: Vec<String> =
            search::fold(words).split_whitespace().map(str::to_owned).collect();
        let mut tests = Vec::new();
        for word in &words {
            tests.push(match self.dialect {
                // The trigram index answers words of three letters or more.
                Dialect::Sqlite if word.chars().count() >= 3 => {
                    let phrase = self.param(format!("\"{}\"", word.replace('"', "\"\"")).into());
                    format!(
                        "rowid in (select rowid from search_index where search_index match {phrase})"
                    )
                }
                _ => {
                    let like = format!("%{}%", word.replace(['%', '_'], " "));
                    format!("text like {}", self.param(like.into()))
                }
            });
        }
        let tests = if tests.is_empty() { "1 = 1".to_owned() } else { tests.join(" and ") };
        let id = if self.prefix.is_empty() { "id".to_owned() } else { self.column("id") };
        format!(
            "{id} in (select id from search_text where company = $1 and entity = {entity} and {tests})"
        )
    }

    // ——— custom fields ———

    /// A member of the JSON document as a number.
    pub fn number(&self, member: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("cast({member} as numeric)"),
            // What an earlier kind of the field left behind is no number.
            Dialect::Postgres => format!(
                "(case when {member} ~ '^-?[0-9]+([.][0-9]+)?$' \
                 then cast({member} as numeric) end)"
            ),
        }
    }

    /// A member of the JSON document, as text.
    pub fn member(&mut self, name: &str) -> String {
        self.member_of(&self.prefix.clone(), name)
    }

    /// The same, of the table behind this prefix.
    pub fn member_of(&mut self, prefix: &str, name: &str) -> String {
        let column = format!("{prefix}extra");
        let name = self.param(name.into());
        match self.dialect {
            Dialect::Sqlite => format!("cast({column} ->> {name} as text)"),
            Dialect::Postgres => format!("({column}::jsonb ->> {name})"),
        }
    }

    fn custom(&mut self, name: &str, kind: CustomKind, test: &CustomTest) -> String {
        let member = self.member(name);
        let (sign, value) = match test {
            CustomTest::Empty => return format!("coalesce({member}, '') = ''"),
            CustomTest::Contains(words) => return self.contains(&member, words),
            CustomTest::Compare(sign, value) => (sign.text(), value.as_str()),
        };
        match kind {
            CustomKind::Number => {
                let value = self.param(value.into());
                let number = self.number(&member);
                format!(
                    "({member} <> '' and {number} {sign} cast(cast({value} as text) as numeric))"
                )
            }
            CustomKind::Flag => {
                // SQLite reads the JSON `true` as 1.
                let told = match (self.dialect, value) {
                    (Dialect::Sqlite, "true") => "1",
                    (Dialect::Sqlite, _) => "0",
                    (Dialect::Postgres, told) => told,
                };
                format!("{member} {sign} {}", self.param(told.into()))
            }
            CustomKind::Text | CustomKind::Day | CustomKind::Choice => {
                format!("{member} {sign} {}", self.param(value.into()))
            }
        }
    }
}

/// The length of the list that holds so many values: 1 to 4, then 8, 12, 16, 24, 32, 48, 64…
fn filled_up(count: usize) -> usize {
    if count <= 4 {
        return count;
    }
    let power = count.next_power_of_two();
    if count <= power / 4 * 3 { power / 4 * 3 } else { power }
}

/// The columns of a table, of which the veiled ones say nothing and keep their type.
fn seen_columns(among: &Among) -> String {
    let mut columns: Vec<String> = OWN.iter().map(|name| quoted(name)).collect();
    for field in among.def.fields {
        let veiled = among.veiled.iter().any(|other| other.name == field.name);
        columns.extend(cell::columns(field).into_iter().enumerate().map(|(rank, name)| {
            let column = quoted(&name);
            // The currency of an amount is no secret, and is there where every amount is.
            match veiled && (rank == 0 || !field.required) {
                true => format!("{} as {column}", nothing(field, &column)),
                false => column,
            }
        }));
    }
    columns.join(", ")
}

/// What says nothing in the place of a value: empty, or zero where every record has one.
fn nothing(field: &FieldDef, column: &str) -> String {
    match field.kind {
        _ if !field.required => format!("case when 1 = 0 then {column} end"),
        Kind::Integer | Kind::Money | Kind::Price | Kind::Quantity | Kind::Rate => {
            format!("({column} - {column})")
        }
        Kind::Text { .. } | Kind::LongText => "''".to_owned(),
        // A reference, a state or a day has nothing that says nothing: the faces leave it out.
        _ => column.to_owned(),
    }
}
