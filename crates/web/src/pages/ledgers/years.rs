//! Fiscal years: how far each is locked, and its file of entries.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use erp::finance::FiscalYear;
use kernel::{Condition, Day, Direction, Entity, Fault, Faults, Id, Kept, Query, RawId, Tx};
use maud::{Markup, Render, html};
use processes::reports::books;

use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{Button, Column, Fold, Icon, Ledger, Row, Tone, empty, head, say, state};
use crate::posted::Posted;
use crate::{nav, record, words};

/// The list of the fiscal years, with what can be done to each.
pub async fn list(ask: Ask) -> Answer {
    page(&ask, &Faults::default()).await
}

async fn page(ask: &Ask, faults: &Faults) -> Answer {
    let (years, today) = ask
        .read(|tx, _| {
            let all = Query::all(FiscalYear::DEF).only(Condition::Everything);
            let years: Vec<Kept<FiscalYear>> =
                tx.select(all.sorted("starts_on", Direction::Down))?;
            Ok((years, tx.today()))
        })
        .await?;
    let language = ask.language;
    let title = FiscalYear::DEF.labels.say(language);
    let mut buttons = Vec::new();
    if nav::creates(ask, FiscalYear::DEF) {
        let new = Button::link(ask.say(words::CREATE), "/fiscal_years/new");
        buttons.push(new.primary().icon(Icon::Plus).key("c"));
    }
    let note = say(
        language,
        "Rien ne se passe plus en écriture jusqu’au jour de verrouillage compris. Le FEC est le \
         fichier que l’administration demande en cas de contrôle (LPF, art. L. 47 A, I).",
        "Nothing can be booked up to and including the day of the lock. The FEC is the file that \
         the French tax office asks for in an audit (LPF, art. L. 47 A, I).",
    );
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons))
        (record::refusals(ask, faults))
        (ledger(ask, &years, today))
        p.muted.mt.prose { (note) }
        (crate::list::all_of(ask, FiscalYear::DEF))
    };
    let response = ask.page("fiscal_years", Vec::new(), title, &body);
    Ok(acting::with_status(response, faults))
}

fn ledger(ask: &Ask, years: &[Kept<FiscalYear>], today: Day) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Exercice", "Fiscal year")),
        Column::text(say(language, "Du", "From")).fold(Fold::Number),
        Column::text(say(language, "Au", "To")),
        Column::state(say(language, "Verrou", "Lock")).grow(),
        Column::figure("").fold(Fold::Amount),
    ];
    Ledger::new(language, FiscalYear::DEF.labels.say(language), columns)
        .rows(years.iter().map(|year| row(ask, year, today)))
        .empty(empty(ask.say(words::NOTHING_YET), ask.say(words::FIRST_ONE), &[]))
        .render()
}

fn row(ask: &Ask, year: &Kept<FiscalYear>, today: Day) -> Row {
    let language = ask.language;
    let lock = match (year.closed, year.locked_until) {
        (true, _) => state(Tone::Done, say(language, "clos", "closed")),
        (false, Some(until)) => {
            let to = say(language, "verrouillé jusqu’au", "locked until");
            state(Tone::Half, &format!("{to} {}", language.day(until)))
        }
        (false, None) => state(Tone::Wait, say(language, "ouvert", "open")),
    };
    let file = format!("/ledgers/fec/{}", year.code);
    let balance = format!("/ledgers/balance?from={}&to={}", year.starts_on, year.ends_on);
    Row::new(vec![
        html! { a href={ "/fiscal_years/" (year.id) } { (year.code) } },
        html! { (language.day(year.starts_on)) },
        html! { (language.day(year.ends_on)) },
        html! {
            span.row.tight {
                (lock)
                @if lockable(year, today) && ask.actor.can("fiscal_year.lock") {
                    (lock_form(ask, year, today))
                }
            }
        },
        html! {
            span.row.tight.single {
                (Button::link("Balance", balance).small().desk_only())
                @if ask.actor.can("journal_entry.read") {
                    (Button::link("FEC", file).icon(Icon::Download).small())
                }
            }
        },
    ])
    .record(year.id.to_string(), year.code.as_str())
}

/// A year that has begun, and is not locked to its end.
fn lockable(year: &FiscalYear, today: Day) -> bool {
    let whole = year.locked_until.is_some_and(|until| until >= year.ends_on);
    !year.closed && !whole && year.starts_on < today
}

/// Up to the end of the month before this one, unless the year says otherwise.
fn lock_form(ask: &Ask, year: &FiscalYear, today: Day) -> Markup {
    let language = ask.language;
    let month = today.start_of_month() + -1;
    let earliest = year.locked_until.map_or(year.starts_on, |until| until.max(year.starts_on));
    let proposed = month.min(year.ends_on).max(earliest);
    let label = say(language, "Verrouiller jusqu’au", "Lock until");
    let question = say(
        language,
        "Verrouiller les écritures jusqu’à cette date ? Un verrou ne recule pas.",
        "Lock the books up to this day? A lock never moves back.",
    );
    let id = format!("until-{}", year.code);
    html! {
        form.inline.d-only method="post" action={ "/ledgers/years/" (year.code) "/lock" } {
            (acting::unseen(ask))
            label.sr for=(id) { (label) }
            input.in type="date" id=(id) name="until" value=(proposed) min=(earliest)
                max=(year.ends_on);
            (Button::submit(say(language, "Verrouiller", "Lock"))
                .icon(Icon::Lock).small().confirm(question))
        }
    }
}

/// The year of a path: by its code, or by its id.
fn named(tx: &mut Tx<'_>, name: &str) -> Result<Id<FiscalYear>, Fault> {
    if let Ok(raw) = RawId::parse(name) {
        return Ok(tx.get(Id::<FiscalYear>::from_raw(raw))?.id);
    }
    let missing = || Fault::new("not_found").with("entity", FiscalYear::NAME).with("id", name);
    Ok(tx.first(FiscalYear::CODE.is(&name.to_owned()))?.ok_or_else(missing)?.id)
}

/// `POST /ledgers/years/{year}/lock`.
pub async fn lock(Path(name): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let year = ask.read(move |tx, _| Ok(named(tx, &name)?)).await?;
    match acting::run::<FiscalYear>(&ask, &fields, "lock", year, &[]).await {
        Ok(_) => {
            let said =
                say(ask.language, "Les écritures sont verrouillées.", "The books are locked.");
            Ok(ask.go_saying("/fiscal_years", Tone::Done, said))
        }
        Err(faults) => page(&ask, &faults).await,
    }
}

/// `GET /ledgers/fec/{year}`: the file of entries, to be kept.
pub async fn fec(ask: Ask, Path(name): Path<String>) -> Result<Response, crate::answer::Refused> {
    ask.may("journal_entry.read")?;
    let taken_out = ask.actor.proven_for("journal_entry.export");
    taken_out.map_err(|fault| ask.refusal(fault))?;
    let file = ask
        .read(move |tx, _| {
            let year = named(tx, &name)?;
            books::fec_file(tx, year)
        })
        .await?;
    let kept = format!("attachment; filename=\"{}\"", file.name);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, kept),
    ];
    Ok((headers, file.bytes).into_response())
}
