//! One chart of each kind.

use kernel::Language;
use maud::{Markup, html};

use crate::charts::{About, Bar, Point, Range, Stack, Step, bars, funnel, line, ranges, stacked};
use crate::parts::{say, section};

fn about(language: Language, title: &str, gist: &str) -> About {
    About {
        language,
        title: title.into(),
        gist: gist.into(),
        over: say(language, "Mois", "Month").into(),
    }
}

/// Thousands of euros out of cents, for an axis.
fn thousands(language: Language) -> impl Fn(i64) -> String {
    move |cents| {
        let figure = language.integer((cents + 50_000) / 100_000);
        match (language, cents) {
            (_, 0) => "0".to_owned(),
            (Language::French, _) => format!("{figure} k€"),
            (Language::English, _) => format!("€{figure}k"),
        }
    }
}

fn months(language: Language, from: i8, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |rank| {
        let month = (i64::from(from) - 1 + i64::try_from(rank).unwrap_or(0)) % 12 + 1;
        language.month(i8::try_from(month).unwrap_or(1)).to_owned()
    })
}

pub(super) fn all(language: Language) -> Markup {
    html! {
        div.cols.home {
            div { (sales(language)) (parts_of_sales(language)) }
            div { (forecast(language)) (pipeline(language)) (lead_times(language)) }
        }
    }
}

fn sales(language: Language) -> Markup {
    let values = [21, 14, 18, 26, 31, 34, 42, 22, 6, 51, 44, 46];
    let before = [18, 12, 16, 20, 24, 30, 31, 24, 5, 39, 32, 29];
    let drawn: Vec<Bar> = months(language, 12, 12)
        .zip(values.into_iter().zip(before))
        .enumerate()
        .map(|(rank, (label, (value, before)))| Bar {
            label,
            value: value * 100_000,
            before: Some(before * 100_000),
            now: rank == 11,
        })
        .collect();
    let title = say(language, "Ventes par mois", "Sales by month");
    let last = say(language, "l’an passé", "a year before");
    let chart = bars(
        &about(language, title, say(language, "Au-dessus de l’an passé", "Above last year")),
        say(language, "cette année", "this year"),
        last,
        &drawn,
        &thousands(language),
    );
    section(title, &html! {}, &chart)
}

fn parts_of_sales(language: Language) -> Markup {
    let title = say(language, "Créances par ancienneté", "Receivables by age");
    let names = [
        say(language, "à échoir", "not due"),
        say(language, "1 à 30 j", "1 to 30 d"),
        say(language, "31 à 60 j", "31 to 60 d"),
        say(language, "plus", "more"),
    ];
    let drawn: Vec<Stack> = months(language, 6, 6)
        .zip([
            [60, 20, 8, 2],
            [64, 18, 9, 3],
            [58, 24, 10, 3],
            [70, 22, 8, 4],
            [66, 26, 12, 4],
            [72, 18, 6, 3],
        ])
        .map(|(label, values)| Stack {
            label,
            values: values.map(|value| value * 100_000).to_vec(),
        })
        .collect();
    section(
        title,
        &html! {},
        &stacked(&about(language, title, ""), &names, &drawn, &thousands(language)),
    )
}

fn forecast(language: Language) -> Markup {
    let values = [286, 301, 278, 322, 334, 318, 352, 361, 148, 388, 372, 372, 318, 341, 358];
    let points: Vec<Point> = months(language, 12, 15)
        .zip(values)
        .enumerate()
        .map(|(rank, (label, value))| {
            let spread = i64::try_from(rank.saturating_sub(10)).unwrap_or(0) * 17;
            Point {
                label,
                value: value * 100_000,
                band: (rank >= 10)
                    .then_some(((value - spread) * 100_000, (value + spread) * 100_000)),
                forecast: rank > 10,
            }
        })
        .collect();
    let title = say(language, "Prévision de ventes", "Sales forecast");
    let reached = say(language, "264 au 24 nov.", "264 on 24 Nov");
    let chart = line(
        &about(
            language,
            title,
            say(language, "Novembre finirait à 372 k€", "November would end at €372k"),
        ),
        say(language, "prévu", "forecast"),
        &points,
        Some((11, 26_400_000, reached)),
        &thousands(language),
    );
    section(
        title,
        &html! { (say(language, "bande : 8 chances sur 10", "band: 8 chances in 10")) },
        &chart,
    )
}

fn pipeline(language: Language) -> Markup {
    let step = |fr, en, count: &str, gross, weighted, chance: &str, age: &str, now| Step {
        label: say(language, fr, en).into(),
        count: count.into(),
        gross,
        weighted,
        notes: vec![chance.into(), age.into()],
        now,
    };
    let steps = [
        step(
            "Qualifiée",
            "Qualified",
            "21",
            14_820_000,
            2_964_000,
            say(language, "20 %", "20%"),
            say(language, "6 j", "6 d"),
            false,
        ),
        step(
            "Devis envoyé",
            "Quoted",
            "17",
            13_170_000,
            7_902_000,
            say(language, "60 %", "60%"),
            say(language, "12 j", "12 d"),
            false,
        ),
        step(
            "Négociation",
            "Negotiation",
            "8",
            8_490_000,
            6_792_000,
            say(language, "80 %", "80%"),
            say(language, "5 j", "5 d"),
            true,
        ),
    ];
    let title = say(language, "Pipeline par étape", "Pipeline by stage");
    let words = (say(language, "brut", "gross"), say(language, "pondéré", "weighted"));
    let heads = [say(language, "Chance", "Chance"), say(language, "Âge médian", "Median age")];
    section(
        title,
        &html! {},
        &funnel(&about(language, title, ""), words, &heads, &steps, &thousands(language)),
    )
}

fn lead_times(language: Language) -> Markup {
    let title = say(language, "Délais par étape", "Lead times by step");
    let range = |fr, en, [low, first, middle, last, high]: [i64; 5], target| Range {
        label: say(language, fr, en).into(),
        low,
        first,
        middle,
        last,
        high,
        target: Some(target),
        slow: middle > target,
    };
    let drawn = [
        range("Réserver", "Reserve", [2, 6, 14, 22, 60], 24),
        range("Préparer", "Prepare", [12, 30, 70, 96, 160], 48),
        range("Livrer", "Ship", [10, 20, 28, 40, 90], 36),
    ];
    let hours = |value: i64| format!("{value} h");
    section(title, &html! {}, &ranges(&about(language, title, ""), &drawn, &hours))
}
