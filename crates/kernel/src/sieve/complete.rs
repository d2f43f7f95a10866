//! What may be typed next, as one types.

use super::read::{Hope, Reader};
use super::{Found, Moment, Scope, Step, Style, names, values};
use crate::{CustomKind, EntityDef, FieldDef, Kind, Language, Value, typed};

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The whole text, gone on with.
    pub text: String,
    /// What is offered, as the person reads it.
    pub label: String,
    /// How it is typed.
    pub note: String,
}

/// The ways to go on from where the text ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    pub offers: Vec<Offer>,
    /// A record of this entity may be named: the words typed, and the text that stands before.
    pub record: Option<(&'static str, String, String)>,
}

/// The most ways offered.
const MOST: usize = 12;

/// What may follow a text.
#[must_use]
pub fn complete(scope: &Scope<'_>, def: &'static EntityDef, text: &str) -> Offers {
    let mut reader = Reader::new(scope, text);
    // What cannot be read yet is just what is being typed.
    let _unfinished = reader.whole(def);
    let before = |from: usize| -> String { reader.letters.iter().take(from).collect() };
    let mut out = match &reader.hope {
        Some(Hope::Name { def, from, typed }) => of_names(scope, def, &before(*from), typed),
        Some(Hope::Sign { found, from }) => of_signs(found, &before(*from), scope.actor.language),
        Some(Hope::Value { found, from, typed }) => of_values(scope, found, &before(*from), typed),
        Some(Hope::Joint { from }) => of_joints(&before(*from), scope.actor.language),
        None => Offers::default(),
    };
    // What is there already is no offer.
    out.offers.retain(|offer| offer.text.trim_end() != text);
    out.offers.truncate(MOST);
    out
}

fn of_names(scope: &Scope<'_>, def: &'static EntityDef, before: &str, typed: &str) -> Offers {
    let wanted = typed::folded(typed);
    let mut found: Vec<(usize, Offer)> = Vec::new();
    for (name, means, label) in scope.words(def) {
        let (by_label, by_name) = (typed::folded(&label), typed::folded(&name));
        // What begins with the letters typed comes first, then what holds them.
        let begins = by_label.starts_with(&wanted) || by_name.starts_with(&wanted);
        let rank = match (by_label.starts_with(&wanted), begins) {
            (true, _) => 0,
            (false, true) => 1,
            _ if by_label.contains(&wanted) || by_name.contains(&wanted) => 2,
            _ => continue,
        };
        let word = names::word(&label)
            .filter(|_| scope.actor.language == Language::French || label != name)
            .filter(|word| scope.find(def, word).is_ok_and(|is| is.as_ref() == Some(&means)))
            .unwrap_or(name);
        let offer = |end: &str, label: String| Offer {
            text: format!("{before}{word}{end}"),
            label,
            note: format!("{word}{}", end.trim_end()),
        };
        let reference = match &means {
            Found::Field(field) => scope.along(field).ok().flatten(),
            _ => None,
        };
        found.push((rank, offer(end_of(&means), label.clone())));
        if reference.is_some() {
            found.push((rank, offer(".", format!("{label} ›"))));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    Offers { offers: found.into_iter().map(|(_, offer)| offer).collect(), record: None }
}

/// What is typed after a name.
fn end_of(found: &Found) -> &'static str {
    let kind = match found {
        Found::Step(_) => return ".",
        Found::Field(field) => field.kind,
        Found::Custom(custom) => values::kind_of(custom.kind),
    };
    match kind {
        Kind::Text { .. }
        | Kind::LongText
        | Kind::Flag
        | Kind::Choice(_)
        | Kind::Ref(_)
        | Kind::Origin
        | Kind::Lines(_) => ":",
        _ => " ",
    }
}

fn of_signs(found: &Found, before: &str, language: Language) -> Offers {
    let french = language == Language::French;
    let say = |fr: &'static str, en: &'static str| if french { fr } else { en };
    let signs: &[(&str, &str)] = match end_of(found) {
        " " => &[
            (">=", say("au moins, à partir de", "at least, from")),
            ("<=", say("au plus, jusqu’à", "at most, until")),
            (">", say("plus que, après", "more than, after")),
            ("<", say("moins que, avant", "less than, before")),
            (":", say("égal à, pendant", "equal to, during")),
        ],
        "." => &[(".", say("leurs champs", "their fields"))],
        _ => &[(":", say("est, contient", "is, contains")), ("=", say("égal à", "equal to"))],
    };
    let offer = |(sign, label): &(&str, &str)| {
        let space = if matches!(*sign, ":" | "=" | ".") { "" } else { " " };
        let before = if space.is_empty() { before.trim_end() } else { before };
        Offer {
            text: format!("{before}{sign}{space}"),
            label: (*label).to_owned(),
            note: (*sign).to_owned(),
        }
    };
    Offers { offers: signs.iter().map(offer).collect(), record: None }
}

fn of_values(scope: &Scope<'_>, found: &Found, before: &str, typed: &str) -> Offers {
    let language = scope.actor.language;
    let wanted = typed::folded(typed);
    let mut all: Vec<(String, String)> = Vec::new();
    let flags = |all: &mut Vec<(String, String)>| {
        for flag in [true, false] {
            let word = crate::written(&Value::Flag(flag), language);
            all.push((word.clone(), word));
        }
    };
    let days = |all: &mut Vec<(String, String)>| {
        all.extend(Moment::words(language).map(|word| (word.replace('_', " "), word.to_owned())));
        let back = if language == Language::French { "-30j" } else { "-30d" };
        all.push((say(language, "il y a 30 jours", "30 days ago"), back.to_owned()));
    };
    match found {
        Found::Field(field) => {
            match field.kind {
                Kind::Choice(values) => all.extend(values.iter().map(|(name, label)| {
                    (label.say(language).to_owned(), choice(scope, field, name))
                })),
                Kind::Flag => flags(&mut all),
                Kind::Day | Kind::Instant => days(&mut all),
                Kind::Ref(target) => {
                    let record = Some((target, typed.to_owned(), before.to_owned()));
                    return Offers { offers: Vec::new(), record };
                }
                _ => {}
            }
        }
        Found::Custom(custom) => match custom.kind {
            CustomKind::Choice => {
                all.extend(custom.choices().map(|choice| (choice.to_owned(), quoted(choice))))
            }
            CustomKind::Flag => flags(&mut all),
            CustomKind::Day => days(&mut all),
            CustomKind::Text | CustomKind::Number => {}
        },
        Found::Step(Step { .. }) => {}
    }
    if !all.is_empty() {
        let empty = say(language, "vide", "empty");
        all.push((empty.clone(), empty));
    }
    let offers = all
        .into_iter()
        .filter(|(label, word)| {
            typed::folded(label).contains(&wanted) || typed::folded(word).contains(&wanted)
        })
        .map(|(label, word)| Offer { text: format!("{before}{word} "), label, note: word });
    Offers { offers: offers.collect(), record: None }
}

fn choice(scope: &Scope<'_>, field: &'static FieldDef, name: &str) -> String {
    let operand = super::Operand::Value(Value::Text(name.to_owned()));
    values::write(&Found::Field(field), &operand, scope, Style::Words)
}

fn quoted(text: &str) -> String {
    if text.contains(|letter: char| !letter.is_alphanumeric()) {
        values::quoted(text)
    } else {
        text.to_owned()
    }
}

fn say(language: Language, french: &str, english: &str) -> String {
    if language == Language::French { french } else { english }.to_owned()
}

fn of_joints(before: &str, language: Language) -> Offers {
    let words = match language {
        Language::French => ["et", "ou"],
        Language::English => ["and", "or"],
    };
    let offer = |word: &str| Offer {
        text: format!("{} {word} ", before.trim_end()),
        label: word.to_owned(),
        note: String::new(),
    };
    Offers { offers: words.map(offer).to_vec(), record: None }
}
