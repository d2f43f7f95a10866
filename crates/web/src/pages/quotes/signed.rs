//! Who accepted a quote, and the proof of it.

use crm::sales::Quote;
use kernel::Entity;
use maud::{Markup, html};

use super::seen::Seen;
use crate::door::Ask;
use crate::pages::signature;
use crate::parts::{definitions, say, section};
use crate::show;

/// Name, position, moment, consent, signature; where it came from for those who may read that.
/// Nothing of a quote that no one accepted.
#[must_use]
pub fn drawn(ask: &Ask, seen: &Seen) -> Markup {
    let (language, quote) = (ask.language, &seen.quote);
    let say = |fr: &'static str, en: &'static str| say(language, fr, en).to_owned();
    let (Some(by), Some(at)) = (&quote.accepted_by, quote.accepted_at) else { return html! {} };
    let readable = |name: &str| {
        let field = Quote::DEF.field(name);
        field.is_some_and(|field| !show::hidden(&ask.actor, Quote::DEF, field))
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| html! { (text) });
    let mut facts = vec![
        (say("Par", "By"), Some(html! { b { (by) } })),
        (say("Fonction", "Position"), text(&quote.accepted_role)),
        (say("Le", "On"), Some(html! { (language.instant(at)) })),
    ];
    if readable("signed_from") {
        facts.push((say("Adresse", "Address"), text(&quote.signed_from)));
    }
    if readable("signed_with") {
        let browser = quote.signed_with.as_ref().map(|text| html! { span.q { (text) } });
        facts.push((say("Navigateur", "Browser"), browser));
    }
    facts.retain(|(_, value)| value.is_some());
    section(
        &say("Acceptation", "Acceptance"),
        &html! {},
        &html! {
            @if let Some(kept) = quote.signature.as_ref().filter(|_| readable("signature")) {
                (signature::shown(language, &kept.0, by))
            }
            (definitions(&facts))
            @if let Some(consent) = &quote.consent { p.muted.mt { "« " (consent.0) " »" } }
        },
    )
}
