//! What a browser may do with an answer of ours: load nothing from elsewhere, run nothing written
//! inside a page, and never show a page of ours within another.
//!
//! Source: CSP 3, 6; OWASP ASVS 5.0.0, 3.4.3 and 3.4.6.

use axum::http::{HeaderMap, HeaderValue, header};

/// Of every page, and of whatever says nothing of its own. A frame shows our own documents only:
/// they are all that [`DOCUMENT`] lets be framed.
pub const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    font-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; \
    object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Of a PDF, which the page of an invoice shows in a frame. The viewer of a browser is a plugin,
/// and draws with styles of its own; nothing else is loaded, nothing runs.
pub const DOCUMENT: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// The policy of an answer that has none of its own, by what it is.
#[must_use]
pub fn of(headers: &HeaderMap) -> HeaderValue {
    let document = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/pdf");
    HeaderValue::from_static(if document { DOCUMENT } else { PAGE })
}
