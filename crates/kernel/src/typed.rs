//! What people type, and files hold, as values: one reading for the forms and the import, and the
//! writing that can be read back.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::number::{decimal, parse_decimal, trimmed};
use crate::{
    Currency, Day, Fault, FieldDef, Instant, Kind, Language, Money, Origin, Price, Quantity, Rate,
    RawId, Value, wrong_type,
};

/// Reads what a person typed in a field. Blank text is [`Value::Null`], or no for a flag that must
/// be one or the other. Rates are percentages (`5,5` and `5,5 %`), days are `24/11/2026` or
/// `2026-11-24`, instants are on the clock in France, choices go by name or by label.
///
/// An amount may name its currency (`12,50 USD`); `currency` stands where it does not.
///
/// # Errors
/// `field.type`, `field.flag`, `field.choice`, `number.*`, `day.malformed`, `instant.malformed`,
/// `id.malformed`, each on the field.
pub fn to_value(
    field: &FieldDef,
    text: &str,
    language: Language,
    currency: Currency,
) -> Result<Value, Fault> {
    read(field, text, language, currency).map_err(|fault| fault.on(field.name))
}

fn read(
    field: &FieldDef,
    text: &str,
    language: Language,
    currency: Currency,
) -> Result<Value, Fault> {
    let bare = text.trim();
    if bare.is_empty() {
        let no = field.required && matches!(field.kind, Kind::Flag);
        return Ok(if no { Value::Flag(false) } else { Value::Null });
    }
    let figure = |text: &str, decimals| {
        // The refusal quotes what was typed, not what it was turned into.
        parse_decimal(&language.plain(text), decimals).map_err(|fault| quoting(fault, bare))
    };
    Ok(match field.kind {
        Kind::Text { .. } => Value::Text(bare.to_owned()),
        // A form sends a line end as two characters.
        Kind::LongText => Value::Text(text.replace("\r\n", "\n").trim_end().to_owned()),
        Kind::Integer => Value::Integer(figure(bare, 0)?),
        Kind::Flag => Value::Flag(flag(bare)?),
        Kind::Money => {
            let (amount, currency) = amount(bare, currency);
            Value::Money(Money::new(figure(amount, currency.decimals())?, currency))
        }
        Kind::Price => {
            let (amount, currency) = amount(bare, currency);
            Value::Price(Price::new(figure(amount, Price::DECIMALS)?, currency))
        }
        Kind::Quantity => Value::Quantity(Quantity(figure(bare, Quantity::DECIMALS)?)),
        // A percentage with four decimals is a rate in millionths.
        Kind::Rate => Value::Rate(Rate(figure(bare, 4)?)),
        Kind::Day => Value::Day(day(bare)?),
        Kind::Instant => Value::Instant(instant(bare)?),
        Kind::Choice(values) => choice(values, bare)?,
        Kind::Ref(_) => Value::Ref(RawId::parse(bare)?),
        Kind::Origin | Kind::Lines(_) => return Err(wrong_type()),
    })
}

fn quoting(fault: Fault, typed: &str) -> Fault {
    let facts = fault.facts.into_iter().filter(|(name, _)| *name != "given").collect();
    Fault { facts, ..fault }.with("given", typed)
}

/// The figure and the currency of `12,50 USD`, `USD 12.50`, `12,50 €` or `12,50`.
fn amount(text: &str, currency: Currency) -> (&str, Currency) {
    let named = |part: &str| Currency::of(part.trim()).ok();
    for (sign, code) in [('€', "EUR"), ('£', "GBP"), ('$', "USD")] {
        if text.contains(sign) {
            return (text, named(code).unwrap_or(currency));
        }
    }
    if let Some((at, _)) = text.char_indices().rev().nth(2)
        && let Some(found) = named(&text[at..])
    {
        return (&text[..at], found);
    }
    if let Some((at, _)) = text.char_indices().nth(3)
        && let Some(found) = named(&text[..at])
    {
        return (&text[at..], found);
    }
    (text, currency)
}

fn flag(text: &str) -> Result<bool, Fault> {
    match folded(text).as_str() {
        "oui" | "o" | "yes" | "y" | "vrai" | "true" | "1" | "x" | "on" => Ok(true),
        "non" | "n" | "no" | "faux" | "false" | "0" | "off" => Ok(false),
        _ => Err(Fault::new("field.flag").with("given", text)),
    }
}

fn choice(values: &[(&'static str, crate::Text)], text: &str) -> Result<Value, Fault> {
    let typed = folded(text);
    let found = values.iter().find(|(name, label)| {
        *name == text || [*name, label.fr, label.en].iter().any(|word| folded(word) == typed)
    });
    match found {
        Some((name, _)) => Ok(Value::Text((*name).to_owned())),
        None => Err(Fault::new("field.choice").with("given", text)),
    }
}

/// `24/11/2026`, `24.11.2026`, `24/11/26` (this century) or `2026-11-24`.
fn day(text: &str) -> Result<Day, Fault> {
    if let Ok(day) = Day::parse(text) {
        return Ok(day);
    }
    let malformed = || Fault::new("day.malformed").with("given", text);
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [day, month, year] = parts[..] else { return Err(malformed()) };
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(|part| plain(part)) || !matches!(year.len(), 2 | 4) {
        return Err(malformed());
    }
    let (Ok(number), Ok(month), Ok(given)) = (day.parse(), month.parse(), year.parse::<i16>())
    else {
        return Err(malformed());
    };
    let century = if year.len() == 2 { 2000 } else { 0 };
    Day::of(century + given, month, number).map_err(|_| malformed())
}

/// `2026-11-24T08:30:00Z`, or a day and a time on the clock in France: `24/11/2026 08:30`,
/// `2026-11-24T08:30`. Of the two moments of an hour told twice in autumn, the first.
fn instant(text: &str) -> Result<Instant, Fault> {
    if let Ok(at) = Instant::parse(text) {
        return Ok(at);
    }
    let malformed = || Fault::new("instant.malformed").with("given", text);
    let (date, clock) = text.split_once(['T', ' ']).ok_or_else(malformed)?;
    let date = day(date.trim_end_matches(',')).map_err(|_| malformed())?;
    let mut clock = clock.trim().split([':', 'h']).map(|part| part.trim().parse::<i8>());
    let (hour, minute) = match (clock.next(), clock.next()) {
        (Some(Ok(hour)), Some(Ok(minute))) => (hour, minute),
        _ => return Err(malformed()),
    };
    let second = clock.next().transpose().map_err(|_| malformed())?.unwrap_or(0);
    let local = DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, 0)
        .map_err(|_| malformed())?;
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    let stamp = zone.to_timestamp(local).map_err(|_| malformed())?;
    Ok(Instant(stamp.as_microsecond()))
}

/// The text put into a form's input: amounts the language's way and without grouping, days and
/// instants as HTML wants them (`2026-11-24`, `2026-11-24T08:30`), flags `true` or nothing.
#[must_use]
pub fn of_value(field: &FieldDef, value: &Value, language: Language) -> String {
    match (field.kind, value) {
        (_, Value::Flag(flag)) => if *flag { "true" } else { "" }.to_owned(),
        (_, Value::Day(day)) => day.to_string(),
        (_, Value::Instant(at)) => {
            let (hour, minute) = at.clock();
            format!("{}T{hour:02}:{minute:02}", at.day())
        }
        _ => plainly(value, language),
    }
}

/// The text put into a file for people: like a form's, but with days, flags and choices as the
/// reader says them. [`to_value`] reads it back.
#[must_use]
pub fn in_file(field: &FieldDef, value: &Value, language: Language) -> String {
    let day = |day: Day| match language {
        Language::French => format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
        Language::English => day.to_string(),
    };
    match (field.kind, value) {
        (Kind::Choice(values), Value::Text(name)) => {
            let found = values.iter().find(|(known, _)| known == name);
            found.map_or_else(|| name.clone(), |(_, label)| label.say(language).to_owned())
        }
        (_, Value::Flag(_)) => crate::written(value, language),
        (_, Value::Day(on)) => day(*on),
        (_, Value::Instant(at)) => {
            let (hour, minute) = at.clock();
            format!("{} {hour:02}:{minute:02}", day(at.day()))
        }
        _ => plainly(value, language),
    }
}

fn plainly(value: &Value, language: Language) -> String {
    let mark = |plain: String| match language {
        Language::French => plain.replace('.', ","),
        Language::English => plain,
    };
    // The euro goes without saying; another currency must survive the trip through the form.
    let named = |figure: String, currency: Currency| match currency {
        Currency::EUR => figure,
        other => format!("{figure} {}", other.code()),
    };
    match value {
        Value::Null => String::new(),
        Value::Flag(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Money(amount) => {
            let figure = decimal(amount.minor, amount.currency.decimals());
            named(mark(figure), amount.currency)
        }
        Value::Price(price) if price.scaled % 100 == 0 => {
            named(mark(decimal(price.scaled / 100, 2)), price.currency)
        }
        Value::Price(price) => named(mark(trimmed(price.scaled, Price::DECIMALS)), price.currency),
        Value::Quantity(quantity) => mark(trimmed(quantity.0, Quantity::DECIMALS)),
        Value::Rate(rate) => mark(rate.percentage()),
        Value::Day(day) => day.to_string(),
        Value::Instant(at) => at.to_string(),
        Value::Ref(id) => id.to_string(),
        Value::Origin(Origin { entity, id }) => format!("{entity}/{id}"),
    }
}

/// Text without case, accents or typographic marks, so that `Raison sociale`, `raison_sociale` and
/// `RAISON SOCIALE` are one. Latin letters as French and its neighbours write them.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.trim().chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' | 'í' | 'ì' => out.push('i'),
            'ô' | 'ö' | 'ó' | 'ò' | 'õ' => out.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => out.push('u'),
            'ÿ' => out.push('y'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            '’' => out.push('\''),
            '_' | '-' => out.push(' '),
            // Accents that stand alone after their letter (decomposed text, as macOS writes it).
            '\u{300}'..='\u{36f}' => {}
            space if space.is_whitespace() => out.push(' '),
            other => out.push(other),
        }
    }
    out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LongText, Text};

    const NO_LABEL: Text = Text::new("", "");
    const FIELD: FieldDef = FieldDef::of::<String>("field", NO_LABEL, "");

    fn field(kind: Kind, required: bool) -> FieldDef {
        FieldDef { kind, required, ..FIELD }
    }
    fn typed(kind: Kind, text: &str, language: Language) -> Result<Value, &'static str> {
        to_value(&field(kind, false), text, language, Currency::EUR).map_err(|fault| {
            assert_eq!(fault.field.as_deref(), Some("field"));
            fault.code
        })
    }

    #[test]
    fn amounts_are_read_as_each_language_types_them() {
        let french = |kind, text| typed(kind, text, Language::French);
        assert_eq!(french(Kind::Money, "1 234,56"), Ok(Money::eur(123_456).into()));
        assert_eq!(french(Kind::Money, "−1\u{202f}234,5 €"), Ok(Money::eur(-123_450).into()));
        assert_eq!(french(Kind::Money, "12.50"), Ok(Money::eur(1250).into()));
        assert_eq!(
            typed(Kind::Money, "1,234.56", Language::English),
            Ok(Money::eur(123_456).into())
        );
        let dollars = Currency::of("USD").unwrap();
        assert_eq!(french(Kind::Money, "12,5 USD"), Ok(Money::new(1250, dollars).into()));
        assert_eq!(french(Kind::Money, "12,5 $"), Ok(Money::new(1250, dollars).into()));
        assert_eq!(french(Kind::Price, "USD 0,0125"), Ok(Price::new(125, dollars).into()));
        assert_eq!(french(Kind::Quantity, "2,5"), Ok(Quantity(25_000).into()));
        assert_eq!(french(Kind::Rate, "5,5 %"), Ok(Rate(55_000).into()));
        assert_eq!(french(Kind::Integer, "1 200"), Ok(Value::Integer(1200)));
        assert_eq!(french(Kind::Money, "12,345"), Err("number.decimals"));
        assert_eq!(french(Kind::Money, "douze"), Err("number.malformed"));
        assert_eq!(french(Kind::Integer, "1,5"), Err("number.decimals"));
        assert_eq!(french(Kind::Money, "12345678901234567"), Err("number.range"));
    }

    #[test]
    fn a_refusal_quotes_what_was_typed() {
        let fault =
            to_value(&field(Kind::Quantity, true), "2,5 caisses", Language::French, Currency::EUR)
                .unwrap_err();
        assert_eq!(fault.facts, [("given", Value::Text("2,5 caisses".to_owned()))]);
    }

    #[test]
    fn days_are_read_in_the_order_of_french_and_of_iso() {
        let day = Ok(Value::Day(Day::of(2026, 11, 24).unwrap()));
        for text in ["24/11/2026", "24.11.2026", "24/11/26", "2026-11-24", " 24/11/2026 "] {
            assert_eq!(typed(Kind::Day, text, Language::French), day, "{text}");
            assert_eq!(typed(Kind::Day, text, Language::English), day, "{text}");
        }
        for text in ["31/02/2026", "11/24/2026", "24/11", "24/11/226", "demain"] {
            assert_eq!(typed(Kind::Day, text, Language::French), Err("day.malformed"), "{text}");
        }
    }

    #[test]
    fn instants_are_on_the_clock_in_france() {
        let summer = Ok(Value::Instant(Instant::parse("2026-07-14T22:30:00Z").unwrap()));
        for text in ["15/07/2026 00:30", "2026-07-15T00:30", "2026-07-14T22:30:00Z"] {
            assert_eq!(typed(Kind::Instant, text, Language::French), summer, "{text}");
        }
        let value = summer.unwrap();
        let field = field(Kind::Instant, true);
        assert_eq!(of_value(&field, &value, Language::French), "2026-07-15T00:30");
        assert_eq!(in_file(&field, &value, Language::French), "15/07/2026 00:30");
        assert_eq!(typed(Kind::Instant, "hier", Language::French), Err("instant.malformed"));
    }

    #[test]
    fn flags_and_choices_go_by_their_words_in_both_languages() {
        for (text, flag) in
            [("Oui", true), ("yes", true), ("x", true), ("NON", false), ("0", false)]
        {
            assert_eq!(typed(Kind::Flag, text, Language::French), Ok(Value::Flag(flag)));
        }
        assert_eq!(typed(Kind::Flag, "peut-être", Language::French), Err("field.flag"));
        const STANDINGS: &[(&str, Text)] = &[("good", Text::new("À jour", "Good"))];
        let kind = Kind::Choice(STANDINGS);
        for text in ["good", "a jour", "À JOUR", "Good"] {
            assert_eq!(typed(kind, text, Language::English), Ok("good".into()), "{text}");
        }
        assert_eq!(typed(kind, "Bloqué", Language::French), Err("field.choice"));
    }

    #[test]
    fn blank_is_nothing_and_no_for_a_flag_that_must_be_one_or_the_other() {
        let blank =
            |field: &FieldDef| to_value(field, "  ", Language::French, Currency::EUR).unwrap();
        assert_eq!(blank(&field(Kind::Money, true)), Value::Null);
        assert_eq!(blank(&field(Kind::Flag, true)), Value::Flag(false));
        assert_eq!(blank(&field(Kind::Flag, false)), Value::Null);
    }

    #[test]
    fn what_is_put_in_a_form_or_a_file_is_read_back() {
        const CHOICES: &[(&str, Text)] = &[("late", Text::new("En retard", "Late"))];
        let pounds = Currency::GBP;
        let values: Vec<(Kind, Value)> = vec![
            (Kind::Text { max: 200 }, "Dupont & fils".into()),
            (<LongText as crate::FieldType>::KIND, "deux\nlignes".into()),
            (Kind::Integer, Value::Integer(-12_345)),
            (Kind::Flag, Value::Flag(true)),
            (Kind::Money, Money::eur(-123_456_789).into()),
            (Kind::Money, Money::new(99, pounds).into()),
            (Kind::Price, Price::new(12_345, Currency::EUR).into()),
            (Kind::Price, Price::new(1_234_500, pounds).into()),
            (Kind::Quantity, Quantity(-25_000).into()),
            (Kind::Rate, Rate(55_000).into()),
            (Kind::Day, Day::of(2024, 2, 29).unwrap().into()),
            (Kind::Instant, Instant::parse("2026-11-24T08:30:00Z").unwrap().into()),
            (Kind::Choice(CHOICES), "late".into()),
            (Kind::Ref("party"), RawId([7; 16]).into()),
            (Kind::Text { max: 200 }, Value::Null),
        ];
        for language in [Language::French, Language::English] {
            for (kind, value) in &values {
                let field = field(*kind, false);
                for text in [of_value(&field, value, language), in_file(&field, value, language)] {
                    let back = to_value(&field, &text, language, Currency::EUR);
                    assert_eq!(back.as_ref(), Ok(value), "{text}");
                }
            }
        }
    }

    #[test]
    fn folding_drops_case_accents_and_underscores() {
        assert_eq!(folded("  Numéro_de TVA "), "numero de tva");
        assert_eq!(folded("E\u{301}cheance"), "echeance");
        assert_eq!(folded("Œuvre d’art"), "oeuvre d'art");
    }
}
