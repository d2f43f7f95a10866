//! The guide inside the product: `/help` and its pages, a search over them, and which page speaks
//! of which screen.
//!
//! The text lives in `docs/guide/{fr,en}`, where browsers of files show it too; [`book`] reads it.

pub mod book;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use kernel::{Fault, Language};
use maud::{Markup, PreEscaped, html};

use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::nav;
use crate::parts::{Button, Icon, empty, head, icon, say, section};

use book::{CONTENTS, Page, Part};

pub fn routes() -> Router<WebState> {
    Router::new().route("/help", get(contents)).route("/help/{page}", get(page))
}

/// The first step of an address, and the page that speaks of its screens. A longer beginning stands
/// before a shorter one.
const SCREENS: &[(&str, &str)] = &[
    ("opportunities", "customers"),
    ("pipeline", "customers"),
    ("parties", "customers"),
    ("contacts", "customers"),
    ("addresses", "customers"),
    ("interactions", "together"),
    ("follows", "together"),
    ("notifications", "together"),
    ("today", "together"),
    ("say", "together"),
    ("price_lists", "customers"),
    ("quotes", "orders"),
    ("orders", "orders"),
    ("board", "orders"),
    ("holds", "orders"),
    ("cycle", "orders"),
    ("shipments", "delivering"),
    ("products", "stock"),
    ("stock", "stock"),
    ("stock_levels", "stock"),
    ("stock_moves", "stock"),
    ("reservations", "stock"),
    ("expected_receipts", "stock"),
    ("stock_counts", "stock"),
    ("valuations", "stock"),
    ("locations", "stock"),
    ("invoices", "invoicing"),
    ("receivables", "getting-paid"),
    ("payments", "getting-paid"),
    ("allocations", "getting-paid"),
    ("bank", "getting-paid"),
    ("bank_statements", "getting-paid"),
    ("bank_lines", "getting-paid"),
    ("bank_rules", "getting-paid"),
    ("dashboard", "dashboards"),
    ("tiles", "dashboards"),
    ("ledgers", "closing"),
    ("journal_entries", "closing"),
    ("accounts", "closing"),
    ("journals", "closing"),
    ("fiscal_years", "closing"),
    ("closings", "closings"),
    ("sealed_documents", "closings"),
    ("import", "importing"),
    ("imports", "importing"),
    ("custom_fields", "custom-fields"),
    ("settings", "settings"),
    ("audit", "audit"),
    ("companies", "settings"),
    ("users", "settings"),
    ("access_roles", "settings"),
    ("approvals", "settings"),
    ("approval_rules", "settings"),
    ("teams", "settings"),
    ("api_tokens", "settings"),
    ("taxes", "settings"),
    ("payment_terms", "settings"),
    ("units", "settings"),
    ("bulk", "editing"),
    ("undo", "editing"),
    ("views", "lists"),
    ("search", "keyboard"),
];

/// What asks a list for its filters and columns: the help is then that of lists.
const OF_LISTS: &[&str] = &["build=", "drawn=", "where=", "columns=", "group=", "as="];

/// The page that speaks of the screen of an address, given as its path and query.
#[must_use]
pub fn about(address: &str) -> &'static str {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut steps = path.split('/').filter(|step| !step.is_empty());
    let Some(first) = steps.next() else { return "first-steps" };
    let second = steps.next();
    let built = query.split('&').any(|pair| OF_LISTS.iter().any(|name| pair.starts_with(name)));
    match (first, second) {
        ("help", _) => CONTENTS,
        (_, Some("bulk")) => "editing",
        (_, None) if built => "lists",
        _ => match SCREENS.iter().find(|(step, _)| *step == first) {
            Some((_, page)) => page,
            // A list or a record that no page tells of in particular.
            None if second.is_none() => "lists",
            None => "editing",
        },
    }
}

/// Where the help about the screen of an address is read.
#[must_use]
pub fn href(address: &str) -> String {
    book::href(about(address))
}

async fn contents(ask: Ask) -> Answer {
    let typed = ask.query.text("q").to_owned();
    let Some(page) = book::page(ask.language, CONTENTS) else { return Err(unknown(&ask)) };
    let body = html! {
        (head(&html! {}, &page.title, &html! {}, &[]))
        (search_box(ask.language, &typed))
        @if typed.is_empty() {
            article.guide.prose { (PreEscaped(&page.html)) }
        } @else {
            (found(ask.language, &typed))
        }
    };
    Ok(ask.page("help", Vec::new(), &page.title, &body))
}

async fn page(ask: Ask, Path(key): Path<String>) -> Answer {
    let page = book::page(ask.language, &key).filter(|page| page.key != CONTENTS);
    let Some(page) = page else { return Err(unknown(&ask)) };
    let crumbs = vec![(say(ask.language, "Aide", "Help").to_owned(), book::href(CONTENTS))];
    let body = html! {
        (head(&html! {}, &page.title, &html! {}, &screens(&ask, page)))
        div.guide-page {
            article.guide.prose {
                (PreEscaped(&page.html))
                (neighbours(ask.language, page))
            }
            aside.side {
                (search_box(ask.language, ""))
                (on_this_page(ask.language, page))
                (all_pages(ask.language, page))
            }
        }
    };
    Ok(ask.page("help", crumbs, &page.title, &body))
}

fn unknown(ask: &Ask) -> crate::answer::Refused {
    ask.refusal(Fault::new("path.unknown").with("path", ask.visitor.path.as_str()))
}

/// The screens that the page speaks of, as far as the person sees them.
fn screens(ask: &Ask, page: &Page) -> Vec<Button> {
    let seen = nav::seen(ask).into_iter().filter(|seen| about(&seen.href) == page.key);
    seen.take(4).map(|seen| Button::link(ask.say(seen.label), seen.href)).collect()
}

fn search_box(language: Language, typed: &str) -> Markup {
    let label = say(language, "Chercher dans le guide", "Search the guide");
    let verb = say(language, "Chercher", "Search");
    html! {
        form.guide-search role="search" action="/help" {
            input.in type="search" name="q" value=(typed) placeholder=(label) aria-label=(label);
            button.btn type="submit" aria-label=(verb) title=(verb) { (icon(Icon::Search)) }
        }
    }
}

/// What a search answers.
fn found(language: Language, typed: &str) -> Markup {
    let answers = book::search(language, typed);
    html! {
        @if answers.is_empty() {
            (empty(
                say(language, "Le guide n’en parle pas.", "The guide does not speak of it."),
                say(
                    language,
                    "Essayez un seul mot, ou parcourez la table des matières.",
                    "Try a single word, or browse the contents.",
                ),
                &[Button::link(say(language, "Table des matières", "Contents"), "/help")],
            ))
        }
        ul.guide-found {
            @for answer in &answers {
                li {
                    a href=(place(answer.page, answer.part)) {
                        b { (answer.page.title) }
                        @if !answer.part.anchor.is_empty() { " › " (answer.part.heading) }
                    }
                    p.muted { (shown(&answer.around, typed)) }
                }
            }
        }
    }
}

/// The words around an answer, those that were looked for set as marks.
fn shown(around: &str, typed: &str) -> Markup {
    let words = book::words(typed);
    html! {
        @for word in around.split(' ') {
            @if book::holds_any(word, &words) { mark { (word) } } @else { (word) } " "
        }
    }
}

fn place(page: &Page, part: &Part) -> String {
    if part.anchor.is_empty() { page.href() } else { format!("{}#{}", page.href(), part.anchor) }
}

fn on_this_page(language: Language, page: &Page) -> Markup {
    let parts: Vec<&Part> = page.parts.iter().filter(|part| !part.anchor.is_empty()).collect();
    html! {
        @if parts.len() > 1 {
            (section(
                say(language, "Sur cette page", "On this page"),
                &html! {},
                &html! {
                    ul.guide-toc {
                        @for part in parts {
                            li { a href={ "#" (part.anchor) } { (part.heading) } }
                        }
                    }
                },
            ))
        }
    }
}

fn all_pages(language: Language, here: &Page) -> Markup {
    let list = html! {
        ul.guide-toc {
            @for page in book::pages(language).iter().filter(|page| page.key != CONTENTS) {
                @let on = page.key == here.key;
                li { a href=(page.href()) aria-current=[on.then_some("page")] { (page.title) } }
            }
        }
    };
    section(say(language, "Le guide", "The guide"), &html! {}, &list)
}

/// The page before and the page after, in the order in which the guide is read.
fn neighbours(language: Language, page: &Page) -> Markup {
    let pages = book::pages(language);
    let at = pages.iter().position(|other| other.key == page.key);
    let before = at.and_then(|at| at.checked_sub(1)).and_then(|at| pages.get(at));
    let after = at.and_then(|at| pages.get(at + 1));
    html! {
        nav.guide-turn aria-label=(say(language, "Pages voisines", "Pages nearby")) {
            @if let Some(page) = before { a rel="prev" href=(page.href()) { "← " (page.title) } }
            @if let Some(page) = after { a.push rel="next" href=(page.href()) { (page.title) " →" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_screen_named_has_its_page() {
        for (step, key) in SCREENS {
            assert!(book::page(Language::French, key).is_some(), "{step} → {key}");
        }
        assert_eq!(about("/"), "first-steps");
        assert_eq!(about("/orders/0190/do/confirm"), "orders");
        assert_eq!(about("/orders?build=1"), "lists");
        assert_eq!(about("/orders/bulk"), "editing");
        assert_eq!(about("/gadgets"), "lists");
        assert_eq!(about("/gadgets/0190"), "editing");
        assert_eq!(href("/help/orders"), "/help");
    }
}
