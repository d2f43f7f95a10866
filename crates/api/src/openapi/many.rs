//! The paths of many records at once, and of undoing.

use kernel::{EntityDef, Text, personal};
use serde_json::{Map, Value as Json, json};

use super::{answers, body, operation, parameter, schemas};

/// Whether many records of an entity are changed by one request.
fn offers(def: &EntityDef) -> bool {
    !def.kept && def.parent().is_none() && personal::marks(def).is_none()
}

/// `POST /api/{plural}/bulk`.
pub fn path(def: &EntityDef) -> Option<(String, Json)> {
    let summary = Text::new("Traitement en masse", "Change many records");
    let told = "A job that goes on by itself; with `dry_run`, what it would do to its first \
                records, of which nothing is saved.";
    let told = answers("202", told, &schemas::reference("BulkJobStanding"));
    let members = [
        ("parameters", json!([parameter("key")])),
        ("requestBody", body(&schemas::reference("BulkRequest"))),
        ("responses", told),
    ];
    let verb = format!("bulk_{}", def.name);
    let path = || json!({ "post": operation(def, &verb, summary, &members) });
    offers(def).then(|| (format!("/api/{}/bulk", def.plural), path()))
}

/// The paths of jobs and of undoing.
pub fn own_paths() -> Vec<(String, Json)> {
    let standing = schemas::reference("BulkJobStanding");
    let undone = json!({ "type": "object", "properties": {
        "undone": { "type": "array", "items": schemas::reference("Made") } } });
    let line = json!({ "type": "object", "required": ["line"], "properties": {
        "line": { "type": "integer", "description": "The `seq` of a line of the audit: its whole \
            command is taken back." } } });
    vec![
        (
            "/api/bulk/{id}".to_owned(),
            json!({ "get": {
                "operationId": "read_bulk",
                "summary": "How far a job is, and what it refused",
                "parameters": [parameter("id")],
                "responses": answers("200", "The job as it stands.", &standing),
            }}),
        ),
        (
            "/api/bulk/{id}/undo".to_owned(),
            json!({ "post": {
                "operationId": "undo_bulk",
                "summary": "Take a job back: what nobody touched since",
                "parameters": [parameter("id"), parameter("key")],
                "responses": answers("202", "The job that takes it back.", &standing),
            }}),
        ),
        (
            "/api/undo".to_owned(),
            json!({ "post": {
                "operationId": "undo",
                "summary": "Take a command back",
                "parameters": [parameter("key")],
                "requestBody": body(&line),
                "responses": answers("200", "The records put back.", &undone),
            }}),
        ),
    ]
}

/// The schemas that these paths name.
pub fn parts() -> Map<String, Json> {
    let ids = json!({ "type": "array", "items": { "type": "string", "format": "uuid" } });
    let count = json!({ "type": "integer" });
    let text = json!({ "type": ["string", "null"] });
    let object = json!({ "type": "object" });
    let refusals = json!({ "type": "array", "items": object });
    let parts = json!({
        "BulkRequest": { "type": "object",
            "description": "Which records (`ids` or `where`), and one of `changes`, `act`, \
                `delete`.",
            "properties": {
                "ids": ids,
                "where": { "type": "string", "description": "As in the lists." },
                "changes": { "type": "object", "description": "As in a PATCH of one record; \
                    `extra` holds the fields that the company added." },
                "act": { "type": "string", "description": "The name of an act of the entity." },
                "inputs": { "type": "object", "description": "Of the act." },
                "delete": { "type": "boolean" },
                "dry_run": { "type": "boolean", "default": false } } },
        "BulkJobStanding": { "type": "object", "properties": {
            "id": { "type": "string", "format": "uuid" },
            "entity": { "type": "string" }, "deed": { "type": "string" },
            "state": { "type": "string", "enum": ["waiting", "running", "done", "stopped"] },
            "total": count, "done": count, "refused": count, "stopped": text,
            "takes_back": text, "href": { "type": "string" }, "undo": text,
            "tried": { "type": "integer", "description": "Of a dry run." },
            "changes": { "type": "array", "description": "Of a dry run: before and after.",
                "items": object },
            "refusals": refusals } },
    });
    match parts {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}
