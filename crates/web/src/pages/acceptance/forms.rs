//! What a customer signs, and how it declines.

use kernel::{Faults, sentence};
use maud::{Markup, html};

use super::shown::is_open;
use super::{Offer, Said};
use crate::door::{Visitor, new_key};
use crate::pages::signature;
use crate::parts::{Button, Field, Icon, hidden, say};

/// The sentence that is agreed to, with what it comes to. It is kept with the acceptance.
pub fn consent(visitor: &Visitor, offer: &Offer) -> String {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let number = quote.number.as_deref().unwrap_or("—");
    let (buyer, seller) = (&offer.seen.party.name, &offer.company.name);
    let total = language.money(offer.totals.total);
    match language {
        kernel::Language::French => format!(
            "J’accepte le devis {number} de {seller}, options cochées comprises, pour {total} TTC, \
             et je suis habilité à engager {buyer}."
        ),
        kernel::Language::English => format!(
            "I accept the quote {number} of {seller}, ticked options included, for {total} tax \
             included, and I am entitled to commit {buyer}."
        ),
    }
}

/// The name, the consent, the signature, and the button.
pub fn accept(visitor: &Visitor, offer: &Offer, said: &Said, faults: &Faults) -> Markup {
    let language = visitor.language;
    let say = |fr, en| say(language, fr, en);
    if !is_open(offer) {
        return html! {};
    }
    let error = |field: &str| {
        let fault = faults.0.iter().find(|fault| fault.field.as_deref() == Some(field));
        fault.map(|fault| sentence(fault, language))
    };
    html! {
        div.accept {
            (hidden(&[("key", new_key().as_str())]))
            h2 { (say("Accepter ce devis", "Accept this quote")) }
            p.muted {
                (say(
                    "Vous passez commande aux prix et conditions ci-dessus. Rien n’est prélevé.",
                    "You order at the prices and terms above. Nothing is charged.",
                ))
            }
            (Field::typed(language, "name", say("Votre nom", "Your name"), "text", Some("name"))
                .value(&said.name)
                .required(true)
                .error(error("name")))
            (Field::typed(
                language,
                "role",
                say("Votre fonction", "Your position"),
                "text",
                Some("organization-title"),
            )
            .value(&said.role))
            (signature::pad(language, &said.drawing, error("drawing")))
            label.option id="f-consent" {
                input type="checkbox" name="consent" value="true" checked[said.consent]
                    aria-invalid=[error("consent").map(|_| "true")];
                span id="offer-consent" { (consent(visitor, offer)) }
            }
            @if let Some(error) = error("consent") { p.stop-t { (error) } }
            (Button::submit(say("Accepter et commander", "Accept and order"))
                .primary()
                .icon(Icon::Check))
            p.muted {
                (say(
                    "Avec votre nom sont gardés, comme preuve, le jour et l’heure, l’adresse \
                     réseau et le navigateur.",
                    "With your name, the day and hour, the network address and the browser are \
                     kept as proof.",
                ))
            }
        }
    }
}

/// Another answer than yes, with its reason.
pub fn decline(visitor: &Visitor, token: &str, offer: &Offer, said: &Said) -> Markup {
    let language = visitor.language;
    let say = |fr, en| say(language, fr, en);
    if !is_open(offer) {
        return html! {};
    }
    html! {
        details.decline open[!said.reason.is_empty()] {
            summary { (say("Décliner ce devis", "Decline this quote")) }
            form.accept method="post" action={ "/q/" (token) "/decline" } {
                (hidden(&[("key", new_key().as_str())]))
                (Field::long(
                    language,
                    "reason",
                    say("Pourquoi ? (facultatif)", "Why? (optional)"),
                )
                .value(&said.reason))
                (Button::submit(say("Décliner", "Decline")).danger().confirm(say(
                    "Décliner ce devis ? Il ne pourra plus être accepté par ce lien.",
                    "Decline this quote? It can no longer be accepted by this link.",
                )))
            }
        }
    }
}
