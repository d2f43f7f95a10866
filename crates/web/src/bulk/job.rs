//! `/bulk/{id}`: how far a job is, what it refused and why, and the way back.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use exchange::{guarded, write_line};
use kernel::bulk::{self, BulkDeed, BulkJob, BulkRefusal, BulkState};
use kernel::{CustomField, Entity, EntityDef, Faults, Id, Kept, Query, RawId, Shape, Tx, Value};
use maud::{Markup, Render, html};
use serde_json::json;

use super::{draw, to_job};
use crate::answer::{self, Answer, Refused};
use crate::door::{Ask, new_key};
use crate::parts::{
    Button, Column, Figure, Icon, Ledger, Row, Tone, banner, figures, head, section,
};
use crate::posted::Posted;
use crate::{show, words};

/// How many refusals the page shows; the report has them all.
const SHOWN: u32 = 50;
/// How many are read at a time for the report.
const PAGE: u32 = 1_000;

fn id_of(ask: &Ask, id: &str) -> Result<Id<BulkJob>, Refused> {
    RawId::parse(id).map(Id::from_raw).map_err(|fault| ask.refusal(fault))
}

fn open(
    tx: &mut Tx<'_>,
    ask: &Ask,
    id: Id<BulkJob>,
) -> Result<(Kept<BulkJob>, &'static EntityDef), Faults> {
    bulk::open(ask.state.catalog, tx, &ask.actor, id)
}

fn refused(job: Id<BulkJob>) -> Query {
    Query::all(BulkRefusal::DEF).only(BulkRefusal::JOB.is(&job).condition)
}

/// `GET /bulk/{id}`. While the job runs the page asks for itself again.
pub(super) async fn page(ask: Ask, Path(id): Path<String>) -> Answer {
    let id = id_of(&ask, &id)?;
    let (job, def, refusals, custom) = ask
        .read(move |tx, ask| {
            let (job, def) = open(tx, ask, id)?;
            let refusals = tx.select::<BulkRefusal>(refused(id).limit(SHOWN))?;
            Ok((job, def, refusals, Shape::of(tx, def)?.custom))
        })
        .await?;
    let language = ask.language;
    let title = named(&ask, &job, def, &custom);
    let crumbs = vec![(def.labels.say(language).to_owned(), format!("/{}", def.plural))];
    let body = html! {
        (head(&html! { (ask.say(words::MANY_JOB)) }, &title, &html! {}, &buttons(&ask, &job, def)))
        (standing(&ask, &job))
        @if !refusals.is_empty() {
            (section(ask.say(words::MANY_FIRST), &html! {}, &ledger(&ask, def, &refusals)))
        }
    };
    let page = ask.page(def.plural, crumbs, &title, &body);
    if !job.under_way() {
        return Ok(page);
    }
    Ok(answer::with_header(page, header::REFRESH, "1"))
}

/// What the job does, in a few words.
fn named(ask: &Ask, job: &BulkJob, def: &EntityDef, custom: &[CustomField]) -> String {
    let asked = job.asked().unwrap_or_default();
    let what = match job.deed {
        BulkDeed::Set => {
            let labels = asked.keys().filter_map(|name| def.field(name));
            let own = |field: &&CustomField| {
                asked.get("extra").is_some_and(|extra| extra.get(&field.name).is_some())
            };
            let own = custom.iter().filter(own).map(|field| field.label(ask.language));
            let labels = labels.map(|field| field.label.say(ask.language)).chain(own);
            let labels: Vec<&str> = labels.collect();
            words::colon(ask.language, ask.say(words::EDIT), &labels.join(", "))
        }
        BulkDeed::Delete => ask.say(words::DELETE).to_owned(),
        BulkDeed::TakeBack => ask.say(words::MANY_UNDO).to_owned(),
        BulkDeed::Act => {
            let name = asked.get("act").and_then(|name| name.as_str()).unwrap_or_default();
            let act = ask.state.catalog.action(def.name, name);
            act.map_or(name, |act| act.label.say(ask.language)).to_owned()
        }
    };
    let total = usize::try_from(job.total).unwrap_or_default();
    format!("{what} — {}", draw::count(ask.language, total))
}

fn standing(ask: &Ask, job: &BulkJob) -> Markup {
    let language = ask.language;
    let behind = job.done + job.refused;
    let tone = if job.refused > 0 { Tone::Watch } else { Tone::Wait };
    let strip = [
        Figure::new(ask.say(words::MANY_DONE), language.integer(job.done), ""),
        Figure::new(ask.say(words::MANY_NOT), language.integer(job.refused), "").tone(tone),
        Figure::new(ask.say(words::MANY_ASKED), language.integer(job.total), ""),
    ];
    html! {
        div #bulk-job {
            @match job.state {
                BulkState::Waiting => (banner(Tone::Wait, ask.say(words::MANY_WAITING), &html! {}, "", &[])),
                BulkState::Running => (banner(Tone::Half, ask.say(words::MANY_RUNNING), &html! {}, "", &[])),
                BulkState::Stopped => (banner(
                    Tone::Blocked, job.stopped.as_deref().unwrap_or_default(), &html! {}, "", &[],
                )),
                BulkState::Done => {}
            }
            progress.bulk-progress max=(job.total) value=(behind)
                aria-label=(ask.say(words::MANY_JOB)) {}
            (figures(&strip))
        }
    }
}

fn buttons(ask: &Ask, job: &Kept<BulkJob>, def: &EntityDef) -> Vec<Button> {
    let mut buttons = Vec::new();
    if job.refused > 0 {
        let report = format!("/bulk/{}/refusals.csv", job.id);
        buttons.push(Button::link(ask.say(words::MANY_REPORT), report).icon(Icon::Download));
    }
    if !job.under_way() && job.done > 0 {
        let label = if job.deed == BulkDeed::TakeBack { words::REDO } else { words::MANY_UNDO };
        let undo = Button::post(ask.say(label), format!("/bulk/{}/undo", job.id))
            .hidden("token", ask.token.as_str())
            .hidden("key", new_key());
        buttons.push(undo);
    }
    buttons.push(Button::link(ask.say(words::MANY_BACK), format!("/{}", def.plural)));
    buttons
}

fn reason<'a>(ask: &Ask, refusal: &'a BulkRefusal) -> &'a str {
    match ask.language {
        kernel::Language::French => &refusal.reason_fr.0,
        kernel::Language::English => &refusal.reason_en.0,
    }
}

fn ledger(ask: &Ask, def: &EntityDef, refusals: &[Kept<BulkRefusal>]) -> Markup {
    let columns = vec![
        Column::title(def.label.say(ask.language)),
        Column::quiet(ask.say(words::MANY_REASON)).grow(),
    ];
    let line = |refusal: &Kept<BulkRefusal>| {
        let href = show::href(def, refusal.about.id);
        let name = match refusal.name.0.as_str() {
            "" => refusal.about.id.to_string(),
            name => name.to_owned(),
        };
        Row::new(vec![html! { a href=(href) { (name) } }, html! { (reason(ask, refusal)) }])
    };
    Ledger::new(ask.language, ask.say(words::MANY_FIRST), columns)
        .rows(refusals.iter().map(line))
        .render()
}

/// `POST /bulk/{id}/undo`: a job that takes this one back.
pub(super) async fn take_back(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = id_of(&ask, &id)?;
    ask.read(move |tx, ask| open(tx, ask, id).map(drop)).await?;
    let made = ask
        .command(&fields, move |tx, _, _| Ok(json!(bulk::take_back(tx, id)?.to_string())))
        .await
        .map_err(|faults| ask.refusal(faults))?;
    Ok(to_job(&ask, made.as_str().unwrap_or_default()))
}

/// `GET /bulk/{id}/refusals.csv`: every record refused, and why.
pub(super) async fn report(ask: Ask, Path(id): Path<String>) -> Answer {
    let id = id_of(&ask, &id)?;
    let (_, def) = ask.read(move |tx, ask| open(tx, ask, id)).await?;
    let mut out = Vec::from("\u{feff}");
    let separator = if ask.language == kernel::Language::French { b';' } else { b',' };
    let heads = [def.label.say(ask.language), "id", ask.say(words::MANY_REASON)];
    let line = |out: &mut Vec<u8>, cells: &[String]| {
        write_line(out, separator, cells).map_err(|fault| ask.refusal(fault))
    };
    line(&mut out, &heads.map(ToOwned::to_owned))?;
    let mut after: Option<RawId> = None;
    loop {
        let rows = ask
            .read(move |tx, _| {
                let mut query = refused(id).limit(PAGE);
                if let Some(last) = after {
                    query = query.after(Value::Ref(last), last);
                }
                Ok(tx.select::<BulkRefusal>(query)?)
            })
            .await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id.raw());
        for row in &rows {
            let about = row.about.id.to_string();
            line(&mut out, &[guarded(&row.name.0), about, guarded(reason(&ask, row))])?;
        }
    }
    let name = format!("attachment; filename=\"bulk-{}.csv\"", id.raw());
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned())];
    let response: Response = (kind, out).into_response();
    Ok(answer::with_header(response, header::CONTENT_DISPOSITION, &name))
}
