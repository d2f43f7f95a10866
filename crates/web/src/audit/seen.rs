//! `/{plural}/{id}?tab=seen`: who saw a record, for those who may see the audit.

use identity::personal;
use kernel::work::not_found;
use kernel::{EntityDef, RawId, Text};
use maud::html;
use store::audit::Wanted;
use store::tree::entry::Log;

use super::{RIGHT, draw, said};
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Moment, Voice, head, thread};
use crate::record::record_tabs;
use crate::titles::title_of;

/// The word of the tab.
pub const SEEN: Text = Text::new("Qui a vu", "Who saw this");
/// The word of the tab that leads from a person to what they did.
pub const DID: Text = Text::new("Ce que la personne a fait", "What they did");
/// The most lines shown.
const MOST: u32 = 200;

/// Whether the tab is the one asked for.
#[must_use]
pub fn asked(ask: &Ask) -> bool {
    ask.query.get("tab") == Some("seen")
}

/// The page of the tab.
///
/// # Errors
/// `forbidden`, `not_found`, `store.*`, as a page.
pub async fn page(ask: Ask, def: &'static EntityDef, id: RawId) -> Answer {
    ask.may(RIGHT)?;
    let row = ask.read(move |tx, _| {
        let row = tx.row(def, id)?;
        let row = row.filter(|row| personal::sees(def, tx.actor(), &row.values));
        Ok(row.ok_or_else(|| not_found(def, id))?)
    });
    let row = row.await?;
    let wanted =
        Wanted { log: Some(Log::Access), record: Some(id), limit: MOST, ..Wanted::default() };
    let company = ask.actor.company;
    let lines = ask.visitor.waiting(move |state| state.store.audit_lines(company, &wanted));
    let lines = lines.await.map_err(|faults| ask.refusal(faults))?;
    let language = ask.language;
    let moments: Vec<Moment> = lines
        .iter()
        .map(|line| {
            let entry = &line.entry;
            let (hour, minute) = entry.at.clock();
            let told = said::detail(&line.detail, language);
            let mut note = vec![language.instant(entry.at)];
            note.push(said::door(&entry.door).say(language).to_owned());
            note.push(line.address.clone());
            note.retain(|part| !part.is_empty());
            let trouble = entry.verb == "forbidden";
            Moment {
                when: language.day(entry.at.day()),
                machine: format!("{}T{hour:02}:{minute:02}", entry.at.day()),
                voice: if trouble { Voice::Trouble } else { Voice::Person },
                icon: None,
                what: html! {
                    b { (line.actor_name) } " " (said::did(&entry.verb, language))
                    @for text in &told { " " span.muted { (text) } }
                },
                note: note.join(" · "),
            }
        })
        .collect();
    let title = title_of(def, &row, language);
    let crumbs = vec![(def.labels.say(language).to_owned(), format!("/{}", def.plural))];
    let body = html! {
        (head(&html! { (def.label.say(language)) }, &title, &html! {}, &[]))
        (record_tabs(&ask, def, id, false))
        @if moments.is_empty() { (draw::none(&ask)) } @else { (thread(&moments)) }
    };
    Ok(ask.page(def.plural, crumbs, &title, &body))
}
