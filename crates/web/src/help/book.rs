//! The guide as it is written, in `docs/guide/{fr,en}`, read once: each page becomes HTML, its
//! headings become a table of contents, its text becomes what a search looks through.

use std::sync::LazyLock;

use kernel::{Language, typed};
use maud::html;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

macro_rules! files {
    ($($key:literal),* $(,)?) => {
        /// Each page with its text in French and in English, in the order in which it is read.
        const FILES: &[(&str, [&str; 2])] = &[$((
            $key,
            [
                include_str!(concat!("../../../../docs/guide/fr/", $key, ".md")),
                include_str!(concat!("../../../../docs/guide/en/", $key, ".md")),
            ],
        )),*];
    };
}

files! {
    "README",
    "first-steps",
    "customers",
    "orders",
    "delivering",
    "stock",
    "invoicing",
    "getting-paid",
    "closing",
    "closings",
    "attestation",
    "lists",
    "dashboards",
    "editing",
    "together",
    "keyboard",
    "importing",
    "custom-fields",
    "settings",
    "audit",
    "running",
}

/// The page that lists the others: `README.md` where files are browsed, `/help` here.
pub const CONTENTS: &str = "README";

/// A page of the guide in one language.
#[derive(Debug)]
pub struct Page {
    /// The name of its file, and its last step under `/help/`.
    pub key: &'static str,
    pub title: String,
    /// What follows the title, as HTML of ours.
    pub html: String,
    /// Its beginning, then what stands under each heading.
    pub parts: Vec<Part>,
}

/// What stands under one heading.
#[derive(Debug)]
pub struct Part {
    /// The anchor, as browsers of files make it from the heading; empty for the beginning.
    pub anchor: String,
    pub heading: String,
    /// The words without their marks.
    pub text: String,
}

impl Page {
    /// Where it is read.
    #[must_use]
    pub fn href(&self) -> String {
        href(self.key)
    }
}

/// The address of a page.
#[must_use]
pub fn href(key: &str) -> String {
    if key == CONTENTS { "/help".to_owned() } else { format!("/help/{key}") }
}

/// Every page, the contents first.
#[must_use]
pub fn pages(language: Language) -> &'static [Page] {
    static BOOKS: LazyLock<[Vec<Page>; 2]> = LazyLock::new(|| {
        [0, 1].map(|rank| FILES.iter().map(|(key, texts)| read(key, texts[rank])).collect())
    });
    match language {
        Language::French => &BOOKS[0],
        Language::English => &BOOKS[1],
    }
}

/// A page by the name of its file.
#[must_use]
pub fn page(language: Language, key: &str) -> Option<&'static Page> {
    pages(language).iter().find(|page| page.key == key)
}

/// Reads a page. Its first heading is the title, which the frame shows.
fn read(key: &'static str, text: &str) -> Page {
    let mut title = String::new();
    let mut parts =
        vec![Part { anchor: String::new(), heading: String::new(), text: String::new() }];
    let mut out: Vec<Event<'_>> = Vec::new();
    let mut heading: Option<(HeadingLevel, String)> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
            Event::End(TagEnd::Heading(level)) => {
                let words = heading.take().map(|(_, words)| words).unwrap_or_default();
                if level == HeadingLevel::H1 {
                    title = words;
                    continue;
                }
                let anchor = anchor(&words);
                out.extend(head(level, &anchor, &words));
                parts.push(Part { anchor, heading: words, text: String::new() });
            }
            Event::Text(words) | Event::Code(words) if heading.is_some() => {
                if let Some((_, all)) = &mut heading {
                    all.push_str(&words);
                }
            }
            event => {
                if let Some(part) = parts.last_mut() {
                    part.text.push_str(&said(&event));
                }
                out.push(ours(event));
            }
        }
    }
    let mut html = String::new();
    push_html(&mut html, out.into_iter());
    if let Some(first) = parts.first_mut() {
        first.heading.clone_from(&title);
    }
    Page { key, title, html, parts }
}

fn head<'a>(level: HeadingLevel, anchor: &str, words: &str) -> [Event<'a>; 3] {
    let id = Some(CowStr::from(anchor.to_owned()));
    [
        Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() }),
        Event::Text(words.to_owned().into()),
        Event::End(TagEnd::Heading(level)),
    ]
}

/// The same event as our pages show it: keys as keys, links to files as links to pages, and markup
/// that someone wrote by hand as the text it is.
fn ours(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Code(key) => Event::InlineHtml(html! { kbd { (key) } }.into_string().into()),
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: led(&dest_url).into(), title, id })
        }
        other => other,
    }
}

/// Where a link of a file leads on our pages: `orders.md#x` is `/help/orders#x`.
fn led(to: &str) -> String {
    let (file, anchor) = to.split_once('#').map_or((to, None), |(file, end)| (file, Some(end)));
    let Some(key) = file.strip_suffix(".md") else { return to.to_owned() };
    let anchor = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    format!("{}{anchor}", href(key))
}

/// What a search reads of an event.
fn said(event: &Event<'_>) -> String {
    match event {
        Event::Text(words) | Event::Code(words) => words.to_string(),
        Event::SoftBreak | Event::HardBreak | Event::End(_) if ends(event) => " ".to_owned(),
        _ => String::new(),
    }
}

/// Whether words on either side of it are apart.
fn ends(event: &Event<'_>) -> bool {
    !matches!(event, Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link))
}

/// The anchor of a heading, made as browsers of files make it: small letters, hyphens for blanks,
/// no punctuation.
fn anchor(words: &str) -> String {
    let kept = words.chars().filter_map(|letter| match letter {
        '-' | '_' => Some(letter),
        blank if blank.is_whitespace() => Some('-'),
        letter if letter.is_alphanumeric() => Some(letter),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

/// A part that answers what was typed.
#[derive(Debug)]
pub struct Answer {
    pub page: &'static Page,
    pub part: &'static Part,
    /// The words around the first one that was found.
    pub around: String,
}

/// How many answers are shown.
const ANSWERS: usize = 20;
/// How many letters stand before and after the word that was found.
const AROUND: usize = 80;

/// The words that are looked for: without case or accents.
#[must_use]
pub fn words(typed: &str) -> Vec<String> {
    typed::folded(typed).split_whitespace().map(ToOwned::to_owned).collect()
}

/// Whether a word of a page is one of those looked for, or begins or holds one.
#[must_use]
pub fn holds_any(word: &str, wanted: &[String]) -> bool {
    let word = typed::folded(word);
    wanted.iter().any(|wanted| word.contains(wanted))
}

/// The parts that hold every word typed, those that hold them in their heading first.
#[must_use]
pub fn search(language: Language, typed: &str) -> Vec<Answer> {
    let words = words(typed);
    if words.is_empty() {
        return Vec::new();
    }
    let parts = pages(language)
        .iter()
        .filter(|page| page.key != CONTENTS)
        .flat_map(|page| page.parts.iter().map(move |part| (page, part)));
    let mut found: Vec<(usize, Answer)> = parts
        .filter_map(|(page, part)| {
            let heading = typed::folded(&format!("{} {}", page.title, part.heading));
            let text = typed::folded(&part.text);
            let holds = |word: &String| heading.contains(word) || text.contains(word);
            let above = words.iter().filter(|word| heading.contains(*word)).count();
            let around = around(&part.text, &words);
            words.iter().all(holds).then_some((above, Answer { page, part, around }))
        })
        .collect();
    found.sort_by_key(|(above, _)| std::cmp::Reverse(*above));
    found.into_iter().take(ANSWERS).map(|(_, answer)| answer).collect()
}

/// The words of a text around the first of those looked for, cut at blanks.
fn around(text: &str, wanted: &[String]) -> String {
    let all: Vec<&str> = text.split_whitespace().collect();
    let at = all.iter().position(|word| holds_any(word, wanted));
    let at = at.unwrap_or(0);
    let (mut from, mut to, mut before, mut after) = (at, at, 0, 0);
    while from > 0 && before < AROUND {
        from -= 1;
        before += all[from].chars().count() + 1;
    }
    while to < all.len() && after < AROUND {
        after += all[to].chars().count() + 1;
        to += 1;
    }
    let start = if from > 0 { "… " } else { "" };
    let end = if to < all.len() { " …" } else { "" };
    format!("{start}{}{end}", all[from..to].join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_files_become_links_to_pages() {
        assert_eq!(led("orders.md#une-retenue"), "/help/orders#une-retenue");
        assert_eq!(led("README.md"), "/help");
        assert_eq!(led("https://example.org/x"), "https://example.org/x");
    }

    #[test]
    fn an_anchor_is_that_of_browsers_of_files() {
        assert_eq!(anchor("Livrer en plusieurs fois"), "livrer-en-plusieurs-fois");
        assert_eq!(anchor("L’avoir, et après ?"), "lavoir-et-après-");
    }

    #[test]
    fn markup_written_by_hand_is_text() {
        let page = read("x", "# T\n\nUn <b onclick=x>mot</b>, la touche `<`.\n");
        assert_eq!(page.title, "T");
        assert!(page.html.contains("&lt;b onclick=x&gt;"), "{}", page.html);
        assert!(page.html.contains("<kbd>&lt;</kbd>"), "{}", page.html);
    }

    #[test]
    fn a_search_shows_the_words_around_what_it_found() {
        let text = format!("{} la Retenue du crédit {}", "avant ".repeat(40), "après ".repeat(40));
        let shown = around(&text, &["retenue".to_owned()]);
        assert!(shown.starts_with("… ") && shown.ends_with(" …"), "{shown}");
        assert!(shown.contains("la Retenue du crédit"), "{shown}");
    }
}
