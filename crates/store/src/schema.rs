//! The tables we expect, drawn from the description; compared with the live ones at start.

use kernel::{Catalog, EntityDef, FieldDef, Kind};

use crate::cell;
use crate::secrets;
use crate::session::Session;
use crate::table::{self, Dialect, quoted};

/// The tables of the store itself, in the SQL of each database.
const OWN_SQLITE: &str = include_str!("own_sqlite.sql");
const OWN_POSTGRES: &str = include_str!("own_postgres.sql");

/// Every statement that makes an empty database ours.
#[must_use]
pub fn draw(catalog: &Catalog, dialect: Dialect) -> String {
    let mut out = match dialect {
        Dialect::Sqlite => OWN_SQLITE.to_owned(),
        Dialect::Postgres => OWN_POSTGRES.to_owned(),
    };
    for def in catalog.entities() {
        out.push_str(&draw_table(catalog, def, dialect));
        for index in draw_indexes(def) {
            out.push_str(&index);
        }
    }
    for guard in catalog.modules.iter().flat_map(|module| module.guards) {
        out.push('\n');
        out.push_str(match dialect {
            Dialect::Sqlite => guard.sqlite,
            Dialect::Postgres => guard.postgres,
        });
    }
    if dialect == Dialect::Sqlite {
        out.push_str(&statistics(catalog));
    }
    out
}

/// What SQLite's planner is told of the tables before they hold anything: a company has very many
/// records, a value of an indexed field has few. Without it, it would walk all of a company's
/// records by their keys rather than use the index of a field.
fn statistics(catalog: &Catalog) -> String {
    const MANY: &str = "1000000 1000000";
    let mut out = String::from("\nanalyze;\ndelete from sqlite_stat1;\n");
    let mut tell = |table: &str, index: &str, rest: &str| {
        out.push_str(&format!(
            "insert into sqlite_stat1 values ('{table}', '{index}', '{MANY} {rest}');\n"
        ));
    };
    for log in ["event", "audit"] {
        tell(log, log, "1");
        tell(log, &format!("{log}_by_record"), "4 1");
    }
    for def in catalog.entities() {
        tell(def.plural, def.plural, "1");
        for (unique, names) in indexes(def) {
            // A choice leaves a quarter of the records, any other field a few, and each further
            // field a quarter of what the former left.
            let mut left = 1_000_000;
            let mut rest: Vec<String> = names
                .iter()
                .map(|name| {
                    let kind = def.field(name).map(|field| field.kind);
                    let few = matches!(kind, Some(Kind::Choice(_) | Kind::Flag));
                    left = if few { left / 4 } else { (left / 4).min(16) }.max(2);
                    left.to_string()
                })
                .collect();
            if unique {
                rest.pop();
            }
            rest.push("1".to_owned());
            tell(def.plural, &index_name(def, unique, &names), &rest.join(" "));
        }
    }
    out.push_str("analyze sqlite_schema;\n");
    out
}

struct Types {
    integer: &'static str,
    text: &'static str,
    id: &'static str,
}

const fn types(dialect: Dialect) -> Types {
    match dialect {
        Dialect::Sqlite => Types { integer: "integer", text: "text", id: "blob" },
        Dialect::Postgres => Types { integer: "bigint", text: "text collate \"C\"", id: "bytea" },
    }
}

/// The types that PostgreSQL gives the columns of a field, in the order of [`cell::columns`].
pub const fn types_of(field: &FieldDef) -> &'static [&'static str] {
    match field.kind {
        Kind::Lines(_) => &[],
        Kind::Text { .. } | Kind::LongText | Kind::Origin | Kind::Choice(_) => &["text"],
        Kind::Ref(_) => &["bytea"],
        Kind::Money | Kind::Price => &["bigint", "text"],
        Kind::Integer | Kind::Flag | Kind::Quantity | Kind::Rate | Kind::Day | Kind::Instant => {
            &["bigint"]
        }
    }
}

fn draw_table(catalog: &Catalog, def: &EntityDef, dialect: Dialect) -> String {
    let Types { integer, text, id } = types(dialect);
    let mut out = format!(
        "\ncreate table {} (\n  company {integer} not null,\n  id {id} not null,\n  \
         version {integer} not null,\n  created_at {integer} not null,\n  created_by {id},\n  \
         updated_at {integer} not null,\n  updated_by {id},\n  extra {text}",
        quoted(def.plural)
    );
    let mut references = String::new();
    for field in def.stored() {
        out.push_str(&draw_column(field, dialect));
        if let Kind::Ref(target) = field.kind
            && let Some(target) = catalog.entity(target)
        {
            references.push_str(&format!(
                ",\n  foreign key (company, {}) references {} (company, id)",
                quoted(field.name),
                quoted(target.plural)
            ));
        }
    }
    out.push_str(",\n  primary key (company, id)");
    out.push_str(&references);
    out.push_str(match dialect {
        Dialect::Sqlite => "\n) strict, without rowid;\n",
        Dialect::Postgres => "\n);\n",
    });
    out
}

fn draw_column(field: &FieldDef, dialect: Dialect) -> String {
    let Types { integer, text, id } = types(dialect);
    let (name, null) = (quoted(field.name), if field.required { " not null" } else { "" });
    match field.kind {
        Kind::Lines(_) => String::new(),
        Kind::Text { max } => format!(",\n  {name} {text}{null} check (length({name}) <= {max})"),
        Kind::LongText | Kind::Origin => format!(",\n  {name} {text}{null}"),
        Kind::Choice(values) => {
            let list: Vec<String> = values.iter().map(|(value, _)| format!("'{value}'")).collect();
            format!(",\n  {name} {text}{null} check ({name} in ({}))", list.join(", "))
        }
        Kind::Ref(_) => format!(",\n  {name} {id}{null}"),
        Kind::Flag => format!(",\n  {name} {integer}{null} check ({name} in (0, 1))"),
        Kind::Money | Kind::Price => {
            let currency = quoted(&format!("{}_currency", field.name));
            format!(
                ",\n  {name} {integer}{null},\n  {currency} {text}{null} \
                 check (length({currency}) = 3)"
            )
        }
        Kind::Integer | Kind::Quantity | Kind::Rate | Kind::Day | Kind::Instant => {
            format!(",\n  {name} {integer}{null}")
        }
    }
}

fn draw_indexes(def: &EntityDef) -> Vec<String> {
    let draw = |(unique, names): (bool, Vec<&str>)| {
        let columns: Vec<String> = names.iter().map(|name| indexed(def, name)).collect();
        let word = if unique { "unique index" } else { "index" };
        // The id breaks ties, so that a page of a sorted list is a walk along the index.
        let tail = if unique { "" } else { ", id" };
        format!(
            "create {word} {} on {} (company, {}{tail});\n",
            quoted(&index_name(def, unique, &names)),
            quoted(def.plural),
            columns.join(", ")
        )
    };
    indexes(def).into_iter().map(draw).collect()
}

/// What of a field is indexed: of one that is kept sealed, its blind index.
fn indexed(def: &EntityDef, name: &str) -> String {
    match def.field(name) {
        Some(field) if field.secret => secrets::prefix_of(&quoted(name)),
        _ => quoted(name),
    }
}

/// The fields indexed together, and whether they are unique.
fn indexes(def: &EntityDef) -> Vec<(bool, Vec<&'static str>)> {
    let own = def.stored().filter_map(|field| match field {
        FieldDef { unique: true, .. } => Some((true, vec![field.name])),
        FieldDef { index: true, .. } | FieldDef { parent: true, .. } => {
            Some((false, vec![field.name]))
        }
        _ => None,
    });
    own.chain(def.uniques.iter().map(|names| (true, names.to_vec())))
        .chain(def.indexes.iter().map(|names| (false, names.to_vec())))
        .collect()
}

fn index_name(def: &EntityDef, unique: bool, names: &[&str]) -> String {
    format!("{}_{}_{}", def.plural, if unique { "key" } else { "by" }, names.join("_"))
}

/// Where the live database differs from the description, in words; empty when it does not.
///
/// # Errors
/// `store.*`.
pub fn differences(
    catalog: &Catalog,
    session: &mut dyn Session,
) -> Result<Vec<String>, kernel::Fault> {
    let dialect = session.dialect();
    let statement = match dialect {
        Dialect::Sqlite => {
            "select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p \
             where m.type = 'table'"
        }
        Dialect::Postgres => {
            "select table_name::text, column_name::text from information_schema.columns \
             where table_schema = current_schema()"
        }
    };
    let mut live = std::collections::BTreeSet::new();
    for row in session.query(statement, &[])? {
        let mut cells = row.into_iter();
        if let (Some(table), Some(column)) = (cells.next(), cells.next()) {
            live.insert((table.text()?, column.text()?));
        }
    }
    let mut out = Vec::new();
    for def in catalog.entities() {
        if !live.iter().any(|(table, _)| table == def.plural) {
            out.push(draw_table(catalog, def, dialect));
            continue;
        }
        for field in def.stored() {
            for column in cell::columns(field) {
                if !live.contains(&(def.plural.to_owned(), column.clone())) {
                    let drawn = draw_column(field, dialect);
                    out.push(format!(
                        "alter table {} add column{};",
                        quoted(def.plural),
                        &drawn[1..]
                    ));
                    break;
                }
            }
        }
        for (table, column) in live.iter().filter(|(table, _)| table == def.plural) {
            let known = table::OWN.contains(&column.as_str())
                || def.stored().any(|field| cell::columns(field).contains(column));
            if !known {
                out.push(format!("-- {table}.{column} is in the database and in no description"));
            }
        }
    }
    Ok(out)
}
