//! Turning the pages of a long list of lines.

use kernel::Language;
use maud::{Markup, Render, html};

use super::say;

/// Which lines of a long list are shown, and the way to those before and after.
#[derive(Debug, Clone)]
pub struct Turns {
    pub language: Language,
    /// The page's address, with what else it asks for.
    pub href: String,
    /// How the address names the first line, and the list on the page: `lines`.
    pub name: &'static str,
    /// How many lines stand before the first that is shown.
    pub from: usize,
    pub at_once: usize,
    pub all: usize,
}

impl Turns {
    fn page(&self, first: usize) -> String {
        let sign = if self.href.contains('?') { '&' } else { '?' };
        format!("{}{sign}{}={}#{}", self.href, self.name, first + 1, self.name)
    }
}

impl Render for Turns {
    fn render(&self) -> Markup {
        let say = |fr, en| say(self.language, fr, en);
        let last = self.all.min(self.from + self.at_once);
        let number =
            |number: usize| self.language.integer(i64::try_from(number).unwrap_or(i64::MAX));
        html! {
            nav.pager aria-label=(say("Pages de lignes", "Pages of lines")) {
                span {
                    (say("Lignes", "Lines")) " " (number(self.from + 1)) "–" (number(last)) " "
                    (say("sur", "of")) " " (number(self.all))
                }
                span.acts {
                    @if self.from > 0 {
                        a.btn.bare href=(self.page(self.from.saturating_sub(self.at_once)))
                            rel="prev" {
                            (say("Lignes précédentes", "Previous lines"))
                        }
                    }
                    @if last < self.all {
                        a.btn href=(self.page(last)) rel="next" {
                            (say("Lignes suivantes", "Next lines"))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_turns_back_from_the_last_page_and_on_from_the_first() {
        let drawn = |from| {
            let turns = Turns {
                language: Language::English,
                href: "/orders/x".into(),
                name: "lines",
                from,
                at_once: 200,
                all: 500,
            };
            turns.render().into_string()
        };
        let (first, last) = (drawn(0), drawn(400));
        assert!(first.contains("1–200 of 500") && first.contains("?lines=201#lines"), "{first}");
        assert!(!first.contains("Previous"), "{first}");
        assert!(last.contains("401–500 of 500") && last.contains("?lines=201#lines"), "{last}");
        assert!(!last.contains("Next"), "{last}");
    }
}
