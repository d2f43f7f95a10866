//! Identifiers that carry a key: SIREN, SIRET, VAT numbers, IBAN; and shapes of others.

use kernel::{Fault, Faults};

use crate::countries;

/// La Poste numbers its many offices by another rule than Luhn's.
const LA_POSTE: &str = "356000000";

/// Drops spaces, points and hyphens and writes capitals; an empty text becomes none.
pub fn tidy(text: &mut Option<String>) {
    let Some(given) = text.take() else { return };
    let plain = bare(&given);
    if !plain.is_empty() {
        *text = Some(plain);
    }
}

fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
        .flat_map(char::to_uppercase)
        .collect()
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sum of Luhn: every second digit from the right doubled, its own digits added.
fn luhn(text: &str) -> bool {
    let sum: u32 = text
        .bytes()
        .rev()
        .enumerate()
        .map(|(rank, byte)| {
            let digit = u32::from(byte - b'0') * (1 + u32::from(rank % 2 == 1));
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The number of a French company: 9 digits, the last a key. Source: Code de commerce, R123-221.
#[must_use]
pub fn siren_holds(given: &str) -> bool {
    let siren = bare(given);
    digits(&siren, 9) && luhn(&siren)
}

/// The number of a French establishment: the SIREN, then 5 digits, the last a key.
#[must_use]
pub fn siret_holds(given: &str) -> bool {
    let siret = bare(given);
    if !digits(&siret, 14) {
        return false;
    }
    let plain_sum: u32 = siret.bytes().map(|byte| u32::from(byte - b'0')).sum();
    luhn(&siret) || (siret.starts_with(LA_POSTE) && plain_sum.is_multiple_of(5))
}

/// The VAT number that belongs to a SIREN: `FR`, two digits of key, the SIREN.
#[must_use]
pub fn french_vat(siren: &str) -> Option<String> {
    let siren = bare(siren);
    let number: u64 = digits(&siren, 9).then(|| siren.parse().ok()).flatten()?;
    Some(format!("FR{:02}{siren}", (12 + 3 * (number % 97)) % 97))
}

/// A VAT number of the Union: its two letters, then the shape its country gives it. The key is
/// computed for France; a key that holds a letter is of the new style, and let through.
#[must_use]
pub fn vat_holds(given: &str) -> bool {
    let number = bare(given);
    let (Some(country), Some(rest)) = (number.get(..2), number.get(2..)) else { return false };
    let country = if country == "EL" { "GR" } else { country };
    if country == countries::FRANCE {
        let (Some(key), Some(siren)) = (rest.get(..2), rest.get(2..)) else { return false };
        let known = if digits(key, 2) {
            french_vat(siren).is_some_and(|right| right == number)
        } else {
            key.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        return digits(siren, 9) && known;
    }
    if countries::in_union(country) {
        return shape_holds(country, rest);
    }
    // Outside the Union each state has its own; Switzerland and the United Kingdom among them.
    countries::exists(country)
        && (2..=16).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The shape of the part after the two letters. Source: the Commission's list for VIES.
fn shape_holds(country: &str, rest: &str) -> bool {
    let length = rest.len();
    let all_digits = rest.bytes().all(|byte| byte.is_ascii_digit());
    let alphanumeric = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match country {
        "AT" => rest.strip_prefix('U').is_some_and(|tail| digits(tail, 8)),
        "BG" => all_digits && (9..=10).contains(&length),
        "CY" => alphanumeric && length == 9 && digits(&rest[..8], 8),
        "CZ" => all_digits && (8..=10).contains(&length),
        "DE" | "EE" | "GR" | "PT" => all_digits && length == 9,
        "DK" | "FI" | "HU" | "LU" | "MT" | "SI" => all_digits && length == 8,
        "BE" | "PL" | "SK" => all_digits && length == 10,
        "HR" | "IT" | "LV" => all_digits && length == 11,
        "LT" => all_digits && matches!(length, 9 | 12),
        "RO" => all_digits && (2..=10).contains(&length),
        "SE" => all_digits && length == 12,
        "ES" => alphanumeric && length == 9 && digits(&rest[1..8], 7),
        "NL" => alphanumeric && length == 12 && rest.as_bytes()[9] == b'B',
        "IE" => alphanumeric && (8..=9).contains(&length),
        "XI" => alphanumeric && matches!(length, 5 | 9 | 12),
        _ => false,
    }
}

/// An account number: its country, two digits of key, the rest; the whole modulo 97 is 1.
/// Source: ISO 13616.
#[must_use]
pub fn iban_holds(given: &str) -> bool {
    let iban = bare(given);
    if !(15..=34).contains(&iban.len()) || !iban.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let (head, tail) = iban.split_at(4);
    if !countries::exists(&head[..2]) || !digits(&head[2..], 2) {
        return false;
    }
    if &head[..2] == countries::FRANCE && iban.len() != 27 {
        return false;
    }
    let rest = tail.chars().chain(head.chars()).fold(0_u32, |rest, letter| {
        let value = letter.to_digit(36).unwrap_or(0);
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    });
    rest == 1
}

/// A bank's code: 8 or 11 letters and digits, its country in the fifth and sixth. Source: ISO 9362.
#[must_use]
pub fn bic_holds(given: &str) -> bool {
    let bic = bare(given);
    matches!(bic.len(), 8 | 11)
        && bic.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && countries::exists(&bic[4..6])
}

/// An address that could receive a letter: one `@`, something before it, a dotted name after it.
#[must_use]
pub fn email_holds(given: &str) -> bool {
    let Some((local, domain)) = given.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    let name = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(plain)
        && given.len() <= 254
        && domain.contains('.')
        && domain.split('.').all(name)
}

/// A blank is nothing told: it is dropped when the record settles.
/// Whether a barcode holds: one that is written like a GTIN (8, 12, 13 or 14 digits) ends on its check
/// digit; a house may have others of its own. Source: GS1 General Specifications, section 7.9.1.
#[must_use]
pub fn gtin_holds(given: &str) -> bool {
    if ![8, 12, 13, 14].iter().any(|count| digits(given, *count)) {
        return !given.trim().is_empty();
    }
    // From the right, the digits weigh 1 and 3 in turn.
    let sum: u32 = given
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
}

/// The code on a label as a scanner gives it: without blanks, and of a GS1 element string that
/// begins with a GTIN, the GTIN. Source: GS1 General Specifications, application identifier 01.
#[must_use]
pub fn scanned(given: &str) -> String {
    let code: String = given.chars().filter(|c| !c.is_control()).take(100).collect();
    let code = code.trim();
    let code =
        ["]C1", "]d2", "]Q3"].iter().find_map(|mark| code.strip_prefix(mark)).unwrap_or(code);
    let body = code.strip_prefix("(01)").or_else(|| {
        code.strip_prefix("01").filter(|rest| rest.get(..14).is_some_and(|id| digits(id, 14)))
    });
    let gtin = body.and_then(|rest| rest.get(..14)).filter(|id| digits(id, 14) && gtin_holds(id));
    gtin.unwrap_or(code).to_owned()
}

/// Whether two codes are the same: a GTIN is written with or without zeros before it.
#[must_use]
pub fn same_gtin(one: &str, other: &str) -> bool {
    let short = |code: &str| {
        let number = code.len() >= 8 && digits(code, code.len());
        number.then(|| code.trim_start_matches('0').to_owned())
    };
    one == other || short(one).is_some_and(|one| short(other) == Some(one))
}

/// A code in each length that a GTIN may be written in.
#[must_use]
pub fn lengths(code: &str) -> Vec<String> {
    let mut all = vec![code.to_owned()];
    if code.len() >= 8 && digits(code, code.len()) {
        let bare = code.trim_start_matches('0');
        all.extend([8, 12, 13, 14].iter().map(|width| format!("{bare:0>width$}", width = *width)));
    }
    all
}

fn told(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Gathers the faults of a SIREN and a SIRET, and of the two together.
pub fn check_french(faults: &mut Faults, siren: Option<&str>, siret: Option<&str>) {
    let (siren, siret) = (told(siren), told(siret));
    faults.ensure(siren.is_none_or(siren_holds), || Fault::new("siren.key").on("siren"));
    faults.ensure(siret.is_none_or(siret_holds), || Fault::new("siret.key").on("siret"));
    if let (Some(siren), Some(siret)) = (siren, siret) {
        faults.ensure(bare(siret).starts_with(&bare(siren)), || {
            Fault::new("siret.siren").on("siret").with("siren", siren)
        });
    }
}

/// Gathers the faults of a VAT number, and of a French one that names another company.
pub fn check_vat(faults: &mut Faults, number: Option<&str>, siren: Option<&str>) {
    let Some(number) = told(number) else { return };
    let holds = vat_holds(number);
    faults.ensure(holds, || Fault::new("vat_number.key").on("vat_number"));
    let number = bare(number);
    if let Some(siren) = told(siren).filter(|_| holds && number.starts_with(countries::FRANCE)) {
        faults.ensure(number.ends_with(&bare(siren)), || {
            Fault::new("vat_number.siren").on("vat_number").with("siren", siren)
        });
    }
}

pub fn check_country(faults: &mut Faults, country: Option<&str>) {
    if let Some(country) = told(country) {
        faults.ensure(countries::exists(&bare(country)), || {
            Fault::new("country.unknown").on("country").with("given", country)
        });
    }
}

pub fn check_email(faults: &mut Faults, email: Option<&str>) {
    if let Some(email) = told(email) {
        faults.ensure(email_holds(email), || {
            Fault::new("email.shape").on("email").with("given", email)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siren_and_siret_carry_a_key() {
        assert!(siren_holds("732829320") && siren_holds("732 829 320"));
        assert!(!siren_holds("732829321") && !siren_holds("123456789") && !siren_holds("73282932"));
        assert!(siret_holds("73282932000074"));
        assert!(!siret_holds("73282932000075") && !siret_holds("7328293200007"));
    }

    #[test]
    fn la_poste_follows_its_own_rule() {
        assert!(siret_holds("35600000000048"));
        assert!(siret_holds("35600000009075"));
        assert!(!siret_holds("35600000009076"));
    }

    #[test]
    fn a_french_vat_number_follows_from_the_siren() {
        for number in ["FR88100000009", "FR37200000008", "FR83404833048"] {
            assert_eq!(french_vat(&number[4..]).as_deref(), Some(number));
            assert!(vat_holds(number));
        }
        assert!(!vat_holds("FR84404833048"));
        assert!(vat_holds("FRK7404833048"));
        assert_eq!(french_vat("40483304"), None);
    }

    #[test]
    fn the_union_gives_each_country_its_shape() {
        for good in ["DE136695976", "ATU12345678", "NL123456789B01", "EL123456789", "BE0123456789"]
        {
            assert!(vat_holds(good), "{good}");
        }
        for bad in ["DE13669597", "AT12345678", "ZZ123456", "D", "", "NL1234567890", "éé12"] {
            assert!(!vat_holds(bad), "{bad}");
        }
        assert!(vat_holds("GB123456789"));
    }

    #[test]
    fn an_iban_is_one_modulo_97() {
        assert!(iban_holds("FR14 2004 1010 0505 0001 3M02 606"));
        assert!(iban_holds("DE89370400440532013000"));
        assert!(!iban_holds("FR1420041010050500013M02607"));
        assert!(!iban_holds("FR142004101005050001"));
        assert!(!iban_holds("é") && !iban_holds(""));
        assert!(bic_holds("PSSTFRPPXXX") && !bic_holds("PSST99PP") && !bic_holds("PSSTFRP"));
    }

    #[test]
    fn an_email_has_a_name_and_a_domain() {
        for good in ["a@b.fr", "prenom.nom+x@maison-aubrelle.example", "é@école.fr"] {
            assert!(email_holds(good), "{good}");
        }
        for bad in
            ["", "a", "@b.fr", "a@b", "a b@c.fr", "a@b..fr", "a@-b.fr", "a@b@c.fr", "<a@b.fr>"]
        {
            assert!(!email_holds(bad), "{bad}");
        }
    }

    #[test]
    fn identifiers_that_contradict_each_other_are_refused() {
        let mut faults = Faults::default();
        check_french(&mut faults, Some("404833048"), Some("73282932000074"));
        check_vat(&mut faults, Some("FR88100000009"), Some("404833048"));
        assert_eq!(faults.codes(), ["siret.siren", "vat_number.siren"]);
    }

    #[test]
    fn tidying_leaves_what_counts() {
        let mut text = Some(" fr 83-404 833 048 ".to_owned());
        tidy(&mut text);
        assert_eq!(text.as_deref(), Some("FR83404833048"));
        let mut blank = Some("  ".to_owned());
        tidy(&mut blank);
        assert_eq!(blank, None);
    }
}
