//! The sieves that people type above a list and programs send in `where=`.

use comptoir::catalog;
use kernel::{Actor, CompanyNumber, Currency, Day, Door, Scope, sieve};

/// A sieve is refused with its place, or reads back as itself in the names of the API and in the
/// words of its reader; what is offered next can be asked for at any place.
pub fn run(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let names = ["party", "order", "invoice", "product", "interaction", "shipment"];
    let Some(def) = catalog().entity(names[usize::from(*first) % names.len()]) else { return };
    let actor = Actor::house(CompanyNumber(1), Door::Web);
    let scope =
        Scope { catalog: catalog(), actor: &actor, currency: Currency::EUR, custom: Vec::new() };
    let _offers = sieve::complete(&scope, def, &text);
    let Ok(Some(read)) = sieve::read(&scope, def, &text) else { return };
    for style in [sieve::Style::Names, sieve::Style::Words] {
        let written = sieve::write(&scope, def, &read, style);
        // What is written out may be longer than what may be typed.
        if written.chars().count() > sieve::MOST_LETTERS {
            continue;
        }
        let again = sieve::read(&scope, def, &written);
        assert_eq!(again.as_ref().ok(), Some(&Some(read.clone())), "{written}");
    }
    let _condition = read.condition(Day(20_000));
}
