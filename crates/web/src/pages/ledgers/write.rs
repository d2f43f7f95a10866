//! The grid in which a person writes an entry: lines, debits, credits, and what is missing.

use erp::finance::{Journal, JournalEntry};
use kernel::{Entity, Faults, Id, Kept, Language, RawId, sentence};
use maud::{Markup, html};

use super::WRITE;
use super::typed_entry::{Balance, Typed, TypedLine};
use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Cell, Field, Icon, LineColumn, LineGrid, LineValue, Opt, Tone, error_summary, form_end,
    head, say, state,
};
use crate::posted::Posted;

/// Where the form is, and where it is posted.
const PATH: &str = "/ledgers/write";
/// Blank lines, for those without scripts.
const SPARE: usize = 4;

/// `GET /ledgers/write?like=`: a blank entry, or one like another.
pub async fn form(ask: Ask) -> Answer {
    ask.may("journal.write")?;
    let language = ask.language;
    let typed = ask
        .read(move |tx, ask| match RawId::parse(ask.query.text("like")) {
            Ok(id) => Typed::like(tx, language, Id::<JournalEntry>::from_raw(id)),
            Err(_) => Ok(Typed {
                day: tx.today().to_string(),
                currency: Some(tx.currency()),
                ..Typed::default()
            }),
        })
        .await?;
    drawn(&ask, &typed, &Faults::default()).await
}

/// `POST /ledgers/write/preview`: what the lines come to, as they are typed.
pub async fn preview(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("journal.write")?;
    let (typed, _) = read(&ask, fields).await?;
    if ask.visitor.fragment.as_deref() == Some("preview") {
        return Ok(answer::html(&sums(ask.language, typed.balance(ask.language))));
    }
    drawn(&ask, &typed, &Faults::default()).await
}

async fn read(ask: &Ask, fields: Fields) -> Result<(Typed, Faults), answer::Refused> {
    ask.read(move |tx, ask| Typed::read(tx, ask.state.catalog, &ask.actor, &fields)).await
}

/// `POST /ledgers/write`: the entry is posted, or comes back with what is wrong.
pub async fn write(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("journal.write")?;
    let (typed, mut faults) = read(&ask, fields.clone()).await?;
    let asks_more = fields.get("do") == Some("add_lines") || fields.get("remove").is_some();
    if asks_more {
        return drawn(&ask, &typed, &Faults::default()).await;
    }
    let Ok(journal) = RawId::parse(&typed.journal).map(Id::<Journal>::from_raw) else {
        faults.0.push(kernel::Fault::new("field.required").on("journal"));
        return drawn(&ask, &typed, &faults).await;
    };
    if !faults.0.is_empty() {
        return drawn(&ask, &typed, &faults).await;
    }
    let (language, told) = (ask.language, typed.clone());
    let lines = ask.read(move |tx, _| Ok(told.told(tx, language)?)).await?;
    let mut given = Fields::default();
    given.push("key", fields.text("key"));
    for (name, value) in
        [("day", &typed.day), ("label", &typed.label), ("piece", &typed.piece), ("lines", &lines)]
    {
        given.push(name, value.clone());
    }
    match acting::run(&ask, &given, "write", journal, &[]).await {
        Ok(Some(made)) => {
            let said = say(language, "L’écriture est passée.", "The entry is posted.");
            Ok(ask.go_saying(&format!("/journal_entries/{}", made.id), Tone::Done, said))
        }
        Ok(None) => Ok(answer::go("/journal_entries")),
        Err(faults) => drawn(&ask, &typed, &faults).await,
    }
}

/// The page: the head of the entry, its lines, their balance.
async fn drawn(ask: &Ask, typed: &Typed, faults: &Faults) -> Answer {
    let journals = ask
        .read(|tx, _| {
            let mut journals = tx.find(kernel::Filter::<Journal>::everything())?;
            journals.sort_by(|one, other| one.code.cmp(&other.code));
            Ok(journals)
        })
        .await?;
    let language = ask.language;
    let title = say(language, "Saisir une écriture", "Write an entry");
    let crumbs =
        vec![(JournalEntry::DEF.labels.say(language).to_owned(), "/journal_entries".to_owned())];
    let told: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| (fault.field.clone().unwrap_or_default().into(), sentence(fault, language)))
        .collect();
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        form.form method="post" action=(PATH) data-preview={ (PATH) "/preview" } data-guard {
            (acting::unseen(ask))
            // The first button of a form is the one that Enter presses: it is no remover of lines.
            button.sr type="submit" tabindex="-1" aria-hidden="true" {}
            (error_summary(language, &told))
            div.fields { (top(language, &journals, typed, faults)) }
            (grid(language, typed, faults))
            (sums(language, typed.balance(language)))
            p.muted.mt {
                (say(
                    language,
                    "Dans une case de montant, le signe = met ce qui équilibre l’écriture.",
                    "In a cell of amounts, the sign = puts what balances the entry.",
                ))
            }
            (form_end(language, &html! {
                (Button::submit(say(language, "Passer l’écriture", "Post the entry")).primary()
                    .icon(Icon::Check).key("ctrl+enter"))
                (Button::link(say(language, "Annuler", "Cancel"), "/journal_entries").bare())
            }))
        }
    };
    Ok(acting::with_status(ask.page(WRITE, crumbs, title, &body), faults))
}

/// The refusal on a field, as a sentence.
fn refused(language: Language, faults: &Faults, name: &str) -> Option<String> {
    let mine = faults.0.iter().find(|fault| fault.field.as_deref() == Some(name));
    mine.map(|fault| sentence(fault, language))
}

fn top(language: Language, journals: &[Kept<Journal>], typed: &Typed, faults: &Faults) -> Markup {
    let options = journals
        .iter()
        .map(|journal| {
            Opt::new(journal.id.to_string(), format!("{} {}", journal.code, journal.name))
        })
        .collect();
    let usual = journals.iter().find(|journal| journal.code == "OD");
    let chosen = match typed.journal.as_str() {
        "" => usual.map(|journal| journal.id.to_string()).unwrap_or_default(),
        chosen => chosen.to_owned(),
    };
    let error = |name: &str| refused(language, faults, name);
    html! {
        (Field::choice(language, "journal", Journal::DEF.label.say(language), options, None)
            .value(chosen).error(error("journal")).required(true))
        (Field::day(language, "day", say(language, "Date", "Day"))
            .value(typed.day.as_str()).error(error("day")).required(true))
        (Field::text(language, "piece", say(language, "Pièce", "Document"))
            .value(typed.piece.as_str()).error(error("piece"))
            .hint(say(language, "Le numéro du justificatif.", "The number of what proves it.")))
        (Field::text(language, "label", say(language, "Libellé", "Label"))
            .value(typed.label.as_str()).error(error("label")).required(true).wide().focus())
    }
}

fn grid(language: Language, typed: &Typed, faults: &Faults) -> Markup {
    let column = |field, fr, en, cell, width| LineColumn {
        field,
        label: say(language, fr, en).to_owned(),
        cell,
        width,
    };
    let columns = vec![
        column("account", "Compte", "Account", Cell::Reference("account"), "grow"),
        column("party", "Tiers", "Party", Cell::Reference("party"), "w-l"),
        column("label", "Libellé de la ligne", "Label of the line", Cell::Text, "w-l"),
        column("debit", "Débit €", "Debit €", Cell::Figure, "w-m"),
        column("credit", "Crédit €", "Credit €", Cell::Figure, "w-m"),
    ];
    let line = |(rank, line): (usize, &TypedLine)| {
        let error = |name: &str| refused(language, faults, &format!("lines.{rank}.{name}"));
        let reference = |cell: &super::typed_entry::Cell, name: &str| {
            let id = cell.id.map(|id| id.to_string()).unwrap_or_default();
            LineValue::reference(id, cell.shown.as_str()).error(error(name))
        };
        let text = |value: &str, name: &str| LineValue::typed(value).error(error(name));
        let cells = vec![
            reference(&line.account, "account"),
            reference(&line.party, "party"),
            text(&line.label, "label"),
            text(&line.debit, "debit"),
            text(&line.credit, "credit"),
        ];
        (None, cells)
    };
    let grid = LineGrid {
        language,
        name: "lines",
        label: say(language, "Lignes de l’écriture", "Lines of the entry").to_owned(),
        columns,
        lines: typed.lines.iter().enumerate().map(line).collect(),
        moves: false,
        spare: SPARE,
        numbers: None,
    };
    html! { (grid) }
}

/// Debits, credits, and what is missing on which side.
fn sums(language: Language, balance: Balance) -> Markup {
    let gap = balance.gap();
    let told = match (gap.minor, balance.debit.minor) {
        (0, 0) => state(Tone::Wait, say(language, "rien encore", "nothing yet")),
        (0, _) => state(Tone::Done, say(language, "équilibrée", "balanced")),
        (1.., _) => {
            let amount = language.money(gap);
            state(
                Tone::Watch,
                &match language {
                    Language::French => format!("il manque {amount} au crédit"),
                    Language::English => format!("{amount} missing in credit"),
                },
            )
        }
        _ => {
            let amount = language.money(-gap);
            state(
                Tone::Watch,
                &match language {
                    Language::French => format!("il manque {amount} au débit"),
                    Language::English => format!("{amount} missing in debit"),
                },
            )
        }
    };
    html! {
        div #entry-sums .row.entry-sums role="status" {
            span { (say(language, "Débits", "Debits")) " " b { (language.money(balance.debit)) } }
            span { (say(language, "Crédits", "Credits")) " " b { (language.money(balance.credit)) } }
            (told)
        }
    }
}
