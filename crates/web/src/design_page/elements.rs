//! The small parts: inks, letters, buttons, fields, states, filters, banners.

use kernel::Language;
use maud::{Markup, html};

use crate::parts::{
    self, Button, Chip, Field, Icon, Mark, Marks, Opt, PickOption, Tab, Tone, error_summary, icon,
    marks, pick_options, say, section, state,
};

pub(super) fn colours(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
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
        t("Encres et papiers", "Inks and papers"),
        &html! {},
        &html! {
            ul.rows {
                @for (token, fr, en) in inks {
                    li {
                        span class={ "swatch sw-" (token) } {}
                        span { (t(fr, en)) }
                        code.n.muted { "--" (token) }
                    }
                }
            }
        },
    )
}

pub(super) fn letters(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    section(
        t("Caractères", "Type"),
        &html! {},
        &html! {
            p.amount { (language.money(kernel::Money::eur(1_286_840))) }
            p.muted.mb { "30 · " (t("elzévir, montant principal", "old style, the main amount")) }
            p class="h1" { "Bistrot du Canal" }
            p.muted.mb {
                "22 · " (t("elzévir, titre et chiffres clés", "old style, titles and key figures"))
            }
            p.t-4 { (t("Chercher ou lancer une action", "Search or run an action")) }
            p.muted.mb { "15 · palette" }
            p.b6 { (t("Ma journée", "My day")) }
            p.muted.mb { "13 " (t("demi-gras · rubrique", "semibold · section")) }
            p { "Nappe métis 180 × 180, liseré bleu" }
            p.muted.mb { "13 · " (t("texte, chiffres tabulaires", "text, tabular figures")) }
            p.lbl { (t("Promise le", "Promised")) }
            p.muted { "11 · " (t("étiquette, en-tête de colonne", "label, column head")) }
        },
    )
}

pub(super) fn icons(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    section(
        t("Icônes", "Icons"),
        &html! { (Icon::ALL.len()) " · 1,25 / 16" },
        &html! {
            ul.icos {
                @for (drawing, name, _) in Icon::ALL { li { (icon(drawing)) small { (name) } } }
            }
        },
    )
}

pub(super) fn buttons(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let save = t("Enregistrer", "Save");
    let (hover, press) = (t("Survol", "Hover"), t("Appui", "Press"));
    section(
        t("Boutons", "Buttons"),
        &html! { (t("repos, survol, appui, focus, retenu", "rest, hover, press, focus, held")) },
        &html! {
            div.row.tight.mb {
                (Button::link(t("Valider", "Confirm"), "#components").primary())
                span.btn.pri.is-hover { (hover) }
                span.btn.pri.is-focus { "Focus" }
                (Button::submit(t("Préparer", "Prepare")).icon(Icon::Truck).held(
                    t("Retenue pour crédit, chez P. Ferrand", "Held for credit, with P. Ferrand"),
                ))
            }
            div.row.tight.mb {
                (Button::link(t("Exporter", "Export"), "#components"))
                span.btn.is-hover { (hover) }
                span.btn.is-active { (press) }
                span.btn.is-focus { "Focus" }
            }
            div.row.tight {
                (Button::link(t("Imprimer", "Print"), "#components").bare().icon(Icon::Print))
                (Button::link(t("Annuler la commande", "Cancel the order"), "#components").danger()
                    .confirm(t("Annuler la commande CC-1187 ?", "Cancel order CC-1187?")))
                (Button::link(save, "#components").key("ctrl+s"))
                (Button::link(t("Autres actions", "More actions"), "#components")
                    .icon_only(Icon::More))
            }
        },
    )
}

pub(super) fn fields(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let wrong = t(
        "Novembre s’arrête au 30. Prochaine date possible : 1er déc.",
        "November ends on the 30th. The next possible day: 1 Dec.",
    );
    let customer = Field::reference(
        language,
        "customer",
        t("Client", "Customer"),
        "party",
        "Hôtel des Remparts",
    )
    .value("1")
    .required(true)
    .hint(t("Saint-Malo · tarif Hôtellerie 2026", "Saint-Malo · price list Hotels 2026"));
    let depots = vec![Opt::new("r", "Roubaix"), Opt::new("l", "Lyon")];
    section(
        t("Champs", "Fields"),
        &html! {},
        &html! {
            (error_summary(language, &[("promised".into(), wrong.into())]))
            form.fields method="get" action="#components" data-guard {
                (Field::text(language, "reference", t("Votre référence", "Your reference"))
                    .placeholder(t("Facultatif", "Optional")))
                (customer)
                (Field::day(language, "promised", t("Promise le", "Promised")).error(Some(wrong)))
                (Field::choice(language, "depot", t("Dépôt", "Warehouse"), depots, None))
                (Field::figure(language, "discount", t("Remise", "Discount"), "%")
                    .value(t("8,5", "8.5")))
                (Field::text(language, "number", t("Numéro, à la validation", "Number, on confirmation"))
                    .value("CC-1198")
                    .locked(true))
                (Field::flag(language, "partial", t("Livrable en partie", "May ship in part"))
                    .value("true"))
                (Field::flag(language, "gift", t("Offerte", "Free of charge")))
                (Field::long(language, "note", t("Note au client", "Note to the customer")))
            }
        },
    )
}

pub(super) fn states(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let all = [
        (Tone::Wait, "à préparer", "to prepare", "attend : rond vide", "waits: hollow disc"),
        (
            Tone::Half,
            "livrée en partie",
            "partly delivered",
            "en cours : demi-rond",
            "under way: half disc",
        ),
        (Tone::Done, "soldée", "closed", "fini : rond d’encre", "over: disc of ink"),
        (Tone::Yours, "à facturer", "to invoice", "à vous : rond vert", "yours: green disc"),
        (Tone::Watch, "en retard 4 j", "4 d late", "à surveiller : losange", "to watch: diamond"),
        (Tone::Blocked, "retenue", "held", "bloqué : carré", "blocked: square"),
    ];
    section(
        t("États", "States"),
        &html! { (t("une forme, un mot, une couleur", "a shape, a word, a colour")) },
        &html! {
            ul.rows {
                @for (tone, fr, en, why_fr, why_en) in all {
                    li { (state(tone, t(fr, en))) small.n { (t(why_fr, why_en)) } }
                }
            }
        },
    )
}

pub(super) fn progress(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let full = Mark::Full;
    let all = [
        (Marks::default(), "rien encore", "nothing yet"),
        (
            Marks { reserved: Mark::Part, ..Marks::default() },
            "réservée en partie",
            "partly reserved",
        ),
        (
            Marks { reserved: full, delivered: Mark::Part, ..Marks::default() },
            "livrée en partie",
            "partly delivered",
        ),
        (
            Marks { reserved: full, delivered: Mark::Held, ..Marks::default() },
            "livraison retenue",
            "delivery held",
        ),
        (Marks { reserved: full, delivered: full, invoiced: full, paid: full }, "soldée", "closed"),
    ];
    section(
        t("Avancement", "Progress"),
        &html! { (t("réservé, livré, facturé, payé", "reserved, delivered, invoiced, paid")) },
        &html! {
            ul.rows {
                @for (drawn, fr, en) in all {
                    li { (marks(language, drawn)) small { (t(fr, en)) } }
                }
            }
        },
    )
}

pub(super) fn filters(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let tabs = [
        Tab::new(t("Carnet ouvert", "Open orders"), "#components", true).count("34"),
        Tab::new(t("À facturer", "To invoice"), "#components", false).count("11"),
        Tab::new(t("Retenues", "Held"), "#components", false).count("3").alert(),
    ];
    let chips = [
        Chip {
            path: vec![t("Client", "Customer").into(), t("Secteur", "Sector").into()],
            value: t("Hôtellerie", "Hotels").into(),
            remove: Some("#components".into()),
        },
        Chip {
            path: vec![t("Étape", "Step").into()],
            value: t("ouverte", "open").into(),
            remove: None,
        },
    ];
    let filter = Button::link(t("Filtrer", "Filter"), "#components").bare().small();
    let more = html! { (filter.icon(Icon::Filter)) };
    section(
        t("Filtres et onglets", "Filters and tabs"),
        &html! {},
        &html! {
            (parts::tabs(t("Vues", "Views"), &tabs))
            (parts::chips(language, &chips, &more))
        },
    )
}

pub(super) fn banners(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let none = html! {};
    section(
        t("Bandeaux", "Banners"),
        &html! {},
        &html! {
            (parts::banner(
                Tone::Blocked,
                t("Retenue pour crédit.", "Held for credit."),
                &none,
                t(
                    "Tenue par Paul Ferrand depuis hier 16 h 12 · se lève seule à l’encaissement",
                    "With Paul Ferrand since yesterday 16:12 · ends by itself on payment",
                ),
                &[Button::link(t("Relancer", "Chase"), "#components")],
            ))
            (parts::banner(Tone::Watch, t("Promesse à risque.", "Promise at risk."),
                &html! { (t("Stock attendu le 8 déc.", "Stock due 8 Dec.")) }, "", &[]))
            (parts::banner(
                Tone::Yours,
                t("9 lignes rapprochées.", "9 lines matched."),
                &none,
                "",
                &[],
            ))
        },
    )
}

pub(super) fn nothing(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    section(
        t("Vide, attente, erreur", "Empty, waiting, error"),
        &html! {},
        &html! {
            (parts::empty(
                t("Aucune commande retenue.", "No order is held."),
                t("Les retenues s’afficheront ici.", "Holds set by a rule will show here."),
                &[],
            ))
            ul.rows {
                li { (state(Tone::Half, t("calcul en cours", "computing"))) small.n { "14 / 34" } }
                li {
                    (state(Tone::Blocked, t("non enregistré", "not saved")))
                    span.n {
                        (Button::link(t("Réessayer", "Try again"), "#components").bare().small())
                    }
                }
            }
        },
    )
}

/// The list of a reference and a toast, laid flat.
pub(super) fn floating(language: Language) -> Markup {
    let t = |fr, en| say(language, fr, en);
    let option = |code: &str, label: &str, tone, word: &str, figure: i64| PickOption {
        id: code.into(),
        label: label.into(),
        code: code.into(),
        note: t("Acheté 3 fois, la dernière le 4 sept.", "Bought 3 times, last on 4 Sept").into(),
        state: Some((tone, word.into())),
        state_note: t("promesse 3 déc.", "promise 3 Dec").into(),
        figure: language.money(kernel::Money::eur(figure)),
        figure_note: t("dernier prix 29,44 €", "last price €29.44").into(),
        fills: Vec::new(),
    };
    let options = [
        option(
            "TAB-077",
            "Tablier bavette coton enduit",
            Tone::Yours,
            t("64 disponibles", "64 available"),
            3_200,
        ),
        option("SET-021", "Set de table enduit 35 × 48", Tone::Watch, t("épuisé", "sold out"), 720),
    ];
    section(
        t("Surfaces flottantes", "Floating surfaces"),
        &html! {},
        &html! {
            div.cols.g2c {
                div.pop.static role="listbox" aria-label=(say(language, "Choix", "Choices")) {
                    (pick_options(language, "tabl", &options))
                }
                div {
                    (parts::toast(
                        language,
                        Tone::Done,
                        t("Facture FA-2026-1031 émise.", "Invoice FA-2026-1031 posted."),
                        Some((t("Voir", "See"), "#themes")),
                        &html! {},
                    ))
                    p.mt {
                        button.btn type="button" data-open="#keys" {
                            (t("Raccourcis clavier", "Keyboard shortcuts"))
                        }
                    }
                }
            }
        },
    )
}
