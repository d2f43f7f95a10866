//! Lines of both logs as a ledger: when, who, what, from where, and the way to the proof.

use kernel::{EntityDef, Faults, Text, Tx};
use maud::{Markup, Render, html};
use store::Audited;
use store::audit::Line;
use store::tree::entry::Log;

use super::said;
use crate::door::Ask;
use crate::parts::{Column, Fold, Ledger, Row, empty};
use crate::record::history::{self, Changed};
use crate::show::{self, Reader};
use crate::titles::{Named, Titles};
use crate::{nav, words};

/// The most changes told of one line.
const MOST: usize = 4;
/// The word of the column of proofs.
const PROOF: Text = Text::new("Preuve", "Proof");

/// A line with what this reader may know of it.
struct Told {
    line: Line,
    def: Option<&'static EntityDef>,
    /// Nothing where the reader may not read such records.
    changes: Vec<Changed>,
    open: bool,
}

/// A line of changes, as the history of a record reads it.
fn audited(line: &Line) -> Audited {
    let entry = &line.entry;
    Audited {
        seq: entry.seq,
        at: entry.at,
        actor: entry.actor,
        actor_name: line.actor_name.clone(),
        door: entry.door.clone(),
        verb: entry.verb.clone(),
        changes: line.detail.clone(),
    }
}

fn read(ask: &Ask, line: Line, currency: kernel::Currency) -> Told {
    let def = ask.state.catalog.entity(&line.entry.entity);
    let mine = line.entry.actor.is_some() && line.entry.actor == ask.actor.user;
    let open = def.is_none_or(|def| {
        let personal = def.field("owner").is_some() && def.field("audience").is_none();
        ask.actor.can(&format!("{}.read", def.name)) && (mine || !personal)
    });
    let changes = match def {
        Some(def) if open && line.entry.log == Log::Change => {
            let told = history::told(ask, def, vec![audited(&line)], currency);
            told.into_iter().flat_map(|(_, changes)| changes).collect()
        }
        _ => Vec::new(),
    };
    Told { line, def, changes, open }
}

/// The ledger of these lines.
///
/// # Errors
/// `store.*`.
pub fn ledger(tx: &mut Tx<'_>, ask: &Ask, lines: Vec<Line>) -> Result<Markup, Faults> {
    let currency = tx.currency();
    let told: Vec<Told> = lines.into_iter().map(|line| read(ask, line, currency)).collect();
    let mut titles = Titles::default();
    let records = told.iter().filter(|told| told.open).filter_map(|told| {
        let named: Named = (told.def?.name, told.line.entry.record?);
        Some(named)
    });
    let shown = told.iter().flat_map(|told| history::named_in(&told.changes));
    let named: Vec<Named> = records.chain(shown).collect();
    titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &titles,
    };
    let columns = vec![
        Column::quiet(ask.say(Text::new("Quand", "When"))),
        Column::text(ask.say(Text::new("Qui", "Who"))).fold(Fold::Number),
        Column::title(ask.say(Text::new("Quoi", "What"))).grow(),
        Column::quiet(ask.say(Text::new("D’où", "From where"))),
        Column::quiet(ask.say(PROOF)).fold(Fold::Marks),
    ];
    let rows = told.iter().map(|told| row(ask, &reader, told));
    let nothing = ask.say(Text::new("Aucune ligne du journal ici.", "No line of the log here."));
    Ok(Ledger::new(ask.language, ask.say(super::TITLE), columns)
        .rows(rows)
        .empty(empty(nothing, "", &[]))
        .render())
}

fn row(ask: &Ask, reader: &Reader<'_>, told: &Told) -> Row {
    let entry = &told.line.entry;
    let name = match told.line.actor_name.as_str() {
        "" => "—",
        name => name,
    };
    let place = [said::door(&entry.door).say(ask.language), told.line.address.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
    let proof = format!("/audit/proof/{}/{}", entry.log.name(), entry.seq);
    let number = format!("№ {}", entry.seq);
    let label = format!("{} {number}", ask.say(PROOF));
    Row::new(vec![
        html! { (ask.language.instant(entry.at)) },
        html! { (name) span.m-only.muted { " · " (ask.language.instant(entry.at)) } },
        what(ask, reader, told),
        html! { (place.join(" · ")) },
        html! { a href=(proof) aria-label=(label) { (number) } },
    ])
}

/// What was done, to which record, and how.
fn what(ask: &Ask, reader: &Reader<'_>, told: &Told) -> Markup {
    let Told { line, def, changes, open } = told;
    let entry = &line.entry;
    let kind = def.map_or("", |def| match entry.verb.as_str() {
        "listed" => def.labels.say(ask.language),
        _ if entry.record.is_none() => def.labels.say(ask.language),
        _ => def.label.say(ask.language),
    });
    let title = def.zip(entry.record).filter(|_| *open).and_then(|(def, id)| {
        let title = reader.titles.of(def.name, id)?.to_owned();
        Some((show::href(def, id), title))
    });
    let made = entry.verb == "created";
    let shown: Vec<Markup> = match (def, entry.log) {
        (Some(def), Log::Change) => changes
            .iter()
            .filter(|(_, was, is)| was != is && !(made && is.is_null()))
            .map(|(field, was, is)| history::change(reader, def, field, was, is, made))
            .collect(),
        _ => {
            let mut told = said::detail(&line.detail, ask.language);
            told.iter_mut().for_each(|text| called(ask, text));
            told.into_iter().map(|text| html! { span.muted { (text) } }).collect()
        }
    };
    let more = shown.len().saturating_sub(MOST);
    html! {
        span {
            (said::did(&entry.verb, ask.language)) " "
            @if let Some((href, title)) = &title {
                // A line of a document says what it is by itself.
                @if !title.starts_with(kind) { (kind) " " }
                a.b href=(href) { (title) }
            }
            @else { b { (kind) } }
        }
        @if !shown.is_empty() {
            small.muted {
                " · "
                @for (rank, change) in shown.iter().take(MOST).enumerate() {
                    @if rank > 0 { " · " }
                    (change)
                }
                @if more > 0 { " · +" (more) }
            }
        }
    }
}

/// A page of the rail is called as it is there.
fn called(ask: &Ask, text: &mut String) {
    if !text.starts_with('/') {
        return;
    }
    if text == "/" {
        ask.say(words::HOME).clone_into(text);
    } else if let Some(page) = nav::seen(ask).into_iter().find(|page| page.href == *text) {
        page.label.say(ask.language).clone_into(text);
    }
}

/// The same lines, on the page of a record: without the record.
pub(super) fn none(ask: &Ask) -> Markup {
    empty(ask.say(words::NOTHING_YET), "", &[])
}
