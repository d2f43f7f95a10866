//! What every entity, act and refusal owes to its readers.

use std::collections::BTreeSet;

use kernel::{Kind, Language};

use crate::sources;

#[test]
fn the_catalogue_holds_together() {
    let catalog = comptoir::catalog();
    assert_eq!(catalog.mistakes(), Vec::<String>::new());
    assert!(catalog.rights().contains(&"order.confirm".to_owned()));
}

#[test]
fn every_entity_can_be_named_and_found() {
    for def in comptoir::catalog().entities().filter(|def| def.parent().is_none()) {
        let shown = def.fields.iter().filter(|field| field.list).count();
        assert!(shown > 0, "the list of {} has no column", def.name);
    }
}

#[test]
fn every_act_says_what_it_does_in_both_languages() {
    for action in comptoir::catalog().actions() {
        for text in [action.label, action.doc] {
            assert!(!text.fr.is_empty() && !text.en.is_empty(), "{}", action.right());
        }
        for input in action.inputs {
            assert!(!matches!(input.kind, Kind::Lines(_)), "{} takes lines", action.right());
        }
    }
}

/// The codes written in the sources: `Fault::new("…")` and constants of codes.
fn codes_in_use() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for (path, text) in sources::files("crates", "rs") {
        if path.to_string_lossy().contains("/tests/") {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for part in code.split("Fault::new(").skip(1) {
            let part = part.trim_start();
            if let Some(name) = part.strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                codes.insert(name.to_owned());
            }
        }
    }
    codes
}

#[test]
fn every_refusal_has_its_sentence_in_both_languages() {
    let used = codes_in_use();
    assert!(used.len() > 40, "only {} codes found", used.len());
    for language in [Language::French, Language::English] {
        let told: BTreeSet<&str> = kernel::sentence::codes(language).collect();
        let silent: Vec<&String> =
            used.iter().filter(|code| !told.contains(code.as_str())).collect();
        assert!(silent.is_empty(), "no sentence in {}: {silent:#?}", language.tag());
    }
}

#[test]
fn every_sentence_is_said_somewhere_and_in_both_languages() {
    let french: BTreeSet<&str> = kernel::sentence::codes(Language::French).collect();
    let english: BTreeSet<&str> = kernel::sentence::codes(Language::English).collect();
    let only: Vec<_> = french.symmetric_difference(&english).collect();
    assert!(only.is_empty(), "in one language only: {only:#?}");
    let sources: String =
        sources::files("crates", "rs").into_iter().map(|(_, text)| text).collect();
    let unsaid: Vec<_> =
        french.iter().filter(|code| !sources.contains(&format!("\"{code}\""))).collect();
    assert!(unsaid.is_empty(), "no one says: {unsaid:#?}");
}
