//! Addresses: query strings read and written, and which addresses one may be sent back to.

use axum::extract::Query;
use axum::http::Uri;

/// Named texts in the order they came: a query string, or the body of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The query string of an address; empty when it cannot be read.
    #[must_use]
    pub fn of_uri(uri: &Uri) -> Self {
        Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_or_else(|_| Self::default(), |q| Self(q.0))
    }
    /// The same, of what follows the `?` of an address.
    #[must_use]
    pub fn of_query(text: &str) -> Self {
        format!("/?{text}").parse().map_or_else(|_| Self::default(), |uri| Self::of_uri(&uri))
    }
    /// The last value of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
    /// The last value of this name, without blanks around it; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("").trim()
    }
    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(given, _)| given == name).map(|(_, value)| value.as_str())
    }
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
    /// Replaces every value of this name by one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(given, _)| given != name);
        self.push(name, value);
    }
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = self.0.iter().filter(|(given, _)| !names.contains(&given.as_str()));
        Self(kept.cloned().collect())
    }
    /// `path?name=value&…`, or the path alone when there is nothing to say.
    #[must_use]
    pub fn after(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let pairs =
            self.0.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }
}

/// A text as it stands in an address or a cookie: all but letters, digits and `-._~` as `%XX`.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The reverse of [`encoded`]; `None` when it is not one.
#[must_use]
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// An address of ours that a form asked to be sent back to; the home page when it is of another
/// site, or none at all.
#[must_use]
pub fn back(wanted: &str) -> &str {
    let ours = wanted.starts_with('/')
        && !wanted[1..].starts_with(['/', '\\'])
        && wanted.bytes().all(|byte| byte.is_ascii_graphic());
    if ours { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_read_back() {
        let text = "Épicerie & Cie / 100 % = ?";
        assert_eq!(decoded(&encoded(text)).as_deref(), Some(text));
        assert_eq!(decoded("%zz"), None);
        let fields = Fields(vec![("q".into(), "a b".into()), ("stage".into(), "é".into())]);
        assert_eq!(fields.after("/orders"), "/orders?q=a%20b&stage=%C3%A9");
        let uri: Uri = fields.after("/orders").parse().unwrap();
        assert_eq!(Fields::of_uri(&uri), fields);
    }

    #[test]
    fn one_is_never_sent_to_another_site() {
        for wanted in ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nb"] {
            assert_eq!(back(wanted), "/", "{wanted}");
        }
        assert_eq!(back("/orders?stage=draft"), "/orders?stage=draft");
    }
}
