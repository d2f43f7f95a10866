//! The bank: statements come in as files, and their lines are matched with what customers owe, one
//! by one, without leaving the keyboard.

mod booking;
mod chosen;
mod import;
mod matching;
mod otherwise;
mod read;
mod statement;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::routing::{get, post};
use erp::finance::{self, BankLine, BankLineState, Match, SURE};
use kernel::{Faults, Id, RawId, Text};
use processes::order_to_cash;
use serde_json::{Value as Json, json};

use super::{HandMade, acting};
use crate::WebState;
use crate::address::Fields;
use crate::answer::Answer;
use crate::nav::{Entry, Group};
use crate::parts::{Tone, say};
use crate::posted::Posted;

/// The key of the matching in the rail.
pub const BANK: &str = "bank";
/// The largest file taken, in bytes, with room for the rest of the form.
const LARGEST: usize = 10 * 1024 * 1024 + 64 * 1024;

pub const PLACE: Entry = Entry::page(
    Group::Finance,
    BANK,
    "/bank",
    Text::new("Rapprochement", "Bank matching"),
    "bank_line.read",
)
.letter('m')
.after("payment");

/// The rules kept of bank lines: their list and their form are drawn.
pub const RULES: Entry = Entry::entity(Group::Finance, "bank_rule").after(BANK);

pub const BANK_STATEMENT: HandMade = HandMade {
    list: Some(|ask| Box::pin(async move { import::page(&ask, &Faults::default()).await })),
    record: Some(|ask, id| {
        Box::pin(async move { statement::page(&ask, Id::from_raw(id), &Faults::default()).await })
    }),
    ..HandMade::of("bank_statement")
};

pub fn routes() -> Router<WebState> {
    let import = post(import::import).layer(DefaultBodyLimit::max(LARGEST));
    Router::new()
        .route("/bank", get(matching::page))
        .route("/bank/import", import)
        .route("/bank/sure", post(accept_sure))
        .route("/bank/lines/{id}/accept", post(accept))
        .route("/bank/lines/{id}/book", post(booking::book))
        .route("/bank/lines/{id}/undo", post(undo))
}

/// Fields of the matching forms that are no input of an act.
const OWN: &[&str] = &["next", "statement"];

/// `POST /bank/lines/{id}/accept`: what the line pays; then the next line.
async fn accept(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<BankLine>(&ask, &id)?;
    let typed = fields.clone();
    let shares = match ask.read(move |tx, ask| booking::shares(tx, ask, &typed)).await {
        Ok(shares) => shares,
        Err(refused) => return matching::drawn(&ask, Some(id), &refused.faults).await,
    };
    let mut given = Fields::default();
    let plain = fields.0.iter().filter(|(name, _)| !name.starts_with("shares."));
    plain.for_each(|(name, value)| given.push(name.as_str(), value.as_str()));
    if !shares.is_empty() {
        given.push("shares", shares);
    }
    match acting::run(&ask, &given, "accept", id, OWN).await {
        Ok(_) => {
            let said = say(ask.language, "Mouvement rapproché.", "Line matched.");
            Ok(ask.go_saying(&onwards(&fields, id).after("/bank"), Tone::Done, said))
        }
        Err(faults) if faults.has("not_found") => Err(ask.refusal(faults)),
        Err(faults) => matching::drawn(&ask, Some(id), &faults).await,
    }
}

/// Where the page goes on once a line is done: the next one, with the one done to be undone.
fn onwards(fields: &Fields, done: Id<BankLine>) -> Fields {
    let mut to = Fields::default();
    if !fields.text("next").is_empty() {
        to.push("line", fields.text("next"));
    }
    to.push("done", done.to_string());
    if !fields.text("statement").is_empty() {
        to.push("statement", fields.text("statement"));
    }
    to
}

/// `POST /bank/lines/{id}/undo`: the match is undone, and the line is looked at again.
async fn undo(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<BankLine>(&ask, &id)?;
    match acting::run(&ask, &fields, "undo", id, OWN).await {
        Ok(_) => {
            let said = say(ask.language, "Le rapprochement est défait.", "The match is undone.");
            Ok(ask.go_saying(&format!("/bank?line={id}"), Tone::Done, said))
        }
        Err(faults) => matching::drawn(&ask, Some(id), &faults).await,
    }
}

/// `POST /bank/sure`: accepts the best proposal of each of these lines, when it is sure, and books
/// as a rule says those that have none. All of them, or none.
async fn accept_sure(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("bank_line.accept")?;
    let done = ask
        .command(&fields, |tx, actor, fields| {
            let mut accepted = 0;
            for text in fields.all("id") {
                let line = Id::<BankLine>::from_raw(RawId::parse(text)?);
                if tx.get(line)?.state != BankLineState::Open {
                    continue;
                }
                // Each acceptance changes what is open for the next.
                let best = finance::propose_matches(tx, line)?.into_iter().next();
                if let Some(best) = best {
                    if best.score >= SURE {
                        let what = Match::Invoices(best.invoices);
                        order_to_cash::accept_match(tx, actor, line, &what)?;
                        accepted += 1;
                    }
                    continue;
                }
                let kept = tx.get(line)?;
                if let Some(rule) = finance::rules_for(tx, &kept)?.first() {
                    actor.may("bank_line.book")?;
                    finance::book_by_rule(tx, actor, line, rule.id)?;
                    accepted += 1;
                }
            }
            Ok(json!(accepted))
        })
        .await;
    match done {
        Ok(count) => {
            let count = count.as_i64().unwrap_or(0);
            let said = match (ask.language, count) {
                (kernel::Language::French, 1) => "1 mouvement rapproché.".to_owned(),
                (kernel::Language::French, _) => format!("{count} mouvements rapprochés."),
                (kernel::Language::English, 1) => "1 line matched.".to_owned(),
                (kernel::Language::English, _) => format!("{count} lines matched."),
            };
            Ok(ask.go_saying("/bank", Tone::Done, &said))
        }
        Err(faults) => matching::drawn(&ask, None, &faults).await,
    }
}

/// What an import tells its page, as JSON, so that it can be told again.
fn told(imported: &processes::bank_file::Imported) -> Json {
    json!({
        "statements": imported.statements.len(),
        "lines": imported.lines,
        "known": imported.known.len(),
    })
}
