//! A French company at work, to look at and to try things on. It is invented, and its history is
//! made by the acts that its people would have done, one after the other.

mod bank;
mod baskets;
mod books;
mod calendar;
mod chance;
mod desk;
mod diary;
mod founding;
mod history;
mod partners;
mod pipeline;
mod sheets;
mod shop;
mod statement;
mod stories;
pub mod summary;
mod talk;
mod team;
mod warehouse;
mod welcome;

use std::path::Path;
use std::sync::Arc;

use identity::{Role, User};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{CompanyNumber, Fault, Faults, Id, Instant};
use store::{Location, Store};

use crate::opening::NewUser;
use crate::options::Serving;
use crate::waiting::Waiting;
use shop::Shop;

/// How far the history reaches back.
pub const MONTHS: i32 = 18;
/// There while a history is being written: one that was cut off is begun again.
const UNFINISHED: &str = "demo.unfinished";
/// The consumers of the outbox: what they would do for the past was done in the past.
const CONSUMERS: &[&str] = &["letters", Waiting::NAME];

/// Fills an empty database with the company, and serves it. A database that holds a company
/// already is served as it is.
///
/// # Errors
/// `data.*`, `store.*`, `listen.*`.
pub fn run(serving: &Serving) -> Result<(), Faults> {
    let folder = &serving.database.data;
    begin_again(serving)?;
    let mut store = serving.database.open()?;
    if store.companies()?.is_empty() {
        store = fill(store, serving)?;
    }
    let told = welcome::known(folder)?;
    // Without its file, the company is not ours to tell the passwords of.
    let hints = if told.is_some() { welcome::hints()? } else { Vec::new() };
    crate::serve::serve(store, serving, hints, |address| {
        let Some(told) = told else { return crate::say(address) };
        let done = welcome::refresh(folder, &told, address).map_err(Faults::from);
        if let Err(faults) = done.and_then(|()| welcome::print(address)) {
            tracing::warn!(?faults, "how to sign in could not be told");
        }
    })
}

/// Removes what an interrupted run left of the embedded database.
fn begin_again(serving: &Serving) -> Result<(), Faults> {
    let folder = &serving.database.data;
    let mark = folder.join(UNFINISHED);
    // In a database elsewhere, what is unfinished is seen by nobody, and stays aside.
    if !mark.exists() || serving.database.database.is_some() {
        return Ok(());
    }
    for name in ["comptoir.db", "comptoir.db-wal", "comptoir.db-shm", UNFINISHED] {
        let place = folder.join(name);
        if place.exists() {
            std::fs::remove_file(&place).map_err(|error| welcome::failed(&place, &error))?;
        }
    }
    Ok(())
}

/// Writes the history, and beside it what is for those who come in.
fn fill(store: Store, serving: &Serving) -> Result<Store, Faults> {
    let folder = &serving.database.data;
    let mark = folder.join(UNFINISHED);
    welcome::keep(&mark, "")?;
    let embedded = match serving.database.location()? {
        Location::Embedded(file) => Some(file),
        _ => None,
    };
    let filling = match &embedded {
        Some(file) => {
            let unsynced = Location::Embedded(file.clone().unsynced());
            Store::open(store.catalog(), &unsynced)?
        }
        None => store.clone(),
    };
    let bar = ProgressBar::new(0);
    let style = "Maison Aubrelle {wide_bar} {pos}/{len} jours / days";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    let history = write(&filling, store::now(), MONTHS, |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })?;
    bar.finish_and_clear();
    drop(filling);
    if let Some(file) = &embedded {
        sync(&file.path).map_err(|error| welcome::failed(&file.path, &error))?;
    }
    welcome::keep(&folder.join(statement::FILE), &history.statement)?;
    welcome::write(folder, &welcome::told(&history.token)?)?;
    std::fs::remove_file(&mark).map_err(|error| welcome::failed(&mark, &error))?;
    Ok(store)
}

/// What was written without waiting reaches the disk now.
fn sync(path: &Path) -> std::io::Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    for file in [path, Path::new(&log)] {
        if file.exists() {
            std::fs::File::open(file)?.sync_all()?;
        }
    }
    Ok(())
}

/// A history that was written.
pub struct History {
    pub company: CompanyNumber,
    /// A statement of the bank, in CAMT.053, that was not taken in.
    pub statement: String,
    /// With it a program acts as the owner.
    pub token: String,
}

/// Writes a history of so many months that ends `now` into an empty database, and shows it.
/// `progress` is told the days done and all the days.
///
/// # Errors
/// Those of the acts, `store.*`.
pub fn write(
    store: &Store,
    now: Instant,
    months: i32,
    progress: impl FnMut(usize, usize),
) -> Result<History, Faults> {
    let users = founding::sign_ins()?;
    let users = users.iter().map(NewUser::record).collect::<Result<Vec<_>, _>>()?;
    let shop = history::write(store, now, months, users, progress)?;
    pass_over(store, shop.company)?;
    let statement = statement::draw(&shop)?;
    let history = History { company: shop.company, statement, token: token(&shop)? };
    store.show_demonstration(history.company)?;
    Ok(history)
}

/// Writes a history for the person who opens an empty installation: they are its owner, and the
/// others who work there have no password. It is not shown yet.
///
/// # Errors
/// `record.taken` when the person has the address of another, those of the acts, `store.*`.
pub fn write_for(
    store: &Store,
    owner: &User,
    months: i32,
    progress: impl FnMut(usize, usize),
) -> Result<CompanyNumber, Faults> {
    let users = founding::sign_ins()?.into_iter().map(|user| match user.role {
        Role::Owner => owner.clone(),
        _ => user.without_password(),
    });
    let shop = history::write(store, store::now(), months, users.collect(), progress)?;
    pass_over(store, shop.company)?;
    Ok(shop.company)
}

/// How an empty installation fills a demonstration of so many months.
#[must_use]
pub fn filler(months: i32) -> Arc<web::first_run::Fill> {
    Arc::new(move |store, owner, progress| write_for(store, owner, months, progress))
}

fn token(shop: &Shop) -> Result<String, Faults> {
    let owner = shop.someone(Role::Owner, 0);
    let chance = store::random_bytes::<32>()?;
    let user = owner.user.ok_or_else(|| Fault::new("store.mistake"))?;
    shop.act(&owner, shop.calendar.now(), move |tx, _| {
        identity::issue_token(tx, Id::from_raw(user), "demo", chance, None)
    })
}

/// No letter is sent for what is past: the outbox is read up to its end.
fn pass_over(store: &Store, company: CompanyNumber) -> Result<(), Faults> {
    const PAGE: u32 = 5_000;
    let mut last = 0;
    loop {
        let told = store.changes(company, last, PAGE)?;
        let Some(event) = told.last() else { break };
        last = event.seq;
    }
    for consumer in CONSUMERS {
        store.handled(company, consumer, last)?;
    }
    Ok(())
}
