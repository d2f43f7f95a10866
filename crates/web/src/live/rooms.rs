//! Those who listen, and the one reader of the audit that serves them all.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Actor, CompanyNumber, Door, Entity, Id, Kind, Language, Origin, RawId, Value};
use serde_json::json;
use store::{Done, Store};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{About, present};
use crate::gate;
use crate::together::{Notification, inbox};

/// How often the audit is looked at while someone listens.
const BETWEEN: Duration = Duration::from_secs(1);
/// The most lines of the audit read in one look.
const BATCH: u32 = 1_000;
/// The most connections of one process: each holds a socket.
const SEATS: usize = 4_000;

/// What a listener is told.
#[derive(Debug, Clone)]
pub enum News {
    /// A record moved: the line of the audit, and what is said of it.
    Moved { seq: i64, said: String },
    /// The marks of the others who look.
    Present(String),
    /// How many notifications the listener has not read.
    Bell(i64),
}

/// Someone with a page open.
pub struct Listener {
    pub company: CompanyNumber,
    pub about: Vec<About>,
    pub user: Option<RawId>,
    pub name: Arc<str>,
    pub language: Language,
    /// The last line of the audit before it sat down: what comes after it is news.
    pub since: i64,
    /// The token of the session that listens: when it ends, the stream does.
    pub session: String,
}

#[derive(Default)]
struct Rooms {
    seats: BTreeMap<u64, (Listener, UnboundedSender<News>)>,
    next: u64,
    reading: bool,
    closed: bool,
}

/// Those who listen to this process. A handle: clone it freely.
#[derive(Clone)]
pub struct Live(Arc<Inside>);

struct Inside {
    store: Store,
    rooms: Mutex<Rooms>,
}

/// A place among those who listen; given up when it is dropped.
pub struct Seat {
    live: Live,
    number: u64,
    news: UnboundedReceiver<News>,
    own: UnboundedSender<News>,
}

impl Seat {
    /// Waits for the next news; nothing when the process stops.
    pub async fn next(&mut self) -> Option<News> {
        if self.live.rooms().closed {
            return None;
        }
        match self.news.recv().await? {
            News::Moved { seq: 0, .. } => None,
            news => Some(news),
        }
    }
    /// Tells this listener alone.
    pub fn tell(&self, news: News) {
        // Whoever has gone hears nothing, and misses nothing.
        let _ = self.own.send(news);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.live.rooms();
        if let Some((gone, _)) = rooms.seats.remove(&self.number) {
            rooms.tell_present(&gone);
        }
    }
}

impl Live {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self(Arc::new(Inside { store, rooms: Mutex::default() }))
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // Nothing in there is left half done by a panic.
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, on the current runtime; none when the process stops or holds too many.
    #[must_use]
    pub fn sit(&self, listener: Listener) -> Option<Seat> {
        let (own, news) = unbounded_channel();
        let mut rooms = self.rooms();
        if rooms.closed || rooms.seats.len() >= SEATS {
            return None;
        }
        rooms.next += 1;
        let number = rooms.next;
        rooms.seats.insert(number, (listener, own.clone()));
        if let Some((listener, _)) = rooms.seats.get(&number) {
            rooms.tell_present(listener);
        }
        if !rooms.reading {
            rooms.reading = true;
            tokio::spawn(read(self.clone()));
        }
        drop(rooms);
        Some(Seat { live: self.clone(), number, news, own })
    }

    /// The names of those who look at a record, but for one person, each once.
    #[must_use]
    pub fn looking(
        &self,
        company: CompanyNumber,
        about: Origin,
        but: Option<RawId>,
    ) -> Vec<Arc<str>> {
        let exactly = About { entity: about.entity, id: Some(about.id) };
        self.rooms().looking(company, exactly, but)
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.rooms().seats.len()
    }

    /// Whether the audit is being looked at.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.rooms().reading
    }

    /// Ends every stream, so that the process may stop.
    pub fn close(&self) {
        let mut rooms = self.rooms();
        rooms.closed = true;
        for (_, own) in rooms.seats.values() {
            // The sign that ends a stream; whoever has gone needs none.
            let _ = own.send(News::Moved { seq: 0, said: String::new() });
        }
    }
}

impl Rooms {
    /// From where on a company's listeners have heard nothing yet.
    fn since(&self, company: CompanyNumber) -> Option<i64> {
        let here = self.seats.values().filter(|(listener, _)| listener.company == company);
        here.map(|(listener, _)| listener.since).min()
    }

    fn looking(&self, company: CompanyNumber, about: About, but: Option<RawId>) -> Vec<Arc<str>> {
        let mut people: Vec<(Option<RawId>, Arc<str>)> = Vec::new();
        for (listener, _) in self.seats.values() {
            let here = listener.company == company && listener.about.contains(&about);
            let known = people.iter().any(|(user, _)| *user == listener.user);
            if here && listener.user != but && !known {
                people.push((listener.user, listener.name.clone()));
            }
        }
        people.into_iter().map(|(_, name)| name).collect()
    }

    /// Tells all who look at the records of one listener who is there now.
    fn tell_present(&self, moved: &Listener) {
        for about in moved.about.iter().filter(|about| about.id.is_some()) {
            for (listener, own) in self.seats.values() {
                if listener.company == moved.company && listener.about.contains(about) {
                    let names = self.looking(listener.company, *about, listener.user);
                    let marks = present(listener.language, &names).into_string();
                    let _ = own.send(News::Present(marks));
                }
            }
        }
    }
}

/// Looks at the audit for as long as anyone listens.
async fn read(live: Live) {
    let mut places: HashMap<CompanyNumber, i64> = HashMap::new();
    loop {
        let companies = {
            let mut rooms = live.rooms();
            if rooms.seats.is_empty() || rooms.closed {
                rooms.reading = false;
                return;
            }
            let mut companies: Vec<_> = rooms.seats.values().map(|(one, _)| one.company).collect();
            companies.sort_unstable();
            companies.dedup();
            companies
        };
        places.retain(|company, _| companies.contains(company));
        let (again, known) = (live.clone(), places.clone());
        let looked = tokio::task::spawn_blocking(move || look(&again, &companies, known)).await;
        if let Ok(seen) = looked {
            places = seen;
        }
        tokio::time::sleep(BETWEEN).await;
    }
}

/// One look at what moved in the companies that someone listens to; gives how far it has read.
fn look(
    live: &Live,
    companies: &[CompanyNumber],
    mut places: HashMap<CompanyNumber, i64>,
) -> HashMap<CompanyNumber, i64> {
    let store = &live.0.store;
    for company in companies {
        let place = places.get(company).copied().or_else(|| {
            // Someone may have been shut out, or told something, between their sitting down and this
            // first look.
            expel(live, *company);
            ring_all(live, *company);
            live.rooms().since(*company)
        });
        let Some(place) = place else { continue };
        places.insert(*company, place);
        let moves = store.moves(*company, place, BATCH).unwrap_or_else(|faults| {
            tracing::warn!(?faults, "the audit cannot be read");
            Vec::new()
        });
        if let Some(last) = moves.last() {
            places.insert(*company, last.line.seq);
        }
        for done in &moves {
            tell(live, *company, done);
        }
        if moves.iter().any(|done| shuts_out(done)) {
            expel(live, *company);
        }
    }
    places
}

/// Whether someone may be out by this: shut out, signed out, asked for more.
fn shuts_out(done: &Done) -> bool {
    match done.about.entity {
        "session" => done.line.verb == "deleted",
        "user" | "sign_in_policy" => true,
        _ => false,
    }
}

/// Ends the streams of those whose session no longer opens the gate: who is shut out is out within
/// a look at the audit, not at the end of the connection (ASVS 7.4.2).
fn expel(live: &Live, company: CompanyNumber) {
    let listening: Vec<(u64, String)> = {
        let rooms = live.rooms();
        let here = rooms.seats.iter().filter(|(_, (listener, _))| listener.company == company);
        here.map(|(number, (listener, _))| (*number, listener.session.clone())).collect()
    };
    for (number, session) in listening {
        // When the store cannot say, the next request will.
        let still = gate::still_in(&live.0.store, company, &session).unwrap_or(true);
        if !still && let Some((_, own)) = live.rooms().seats.get(&number) {
            let _ = own.send(News::Moved { seq: 0, said: String::new() });
        }
    }
}

/// Tells everyone of a company how many notifications they have not read.
fn ring_all(live: &Live, company: CompanyNumber) {
    let actor = Actor::house(company, Door::Event);
    let mut owners: Vec<RawId> = {
        let rooms = live.rooms();
        let here = rooms.seats.values().filter(|(listener, _)| listener.company == company);
        here.filter_map(|(listener, _)| listener.user).collect()
    };
    owners.sort_unstable();
    owners.dedup();
    let unread = live.0.store.read(&actor, |tx| {
        let each = owners.iter().map(|owner| Ok((*owner, inbox::unread(tx, *owner)?)));
        each.collect::<Result<HashMap<_, _>, kernel::Faults>>()
    });
    let Ok(unread) = unread else { return };
    for (listener, own) in live.rooms().seats.values() {
        let count = listener.user.and_then(|user| unread.get(&user));
        if let Some(count) = count.filter(|_| listener.company == company) {
            let _ = own.send(News::Bell(*count));
        }
    }
}

/// Tells the one whom a notification is for how many they have not read.
fn ring(live: &Live, company: CompanyNumber, done: &Done) {
    if live.rooms().seats.values().all(|(listener, _)| listener.company != company) {
        return;
    }
    let actor = Actor::house(company, Door::Event);
    let found = live.0.store.read(&actor, |tx| {
        let owner = tx.get(Id::<Notification>::from_raw(done.about.id))?.owner.raw();
        Ok((owner, inbox::unread(tx, owner)?))
    });
    let Ok((owner, unread)) = found else { return };
    for (listener, own) in live.rooms().seats.values() {
        if listener.company == company && listener.user == Some(owner) {
            let _ = own.send(News::Bell(unread));
        }
    }
}

fn tell(live: &Live, company: CompanyNumber, done: &Done) {
    if done.about.entity == Notification::DEF.name {
        return ring(live, company, done);
    }
    let origins: Vec<Origin> =
        std::iter::once(done.about).chain(holder(&live.0.store, company, done.about)).collect();
    for origin in origins {
        let heard = |listener: &Listener| {
            listener.company == company && listener.about.iter().any(|about| about.covers(origin))
        };
        if !live.rooms().seats.values().any(|(listener, _)| heard(listener)) {
            continue;
        }
        let news = moved(&live.0.store, company, origin, done);
        for (listener, own) in live.rooms().seats.values() {
            if heard(listener) {
                let _ = own.send(news.clone());
            }
        }
    }
}

/// The record that holds a line, which has moved with it; and what a line of a timeline is about.
fn holder(store: &Store, company: CompanyNumber, about: Origin) -> Vec<Origin> {
    let Some(def) = store.catalog().entity(about.entity) else { return Vec::new() };
    let within = def.parent().is_some() || def.name == "interaction";
    if !within {
        return Vec::new();
    }
    let actor = Actor::house(company, Door::Event);
    let row = store.read(&actor, |tx| Ok(tx.row(def, about.id)?)).ok().flatten();
    let Some(row) = row else { return Vec::new() };
    let named =
        def.stored().zip(&row.values).filter_map(|(field, value)| match (field.kind, value) {
            (Kind::Ref(target), Value::Ref(id)) if field.parent || def.name == "interaction" => {
                Some(Origin { entity: target, id: *id })
            }
            (Kind::Origin, Value::Origin(origin)) => Some(*origin),
            _ => None,
        });
    named.collect()
}

/// What is said of a record that moved: which one, its version (none when it is gone), by whom.
#[must_use]
pub fn moved(store: &Store, company: CompanyNumber, origin: Origin, done: &Done) -> News {
    let actor = Actor::house(company, Door::Event);
    let row = store
        .catalog()
        .entity(origin.entity)
        .and_then(|def| store.read(&actor, |tx| Ok(tx.row(def, origin.id)?)).ok().flatten());
    let said = json!({
        "about": origin.to_string(),
        "version": row.map(|row| row.version),
        "by": done.line.actor_name,
    });
    News::Moved { seq: done.line.seq, said: said.to_string() }
}
