//! The form of the company, its fields in the groups that people look for them in.

use kernel::Text;
use maud::html;

use crate::answer::Answer;
use crate::door::Ask;
use crate::form::{self, Sheet, control, frame, summary};
use crate::pages::HandMade;
use crate::parts::{Button, fieldset, form_end, head};
use crate::words;

/// The pages of the company.
pub const COMPANY: HandMade =
    HandMade { form: Some(|ask, sheet| Box::pin(drawn(ask, sheet))), ..HandMade::of("company") };

/// A group of the form: its title, and its fields by their names.
const GROUPS: &[(Text, &[&str])] = &[
    (
        Text::new("Identité", "Identity"),
        &["name", "legal_form", "capital", "siren", "siret", "vat_number", "register", "naf"],
    ),
    (
        Text::new("Adresse", "Address"),
        &["street", "postcode", "city", "country", "email", "phone", "website"],
    ),
    (Text::new("Banque", "Bank"), &["iban", "bic"]),
    (
        Text::new("Ventes et TVA", "Sales and VAT"),
        &["payment_term", "credit_limit", "late_penalty_rate", "vat_on_debits", "vat_franchise"],
    ),
];

async fn drawn(ask: Ask, sheet: Sheet) -> Answer {
    let language = ask.language;
    let grouped = |name: &str| GROUPS.iter().any(|(_, fields)| fields.contains(&name));
    let edited = sheet.edited(&ask);
    let rest: Vec<_> = edited.iter().filter(|field| !grouped(field.name)).collect();
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = sheet.def.label.say(language);
    let flags = edited.iter().filter(|field| matches!(field.kind, kernel::Kind::Flag));
    let others = Text::new("Comptabilité", "Accounting");
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        form.form #form method="post" action=(sheet.action()) data-guard {
            (frame(&ask, &sheet))
            (summary(&ask, &sheet))
            @for flag in flags { input type="hidden" name="flags" value=(flag.name); }
            @for (label, names) in GROUPS {
                @let own: Vec<_> = names
                    .iter()
                    .filter_map(|name| edited.iter().find(|field| field.name == *name))
                    .collect();
                @if !own.is_empty() {
                    (fieldset(ask.say(*label), &html! {
                        @for field in own { (control(&ask, &sheet, field)) }
                    }))
                }
            }
            @if !rest.is_empty() {
                (fieldset(ask.say(others), &html! {
                    @for field in rest { (control(&ask, &sheet, field)) }
                }))
            }
            @if !sheet.custom.is_empty() {
                (fieldset(ask.say(words::OWN_FIELDS), &form::custom(&ask, &sheet)))
            }
            (form_end(language, &html! {
                (Button::submit(ask.say(words::SAVE)).primary().key("ctrl+s"))
                (Button::link(ask.say(words::CANCEL), sheet.way_out()))
            }))
        }
    };
    Ok(ask.page("companies", crumbs, title, &body))
}
