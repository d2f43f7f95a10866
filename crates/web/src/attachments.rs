//! Files attached to a record: listed with its story, added by a form or by dropping them on the
//! page, fetched, taken off.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use kernel::{Catalog, Choice, Entity, Fault, Faults, Id, Kept, Language, Origin, Tx};
use maud::{Markup, html};
use processes::attachments::{self, Attachment};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::WebState;
use crate::address::{back, encoded};
use crate::answer::Answer;
use crate::door::{Ask, hexadecimal, new_key};
use crate::parts::{Button, Icon, Tone, hidden, icon, say, section};
use crate::posted::{Posted, SentFile, Uploaded};
use crate::{record, words};

/// What the files of one form may weigh together with its frame: some of the largest.
const FORM_MOST: usize = 4 * attachments::MOST;

/// The paths of this face.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/attach", post(attach).layer(DefaultBodyLimit::max(FORM_MOST)))
        .route("/attachments/{id}/file", get(file))
        .route("/attachments/{id}/remove", post(remove))
}

/// The files of a record, for its page; none where there can be none.
///
/// # Errors
/// `store.*`.
pub fn read(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    about: Origin,
) -> Result<Option<Vec<Kept<Attachment>>>, Fault> {
    let known = catalog.entity(Attachment::DEF.name).is_some();
    if !known || attachments::holder(catalog, about.entity).is_err() {
        return Ok(None);
    }
    Ok(Some(tx.find(Attachment::ABOUT.is(&about))?))
}

/// The section of a record's page: its files, and the way to add one for who may change it.
#[must_use]
pub fn drawn(ask: &Ask, about: Origin, files: &[Kept<Attachment>], here: &str) -> Markup {
    let adds = ask.actor.can(&format!("{}.update", about.entity));
    if files.is_empty() && !adds {
        return html! {};
    }
    let title = say(ask.language, "Pièces jointes", "Attachments");
    let content = html! {
        @if !files.is_empty() {
            ul.rows.files { @for file in files { (row(ask, file, adds, here)) } }
        }
        @if adds { (form(ask, about, here)) }
    };
    html! { div #attachments { (section(title, &html! {}, &content)) } }
}

fn row(ask: &Ask, file: &Kept<Attachment>, removes: bool, here: &str) -> Markup {
    let language = ask.language;
    let kind = file.kind.label().say(language);
    let remove = words::colon(language, say(language, "Retirer", "Remove"), &file.name);
    html! {
        li {
            span {
                a href={ "/attachments/" (file.id) "/file" } download[!file.kind.shown()]
                    target=[file.kind.shown().then_some("_blank")] rel="noopener" { (file.name) }
                small {
                    (kind) " · " (size(language, file.size)) " · "
                    (language.instant(file.created_at))
                    @if let Some(author) = &file.author { " · " (author) }
                }
            }
            @if removes {
                span.n {
                    (Button::post(remove, format!("/attachments/{}/remove", file.id))
                        .icon_only(Icon::Close)
                        .bare()
                        .hidden("token", ask.token.as_str())
                        .hidden("key", new_key())
                        .hidden("back", here)
                        .confirm(say(
                            language,
                            "Retirer cette pièce jointe ? Elle sera effacée.",
                            "Remove this attachment? It will be erased.",
                        )))
                }
            }
        }
    }
}

fn form(ask: &Ask, about: Origin, here: &str) -> Markup {
    let language = ask.language;
    let about = about.to_string();
    let key = new_key();
    html! {
        form.attach method="post" action="/attach" enctype="multipart/form-data" data-drop {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("key", key.as_str()),
                ("about", about.as_str()),
                ("back", here),
            ]))
            label {
                (icon(Icon::Plus))
                span {
                    (say(language, "Ajouter un fichier", "Add a file"))
                    span.muted.js-only.d-only {
                        " " (say(language, "ou le déposer sur la page", "or drop it on the page"))
                    }
                }
                input type="file" name="file" multiple;
            }
            span.no-js { (Button::submit(say(language, "Joindre", "Attach")).small()) }
        }
    }
}

/// A number of bytes as a person reads it: `1,4 Mo`, `12 ko`.
#[must_use]
pub fn size(language: Language, bytes: i64) -> String {
    let (kilo, mega, byte) = match language {
        Language::French => ("ko", "Mo", "octets"),
        Language::English => ("kB", "MB", "bytes"),
    };
    let tenths = |unit: i64| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        language.decimal(&format!("{}.{}", tenths / 10, tenths % 10))
    };
    match bytes {
        ..1_000 => format!("{bytes}\u{a0}{byte}"),
        1_000..1_000_000 => format!("{}\u{a0}{kilo}", tenths(1_000)),
        _ => format!("{}\u{a0}{mega}", tenths(1_000_000)),
    }
}

/// `POST /attach`: adds the files sent to the record `about`.
async fn attach(sent: Uploaded) -> Answer {
    let Uploaded { ask, mut fields, files } = sent;
    let here = back(fields.text("back")).to_owned();
    // A browser sends an empty part when nothing is chosen.
    let files: Vec<SentFile> =
        files.into_iter().filter(|file| !(file.name.is_empty() && file.bytes.is_empty())).collect();
    if files.is_empty() {
        return Err(ask.refusal(Fault::new("attachment.unsent")));
    }
    // The same files sent twice are one; others sent from the same page are others.
    let mut digest = Sha256::new();
    digest.update(fields.text("key"));
    for file in &files {
        digest.update(&file.bytes);
    }
    fields.set("key", hexadecimal(&digest.finalize()));
    let (catalog, many) = (ask.state.catalog, files.len());
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            let about = about(catalog, fields.text("about"))?;
            for file in &files {
                attachments::add(tx, catalog, actor, about, (&file.name, &file.bytes))?;
            }
            Ok(Json::Null)
        })
        .await;
    done.map_err(|faults| ask.refusal(faults))?;
    let said = match many {
        1 => say(ask.language, "Le fichier est joint.", "The file is attached."),
        _ => say(ask.language, "Les fichiers sont joints.", "The files are attached."),
    };
    Ok(ask.go_saying(&here, Tone::Done, said))
}

fn about(catalog: &Catalog, text: &str) -> Result<Origin, Faults> {
    let origin = kernel::json::origin(text, |name| catalog.entity(name));
    Ok(origin.ok_or_else(|| Fault::new("attachment.nowhere").with("entity", text))?)
}

/// `POST /attachments/{id}/remove`.
async fn remove(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = id_of(&ask, &id)?;
    let catalog = ask.state.catalog;
    let done = ask
        .command(&fields, move |tx, actor, _| {
            attachments::remove(tx, catalog, actor, id)?;
            Ok(Json::Null)
        })
        .await;
    done.map_err(|faults| ask.refusal(faults))?;
    let said = say(ask.language, "La pièce jointe est retirée.", "The attachment is removed.");
    Ok(ask.go_saying(back(fields.text("back")), Tone::Done, said))
}

fn id_of(ask: &Ask, id: &str) -> Result<Id<Attachment>, crate::answer::Refused> {
    let unknown = || Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    if ask.state.catalog.entity(Attachment::DEF.name).is_none() {
        return Err(ask.refusal(unknown()));
    }
    Ok(Id::from_raw(record::id_of(ask, Attachment::DEF, id)?))
}

/// `GET /attachments/{id}/file`: the file itself.
async fn file(ask: Ask, Path(id): Path<String>) -> Answer {
    let id = id_of(&ask, &id)?;
    let (file, bytes) =
        ask.read(move |tx, ask| attachments::fetch(tx, ask.state.catalog, &ask.actor, id)).await?;
    Ok((headers(&file), bytes).into_response())
}

/// How a file is sent: by the kind it was judged, and shown only where nothing in it can run.
///
/// Source: RFC 6266, 4 and D; RFC 8187, 3.2; CSP 3, 6.4.3.
fn headers(file: &Attachment) -> HeaderMap {
    let plain: String = file
        .name
        .chars()
        .map(|letter| match letter {
            ' '..='~' if !matches!(letter, '"' | '\\' | '%') => letter,
            _ => '_',
        })
        .collect();
    let way = if file.kind.shown() { "inline" } else { "attachment" };
    let named = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(&file.name));
    // A viewer of PDF is a plugin, which a sandbox would not start; scripts have no leave either way.
    let policy = match file.kind {
        attachments::FileKind::Pdf => crate::policy::DOCUMENT,
        _ => {
            "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
        }
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, file.kind.media_type()),
        (header::CONTENT_DISPOSITION, named.as_str()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, no-store"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::RawId;
    use processes::attachments::FileKind;

    #[test]
    fn a_size_is_written_for_who_reads() {
        assert_eq!(size(Language::French, 999), "999\u{a0}octets");
        assert_eq!(size(Language::French, 12_340), "12,3\u{a0}ko");
        assert_eq!(size(Language::English, 20_971_520), "21.0\u{a0}MB");
    }

    #[test]
    fn nothing_that_runs_is_shown_and_a_name_stays_within_its_header() {
        let file = |name: &str, kind| Attachment {
            about: Origin { entity: "party", id: RawId([1; 16]) },
            name: name.into(),
            kind,
            size: 1,
            parts: 1,
            author: None,
        };
        let sent = |file: &Attachment, name| headers(file)[name].to_str().unwrap().to_owned();
        let text = file("Relevé \"x\".svg", FileKind::PlainText);
        assert_eq!(
            sent(&text, header::CONTENT_DISPOSITION),
            "attachment; filename=\"Relev_ _x_.svg\"; filename*=UTF-8''Relev%C3%A9%20%22x%22.svg"
        );
        assert_eq!(sent(&text, header::CONTENT_TYPE), "text/plain; charset=utf-8");
        let image = file("a.png", FileKind::Png);
        assert!(sent(&image, header::CONTENT_DISPOSITION).starts_with("inline"));
        assert!(sent(&image, header::CONTENT_SECURITY_POLICY).ends_with("sandbox"));
    }
}
