//! What a column seems to hold: told by its head, else by its cells. A guess is shown to a person,
//! who decides; programs name their columns.

use std::collections::HashSet;

use kernel::typed::folded;
use kernel::{FieldDef, Kind, Language, Shape};

use crate::columns::{Target, target};

/// How many cells of a column are looked at.
const LOOKED_AT: usize = 200;

/// The field that a column seems to go to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// As a mapping names it: `name`, `extra.colour`, `id`; empty to leave the column out.
    pub field: String,
    /// Whether the cells told, and not the head.
    pub by_cells: bool,
}

/// Heads under which files of other programs hold what a field of this name holds.
const OTHER_WORDS: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "raison sociale",
            "nom du client",
            "nom client",
            "client",
            "societe",
            "entreprise",
            "company",
            "company name",
            "customer",
            "customer name",
            "designation",
            "libelle",
            "intitule",
            "article",
            "product",
            "product name",
        ],
    ),
    (
        "code",
        &[
            "code client",
            "n client",
            "numero client",
            "ref client",
            "customer code",
            "customer number",
            "code tiers",
        ],
    ),
    ("sku", &["reference", "ref", "code article", "ref article", "item code", "item number"]),
    ("email", &["mail", "e mail", "adresse mail", "adresse email", "adresse electronique"]),
    ("phone", &["tel", "telephone", "phone number", "mobile", "portable"]),
    ("street", &["adresse 1", "rue", "address", "address 1", "street address"]),
    ("postcode", &["cp", "zip", "zip code", "postal code"]),
    ("city", &["town", "commune", "localite"]),
    ("country", &["code pays", "country code"]),
    ("siren", &["n siren", "numero siren"]),
    ("siret", &["n siret", "numero siret"]),
    (
        "vat_number",
        &[
            "tva",
            "n tva",
            "numero tva",
            "tva intracom",
            "tva intracommunautaire",
            "n tva intracommunautaire",
            "vat",
            "vat id",
        ],
    ),
    ("price", &["prix", "prix ht", "prix de vente", "pv ht", "unit price", "sale price"]),
    ("cost", &["cout", "prix d achat", "prix achat", "pa ht", "purchase price"]),
    ("barcode", &["ean", "ean13", "gtin", "code barre", "code barres"]),
];

/// The field that each column seems to go to, no field twice. `may` says which fields the person
/// may write at all.
#[must_use]
pub fn guess(
    shape: &Shape,
    header: &[String],
    rows: &[(i64, Vec<String>)],
    may: impl Fn(&FieldDef) -> bool,
) -> Vec<Guess> {
    let mut taken = HashSet::new();
    let mut guesses: Vec<Option<Guess>> = vec![None; header.len()];
    let usable = |field: &FieldDef| {
        let lines = matches!(field.kind, Kind::Lines(_) | Kind::Origin);
        !field.system && !lines && may(field)
    };
    for (head, guess) in header.iter().zip(&mut guesses) {
        *guess = by_head(shape, head, &usable).filter(|found| taken.insert(found.field.clone()));
    }
    for (head, guess) in header.iter().zip(&mut guesses).filter(|(_, guess)| guess.is_none()) {
        let field = by_other_words(head).and_then(|name| shape.def.field(name));
        let found = field.filter(|field| usable(field)).map(|field| Guess::of(field.name, false));
        *guess = found.filter(|found| taken.insert(found.field.clone()));
    }
    for (place, guess) in guesses.iter_mut().enumerate().filter(|(_, guess)| guess.is_none()) {
        let cells: Vec<&str> = cells(rows, place).collect();
        let free = |field: &&FieldDef| usable(field) && !taken.contains(field.name);
        let field = by_cells(&cells, shape.def.fields.iter().filter(free));
        let found = field.map(|field| Guess::of(field.name, true));
        *guess = found.filter(|found| taken.insert(found.field.clone()));
    }
    guesses.into_iter().map(Option::unwrap_or_default).collect()
}

impl Guess {
    fn of(field: impl Into<String>, by_cells: bool) -> Self {
        Self { field: field.into(), by_cells }
    }
}

fn cells(rows: &[(i64, Vec<String>)], place: usize) -> impl Iterator<Item = &str> {
    let all = rows.iter().filter_map(move |(_, cells)| cells.get(place)).map(String::as_str);
    all.filter(|cell| !cell.is_empty()).take(LOOKED_AT)
}

fn by_head(shape: &Shape, head: &str, usable: &dyn Fn(&FieldDef) -> bool) -> Option<Guess> {
    match target(shape, head).ok()? {
        Target::Id => Some(Guess::of("id", false)),
        Target::Field(field) => usable(field).then(|| Guess::of(field.name, false)),
        Target::Custom(custom) => Some(Guess::of(format!("extra.{}", custom.name), false)),
        Target::Left => None,
    }
}

fn by_other_words(head: &str) -> Option<&'static str> {
    let plain: String =
        folded(head).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = |others: &&[&str]| others.contains(&words.as_str());
    OTHER_WORDS.iter().find(|(name, others)| *name == words || known(others)).map(|(name, _)| *name)
}

/// The first field that all the cells suit, and that no free text would suit.
fn by_cells<'a>(
    cells: &[&str],
    mut free: impl Iterator<Item = &'a FieldDef>,
) -> Option<&'a FieldDef> {
    let all = |suits: fn(&str) -> bool| !cells.is_empty() && cells.iter().all(|cell| suits(cell));
    free.find(|field| match (field.kind, field.name) {
        (Kind::Text { .. }, "siren") => all(|cell| digits(cell, 9) && luhn(cell)),
        (Kind::Text { .. }, "siret") => all(|cell| digits(cell, 14) && luhn(cell)),
        (Kind::Text { .. }, "barcode") => all(|cell| digits(cell, 13)),
        (Kind::Text { .. }, "vat_number") => all(is_vat),
        (Kind::Text { .. }, "iban") => all(is_iban),
        (Kind::Text { .. }, name) if name.ends_with("email") => all(is_email),
        (Kind::Text { .. }, name) if name.ends_with("phone") => all(is_phone),
        (Kind::Choice(values), _) => {
            let told = |cell: &&str| {
                let cell = folded(cell);
                values.iter().any(|(name, label)| {
                    [*name, label.fr, label.en].iter().any(|word| folded(word) == cell)
                })
            };
            !cells.is_empty() && cells.iter().all(told)
        }
        _ => false,
    })
}

fn bare(cell: &str) -> String {
    cell.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect()
}

fn digits(cell: &str, count: usize) -> bool {
    let bare = bare(cell);
    bare.len() == count && bare.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sum of Luhn holds. Told again in `master`, whose rules this crate does not know.
fn luhn(cell: &str) -> bool {
    let bare = bare(cell);
    let digit = |(rank, byte): (usize, u8)| {
        let digit = u32::from(byte.wrapping_sub(b'0')) << u32::from(rank % 2 == 1);
        digit / 10 + digit % 10
    };
    bare.bytes().rev().enumerate().map(digit).sum::<u32>().is_multiple_of(10)
}

fn is_vat(cell: &str) -> bool {
    let bare = bare(cell);
    let country =
        bare.get(..2).is_some_and(|two| two.bytes().all(|byte| byte.is_ascii_uppercase()));
    let rest = bare.get(2..).unwrap_or("");
    country
        && (8..=12).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().filter(u8::is_ascii_digit).count() >= 6
}

fn is_iban(cell: &str) -> bool {
    let bare = bare(cell);
    let head = bare.as_bytes();
    (15..=34).contains(&head.len())
        && head[..2].iter().all(u8::is_ascii_uppercase)
        && head[2..4].iter().all(u8::is_ascii_digit)
}

fn is_email(cell: &str) -> bool {
    let plain = !cell.contains(char::is_whitespace);
    plain && cell.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn is_phone(cell: &str) -> bool {
    let bare: String = bare(cell).replace(['(', ')', '/'], "");
    let number = bare.strip_prefix('+').unwrap_or(&bare);
    let shape = bare.starts_with('+') || (bare.starts_with('0') && number.len() == 10);
    shape && (8..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The language that the numbers of a file are written in: a decimal comma or a decimal point.
/// `None` when no cell tells: `1,234` could be either.
#[must_use]
pub fn language_of(rows: &[(i64, Vec<String>)]) -> Option<Language> {
    let (mut comma, mut point) = (0, 0);
    for cell in rows.iter().take(LOOKED_AT).flat_map(|(_, cells)| cells) {
        match decimal_mark(cell) {
            Some(',') => comma += 1,
            Some('.') => point += 1,
            _ => {}
        }
    }
    match (comma, point) {
        (0, 0) => None,
        (comma, point) if comma >= point => Some(Language::French),
        _ => Some(Language::English),
    }
}

/// The last mark of a number, when what follows it is no group of three digits.
fn decimal_mark(cell: &str) -> Option<char> {
    let bare: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '£' | '$' | '%' | '-' | '−'))
        .collect();
    let (at, mark) = bare.char_indices().rev().find(|(_, c)| matches!(c, ',' | '.'))?;
    let (whole, tail) = (&bare[..at], &bare[at + 1..]);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let grouped = whole.split([',', '.']).all(is_number);
    // Two marks that are the same are groups, and a date.
    let other = !whole.contains(mark);
    let decimal = grouped && other && is_number(tail) && tail.len() != 3 && tail.len() <= 6;
    decimal.then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Choice, Day, Entity, Lines, Money, Rules};

    #[derive(Debug, Clone, PartialEq, Entity)]
    #[entity(fr = "Tiers", en = "Partner", frs = "Tiers", ens = "Partners")]
    struct Partner {
        #[field(fr = "Code", en = "Code", unique)]
        code: Option<String>,
        #[field(fr = "Nom", en = "Name", title)]
        name: String,
        #[field(fr = "Nature", en = "Kind")]
        kind: Nature,
        #[field(fr = "SIREN", en = "SIREN")]
        siren: Option<String>,
        #[field(fr = "Courriel", en = "E-mail")]
        email: Option<String>,
        #[field(fr = "Téléphone", en = "Phone")]
        phone: Option<String>,
        #[field(fr = "Plafond", en = "Credit limit")]
        credit_limit: Option<Money>,
        #[field(fr = "Depuis le", en = "Since", system)]
        since: Option<Day>,
        #[field(fr = "Fiches", en = "Cards")]
        cards: Lines<Card>,
    }
    #[derive(Debug, Clone, PartialEq, Entity)]
    #[entity(fr = "Carte", en = "Card", frs = "Cartes", ens = "Cards")]
    struct Card {
        #[field(fr = "Tiers", en = "Partner", parent)]
        partner: kernel::Id<Partner>,
    }
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
    enum Nature {
        #[choice(fr = "Société", en = "Company")]
        Company,
        #[choice(fr = "Particulier", en = "Person")]
        Person,
    }
    impl Rules for Partner {}
    impl Rules for Card {}

    fn rows(lines: &[&[&str]]) -> Vec<(i64, Vec<String>)> {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        lines.iter().zip(2..).map(|(cells, rank)| (rank, row(cells))).collect()
    }

    fn guessed(header: &[&str], lines: &[&[&str]]) -> Vec<(String, bool)> {
        let shape = Shape { def: Partner::DEF, custom: Vec::new() };
        let header: Vec<String> = header.iter().map(|head| (*head).to_owned()).collect();
        let found = guess(&shape, &header, &rows(lines), |_| true);
        found.into_iter().map(|guess| (guess.field, guess.by_cells)).collect()
    }

    #[test]
    fn a_head_tells_in_either_language_or_in_the_words_of_other_programs() {
        let found = guessed(&["CREDIT LIMIT", "Raison sociale", "Tél.", "Depuis le", "Cards"], &[]);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["credit_limit", "name", "phone", "", ""]);
    }

    #[test]
    fn cells_tell_where_the_head_does_not_and_no_field_is_taken_twice() {
        let found = guessed(
            &["A", "B", "C", "D", "E"],
            &[
                &["732 829 320", "x@y.example", "personne", "particulier", "z@y.example"],
                &["552100554", "", "", "Company", "a@b.example"],
            ],
        );
        let expected = [("siren", true), ("email", true), ("", false), ("kind", true), ("", false)];
        let expected: Vec<_> = expected.map(|(name, told)| (name.to_owned(), told)).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_decimal_mark_tells_the_language_unless_it_may_be_a_group() {
        assert_eq!(language_of(&rows(&[&["1 234,50", "x"], &["12,5 %"]])), Some(Language::French));
        assert_eq!(language_of(&rows(&[&["1,234.50"], &["0.5"]])), Some(Language::English));
        assert_eq!(language_of(&rows(&[&["1,234", "24.11.2026", "3.14.15", "x,y"]])), None);
    }
}
