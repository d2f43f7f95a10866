//! The letters of a sieve, taken one word at a time, and where the reading stopped.

use super::measure::{is_figure, label};
use super::read::{Asked, Hope, Reader};
use super::write::joins;
use super::{Found, Test, names, values};
use crate::query::Sign;
use crate::{EntityDef, Fault, Kind, Language, Text, typed};

impl Reader<'_, '_> {
    pub(super) fn next(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }
    pub(super) fn ended(&self) -> bool {
        self.at >= self.letters.len()
    }
    pub(super) fn blank(&mut self) {
        while self.next().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }
    /// Whether a sign or a dot follows, perhaps after blanks.
    pub(super) fn goes_on(&self) -> bool {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let next = rest.iter().find(|letter| !letter.is_whitespace());
        self.next() == Some('.') || next.is_some_and(|letter| ":=<>~!≤≥≠".contains(*letter))
    }

    /// The word that stands here, not taken.
    pub(super) fn ahead(&self) -> String {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        rest.iter().take_while(|letter| names::is_letter(**letter)).collect()
    }
    pub(super) fn sees(&self, words: &[&str]) -> bool {
        let word = self.ahead();
        let after = self.letters.get(self.at + word.chars().count());
        let apart = after.is_none_or(|letter| letter.is_whitespace() || "()\"«".contains(*letter));
        apart && words.contains(&typed::folded(&word).as_str())
    }
    /// Takes one of these words when it stands here.
    pub(super) fn keyword(&mut self, words: &[&str]) -> bool {
        self.blank();
        let found = self.sees(words);
        if found {
            self.at += self.ahead().chars().count();
        }
        found
    }

    pub(super) fn word(&mut self, def: &'static EntityDef) -> Result<String, Fault> {
        let from = self.at;
        let typed = self.ahead();
        self.at += typed.chars().count();
        if self.ended() {
            self.hope = Some(Hope::Name { def, from, typed: typed.clone() });
        }
        if typed.is_empty() || (joins(&typed) && !self.goes_on() && self.next() != Some('(')) {
            self.at = from;
            return Err(self.expected("un champ", "a field"));
        }
        Ok(typed)
    }

    /// Text between quotes, `"…"` or `« … »`, when it stands here.
    pub(super) fn quoted(&mut self) -> Result<Option<String>, Fault> {
        let end = match self.next() {
            Some('"') => '"',
            Some('«') => '»',
            _ => return Ok(None),
        };
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.expected("« \" » fermant", "a closing quote")),
                Some('\\') => {
                    self.at += 1;
                    text.extend(self.next());
                }
                Some(letter) if letter == end => break,
                Some(letter) => text.push(letter),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Some(if end == '»' { text.trim().to_owned() } else { text }))
    }

    pub(super) fn sign(&mut self, found: &Found) -> Result<Asked, Fault> {
        self.blank();
        if self.ended() {
            self.hope = Some(Hope::Sign { found: found.clone(), from: self.at });
        }
        let is = |text, not| Asked { text, other: Test::Compare(Sign::Is), not };
        let only = |test, not| Asked { text: test, other: test, not };
        let second = self.letters.get(self.at + 1) == Some(&'=');
        let (asked, length) = match (self.next(), second) {
            (Some(':'), _) => (is(Test::Contains, false), 1),
            (Some('='), _) => (is(Test::Compare(Sign::Is), false), 1),
            (Some('~'), _) => (only(Test::Contains, false), 1),
            (Some('!'), true) => (is(Test::Compare(Sign::Is), true), 2),
            (Some('≠'), _) => (is(Test::Compare(Sign::Is), true), 1),
            (Some('>'), true) => (only(Test::Compare(Sign::AtLeast), false), 2),
            (Some('<'), true) => (only(Test::Compare(Sign::AtMost), false), 2),
            (Some('≥'), _) => (only(Test::Compare(Sign::AtLeast), false), 1),
            (Some('≤'), _) => (only(Test::Compare(Sign::AtMost), false), 1),
            (Some('>'), _) => (only(Test::Compare(Sign::Above), false), 1),
            (Some('<'), _) => (only(Test::Compare(Sign::Below), false), 1),
            _ => {
                return Err(self.expected(
                    "un signe : « : », « = », « > », « < »",
                    "a sign: “:”, “=”, “>”, “<”",
                ));
            }
        };
        self.at += length;
        Ok(asked)
    }

    /// The text of a value, and whether it stood between quotes.
    pub(super) fn value_text(&mut self, found: &Found) -> Result<(String, bool), Fault> {
        self.blank();
        let from = self.at;
        let quoted = self.quoted();
        if let Ok(Some(text)) = quoted {
            return Ok((text, true));
        }
        if quoted.is_ok() {
            self.bare(found);
        }
        let start = if quoted.is_err() { from + 1 } else { from };
        let typed: String = self.letters.get(start..self.at).unwrap_or_default().iter().collect();
        if self.ended() {
            self.hope = Some(Hope::Value { found: found.clone(), from, typed: typed.clone() });
        }
        quoted?;
        if typed.is_empty() {
            return Err(self.expected("une valeur", "a value"));
        }
        Ok((typed, false))
    }

    /// Up to a blank or a parenthesis; a figure goes on with its thousands and its currency.
    pub(super) fn bare(&mut self, found: &Found) {
        let stops = |letter: &char| {
            matches!(letter, '(' | ')' | '|' | '"')
                || (letter.is_whitespace() && !matches!(letter, '\u{a0}' | '\u{202f}'))
        };
        let figure = match found {
            Found::Field(field) => {
                is_figure(field.kind) || matches!(field.kind, Kind::Price | Kind::Rate)
            }
            Found::Custom(custom) => matches!(values::kind_of(custom.kind), Kind::Rate),
            Found::Step(_) => false,
        };
        let run = |at: usize| -> String {
            let rest = self.letters.get(at..).unwrap_or_default();
            rest.iter().take_while(|letter| !stops(letter)).collect()
        };
        let mut end = self.at + run(self.at).chars().count();
        while figure && end > self.at && self.letters.get(end) == Some(&' ') {
            let more = run(end + 1);
            let digits = more.chars().take_while(char::is_ascii_digit).count();
            let thousands =
                digits == 3 && more.chars().nth(3).is_none_or(|letter| matches!(letter, ',' | '.'));
            let unit = matches!(more.as_str(), "€" | "£" | "$" | "%")
                || (more.len() == 3 && more.bytes().all(|byte| byte.is_ascii_uppercase()));
            if !thousands && !unit {
                break;
            }
            end += 1 + more.chars().count();
        }
        self.at = end;
    }

    // ——— refusals ———

    pub(super) fn expected(&self, french: &'static str, english: &'static str) -> Fault {
        let language = self.scope.actor.language;
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let found: String = rest.iter().take(12).collect();
        let found = match (found.is_empty(), language) {
            (false, _) => found,
            (true, Language::French) => "la fin".to_owned(),
            (true, Language::English) => "the end".to_owned(),
        };
        Fault::new("sieve.expected")
            .with("at", self.at + 1)
            .with("expected", Text::new(french, english).say(language))
            .with("found", found)
    }

    pub(super) fn unknown(&self, def: &'static EntityDef, word: &str, start: usize) -> Fault {
        Fault::new("sieve.field")
            .with("at", start + 1)
            .with("given", word)
            .with("entity", def.labels.say(self.scope.actor.language))
            .with("near", self.scope.near(def, word))
    }

    pub(super) fn misread(&self, found: &Found, text: &str, start: usize, fault: &Fault) -> Fault {
        Fault::new("sieve.value")
            .with("at", start + 1)
            .with("given", text)
            .with("field", label(found, self.scope.actor.language))
            .with("why", crate::sentence(fault, self.scope.actor.language))
    }

    pub(super) fn refused(
        &self,
        found: &Found,
        text: &str,
        start: usize,
        french: &'static str,
        english: &'static str,
    ) -> Fault {
        let language = self.scope.actor.language;
        Fault::new("sieve.value")
            .with("at", start + 1)
            .with("given", text)
            .with("field", label(found, language))
            .with("why", Text::new(french, english).say(language))
    }
}
