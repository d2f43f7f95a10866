//! `/q/{token}`: a quote as its customer sees it, without an account. Whoever holds the link may
//! accept; accepting makes the order.

mod forms;
mod shown;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use crm::sales::{self, Acceptance, Drawing, Proof, QuoteLine, quote_by_token};
use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Id, Kept, RawId, Tx};
use master::{Company, Totals, company};
use maud::html;
use processes::trade_document::quote_pdf;
use serde_json::Value as Json;
use store::Call;

use super::quotes::paper;
use super::quotes::seen::{Seen, of};
use crate::WebState;
use crate::address::Fields;
use crate::answer::{self, refused_plain, said as told, with_header};
use crate::door::Visitor;
use crate::parts::{Button, Icon, error_summary, say};
use crate::posted::PostedByVisitor;
use crate::shell::{Shell, page_plain};
use crate::show;

pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/q/{token}", get(look).post(accept))
        .route("/q/{token}/preview", get(look).post(preview))
        .route("/q/{token}/decline", post(decline))
        .route("/q/{token}/paper.pdf", get(pdf))
}

/// A quote found by its link, in whichever company it was made.
struct Offer {
    number: CompanyNumber,
    company: Kept<Company>,
    seen: Seen,
    /// With the options ticked.
    totals: Totals,
}

/// What the customer has typed and ticked so far.
#[derive(Debug, Clone, Default)]
struct Said {
    name: String,
    role: String,
    options: BTreeSet<Id<QuoteLine>>,
    consent: bool,
    drawing: String,
    reason: String,
}

impl Said {
    fn of(fields: &Fields) -> Self {
        let line = |name| fields.text(name).chars().filter(|c| !c.is_control()).take(200).collect();
        let options = fields.all("option").filter_map(|id| RawId::parse(id).ok());
        Self {
            name: line("name"),
            role: line("role"),
            options: options.map(Id::from_raw).collect(),
            consent: fields.text("consent") == "true",
            drawing: fields.text("drawing").to_owned(),
            reason: fields.text("reason").chars().take(200).collect(),
        }
    }
}

fn outsider(company: CompanyNumber) -> Actor {
    Actor::house(company, Door::Web)
}

fn in_each<T>(
    state: &WebState,
    token: &str,
    work: impl Fn(&mut Tx<'_>, CompanyNumber, Kept<sales::Quote>) -> Result<T, Faults>,
) -> Result<Option<T>, Faults> {
    // A token is 64 hexadecimal digits: anything else is nobody's.
    if token.len() > 100 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    for number in state.store.companies()? {
        let found = state.store.read(&outsider(number), |tx| {
            let quote = quote_by_token(tx, token)?;
            quote.map(|quote| work(tx, number, quote)).transpose()
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn offer(visitor: &Visitor, token: &str, said: &Said) -> Result<Offer, Response> {
    let (wanted, taken) = (token.to_owned(), said.options.clone());
    let found = visitor
        .waiting(move |state| {
            in_each(state, &wanted, |tx, number, quote| {
                let seen = of(tx, quote)?;
                let totals = shown::totals(tx, &seen.lines, &taken)?;
                Ok(Offer { number, company: company(tx)?, seen, totals })
            })
        })
        .await;
    match found {
        Ok(Some(offer)) => Ok(offer),
        Ok(None) => Err(unknown(visitor)),
        Err(faults) => Err(refused_plain(visitor, &faults)),
    }
}

fn unknown(visitor: &Visitor) -> Response {
    let fault = Fault::new("path.unknown").with("path", "/q/…");
    refused_plain(visitor, &fault.into())
}

async fn look(visitor: Visitor, Path(token): Path<String>) -> Response {
    let said = Said::default();
    match offer(&visitor, &token, &said).await {
        Ok(offer) => page(&visitor, &token, &offer, &said, &Faults::default()),
        Err(response) => response,
    }
}

async fn pdf(visitor: Visitor, Path(token): Path<String>) -> Response {
    let found = visitor
        .waiting(move |state| in_each(state, &token, |tx, _, quote| quote_pdf(tx, quote.id)))
        .await;
    match found {
        Ok(Some(document)) => paper::shown(document),
        Ok(None) => unknown(&visitor),
        Err(faults) => refused_plain(&visitor, &faults),
    }
}

/// The same page with other options ticked: what they come to.
async fn preview(Path(token): Path<String>, posted: PostedByVisitor) -> Response {
    let PostedByVisitor { visitor, fields } = posted;
    let said = Said::of(&fields);
    let offer = match offer(&visitor, &token, &said).await {
        Ok(offer) => offer,
        Err(response) => return response,
    };
    if visitor.fragment.as_deref() == Some("preview") {
        return answer::html(&html! {
            (shown::sums(&visitor, &token, &offer))
            span id="offer-consent" { (forms::consent(&visitor, &offer)) }
        });
    }
    page(&visitor, &token, &offer, &said, &Faults::default())
}

async fn accept(Path(token): Path<String>, posted: PostedByVisitor) -> Response {
    let PostedByVisitor { visitor, fields } = posted;
    let said = Said::of(&fields);
    let offer = match offer(&visitor, &token, &said).await {
        Ok(offer) => offer,
        Err(response) => return response,
    };
    let (number, id) = (offer.number, offer.seen.quote.id);
    let done = match signed(&visitor, &offer, &said) {
        Ok(signed) => visitor.waiting(move |state| sign(state, number, id, signed)).await,
        Err(faults) => Err(faults),
    };
    match done {
        Ok(()) => answer::go(&format!("/q/{token}")),
        Err(faults) => page(&visitor, &token, &offer, &said, &faults),
    }
}

/// What is accepted and by whom, with its proof. All that is missing is told at once.
fn signed(visitor: &Visitor, offer: &Offer, said: &Said) -> Result<Acceptance, Faults> {
    let mut faults = Faults::default();
    let open = shown::is_open(offer);
    faults
        .ensure(!open || !said.name.trim().is_empty(), || Fault::new("field.required").on("name"));
    faults.ensure(!open || said.consent, || Fault::new("quote.consent").on("consent"));
    let drawing = faults.gather(Drawing::parse(&said.drawing).map_err(Faults::from));
    faults.into_result()?;
    Ok(Acceptance {
        name: said.name.clone(),
        role: Some(said.role.clone()),
        options: said.options.iter().copied().collect(),
        proof: Proof {
            consent: Some(forms::consent(visitor, offer)),
            address: visitor.address.map(|address| address.to_string()),
            browser: visitor.header("user-agent").map(ToOwned::to_owned),
            drawing: drawing.flatten(),
        },
    })
}

fn sign(
    state: &WebState,
    company: CompanyNumber,
    id: Id<sales::Quote>,
    signed: Acceptance,
) -> Result<(), Faults> {
    let actor = outsider(company);
    let call = Call::new(actor.clone());
    let done = state.store.command(call, move |tx| {
        sales::accept(tx, &actor, id, signed.clone())?;
        Ok(Json::Null)
    });
    done.map(drop)
}

async fn decline(Path(token): Path<String>, posted: PostedByVisitor) -> Response {
    let PostedByVisitor { visitor, fields } = posted;
    let said = Said::of(&fields);
    let offer = match offer(&visitor, &token, &said).await {
        Ok(offer) => offer,
        Err(response) => return response,
    };
    let (number, id) = (offer.number, offer.seen.quote.id);
    let reason = Some(said.reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    let done = visitor.waiting(move |state| {
        let call = Call::new(outsider(number));
        let done = state.store.command(call, move |tx| {
            sales::refuse(tx, id, reason.clone())?;
            Ok(Json::Null)
        });
        done.map(drop)
    });
    match done.await {
        Ok(()) => answer::go(&format!("/q/{token}")),
        Err(faults) => page(&visitor, &token, &offer, &said, &faults),
    }
}

fn page(visitor: &Visitor, token: &str, offer: &Offer, said: &Said, faults: &Faults) -> Response {
    let (language, quote) = (visitor.language, &offer.seen.quote);
    let number = quote.number.as_deref().unwrap_or("—");
    let title = format!("{} {number}", say(language, "Devis", "Quote"));
    let own = &offer.company;
    let house = (own.name.clone(), own.city.clone().unwrap_or_default());
    let shell = Shell { house, ..visitor.shell() };
    let named = |fault: &Fault| fault.field.as_deref().unwrap_or("").to_owned();
    let told: Vec<(String, String)> =
        faults.0.iter().map(named).zip(told(faults, language)).collect();
    let body = html! {
        div.head {
            div {
                span.lbl { (own.name) }
                div.title { h1 { (title) } }
            }
            div.acts {
                (Button::link("PDF", format!("/q/{token}/paper.pdf")).bare().icon(Icon::Download))
            }
        }
        (shown::standing(visitor, offer))
        (error_summary(language, &told))
        (shown::sides(visitor, offer))
        form method="post" action={ "/q/" (token) } data-preview={ "/q/" (token) "/preview" } {
            div.offer { (shown::lines(visitor, offer, &said.options)) }
            div.cols.g2c.mt {
                div {
                    @if let Some(note) = &quote.note { p.prose { (show::paragraph(&note.0)) } }
                }
                div { (shown::sums(visitor, token, offer)) }
            }
            (forms::accept(visitor, offer, said, faults))
        }
        (forms::decline(visitor, token, offer, said))
    };
    let status = if faults.0.is_empty() { StatusCode::OK } else { answer::status(faults) };
    let response = answer::html(&page_plain(&shell, &title, false, &body));
    let response = (status, response).into_response();
    with_header(response, HeaderName::from_static("x-robots-tag"), "noindex")
}
