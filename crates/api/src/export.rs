//! Whole lists as files: CSV for people, JSON lines for programs. Streamed page by page, so that a
//! list of any length takes the memory of one page.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use exchange::{guarded, write_line};
use futures_util::{StreamExt, stream};
use kernel::{
    Actor, Catalog, Condition, CustomField, EntityDef, Fault, Faults, FieldDef, Kind, Language,
    Query, RawId, Row, Shape, Tx, Value, typed,
};
use serde_json::{Map, Value as Json};

use crate::Api;
use crate::door::Asked;
use crate::listing;
use crate::problem::Problem;
use crate::rest::{entity, is_hidden, pairs, whole_record};

/// How many records are read at a time.
const PAGE: u32 = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A header and a line a record, in the reader's language; lines of records are left out.
    Csv,
    /// A JSON object a line, as the API answers it, with its lines.
    JsonLines,
}

impl Format {
    /// `parties.csv` is the list `parties` as CSV.
    #[must_use]
    pub fn of_path(path: &str) -> Option<(&str, Self)> {
        let csv = path.strip_suffix(".csv").map(|plural| (plural, Self::Csv));
        csv.or_else(|| path.strip_suffix(".jsonl").map(|plural| (plural, Self::JsonLines)))
    }
    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

/// An export under way.
struct Export {
    api: Api,
    actor: Actor,
    format: Format,
    query: Query,
    columns: Columns,
    is_begun: bool,
    is_done: bool,
}

/// Answers a whole list as a file.
///
/// # Errors
/// `forbidden`, `path.unknown`, `query.*`.
pub async fn download(
    api: Api,
    asked: Asked,
    plural: String,
    format: Format,
) -> Result<Response, Problem> {
    asked
        .answer(api, move |api, asked, actor| {
            let def = entity(api.catalog, &plural, asked)?;
            actor.may(&format!("{}.read", def.name))?;
            actor.may(&format!("{}.export", def.name))?;
            let currency = api.store.currency(actor.company)?;
            let given = pairs(asked)?;
            let only = |tx: &mut Tx<'_>| listing::sifted(tx, api.catalog, def, &given, actor);
            let only = api.store.read(actor, only)?;
            let listing = listing::parse(api.catalog, def, &given, actor, currency)?.only(only);
            let separator = given.iter().rev().find(|(name, _)| name == "separator");
            let separator = separator.map(|(_, value)| value.as_str());
            let shape = api.store.read(actor, |tx| Ok(Shape::of(tx, def)?))?;
            let export = Export {
                api: api.clone(),
                actor: actor.clone(),
                format,
                query: listing.query.limit(PAGE),
                columns: Columns::of(&shape, actor, separator)?,
                is_begun: false,
                is_done: false,
            };
            // What packs a body asks once more after its end.
            let pages = stream::unfold(Some(export), step).fuse();
            let mut response = Response::new(Body::from_stream(pages));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
            let name = format!("attachment; filename=\"{plural}.{}\"", format.extension());
            if let Ok(name) = HeaderValue::from_str(&name) {
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            Ok(response)
        })
        .await
}

/// The next page of a file. A failure cuts the file off, so that nobody takes it for whole.
async fn step(export: Option<Export>) -> Option<(Result<Bytes, std::io::Error>, Option<Export>)> {
    let mut export = export.filter(|export| !export.is_done)?;
    let broken = || std::io::Error::other("the export broke off");
    let run = move || (export.page(), export);
    Some(match tokio::task::spawn_blocking(run).await {
        Ok((Ok(page), export)) => (Ok(page), Some(export)),
        Ok((Err(faults), _)) => {
            tracing::error!(codes = ?faults.codes(), "an export broke off");
            (Err(broken()), None)
        }
        Err(error) => {
            tracing::error!(%error, "an export broke off");
            (Err(broken()), None)
        }
    })
}

impl Export {
    fn page(&mut self) -> Result<Bytes, Faults> {
        let mut out = Vec::new();
        if self.format == Format::Csv && !self.is_begun {
            // The mark by which spreadsheets know UTF-8.
            out.extend_from_slice("\u{feff}".as_bytes());
            write_line(&mut out, self.columns.separator, &self.columns.header())?;
        }
        self.is_begun = true;
        let (catalog, actor, def) = (self.api.catalog, &self.actor, self.query.def);
        let (query, columns, format) = (self.query.clone(), &self.columns, self.format);
        let last = self.api.store.read(actor, |tx| {
            let rows = tx.rows(query)?;
            match format {
                Format::Csv => columns.write(catalog, tx, actor, &rows, &mut out)?,
                Format::JsonLines => {
                    for row in &rows {
                        let record = whole_record(catalog, tx, actor, def, row)?;
                        out.extend_from_slice(Json::Object(record).to_string().as_bytes());
                        out.push(b'\n');
                    }
                }
            }
            let is_full = u32::try_from(rows.len()).is_ok_and(|count| count >= PAGE);
            Ok(rows.into_iter().next_back().filter(|_| is_full))
        })?;
        match last {
            Some(row) => {
                let sort = def.rank(self.query.order).and_then(|rank| row.values.get(rank));
                let value = sort.cloned().unwrap_or(Value::Ref(row.id));
                self.query.after = Some((value, row.id));
            }
            None => self.is_done = true,
        }
        Ok(out.into())
    }
}

/// The columns of a CSV file.
struct Columns {
    def: &'static EntityDef,
    fields: Vec<&'static FieldDef>,
    custom: Vec<CustomField>,
    language: Language,
    separator: u8,
}

impl Columns {
    fn of(shape: &Shape, actor: &Actor, separator: Option<&str>) -> Result<Self, Fault> {
        let def = shape.def;
        let separator = match (separator, actor.language) {
            (Some(";"), _) | (None, Language::French) => b';',
            (Some(","), _) | (None, Language::English) => b',',
            (Some("tab" | "\t"), _) => b'\t',
            (Some(other), _) => {
                return Err(Fault::new("query.choice").on("separator").with("given", other));
            }
        };
        let fields = def.stored().filter(|field| !is_hidden(actor, def, field)).collect();
        let custom = shape.custom.clone();
        Ok(Self { def, fields, custom, language: actor.language, separator })
    }

    /// The label of each column; its technical name where another field could answer to the label.
    fn header(&self) -> Vec<String> {
        let label = |field: &&'static FieldDef| {
            let word = field.label.say(self.language);
            let folded = typed::folded(word);
            let answers = |other: &FieldDef| {
                [other.name, other.label.fr, other.label.en]
                    .iter()
                    .any(|known| typed::folded(known) == folded)
            };
            let alone = self.def.fields.iter().filter(|other| answers(other)).count() == 1;
            if alone && folded != "id" { word.to_owned() } else { field.name.to_owned() }
        };
        let fields = self.fields.iter().map(label);
        let custom = self.custom.iter().map(|custom| format!("extra.{}", custom.name));
        std::iter::once("id".to_owned()).chain(fields).chain(custom).collect()
    }

    fn write(
        &self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        rows: &[Row],
        out: &mut Vec<u8>,
    ) -> Result<(), Faults> {
        let keys = self.keys(catalog, tx, actor, rows)?;
        for row in rows {
            let document: Map<String, Json> = row
                .extra
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            let cell = |field: &&'static FieldDef| {
                let value = self.def.rank(field.name).and_then(|rank| row.values.get(rank));
                match value {
                    Some(Value::Ref(id)) => {
                        keys.get(id).map_or_else(|| id.to_string(), |key| guarded(key))
                    }
                    Some(value @ Value::Text(_)) => {
                        guarded(&typed::in_file(field, value, self.language))
                    }
                    Some(value) => typed::in_file(field, value, self.language),
                    None => String::new(),
                }
            };
            let custom = self.custom.iter().map(|custom| match document.get(&custom.name) {
                Some(Json::String(text)) => guarded(text),
                Some(Json::Bool(flag)) => kernel::written(&Value::Flag(*flag), self.language),
                Some(Json::Null) | None => String::new(),
                Some(other) => other.to_string(),
            });
            let cells: Vec<String> = std::iter::once(row.id.to_string())
                .chain(self.fields.iter().map(cell))
                .chain(custom)
                .collect();
            write_line(out, self.separator, &cells)?;
        }
        Ok(())
    }

    /// What people call the records that the rows refer to: their key, where it may be read.
    fn keys(
        &self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        rows: &[Row],
    ) -> Result<HashMap<RawId, String>, Fault> {
        let mut keys = HashMap::new();
        for field in &self.fields {
            let Kind::Ref(target) = field.kind else { continue };
            let Some(target) = catalog.entity(target) else { continue };
            let named = |key: &&FieldDef| matches!(key.kind, Kind::Text { .. }) && !key.sensitive;
            let Some(key) = target.key().filter(named) else { continue };
            if !actor.can(&format!("{}.read", target.name)) {
                continue;
            }
            let rank = self.def.rank(field.name).unwrap_or(usize::MAX);
            let mut ids: Vec<Value> = rows
                .iter()
                .filter_map(|row| row.values.get(rank))
                .filter(|value| matches!(value, Value::Ref(id) if !keys.contains_key(id)))
                .cloned()
                .collect();
            ids.sort_by_key(|value| if let Value::Ref(id) = value { Some(*id) } else { None });
            ids.dedup();
            let at = target.rank(key.name).unwrap_or(usize::MAX);
            for row in tx.rows(Query::all(target).only(Condition::Among("id", ids)))? {
                if let Some(Value::Text(text)) = row
                    .values
                    .get(at)
                    .filter(|value| !matches!(value, Value::Text(text) if text.is_empty()))
                {
                    keys.insert(row.id, text.clone());
                }
            }
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_the_format() {
        assert_eq!(Format::of_path("parties.csv"), Some(("parties", Format::Csv)));
        assert_eq!(Format::of_path("parties.jsonl"), Some(("parties", Format::JsonLines)));
        assert_eq!(Format::of_path("parties"), None);
    }
}
