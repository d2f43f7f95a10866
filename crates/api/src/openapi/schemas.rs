//! The schemas of records, values and refusals.

use kernel::{EntityDef, FieldDef, Kind, Text};
use serde_json::{Map, Value as Json, json};

pub fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub fn labels(text: Text) -> Json {
    json!({ "fr": text.fr, "en": text.en })
}

/// `order_line` is `OrderLine`.
#[must_use]
pub fn schema_name(entity: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect::<String>()
        })
    };
    entity.split('_').map(word).collect()
}

/// The shape of a value; amounts may be written as plain numbers too, but are read as strings.
fn shape(kind: Kind, is_write: bool) -> Map<String, Json> {
    let decimal = |decimals: u32| {
        let pattern = format!("^-?[0-9]{{1,15}}(\\.[0-9]{{1,{decimals}}})?$");
        match is_write {
            true => json!({ "type": ["string", "number"], "pattern": pattern }),
            false => json!({ "type": "string", "pattern": pattern }),
        }
    };
    let amount = |name: &str| match is_write {
        true => json!({ "anyOf": [reference(name), { "type": ["string", "number"] }] }),
        false => reference(name),
    };
    let shape = match kind {
        Kind::Text { max } => json!({ "type": "string", "maxLength": max }),
        Kind::LongText => json!({ "type": "string", "maxLength": 20_000 }),
        Kind::Integer => json!({ "type": "integer", "format": "int64" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Money => amount("Money"),
        Kind::Price => amount("Price"),
        Kind::Quantity => decimal(kernel::Quantity::DECIMALS),
        Kind::Rate => decimal(kernel::Rate::DECIMALS),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Choice(values) => {
            let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
            let choices: Map<String, Json> =
                values.iter().map(|(name, label)| ((*name).to_owned(), labels(*label))).collect();
            json!({ "type": "string", "enum": names, "x-choices": choices })
        }
        Kind::Ref(target) => json!({ "type": "string", "format": "uuid", "x-entity": target }),
        Kind::Origin => json!({ "type": "string", "pattern": "^[a-z_]+/[0-9a-f-]{36}$" }),
        Kind::Lines(target) => {
            let suffix = if is_write { "Write" } else { "" };
            let name = format!("{}{suffix}", schema_name(target));
            json!({ "type": "array", "items": reference(&name) })
        }
    };
    match shape {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

fn or_null(mut shape: Map<String, Json>) -> Map<String, Json> {
    match shape.get("type").cloned() {
        Some(Json::String(kind)) => {
            shape.insert("type".to_owned(), json!([kind, "null"]));
            if let Some(Json::Array(values)) = shape.get_mut("enum") {
                values.push(Json::Null);
            }
            shape
        }
        Some(Json::Array(mut kinds)) => {
            kinds.push(json!("null"));
            shape.insert("type".to_owned(), Json::Array(kinds));
            shape
        }
        _ => Map::from_iter([("anyOf".to_owned(), json!([shape, { "type": "null" }]))]),
    }
}

fn described(field: &FieldDef, mut shape: Map<String, Json>) -> Json {
    shape.insert("title".to_owned(), json!(field.label.en));
    if !field.doc.is_empty() {
        shape.insert("description".to_owned(), json!(field.doc));
    }
    shape.insert("x-labels".to_owned(), labels(field.label));
    Json::Object(shape)
}

fn read_field(field: &FieldDef) -> Json {
    let shape = shape(field.kind, false);
    let optional = !field.required && !matches!(field.kind, Kind::Lines(_));
    let mut shape = if optional { or_null(shape) } else { shape };
    if field.system {
        shape.insert("readOnly".to_owned(), json!(true));
    }
    if field.sensitive {
        shape.insert("x-sensitive".to_owned(), json!(true));
    }
    described(field, shape)
}

/// A field as it is written.
pub fn write_field(field: &FieldDef) -> Json {
    let shape = shape(field.kind, true);
    let optional = !field.required && !matches!(field.kind, Kind::Lines(_));
    described(field, if optional { or_null(shape) } else { shape })
}

/// Whether a record cannot be made without a value for the field.
fn is_needed(field: &FieldDef) -> bool {
    let begins_with_one = matches!(field.kind, Kind::Flag | Kind::Choice(_) | Kind::Lines(_));
    field.required && !field.system && !field.parent && !begins_with_one
}

/// The schemas of one entity: as it is read, written, and made.
pub fn record_schemas(def: &EntityDef) -> Vec<(String, Json)> {
    let name = schema_name(def.name);
    let own = |kind: Json| described_own(&kind);
    let mut read = Map::from_iter([
        ("id".to_owned(), own(json!({ "type": "string", "format": "uuid" }))),
        ("version".to_owned(), own(json!({ "type": "integer", "format": "int64" }))),
    ]);
    read.extend(def.fields.iter().map(|field| (field.name.to_owned(), read_field(field))));
    read.insert("extra".to_owned(), json!({ "type": "object", "description": "Custom fields." }));
    for moment in ["created_at", "updated_at"] {
        read.insert(moment.to_owned(), own(json!({ "type": "string", "format": "date-time" })));
    }
    let mut schemas = vec![(
        name.clone(),
        json!({ "type": "object", "title": def.label.en, "description": def.doc,
            "x-labels": labels(def.label), "required": ["id"], "properties": read }),
    )];
    if def.kept {
        return schemas;
    }
    let mut write: Map<String, Json> = def
        .fields
        .iter()
        .filter(|field| !field.system && !field.parent)
        .map(|field| (field.name.to_owned(), write_field(field)))
        .collect();
    write.insert("extra".to_owned(), json!({ "type": "object", "description": "Custom fields." }));
    if def.parent().is_some() {
        let doc = "The id of a line that is kept; a line without one is new.";
        write.insert(
            "id".to_owned(),
            json!({ "type": "string", "format": "uuid", "description": doc }),
        );
    }
    schemas.push((format!("{name}Write"), json!({ "type": "object", "properties": write })));
    if def.parent().is_none() {
        let needed: Vec<&str> =
            def.fields.iter().filter(|field| is_needed(field)).map(|field| field.name).collect();
        schemas.push((
            format!("{name}Create"),
            json!({ "allOf": [reference(&format!("{name}Write"))], "required": needed }),
        ));
    }
    schemas
}

fn described_own(kind: &Json) -> Json {
    let mut kind = kind.clone();
    if let Json::Object(members) = &mut kind {
        members.insert("readOnly".to_owned(), json!(true));
    }
    kind
}

/// The paths of files: the whole list as CSV and as JSON lines, and the import.
pub fn file_paths(def: &EntityDef) -> Vec<(String, Json)> {
    let plural = def.plural;
    let download = |extension: &str, kind: &str| {
        let operation = json!({ "get": {
            "operationId": format!("download_{plural}_{extension}"),
            "tags": [plural],
            "summary": format!("The whole list as {extension}; the filters of the list hold"),
            "responses": {
                "200": { "description": "The file.",
                    "content": { kind: { "schema": { "type": "string" } } } },
                "default": { "$ref": "#/components/responses/Problem" },
            },
        }});
        (format!("/api/{plural}.{extension}"), operation)
    };
    let mut paths = vec![download("csv", "text/csv"), download("jsonl", "application/jsonl")];
    if def.kept || def.parent().is_some() {
        return paths;
    }
    let choice = |name: &str, values: Json| json!({ "name": name, "in": "query", "schema": { "type": "string", "enum": values } });
    let operation = json!({ "post": {
        "operationId": format!("import_{plural}"),
        "tags": [plural],
        "summary": "Import a CSV file: tried (`dry`), or applied",
        "description": "Columns go by the name or the label of a field; `map.COLUMN=field` overrides, \
            `map.COLUMN=` leaves a column out. A record that has the key is changed, another is made.",
        "parameters": [
            choice("mode", json!(["dry", "apply"])),
            choice("encoding", json!(["utf-8", "windows-1252", "iso-8859-15"])),
            choice("separator", json!([";", ",", "tab"])),
            { "$ref": "#/components/parameters/key" },
        ],
        "requestBody": { "required": true, "content": {
            "text/csv": { "schema": { "type": "string" } },
            "multipart/form-data": { "schema": { "type": "object", "properties": {
                "file": { "type": "string", "contentMediaType": "text/csv" },
                "mapping": { "type": "string", "description": "A JSON object, column to field." },
            }}},
        }},
        "responses": {
            "200": { "description": "What became of each row.", "content": {
                "application/json": { "schema": reference("ImportReport") } } },
            "default": { "$ref": "#/components/responses/Problem" },
        },
    }});
    paths.push((format!("/api/{plural}/import"), operation));
    paths
}

/// The schemas that are of no entity.
pub fn problem_schemas() -> Map<String, Json> {
    let amount = |decimals: u32| {
        json!({ "type": "object", "required": ["amount", "currency"], "properties": {
            "amount": { "type": "string",
                "pattern": format!("^-?[0-9]{{1,15}}(\\.[0-9]{{1,{decimals}}})?$") },
            "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
        }})
    };
    let items = || json!({ "type": "array", "items": { "type": "object" } });
    let count = || json!({ "type": "integer" });
    let schemas = json!({
        "Money": amount(3),
        "Price": amount(kernel::Price::DECIMALS),
        "Fault": { "type": "object", "required": ["code", "field", "facts", "sentence"],
            "properties": {
                "code": { "type": "string", "description": "Stable: made for programs." },
                "field": { "type": ["string", "null"],
                    "description": "`lines.2.quantity` for a field of the third line." },
                "facts": { "type": "object" },
                "sentence": { "type": "string", "description": "For people, in their language." },
            }},
        "Problem": { "type": "object", "required": ["type", "title", "status", "faults"],
            "properties": {
                "type": { "type": "string", "format": "uri-reference" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "faults": { "type": "array", "items": reference("Fault") },
                "current": { "type": "object",
                    "description": "The record as it is now, when it moved since it was read." },
            }},
        "Made": { "type": "object", "properties": {
            "entity": { "type": "string" }, "id": { "type": "string", "format": "uuid" },
            "href": { "type": ["string", "null"] } }},
        "Changes": { "type": "object", "required": ["items", "next"], "properties": {
            "items": items(),
            "next": { "type": "integer", "description": "The place to ask from the next time." } }},
        "Audit": { "type": "object", "required": ["items"], "properties": { "items": items() } },
        "ImportReport": { "type": "object", "properties": {
            "mode": { "type": "string" }, "batch": { "type": ["string", "null"] },
            "undo": { "type": ["string", "null"] }, "columns": items(), "rows": count(),
            "made": count(), "changed": count(), "same": count(), "refused": count(),
            "refusals": items() }},
        "Undone": { "type": "object", "properties": { "undone": count(), "refusals": items() } },
    });
    match schemas {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}
