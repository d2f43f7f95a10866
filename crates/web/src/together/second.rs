//! Who is told of what waits for a second person; and who is told of nothing, since the record is
//! not within their reach.

use identity::approval::{ApprovalState, approvers};
use identity::{Approval, User};
use kernel::{
    Actor, Catalog, Choice, CompanyNumber, Door, Faults, Id, Language, Origin, Text, Tx, rights,
};
use store::Done;

use super::fold::{News, cut};
use super::kept::Why;
use super::people::Person;
use super::tell::{news, typed};

/// A request was made: those who could approve are told; it was decided: who asked is told.
pub(super) fn asked(tx: &mut Tx<'_>, done: &Done, team: &[Person]) -> Result<Option<News>, Faults> {
    let Some(approval) = typed::<Approval>(tx, done.about.id)? else { return Ok(None) };
    let mut news = news(done, Origin::of(approval.id));
    let language = |id: Id<User>| {
        let person = team.iter().find(|person| person.id == id);
        person.map_or(Language::French, |person| person.language)
    };
    match (done.line.verb.as_str(), approval.state) {
        ("created", ApprovalState::Pending) => {
            let what = Text::new("À approuver", "To approve");
            for person in approvers(tx, approval.kind, Some(approval.asked_by.raw()))? {
                let kind = approval.kind.label().say(language(person.id));
                let said = cut(&format!("{} · {kind}", what.say(language(person.id))));
                news.told.push((person.id, Why::Assigned, said));
            }
        }
        ("updated", state) if approval.decided_by != Some(approval.asked_by) => {
            let said = state.label().say(language(approval.asked_by)).to_owned();
            news.told.push((approval.asked_by, Why::Changed, said));
        }
        _ => {}
    }
    Ok(Some(news).filter(|news| !news.told.is_empty()))
}

/// Leaves out whoever may not read the record: words are no way around the rules.
pub(super) fn within_reach(
    tx: &mut Tx<'_>,
    (catalog, company): (&'static Catalog, CompanyNumber),
    team: &[Person],
    news: &mut News,
) -> Result<(), Faults> {
    let Some(def) = catalog.entity(news.about.entity) else { return Ok(()) };
    let narrow = |id: Id<User>| team.iter().find(|one| one.id == id && one.grants.asks());
    let mut kept = Vec::with_capacity(news.told.len());
    for told in std::mem::take(&mut news.told) {
        let sees = match narrow(told.0) {
            None => true,
            Some(person) => {
                let actor = Actor {
                    user: Some(person.id.raw()),
                    grants: person.grants.clone(),
                    ..Actor::house(company, Door::Web)
                };
                match tx.row(def, news.about.id)? {
                    Some(row) => rights::sees(catalog, tx, &actor, def, &row.values)?,
                    None => false,
                }
            }
        };
        kept.extend(sees.then_some(told));
    }
    news.told = kept;
    Ok(())
}
