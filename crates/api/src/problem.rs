//! Refusals as `application/problem+json` (RFC 9457), in the caller's language.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use exchange::fault_json;
use kernel::{Faults, Language, Text, sentence};
use serde_json::{Map, Value as Json, json};

/// Why a request got nothing else.
#[derive(Debug, Clone)]
pub struct Problem {
    pub faults: Faults,
    pub language: Language,
    /// Further members of the document: the record as it is now, the refused rows.
    pub members: Map<String, Json>,
}

impl Problem {
    #[must_use]
    pub fn new(faults: impl Into<Faults>, language: Language) -> Self {
        Self { faults: faults.into(), language, members: Map::new() }
    }
    #[must_use]
    pub fn with(mut self, name: &str, value: Json) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }
    /// The status of the first fault that has one of its own; 422 when none has.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let special = self.faults.0.iter().map(|fault| status_of(fault.code));
        special
            .clone()
            .find(|status| *status != StatusCode::UNPROCESSABLE_ENTITY)
            .unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
    }
    /// The document.
    #[must_use]
    pub fn document(&self) -> Json {
        let status = self.status();
        let said: Vec<String> =
            self.faults.0.iter().map(|fault| sentence(fault, self.language)).collect();
        let code = self.faults.0.first().map_or("internal", |fault| fault.code);
        let mut document = Map::new();
        document.insert("type".to_owned(), json!(format!("/api/docs#{code}")));
        document.insert("title".to_owned(), json!(title(status).say(self.language)));
        document.insert("status".to_owned(), json!(status.as_u16()));
        document.insert("detail".to_owned(), json!(said.join(" ")));
        let faults: Vec<Json> =
            self.faults.0.iter().map(|fault| fault_json(fault, self.language)).collect();
        document.insert("faults".to_owned(), Json::Array(faults));
        document.extend(self.members.clone());
        Json::Object(document)
    }
}

/// The status that a code is answered with.
#[must_use]
pub fn status_of(code: &str) -> StatusCode {
    match code {
        "sign_in.needed" => StatusCode::UNAUTHORIZED,
        "forbidden" | "forbidden.record" | "request.origin" | "step_up.needed"
        | "sign_in.enrol" => StatusCode::FORBIDDEN,
        "not_found" | "path.unknown" | "audit.no_line" | "audit.no_seal" => StatusCode::NOT_FOUND,
        "method.wrong" | "entity.kept" => StatusCode::METHOD_NOT_ALLOWED,
        "record.stale" | "record.taken" | "record.used" | "idempotency.reused" => {
            StatusCode::CONFLICT
        }
        "body.large" | "file.large" | "attachment.large" => StatusCode::PAYLOAD_TOO_LARGE,
        "content.type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "json.malformed" | "json.twice" | "json.digits" | "header.malformed" | "body.cut" => {
            StatusCode::BAD_REQUEST
        }
        "store.full" => StatusCode::INSUFFICIENT_STORAGE,
        "store.busy" | "store.conflict" | "store.unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        "internal" | "store.mistake" | "store.unreadable" | "store.schema" | "store.url" => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        code if code.starts_with("query.") => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn title(status: StatusCode) -> Text {
    match status.as_u16() {
        400 => Text::new("Requête illisible", "Unreadable request"),
        401 => Text::new("Connexion nécessaire", "Sign-in needed"),
        403 => Text::new("Droit manquant", "Right missing"),
        404 => Text::new("Introuvable", "Not found"),
        405 => Text::new("Méthode refusée", "Method refused"),
        409 => Text::new("Conflit", "Conflict"),
        413 => Text::new("Envoi trop volumineux", "Too large"),
        415 => Text::new("Type de contenu refusé", "Content type refused"),
        422 => Text::new("Demande refusée", "Request refused"),
        503 | 507 => Text::new("Service momentanément indisponible", "Temporarily unavailable"),
        _ => Text::new("Erreur de Comptoir", "Comptoir’s own error"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = Response::new(Body::from(self.document().to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let fixed = HeaderValue::from_static;
        headers.insert(header::CONTENT_TYPE, fixed("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, fixed(self.language.tag()));
        headers.insert(header::CACHE_CONTROL, fixed("no-store"));
        if self.faults.has("entity.kept") {
            headers.insert(header::ALLOW, fixed("GET,HEAD"));
        }
        match status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, fixed("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, fixed("1"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Fault;

    #[test]
    fn each_kind_of_refusal_has_its_status() {
        let expected = [
            ("sign_in.needed", 401),
            ("forbidden", 403),
            ("not_found", 404),
            ("record.stale", 409),
            ("record.taken", 409),
            ("idempotency.reused", 409),
            ("field.required", 422),
            ("credit.limit", 422),
            ("store.busy", 503),
            ("store.unavailable", 503),
            ("json.malformed", 400),
            ("query.cursor", 400),
            ("body.large", 413),
            ("store.full", 507),
            ("store.check", 422),
            ("store.mistake", 500),
            ("internal", 500),
        ];
        for (code, status) in expected {
            let problem = Problem::new(Fault::new(code), Language::French);
            assert_eq!(problem.status().as_u16(), status, "{code}");
        }
    }

    #[test]
    fn one_fault_of_another_kind_gives_the_status_of_the_whole() {
        let faults = Faults(vec![Fault::new("field.required"), Fault::new("forbidden")]);
        assert_eq!(Problem::new(faults, Language::English).status(), StatusCode::FORBIDDEN);
    }

    #[test]
    fn a_refusal_says_its_code_its_field_its_facts_and_a_sentence() {
        let fault = Fault::new("field.long").on("name").with("most", 200_i64);
        let document = Problem::new(fault, Language::French).document();
        assert_eq!(document["status"], 422);
        assert_eq!(document["title"], "Demande refusée");
        assert_eq!(
            document["faults"][0],
            json!({
                "code": "field.long",
                "field": "name",
                "facts": {"most": 200},
                "sentence": "Le texte est trop long : 200 caractères au plus.",
            })
        );
        assert_eq!(document["detail"], document["faults"][0]["sentence"]);
    }

    #[test]
    fn the_second_of_two_editors_reads_what_they_sent_as_an_object() {
        let fault = Fault::new("record.stale").with("version", 4_i64).with("yours", r#"{"a":"b"}"#);
        let document = Problem::new(fault, Language::English)
            .with("current", json!({"version": 4}))
            .document();
        assert_eq!(document["faults"][0]["facts"]["yours"], json!({"a": "b"}));
        assert_eq!(document["current"]["version"], 4);
    }
}
