//! The paths of the proofs.

use serde_json::{Value as Json, json};

use super::answers;

fn base64() -> Json {
    json!({ "type": "string", "description": "A SHA-256, in base64." })
}

fn whole() -> Json {
    json!({ "type": "integer", "minimum": 0 })
}

fn note() -> Json {
    json!({ "type": "string", "description": "A signed note (c2sp.org/tlog-checkpoint): origin, \
        size, root; signed with Ed25519." })
}

fn object(properties: Json) -> Json {
    let names: Vec<&String> =
        properties.as_object().into_iter().flat_map(|all| all.keys()).collect();
    let required = json!(names);
    json!({ "type": "object", "properties": properties, "required": required })
}

fn get(id: &str, summary: &str, parameters: Json, schema: Json) -> Json {
    json!({ "get": {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": answers("200", summary, &schema),
    }})
}

/// The paths under `/api/audit`.
pub fn paths() -> Vec<(String, Json)> {
    let path = || json!({ "type": "array", "items": base64() });
    let query = |name: &str, required: bool| json!({ "name": name, "in": "query", "required": required, "schema": whole() });
    let log = json!({ "name": "log", "in": "query", "schema": {
        "type": "string", "enum": ["change", "access"], "default": "change" } });
    let seq = json!({ "name": "seq", "in": "path", "required": true, "schema": whole() });
    let text = || json!({ "type": "string" });
    let maybe = || json!({ "type": ["string", "null"] });
    let access = object(json!({
        "seq": whole(), "at": { "type": "string", "format": "date-time" }, "actor": maybe(),
        "actor_name": text(), "door": text(), "address": text(), "verb": text(),
        "entity": text(), "id": maybe(), "detail": { "type": "object" },
    }));
    vec![
        (
            "/api/audit/checkpoint".to_owned(),
            get(
                "audit_checkpoint",
                "The last signed checkpoint of the audit",
                json!([]),
                object(json!({ "size": whole(), "at": { "type": "string", "format": "date-time" },
                    "checkpoint": note() })),
            ),
        ),
        (
            "/api/audit/proof/{seq}".to_owned(),
            get(
                "audit_proof",
                "That a line is in the tree of the last checkpoint (RFC 9162, 2.1.3)",
                json!([seq, log]),
                object(json!({ "log": text(), "seq": whole(), "leaf": whole(), "size": whole(),
                    "entry": { "type": "string", "description": "The bytes of the entry, in base64: \
                        its leaf is SHA-256(0x00 || entry)." },
                    "hash": base64(), "path": path(), "checkpoint": note() })),
            ),
        ),
        (
            "/api/audit/consistency".to_owned(),
            get(
                "audit_consistency",
                "That a tree is the beginning of a later one (RFC 9162, 2.1.4)",
                json!([query("from", true), query("to", false)]),
                object(json!({ "from": whole(), "to": whole(), "from_root": base64(),
                    "to_root": base64(), "path": path() })),
            ),
        ),
        (
            "/api/audit/accesses".to_owned(),
            get(
                "audit_accesses",
                "Who saw what, came in, or was refused, newest first",
                json!([query("before", false), query("limit", false)]),
                object(json!({ "items": { "type": "array", "items": access } })),
            ),
        ),
    ]
}
