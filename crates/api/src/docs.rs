//! The readable description of the API: a page of plain HTML drawn from the catalogue.

use axum::response::{Html, IntoResponse, Response};
use exchange::FILE_MOST;
use kernel::{ActionDef, Catalog, EntityDef, Fault, FieldDef, Kind, Language, Text, sentence};
use maud::{DOCTYPE, Markup, html};

use crate::door::BODY_MOST;
use crate::listing::{is_filter, is_indexed};
use crate::problem::status_of;

/// The page, in one of the two languages.
#[must_use]
pub fn page(catalog: &Catalog, language: Language) -> Response {
    Html(draw(catalog, language).into_string()).into_response()
}

fn draw(catalog: &Catalog, language: Language) -> Markup {
    let say = |fr, en| Text::new(fr, en).say(language);
    let other = match language {
        Language::French => ("en", "English"),
        Language::English => ("fr", "Français"),
    };
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (say("L’API de Comptoir", "The API of Comptoir")) }
                link rel="stylesheet" href="/assets/api/comptoir.css";
            }
            body {
                div.plain {
                    header {
                        a.brand href="/" { span { "Comptoir" } }
                        nav { a href={ "/api/docs?lang=" (other.0) } lang=(other.0) { (other.1) } }
                    }
                    main #main {
                        h1 { (say("L’API de Comptoir", "The API of Comptoir")) }
                        (introduction(language))
                        (refusals(language))
                        (contents(catalog, language))
                        @for def in catalog.entities() { (entity(catalog, def, language)) }
                    }
                }
            }
        }
    }
}

fn section(id: &str, title: &str, content: &Markup) -> Markup {
    html! {
        section.sec #(id) { header { h2 { (title) } } (content) }
    }
}

fn example(lines: &str) -> Markup {
    html! { pre.scroll { code { (lines) } } }
}

fn introduction(language: Language) -> Markup {
    let say = |fr, en| Text::new(fr, en).say(language);
    let (body, file) = (BODY_MOST / 1024 / 1024, FILE_MOST / 1024 / 1024);
    let ask = html! {
        p { (say(
            "Chaque demande porte un jeton. La description complète pour les programmes \
             (OpenAPI 3.1) est à ",
            "Every request carries a token. The full description for programs (OpenAPI 3.1) is at "))
            a href="/api/openapi.json" { "/api/openapi.json" } "." }
        (example("curl -H 'Authorization: Bearer cpt_…' \\\n  'https://comptoir.example/api/parties?q=dupont&limit=20'"))
        p { (say(
            "Une liste répond {items, next} : donnez « next » dans « after » pour la page suivante. \
             Filtrez par « champ=valeur » (plusieurs fois : l’une des valeurs), « champ.gte », \
             « champ.lte », ou par « where=customer.country:FR and (total > 5000 or \
             stage:confirmed) » ; triez par « sort=champ » ou « sort=-champ ».",
            "A list answers {items, next}: give “next” as “after” for the next page. Filter by \
             “field=value” (several times: any of the values), “field.gte”, “field.lte”, or by \
             “where=customer.country:FR and (total > 5000 or stage:confirmed)”; sort by \
             “sort=field” or “sort=-field”.")) }
        p { (say(
            "Les montants sont des textes décimaux avec leur devise, les taux des rapports \
             (« 0.2 » pour 20 %), les dates « 2026-11-24 ».",
            "Amounts are decimal strings with their currency, rates are ratios (“0.2” for 20%), days \
             are “2026-11-24”.")) }
    };
    let write = html! {
        (example("curl -X POST -H 'Authorization: Bearer cpt_…' \\\n  -H 'Content-Type: application/json' -H 'Idempotency-Key: 7f3a…' \\\n  -d '{\"code\": \"C-1042\", \"name\": \"Dupont\"}' \\\n  'https://comptoir.example/api/parties'"))
        p { (say(
            "La même « Idempotency-Key » donne la même réponse et un seul effet : répétez sans \
             crainte une demande restée sans réponse. « If-Match » porte la version lue (l’en-tête \
             « ETag ») : si la fiche a changé depuis, la réponse est 409 et montre les deux états.",
            "The same “Idempotency-Key” gives the same answer and one effect: repeat a request left \
             without an answer at no risk. “If-Match” carries the version read (the “ETag” \
             header): when the record moved since, the answer is 409 and shows both states.")) }
        p { (say("Un corps JSON pèse au plus ", "A JSON body weighs at most ")) (body)
            (say(" Mio, un fichier ", " MiB, a file ")) (file) (say(" Mio.", " MiB.")) }
        (example("curl -X POST -H 'Authorization: Bearer cpt_…' -H 'Content-Type: text/csv' \\\n  --data-binary @clients.csv \\\n  'https://comptoir.example/api/parties/import?mode=dry'"))
        p { (say(
            "Un import s’essaie d’abord (« mode=dry ») et dit chaque refus ; « mode=apply » \
             l’applique, « POST /api/imports/{id}/undo » le reprend. « GET /api/parties.csv » rend \
             une liste entière, « GET /api/parties.jsonl » aussi, avec les lignes des fiches.",
            "An import is tried first (“mode=dry”) and tells every refusal; “mode=apply” applies it, \
             “POST /api/imports/{id}/undo” takes it back. “GET /api/parties.csv” gives a whole \
             list, and so does “GET /api/parties.jsonl”, with the lines of the records.")) }
        (example("curl -H 'Authorization: Bearer cpt_…' \\\n  'https://comptoir.example/api/changes?after=0&limit=100'"))
        p { (say(
            "Ce flux dit ce qui s’est passé, dans l’ordre ; rappelez-le avec le « next » reçu. \
             « GET /api/audit?entity=party&id=… » dit qui a changé quoi sur une fiche.",
            "This feed tells what happened, in order; ask again with the “next” you got. \
             “GET /api/audit?entity=party&id=…” tells who changed what on a record.")) }
    };
    html! {
        (section("asking", say("Lire", "Reading"), &ask))
        (section("writing", say("Écrire", "Writing"), &write))
    }
}

fn refusals(language: Language) -> Markup {
    let mut codes: Vec<&str> = kernel::sentence::codes(language).collect();
    codes.sort_unstable();
    let title = Text::new("Refus", "Refusals").say(language);
    let content = html! {
        p { (Text::new(
            "Un refus est un document « application/problem+json » (RFC 9457) : rien n’a changé. \
             Chaque faute a un code qui ne changera pas, son champ, ses faits, et une phrase dans \
             votre langue (« Accept-Language »).",
            "A refusal is an “application/problem+json” document (RFC 9457): nothing changed. Each \
             fault has a code that will not change, its field, its facts, and a sentence in your \
             language (“Accept-Language”).").say(language)) }
        details {
            summary { (Text::new("Tous les codes", "Every code").say(language)) }
            div.scroll { table.ledger.wraps {
                thead { tr {
                    th scope="col" { "Code" }
                    th scope="col" { (Text::new("Statut", "Status").say(language)) }
                    th scope="col" { (Text::new("Phrase", "Sentence").say(language)) }
                } }
                tbody { @for code in codes { tr #(code) {
                    td { code { (code) } }
                    td.n { (status_of(code).as_u16()) }
                    td { (sentence(&Fault::new(code), language)) }
                } } }
            } }
        }
    };
    section("refusals", title, &content)
}

fn contents(catalog: &Catalog, language: Language) -> Markup {
    let content = html! {
        ul { @for def in catalog.entities() {
            li { a href={ "#" (def.plural) } { (def.labels.say(language)) } " " code { (def.plural) } }
        } }
    };
    section("entities", Text::new("Fiches", "Entities").say(language), &content)
}

fn entity(catalog: &Catalog, def: &EntityDef, language: Language) -> Markup {
    let (plural, say) = (def.plural, |fr, en| Text::new(fr, en).say(language));
    let is_written = !def.kept && def.parent().is_none();
    let content = html! {
        @if !def.doc.is_empty() { p lang="en" { (def.doc) } }
        @if def.kept { p { (say("Tenues par Comptoir : en lecture seule.", "Kept by Comptoir: read only.")) } }
        @if let Some((_, parent)) = def.parent() { p {
            (say("Lignes, écrites dans leur fiche : ", "Lines, written inside their record: "))
            code { (parent) } "."
        } }
        pre { code {
            "GET  /api/" (plural) "\nGET  /api/" (plural) "/{id}\n"
            @if is_written {
                "POST /api/" (plural) "\nPATCH /api/" (plural) "/{id}\nDELETE /api/" (plural) "/{id}\n"
                "POST /api/" (plural) "/import\n"
            }
            @for action in catalog.actions_on(def.name) {
                "POST /api/" (plural) "/{id}/" (action.name) "\n"
            }
        } }
        div.scroll { table.ledger.wraps {
            thead { tr {
                th scope="col" { (say("Champ", "Field")) }
                th scope="col" { (say("Libellé", "Label")) }
                th scope="col" { (say("Type", "Kind")) }
                th scope="col" { (say("Remarques", "Notes")) }
            } }
            tbody { @for field in def.fields { (field_row(def, field, language)) } }
        } }
        @for action in catalog.actions_on(def.name) { (act(action, language)) }
    };
    section(plural, def.labels.say(language), &content)
}

fn field_row(def: &EntityDef, field: &FieldDef, language: Language) -> Markup {
    let say = |fr, en| Text::new(fr, en).say(language);
    let marks = [
        (field.required && !field.system, say("obligatoire", "required")),
        (field.system, say("tenu par Comptoir", "kept by Comptoir")),
        (field.unique, say("unique", "unique")),
        (field.sensitive, say("sensible : droit particulier", "sensitive: a right of its own")),
        (is_filter(def, field), say("filtre", "filter")),
        (is_indexed(def, field) && !field.secret, say("tri", "sort")),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    html! {
        tr {
            td { code { (field.name) } }
            td { (field.label.say(language)) }
            td { (kind(field, language)) }
            td {
                (marks.join(", "))
                @if !field.doc.is_empty() { @if !marks.is_empty() { ". " } span lang="en" { (field.doc) } }
            }
        }
    }
}

fn kind(field: &FieldDef, language: Language) -> Markup {
    let word = match field.kind {
        Kind::Text { .. } => Text::new("texte", "text"),
        Kind::LongText => Text::new("texte long", "long text"),
        Kind::Integer => Text::new("entier", "integer"),
        Kind::Flag => Text::new("oui ou non", "flag"),
        Kind::Money => Text::new("montant", "money"),
        Kind::Price => Text::new("prix unitaire", "unit price"),
        Kind::Quantity => Text::new("quantité", "quantity"),
        Kind::Rate => Text::new("taux", "rate"),
        Kind::Day => Text::new("date", "day"),
        Kind::Instant => Text::new("instant", "instant"),
        Kind::Choice(_) => Text::new("choix", "choice"),
        Kind::Ref(_) => Text::new("fiche", "record"),
        Kind::Origin => Text::new("fiche quelconque", "any record"),
        Kind::Lines(_) => Text::new("lignes", "lines"),
    };
    html! {
        (word.say(language))
        @match field.kind {
            Kind::Ref(target) | Kind::Lines(target) => { " " code { (target) } },
            Kind::Text { max } => { " ≤ " (max) },
            Kind::Choice(values) => {
                ": "
                @for (rank, (name, label)) in values.iter().enumerate() {
                    @if rank > 0 { ", " }
                    code { (name) } " (" (label.say(language)) ")"
                }
            },
            _ => {},
        }
    }
}

fn act(action: &ActionDef, language: Language) -> Markup {
    html! {
        h3.mt { (action.label.say(language)) " " code { (action.name) } }
        p { (action.doc.say(language)) }
        @if !action.inputs.is_empty() {
            dl { @for input in action.inputs {
                dt { code { (input.name) } " " (input.label.say(language)) }
                dd {
                    (kind(input, language))
                    @if input.required { ", " (Text::new("obligatoire", "required").say(language)) }
                }
            } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_drawn_from_the_catalogue_in_both_languages() {
        let catalog = Catalog { modules: vec![&kernel::MODULE, &crate::MODULE] };
        let french = draw(&catalog, Language::French).into_string();
        let english = draw(&catalog, Language::English).into_string();
        for def in catalog.entities() {
            assert!(french.contains(&format!("GET  /api/{}", def.plural)));
            for field in def.fields {
                assert!(
                    english.contains(&format!("<code>{}</code>", field.name)),
                    "{}",
                    field.name
                );
            }
        }
        assert!(french.contains("Champs personnalisés") && french.contains("lang=\"fr\""));
        assert!(english.contains("Custom fields"));
        assert!(!french.contains("<script"));
    }
}
