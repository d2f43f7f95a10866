//! Amounts. Every number of the business has a unit and a fixed scale; none is a float.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use crate::Fault;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Currency = Currency(*b"EUR");
    pub const GBP: Currency = Currency(*b"GBP");

    /// # Errors
    /// `currency.unknown` when `code` is not three capital letters.
    pub fn of(code: &str) -> Result<Self, Fault> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(Fault::new("currency.unknown").with("given", code)),
        }
    }

    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits the minor unit has after the point.
    #[must_use]
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"XPF" | b"XAF" | b"XOF" | b"CLP" | b"ISK" | b"VND" => 0,
            b"TND" | b"KWD" | b"BHD" | b"OMR" | b"JOD" => 3,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Divides and rounds to the nearest, a half away from zero: the commercial rounding of French law.
#[must_use]
pub fn divide_half_up(number: i128, divisor: i128) -> i128 {
    let (sign, size) = (number.signum() * divisor.signum(), number.abs());
    let divisor = divisor.abs();
    sign * ((size + divisor / 2) / divisor)
}

fn narrow(number: i128) -> i64 {
    i64::try_from(number).expect("amounts are bounded at the doors, far below 2^63")
}

/// An amount in the minor unit (cents) of its currency.
///
/// Adding amounts of two currencies is a mistake of ours and panics; currencies that come from
/// outside are compared at the door.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
    #[must_use]
    pub const fn eur(minor: i64) -> Self {
        Self::new(minor, Currency::EUR)
    }
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }
    #[must_use]
    pub fn abs(self) -> Self {
        Self::new(self.minor.abs(), self.currency)
    }
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        self.same(other);
        Self::new(self.minor.min(other.minor), self.currency)
    }
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        self.same(other);
        Self::new(self.minor.max(other.minor), self.currency)
    }
    /// The share of the amount, rounded half up to the minor unit: a tax, a deposit.
    #[must_use]
    pub fn share(self, rate: Rate) -> Self {
        let product = i128::from(self.minor) * i128::from(rate.0);
        Self::new(narrow(divide_half_up(product, i128::from(Rate::SCALE))), self.currency)
    }
    /// `self × part ÷ whole`, rounded half up. Zero when `whole` is zero.
    #[must_use]
    pub fn part(self, part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self::zero(self.currency);
        }
        let product = i128::from(self.minor) * i128::from(part);
        Self::new(narrow(divide_half_up(product, i128::from(whole))), self.currency)
    }
    /// The ratio of two amounts, rounded half up; zero when `whole` is zero.
    #[must_use]
    pub fn ratio(self, whole: Self) -> Rate {
        self.same(whole);
        if whole.minor == 0 {
            return Rate(0);
        }
        let product = i128::from(self.minor) * i128::from(Rate::SCALE);
        Rate(narrow(divide_half_up(product, i128::from(whole.minor))))
    }
    /// Adds up amounts of one currency.
    #[must_use]
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Self {
        amounts.into_iter().fold(Self::zero(currency), |sum, amount| sum + amount)
    }
    fn same(self, other: Self) {
        assert_eq!(self.currency, other.currency, "amounts of two currencies do not add up");
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", decimal(self.minor, self.currency.decimals()), self.currency.code())
    }
}
impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.same(other);
        Self::new(self.minor.checked_add(other.minor).expect("amounts are bounded"), self.currency)
    }
}
impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.minor, self.currency)
    }
}
impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// The price of one unit, in ten-thousandths of the currency's major unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Price {
    pub scaled: i64,
    pub currency: Currency,
}

impl Price {
    pub const DECIMALS: u32 = 4;

    #[must_use]
    pub const fn new(scaled: i64, currency: Currency) -> Self {
        Self { scaled, currency }
    }
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }
    /// The price that an amount in minor units is.
    #[must_use]
    pub fn of_money(amount: Money) -> Self {
        let scale = 10_i64.pow(Self::DECIMALS - amount.currency.decimals());
        Self::new(amount.minor * scale, amount.currency)
    }
    /// `price × quantity × (1 − discount)`, rounded once, half up, to the minor unit.
    #[must_use]
    pub fn amount(self, quantity: Quantity, discount: Rate) -> Money {
        let product =
            i128::from(self.scaled) * i128::from(quantity.0) * i128::from(Rate::SCALE - discount.0);
        let digits =
            Self::DECIMALS + Quantity::DECIMALS + Rate::DECIMALS - self.currency.decimals();
        Money::new(narrow(divide_half_up(product, 10_i128.pow(digits))), self.currency)
    }
    /// The price less a discount, rounded half up to the fourth decimal.
    #[must_use]
    pub fn less(self, discount: Rate) -> Self {
        let product = i128::from(self.scaled) * i128::from(Rate::SCALE - discount.0);
        Self::new(narrow(divide_half_up(product, i128::from(Rate::SCALE))), self.currency)
    }
}

impl fmt::Debug for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", decimal(self.scaled, Self::DECIMALS), self.currency.code())
    }
}

/// How many, in ten-thousandths of the product's unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Quantity(pub i64);

impl Quantity {
    pub const DECIMALS: u32 = 4;
    pub const SCALE: i64 = 10_000;
    pub const ZERO: Quantity = Quantity(0);

    #[must_use]
    pub const fn units(count: i64) -> Self {
        Self(count * Self::SCALE)
    }
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }
    #[must_use]
    pub fn sum(quantities: impl IntoIterator<Item = Self>) -> Self {
        quantities.into_iter().fold(Self::ZERO, |sum, quantity| sum + quantity)
    }
}
impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&trimmed(self.0, Self::DECIMALS))
    }
}
impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("quantities are bounded"))
    }
}
impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
impl SubAssign for Quantity {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

/// A ratio in millionths: 20 % is 200,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(pub i64);

impl Rate {
    pub const DECIMALS: u32 = 6;
    pub const SCALE: i64 = 1_000_000;
    pub const ZERO: Rate = Rate(0);

    #[must_use]
    pub const fn percent(percent: i64) -> Self {
        Self(percent * 10_000)
    }
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// The percentage with its decimals and a point: `5.5`.
    #[must_use]
    pub fn percentage(self) -> String {
        trimmed(self.0, 4)
    }
}
impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percentage())
    }
}

/// A scaled integer with a point and all its decimals: `decimal(1234, 2)` is `12.34`.
#[must_use]
pub fn decimal(scaled: i64, decimals: u32) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (size, scale) = (scaled.unsigned_abs(), 10_u64.pow(decimals));
    if decimals == 0 {
        return format!("{sign}{size}");
    }
    let width = usize::try_from(decimals).unwrap_or(0);
    format!("{sign}{}.{:0width$}", size / scale, size % scale)
}

/// The same without trailing zeros: `12.5`, `12`.
#[must_use]
pub fn trimmed(scaled: i64, decimals: u32) -> String {
    let text = decimal(scaled, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Reads a plain decimal (`-12.34`) as a scaled integer. Digits beyond `decimals` are refused, not
/// rounded, unless they are zeros. The size is bounded at 10^15 so that sums cannot overflow.
///
/// # Errors
/// `number.malformed`, `number.decimals`, `number.range`.
pub fn parse_decimal(text: &str, decimals: u32) -> Result<i64, Fault> {
    let malformed = || Fault::new("number.malformed").with("given", text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
        return Err(malformed());
    }
    let fraction = fraction.trim_end_matches('0');
    let width = usize::try_from(decimals).unwrap_or(0);
    if fraction.len() > width {
        return Err(Fault::new("number.decimals")
            .with("given", text)
            .with("most", i64::from(decimals)));
    }
    let range = || Fault::new("number.range").with("given", text);
    if whole.trim_start_matches('0').len() > 15 {
        return Err(range());
    }
    let joined = format!("{whole}{fraction:0<width$}");
    let size: i64 = joined.parse().map_err(|_| range())?;
    if size > 1_000_000_000_000_000 {
        return Err(range());
    }
    Ok(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_away_from_zero() {
        assert_eq!(divide_half_up(5, 10), 1);
        assert_eq!(divide_half_up(-5, 10), -1);
        assert_eq!(divide_half_up(4, 10), 0);
        assert_eq!(divide_half_up(-14, -10), 1);
    }

    #[test]
    fn a_line_is_rounded_once() {
        // 3 × 0.3333 less 10 % is 0.89991: 0.90, not 3 × 0.30.
        let price = Price::new(3_333, Currency::EUR);
        assert_eq!(price.amount(Quantity::units(3), Rate::percent(10)), Money::eur(90));
        assert_eq!(Money::eur(1_001).share(Rate::percent(20)), Money::eur(200));
    }

    #[test]
    fn decimals_survive_the_round_trip() {
        for (text, scaled) in [("0.01", 1), ("-12.3", -1230), ("7", 700), (".5", 50)] {
            assert_eq!(parse_decimal(text, 2), Ok(scaled));
        }
        assert_eq!(decimal(-1, 2), "-0.01");
        assert_eq!(trimmed(125_000, 4), "12.5");
        for bad in ["", "-", "1.2.3", "1e5", "12,3", "1.001", "9999999999999999"] {
            assert!(parse_decimal(bad, 2).is_err(), "{bad}");
        }
    }
}
