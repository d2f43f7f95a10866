//! The SQL of a described entity. Both databases read the same text: `$1` parameters, `on conflict`,
//! row values and `returning` are common to them; only the names of types differ (`schema`).

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use kernel::backend::Touched;
use kernel::{Catalog, Direction, EntityDef, Query};

use crate::cell::{self, Cell};
use crate::condition::Writer;
use crate::schema;
use crate::secrets::Envelope;

/// What the store itself keeps of every record, before the fields.
pub const OWN: [&str; 8] =
    ["company", "id", "version", "created_at", "created_by", "updated_at", "updated_by", "extra"];

/// The statements of one entity, written once at start.
#[derive(Debug)]
pub struct Table {
    pub def: &'static EntityDef,
    /// Its place in the catalogue: a row may only refer to rows of earlier tables, or of its own.
    pub rank: usize,
    pub width: usize,
    pub searched: bool,
    list: String,
    pub get: String,
    pub insert: String,
    /// `insert` of one row.
    pub insert_one: Arc<str>,
    /// The updates of the sets of fields met so far.
    updates: RwLock<HashMap<(Touched, usize), Arc<str>>>,
    /// The delete, up to the condition on the ids.
    delete: String,
    delete_one: Arc<str>,
}

pub fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

impl Table {
    fn new(rank: usize, def: &'static EntityDef) -> Self {
        let fields: Vec<String> = def.fields.iter().flat_map(cell::columns).collect();
        let names: Vec<&str> =
            OWN.iter().copied().chain(fields.iter().map(String::as_str)).collect();
        let table = quoted(def.plural);
        let list = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let width = names.len();
        let insert = format!("insert into {table} ({list}) values ");
        Self {
            def,
            rank,
            width,
            searched: def.fields.iter().any(|field| field.search),
            get: format!("select {list} from {table} where company = $1 and id = $2"),
            insert_one: insert_rows(&insert, width, 1).into(),
            insert,
            updates: RwLock::default(),
            delete: format!("delete from {table} where company = $1 and "),
            delete_one: format!(
                "delete from {table} where company = $1 and id = $2 and version = $3"
            )
            .into(),
            list,
        }
    }

    /// `insert` with room for `rows` rows.
    pub fn insert_rows(&self, rows: usize) -> Arc<str> {
        if rows == 1 {
            return self.insert_one.clone();
        }
        insert_rows(&self.insert, self.width, rows).into()
    }

    /// The delete of so many rows: `$1` is the company, then come the id and the version of each.
    pub fn delete(&self, rows: usize) -> Arc<str> {
        if rows == 1 {
            return self.delete_one.clone();
        }
        let pair = |at: usize| format!("(id = ${} and version = ${})", 2 * at + 2, 2 * at + 3);
        let pairs = (0..rows).map(pair).collect::<Vec<_>>().join(" or ");
        format!("{}({pairs})", self.delete).into()
    }

    /// The update of these fields in so many rows. `$1` is the company; of one row, `$2` is the id,
    /// `$3` the version that the row must have, `$4` to `$6` its new version, its day and its hand,
    /// then come the fields in their order; the other rows follow likewise. A column that is not
    /// named costs nothing: neither its indexes nor its references are looked at.
    pub fn update(&self, touched: Touched, rows: usize) -> Arc<str> {
        let key = (touched, rows);
        let known = self.updates.read().ok().and_then(|known| known.get(&key).cloned());
        if let Some(text) = known {
            return text;
        }
        let text: Arc<str> = match rows {
            1 => self.update_one(touched),
            _ => self.update_many(touched, rows),
        }
        .into();
        if let Ok(mut known) = self.updates.write() {
            known.insert(key, text.clone());
        }
        text
    }

    /// What an update sets: names, and the types PostgreSQL gives them.
    fn set(&self, touched: Touched) -> Vec<(String, &'static str)> {
        let mut set = vec![
            ("version".to_owned(), "bigint"),
            ("updated_at".to_owned(), "bigint"),
            ("updated_by".to_owned(), "bytea"),
        ];
        for (rank, field) in self.def.fields.iter().enumerate() {
            if touched.meets(Touched::field(rank)) {
                set.extend(
                    cell::columns(field).into_iter().zip(schema::types_of(field).iter().copied()),
                );
            }
        }
        if touched.meets(Touched::extra()) {
            set.push(("extra".to_owned(), "text"));
        }
        set
    }

    fn update_one(&self, touched: Touched) -> String {
        let set = self.set(touched);
        let set = set.iter().enumerate().map(|(at, (name, _))| format!("\"{name}\" = ${}", at + 4));
        format!(
            "update {} set {} where company = $1 and id = $2 and version = $3",
            quoted(self.def.plural),
            set.collect::<Vec<_>>().join(", ")
        )
    }

    /// PostgreSQL only: the rows come as a table of values.
    fn update_many(&self, touched: Touched, rows: usize) -> String {
        let set = self.set(touched);
        let types = ["bytea", "bigint"].into_iter().chain(set.iter().map(|(_, kind)| *kind));
        let types: Vec<&str> = types.collect();
        let (mut values, mut next) = (Vec::with_capacity(rows), 2);
        for _ in 0..rows {
            let row = types.iter().enumerate().map(|(at, kind)| format!("${}::{kind}", next + at));
            values.push(format!("({})", row.collect::<Vec<_>>().join(", ")));
            next += types.len();
        }
        let given: Vec<String> = (0..types.len()).map(|at| format!("v{at}")).collect();
        let set = set.iter().enumerate().map(|(at, (name, _))| format!("\"{name}\" = v{}", at + 2));
        format!(
            "update {} set {} from (values {}) as given ({}) \
             where company = $1 and id = v0 and version = v1",
            quoted(self.def.plural),
            set.collect::<Vec<_>>().join(", "),
            values.join(", "),
            given.join(", ")
        )
    }

    /// The statement of a query and its parameters.
    pub fn select(
        &self,
        query: &Query,
        company: i64,
        dialect: Dialect,
        envelope: Option<Arc<Envelope>>,
    ) -> (String, Vec<Cell>) {
        let mut writer = Writer::new(dialect, self.def, company).opening(envelope);
        let mut text =
            format!("select {} from {} where company = $1", self.list, quoted(self.def.plural));
        let condition = writer.condition(&query.condition);
        if !condition.is_empty() {
            text.push_str(" and ");
            text.push_str(&condition);
        }
        let (word, sign) = match query.direction {
            Direction::Up => ("asc", '>'),
            Direction::Down => ("desc", '<'),
        };
        // Sealed texts have no order.
        let sealed = self.def.field(query.order).is_some_and(|field| field.secret);
        let order = if sealed { "id" } else { query.order };
        let sort = quoted(order);
        if let Some((value, id)) = &query.after {
            let id = writer.param(Cell::Id(id.0));
            if order == "id" {
                text.push_str(&format!(" and id {sign} {id}"));
            } else if value.is_null() {
                // Records without the sort value come last, by id.
                text.push_str(&format!(" and {sort} is null and id {sign} {id}"));
            } else {
                let value = writer.param(cell::of_value(value));
                let more = format!("({sort}, id) {sign} ({value}, {id})");
                let optional = self.def.field(order).is_some_and(|field| !field.required);
                text.push_str(&if optional {
                    format!(" and ({more} or {sort} is null)")
                } else {
                    format!(" and {more}")
                });
            }
        }
        if order == "id" {
            text.push_str(&format!(" order by id {word}"));
        } else {
            let optional = self.def.field(order).is_some_and(|field| !field.required);
            let last = if optional { " nulls last" } else { "" };
            text.push_str(&format!(" order by {sort} {word}{last}, id {word}"));
        }
        if let Some(limit) = query.limit {
            let limit = writer.param(Cell::Integer(i64::from(limit)));
            text.push_str(&format!(" limit {limit}"));
        }
        if query.lock && dialect == Dialect::Postgres {
            text.push_str(" for no key update");
        }
        (text, writer.params)
    }
}

/// `insert` followed by as many rows of `width` parameters.
pub fn insert_rows(insert: &str, width: usize, rows: usize) -> String {
    let mut text = insert.to_owned();
    let mut next = 1;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            text.push_str(if column == 0 { "$" } else { ", $" });
            text.push_str(&next.to_string());
            next += 1;
        }
        text.push(')');
    }
    text
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// All the tables, by the name of their entity.
#[derive(Debug)]
pub struct Tables {
    by_name: HashMap<&'static str, Table>,
}

impl Tables {
    pub fn new(catalog: &Catalog) -> Self {
        let tables = catalog.entities().enumerate();
        Self { by_name: tables.map(|(rank, def)| (def.name, Table::new(rank, def))).collect() }
    }
    pub fn of(&self, def: &EntityDef) -> &Table {
        &self.by_name[def.name]
    }
    pub fn entity(&self, name: &str) -> Option<&'static EntityDef> {
        self.by_name.get(name).map(|table| table.def)
    }
}
