//! The screen of the matching: at the left the lines that wait, at the right what the one in hand
//! may pay, with the reasons, the entry that accepting makes, and its effect.

use erp::finance::BankLine;
use kernel::{Faults, Id, Language};
use maud::{Markup, Render, html};

use super::read::{self, Seen, Waiting};
use super::{BANK, chosen};
use crate::address::Fields;
use crate::answer::Answer;
use crate::door::{Ask, new_key};
use crate::pages::acting;
use crate::parts::{
    Button, Column, Figure, Fold, Icon, Ledger, Row, Tone, empty, figures, head, hidden, key_hints,
    say, state,
};
use crate::record;

/// `GET /bank?line=&statement=&proposal=&done=`.
pub async fn page(ask: Ask) -> Answer {
    ask.may("bank_line.read")?;
    drawn(&ask, None, &Faults::default()).await
}

/// The page with a line in hand, and what was refused.
pub async fn drawn(ask: &Ask, line: Option<Id<BankLine>>, faults: &Faults) -> Answer {
    let seen = ask.read(move |tx, ask| read::see(tx, ask, line)).await?;
    let language = ask.language;
    let title = say(language, "Rapprochement", "Bank matching");
    let over = html! {
        @match (&seen.statement, seen.matching.as_of) {
            (Some(one), _) => { (say(language, "Relevé", "Statement")) " " (one.reference) },
            (None, Some(day)) => {
                (say(language, "Relevés jusqu’au", "Statements up to")) " " (language.day(day))
            },
            (None, None) => (say(language, "Aucun relevé", "No statement yet")),
        }
    };
    let body = html! {
        div #matching {
            (head(&over, title, &progress(ask, &seen), &buttons(ask, &seen)))
            (record::refusals(ask, faults))
            (figures(&key_figures(ask, &seen)))
            @if seen.lines.is_empty() && seen.chosen.is_none() { (nothing(ask, &seen)) }
            @else {
                div.cols.g2c.matching {
                    div data-follow {
                        (ledger(ask, &seen))
                        (more(ask, &seen))
                    }
                    (chosen::drawn(ask, &seen))
                }
                (hints(ask, &seen))
            }
        }
    };
    Ok(acting::with_status(ask.page(BANK, Vec::new(), title, &body), faults))
}

fn progress(ask: &Ask, seen: &Seen) -> Markup {
    let (matched, all) = (seen.matching.matched, seen.matching.matched + seen.matching.open);
    let (matched, all) = (ask.language.integer(matched), ask.language.integer(all));
    html! {
        @match ask.language {
            Language::French => span.muted { b { (matched) " sur " (all) } " mouvements rapprochés" },
            Language::English => span.muted { b { (matched) " of " (all) } " lines matched" },
        }
    }
}

fn buttons(ask: &Ask, seen: &Seen) -> Vec<Button> {
    let language = ask.language;
    let mut buttons = Vec::new();
    if let (Some(done), true) = (&seen.done, ask.actor.can("bank_line.undo")) {
        let label = say(language, "Défaire le dernier", "Undo the last one");
        let undo = Button::post(label, format!("/bank/lines/{}/undo", done.id));
        let undo = undo.hidden("token", ask.token.as_str()).hidden("key", new_key());
        buttons.push(undo.icon(Icon::Undo).key("u").swap("#matching"));
    }
    if ask.actor.can("bank_rule.read") {
        buttons.push(Button::link(say(language, "Règles", "Rules"), "/bank_rules"));
    }
    let statements = say(language, "Relevés", "Statements");
    buttons.push(Button::link(statements, "/bank_statements").icon(Icon::File));
    let sure: Vec<Id<BankLine>> = seen.sure().collect();
    if !sure.is_empty() && ask.actor.can("bank_line.accept") {
        let label = match (language, sure.len()) {
            (Language::French, 1) => "Accepter la sûre".to_owned(),
            (Language::French, count) => format!("Accepter les {count} sûres"),
            (Language::English, 1) => "Accept the sure one".to_owned(),
            (Language::English, count) => format!("Accept the {count} sure ones"),
        };
        let mut button = Button::post(label, "/bank/sure").hidden("token", ask.token.as_str());
        button = button.hidden("key", new_key());
        for line in sure {
            button = button.hidden("id", line.to_string());
        }
        buttons.push(button.key("shift+a").swap("#matching"));
    }
    buttons
}

fn key_figures(ask: &Ask, seen: &Seen) -> Vec<Figure> {
    let (language, matching) = (ask.language, &seen.matching);
    let money = |amount: Option<kernel::Money>| {
        amount.map_or_else(|| "—".to_owned(), |amount| language.money(amount))
    };
    let on = matching.as_of.map(|day| language.day(day)).unwrap_or_default();
    let gap = matching.gap();
    let tone = if gap.is_some_and(|gap| !gap.is_zero()) { Tone::Watch } else { Tone::Done };
    let lines = match (language, matching.open) {
        (Language::French, 0 | 1) => "mouvement",
        (Language::French, _) => "mouvements",
        (Language::English, 1) => "line",
        (Language::English, _) => "lines",
    };
    let books = format!("/ledgers/accounts/{}", erp::finance::accounts::BANK_ACCOUNT);
    vec![
        Figure::new(say(language, "Solde banque", "At the bank"), money(matching.bank), on),
        Figure::new(
            say(language, "Solde comptable", "In the books"),
            language.money(matching.books),
            say(language, "compte 512000", "account 512000"),
        )
        .href(books),
        Figure::new(say(language, "Écart à expliquer", "Gap to explain"), money(gap), "")
            .tone(tone),
        Figure::new(say(language, "À traiter", "To do"), language.integer(matching.open), lines),
    ]
}

/// The address of a line in hand; the line done before it can still be undone from there.
pub fn at(seen: &Seen, line: Id<BankLine>) -> String {
    let mut address = Fields::default();
    address.push("line", line.to_string());
    if let Some(statement) = &seen.statement {
        address.push("statement", statement.id.to_string());
    }
    if let Some(done) = &seen.done {
        address.push("done", done.id.to_string());
    }
    address.after("/bank")
}

fn ledger(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::quiet(say(language, "Date", "Day")).fold(Fold::Number),
        Column::title(say(language, "Libellé de la banque", "Bank’s text")).grow(),
        Column::state(say(language, "Piste", "Leads")),
        Column::amount(say(language, "Montant €", "Amount €")),
    ];
    let chosen = seen.chosen.as_ref().map(|chosen| chosen.line.id);
    let row = |waiting: &Waiting| {
        let line = &waiting.line;
        let words = wording(line);
        Row::new(vec![
            html! { (language.short_day(line.booked_on)) },
            html! {
                a href=(at(seen, line.id)) data-swap="#matching" title=(words) { (words) }
            },
            lead(language, waiting),
            html! { (language.amount(line.amount)) },
        ])
        .current(chosen == Some(line.id))
    };
    Ledger::new(language, say(language, "Mouvements à rapprocher", "Lines to match"), columns)
        .rows(seen.lines.iter().map(row))
        .empty(empty(say(language, "Tout est rapproché.", "Everything is matched."), "", &[]))
        .render()
}

/// What the bank wrote: the text of the payer, after its name when it says nothing of it.
pub fn wording(line: &BankLine) -> String {
    match line.counterparty.as_deref().filter(|name| !name.is_empty()) {
        Some(name) if line.remittance.is_empty() => name.to_owned(),
        Some(name) => format!("{name} · {}", line.remittance),
        None if line.remittance.is_empty() => "—".to_owned(),
        None => line.remittance.clone(),
    }
}

fn lead(language: Language, waiting: &Waiting) -> Markup {
    match (waiting.sure, waiting.proposals) {
        (true, _) => state(Tone::Yours, say(language, "sûr", "sure")),
        (false, 0) if waiting.ruled => state(Tone::Yours, say(language, "règle", "rule")),
        (false, 0) => state(Tone::Wait, say(language, "aucune", "none")),
        (false, 1) => state(Tone::Half, say(language, "1 piste", "1 lead")),
        (false, count) => {
            state(Tone::Half, &format!("{count} {}", say(language, "pistes", "leads")))
        }
    }
}

/// Where the rest is.
fn more(ask: &Ask, seen: &Seen) -> Markup {
    let shown = i64::try_from(seen.lines.len()).unwrap_or(i64::MAX);
    let left = seen.matching.open - shown;
    if seen.statement.is_some() {
        let all = say(ask.language, "Voir tous les mouvements", "See all lines");
        return html! { p.muted.mt { a href="/bank" { (all) } } };
    }
    if left <= 0 {
        return html! {};
    }
    let left = ask.language.integer(left);
    let said = match ask.language {
        Language::French => {
            format!("{left} autres mouvements suivent à mesure que ceux-ci sont faits.")
        }
        Language::English => format!("{left} more lines follow as these are done."),
    };
    html! { p.muted.mt { (said) } }
}

/// Nothing waits: all is matched, or no statement came in yet.
fn nothing(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let import = say(language, "Importer un relevé", "Import a statement");
    let button = Button::link(import, "/bank_statements").primary();
    if seen.matching.matched > 0 {
        return empty(
            say(language, "Tout est rapproché.", "Everything is matched."),
            say(
                language,
                "Le prochain relevé apportera d’autres mouvements.",
                "The next statement will bring more lines.",
            ),
            &[button],
        );
    }
    empty(
        say(language, "Aucun mouvement bancaire.", "No bank line yet."),
        say(
            language,
            "Importez le relevé que votre banque fournit au format CAMT.053.",
            "Import the statement that your bank gives as CAMT.053.",
        ),
        &[button],
    )
}

fn hints(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let at = seen
        .chosen
        .as_ref()
        .and_then(|chosen| seen.lines.iter().position(|waiting| waiting.line.id == chosen.line.id));
    let place = at.map(|at| match language {
        Language::French => format!("mouvement {} sur {}", at + 1, seen.lines.len()),
        Language::English => format!("line {} of {}", at + 1, seen.lines.len()),
    });
    let mut hints = vec![
        ("j", say(language, "suivant", "next")),
        ("k", say(language, "précédent", "previous")),
        ("1", say(language, "à 9 : proposition", "to 9: proposal")),
        ("enter", say(language, "accepter et suivre", "accept and go on")),
        ("b", say(language, "en compte", "on accounts")),
        ("i", say(language, "imputer autrement", "match otherwise")),
        ("s", say(language, "passer", "skip")),
    ];
    if seen.done.is_some() {
        hints.push(("u", say(language, "défaire", "undo")));
    }
    key_hints(&hints, place.as_deref().unwrap_or(""))
}

/// What the forms of a line send besides what it pays.
pub fn carried(ask: &Ask, seen: &Seen) -> Markup {
    let next = seen.next().map(|next| next.to_string()).unwrap_or_default();
    let statement =
        seen.statement.as_ref().map(|statement| statement.id.to_string()).unwrap_or_default();
    html! {
        (acting::unseen(ask))
        (hidden(&[("next", next.as_str()), ("statement", statement.as_str())]))
    }
}
