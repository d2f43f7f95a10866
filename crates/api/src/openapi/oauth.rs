//! The path of the short-lived tokens.

use serde_json::{Value as Json, json};

/// `POST /api/oauth/token`, as RFC 6749 has it: its refusals are its own, no problem documents.
pub fn paths() -> Vec<(String, Json)> {
    let asked = json!({ "type": "object", "required": ["grant_type"], "properties": {
        "grant_type": { "type": "string", "const": "client_credentials" },
        "scope": { "type": "string", "enum": ["all", "read"] },
    }});
    let given = json!({
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": { "type": "string" },
            "token_type": { "type": "string", "const": "Bearer" },
            "expires_in": { "type": "integer", "description": "Seconds." },
            "scope": { "type": "string", "enum": ["all", "read"] },
        },
    });
    let refused = json!({ "type": "object", "required": ["error"],
        "properties": { "error": { "type": "string" } } });
    let body = |schema: &Json| json!({ "application/json": { "schema": schema } });
    let answer =
        |said: &str, schema: &Json| json!({ "description": said, "content": body(schema) });
    let post = json!({ "post": {
        "operationId": "oauth_token",
        "summary": "A token for an hour, by client credentials",
        "description": "The client id is the id of an API token, its secret the token itself.",
        "security": [{ "client": [] }],
        "requestBody": { "required": true,
            "content": { "application/x-www-form-urlencoded": { "schema": asked } } },
        "responses": {
            "200": answer("The token", &given),
            "400": answer("RFC 6749, section 5.2", &refused),
            "401": answer("The credentials are worth nothing", &refused),
        },
    }});
    vec![("/api/oauth/token".to_owned(), post)]
}
