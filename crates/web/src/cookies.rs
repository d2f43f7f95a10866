//! Cookies over TLS: sent back over TLS alone, to this host alone, and set by no other. One place
//! for all of them, so that none can be forgotten.
//!
//! Source: RFC 6265bis, 4.1.3.2; OWASP ASVS 5.0.0, 3.3.1 and 3.3.3.

use std::borrow::Cow;

use axum::http::{HeaderMap, HeaderValue, header};

/// What a browser lets begin a name only of a cookie that is `Secure`, of the whole host, and of no
/// other.
const OF_HOST: &str = "__Host-";

/// The name under which a cookie travels.
#[must_use]
pub fn name(own: &str, secure: bool) -> Cow<'_, str> {
    if !secure || own.starts_with(OF_HOST) {
        return Cow::Borrowed(own);
    }
    Cow::Owned(format!("{OF_HOST}{own}"))
}

/// Binds every cookie that an answer sets.
pub fn bind(headers: &mut HeaderMap) {
    let set: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for line in set {
        let bound = line.to_str().ok().and_then(|line| HeaderValue::from_str(&bound(line)).ok());
        headers.append(header::SET_COOKIE, bound.unwrap_or(line));
    }
}

fn bound(line: &str) -> String {
    let secure = line.split(';').any(|part| part.trim().eq_ignore_ascii_case("secure"));
    let host = if line.starts_with(OF_HOST) { "" } else { OF_HOST };
    format!("{host}{line}{}", if secure { "" } else { "; Secure" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cookie_is_bound_once() {
        let mut headers = HeaderMap::new();
        for line in [
            "theme=dark; Path=/; SameSite=Lax",
            "__Host-session=x; Path=/; HttpOnly; SameSite=Lax; Secure",
        ] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        bind(&mut headers);
        let told: Vec<&str> =
            headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap()).collect();
        assert_eq!(
            told,
            [
                "__Host-theme=dark; Path=/; SameSite=Lax; Secure",
                "__Host-session=x; Path=/; HttpOnly; SameSite=Lax; Secure",
            ]
        );
        assert_eq!(name("theme", true), "__Host-theme");
        assert_eq!(name("__Host-pending", true), "__Host-pending");
        assert_eq!(name("theme", false), "theme");
    }
}
