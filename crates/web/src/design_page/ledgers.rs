//! Ledgers and figures.

use kernel::{Language, Money};
use maud::{Markup, html};

use crate::parts::{
    self, Button, Column, Figure, Ledger, Mark, Marks, Row, Sort, Sum, Tone, marks, say, section,
    state,
};

fn money(language: Language, cents: i64) -> Markup {
    html! { (language.money(Money::eur(cents))) }
}

pub(super) fn small(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let columns = vec![
        Column::title(t("Commande", "Order")),
        Column::state(t("Étape", "Step")),
        Column::amount(t("Montant HT", "Net amount")),
    ];
    let invoice = || state(Tone::Yours, t("à facturer", "to invoice"));
    let row = |number: &str, step: Markup, cents| {
        Row::new(vec![html! { (number) }, step, money(language, cents)])
    };
    let ledger = Ledger::new(language, t("Commandes", "Orders"), columns)
        .group(
            Sum::new(t("Cette semaine", "This week"), vec![money(language, 1_184_160)])
                .note(t("4 pièces", "4 documents")),
        )
        .row(row("CC-1160", invoice(), 874_250))
        .row(row("CC-1171", invoice(), 75_420))
        .row(row("CC-1163", state(Tone::Wait, t("à préparer", "to prepare")), 61_230))
        .row(row("CC-1174", state(Tone::Half, t("réservée", "reserved")), 173_260).current(true))
        .total(Sum::new("Total", vec![money(language, 1_184_160)]));
    section(t("Registre", "Ledger"), &html! {}, &html! { (ledger) })
}

pub(super) fn strip(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let figure = |label, value: String, note: &str| Figure::new(label, value, note);
    parts::figures(&[
        figure(
            t("Commandes de novembre", "Orders in November"),
            language.money(Money::eur(26_431_840)),
            t("71 % de l’objectif, 77 % du mois", "71% of the goal, 77% of the month"),
        )
        .href("#components"),
        figure(
            t("Marge", "Margin"),
            language.rate(kernel::Rate(341_000)),
            t("+0,8 point sur un an", "+0.8 point in a year"),
        )
        .tone(Tone::Yours),
        figure(
            t("Carnet ouvert", "Open orders"),
            language.money(Money::eur(12_105_159)),
            t("34 commandes, dont 3 retenues", "34 orders, 3 of them held"),
        ),
        figure(
            t("Promesses tenues", "Promises kept"),
            language.rate(kernel::Rate(934_000)),
            t("−1,9 point", "−1.9 points"),
        )
        .tone(Tone::Watch),
        figure(
            t("Échu client", "Overdue"),
            language.money(Money::eur(1_834_025)),
            t("7 factures, la plus vieille 31 j", "7 invoices, the oldest 31 d"),
        ),
    ])
}

/// A line of the large ledger: number, party, town, marks, step, amount.
type Sample =
    (&'static str, &'static str, &'static str, Marks, Tone, &'static str, &'static str, i64);

/// Marks from the first step to the last.
const fn steps([reserved, delivered, invoiced, paid]: [Mark; 4]) -> Marks {
    Marks { reserved, delivered, invoiced, paid }
}

const SAMPLES: [Sample; 6] = {
    use Mark::{Full, Held, None, Part};
    [
        (
            "CC-1142",
            "Bistrot du Canal",
            "Paris 10e",
            steps([Full, Held, None, None]),
            Tone::Blocked,
            "retenue",
            "held",
            341_860,
        ),
        (
            "CC-1139",
            "Hôtel Bellerive",
            "Annecy",
            steps([Full, None, None, None]),
            Tone::Watch,
            "en retard 4 j",
            "4 d late",
            128_640,
        ),
        (
            "CC-1127",
            "Grand Café Opéra",
            "Paris 9e",
            steps([Full, Full, Full, None]),
            Tone::Watch,
            "échue 6 j",
            "6 d overdue",
            591_200,
        ),
        (
            "CC-1160",
            "Hôtel des Remparts",
            "Saint-Malo",
            steps([Full, Full, None, None]),
            Tone::Yours,
            "à facturer",
            "to invoice",
            874_250,
        ),
        (
            "CC-1163",
            "Épicerie Moulin",
            "Lyon",
            steps([Full, None, None, None]),
            Tone::Wait,
            "à préparer",
            "to prepare",
            61_230,
        ),
        (
            "CC-1158",
            "La Table d’Aurore",
            "Nantes",
            steps([Full, Part, None, None]),
            Tone::Half,
            "livrée en partie",
            "partly delivered",
            193_488,
        ),
    ]
};

pub(super) fn large(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let by = |ascending| Sort { href: "#orders".into(), ascending };
    let columns = vec![
        Column::number(t("Commande", "Order")).sorted(by(None)),
        Column::title(t("Client", "Customer")).grow().sorted(by(Some(true))),
        Column::quiet(t("Ville", "Town")),
        Column::marks(),
        Column::state(t("Étape déduite", "Derived step")),
        Column::amount(t("Montant HT", "Net amount")).sorted(by(None)),
    ];
    let row = |(number, party, town, drawn, tone, fr, en, cents): Sample, chosen| {
        Row::new(vec![
            html! { (number) },
            html! { a href="#orders" { (party) } },
            html! { (town) },
            marks(language, drawn),
            state(tone, t(fr, en)),
            money(language, cents),
        ])
        .record(number, number)
        .chosen(chosen)
    };
    let [late @ .., a, b, c] = SAMPLES;
    let ledger = Ledger::new(language, t("Commandes", "Orders"), columns)
        .id("orders")
        .choose("chosen")
        .group(
            Sum::new(
                t("En retard de promesse", "Late on the promise"),
                vec![money(language, 1_061_700)],
            )
            .note(t("avant le 24 nov. · 3 commandes", "before 24 Nov · 3 orders")),
        )
        .rows(late.into_iter().map(|sample| row(sample, false)))
        .group(
            Sum::new(t("Cette semaine", "This week"), vec![money(language, 1_128_968)])
                .note(t("S48 · 3 commandes", "week 48 · 3 orders")),
        )
        .row(row(a, false))
        .row(row(b, true))
        .row(row(c, false))
        .total(Sum::new(
            t("6 commandes ouvertes", "6 open orders"),
            vec![money(language, 2_190_668)],
        ));
    html! {
        (section(t("Grand registre", "Large ledger"), &html! {}, &html! {}))
        (ledger)
        (parts::pager(language, 6, None, Some("#orders"), None))
        (parts::bulk_bar(language, "chosen", &html! {}, &[
            Button::submit(t("Préparer", "Prepare")).key("p"),
            Button::submit(t("Livrer", "Ship")).key("l"),
        ]))
    }
}
