//! Small enough to be read at one sitting, named so that it can be found.

use crate::sources;

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;
/// Rustfmt breaks code at 100; templates and prose, which it leaves alone, have a little more.
const LONGEST_LINE: usize = 110;
const NAMELESS: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

fn rust() -> Vec<(std::path::PathBuf, String)> {
    let mut all = sources::files("crates", "rs");
    all.extend(sources::files("tests", "rs"));
    all
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    let long: Vec<String> = rust()
        .iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(
        long.is_empty(),
        "{LONGEST_FILE} lines are the most. Cut where the subject changes: {long:#?}"
    );
}

#[test]
fn no_line_is_wider_than_the_page() {
    for (path, text) in rust() {
        for (number, line) in text.lines().enumerate() {
            let width = line.chars().count();
            // A text that cannot be broken (a test's document, an address) may stick out.
            let quoted = line.contains('"');
            assert!(
                width <= LONGEST_LINE || quoted,
                "{}:{} is {width} wide",
                path.display(),
                number + 1
            );
        }
    }
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    // A story of the tests is as long as what it tells.
    let told = |path: &std::path::Path| path.components().any(|part| part.as_os_str() == "tests");
    for (path, text) in rust().into_iter().filter(|(path, _)| !told(path)) {
        let mut open: Vec<(String, usize, usize)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let bare = line.trim_start();
            let indent = line.len() - bare.len();
            if let Some((name, start, _)) =
                open.pop_if(|(_, _, at)| *at == indent && bare.starts_with('}'))
                && number - start >= LONGEST_FUNCTION
            {
                let lines = number - start + 1;
                long.push(format!("{}: `{name}` has {lines} lines", path.display()));
            }
            let head = [
                "fn ",
                "pub fn ",
                "pub(crate) fn ",
                "pub(super) fn ",
                "async fn ",
                "pub async fn ",
            ]
            .iter()
            .find_map(|head| bare.strip_prefix(head));
            if let Some(rest) = head
                && !line.trim_end().ends_with(['}', ';'])
            {
                let name = rest.split(['(', '<']).next().unwrap_or(rest);
                open.push((name.to_owned(), number, indent));
            }
        }
    }
    assert!(long.is_empty(), "{LONGEST_FUNCTION} lines are the most: {long:#?}");
}

#[test]
fn every_module_has_a_name_that_says_what_it_holds() {
    for (path, _) in rust() {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(!NAMELESS.contains(&stem.as_str()), "{} says nothing", path.display());
    }
}

#[test]
fn every_public_item_of_the_kernel_says_what_it_is() {
    // Names that say it all by themselves need no sentence; types and traits always do.
    for (path, text) in sources::files("crates/kernel/src", "rs") {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let item = ["pub struct ", "pub trait ", "pub type "]
                .iter()
                .any(|kind| line.starts_with(kind));
            if !item {
                continue;
            }
            let above = lines[..number].iter().rev().find(|line| !line.starts_with("#["));
            let told = above.is_some_and(|line| line.starts_with("///") || line.starts_with(")]"));
            assert!(told, "{}:{} {line}", path.display(), number + 1);
        }
    }
}
