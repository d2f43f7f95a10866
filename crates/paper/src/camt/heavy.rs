//! XML that is short to send and long to read: elements with attributes without end, and names for
//! namespaces without end, cost any reader the square of their number. No statement has them.
//!
//! Source: OWASP ASVS 5.0.0, 1.5.1; RUSTSEC-2026-0194.

/// The longest tag, in bytes: those of statements have some hundred at most.
const LONGEST_TAG: usize = 16 * 1024;
/// The most prefixes that a file may name.
const MOST_PREFIXES: usize = 100;

/// Whether reading this file would take longer than its length warrants.
pub fn is_heavy(source: &str) -> bool {
    source.matches("xmlns:").count() > MOST_PREFIXES || longest_tag(source) > LONGEST_TAG
}

/// The length of the longest start tag. What stands in quotes may hold the sign that ends it.
fn longest_tag(source: &str) -> usize {
    let bytes = source.as_bytes();
    let (mut at, mut longest) = (0, 0);
    while let Some(begin) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'<')) {
        let begin = at + begin;
        let rest = &source[begin..];
        // A comment and what is no markup have an end of their own.
        let own = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((_, end)) = own.iter().find(|(start, _)| rest.starts_with(start)) {
            at = begin + rest.find(end).map_or(rest.len(), |found| found + end.len());
            continue;
        }
        let mut quote = None;
        let length = rest.bytes().position(|byte| {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
            quote.is_none() && byte == b'>'
        });
        let length = length.unwrap_or(rest.len()).max(1);
        longest = longest.max(length);
        at = begin + length;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_more_than_its_length_is_seen() {
        assert!(!is_heavy("<a b=\"c\"><!-- long --><![CDATA[<x]]></a>"));
        let many: String = (0..4_000).map(|rank| format!(" a{rank}=''")).collect();
        assert!(is_heavy(&format!("<a{many}/>")));
        assert!(is_heavy(&format!("<a b='>'{many}/>")), "the sign within quotes ends nothing");
        assert!(is_heavy(&format!("<a b=\"'>\"{many}/>")));
        assert!(!is_heavy(&format!("<a><!--{}--></a>", "x".repeat(100_000))));
        assert!(!is_heavy(&format!("<a>{}</a>", "x".repeat(100_000))));
        assert!(is_heavy(&"<a xmlns:b='c'>".repeat(200)));
        assert!(!is_heavy("<") && !is_heavy("<a") && !is_heavy("<!--"));
    }
}
