//! The page of an invoice: what it says, what became of it, what it booked, and its document as
//! people and machines get it.

mod booked;
mod life;
mod read;
mod sheet;
mod side;

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use erp::finance::{Invoice, InvoiceKind, InvoiceState};
use kernel::{Choice, Entity, Faults, Id, Language};
use maud::{Markup, html};
use processes::invoice_document;

use super::{HandMade, acting};
use crate::WebState;
use crate::answer::{Answer, Refused};
use crate::door::Ask;
use crate::parts::{Button, Figure, Icon, Tab, Tone, banner, figures, head, say, state, tabs};
use crate::posted::Posted;
use crate::{record, together, words};

use read::Seen;

pub const INVOICE: HandMade = HandMade {
    record: Some(|ask, id| {
        Box::pin(async move { page(&ask, Id::from_raw(id), &Faults::default()).await })
    }),
    ..HandMade::of("invoice")
};

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/invoices/{id}/pay", post(pay))
        .route("/invoices/{id}/act/{name}", post(act))
        .route("/invoices/{id}/document.pdf", get(pdf))
        .route("/invoices/{id}/factur-x.xml", get(xml))
}

/// The page, with what was refused at its top.
async fn page(ask: &Ask, id: Id<Invoice>, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, ask| read::see(tx, ask, id)).await?;
    let title = seen.title(ask.language);
    let crumbs = vec![(Invoice::DEF.labels.say(ask.language).to_owned(), "/invoices".to_owned())];
    let over = html! {
        (seen.invoice.kind.label().say(ask.language)) " · "
        a href={ "/parties/" (seen.party.id) } { (seen.party.name) }
    };
    let story = together::story(ask, Invoice::DEF, id.raw(), Vec::new()).await?;
    let follow = story.follow(ask).map(Button::bare);
    let acts: Vec<Button> = follow.into_iter().chain(buttons(ask, &seen)).collect();
    let story = life::told(ask, &seen, &story);
    let document = ask.query.get("view") == Some("document");
    let body = html! {
        (head(&over, &title, &standing(ask, &seen), &acts))
        (record::refusals(ask, faults))
        (notice(ask, &seen))
        (figures(&key_figures(ask, &seen)))
        (views(ask, &seen, document))
        @if document { (embedded(ask, id)) } @else { (content(ask, &seen, &story)) }
    };
    Ok(acting::with_status(ask.page("invoices", crumbs, &title, &body), faults))
}

fn content(ask: &Ask, seen: &Seen, story: &Markup) -> Markup {
    html! {
        div.cols.with-side {
            div {
                (sheet::drawn(ask, seen))
                (booked::allocations(ask, seen))
                (booked::entries(ask, seen))
            }
            aside.side {
                (side::pay_form(ask, seen))
                (side::links(ask, seen))
                (seen.own.drawn(ask))
                (story)
            }
        }
    }
}

/// Where the invoice stands, in a word.
fn standing(ask: &Ask, seen: &Seen) -> Markup {
    let (language, invoice) = (ask.language, &seen.invoice);
    let open = !invoice.open.is_zero();
    let paid = !invoice.settled().is_zero();
    let (tone, word) = match (invoice.state, invoice.kind) {
        (InvoiceState::Draft, _) => (Tone::Wait, say(language, "brouillon", "draft")),
        (_, InvoiceKind::CreditNote) if open => {
            (Tone::Yours, say(language, "à imputer ou rendre", "to set off or refund"))
        }
        (_, InvoiceKind::CreditNote) => (Tone::Done, say(language, "soldé", "settled")),
        _ if !open => (Tone::Done, say(language, "payée", "paid")),
        _ if seen.days_late() > 0 => (Tone::Watch, say(language, "échue", "overdue")),
        _ if paid => (Tone::Half, say(language, "payée en partie", "partly paid")),
        _ => (Tone::Wait, say(language, "à encaisser", "to collect")),
    };
    state(tone, word)
}

fn buttons(ask: &Ask, seen: &Seen) -> Vec<Button> {
    let (language, id) = (ask.language, seen.invoice.id);
    let href = format!("/invoices/{id}");
    let offered = |name: &str| acting::offered::<Invoice>(ask, name, &seen.row);
    let press = |name: &str, label: &str, sure: &str| {
        Button::post(label, format!("{href}/act/{name}"))
            .hidden("token", ask.token.as_str())
            .hidden("key", crate::door::new_key())
            .confirm(sure)
    };
    let mut buttons = Vec::new();
    if seen.invoice.state == InvoiceState::Draft {
        if ask.actor.can("invoice.update") {
            let edit = Button::link(ask.say(words::EDIT), format!("{href}/edit"));
            buttons.push(edit.icon(Icon::Edit).key("e"));
        }
    } else {
        let print = say(language, "PDF", "PDF");
        buttons
            .push(Button::link(print, format!("{href}/document.pdf")).icon(Icon::Print).key("p"));
    }
    if offered("credit") {
        let label = say(language, "Établir un avoir", "Credit");
        buttons.push(Button::link(label, format!("{href}/do/credit")));
    }
    for name in ["remind", "send"] {
        if let (true, Some(act)) = (offered(name), ask.state.catalog.action("invoice", name)) {
            let due = name != "remind" || (seen.days_late() > 0 && seen.invoice.dunning_level == 0);
            if due {
                let label = act.label.say(language);
                buttons.push(press(name, label, act.doc.say(language)).icon(Icon::Mail));
            }
        }
    }
    if offered("post") {
        let label = say(language, "Valider la facture", "Post the invoice");
        let sure = say(
            language,
            "Valider la facture ? Elle prend son numéro et passe en écriture ; elle ne change plus.",
            "Post the invoice? It gets its number and is booked; it no longer changes.",
        );
        buttons.push(press("post", label, sure).primary());
    } else if offered("pay") {
        let label = if seen.invoice.kind == InvoiceKind::CreditNote {
            say(language, "Rembourser", "Refund")
        } else {
            say(language, "Encaisser", "Record a payment")
        };
        buttons.push(Button::link(label, "#pay").primary());
    }
    buttons
}

/// What is to be known before anything else: late, or waiting to be posted.
fn notice(ask: &Ask, seen: &Seen) -> Markup {
    let (language, invoice) = (ask.language, &seen.invoice);
    if invoice.state == InvoiceState::Draft {
        let what = say(language, "Brouillon.", "Draft.");
        let detail = say(
            language,
            "Sans numéro ni écriture, et pas encore dû. La valider la rend définitive.",
            "No number, no entry, not due yet. Posting makes it final.",
        );
        return banner(Tone::Watch, what, &html! { (detail) }, "", &[]);
    }
    let late = seen.days_late();
    if late == 0 {
        return html! {};
    }
    let what = match language {
        Language::French => format!("Échue depuis {late} j."),
        Language::English => format!("{late} d overdue."),
    };
    let detail = match (invoice.dunned_on, language) {
        (Some(day), Language::French) => format!("Relancée le {}.", language.day(day)),
        (Some(day), Language::English) => format!("Reminder sent on {}.", language.day(day)),
        (None, Language::French) => "Aucune relance envoyée.".to_owned(),
        (None, Language::English) => "No reminder sent.".to_owned(),
    };
    let tone = if late > 60 { Tone::Blocked } else { Tone::Watch };
    banner(tone, &what, &html! { (detail) }, "", &[])
}

fn key_figures(ask: &Ask, seen: &Seen) -> Vec<Figure> {
    let (language, invoice) = (ask.language, &seen.invoice);
    let credit = invoice.kind == InvoiceKind::CreditNote;
    let excl = say(language, "HT", "excl. VAT");
    let net = format!("{} {excl}", language.money(invoice.net));
    let mut shown = vec![Figure::new(
        say(language, "Total TTC", "Total incl. VAT"),
        language.money(invoice.total),
        net,
    )];
    if !invoice.prepaid.is_zero() {
        let deducted = language.money(invoice.prepaid);
        shown.push(Figure::new(say(language, "Acomptes déduits", "Deposits"), deducted, ""));
    }
    let paid = if credit {
        say(language, "Imputé ou rendu", "Set off or refunded")
    } else {
        say(language, "Réglé", "Paid")
    };
    let count = seen.paid.iter().filter(|paid| paid.undone.is_none()).count();
    let times = match (count, credit, language) {
        (0, _, _) => String::new(),
        (1, false, Language::French) => "1 règlement".to_owned(),
        (_, false, Language::French) => format!("{count} règlements"),
        (1, false, Language::English) => "1 payment".to_owned(),
        (_, false, Language::English) => format!("{count} payments"),
        (1, true, Language::French) => "1 imputation".to_owned(),
        (_, true, Language::French) => format!("{count} imputations"),
        (1, true, Language::English) => "1 allocation".to_owned(),
        (_, true, Language::English) => format!("{count} allocations"),
    };
    shown.push(Figure::new(paid, language.money(invoice.settled()), times));
    let left = say(language, "Reste dû", "Open");
    let late = seen.days_late();
    let tone = if late > 0 { Tone::Watch } else { Tone::Done };
    shown.push(Figure::new(left, language.money(invoice.open), "").tone(tone));
    if let Some(due) = invoice.due_on {
        let label = say(language, "Échéance", "Due on");
        let note = seen.due_note(language);
        shown.push(Figure::new(label, language.day(due), note).tone(tone));
    }
    shown
}

fn views(ask: &Ask, seen: &Seen, document: bool) -> Markup {
    let (language, href) = (ask.language, format!("/invoices/{}", seen.invoice.id));
    let mut all = vec![Tab::new(seen.invoice.kind.label().say(language), href.as_str(), !document)];
    if seen.invoice.state == InvoiceState::Posted {
        let label = say(language, "Document PDF", "PDF document");
        all.push(Tab::new(label, format!("{href}?view=document"), document));
    }
    all.push(Tab::new(ask.say(words::HISTORY), format!("{href}?tab=history"), false));
    tabs(Invoice::DEF.label.say(language), &all)
}

/// The PDF in the page, and the ways to keep it and its XML.
fn embedded(ask: &Ask, id: Id<Invoice>) -> Markup {
    let language = ask.language;
    let (pdf, xml) =
        (format!("/invoices/{id}/document.pdf"), format!("/invoices/{id}/factur-x.xml"));
    let name = say(language, "Ouvrir le PDF", "Open the PDF");
    html! {
        p.acts.mb {
            (Button::link(name, pdf.as_str()).icon(Icon::File))
            (Button::link("Factur-X (XML)", xml).icon(Icon::Download))
            span.muted {
                (say(
                    language,
                    "PDF/A-3 portant sa facture électronique, profil EN 16931.",
                    "PDF/A-3 that carries its electronic invoice, EN 16931 profile.",
                ))
            }
        }
        iframe.document src=(pdf) title=(say(language, "Document PDF", "PDF document")) {}
    }
}

// ——— acts ———

/// `POST /invoices/{id}/pay`: a payment of this invoice.
async fn pay(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<Invoice>(&ask, &id)?;
    match acting::run(&ask, &fields, "pay", id, &[]).await {
        Ok(_) => {
            let said =
                say(ask.language, "Le règlement est enregistré.", "The payment is recorded.");
            Ok(ask.go_saying(&format!("/invoices/{id}"), Tone::Done, said))
        }
        Err(faults) => side::refused(&ask, id, &fields, &faults).await,
    }
}

/// `POST /invoices/{id}/act/{name}`: an act without inputs.
async fn act(Path((id, name)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<Invoice>(&ask, &id)?;
    let known = ["post", "remind", "send"].into_iter().find(|known| *known == name);
    let unknown = || kernel::Fault::new("path.unknown").with("path", ask.visitor.path.as_str());
    let name = known.ok_or_else(|| ask.refusal(unknown()))?;
    match acting::run(&ask, &fields, name, id, &[]).await {
        Ok(_) => {
            let said = acting::done::<Invoice>(&ask, name);
            Ok(ask.go_saying(&format!("/invoices/{id}"), Tone::Done, &said))
        }
        Err(faults) => page(&ask, id, &faults).await,
    }
}

// ——— files ———

/// `GET /invoices/{id}/document.pdf?language=`: in the customer's language unless another is named.
async fn pdf(ask: Ask, Path(id): Path<String>) -> Result<Response, Refused> {
    ask.may("invoice.read")?;
    let id = acting::id_of::<Invoice>(&ask, &id)?;
    let language = ask.query.get("language").and_then(Language::of_tag);
    let file = ask.read(move |tx, _| invoice_document::invoice_pdf_in(tx, id, language)).await?;
    Ok(inline("application/pdf", &file.name, file.bytes))
}

/// `GET /invoices/{id}/factur-x.xml`.
async fn xml(ask: Ask, Path(id): Path<String>) -> Result<Response, Refused> {
    ask.may("invoice.read")?;
    let id = acting::id_of::<Invoice>(&ask, &id)?;
    let file = ask.read(move |tx, _| invoice_document::invoice_xml(tx, id)).await?;
    Ok(inline("application/xml; charset=utf-8", &file.name, file.bytes))
}

/// A file to be looked at in the browser; numbers hold no sign that a header would mind.
pub(super) fn inline(kind: &str, name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') { c } else { '_' })
        .collect();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{plain}\"")),
    ];
    (headers, bytes).into_response()
}
