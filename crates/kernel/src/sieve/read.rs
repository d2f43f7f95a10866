//! The text of a sieve, read: `and` binds tighter than `or`, two tests side by side must both hold.

use super::{Found, Scope, Sieve, Step, Test};

use crate::{EntityDef, Fault, FieldDef, Text, typed};

/// The longest text of a sieve, in letters.
pub const MOST_LETTERS: usize = 2_000;
/// The most tests, and how deep they may stand inside one another.
const MOST_TESTS: usize = 60;
const MOST_DEEP: usize = 12;

/// A number of records, as a field.
pub(super) static COUNT: FieldDef = FieldDef::of::<i64>("count", Text::new("Nombre", "Count"), "");

/// Reads the sieve that a person typed; nothing typed is none.
///
/// # Errors
/// `sieve.*`, each with the place (`at`) where the reading stopped; `forbidden` for what the
/// person may not see.
pub fn read(
    scope: &Scope<'_>,
    def: &'static EntityDef,
    text: &str,
) -> Result<Option<Sieve>, Fault> {
    Reader::new(scope, text).whole(def)
}

/// What may be typed where the text ends.
#[derive(Debug, Clone)]
pub(super) enum Hope {
    Name {
        def: &'static EntityDef,
        from: usize,
        typed: String,
    },
    Sign {
        found: Found,
        from: usize,
    },
    Value {
        found: Found,
        from: usize,
        typed: String,
    },
    /// Another test.
    Joint {
        from: usize,
    },
}

pub(super) struct Reader<'s, 'a> {
    pub scope: &'s Scope<'a>,
    pub letters: Vec<char>,
    pub at: usize,
    tests: usize,
    deep: usize,
    /// What the end of the text left open.
    pub hope: Option<Hope>,
}

/// What a sign asks: the test on a text, on anything else, and whether it must fail.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub text: Test,
    pub other: Test,
    pub not: bool,
}

impl<'s, 'a> Reader<'s, 'a> {
    pub fn new(scope: &'s Scope<'a>, text: &str) -> Self {
        let letters = text.chars().collect();
        Self { scope, letters, at: 0, tests: 0, deep: 0, hope: None }
    }

    pub fn whole(&mut self, def: &'static EntityDef) -> Result<Option<Sieve>, Fault> {
        if self.letters.len() > MOST_LETTERS {
            return Err(Fault::new("sieve.long").with("most", MOST_LETTERS));
        }
        self.blank();
        if self.ended() {
            let from = self.at;
            self.hope = Some(Hope::Name { def, from, typed: String::new() });
            return Ok(None);
        }
        let sieve = self.either(def)?;
        if self.ended() {
            let spaced = self.letters.last().is_some_and(|letter| letter.is_whitespace());
            if spaced {
                self.hope = Some(Hope::Joint { from: self.at });
            }
            return Ok(Some(sieve));
        }
        Err(self.expected("« et », « ou », ou la fin", "“and”, “or”, or the end"))
    }

    // ——— the tree ———

    pub(super) fn either(&mut self, def: &'static EntityDef) -> Result<Sieve, Fault> {
        self.deep += 1;
        if self.deep > MOST_DEEP {
            return Err(Fault::new("sieve.deep").with("most", MOST_DEEP));
        }
        let mut parts = vec![self.both(def)?];
        while self.keyword(&["or", "ou"]) {
            parts.push(self.both(def)?);
        }
        self.deep -= 1;
        Sieve::any(parts).ok_or_else(|| Fault::new("internal"))
    }

    pub(super) fn both(&mut self, def: &'static EntityDef) -> Result<Sieve, Fault> {
        let mut parts = vec![self.term(def)?];
        loop {
            let joined = self.keyword(&["and", "et"]);
            self.blank();
            let over = self.ended() || self.next() == Some(')') || self.sees(&["or", "ou"]);
            if over && !joined {
                break;
            }
            parts.push(self.term(def)?);
        }
        Sieve::all(parts).ok_or_else(|| Fault::new("internal"))
    }

    pub(super) fn term(&mut self, def: &'static EntityDef) -> Result<Sieve, Fault> {
        self.tests += 1;
        if self.tests > MOST_TESTS {
            return Err(Fault::new("sieve.many").with("most", MOST_TESTS));
        }
        if self.keyword(&["not", "non"]) {
            self.deep += 1;
            if self.deep > MOST_DEEP {
                return Err(Fault::new("sieve.deep").with("most", MOST_DEEP));
            }
            let inner = self.term(def)?;
            self.deep -= 1;
            return Ok(inner.negated());
        }
        self.blank();
        if self.next() == Some('(') {
            self.at += 1;
            let inner = self.either(def)?;
            self.close()?;
            return Ok(inner);
        }
        self.test(def)
    }

    pub(super) fn close(&mut self) -> Result<(), Fault> {
        self.blank();
        if self.next() == Some(')') {
            self.at += 1;
            return Ok(());
        }
        Err(self.expected("« et », « ou » ou « ) »", "“and”, “or” or “)”"))
    }

    // ——— one test ———

    pub(super) fn test(&mut self, def: &'static EntityDef) -> Result<Sieve, Fault> {
        let start = self.at;
        if let Some(text) = self.quoted()? {
            if !self.goes_on() {
                return self.words(def, &text, start);
            }
            return self.path(def, text, start);
        }
        let word = self.word(def)?;
        let opens = self.next() == Some('(');
        if opens && matches!(typed::folded(&word).as_str(), "sum" | "somme") {
            return self.measure(def, true);
        }
        if opens && matches!(typed::folded(&word).as_str(), "count" | "nombre") {
            return self.measure(def, false);
        }
        if !self.goes_on() && !opens && self.scope.find(def, &word)?.is_none() {
            return self.words(def, &word, start);
        }
        self.path(def, word, start)
    }

    /// From the first word of a path to the end of its test.
    pub(super) fn path(
        &mut self,
        def: &'static EntityDef,
        first: String,
        start: usize,
    ) -> Result<Sieve, Fault> {
        let (mut def, mut word, mut start) = (def, first, start);
        let mut steps: Vec<Step> = Vec::new();
        let end = loop {
            if steps.len() > MOST_DEEP {
                return Err(Fault::new("sieve.deep").with("most", MOST_DEEP));
            }
            let found = self.meaning(def, &word, start)?;
            let step = match (&found, self.next()) {
                (Found::Step(step), _) => Some(*step),
                (Found::Field(field), Some('.' | '(')) => self.scope.along(field)?,
                _ => None,
            };
            match (step, self.next()) {
                (Some(step), Some('(')) => {
                    self.at += 1;
                    steps.push(step);
                    let inner = self.either(step.entity)?;
                    self.close()?;
                    break inner;
                }
                (Some(step), Some('.')) => {
                    self.at += 1;
                    steps.push(step);
                    def = step.entity;
                    start = self.at;
                    word = match self.quoted()? {
                        Some(text) => text,
                        None => self.word(def)?,
                    };
                }
                _ => break self.compared(&found)?,
            }
        };
        Ok(steps.into_iter().rev().fold(end, |inner, step| Sieve::Step(step, Box::new(inner))))
    }

    pub(super) fn meaning(
        &mut self,
        def: &'static EntityDef,
        word: &str,
        start: usize,
    ) -> Result<Found, Fault> {
        if word == "extra" && self.next() == Some('.') {
            self.at += 1;
            let start = self.at;
            let name = self.word(def)?;
            let custom = self.scope.custom_of(def).find(|custom| custom.name == name).cloned();
            return custom
                .map(Found::Custom)
                .ok_or_else(|| self.unknown(def, &format!("extra.{name}"), start));
        }
        self.scope.find(def, word)?.ok_or_else(|| self.unknown(def, word, start))
    }
}
