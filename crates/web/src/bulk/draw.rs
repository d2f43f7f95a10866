//! The steps of a change of many records, drawn.

use axum::response::Response;
use exchange::many::Change;
use kernel::bulk::{BulkJob, MOST};
use kernel::{Faults, Language, sentence};
use maud::{Markup, Render, html};

use super::rehearsal::Seen;
use super::{Under, Wish, acts, own, settable_with};
use crate::door::{Ask, new_key};
use crate::form::{self, Sheet};
use crate::parts::{
    Button, Column, Field, Figure, Ledger, Opt, Row, Tone, banner, error_summary, fieldset,
    figures, form_end, head, hidden, section,
};
use crate::show::Reader;
use crate::titles::title_of;
use crate::{act, member, words};

/// How many records of the rehearsal are shown.
const SHOWN: usize = 8;

/// So many records, in words.
pub(super) fn count(language: Language, count: usize) -> String {
    let word = match words::singular(language, u64::try_from(count).unwrap_or(u64::MAX)) {
        true => words::MANY_RECORD,
        false => words::MANY_RECORDS,
    };
    if count > MOST {
        let most = language.integer(i64::try_from(MOST).unwrap_or(i64::MAX));
        return format!("{} {most} {}", words::MANY_MORE.say(language), word.say(language));
    }
    let number = language.integer(i64::try_from(count).unwrap_or(i64::MAX));
    format!("{number} {}", word.say(language))
}

fn page(ask: &Ask, under: &Under, body: &Markup) -> Response {
    let crumbs = vec![(under.def.labels.say(ask.language).to_owned(), under.list.clone())];
    ask.page(under.def.plural, crumbs, ask.say(words::MANY_TITLE), body)
}

fn title(ask: &Ask, under: &Under) -> Markup {
    let over = html! { (under.def.labels.say(ask.language)) };
    let what = match under.wish {
        Wish::Set(Some(field)) => {
            words::colon(ask.language, ask.say(words::EDIT), field.label.say(ask.language))
        }
        Wish::Set(None) => ask.say(words::MANY_EDIT).to_owned(),
        Wish::Act(Some(act)) => act.label.say(ask.language).to_owned(),
        Wish::Act(None) => ask.say(words::MANY_ACT).to_owned(),
        Wish::Delete => ask.say(words::DELETE).to_owned(),
    };
    head(&over, &what, &html! {}, &[])
}

/// The address that the form is sent to: the filters of the list are in it.
fn action(under: &Under) -> String {
    let query = under.list.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
    format!("/{}/bulk{query}", under.def.plural)
}

fn frame(ask: &Ask, under: &Under) -> Markup {
    let wish = match under.wish {
        Wish::Set(_) => "set",
        Wish::Act(_) => "act",
        Wish::Delete => "delete",
    };
    let field = if let Wish::Set(Some(field)) = under.wish { field.name } else { "" };
    let act = if let Wish::Act(Some(act)) = under.wish { act.name } else { "" };
    html! {
        (hidden(&[("token", ask.token.as_str()), ("do", wish)]))
        @if !field.is_empty() { (hidden(&[("field", field)])) }
        @if !act.is_empty() { (hidden(&[("act", act)])) }
        @for id in &under.which.chosen { input type="hidden" name="id" value=(id); }
    }
}

/// Which records: those chosen, or all that the list holds.
fn choice(ask: &Ask, under: &Under) -> Markup {
    let chosen = under.which.chosen.len();
    let option = |value: &str, on: bool, number: usize, what: &str| {
        html! {
            label.which {
                input type="radio" name="which" value=(value) checked[on];
                span { b { (count(ask.language, number)) } " — " (what) }
            }
        }
    };
    let everything = under.which.everything || chosen == 0;
    fieldset(
        ask.say(words::MANY_WHICH),
        &html! {
            div.all {
                @if chosen > 0 {
                    (option("chosen", !everything, chosen, ask.say(words::MANY_CHOSEN)))
                }
                @if let Some(all) = under.all {
                    (option("all", everything, all, ask.say(words::MANY_ALL)))
                }
            }
        },
    )
}

/// The step of choosing: records, then the field or the act, then its value.
pub(super) fn choose(ask: &Ask, under: &Under, sheet: &Sheet, faults: &Faults) -> Response {
    let (language, what) = (ask.language, ask.say(words::MANY_WHAT));
    let errors: Vec<(String, String)> = faults
        .0
        .iter()
        .map(|fault| (fault.field.as_deref().unwrap_or("").to_owned(), sentence(fault, language)))
        .collect();
    let list = |name: &str, options: Vec<Opt>| {
        fieldset(what, &Field::choice(language, name, what, options, None).focus().render())
    };
    let typed = own(under);
    let (content, next) = match under.wish {
        Wish::Set(None) => {
            let fields = settable_with(ask, under.def, &under.own).into_iter();
            let option = |field: &kernel::FieldDef| Opt::new(field.name, field.label.say(language));
            (list("field", fields.map(option).collect()), words::MANY_NEXT)
        }
        Wish::Act(None) => {
            let acts = acts(ask, under.def).into_iter();
            let option = |act: &kernel::ActionDef| Opt::new(act.name, act.label.say(language));
            (list("act", acts.map(option).collect()), words::MANY_NEXT)
        }
        Wish::Set(Some(field)) => {
            let flag = matches!(field.kind, kernel::Kind::Flag) && field.required;
            let drawn = html! {
                (form::control(ask, sheet, field).focus())
                @if flag { (hidden(&[("flags", field.name)])) }
                (hidden(&[("shown", "1")]))
            };
            (fieldset(what, &drawn), words::MANY_PREVIEW)
        }
        Wish::Act(Some(act)) => {
            let drawn = html! {
                p.prose.all { (act.doc.say(language)) }
                @for input in act.inputs {
                    (act::control(ask, input, &sheet.titles, &typed, faults))
                }
                (hidden(&[("shown", "1")]))
            };
            (fieldset(act.label.say(language), &drawn), words::MANY_PREVIEW)
        }
        Wish::Delete => (html! {}, words::MANY_PREVIEW),
    };
    let body = html! {
        (title(ask, under))
        form.form method="post" action=(action(under)) {
            (frame(ask, under))
            (error_summary(language, &errors))
            (choice(ask, under))
            (content)
            (form_end(language, &html! {
                (Button::submit(ask.say(next)).primary().key("ctrl+s"))
                (Button::link(ask.say(words::CANCEL), under.list.as_str()))
            }))
        }
    };
    page(ask, under, &body)
}

// ——— what would happen ———

/// How many would change, how many not and why, a few of them before and after; and the button.
pub(super) fn preview(ask: &Ask, under: &Under, job: &BulkJob, seen: &Seen) -> Response {
    let language = ask.language;
    let number = |count: usize| language.integer(i64::try_from(count).unwrap_or(i64::MAX));
    let of = format!("{} {}", ask.say(words::MANY_OF), number(seen.tried));
    let too_many = seen.total > MOST;
    let strip = [
        Figure::new(ask.say(words::MANY_WHICH), count(language, seen.total), ""),
        Figure::new(ask.say(words::MANY_WOULD), number(seen.changes.len()), of.as_str()),
        Figure::new(ask.say(words::MANY_REFUSED), number(seen.refusals.len()), of.as_str()),
    ];
    let nothing = seen.total == 0 || (seen.changes.is_empty() && seen.tried == seen.total);
    let body = html! {
        (title(ask, under))
        (figures(&strip))
        @if too_many {
            @let fault = kernel::Fault::new("bulk.many").with("most", MOST);
            (banner(Tone::Blocked, &sentence(&fault, language), &html! {}, "", &[]))
        }
        @if seen.tried < seen.total {
            (banner(Tone::Watch, ask.say(words::MANY_SAMPLE), &html! {}, ask.say(words::MANY_REST), &[]))
        }
        form.form method="post" action=(action(under)) {
            (frame(ask, under))
            (hidden(&[
                ("key", new_key().as_str()),
                ("shown", "1"),
                ("which", if under.which.everything { "all" } else { "chosen" }),
            ]))
            @for (name, value) in &own(under).0 { input type="hidden" name=(name) value=(value); }
            div.acts.bulk-go {
                @if !too_many && !nothing {
                    @let label = format!("{} ({})", ask.say(words::MANY_RUN), count(language, seen.total));
                    @let run = Button::submit(label).named("go", "run").key("ctrl+s");
                    @if matches!(under.wish, Wish::Delete) { (run.danger()) } @else { (run.primary()) }
                }
                (Button::link(ask.say(words::CANCEL), under.list.as_str()))
            }
        }
        @if !seen.changes.is_empty() {
            (section(ask.say(words::MANY_SAMPLE), &html! {}, &changes(ask, under, job, seen)))
        }
        @if !seen.refusals.is_empty() {
            (section(ask.say(words::MANY_REFUSED), &html! {}, &refusals(ask, under, seen)))
        }
    };
    page(ask, under, &body)
}

fn changes(ask: &Ask, under: &Under, job: &BulkJob, seen: &Seen) -> Markup {
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &seen.titles,
    };
    let text = |row: Option<&kernel::Row>| -> Markup {
        let Some(row) = row else { return html! { span.muted { "—" } } };
        let values = seen.fields.iter().filter_map(|field| {
            reader.value(under.def, field, &member::held(under.def, row, field))
        });
        let values: Vec<Markup> = values.collect();
        html! {
            @if values.is_empty() { span.muted { "—" } }
            @for value in &values { (value) " " }
        }
    };
    let line = |change: &Change| {
        let name = title_of(under.def, &change.before, ask.language);
        Row::new(vec![html! { (name) }, text(Some(&change.before)), text(change.after.as_ref())])
    };
    let mut columns = vec![Column::title(under.def.label.say(ask.language)).grow()];
    let shown = job.deed != kernel::bulk::BulkDeed::Delete;
    if shown {
        columns.push(Column::text(ask.say(words::MANY_BEFORE)));
        columns.push(Column::text(ask.say(words::MANY_AFTER)));
    }
    Ledger::new(ask.language, ask.say(words::MANY_SAMPLE), columns)
        .no_margin()
        .rows(seen.changes.iter().take(SHOWN).map(line))
        .render()
}

fn refusals(ask: &Ask, under: &Under, seen: &Seen) -> Markup {
    let said = |faults: &Faults| {
        faults.0.iter().map(|fault| sentence(fault, ask.language)).collect::<Vec<_>>().join(" ")
    };
    let line = |(name, faults): &(String, Faults)| {
        Row::new(vec![html! { (name) }, html! { (said(faults)) }])
    };
    let columns = vec![
        Column::title(under.def.label.say(ask.language)),
        Column::quiet(ask.say(words::MANY_REASON)).grow(),
    ];
    Ledger::new(ask.language, ask.say(words::MANY_REFUSED), columns)
        .no_margin()
        .rows(seen.refusals.iter().take(SHOWN).map(line))
        .render()
}
