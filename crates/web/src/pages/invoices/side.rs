//! Beside the invoice: the payment form, and the documents around it.

use erp::finance::{Invoice, InvoiceKind, PaymentMethod};
use kernel::{Choice, Faults, Id, Language, sentence};
use maud::{Markup, html};

use super::read::{self, Seen};
use crate::address::Fields;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Field, Opt, Tone, banner, definitions, error_summary, head, say, section,
};
use crate::{show, words};

/// A small form: day, amount, method, reference. Nothing when nothing is to be paid.
pub fn pay_form(ask: &Ask, seen: &Seen) -> Markup {
    if !acting::offered::<Invoice>(ask, "pay", &seen.row) {
        return html! {};
    }
    form(ask, seen, &usual(ask, seen), &Faults::default())
}

/// What is usual: all that is open, today, by transfer.
fn usual(ask: &Ask, seen: &Seen) -> Fields {
    let mut fields = Fields::default();
    fields.push("day", seen.today.to_string());
    fields.push("amount", ask.language.amount(seen.invoice.open));
    fields.push("method", PaymentMethod::Transfer.name());
    fields
}

fn form(ask: &Ask, seen: &Seen, fields: &Fields, faults: &Faults) -> Markup {
    let language = ask.language;
    let title = if seen.invoice.kind == InvoiceKind::CreditNote {
        say(language, "Rembourser l’avoir", "Refund the credit note")
    } else {
        say(language, "Encaisser", "Record a payment")
    };
    let methods = PaymentMethod::VALUES
        .iter()
        .map(|(name, label)| Opt::new(*name, label.say(language)))
        .collect();
    let error = |name: &str| {
        let own = faults.0.iter().find(|fault| fault.field.as_deref() == Some(name));
        own.map(|fault| sentence(fault, language))
    };
    let day = Field::day(language, "day", say(language, "Date", "Day"));
    let amount = Field::figure(language, "amount", say(language, "Montant", "Amount"), "€");
    let method = Field::choice(language, "method", say(language, "Moyen", "Method"), methods, None);
    let reference = Field::text(language, "reference", say(language, "Référence", "Reference"));
    let fields_drawn =
        [("day", day), ("amount", amount), ("method", method), ("reference", reference)];
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .filter(|fault| fault.field.is_none())
        .map(|fault| (String::new(), sentence(fault, language)))
        .collect();
    html! {
        div #pay {
            (section(title, &html! {}, &html! {
                form method="post" action={ "/invoices/" (seen.invoice.id) "/pay" } {
                    (acting::unseen(ask))
                    (error_summary(language, &errors))
                    div.fields.two {
                        @for (name, field) in fields_drawn {
                            (field.value(fields.text(name)).required(name != "reference")
                                .error(error(name)))
                        }
                    }
                    p.acts.mt {
                        (Button::submit(say(language, "Enregistrer le règlement", "Record"))
                            .key("ctrl+s"))
                    }
                }
            }))
        }
    }
}

/// The payment was refused: what was typed comes back with the reasons beside it.
pub async fn refused(ask: &Ask, id: Id<Invoice>, fields: &Fields, faults: &Faults) -> Answer {
    if faults.has("not_found") || faults.has("forbidden") || faults.has("path.unknown") {
        return Err(ask.refusal(faults.clone()));
    }
    let seen = ask.read(move |tx, ask| read::see(tx, ask, id)).await?;
    let language = ask.language;
    let title = say(language, "Règlement refusé", "Payment refused");
    let number = seen.title(language);
    let crumbs = vec![
        (say(language, "Factures", "Invoices").to_owned(), "/invoices".to_owned()),
        (number.clone(), format!("/invoices/{id}")),
    ];
    let back = Button::link(ask.say(words::BACK), format!("/invoices/{id}"));
    let body = html! {
        (head(&html! { (number) " · " (seen.party.name) }, title, &html! {}, &[back]))
        @if seen.invoice.open.is_zero() {
            (banner(
                Tone::Watch,
                say(language, "Il ne reste rien à régler.", "Nothing is left to pay."),
                &html! {},
                "",
                &[],
            ))
        }
        div.narrow { (form(ask, &seen, fields, faults)) }
    };
    Ok(acting::with_status(ask.page("invoices", crumbs, title, &body), faults))
}

/// The customer, and the documents that this one comes from or leads to.
fn link(invoice: &kernel::Kept<erp::finance::Invoice>) -> Markup {
    html! {
        a href={ "/invoices/" (invoice.id) } { (invoice.number.as_deref().unwrap_or("—")) }
    }
}

pub fn links(ask: &Ask, seen: &Seen) -> Markup {
    let (language, invoice) = (ask.language, &seen.invoice);
    let mut facts: Vec<(String, Option<Markup>)> = Vec::new();
    let mut fact = |fr: &'static str, en: &'static str, value: Markup| {
        facts.push((say(language, fr, en).to_owned(), Some(value)));
    };
    fact(
        "Client",
        "Customer",
        html! {
            a href={ "/parties/" (seen.party.id) } { (seen.party.name) }
        },
    );
    if let Some(origin) = invoice.origin
        && let (Some(title), Some(def)) =
            (seen.titles.of(origin.entity, origin.id), ask.state.catalog.entity(origin.entity))
    {
        let label = def.label;
        fact(label.fr, label.en, html! { a href=(show::href(def, origin.id)) { (title) } });
    }
    if let Some(mended) = &seen.preceding {
        fact("Facture corrigée", "Invoice mended", link(mended));
    }
    for (_, deposit) in &seen.deposits {
        fact("Acompte", "Deposit", link(deposit));
    }
    for note in &seen.notes {
        fact("Avoir", "Credit note", link(note));
    }
    if let Some(at) = invoice.sent_at {
        fact("Envoyée", "Sent", html! { (language.instant(at)) });
    }
    if let Some(to) = &invoice.sent_to {
        fact("À", "To", html! { (to) });
    }
    if !invoice.tax_on_payment.is_zero() {
        let word = match language {
            Language::French => "exigible au paiement",
            Language::English => "due when paid",
        };
        fact(
            "TVA en attente",
            "VAT waiting",
            html! {
                (language.money(invoice.tax_on_payment)) " " small.muted { (word) }
            },
        );
    }
    section(say(language, "Autour", "Around it"), &html! {}, &definitions(&facts))
}
