//! The box in which a sieve is typed, what it offers as one types, and the menus of the list.

use axum::extract::Path;
use kernel::{EntityDef, Scope, sentence, sieve};
use maud::{Markup, html};

use super::shape;
use super::sifted::WHERE;
use super::wanted::Wanted;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Button, Icon, icon, say};
use crate::titles::title_of;
use crate::views::{self, Views};
use crate::{pick, words};

/// The line of tools above the ledger.
pub fn tools(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    views: &Views,
    building: bool,
) -> Markup {
    let language = ask.language;
    let sifted = &wanted.sifted;
    let kept = wanted.parameters().without(&[WHERE]);
    let mut build = wanted.parameters().clone();
    if !building {
        build.push("build", "1");
    }
    let build = build.after(&format!("/{}", def.plural));
    let label = say(language, "Filtre avancé", "Advanced filter");
    html! {
        div.list-tools {
            form.sieve method="get" action={ "/" (def.plural) } data-swap="#list" role="search"
                aria-label=(label) {
                @for (name, value) in &kept.0 { input type="hidden" name=(name) value=(value); }
                @if building { input type="hidden" name="build" value="1"; }
                span.pick data-pick={ "where/" (def.plural) } {
                    input.in name=(WHERE) id="list-where" type="text" value=(sifted.typed)
                        autocomplete="off" autocapitalize="off" spellcheck="false" role="combobox"
                        aria-expanded="false" aria-autocomplete="list" aria-label=(label)
                        maxlength=(sieve::MOST_LETTERS)
                        aria-invalid=[sifted.fault.is_some().then_some("true")]
                        aria-describedby=[sifted.fault.is_some().then_some("list-where-error")]
                        placeholder=(say(
                            language,
                            "Filtre : champ, signe, valeur ; et, ou, non",
                            "Filter: field, sign, value; and, or, not",
                        ));
                }
                (Button::submit(say(language, "Appliquer", "Apply")).small())
                @if let Some(fault) = &sifted.fault {
                    p.error #list-where-error role="alert" { (sentence(fault, language)) }
                }
            }
            a.btn.bare.mini href=(build) data-swap="#list" aria-pressed=(building.to_string())
                role="button" {
                (icon(Icon::Filter)) (say(language, "Construire", "Build"))
            }
            (shape::menus(ask, def, wanted))
            (exports(ask, def, wanted))
            (views::tools(ask, def, wanted, views))
        }
    }
}

fn exports(ask: &Ask, def: &EntityDef, wanted: &Wanted) -> Markup {
    let place = |end: &str| wanted.address(&format!("/{}/export.{end}", def.plural));
    let kinds = [
        ("xlsx", say(ask.language, "Classeur (XLSX)", "Workbook (XLSX)")),
        ("csv", say(ask.language, "Texte (CSV)", "Text (CSV)")),
    ];
    html! {
        details.opens {
            summary.btn.bare.mini { (icon(Icon::Download)) (ask.say(words::EXPORT)) }
            div.panel { ul.add {
                @for (end, label) in kinds { li { a href=(place(end)) { (label) } } }
            } }
        }
    }
}

/// One way to go on, for the list that opens under the box.
struct Offered {
    text: String,
    label: String,
    note: String,
}

/// `/pick/where/{plural}?q=`: what may follow the text typed.
pub async fn complete(ask: Ask, Path(plural): Path<String>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let typed = ask.query.get("q").unwrap_or_default().to_owned();
    let offered = ask
        .read(move |tx, ask| {
            let scope = Scope::of(tx, ask.state.catalog, &ask.actor)?;
            let found = sieve::complete(&scope, def, &typed);
            let mut offered: Vec<Offered> = found
                .offers
                .into_iter()
                .map(|offer| Offered { text: offer.text, label: offer.label, note: offer.note })
                .collect();
            if let Some((entity, words, before)) = found.record
                && let Some(target) = ask.state.catalog.entity(entity)
                && ask.actor.can(&format!("{entity}.read"))
            {
                for row in pick::matching(tx, target, &words, 8)? {
                    let label = title_of(target, &row, ask.language);
                    let text = format!("{before}\"{}\" ", label.replace(['"', '\\'], ""));
                    offered.push(Offered { text, label, note: String::new() });
                }
            }
            Ok(offered)
        })
        .await?;
    Ok(answer::html(&html! {
        @for offer in &offered {
            div.opt role="option" data-id=(offer.label) data-label=(offer.text) data-more {
                span { (offer.label) }
                span.muted { (offer.note) }
            }
        }
    }))
}
