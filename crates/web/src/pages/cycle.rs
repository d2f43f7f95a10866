//! The analysis of the cycle: how long order to cash takes, step by step, month by month, customer
//! by customer. Each chart has its figures behind it.

mod plots;
mod tables;

use axum::Router;
use axum::routing::get;
use kernel::{Condition, Fault, Language, Rate, Text};
use maud::{Markup, html};
use processes::cycle::{self, Cycle, Spread, Step};

use super::period::{self, Period};
use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::nav::{Entry, Group};
use crate::parts::{Figure, Tab, Tone, chips, empty, figures, head, say, section, tabs};
use crate::titles::Titles;

/// The key of the analysis in the rail.
pub const CYCLE: &str = "cycle";

pub const PLACE: Entry = Entry::page(
    Group::Sales,
    CYCLE,
    "/cycle",
    Text::new("Analyse du cycle", "Cycle analysis"),
    "order.read",
)
.letter('y')
.after("hold");

/// The most customers of the table.
const PARTIES: usize = 40;

pub fn routes() -> Router<WebState> {
    Router::new().route("/cycle", get(page))
}

/// What the page shows.
struct Seen {
    period: Period,
    /// The usual periods: how many months each, and its days.
    usual: Vec<(i32, Period)>,
    cycle: Cycle,
    titles: Titles,
}

/// `GET /cycle?from=&to=`.
async fn page(ask: Ask) -> Answer {
    ask.may("order.read")?;
    // It is told from events, of all orders: who sees a part of them is not shown the whole.
    if let Some(def) = ask.state.catalog.entity("order")
        && kernel::rights::visible(ask.state.catalog, def, &ask.actor) != Condition::Everything
    {
        return Err(ask.refusal(Fault::new("forbidden.record").with("right", "order.read")));
    }
    let seen = ask
        .read(|tx, ask| {
            let today = tx.today();
            let usual: Vec<_> =
                [3, 6, 12, 18].map(|count| (count, Period::months(count, today))).to_vec();
            let period = Period::of(ask, Period::months(12, today));
            let cycle = cycle::cycle(tx, period.from, period.to)?;
            let shown = cycle.parties.iter().take(PARTIES);
            let named: Vec<_> = shown.map(|(party, _)| ("party", party.raw())).collect();
            let mut titles = Titles::default();
            titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
            Ok(Seen { period, usual, cycle, titles })
        })
        .await?;
    let language = ask.language;
    let title = say(language, "De la commande à l’encaissement", "From order to cash");
    let form = period::form(&ask, "/cycle", seen.period, &[], "#cycle");
    let body = html! {
        (head(&html! { (say(language, "Analyse du cycle", "Cycle analysis")) }, title,
            &summary(language, &seen), &[]))
        div #cycle {
            (periods(&ask, &seen))
            (chips(language, &[], &form))
            @if seen.cycle.whole.orders == 0 && seen.cycle.whole.dso_days.is_none() {
                (nothing(language))
            } @else { (content(&ask, &seen)) }
        }
    };
    Ok(ask.page(CYCLE, Vec::new(), title, &body))
}

fn content(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    html! {
        (figures(&key_figures(language, seen)))
        div.cols.home {
            div {
                (plots::lead_times(language, &seen.cycle))
                (plots::quality(language, &seen.cycle))
            }
            div {
                (plots::whole(language, &seen.cycle))
                (plots::dso(language, &seen.cycle))
                (plots::held(language, &seen.cycle))
            }
        }
        (section(
            say(language, "Mois par mois", "Month by month"),
            &html! { (say(language, "durées médianes, en jours", "median durations, in days")) },
            &tables::months(ask, &seen.cycle),
        ))
        (section(
            say(language, "Client par client", "Customer by customer"),
            &html! { (most(language, seen.cycle.parties.len())) },
            &tables::parties(ask, &seen.cycle, &seen.titles, PARTIES),
        ))
        p.muted.prose {
            (say(
                language,
                "Tout vient des événements : une commande compte au mois de sa confirmation, et ce \
                 qui n’est pas encore arrivé n’est pas compté.",
                "All of it comes from events: an order counts in the month it was confirmed in, and \
                 what has not happened yet is not counted.",
            ))
        }
    }
}

fn summary(language: Language, seen: &Seen) -> Markup {
    let orders = language.integer(i64::try_from(seen.cycle.whole.orders).unwrap_or(0));
    let days = seen.cycle.whole.step(Step::Whole).map(|spread| days(language, spread.median));
    let said = match (language, days) {
        (Language::French, Some(days)) => format!("{orders} commandes · {days} de bout en bout"),
        (Language::English, Some(days)) => format!("{orders} orders · {days} end to end"),
        (Language::French, None) => format!("{orders} commandes"),
        (Language::English, None) => format!("{orders} orders"),
    };
    html! { span.muted { (said) } }
}

fn periods(ask: &Ask, seen: &Seen) -> Markup {
    let tab = |(count, period): &(i32, Period)| {
        let label = format!("{count} {}", say(ask.language, "mois", "months"));
        Tab::new(label, format!("/cycle?{}", period.query()), *period == seen.period)
    };
    let all: Vec<Tab> = seen.usual.iter().map(tab).collect();
    tabs(say(ask.language, "Période", "Period"), &all)
}

fn nothing(language: Language) -> Markup {
    empty(
        say(
            language,
            "Aucune commande confirmée sur cette période.",
            "No order was confirmed then.",
        ),
        say(language, "Choisissez d’autres dates.", "Choose other days."),
        &[],
    )
}

fn key_figures(language: Language, seen: &Seen) -> Vec<Figure> {
    let whole = &seen.cycle.whole;
    let step = whole.step(Step::Whole);
    let ninth = step.map(|spread| match language {
        Language::French => format!("9 sur 10 en {} au plus", days(language, spread.ninth)),
        Language::English => format!("9 in 10 within {}", days(language, spread.ninth)),
    });
    let median = |spread: Option<Spread>| {
        spread.map_or_else(|| "—".to_owned(), |spread| days(language, spread.median))
    };
    let held = match (language, whole.held) {
        (Language::French, 0 | 1) => format!("{} commande retenue", whole.held),
        (Language::French, held) => format!("{held} commandes retenues"),
        (Language::English, 1) => "1 order held".to_owned(),
        (Language::English, held) => format!("{held} orders held"),
    };
    let dso = whole.dso_days.map_or_else(|| "—".to_owned(), |dso| whole_days(language, dso));
    vec![
        Figure::new(
            say(language, "Commande → encaissement", "Order → cash"),
            median(step),
            ninth.unwrap_or_default(),
        ),
        Figure::new(
            say(language, "Délai de paiement (DSO)", "Days sales outstanding"),
            dso,
            say(language, "pondéré par les montants", "weighted by amount"),
        ),
        Figure::new(say(language, "Temps de retenue", "Time on hold"), median(whole.hold), held)
            .href("/holds"),
        Figure::new(
            say(language, "Livrées en plusieurs fois", "Partial deliveries"),
            percent(language, whole.partial),
            say(language, "des commandes livrées", "of delivered orders"),
        )
        .tone(if whole.partial > Rate::percent(20) { Tone::Watch } else { Tone::Done }),
        Figure::new(
            say(language, "Bon du premier coup", "First time right"),
            percent(language, whole.first_time_right),
            say(language, "sans retenue, reliquat ni avoir", "no hold, back-order or credit"),
        )
        .tone(if whole.first_time_right >= Rate::percent(80) {
            Tone::Yours
        } else {
            Tone::Watch
        }),
    ]
}

fn most(language: Language, count: usize) -> String {
    let shown = count.min(PARTIES);
    match language {
        Language::French => format!("{shown} sur {count}, ceux qui commandent le plus d’abord"),
        Language::English => format!("{shown} of {count}, those who order most first"),
    }
}

/// Seconds in tenths of days, rounded half up.
const fn tenths(seconds: i64) -> i64 {
    (seconds * 10 + 43_200) / 86_400
}

/// Tenths of days as they are read: `4,5`.
fn written(language: Language, tenths: i64) -> String {
    language.decimal(&kernel::number::trimmed(tenths, 1))
}

/// `4,5 j`; in hours below a day.
fn days(language: Language, seconds: i64) -> String {
    if seconds < 86_400 {
        return format!("{} h", (seconds + 1_800) / 3_600);
    }
    format!("{} {}", written(language, tenths(seconds)), say(language, "j", "d"))
}

fn whole_days(language: Language, days: i64) -> String {
    format!("{} {}", language.integer(days), say(language, "j", "d"))
}

/// A share in whole percents.
fn percent(language: Language, rate: Rate) -> String {
    language.rate(Rate::percent((rate.0 * 100 + Rate::SCALE / 2) / Rate::SCALE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_in_hours_then_in_days() {
        let french = Language::French;
        assert_eq!(days(french, 0), "0 h");
        assert_eq!(days(french, 5 * 3_600 + 1_800), "6 h");
        assert_eq!(days(french, 86_400), "1 j");
        assert_eq!(days(Language::English, 129_600), "1.5 d");
        assert_eq!(percent(french, Rate(936_000)), "94\u{a0}%");
    }
}
