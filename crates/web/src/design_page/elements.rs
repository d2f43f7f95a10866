//! The small parts: inks, letters, buttons, fields, states, filters, banners.

use kernel::Language;
use maud::{Markup, html};

use crate::parts::{
    self, Button, Chip, Field, Icon, Mark, Marks, Opt, PickOption, Tab, Tone, error_summary, icon,
    marks, pick_options, say, section, state,
};

pub(super) fn colours(language: Language) -> Markup {
    let inks = [
        ("ink", "Encre, texte", "Ink, text"),
        ("ink-2", "Encre 2, texte courant", "Ink 2, running text"),
        ("ink-3", "Encre 3, légendes", "Ink 3, captions"),
        ("paper", "Papier, cadre", "Paper, frame"),
        ("sheet", "Feuille, travail", "Sheet, work"),
        ("sunk", "Creux, survol", "Sunk, hover"),
        ("rule", "Filet courant", "Hairline"),
        ("rule-2", "Filet de structure", "Structural hairline"),
        ("accent", "Vert bouteille, l’accent", "Bottle green, the accent"),
        ("wash", "Lavis, sélection", "Wash, selection"),
        ("margin", "Filet de marge", "Margin line"),
        ("warn", "Ambre, à surveiller", "Amber, to watch"),
        ("stop", "Garance, bloqué", "Madder, blocked"),
    ];
    section(
        say(language, "Encres et papiers", "Inks and papers"),
        &html! {},
        &html! {
            ul.rows {
                @for (token, fr, en) in inks {
                    li {
                        span class={ "swatch sw-" (token) } {}
                        span { (say(language, fr, en)) }
                        code.n.muted { "--" (token) }
                    }
                }
            }
        },
    )
}

pub(super) fn letters(language: Language) -> Markup {
    section(
        say(language, "Caractères", "Type"),
        &html! {},
        &html! {
            p.amount { (language.money(kernel::Money::eur(1_286_840))) }
            p.muted.mb { "30 · " (say(language, "elzévir, montant principal", "old style, the main amount")) }
            p class="h1" { "Bistrot du Canal" }
            p.muted.mb { "22 · " (say(language, "elzévir, titre et chiffres clés", "old style, titles and key figures")) }
            p.t-4 { (say(language, "Chercher ou lancer une action", "Search or run an action")) }
            p.muted.mb { "15 · palette" }
            p.b6 { (say(language, "Ma journée", "My day")) }
            p.muted.mb { "13 " (say(language, "demi-gras · rubrique", "semibold · section")) }
            p { "Nappe métis 180 × 180, liseré bleu" }
            p.muted.mb { "13 · " (say(language, "texte, chiffres tabulaires", "text, tabular figures")) }
            p.lbl { (say(language, "Promise le", "Promised")) }
            p.muted { "11 · " (say(language, "étiquette, en-tête de colonne", "label, column head")) }
        },
    )
}

pub(super) fn icons(language: Language) -> Markup {
    section(
        say(language, "Icônes", "Icons"),
        &html! { (Icon::ALL.len()) " · 1,25 / 16" },
        &html! {
            ul.icos { @for (drawing, name) in Icon::ALL { li { (icon(drawing)) small { (name) } } } }
        },
    )
}

pub(super) fn buttons(language: Language) -> Markup {
    let save = say(language, "Enregistrer", "Save");
    let (hover, press) = (say(language, "Survol", "Hover"), say(language, "Appui", "Press"));
    section(
        say(language, "Boutons", "Buttons"),
        &html! { (say(language, "repos, survol, appui, focus, retenu", "rest, hover, press, focus, held")) },
        &html! {
            div.row.tight.mb {
                (Button::link(say(language, "Valider", "Confirm"), "#components").primary())
                span.btn.pri.is-hover { (hover) }
                span.btn.pri.is-focus { "Focus" }
                (Button::submit(say(language, "Préparer", "Prepare")).icon(Icon::Truck).held(
                    say(language, "Retenue pour crédit, chez Paul Ferrand", "Held for credit, with Paul Ferrand"),
                ))
            }
            div.row.tight.mb {
                (Button::link(say(language, "Exporter", "Export"), "#components"))
                span.btn.is-hover { (hover) }
                span.btn.is-active { (press) }
                span.btn.is-focus { "Focus" }
            }
            div.row.tight {
                (Button::link(say(language, "Imprimer", "Print"), "#components").bare().icon(Icon::Print))
                (Button::link(say(language, "Annuler la commande", "Cancel the order"), "#components").danger()
                    .confirm(say(language, "Annuler la commande CC-1187 ?", "Cancel order CC-1187?")))
                (Button::link(save, "#components").key("ctrl+s"))
                (Button::link(say(language, "Autres actions", "More actions"), "#components").icon_only(Icon::More))
            }
        },
    )
}

pub(super) fn fields(language: Language) -> Markup {
    let wrong = say(
        language,
        "Novembre s’arrête au 30. Prochaine date possible : 1er déc.",
        "November ends on the 30th. The next possible day: 1 Dec.",
    );
    let depot = say(language, "Dépôt", "Warehouse");
    section(
        say(language, "Champs", "Fields"),
        &html! {},
        &html! {
            (error_summary(language, &[("promised".into(), wrong.into())]))
            form.fields method="get" action="#components" data-guard {
                (Field::text(language, "reference", say(language, "Votre référence", "Your reference"))
                    .placeholder(say(language, "Facultatif", "Optional")))
                (Field::reference(language, "customer", say(language, "Client", "Customer"), "party", "Hôtel des Remparts")
                    .value("1").required(true)
                    .hint(say(language, "Saint-Malo · tarif Hôtellerie 2026", "Saint-Malo · price list Hotels 2026")))
                (Field::day(language, "promised", say(language, "Promise le", "Promised")).error(Some(wrong)))
                (Field::choice(language, "depot", depot, vec![Opt::new("r", "Roubaix"), Opt::new("l", "Lyon")], None))
                (Field::figure(language, "discount", say(language, "Remise", "Discount"), "%").value(if language == Language::French { "8,5" } else { "8.5" }))
                (Field::text(language, "number", say(language, "Numéro, attribué à la validation", "Number, given on confirmation")).value("CC-1198").locked(true))
                (Field::flag(language, "partial", say(language, "Livrable en partie", "May ship in part")).value("true"))
                (Field::flag(language, "gift", say(language, "Offerte", "Free of charge")))
                (Field::long(language, "note", say(language, "Note au client", "Note to the customer")))
            }
        },
    )
}

pub(super) fn states(language: Language) -> Markup {
    let all = [
        (Tone::Wait, "à préparer", "to prepare", "attend : rond vide", "waits: hollow disc"),
        (Tone::Half, "livrée en partie", "partly delivered", "en cours : demi-rond", "under way: half disc"),
        (Tone::Done, "soldée", "closed", "fini : rond d’encre", "over: disc of ink"),
        (Tone::Yours, "à facturer", "to invoice", "à vous : rond vert", "yours: green disc"),
        (Tone::Watch, "en retard 4 j", "4 d late", "à surveiller : losange", "to watch: diamond"),
        (Tone::Blocked, "retenue", "held", "bloqué : carré", "blocked: square"),
    ];
    section(
        say(language, "États", "States"),
        &html! { (say(language, "une forme, un mot, une couleur", "a shape, a word, a colour")) },
        &html! {
            ul.rows {
                @for (tone, fr, en, why_fr, why_en) in all {
                    li { (state(tone, say(language, fr, en))) small.n { (say(language, why_fr, why_en)) } }
                }
            }
        },
    )
}

pub(super) fn progress(language: Language) -> Markup {
    let full = Mark::Full;
    let all = [
        (Marks::default(), "rien encore", "nothing yet"),
        (Marks { reserved: Mark::Part, ..Marks::default() }, "réservée en partie", "partly reserved"),
        (Marks { reserved: full, delivered: Mark::Part, ..Marks::default() }, "livrée en partie", "partly delivered"),
        (Marks { reserved: full, delivered: Mark::Held, ..Marks::default() }, "livraison retenue", "delivery held"),
        (Marks { reserved: full, delivered: full, invoiced: full, paid: full }, "soldée", "closed"),
    ];
    section(
        say(language, "Avancement", "Progress"),
        &html! { (say(language, "réservé, livré, facturé, payé", "reserved, delivered, invoiced, paid")) },
        &html! {
            ul.rows { @for (drawn, fr, en) in all { li { (marks(language, drawn)) small { (say(language, fr, en)) } } } }
        },
    )
}

pub(super) fn filters(language: Language) -> Markup {
    let tabs = [
        Tab::new(say(language, "Carnet ouvert", "Open orders"), "#components", true).count("34"),
        Tab::new(say(language, "À facturer", "To invoice"), "#components", false).count("11"),
        Tab::new(say(language, "Retenues", "Held"), "#components", false).count("3").alert(),
    ];
    let chips = [
        Chip {
            path: vec![say(language, "Client", "Customer").into(), say(language, "Secteur", "Sector").into()],
            value: say(language, "Hôtellerie", "Hotels").into(),
            remove: Some("#components".into()),
        },
        Chip { path: vec![say(language, "Étape", "Step").into()], value: say(language, "ouverte", "open").into(), remove: None },
    ];
    let more = html! { (Button::link(say(language, "Filtrer", "Filter"), "#components").bare().small().icon(Icon::Filter)) };
    section(
        say(language, "Filtres et onglets", "Filters and tabs"),
        &html! {},
        &html! {
            (parts::tabs(say(language, "Vues", "Views"), &tabs))
            (parts::chips(language, &chips, &more))
        },
    )
}

pub(super) fn banners(language: Language) -> Markup {
    let none = html! {};
    section(
        say(language, "Bandeaux", "Banners"),
        &html! {},
        &html! {
            (parts::banner(
                Tone::Blocked,
                say(language, "Retenue pour crédit.", "Held for credit."),
                &none,
                say(
                    language,
                    "Tenue par Paul Ferrand depuis hier 16 h 12 · se lève seule à l’encaissement",
                    "With Paul Ferrand since yesterday 16:12 · ends by itself on payment",
                ),
                &[Button::link(say(language, "Relancer", "Chase"), "#components")],
            ))
            (parts::banner(Tone::Watch, say(language, "Promesse à risque.", "Promise at risk."),
                &html! { (say(language, "Stock attendu le 8 déc.", "Stock due 8 Dec.")) }, "", &[]))
            (parts::banner(Tone::Yours, say(language, "9 lignes rapprochées.", "9 lines matched."), &none, "", &[]))
        },
    )
}

pub(super) fn nothing(language: Language) -> Markup {
    section(
        say(language, "Vide, attente, erreur", "Empty, waiting, error"),
        &html! {},
        &html! {
            (parts::empty(
                say(language, "Aucune commande retenue.", "No order is held."),
                say(language, "Les retenues posées par une règle s’afficheront ici.", "Holds set by a rule will show here."),
                &[],
            ))
            ul.rows {
                li { (state(Tone::Half, say(language, "calcul en cours", "computing"))) small.n { "14 / 34" } }
                li {
                    (state(Tone::Blocked, say(language, "non enregistré", "not saved")))
                    span.n { (Button::link(say(language, "Réessayer", "Try again"), "#components").bare().small()) }
                }
            }
        },
    )
}

/// The list of a reference and a toast, laid flat.
pub(super) fn floating(language: Language) -> Markup {
    let option = |code: &str, label: &str, tone, word: &str, figure: i64| PickOption {
        id: code.into(),
        label: label.into(),
        code: code.into(),
        note: say(language, "Acheté 3 fois, la dernière le 4 sept.", "Bought 3 times, last on 4 Sept").into(),
        state: Some((tone, word.into())),
        state_note: say(language, "promesse 3 déc.", "promise 3 Dec").into(),
        figure: language.money(kernel::Money::eur(figure)),
        figure_note: say(language, "dernier prix 29,44 €", "last price €29.44").into(),
        fills: Vec::new(),
    };
    let options = [
        option("TAB-077", "Tablier bavette coton enduit", Tone::Yours, say(language, "64 disponibles", "64 available"), 3_200),
        option("SET-021", "Set de table enduit 35 × 48", Tone::Watch, say(language, "épuisé", "sold out"), 720),
    ];
    section(
        say(language, "Surfaces flottantes", "Floating surfaces"),
        &html! {},
        &html! {
            div.cols.g2c {
                div.pop.static { (pick_options(language, "tabl", &options)) }
                div {
                    (parts::toast(language, Tone::Done, say(language, "Facture FA-2026-1031 émise.", "Invoice FA-2026-1031 posted."),
                        Some((say(language, "Voir", "See"), "#themes"))))
                    p.mt { button.btn type="button" data-open="#keys" { (say(language, "Raccourcis clavier", "Keyboard shortcuts")) } }
                }
            }
        },
    )
}
