//! The two languages, and how numbers, dates and money are written in each.

use crate::number::{decimal, trimmed};
use crate::{Day, Instant, Money, Price, Quantity, Rate};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    French,
    English,
}

/// A label in the two languages we ship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub fr: &'static str,
    pub en: &'static str,
}

impl Text {
    #[must_use]
    pub const fn new(fr: &'static str, en: &'static str) -> Self {
        Self { fr, en }
    }
    #[must_use]
    pub const fn say(self, language: Language) -> &'static str {
        match language {
            Language::French => self.fr,
            Language::English => self.en,
        }
    }
}

const NARROW: char = '\u{202f}';
const NO_BREAK: char = '\u{a0}';
const MINUS: char = '\u{2212}';
const MONTHS_FR: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"];

impl Language {
    /// The tag of `lang` attributes and of `Accept-Language`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.get(..2).unwrap_or(tag).to_ascii_lowercase().as_str() {
            "fr" => Some(Language::French),
            "en" => Some(Language::English),
            _ => None,
        }
    }

    /// Groups the thousands of a plain decimal and sets the decimal mark: `−1 234,50`, `−1,234.50`.
    #[must_use]
    pub fn decimal(self, plain: &str) -> String {
        let (negative, digits) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, plain),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (group, mark) = match self {
            Language::French => (NARROW, ','),
            Language::English => (',', '.'),
        };
        let mut out = String::with_capacity(plain.len() + 8);
        if negative {
            out.push(MINUS);
        }
        for (rank, digit) in whole.chars().enumerate() {
            if rank > 0 && (whole.len() - rank).is_multiple_of(3) {
                out.push(group);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(mark);
            out.push_str(fraction);
        }
        out
    }
    #[must_use]
    pub fn integer(self, number: i64) -> String {
        self.decimal(&number.to_string())
    }
    /// An amount with its currency: `1 234,56 €`, `€1,234.56`.
    #[must_use]
    pub fn money(self, amount: Money) -> String {
        self.with_currency(&self.amount(amount), amount.currency.code())
    }
    /// An amount without its currency, for a column whose head names it.
    #[must_use]
    pub fn amount(self, amount: Money) -> String {
        self.decimal(&decimal(amount.minor, amount.currency.decimals()))
    }
    /// A unit price with two decimals, or with the four it has.
    #[must_use]
    pub fn price(self, price: Price) -> String {
        self.with_currency(&self.price_amount(price), price.currency.code())
    }
    #[must_use]
    pub fn price_amount(self, price: Price) -> String {
        if price.scaled % 100 == 0 {
            self.decimal(&decimal(price.scaled / 100, 2))
        } else {
            self.decimal(&trimmed(price.scaled, Price::DECIMALS))
        }
    }
    fn with_currency(self, figure: &str, code: &str) -> String {
        let sign = match code {
            "EUR" => "€",
            "GBP" => "£",
            "USD" => "$",
            other => other,
        };
        match self {
            Language::French => format!("{figure}{NO_BREAK}{sign}"),
            Language::English if sign == code => format!("{sign}{NO_BREAK}{figure}"),
            Language::English => match figure.strip_prefix(MINUS) {
                Some(size) => format!("{MINUS}{sign}{size}"),
                None => format!("{sign}{figure}"),
            },
        }
    }
    #[must_use]
    pub fn quantity(self, quantity: Quantity) -> String {
        self.decimal(&trimmed(quantity.0, Quantity::DECIMALS))
    }
    /// `5,5 %`, `5.5%`.
    #[must_use]
    pub fn rate(self, rate: Rate) -> String {
        let figure = self.decimal(&rate.percentage());
        match self {
            Language::French => format!("{figure}{NO_BREAK}%"),
            Language::English => format!("{figure}%"),
        }
    }
    /// `24 nov. 2026`, `24 Nov 2026`.
    #[must_use]
    pub fn day(self, day: Day) -> String {
        format!("{} {}", self.short_day(day), day.year())
    }
    /// `24 nov.`, `24 Nov`.
    #[must_use]
    pub fn short_day(self, day: Day) -> String {
        let number = match (self, day.day()) {
            (Language::French, 1) => "1er".to_owned(),
            (_, number) => number.to_string(),
        };
        format!("{number} {}", self.month(day.month()))
    }
    /// The short name of a month, 1 to 12.
    #[must_use]
    pub fn month(self, month: i8) -> &'static str {
        let rank = usize::try_from(month.clamp(1, 12) - 1).unwrap_or(0);
        match self {
            Language::French => MONTHS_FR[rank],
            Language::English => MONTHS_EN[rank],
        }
    }
    /// The day and the clock in France: `24 nov. 2026, 8 h 05`, `24 Nov 2026, 08:05`.
    #[must_use]
    pub fn instant(self, at: Instant) -> String {
        let (hour, minute) = at.clock();
        match self {
            Language::French => format!("{}, {hour} h {minute:02}", self.day(at.day())),
            Language::English => format!("{}, {hour:02}:{minute:02}", self.day(at.day())),
        }
    }

    /// Turns what a person types in this language into a plain decimal: spaces dropped, comma or
    /// point as the decimal mark.
    #[must_use]
    pub fn plain(self, typed: &str) -> String {
        let bare: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '£' | '$' | '%' | '\u{202f}'))
            .map(|c| if c == MINUS { '-' } else { c })
            .collect();
        match self {
            Language::French => bare.replace(',', "."),
            // "1,234.50" and "1,234" are thousands in English; "0,5" is a slip of a French hand.
            Language::English => {
                let thousands = bare.rsplit(',').next().is_some_and(|tail| {
                    tail.split('.').next().is_some_and(|digits| digits.len() == 3)
                });
                if thousands { bare.replace(',', "") } else { bare.replace(',', ".") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn each_language_writes_money_its_own_way() {
        let amount = Money::eur(-123_456_789);
        assert_eq!(Language::French.money(amount), "−1\u{202f}234\u{202f}567,89\u{a0}€");
        assert_eq!(Language::English.money(amount), "−€1,234,567.89");
        let price = Price::new(12_345, Currency::EUR);
        assert_eq!(Language::French.price(price), "1,2345\u{a0}€");
        assert_eq!(Language::English.rate(Rate(55_000)), "5.5%");
    }

    #[test]
    fn what_is_written_can_be_typed_back() {
        assert_eq!(Language::French.plain("−1 234,50 €"), "-1234.50");
        assert_eq!(Language::English.plain("1,234.50"), "1234.50");
        assert_eq!(Language::English.plain("0,5"), "0.5");
    }

    #[test]
    fn the_first_of_the_month_is_an_ordinal_in_french() {
        let day = Day::parse("2026-12-01").unwrap();
        assert_eq!(Language::French.day(day), "1er déc. 2026");
        assert_eq!(Language::English.day(day), "1 Dec 2026");
    }
}
