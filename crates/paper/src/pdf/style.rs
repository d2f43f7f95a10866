//! The type sizes of our documents, in points, and the way identifiers are grouped for the eye.

use super::block::{Ink, Style};
use super::fonts::Face;

pub const BODY: Style = Style::new(Face::Regular, 8.6, 12.5, Ink::Black);
pub const QUIET: Style = Style::new(Face::Regular, 8.6, 12.5, Ink::Dark);
pub const STRONG: Style = Style::new(Face::Medium, 8.6, 12.5, Ink::Black);
pub const LABEL: Style = Style::new(Face::Regular, 7.4, 10.8, Ink::Soft);
pub const LEGAL: Style = Style::new(Face::Regular, 6.9, 10.2, Ink::Dark);
pub const HOUSE: Style = Style::new(Face::Serif, 20.0, 22.0, Ink::Black);
pub const TITLE: Style = Style::new(Face::Serif, 24.0, 27.0, Ink::Black);
pub const NUMBER: Style = Style::new(Face::Medium, 10.5, 15.0, Ink::Black);
pub const BUYER: Style = Style::new(Face::Regular, 10.0, 15.0, Ink::Black);
pub const BUYER_NAME: Style = Style::new(Face::Medium, 10.0, 15.0, Ink::Black);
pub const TOTAL_LABEL: Style = Style::new(Face::SemiBold, 8.6, 20.0, Ink::Black);
pub const TOTAL: Style = Style::new(Face::Serif, 18.0, 20.0, Ink::Black);

const NO_BREAK: char = '\u{a0}';

/// Groups the characters of an identifier: `grouped("431207918", &[3, 3, 3])`; the last size goes on.
pub fn grouped(text: &str, sizes: &[usize]) -> String {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut sizes =
        sizes.iter().copied().chain(std::iter::repeat(sizes.last().copied().unwrap_or(4)));
    let (mut out, mut start) = (String::new(), 0);
    while start < plain.len() {
        let end = (start + sizes.next().unwrap_or(4).max(1)).min(plain.len());
        if start > 0 {
            out.push(NO_BREAK);
        }
        out.extend(plain.get(start..end).unwrap_or_default());
        start = end;
    }
    out
}

pub fn siren(number: &str) -> String {
    grouped(number, &[3])
}
pub fn siret(number: &str) -> String {
    grouped(number, &[3, 3, 3, 5])
}
pub fn iban(number: &str) -> String {
    grouped(number, &[4])
}
/// A French VAT number in its three parts, another as it is.
pub fn vat_number(number: &str) -> String {
    if number.starts_with("FR") { grouped(number, &[2, 2, 9]) } else { number.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_grouped_and_never_break() {
        assert_eq!(siret("47891530200027"), "478\u{a0}915\u{a0}302\u{a0}00027");
        assert_eq!(iban("FR7699999"), "FR76\u{a0}9999\u{a0}9");
        assert_eq!(vat_number("FR64431207918"), "FR\u{a0}64\u{a0}431207918");
        assert_eq!(vat_number("DE123456789"), "DE123456789");
    }
}
