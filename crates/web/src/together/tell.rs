//! Who is to be told of what moved. It is read in the audit, whichever door wrote it, by the one who
//! reads events; a line told again tells nobody twice.

use std::collections::HashMap;

use crm::interactions::{Interaction, InteractionKind};
use crm::sales::Hold;
use identity::Approval;
use kernel::{
    Actor, Catalog, Choice, CompanyNumber, Condition, Door, Entity, EntityDef, Fault, Faults,
    Filter, Id, Instant, Kept, Origin, Query, RawId, Tx, Value,
};
use serde_json::Value as Json;
use store::{Call, Done, Store};

use super::fold::{News, cut, write};
use super::kept::{Follow, Why};
use super::people::{Person, mentions, people};
use super::second;

pub use super::fold::due;

/// The name under which the place in the audit is kept.
pub const CONSUMER: &str = "together";
/// The most lines of the audit read in one look.
const BATCH: u32 = 500;

/// Tells what moved since the last look; gives whether more may have moved than one look reads. The
/// first look of a company begins where its audit ends.
///
/// # Errors
/// `store.*`.
pub fn tell(store: &Store, company: CompanyNumber) -> Result<bool, Faults> {
    let Some(place) = store.place(company, CONSUMER)? else {
        store.handled(company, CONSUMER, store.last_line(company)?)?;
        return Ok(false);
    };
    let Some(last) = tell_after(store, company, place)? else { return Ok(false) };
    store.handled(company, CONSUMER, last)?;
    Ok(last - place >= i64::from(BATCH))
}

/// Tells what moved after a line of the audit, a certain number of lines at most; gives the last.
///
/// # Errors
/// `store.*`.
pub fn tell_after(
    store: &Store,
    company: CompanyNumber,
    place: i64,
) -> Result<Option<i64>, Faults> {
    let house = Actor::house(company, Door::Event);
    let catalog = store.catalog();
    let followed = store.read(&house, |tx| Ok(tx.first::<Follow>(Filter::everything())?.is_some()));
    let followed = followed?;
    let (moves, last) = if followed {
        let moves = store.moves(company, place, BATCH)?;
        let last = moves.last().map(|done| done.line.seq);
        (moves, last)
    } else {
        // A company of programs alone follows nothing: most of what moved tells nobody anything.
        store.moves_of(company, place, BATCH, [Interaction::DEF.name, Hold::DEF.name])?
    };
    if moves.is_empty() {
        return Ok(last);
    }
    let news = store.read(&house, |tx| gathered(tx, catalog, &moves, followed))?;
    for one in news {
        let call = Call::new(house.clone()).key(format!("{CONSUMER}:{}", one.seq));
        store.command(call, move |tx| {
            write(tx, &one)?;
            Ok(Json::Null)
        })?;
    }
    Ok(last)
}

/// Whether people may follow the records of an entity: what stands by itself, and is not someone's
/// alone.
pub(super) fn followed(def: &EntityDef) -> bool {
    let alone = kernel::personal::marks(def).is_some();
    def.parent().is_none() && !alone && def.name != Interaction::DEF.name
}

/// What the lines of one look are about, read at once.
struct Looked {
    team: Vec<Person>,
    /// The records that hold the lines which moved.
    holders: HashMap<RawId, RawId>,
    said: HashMap<RawId, Kept<Interaction>>,
    follows: Vec<Kept<Follow>>,
}

fn gathered(
    tx: &mut Tx<'_>,
    catalog: &'static Catalog,
    moves: &[Done],
    followed: bool,
) -> Result<Vec<News>, Faults> {
    let mut looked = Looked {
        team: people(tx)?,
        holders: if followed { holders(tx, catalog, moves)? } else { HashMap::new() },
        said: said(tx, moves)?,
        follows: Vec::new(),
    };
    let lines = looked.said.values().map(of_line);
    let wholes = moves.iter().filter_map(|done| whole(catalog, &looked, done));
    let mut abouts: Vec<Origin> = lines.chain(wholes.map(|(about, _)| about)).collect();
    abouts.sort_unstable_by_key(|about| (about.entity, about.id.0));
    abouts.dedup();
    if followed && !abouts.is_empty() {
        looked.follows = tx.find(Follow::ABOUT.among(&abouts))?;
    }
    let mut news = Vec::new();
    let mut seen: Option<(Origin, Instant)> = None;
    for done in moves {
        if done.about.entity == Hold::DEF.name {
            news.extend(held(tx, done, &looked.team)?);
        } else if done.about.entity == Approval::DEF.name {
            news.extend(second::asked(tx, done, &looked.team)?);
        } else if let Some(line) = looked.said.get(&done.about.id) {
            news.push(written(done, line, &looked));
        } else if let Some((about, def)) = whole(catalog, &looked, done) {
            // Of one command, each line would tell the same.
            let now = Some((about, done.line.at));
            if std::mem::replace(&mut seen, now) != now {
                news.extend(changed(done, about, def, &looked));
            }
        }
    }
    for one in &mut news {
        let company = tx.company();
        second::within_reach(tx, (catalog, company), &looked.team, one)?;
    }
    news.retain(|one| !one.told.is_empty() || !one.joins.is_empty());
    Ok(news)
}

/// The records that hold the lines which moved and are still there: one query for each entity.
fn holders(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    moves: &[Done],
) -> Result<HashMap<RawId, RawId>, Fault> {
    let mut lines: HashMap<&'static str, Vec<Value>> = HashMap::new();
    for done in moves {
        lines.entry(done.about.entity).or_default().push(Value::Ref(done.about.id));
    }
    let mut holders = HashMap::new();
    for (entity, ids) in lines {
        let Some(def) = catalog.entity(entity) else { continue };
        let Some(rank) = def.parent().and_then(|(field, _)| def.rank(field.name)) else { continue };
        for row in tx.rows(Query::all(def).only(Condition::Among("id", ids)))? {
            if let Some(Value::Ref(holder)) = row.values.get(rank) {
                holders.insert(row.id, *holder);
            }
        }
    }
    Ok(holders)
}

/// The lines of timelines that were written, and the tasks that changed hands.
fn said(tx: &mut Tx<'_>, moves: &[Done]) -> Result<HashMap<RawId, Kept<Interaction>>, Fault> {
    let told = |done: &&Done| {
        let fact = done.line.changes.pointer("/kind/1").and_then(Json::as_str);
        let given = done.line.changes.get("assignee").is_some();
        done.about.entity == Interaction::DEF.name
            && fact != Some(InteractionKind::Fact.name())
            && (done.line.verb == "created" || (done.line.verb == "updated" && given))
    };
    let ids: Vec<Value> = moves.iter().filter(told).map(|done| Value::Ref(done.about.id)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tx.select(Query::all(Interaction::DEF).only(Condition::Among("id", ids)))?;
    Ok(found.into_iter().map(|line: Kept<Interaction>| (line.id.raw(), line)).collect())
}

/// The record that a line of a timeline is about; itself when it is about nothing else.
fn of_line(line: &Kept<Interaction>) -> Origin {
    line.about.or(line.party.map(Origin::of)).unwrap_or(Origin::of(line.id))
}

/// The record that moved with a line of the audit: itself, or the one that holds it.
fn whole(catalog: &Catalog, looked: &Looked, done: &Done) -> Option<(Origin, &'static EntityDef)> {
    let def = catalog.entity(done.about.entity)?;
    let Some((field, holder)) = def.parent() else {
        return followed(def).then_some((done.about, def));
    };
    let holder = catalog.entity(holder).filter(|holder| followed(holder))?;
    let known = looked.holders.get(&done.about.id).copied();
    // The line is gone; its last words say where it stood.
    let id = known.or_else(|| gone(&done.line.changes, field.name))?;
    Some((Origin { entity: holder.name, id }, def))
}

fn gone(changes: &Json, field: &str) -> Option<RawId> {
    let pair = changes.get(field)?.as_array()?;
    pair.iter().filter_map(Json::as_str).find_map(|text| RawId::parse(text).ok())
}

pub(super) fn news(done: &Done, about: Origin) -> News {
    News {
        seq: done.line.seq,
        at: done.line.at,
        who: done.line.actor_name.clone(),
        about,
        told: Vec::new(),
        joins: Vec::new(),
    }
}

/// A record was made or changed: those who follow it are told, who made it follows it.
fn changed(done: &Done, about: Origin, def: &EntityDef, looked: &Looked) -> Option<News> {
    let mut news = news(done, about);
    // What a program makes, nobody has before their eyes.
    let by_hand = done.line.door == "web";
    match done.line.verb.as_str() {
        "created" if done.about == about && by_hand && !def.kept => {
            news.joins.extend(done.line.actor.map(Id::from_raw));
        }
        "deleted" if done.about == about => {}
        _ => {
            let told = looked.followers(done, about);
            let told = told.filter(|person| shows(person, def, &done.line.changes));
            news.told = told.map(|p| (p.id, Why::Changed, String::new())).collect();
        }
    }
    Some(news).filter(|news| !news.told.is_empty() || !news.joins.is_empty())
}

/// Whether a change shows anything to this person: what is hidden from them moved unseen.
fn shows(person: &Person, def: &EntityDef, changes: &Json) -> bool {
    let Json::Object(members) = changes else { return true };
    members.keys().any(|name| match def.field(name) {
        Some(field) => person.grants.reads(def, field),
        None => true,
    })
}

impl Looked {
    /// Those who follow a record and may read it, but for whoever did it.
    fn followers(&self, done: &Done, about: Origin) -> impl Iterator<Item = &Person> {
        let actor = done.line.actor;
        let follows = move |person: &Person| {
            let own = |follow: &Kept<Follow>| follow.about == about && follow.owner == person.id;
            self.follows.iter().any(own)
        };
        self.team.iter().filter(move |person| follows(person) && tellable(person, about, actor))
    }
}

/// Whether someone may be told of a record: they did not do it themselves, and may read it.
pub(super) fn tellable(person: &Person, about: Origin, actor: Option<RawId>) -> bool {
    actor != Some(person.id.raw()) && person.can(&format!("{}.read", about.entity))
}

/// A line of a timeline was written, or a task has changed hands.
fn written(done: &Done, line: &Kept<Interaction>, looked: &Looked) -> News {
    let (about, team) = (of_line(line), looked.team.as_slice());
    let (mut news, actor) = (news(done, about), done.line.actor);
    let what = cut(&line.subject);
    let reads = |person: &Person| {
        tellable(person, about, actor) && person.can(&format!("{}.read", Interaction::DEF.name))
    };
    let assignee = line.assignee.and_then(|who| team.iter().find(|p| p.id.raw() == who.id));
    news.joins.extend(assignee.filter(|p| p.can(&format!("{}.read", about.entity))).map(|p| p.id));
    if let Some(person) = assignee.filter(|person| reads(person)) {
        news.told.push((person.id, Why::Assigned, what.clone()));
    }
    if done.line.verb == "created" {
        news.joins.extend(actor.map(Id::from_raw));
        let body = line.body.as_ref().map_or("", |body| body.0.as_str());
        let named = [line.subject.as_str(), body].into_iter().flat_map(|text| mentions(text, team));
        let named = named.map(|(.., person)| (person, Why::Mentioned));
        let follow = looked.followers(done, about).map(|person| (person, Why::Changed));
        for (person, why) in named.chain(follow).filter(|(person, _)| reads(person)) {
            if !news.told.iter().any(|(known, ..)| *known == person.id) {
                news.told.push((person.id, why, what.clone()));
            }
        }
    }
    if about.entity == Interaction::DEF.name {
        news.joins.clear();
    }
    news
}

/// An order was held: those who are to see to it are told.
fn held(tx: &mut Tx<'_>, done: &Done, team: &[Person]) -> Result<Option<News>, Faults> {
    use kernel::Language;
    if done.line.verb != "created" {
        return Ok(None);
    }
    let Some(hold) = typed::<Hold>(tx, done.about.id)? else { return Ok(None) };
    let about = Origin::of(hold.order);
    let mut news = news(done, about);
    let owns = |person: &&Person| hold.owner == person.role.name() || hold.owner == person.name;
    for person in team.iter().filter(owns).filter(|p| tellable(p, about, done.line.actor)) {
        let what = match person.language {
            Language::French => &hold.sentence_fr.0,
            Language::English => &hold.sentence_en.0,
        };
        news.told.push((person.id, Why::Held, cut(what)));
    }
    Ok(Some(news).filter(|news| !news.told.is_empty()))
}

pub(super) fn typed<E: Entity>(tx: &mut Tx<'_>, id: RawId) -> Result<Option<Kept<E>>, Fault> {
    match tx.get(Id::<E>::from_raw(id)) {
        Ok(found) => Ok(Some(found)),
        Err(fault) if fault.code == "not_found" => Ok(None),
        Err(fault) => Err(fault),
    }
}
