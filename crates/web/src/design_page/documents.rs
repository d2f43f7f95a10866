//! The parts of documents: credit, thread, line grid, board, proposals.

use kernel::{Language, Money};
use maud::{Markup, html};

use crate::charts::sparkline;
use crate::parts::{
    self, Button, Cell, Column, Exposure, HoldNote, Icon, Lane, Ledger, LineColumn, LineGrid,
    LineValue, Moment, Proposal, Row, Tick, Tone, Voice, light, say, section,
};

pub(super) fn credit(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let exposure = Exposure {
        open: Money::eur(1_084_216),
        delivered: Money::eur(131_800),
        confirmed: Money::eur(554_808),
        this_order: Money::eur(543_894),
        limit: Money::eur(1_500_000),
    };
    let within = Exposure { this_order: Money::eur(0), limit: Money::eur(2_500_000), ..exposure };
    section(
        t("Encours", "Exposure"),
        &html! { (t("plafond ", "limit ")) (language.money(exposure.limit)) },
        &html! {
            p.row {
                span { (light(language, Tone::Yours)) (t("dans le plafond", "within")) }
                span { (light(language, Tone::Watch)) (t("à 90 %", "at 90%")) }
                span { (light(language, Tone::Blocked)) (t("dépassé", "beyond")) }
            }
            (parts::gauge(language, &within))
            (parts::gauge(language, &exposure))
            (parts::gauge_legend(language, &exposure, ["", "BL-2411", "CC-1142", "CC-1187"]))
        },
    )
}

pub(super) fn timeline(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let moment = |when: &str, voice, icon, what: &str, note: &str| Moment {
        when: when.into(),
        machine: "2026-11-23".into(),
        voice,
        icon,
        what: html! { (what) },
        note: note.into(),
    };
    let yesterday = t("hier", "yesterday");
    let moments = [
        moment(
            t("16 h 12", "16:12"),
            Voice::Trouble,
            None,
            t("Retenue posée par la règle Crédit, plafond", "Held by the rule Credit, limit"),
            t("confiée à Paul Ferrand", "given to Paul Ferrand"),
        ),
        moment(
            t("16 h 10", "16:10"),
            Voice::Fact,
            None,
            t("4 lignes réservées au dépôt de Roubaix", "4 lines reserved in Roubaix"),
            "",
        ),
        moment(
            t("15 h 52", "15:52"),
            Voice::Person,
            Some(Icon::Phone),
            t("Appel de S. Anquetil, 6 min", "Call from S. Anquetil, 6 min"),
            "« Il me faut les torchons pour l’ouverture du 4. »",
        ),
        moment(
            yesterday,
            Voice::Person,
            Some(Icon::Mail),
            t("Bon de commande reçu", "Purchase order received"),
            "bdc-canal-hiver.pdf",
        ),
    ];
    section(t("Fil", "Thread"), &html! {}, &parts::thread(&moments))
}

pub(super) fn grid(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let column =
        |field, label: &str, cell, width| LineColumn { field, label: label.into(), cell, width };
    let columns = vec![
        column("product", t("Article", "Item"), Cell::Reference("product"), "w-l"),
        column("label", t("Désignation", "Description"), Cell::Text, "grow"),
        column("quantity", t("Quantité", "Quantity"), Cell::Figure, "w-s"),
        column("price", t("PU HT", "Unit price"), Cell::Figure, "w-m"),
        column("discount", t("Remise %", "Discount %"), Cell::Figure, "w-s"),
        column("total", t("Total HT", "Net total"), Cell::Computed, "w-m"),
    ];
    let line = |code: &str, label: &str, quantity: &str, cents: i64, total: i64| {
        let price = language.amount(Money::eur(cents));
        let values = vec![
            LineValue::reference(code, code),
            LineValue::typed(label),
            LineValue::typed(quantity),
            LineValue::typed(price),
            LineValue::typed("8"),
            LineValue::computed(html! { (language.amount(Money::eur(total))) }),
        ];
        (None, values)
    };
    let mut lines = vec![
        line("TOR-210", "Torchon lin lavé 50 × 70, écru", "120", 980, 108_192),
        line("NAP-118", "Nappe métis 180 × 180, liseré bleu", "14", 6_450, 83_076),
        line("TAB-077", "Tablier bavette coton enduit, ardoise", "-24", 3_200, 0),
    ];
    let wrong = t("Une quantité est positive.", "A quantity is positive.");
    lines[2].1[2] = LineValue::typed("-24").error(Some(wrong.into()));
    let grid = LineGrid {
        language,
        name: "lines",
        label: t("Lignes de la commande", "Lines of the order").into(),
        columns,
        lines,
        moves: false,
        spare: 2,
        numbers: None,
    };
    let money = |cents| language.money(Money::eur(cents));
    html! {
        (section(t("Lignes d’une commande", "Lines of an order"), &html! {}, &html! {}))
        form method="post" action="#components" data-preview="/design/preview" data-guard {
            (grid)
            div.cols.g2c.mt.mb {
                div {}
                (parts::totals(&[
                    ("total-net", t("Total HT", "Net total").into(), money(191_268)),
                    ("total-tax", t("TVA 20 %", "VAT 20%").into(), money(38_254)),
                    ("total-gross", t("Total TTC", "Total").into(), money(229_522)),
                ]))
            }
        }
    }
}

/// A tick of a board that nothing holds.
fn tick(language: Language, party: &str, number: &str, cents: i64, when: &str) -> Tick {
    Tick {
        party: party.into(),
        href: "#components".into(),
        amount: language.amount(Money::eur(cents)),
        number: number.into(),
        when: when.into(),
        late: false,
        hold: None,
    }
}

fn lane(language: Language, title: &str, cents: i64, trend: &[i64], ticks: Vec<Tick>) -> Lane {
    let target = 5;
    Lane {
        title: title.into(),
        count: ticks.len().to_string(),
        sum: language.money(Money::eur(cents)),
        spark: sparkline(title, trend, Some(target)),
        lead: (
            format!("{} {}", trend.last().unwrap_or(&0), say(language, "j", "d")),
            format!("{} {target}", say(language, "cible", "target")),
        ),
        slow: trend.last() > Some(&target),
        ticks,
        more: None,
    }
}

pub(super) fn cycle(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let new = |party, number, cents, fr, en| tick(language, party, number, cents, t(fr, en));
    let held = Tick {
        late: true,
        hold: Some(HoldNote {
            why: t("crédit", "credit").into(),
            owner: t("P. Ferrand, 4 j", "P. Ferrand, 4 d").into(),
        }),
        ..new("Bistrot du Canal", "CC-1142", 341_860, "20 nov., 4 j", "20 Nov, 4 d")
    };
    let reserve = vec![
        new("Hôtel des Remparts", "CC-1197", 1_523_000, "18 déc.", "18 Dec"),
        new("Ateliers Noémie", "CC-1196", 965_430, "15 déc.", "15 Dec"),
    ];
    let prepare = vec![held, new("Brasserie Vauban", "CC-1180", 351_825, "30 nov.", "30 Nov")];
    let invoice = vec![new("Hôtel des Remparts", "CC-1160", 874_250, "24 nov.", "24 Nov")];
    let lanes = [
        lane(language, t("À réserver", "To reserve"), 2_488_430, &[9, 7, 6, 8, 5, 4], reserve),
        lane(language, t("À préparer", "To prepare"), 693_685, &[2, 2, 3, 5, 6, 9], prepare),
        lane(language, t("À facturer", "To invoice"), 874_250, &[6, 5, 4, 3, 3, 2], invoice),
    ];
    section("Cycle", &html! {}, &parts::board(&lanes))
}

pub(super) fn matching(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let columns = vec![Column::text(""), Column::figure("").width(3), Column::figure("").width(3)];
    let amount = language.amount(Money::eur(521_440));
    let entry = Ledger::new(language, t("Écriture", "Entry"), columns)
        .row(
            Row::new(vec![html! { "512100 Banque du Littoral" }, html! { (amount) }, html! {}])
                .mark("D"),
        )
        .row(
            Row::new(vec![html! { "411000 Bistrot du Canal" }, html! {}, html! { (amount) }])
                .mark("C"),
        );
    let proposals = [
        Proposal {
            rank: 1,
            title: t("Règlement partiel de FA-2026-0934", "Part payment of FA-2026-0934").into(),
            state: Some((Tone::Watch, t("échue 18 j", "18 d overdue").into())),
            amount: language.money(Money::eur(521_440)),
            reasons: vec![
                (true, t("« 0934 » figure dans le libellé", "“0934” stands in the label").into()),
                (false, t("Laisse 1 000,00 € ouverts", "Leaves €1,000.00 open").into()),
            ],
            entry: html! { (entry) },
            buttons: vec![
                Button::link(t("Accepter", "Accept"), "#components").primary(),
                Button::link(t("Ajuster", "Adjust"), "#components"),
            ],
            best: true,
        },
        Proposal {
            rank: 2,
            title: "FA-2026-0988, FA-2026-1017".into(),
            state: Some((Tone::Wait, t("à échoir", "not due").into())),
            amount: language.money(Money::eur(462_776)),
            reasons: vec![(
                false,
                t("Écart de 586,64 €, sans explication", "€586.64 apart, unexplained").into(),
            )],
            entry: html! {},
            buttons: Vec::new(),
            best: false,
        },
    ];
    section(t("Rapprochement", "Matching"), &html! {}, &parts::proposals(&proposals))
}
