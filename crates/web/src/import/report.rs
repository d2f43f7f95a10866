//! The third step: what the file would do, every refusal beside its row and its value; then, once
//! agreed, the import.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use exchange::{Mode, Report};
use kernel::{Faults, Text};
use maud::{Markup, html};

use super::kept::{File, Files, Stage};
use super::start::crumbs;
use super::{counted, job, refusals as told, steps};
use crate::answer::{Answer, go, said};
use crate::door::Ask;
use crate::parts::{Button, Figure, Tone, banner, figures, head, section};
use crate::posted::Posted;

const CHANGE: Text = Text::new("Revoir les colonnes", "Change the columns");

async fn find(ask: &Ask, files: &Files, key: &str) -> Result<Arc<File>, crate::answer::Refused> {
    files.find(&ask.actor, key).map_err(|fault| ask.refusal(fault))
}

/// `GET /import/file/{file}/report`: the trial, how far it is, or the way to the import.
pub async fn show(
    Extension(files): Extension<Arc<Files>>,
    ask: Ask,
    Path(key): Path<String>,
) -> Answer {
    let file = find(&ask, &files, &key).await?;
    let trail = crumbs(&ask, Some(file.def));
    match file.way().stage {
        Stage::Fresh => Ok(go(&format!("/import/file/{key}"))),
        Stage::Applied(batch) => Ok(go(&format!("/imports/{batch}"))),
        Stage::Running { mode, done, rows } => {
            let step = if mode == Mode::Dry { 3 } else { 4 };
            Ok(job::progress(&ask, trail, &file.name, &steps(&ask, step), (done, rows)))
        }
        Stage::Failed(faults) => {
            let body = failed(&ask, &file, &faults);
            Ok(ask.page("import", trail, &file.name, &body))
        }
        Stage::Tried(report) => {
            let body = tried(&ask, &file, &report);
            Ok(ask.page("import", trail, &file.name, &body))
        }
    }
}

/// `POST /import/file/{file}/apply`: what was tried is done.
pub async fn apply(
    Extension(files): Extension<Arc<Files>>,
    Path(key): Path<String>,
    posted: Posted,
) -> Answer {
    let ask = posted.ask;
    let file = find(&ask, &files, &key).await?;
    if matches!(file.way().stage, Stage::Tried(_) | Stage::Failed(_)) {
        job::run(&ask, file, Mode::Apply).await;
    }
    // The report leads to the import once it is done; pressed twice, it is the same one.
    Ok(go(&format!("/import/file/{key}/report")))
}

/// `GET /import/file/{file}/refusals.csv`.
pub async fn refusals(
    Extension(files): Extension<Arc<Files>>,
    ask: Ask,
    Path(key): Path<String>,
) -> Answer {
    let file = find(&ask, &files, &key).await?;
    let Stage::Tried(report) = file.way().stage else {
        return Ok(go(&format!("/import/file/{key}/report")));
    };
    told::file(ask.language, &report.refusals).map_err(|fault| ask.refusal(fault))
}

/// `GET /import/file/{file}/rows.csv`: the refused rows, to be mended.
pub async fn refused_rows(
    Extension(files): Extension<Arc<Files>>,
    ask: Ask,
    Path(key): Path<String>,
) -> Answer {
    let file = find(&ask, &files, &key).await?;
    let Stage::Tried(report) = file.way().stage else {
        return Ok(go(&format!("/import/file/{key}/report")));
    };
    let language = ask.language;
    let drawn = ask
        .visitor
        .waiting(move |_| {
            let read = super::reading::read(&file.bytes, &file.way().settings, language)?;
            Ok(told::rows_file(language, &read.sheet, &report.refusals)?)
        })
        .await;
    drawn.map_err(|faults| ask.refusal(faults))
}

fn failed(ask: &Ask, file: &File, faults: &Faults) -> Markup {
    let broken = Text::new("L’import s’est arrêté.", "The import stopped.");
    let ends = Text::new(
        "Rien n’est perdu : relancé, il reprend où il en était.",
        "Nothing is lost: started again, it goes on where it was.",
    );
    html! {
        (head(&html! { (file.def.labels.say(ask.language)) }, &file.name, &html! {}, &[]))
        (steps(ask, 3))
        (banner(
            Tone::Blocked,
            ask.say(broken),
            &html! { (said(faults, ask.language).join(" ")) },
            ask.say(ends),
            &[
                Button::post(ask.say(crate::words::RETRY), format!("/import/file/{}/apply", file.key))
                    .hidden("token", &ask.token),
                Button::link(ask.say(CHANGE), format!("/import/file/{}", file.key)),
            ],
        ))
    }
}

fn tried(ask: &Ask, file: &File, report: &Report) -> Markup {
    let place = format!("/import/file/{}", file.key);
    let does = report.made + report.changed;
    let what = match does {
        0 => None,
        _ => Some(crate::words::colon(ask.language, ask.say(super::IMPORT), &counted(ask, does))),
    };
    let apply = what.map(|label| {
        Button::post(label, format!("{place}/apply")).primary().hidden("token", &ask.token)
    });
    let Report { rows, made, changed, same, refused, .. } = *report;
    let (all, mend) = (format!("{place}/refusals.csv"), format!("{place}/rows.csv"));
    let buttons: Vec<Button> =
        apply.into_iter().chain([Button::link(ask.say(CHANGE), &place)]).collect();
    html! {
        (head(&html! { (file.def.labels.say(ask.language)) }, &file.name, &html! {}, &buttons))
        (steps(ask, 3))
        (figures(&counts(ask, rows, made, changed, same, refused)))
        (summary(ask, report))
        @if !report.refusals.is_empty() {
            (listed(ask, &report.refusals, &all, Some(&mend)))
        }
    }
}

/// What the trial says in a sentence.
fn summary(ask: &Ask, report: &Report) -> Markup {
    let nothing = Text::new(
        "Rien n’est encore enregistré : c’est un essai.",
        "Nothing is saved yet: this is a trial.",
    );
    let (tone, what, ends) = match (report.refused, report.made + report.changed) {
        (0, _) => {
            (Tone::Done, Text::new("Toutes les lignes passent.", "Every row passes."), nothing)
        }
        (_, 0) => (
            Tone::Watch,
            Text::new("Aucune ligne ne passe.", "No row passes."),
            Text::new(
                "Revoyez les colonnes, ou corrigez le fichier.",
                "Change the columns, or mend the file.",
            ),
        ),
        _ => (
            Tone::Watch,
            Text::new(
                "Des lignes sont refusées ; les autres peuvent être importées.",
                "Some rows are refused; the others can be imported.",
            ),
            nothing,
        ),
    };
    banner(tone, ask.say(what), &html! {}, ask.say(ends), &[])
}

/// The counts of a trial or of an import.
pub fn counts(
    ask: &Ask,
    rows: i64,
    made: i64,
    changed: i64,
    same: i64,
    refused: i64,
) -> Vec<Figure> {
    let figure = |label: Text, count: i64| {
        Figure::new(ask.say(label), ask.language.integer(count), String::new())
    };
    let tone = if refused > 0 { Tone::Blocked } else { Tone::Done };
    vec![
        figure(Text::new("Lignes", "Rows"), rows),
        figure(Text::new("Créées", "Made"), made),
        figure(Text::new("Modifiées", "Changed"), changed),
        figure(Text::new("Identiques", "The same"), same),
        figure(Text::new("Refusées", "Refused"), refused).tone(tone),
    ]
}

/// The refusals as a section, with the way to all of them.
pub fn listed(ask: &Ask, refusals: &[serde_json::Value], all: &str, rows: Option<&str>) -> Markup {
    let download = Text::new("Tous les refus (CSV)", "All refusals (CSV)");
    let mend = Text::new("Les lignes à corriger (CSV)", "The rows to mend (CSV)");
    let right = html! {
        a href=(all) { (ask.say(download)) }
        @if let Some(rows) = rows { " · " a href=(rows) { (ask.say(mend)) } }
    };
    let title = Text::new("Refus", "Refusals");
    let more = Text::new(
        "Les 200 premiers sont montrés ; le fichier les a tous.",
        "The first 200 are shown; the file has them all.",
    );
    let content = html! {
        (told::ledger(ask, refusals))
        @if refusals.len() > told::SHOWN { p.muted.mt { (ask.say(more)) } }
    };
    section(ask.say(title), &right, &content)
}
