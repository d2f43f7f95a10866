use kernel::Entity;
use master::{Company, Party, PriceList, Standing};
use serde_json::json;

use crate::shop::Shop;

#[test]
fn a_party_without_a_code_is_given_the_next_free_one() {
    let shop = Shop::open();
    assert_eq!(shop.get::<Party>(shop.party.raw()).code.as_deref(), Some("C00001"));
    // A code typed by hand lies ahead of the series.
    shop.create(Party::DEF, json!({ "name": "Ondine", "code": "C00002" })).unwrap();
    let third = shop.create(Party::DEF, json!({ "name": "Tilleul", "code": " " })).unwrap();
    assert_eq!(shop.get::<Party>(third).code.as_deref(), Some("C00003"));
    let twin = shop.create(Party::DEF, json!({ "name": "Jumeau", "code": "C00003" }));
    assert!(twin.unwrap_err().has("record.taken"));
}

#[test]
fn identifiers_are_tidied_and_their_keys_checked() {
    let shop = Shop::open();
    let made = json!({ "name": "Poste", "siret": "404 833 048 00022", "vat_number": "fr 83404833048",
        "country": "fr", "email": "" });
    let party = shop.get::<Party>(shop.create(Party::DEF, made).unwrap());
    assert_eq!(party.siret.as_deref(), Some("40483304800022"));
    assert_eq!(party.siren.as_deref(), Some("404833048"));
    assert_eq!(party.vat_number.as_deref(), Some("FR83404833048"));
    assert_eq!((party.country.as_deref(), party.email.as_deref()), (Some("FR"), None));
    assert_eq!(party.standing, Standing::Good);

    let bad = json!({ "name": "Faux", "siren": "404833049", "vat_number": "FR00404833048",
        "country": "XX", "email": "faux@", "credit_limit": "-1" });
    let codes = shop.create(Party::DEF, bad).unwrap_err().codes();
    let all = ["siren.key", "vat_number.key", "country.unknown", "email.shape"];
    assert!(all.iter().all(|code| codes.contains(code)), "{codes:?}");
    assert!(codes.contains(&"credit_limit.negative"));
}

#[test]
fn amounts_in_another_currency_stay_outside() {
    let shop = Shop::open();
    let dollars = json!({ "amount": "10", "currency": "USD" });
    let party = shop.create(Party::DEF, json!({ "name": "Ondine", "credit_limit": dollars }));
    assert_eq!(party.unwrap_err().codes(), ["currency.other"]);
    let line = json!({ "product": shop.cloth.to_string(), "price": dollars });
    let list = shop.create(PriceList::DEF, json!({ "code": "x", "name": "x", "lines": [line] }));
    assert_eq!(list.unwrap_err().codes(), ["currency.other"]);
}

#[test]
fn there_is_one_company() {
    let shop = Shop::open();
    let second = shop.create(Company::DEF, json!({ "name": "Une autre" }));
    assert_eq!(second.unwrap_err().codes(), ["company.single"]);
}
