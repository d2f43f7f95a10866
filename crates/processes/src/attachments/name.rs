//! The name under which a file is kept and offered.

use kernel::Language;

/// The most letters of a name; its end is kept.
const MOST: usize = 180;

/// The name of a file without the path it came with, without what a terminal or a page would act
/// on, and without a dot at its start.
///
/// Source: RFC 6266, 4.3: the name is advice, of which the path is to be ignored.
#[must_use]
pub fn tidied(name: &str, language: Language) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept = last.chars().filter(|letter| !letter.is_control() && !turns(*letter));
    let kept: String =
        kept.map(|letter| if "<>:\"|?*".contains(letter) { '_' } else { letter }).collect();
    let kept = kept.trim_matches(edge);
    if kept.is_empty() {
        return match language {
            Language::French => "fichier".to_owned(),
            Language::English => "file".to_owned(),
        };
    }
    shortened(kept)
}

/// Letters that turn the direction of the text around: `exe.fdp` would read as `pdf.exe`.
const fn turns(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What no name begins or ends with.
fn edge(letter: char) -> bool {
    letter == '.' || letter.is_whitespace()
}

fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= MOST {
        return name.to_owned();
    }
    let end: Vec<char> = match name.rsplit_once('.') {
        Some((_, end)) if end.chars().count() <= 10 => format!(".{end}").chars().collect(),
        _ => Vec::new(),
    };
    let cut: String = letters.iter().take(MOST - end.len()).chain(&end).collect();
    // The cut may fall behind one of these.
    cut.trim_end_matches(edge).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_part_of_a_name() {
        let name = |text| tidied(text, Language::French);
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("C:\\Temp\\Devis n° 4.pdf"), "Devis n° 4.pdf");
        assert_eq!(name("..\\..\\"), "fichier");
        assert_eq!(name(".htaccess"), "htaccess");
        assert_eq!(name("a\r\nContent-Type: x"), "aContent-Type_ x");
        assert_eq!(name("fac\u{202e}fdp.exe"), "facfdp.exe");
        assert_eq!(tidied(" ", Language::English), "file");
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = tidied(&format!("{}.pdf", "é".repeat(400)), Language::French);
        assert_eq!(name.chars().count(), MOST);
        assert!(name.ends_with("é.pdf"));
    }
}
