//! The OpenAPI 3.1 document, drawn from the catalogue: the same catalogue gives the same bytes.

mod attached;
mod audit;
mod many;
mod oauth;
mod schemas;

use kernel::{ActionDef, Catalog, EntityDef, FieldDef, Kind, Text};
use serde_json::{Map, Value as Json, json};

use crate::listing;
pub use schemas::schema_name;
use schemas::{labels, problem_schemas, record_schemas, write_field};

/// The document of a catalogue.
#[must_use]
pub fn document(catalog: &Catalog) -> Json {
    let mut paths = Map::new();
    let mut schemas = problem_schemas();
    for def in catalog.entities() {
        schemas.extend(record_schemas(def));
        paths.extend(record_paths(def));
        paths.extend(many::path(def));
        paths.extend(catalog.actions_on(def.name).map(|action| action_path(def, action)));
    }
    paths.extend(own_paths());
    paths.extend(oauth::paths());
    paths.extend(audit::paths());
    paths.extend(many::own_paths());
    if catalog.entity("attachment").is_some() {
        paths.extend(attached::paths());
    }
    schemas.extend(many::parts());
    let tags: Vec<Json> = catalog
        .entities()
        .map(|def| json!({ "name": def.plural, "description": def.doc, "x-labels": labels(def.labels) }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Comptoir",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
            "description": "Every entity and every act of Comptoir. Amounts are decimal \
                strings, never floating numbers. Refusals are problem documents (RFC 9457) whose \
                codes never change; their sentences follow Accept-Language (fr, en).",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }, { "session": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "client": { "type": "http", "scheme": "basic" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::gate::COOKIES[1] },
            },
            "parameters": parameters(),
            "responses": {
                "Problem": {
                    "description": "A refusal: nothing changed.",
                    "content": {
                        "application/problem+json": { "schema": schemas::reference("Problem") },
                    },
                },
            },
            "schemas": schemas,
        },
    })
}

fn parameters() -> Json {
    let path_id = json!({ "name": "id", "in": "path", "required": true,
        "schema": { "type": "string", "format": "uuid" } });
    json!({
        "id": path_id,
        "q": { "name": "q", "in": "query", "description": "Words, all of which the record holds.",
            "schema": { "type": "string", "maxLength": 200 } },
        "where": { "name": "where", "in": "query",
            "description": "A tree of tests: `customer.country:FR and (total > 5000 or \
                stage:confirmed) and not lines.product.sku:LAMP`. It crosses references, looks \
                inside lines and custom fields (`extra.name`), sums and counts what refers to the \
                record (`sum(payments.amount where received_on >= -12m) > 5000`), and knows days \
                that move (`today`, `-30d`, `this_month`).",
            "schema": { "type": "string", "maxLength": kernel::sieve::MOST_LETTERS } },
        "limit": { "name": "limit", "in": "query",
            "schema": { "type": "integer", "minimum": 1, "maximum": listing::LIMIT_MOST,
                "default": listing::LIMIT } },
        "after": { "name": "after", "in": "query",
            "description": "The `next` of the page before, in the same list.",
            "schema": { "type": "string" } },
        "key": { "name": "Idempotency-Key", "in": "header",
            "description": "The same key gives the same answer and one effect.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 } },
        "version": { "name": "If-Match", "in": "header",
            "description": "The version that was read; a record that moved since is refused (409).",
            "schema": { "type": "string" } },
    })
}

fn parameter(name: &str) -> Json {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn answers(status: &str, description: &str, schema: &Json) -> Json {
    json!({
        status: { "description": description, "content": { "application/json": { "schema": schema } } },
        "default": { "$ref": "#/components/responses/Problem" },
    })
}

fn body(schema: &Json) -> Json {
    json!({ "required": true, "content": { "application/json": { "schema": schema } } })
}

/// The parameters by which a list of this entity is filtered and sorted.
fn list_parameters(def: &EntityDef) -> Vec<Json> {
    let mut all: Vec<Json> =
        ["limit", "after", "where"].iter().map(|name| parameter(name)).collect();
    if def.fields.iter().any(|field| field.search) {
        all.insert(0, parameter("q"));
    }
    let mut sorts = vec!["id".to_owned(), "-id".to_owned()];
    for field in def.fields.iter().filter(|field| listing::is_indexed(def, field)) {
        if !field.secret && !matches!(field.kind, Kind::Lines(_) | Kind::Origin) {
            sorts.extend([field.name.to_owned(), format!("-{}", field.name)]);
        }
    }
    all.push(json!({ "name": "sort", "in": "query",
        "schema": { "type": "string", "enum": sorts, "default": "-id" } }));
    for field in def.fields.iter().filter(|field| listing::is_filter(def, field)) {
        all.push(filter(field, field.name));
        if listing::is_ordered(field.kind) {
            all.extend(
                ["gte", "lte"].map(|bound| filter(field, &format!("{}.{bound}", field.name))),
            );
        }
    }
    all
}

fn filter(field: &FieldDef, name: &str) -> Json {
    json!({ "name": name, "in": "query", "description": field.label.en, "schema": { "type": "string" } })
}

/// An operation of an entity, with the members that are its own.
fn operation(def: &EntityDef, verb: &str, summary: Text, members: &[(&str, Json)]) -> Json {
    let mut operation = Map::from_iter([
        ("operationId".to_owned(), json!(verb)),
        ("tags".to_owned(), json!([def.plural])),
        ("summary".to_owned(), json!(summary.en)),
        ("x-labels".to_owned(), labels(summary)),
    ]);
    operation.extend(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Json::Object(operation)
}

fn record_paths(def: &EntityDef) -> Vec<(String, Json)> {
    let mut list = Map::from_iter([("get".to_owned(), list_operation(def))]);
    let read = schemas::reference(&schema_name(def.name));
    let found = answers("200", "The record with its lines.", &read);
    let verb = format!("read_{}", def.name);
    let reading = operation(def, &verb, Text::new("Lecture", "Read"), &[("responses", found)]);
    let mut one = Map::from_iter([
        ("parameters".to_owned(), json!([parameter("id")])),
        ("get".to_owned(), reading),
    ]);
    if !def.kept && def.parent().is_none() {
        list.insert("post".to_owned(), create_operation(def));
        one.extend(edit_operations(def));
    }
    let mut paths = vec![
        (format!("/api/{}", def.plural), Json::Object(list)),
        (format!("/api/{}/{{id}}", def.plural), Json::Object(one)),
    ];
    paths.extend(schemas::file_paths(def));
    paths
}

fn list_operation(def: &EntityDef) -> Json {
    let page = json!({
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": { "type": "array", "items": schemas::reference(&schema_name(def.name)) },
            "next": { "type": ["string", "null"], "description": "The token of the next page." },
        },
    });
    let members = [
        ("parameters", json!(list_parameters(def))),
        ("responses", answers("200", "A page, newest first unless sorted.", &page)),
    ];
    operation(def, &format!("list_{}", def.plural), Text::new("Liste", "List"), &members)
}

fn create_operation(def: &EntityDef) -> Json {
    let name = schema_name(def.name);
    let made = answers("201", "Made; Location leads to it.", &schemas::reference(&name));
    let members = [
        ("parameters", json!([parameter("key")])),
        ("requestBody", body(&schemas::reference(&format!("{name}Create")))),
        ("responses", made),
    ];
    operation(def, &format!("create_{}", def.name), Text::new("Création", "Create"), &members)
}

fn edit_operations(def: &EntityDef) -> [(String, Json); 2] {
    let name = schema_name(def.name);
    let versioned = json!([parameter("key"), parameter("version")]);
    let edited = answers("200", "The record with its lines.", &schemas::reference(&name));
    let deleted = json!({ "204": { "description": "Deleted." },
        "default": { "$ref": "#/components/responses/Problem" } });
    let update = [
        ("parameters", versioned.clone()),
        ("requestBody", body(&schemas::reference(&format!("{name}Write")))),
        ("responses", edited),
    ];
    let delete = [("parameters", versioned), ("responses", deleted)];
    let said = |verb: &str| format!("{verb}_{}", def.name);
    [
        (
            "patch".to_owned(),
            operation(def, &said("update"), Text::new("Modification", "Update"), &update),
        ),
        (
            "delete".to_owned(),
            operation(def, &said("delete"), Text::new("Suppression", "Delete"), &delete),
        ),
    ]
}

fn action_path(def: &EntityDef, action: &ActionDef) -> (String, Json) {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in action.inputs {
        properties.insert(field.name.to_owned(), write_field(field));
        if field.required {
            required.push(field.name);
        }
    }
    let inputs = json!({ "type": "object", "properties": properties, "required": required,
        "additionalProperties": false });
    let answer = json!({
        "type": "object",
        "properties": {
            "record": schemas::reference(&schema_name(def.name)),
            "made": { "anyOf": [schemas::reference("Made"), { "type": "null" }] },
        },
    });
    let operation = json!({
        "operationId": format!("{}_{}", action.name, action.on),
        "tags": [def.plural],
        "summary": action.label.en,
        "description": action.doc.en,
        "x-labels": labels(action.label),
        "x-docs": labels(action.doc),
        "parameters": [parameter("id"), parameter("key")],
        "requestBody": { "required": !required.is_empty(),
            "content": { "application/json": { "schema": inputs } } },
        "responses": answers("200", "Done; `made` is the record that came of it.", &answer),
    });
    (format!("/api/{}/{{id}}/{}", def.plural, action.name), json!({ "post": operation }))
}

/// The paths that are of no entity.
fn own_paths() -> Vec<(String, Json)> {
    let number = |name: &str| json!({ "name": name, "in": "query", "schema": { "type": "integer", "minimum": 0 } });
    let text = |name: &str| json!({ "name": name, "in": "query", "required": true, "schema": { "type": "string" } });
    let get = |id: &str, summary: &str, parameters: Json, schema: &str| {
        json!({ "get": {
            "operationId": id,
            "summary": summary,
            "parameters": parameters,
            "responses": answers("200", summary, &schemas::reference(schema)),
        }})
    };
    let undo = json!({ "post": {
        "operationId": "undo_import",
        "summary": "Take an import back: what nobody touched since",
        "parameters": [parameter("id")],
        "responses": answers("200", "How many rows were taken back, and which could not be.",
            &schemas::reference("Undone")),
    }});
    vec![
        (
            "/api/changes".to_owned(),
            get(
                "changes",
                "Events after a place, oldest first",
                json!([number("after"), number("limit")]),
                "Changes",
            ),
        ),
        (
            "/api/audit".to_owned(),
            get(
                "audit",
                "What was done to one record, newest first",
                json!([text("entity"), text("id"), number("limit")]),
                "Audit",
            ),
        ),
        ("/api/imports/{id}/undo".to_owned(), undo),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog() -> Catalog {
        Catalog { modules: vec![&kernel::MODULE, &crate::MODULE] }
    }

    #[test]
    fn the_same_catalogue_gives_the_same_bytes() {
        assert_eq!(document(&catalog()).to_string(), document(&catalog()).to_string());
    }

    #[test]
    fn every_reference_leads_to_a_part_of_the_document() {
        let document = document(&catalog());
        let text = document.to_string();
        let mut rest = text.as_str();
        let mut seen = 0;
        while let Some(at) = rest.find("\"$ref\":\"#") {
            rest = &rest[at + 9..];
            let pointer = &rest[..rest.find('"').unwrap()];
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            seen += 1;
        }
        assert!(seen > 20);
    }

    #[test]
    fn kept_records_are_read_and_no_more() {
        let document = document(&catalog());
        assert!(document["paths"]["/api/imports"].get("get").is_some());
        assert!(document["paths"]["/api/imports"].get("post").is_none());
        assert!(document["paths"]["/api/custom_fields"].get("post").is_some());
        let schema = &document["components"]["schemas"]["CustomFieldCreate"];
        assert_eq!(schema["required"], json!(["entity", "name", "label_fr", "label_en"]));
        let kinds = &document["components"]["schemas"]["CustomField"]["properties"]["kind"];
        assert_eq!(kinds["enum"][0], "text");
        assert_eq!(kinds["x-choices"]["text"]["fr"], "Texte");
    }
}
