//! Who a customer is: identity, contacts, addresses.

use kernel::{Choice, Entity};
use master::Party;
use maud::{Markup, html};

use super::Seen;
use crate::door::Ask;
use crate::parts::{definitions, say, section};
use crate::{cell, show};

pub fn drawn(ask: &Ask, seen: &Seen) -> Markup {
    html! {
        (own(ask, seen))
        (contacts(ask, seen))
        (addresses(ask, seen))
    }
}

/// `512 804 377`.
fn grouped(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    letters
        .chunks(3)
        .map(|part| part.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join("\u{202f}")
}

fn own(ask: &Ask, seen: &Seen) -> Markup {
    let (language, party) = (ask.language, &seen.view.party);
    let say = |fr: &'static str, en: &'static str| say(language, fr, en).to_owned();
    let text = |text: &Option<String>| {
        text.as_deref().filter(|text| !text.is_empty()).map(|text| html! { (text) })
    };
    let place = place(&party.street, &party.postcode, &party.city, party.country_code());
    let edit = ask.actor.can("party.update").then(|| format!("/parties/{}/edit", party.id));
    let open = |name: &str, drawn: Option<Markup>| match Party::DEF.field(name) {
        Some(field) => cell::around(&ask.actor, Party::DEF, party.id.raw(), field, drawn, false),
        None => drawn,
    };
    let fields = [
        (
            say("SIREN", "SIREN"),
            open("siren", party.siren.as_deref().map(|n| html! { (grouped(n)) })),
        ),
        (say("TVA", "VAT"), open("vat_number", text(&party.vat_number))),
        (say("Adresse", "Address"), place),
        (
            say("Téléphone", "Phone"),
            open("phone", party.phone.as_deref().map(|phone| html! { span.nowrap { (phone) } })),
        ),
        (say("Courriel", "E-mail"), open("email", party.email.as_deref().map(mail))),
        (
            say("Tarif", "Price list"),
            open(
                "price_list",
                seen.price_list.as_ref().map(|list| {
                    html! {
                        (list.name)
                        @if let Some(discount) = list.discount { ", " (language.rate(discount)) }
                    }
                }),
            ),
        ),
        (
            say("Règlement", "Payment"),
            open("payment_term", seen.term.as_ref().map(|term| html! { (term.label(language)) })),
        ),
        (
            say("Langue", "Language"),
            open("language", Some(html! { (party.language.label().say(language)) })),
        ),
    ];
    let right = html! {
        @if let Some(href) = edit { a href=(href) { (say("Modifier", "Edit")) } }
    };
    section(&say("Identité", "Identity"), &right, &definitions(&fields))
}

fn mail(email: &str) -> Markup {
    html! { a href={ "mailto:" (email) } { (email) } }
}

fn place(
    street: &Option<String>,
    postcode: &Option<String>,
    city: &Option<String>,
    country: &str,
) -> Option<Markup> {
    let town: Vec<&str> = [postcode.as_deref(), city.as_deref()].into_iter().flatten().collect();
    let abroad = if country == "FR" { "" } else { country };
    let parts = [street.clone().unwrap_or_default(), town.join(" "), abroad.to_owned()];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| show::paragraph(&parts.join("\n")))
}

fn contacts(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    if seen.contacts.is_empty() {
        return html! {};
    }
    section(
        say(language, "Contacts", "Contacts"),
        &html! {},
        &html! {
            ul.rows {
                @for contact in &seen.contacts {
                    @let first = contact.first_name.as_deref().unwrap_or("");
                    @let about: Vec<&str> = [contact.role.as_deref(), contact.phone.as_deref()]
                        .into_iter().flatten().filter(|text| !text.is_empty()).collect();
                    li {
                        span {
                            b.b { (first) " " (contact.last_name) }
                            small { (about.join(" · ")) }
                            @let email = contact.email.as_deref().filter(|email| !email.is_empty());
                        @if let Some(email) = email {
                                small { a href={ "mailto:" (email) } { (email) } }
                            }
                        }
                    }
                }
            }
        },
    )
}

fn addresses(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    if seen.addresses.is_empty() {
        return html! {};
    }
    section(
        say(language, "Adresses", "Addresses"),
        &html! {},
        &html! {
            ul.rows {
                @for address in &seen.addresses {
                    @let country = address.country.as_deref().unwrap_or("FR");
                    li {
                        span {
                            @let kind = address.kind.label().say(language);
                            b.b { (address.label.as_deref().unwrap_or(kind)) }
                            small {
                                (place(&address.street, &address.postcode, &address.city, country)
                                    .unwrap_or_default())
                            }
                        }
                        span.n.muted { (address.kind.label().say(language).to_lowercase()) }
                    }
                }
            }
        },
    )
}
