//! The guide says the same in both languages, and cites the screens by their own words.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources;

/// A page by the name of its file, in French and in English.
fn pages() -> BTreeMap<String, [String; 2]> {
    let mut pages: BTreeMap<String, [String; 2]> = BTreeMap::new();
    for (rank, language) in ["fr", "en"].into_iter().enumerate() {
        for (path, text) in sources::files(&format!("docs/guide/{language}"), "md") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            pages.entry(name).or_default()[rank] = text;
        }
    }
    pages
}

/// What stands between two marks, in order.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let after = text.split(open).skip(1);
    after.filter_map(|rest| rest.split_once(close)).map(|(inside, _)| inside).collect()
}

/// The levels of the headings, in order.
fn headings(text: &str) -> Vec<usize> {
    let heads = text.lines().filter(|line| line.starts_with('#'));
    heads.map(|line| line.chars().take_while(|letter| *letter == '#').count()).collect()
}

/// The files that a page links to, in order.
fn links(text: &str) -> Vec<&str> {
    let to = between(text, "](", ")").into_iter();
    to.map(|link| link.split('#').next().unwrap_or(link)).collect()
}

/// The labels that a page cites: what is bold.
fn cited(text: &str) -> BTreeSet<String> {
    text.split("**").skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// The texts of a source, each with what stands between it and the one before.
fn literals(source: &str) -> Vec<(String, String)> {
    let (mut found, mut gap) = (Vec::new(), String::new());
    let mut letters = source.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // A quote between single ones is a letter, not a text.
            '\'' if letters.peek() == Some(&'"') => {
                letters.next();
            }
            '/' if letters.peek() == Some(&'/') => {
                while letters.next_if(|letter| *letter != '\n').is_some() {}
            }
            '"' => {
                let text = literal(&mut letters);
                found.push((std::mem::take(&mut gap), text));
            }
            other => gap.push(other),
        }
    }
    found
}

/// The text up to its closing quote; a line broken by `\` goes on at its first letter.
fn literal(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => match letters.next() {
                Some('\n') => while letters.next_if(|letter| letter.is_whitespace()).is_some() {},
                Some('n') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

/// Whether two texts this far apart are one label in two languages: `"Créer", "Create"`,
/// `fr = "Créer", en = "Create"`, `fr: "Créer", en: "Create"`.
fn beside(gap: &str) -> bool {
    let bare: String = gap.chars().filter(|letter| !letter.is_whitespace()).collect();
    matches!(bare.as_str(), "," | ",en=" | ",ens=" | ",en:")
}

/// Every label of the product, in French and in English.
fn labels() -> BTreeSet<(String, String)> {
    let mut labels = BTreeSet::new();
    for (path, source) in sources::files("crates", "rs") {
        if path.components().any(|part| part.as_os_str() == "tests") {
            continue;
        }
        let texts = literals(&source);
        for pair in texts.windows(2).filter(|pair| beside(&pair[1].0)) {
            labels.insert((pair[0].1.clone(), pair[1].1.clone()));
        }
    }
    labels
}

#[test]
fn every_page_is_there_in_both_languages_with_the_same_headings_and_links() {
    for (name, [french, english]) in pages() {
        assert!(!french.is_empty() && !english.is_empty(), "{name} is in one language only");
        assert_eq!(headings(&french), headings(&english), "headings of {name}");
        assert_eq!(links(&french), links(&english), "links of {name}");
        assert_eq!(headings(&french).iter().filter(|level| **level == 1).count(), 1, "{name}");
    }
}

#[test]
fn every_link_of_the_guide_leads_to_a_page_of_it() {
    let pages = pages();
    for (name, texts) in &pages {
        for link in texts.iter().flat_map(|text| links(text)) {
            assert!(pages.contains_key(link), "{name} links to {link}");
        }
        let known = name == "README.md" || links(&pages["README.md"][0]).contains(&name.as_str());
        assert!(known, "the contents do not name {name}");
    }
}

#[test]
fn the_guide_cites_labels_that_the_screens_show() {
    let labels = labels();
    for known in [("Créer", "Create"), ("Commandes", "Orders"), ("Prélever", "Pick")] {
        assert!(labels.contains(&(known.0.to_owned(), known.1.to_owned())), "{known:?} is lost");
    }
    let mut lost = Vec::new();
    for (name, [french, english]) in pages() {
        let (french, english) = (cited(&french), cited(&english));
        let is_label = |fr: &String, en: &String| labels.contains(&(fr.to_owned(), en.to_owned()));
        let alone = french.iter().filter(|fr| !english.iter().any(|en| is_label(fr, en)));
        lost.extend(alone.map(|label| format!("fr/{name}: {label}")));
        let alone = english.iter().filter(|en| !french.iter().any(|fr| is_label(fr, en)));
        lost.extend(alone.map(|label| format!("en/{name}: {label}")));
    }
    assert!(
        lost.is_empty(),
        "What is bold in the guide is a label of the screens, and its twin is bold in the same page \
         of the other language: {lost:#?}"
    );
}
