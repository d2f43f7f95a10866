//! Short texts: what is typed into fields and addresses, and what programs send.

use comptoir::catalog;
use kernel::{Currency, Day, Instant, Language, RawId};
use serde_json::Value as Json;

const LANGUAGES: [Language; 2] = [Language::French, Language::English];

/// JSON read strictly is read alike by everyone, and is the same when it is written and read again.
pub fn json(bytes: &[u8]) {
    let Ok(members) = api::strict::members(bytes) else { return };
    let known: Json = serde_json::from_slice(bytes).expect("what is strict is JSON");
    assert_eq!(known, Json::Object(members.clone()));
    let again = api::strict::members(Json::Object(members.clone()).to_string().as_bytes());
    assert_eq!(again.expect("what was written is read"), members);
    let Some(def) = catalog().entity("party") else { return };
    for (name, given) in &members {
        let Some(field) = def.field(name) else { continue };
        if let Ok(value) = kernel::json::to_known_value(catalog(), field, given, Currency::EUR) {
            let told = kernel::json::of_value(&value);
            let again = kernel::json::to_known_value(catalog(), field, &told, Currency::EUR);
            assert_eq!(again.expect("a value is read back"), value);
        }
    }
}

/// A value typed into a field of any kind is refused, or is the same when its text is typed again.
pub fn typed(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let names = ["party", "order", "order_line", "product", "invoice", "tax", "interaction"];
    let Some(def) = catalog().entity(names[usize::from(*first) % names.len()]) else { return };
    for field in def.fields {
        for language in LANGUAGES {
            let Ok(value) = kernel::typed::to_value(field, &text, language, Currency::EUR) else {
                continue;
            };
            // A form shows a moment to the minute.
            if matches!(value, kernel::Value::Instant(_)) {
                continue;
            }
            let told = kernel::typed::of_value(field, &value, language);
            let again = kernel::typed::to_value(field, &told, language, Currency::EUR);
            assert_eq!(again.expect("what was put in a form is read"), value, "{told}");
        }
    }
    if let Ok(day) = Day::parse(&text) {
        assert_eq!(Day::parse(&day.to_string()), Ok(day));
    }
    if let Ok(at) = Instant::parse(&text) {
        assert_eq!(Instant::parse(&at.to_string()), Ok(at));
    }
    if let Ok(id) = RawId::parse(&text) {
        assert_eq!(RawId::parse(&id.to_string()), Ok(id));
    }
    for decimals in 0..6 {
        let _read = kernel::parse_decimal(&text, decimals);
    }
    let _folded = kernel::typed::folded(&text);
    let _known = Currency::of(&text);
}

/// The rules of a role are refused with their line, or are the same when written and read again.
pub fn rights(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(rules) = kernel::rights::parse(&text) else { return };
    let written: Vec<String> = rules.iter().map(kernel::rights::write).collect();
    let again = kernel::rights::parse(&written.join("\n")).expect("what was written is read");
    let twice: Vec<String> = again.iter().map(kernel::rights::write).collect();
    assert_eq!(written, twice);
    let _mistakes = kernel::rights::mistakes(catalog(), &text);
}

/// Addresses lead to ourselves alone.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let to = web::address::back(&text);
    assert!(to.starts_with('/') && !to[1..].starts_with(['/', '\\']), "{to:?}");
    assert!(to.bytes().all(|byte| byte.is_ascii_graphic()), "{to:?}");
    assert_eq!(web::address::decoded(&web::address::encoded(&text)).as_deref(), Some(&*text));
    let _bytes = web::address::decoded(&text);
    let fields = web::address::Fields::of_query(&text);
    let again = fields.after("/x");
    let query = again.strip_prefix("/x?").unwrap_or_default();
    assert_eq!(web::address::Fields::of_query(query), fields);
    let line = axum::http::HeaderValue::from_bytes(bytes);
    if let Ok(line) = line {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("accept-language", line.clone());
        headers.insert("x-forwarded-for", line);
        let _language = api::door::spoken(&headers);
        let _address = comptoir::connections::forwarded(&headers);
    }
}

/// Numbers of companies, accounts, goods; addresses of letters.
pub fn identifiers(bytes: &[u8]) {
    use master::identifiers as known;
    let text = String::from_utf8_lossy(bytes);
    let holds = [
        known::siren_holds,
        known::siret_holds,
        known::vat_holds,
        known::iban_holds,
        known::bic_holds,
        known::email_holds,
        known::gtin_holds,
    ];
    for holds in holds {
        let _held = holds(&text);
    }
    if known::email_holds(&text) {
        assert!(!text.contains(['\r', '\n', '<', '>', ',']), "{text:?}");
    }
    let _number = known::french_vat(&text);
    let scanned = known::scanned(&text);
    let _lengths = known::lengths(&scanned);
    let _same = known::same_gtin(&text, &scanned);
    let mut tidied = Some(text.into_owned());
    known::tidy(&mut tidied);
}

/// Secrets and codes of the second factor, as they are typed.
pub fn codes(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(secret) = identity::totp::read(&text) {
        let again = identity::totp::read(&identity::totp::written(&secret));
        assert_eq!(again.as_deref(), Some(&*secret));
        let _code = identity::totp::code_of(&secret, i64::MAX);
        let at = kernel::Instant(1_800_000_000_000_000);
        assert_eq!(identity::totp::step_of(&secret, &text, at, i64::MAX), None);
    }
    let _shaped = identity::second_factor::is_recovery_shaped(&text);
    let written = store::tree::note::encode(bytes);
    assert_eq!(store::tree::note::decode(&written).as_deref(), Some(bytes));
    if let Some(read) = store::tree::note::decode(&text) {
        assert_eq!(store::tree::note::encode(&read), text, "one text for the same bytes");
    }
}
