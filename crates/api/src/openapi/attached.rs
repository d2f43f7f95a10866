//! The paths of the files of records, the same for records of every kind that take some.

use serde_json::{Value as Json, json};

use super::{answers, parameter};

/// A file as it is told.
fn told() -> Json {
    json!({ "type": "object", "properties": {
        "id": { "type": "string", "format": "uuid" },
        "about": { "type": "string", "description": "The record: `order/0190…`." },
        "name": { "type": "string" },
        "kind": { "type": "string", "description": "Judged by the content." },
        "media_type": { "type": "string" },
        "size": { "type": "integer", "description": "In bytes." },
        "author": { "type": ["string", "null"] },
        "created_at": { "type": "string", "format": "date-time" },
    }})
}

/// The paths of attachments.
pub fn paths() -> Vec<(String, Json)> {
    let in_path = |name: &str, schema: Json| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let plural = || in_path("plural", json!({ "type": "string" }));
    let file = || in_path("file", json!({ "type": "string", "format": "uuid" }));
    let told = told();
    let items = json!({ "type": "object", "properties": {
        "items": { "type": "array", "items": told } } });
    let binary = json!({ "type": "string", "format": "binary" });
    let form = json!({ "type": "object", "required": ["file"], "properties": { "file": binary } });
    let gone = json!({
        "204": { "description": "It is gone." },
        "default": { "$ref": "#/components/responses/Problem" },
    });
    let bytes = json!({
        "200": { "description": "The file.",
            "content": { "application/octet-stream": { "schema": binary } } },
        "default": { "$ref": "#/components/responses/Problem" },
    });
    vec![
        (
            "/api/{plural}/{id}/attachments".to_owned(),
            json!({
                "get": {
                    "operationId": "attachments",
                    "summary": "The files of a record, the eldest first",
                    "parameters": [plural(), parameter("id")],
                    "responses": answers("200", "The files.", &items),
                },
                "post": {
                    "operationId": "attach",
                    "summary": "Attach a file to a record: 20 MiB at most",
                    "parameters": [plural(), parameter("id"), parameter("key")],
                    "requestBody": { "required": true,
                        "content": { "multipart/form-data": { "schema": form } } },
                    "responses": answers("201", "The file as it is kept.", &told),
                },
            }),
        ),
        (
            "/api/{plural}/{id}/attachments/{file}".to_owned(),
            json!({
                "get": {
                    "operationId": "attachment",
                    "summary": "A file of a record",
                    "parameters": [plural(), parameter("id"), file()],
                    "responses": bytes,
                },
                "delete": {
                    "operationId": "detach",
                    "summary": "Take a file from its record",
                    "parameters": [plural(), parameter("id"), file()],
                    "responses": gone,
                },
            }),
        ),
    ]
}
