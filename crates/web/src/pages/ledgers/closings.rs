//! Closings: the days of the running month, the months and the fiscal years behind them; closed by
//! hand, checked, taken out as an archive.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use erp::finance::{Closing, ClosingKind, FiscalYear, check_closings, days_to_close};
use kernel::{
    Actor, Choice, Condition, Day, Direction, Door, Entity, Fault, Faults, Id, Kept, Query, Text,
    Tx, sentence,
};
use maud::{Markup, Render, html};

use crate::answer::{Answer, Refused};
use crate::door::Ask;
use crate::pages::acting;
use crate::pages::ledgers::entry::blank_if_zero;
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Tone, banner, empty, head, say, section, state,
};
use crate::posted::Posted;
use crate::record;

/// The right to see them.
const READ: &str = "closing.read";
const VERIFY: Text = Text::new("Vérifier", "Verify");

/// What the page shows.
struct Shown {
    /// The days since the last closed month, newest first.
    days: Vec<Kept<Closing>>,
    /// Months and years, newest first.
    longer: Vec<Kept<Closing>>,
    /// The last day that is closed, and the first that is over and not.
    closed: Option<Day>,
    waiting: Option<Day>,
    year: Option<Id<FiscalYear>>,
    today: Day,
}

fn newest(tx: &mut Tx<'_>, only: Condition) -> Result<Vec<Kept<Closing>>, Fault> {
    tx.select(Query::all(Closing::DEF).only(only).sorted("rank", Direction::Down))
}

impl Shown {
    fn read(tx: &mut Tx<'_>) -> Result<Self, Faults> {
        let today = tx.today();
        let longer = newest(tx, Closing::KIND.is_not(&ClosingKind::Day).condition)?;
        let since = longer.iter().map(|closing| closing.ends_on).max();
        let open = since.map_or(Day(0), |since| since + 1);
        let running = Closing::KIND.is(&ClosingKind::Day) & Closing::STARTS_ON.at_least(&open);
        let days = newest(tx, running.condition)?;
        let holding = FiscalYear::STARTS_ON.at_most(&today) & FiscalYear::ENDS_ON.at_least(&today);
        Ok(Self {
            closed: days.first().map(|day| day.ends_on).or(since),
            waiting: days_to_close(tx, today + -1)?,
            year: tx.first(holding)?.map(|year| year.id),
            days,
            longer,
            today,
        })
    }
}

/// `GET /closings`
pub async fn list(ask: Ask) -> Answer {
    page(&ask, &Faults::default(), &html! {}).await
}

async fn page(ask: &Ask, faults: &Faults, told: &Markup) -> Answer {
    let shown = ask.read(|tx, _| Shown::read(tx)).await?;
    let language = ask.language;
    let title = Closing::DEF.labels.say(language);
    let running = say(language, "Mois en cours", "Running month");
    let longer = say(language, "Mois et exercices", "Months and fiscal years");
    let body = html! {
        (head(&html! {}, title, &standing(ask, &shown), &[]))
        (record::refusals(ask, faults))
        (told)
        div.row.mb {
            (verify_form(ask))
            @if ask.actor.can("fiscal_year.close_days") && let Some(year) = shown.year {
                (close_form(ask, &shown, year))
            }
        }
        (section(running, &html! {}, &ledger(ask, running, &shown.days)))
        (section(longer, &html! {}, &ledger(ask, longer, &shown.longer)))
        p.muted.mt.prose { (note(ask)) }
        (crate::list::all_of(ask, Closing::DEF))
    };
    let response = ask.page("closings", Vec::new(), title, &body);
    Ok(acting::with_status(response, faults))
}

fn standing(ask: &Ask, shown: &Shown) -> Markup {
    let language = ask.language;
    // Yesterday is closed this morning: until then nothing is late.
    let late = shown.waiting.filter(|first| *first + 1 < shown.today);
    let (tone, said, day) = match (late, shown.closed) {
        (Some(late), _) => (Tone::Wait, say(language, "à clore depuis le", "to close since"), late),
        (None, Some(closed)) => {
            (Tone::Done, say(language, "clos jusqu’au", "closed until"), closed)
        }
        (None, None) => return html! {},
    };
    state(tone, &format!("{said} {}", language.day(day)))
}

fn note(ask: &Ask) -> &'static str {
    say(
        ask.language,
        "Chaque journée se clôt seule le lendemain matin, le mois et l’exercice derrière leur dernier \
         jour. Une clôture ne change plus : elle porte le total de la période, le cumul de \
         l’exercice et le total perpétuel, et l’empreinte de la clôture qui la précède (CGI, art. \
         286, I, 3° bis). L’archive d’une période se vérifie sans ce logiciel.",
        "Each day is closed by itself the next morning, the month and the fiscal year behind their \
         last day. A closing no longer changes: it bears the total of the period, that of the year \
         and the perpetual total, and the hash of the closing before it (French tax code, art. 286, \
         I, 3° bis). The archive of a period is checked without this software.",
    )
}

fn verify_form(ask: &Ask) -> Markup {
    html! {
        form.inline method="post" action="/ledgers/closings/verify" {
            (acting::unseen(ask))
            (Button::submit(ask.say(VERIFY)).icon(Icon::Check))
        }
    }
}

fn close_form(ask: &Ask, shown: &Shown, year: Id<FiscalYear>) -> Markup {
    let language = ask.language;
    let label = say(language, "Clôturer jusqu’au", "Close until");
    let question = say(
        language,
        "Clôturer les journées jusqu’à cette date ? Rien ne s’y enregistrera plus.",
        "Close the days up to this day? Nothing will be recorded in them any more.",
    );
    html! {
        form.inline method="post" action={ "/ledgers/closings/close/" (year) } {
            (acting::unseen(ask))
            label for="until" { (label) }
            input.in type="date" id="until" name="until" value=(shown.today + -1)
                max=(shown.today);
            (Button::submit(say(language, "Clôturer", "Close")).icon(Icon::Lock).confirm(question))
        }
    }
}

/// A table of closings.
pub(super) fn ledger(ask: &Ask, name: &str, closings: &[Kept<Closing>]) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Période", "Period")).grow(),
        Column::text(say(language, "Nature", "Kind")).fold(Fold::State),
        Column::figure(say(language, "Pièces", "Documents")).fold(Fold::Number),
        Column::figure(say(language, "Total HT €", "Net €")),
        Column::figure(say(language, "TVA €", "VAT €")),
        Column::figure(say(language, "Total TTC €", "Total €")).fold(Fold::Amount),
        Column::figure(say(language, "Encaissé €", "Received €")),
        Column::figure(say(language, "Total perpétuel €", "Perpetual total €")),
        Column::figure("").fold(Fold::Marks),
    ];
    let out = ask.actor.can("closing.export");
    Ledger::new(language, name, columns)
        .rows(closings.iter().map(|closing| row(ask, closing, out)))
        .empty(empty(
            say(language, "Rien n’est encore clos ici.", "Nothing is closed here yet."),
            say(
                language,
                "La première journée se clôt le lendemain de la première pièce.",
                "The first day is closed on the morning after the first document.",
            ),
            &[],
        ))
        .render()
}

fn row(ask: &Ask, closing: &Kept<Closing>, out: bool) -> Row {
    let language = ask.language;
    let href = format!("/closings/{}", closing.id);
    let amount = |amount| html! { (blank_if_zero(ask, amount)) };
    let longer = closing.kind != ClosingKind::Day;
    Row::new(vec![
        html! { a href=(href) { (name(ask, closing)) } },
        html! { (closing.kind.label().say(language)) },
        html! { @if closing.documents > 0 { (language.integer(closing.documents)) } },
        amount(closing.net),
        amount(closing.tax),
        amount(closing.total),
        amount(closing.received),
        html! { (language.amount(closing.perpetual_total)) },
        html! { @if out && longer { (archive_button(ask, closing).small()) } },
    ])
    .record(closing.id.to_string(), closing.code.as_str())
}

/// What a period is called: `3 October 2026`, `October 2026`, the code of the fiscal year.
pub(super) fn name(ask: &Ask, closing: &Closing) -> String {
    let language = ask.language;
    match closing.kind {
        ClosingKind::Day => language.day(closing.ends_on),
        ClosingKind::Month => {
            format!("{} {}", language.month(closing.ends_on.month()), closing.ends_on.year())
        }
        ClosingKind::Year => {
            format!("{} {}", FiscalYear::DEF.label.say(language), closing.code)
        }
    }
}

pub(super) fn archive_button(ask: &Ask, closing: &Closing) -> Button {
    let href = format!("/ledgers/closings/{}/archive.zip", closing.code);
    Button::link(say(ask.language, "Archive", "Archive"), href).icon(Icon::Download)
}

/// `POST /ledgers/closings/close/{year}`
pub async fn close(Path(year): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let year = acting::id_of::<FiscalYear>(&ask, &year)?;
    match acting::run::<FiscalYear>(&ask, &fields, "close_days", year, &[]).await {
        Ok(_) => {
            let said = say(ask.language, "Les journées sont closes.", "The days are closed.");
            Ok(ask.go_saying("/closings", Tone::Done, said))
        }
        Err(faults) => page(&ask, &faults, &html! {}).await,
    }
}

/// `POST /ledgers/closings/verify`: every document is read again, hashed and compared.
pub async fn verify(posted: Posted) -> Answer {
    let ask = posted.ask;
    ask.may(READ)?;
    let found = check(&ask, Day(0), Day(i32::MAX)).await?;
    let told = verdict(&ask, &found);
    let page = page(&ask, &Faults::default(), &told).await?;
    Ok(if found.is_empty() {
        page
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    })
}

/// What does not hold in the closings that end on these days. All documents are read, whoever asks:
/// only what is wrong is told.
pub(super) async fn check(ask: &Ask, from: Day, to: Day) -> Result<Vec<Fault>, Refused> {
    let house = Actor::house(ask.actor.company, Door::Web);
    let done = ask
        .visitor
        .waiting(move |state| state.store.read(&house, |tx| Ok(check_closings(tx, from, to)?)));
    done.await.map_err(|faults| ask.refusal(faults))
}

/// What the check came to, in a banner.
pub(super) fn verdict(ask: &Ask, found: &[Fault]) -> Markup {
    let language = ask.language;
    if found.is_empty() {
        let what = say(language, "Les clôtures sont intactes.", "The closings are whole.");
        let ends = say(
            language,
            "Chaque pièce a été relue et répond à son empreinte ; chaque total est celui de ses \
             pièces ; chaque clôture suit la précédente.",
            "Every document was read again and answers to its hash; every total is that of its \
             documents; every closing follows the one before it.",
        );
        return banner(Tone::Done, what, &html! {}, ends, &[]);
    }
    let what = say(language, "Des clôtures ont été touchées.", "Closings were tampered with.");
    let said = html! {
        ul { @for fault in found.iter().take(100) { li { (sentence(fault, language)) } } }
    };
    banner(Tone::Blocked, what, &said, "", &[])
}

/// `GET /ledgers/closings/{period}/archive.zip`
pub async fn archive(ask: Ask, Path(period): Path<String>) -> Result<Response, Refused> {
    ask.may(READ)?;
    let taken_out = ask.actor.proven_for("closing.export");
    taken_out.map_err(|fault| ask.refusal(fault))?;
    let company = ask.actor.company;
    let made = ask.visitor.waiting(move |state| {
        let key = state.store.audit_key().ok_or_else(|| Fault::new("archive.no_key"))?;
        crate::archive::make(&state.store, &key, company, &period, store::now())
    });
    let made = made.await.map_err(|faults| ask.refusal(faults))?;
    let kept = format!("attachment; filename=\"{}\"", made.name);
    let headers =
        [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, kept)];
    Ok((headers, made.bytes).into_response())
}
