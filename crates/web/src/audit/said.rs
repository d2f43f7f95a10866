//! What a line says, in words.

use kernel::{Fault, Language, Text};
use serde_json::Value as Json;
use store::tree::entry::Log;

use crate::address::decoded;

/// Each act by its name: as something that someone did, and as a choice.
pub const VERBS: &[(&str, Text, Text)] = &[
    ("created", Text::new("a créé", "created"), Text::new("Création", "Creation")),
    ("updated", Text::new("a modifié", "changed"), Text::new("Modification", "Change")),
    ("deleted", Text::new("a supprimé", "deleted"), Text::new("Suppression", "Deletion")),
    ("opened", Text::new("a consulté", "opened"), Text::new("Consultation", "Opening")),
    (
        "printed",
        Text::new("a lu le document", "read the document"),
        Text::new("Document lu", "Document read"),
    ),
    ("listed", Text::new("a parcouru", "looked through"), Text::new("Liste lue", "List read")),
    ("exported", Text::new("a exporté", "exported"), Text::new("Export", "Export")),
    ("signed_in", Text::new("est entré", "signed in"), Text::new("Connexion", "Sign-in")),
    ("signed_out", Text::new("est sorti", "signed out"), Text::new("Déconnexion", "Sign-out")),
    (
        "sign_in_refused",
        Text::new("connexion refusée", "sign-in refused"),
        Text::new("Connexion refusée", "Refused sign-in"),
    ),
    (
        "token_refused",
        Text::new("jeton refusé", "token refused"),
        Text::new("Jeton refusé", "Refused token"),
    ),
    (
        "forbidden",
        Text::new("s’est vu refuser", "was refused"),
        Text::new("Droit refusé", "Refused right"),
    ),
    ("erased", Text::new("a effacé", "erased"), Text::new("Effacement", "Erasure")),
];

/// The log that an act is written in.
pub fn log_of(verb: &str) -> Log {
    if ["created", "updated", "deleted"].contains(&verb) { Log::Change } else { Log::Access }
}

/// What someone did.
pub fn did(verb: &str, language: Language) -> &str {
    let known = VERBS.iter().find(|(name, ..)| *name == verb);
    known.map_or(verb, |(_, did, _)| did.say(language))
}

/// By which door.
pub fn door(name: &str) -> Text {
    match name {
        "web" => Text::new("page", "page"),
        "rest" => Text::new("API", "API"),
        "import" => Text::new("import", "import"),
        "event" => Text::new("Comptoir", "Comptoir"),
        "console" => Text::new("console", "console"),
        _ => Text::new("", ""),
    }
}

/// What else an access says: the page, what was looked for, how many rows.
pub fn detail(detail: &Json, language: Language) -> Vec<String> {
    let text = |name: &str| detail.get(name).and_then(Json::as_str);
    let mut out = Vec::new();
    out.extend(text("file").map(ToOwned::to_owned));
    out.extend(text("page").map(ToOwned::to_owned));
    if let Some(path) = text("path") {
        let method = text("method").unwrap_or("");
        out.push(format!("{method} {path}").trim().to_owned());
    }
    if let Some(sieve) = text("sieve") {
        let plain = decoded(&sieve.replace('+', " ")).unwrap_or_else(|| sieve.to_owned());
        out.push(plain.replace('&', " · "));
    }
    if let Some(rows) = detail.get("rows").and_then(Json::as_i64) {
        let word = match (language, rows) {
            (Language::French, 0 | 1) => "ligne",
            (Language::French, _) => "lignes",
            (Language::English, 1) => "row",
            (Language::English, _) => "rows",
        };
        out.push(format!("{} {word}", language.integer(rows)));
    }
    out.extend(text("typed").map(ToOwned::to_owned));
    out.extend(text("reason").map(ToOwned::to_owned));
    if text("why") == Some("passkey.counter") {
        out.push(kernel::sentence(&Fault::new("passkey.counter"), language));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_access_says_what_was_looked_for() {
        let told =
            detail(&json!({ "sieve": "q=caf%C3%A9&sort=name", "rows": 12 }), Language::French);
        assert_eq!(told, ["q=café · sort=name", "12 lignes"]);
        let told = detail(&json!({ "method": "POST", "path": "/orders" }), Language::English);
        assert_eq!(told, ["POST /orders"]);
        assert_eq!(did("opened", Language::English), "opened");
    }
}
