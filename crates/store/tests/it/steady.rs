//! What is kept in memory is what the database holds, whoever changes it.

use kernel::{Fault, Faults, Id, Tx};
use serde_json::Value as Json;
use store::Store;

use crate::world::{Genre, Publisher, World, book, catalog, on_both};

fn found(world: &World) -> Id<Publisher> {
    let made = world.store.command(world.call(), |tx| {
        let (name, city) = ("Minuit".to_owned(), "Paris".to_owned());
        Ok(tx.insert(&Publisher { name, city })?.to_string().into())
    });
    Id::from_raw(kernel::RawId::parse(made.unwrap().as_str().unwrap()).unwrap())
}

fn move_to(tx: &mut Tx<'_>, id: Id<Publisher>, city: &str) -> Result<(), Faults> {
    let mut publisher = tx.get(id)?;
    publisher.city = city.to_owned();
    tx.save(&publisher)
}

fn moved(store: &Store, world: &World, id: Id<Publisher>, city: &'static str) {
    let done = store.command(world.call(), move |tx| {
        move_to(tx, id, city)?;
        Ok(Json::Null)
    });
    done.unwrap();
}

/// By its id, and by a query.
fn seen(tx: &mut Tx<'_>, id: Id<Publisher>) -> Result<[String; 2], Faults> {
    let found = tx.first(Publisher::NAME.is(&"Minuit".to_owned()))?;
    Ok([tx.get(id)?.city.clone(), found.expect("Minuit").city.clone()])
}

fn cities(store: &Store, world: &World, id: Id<Publisher>) -> [String; 2] {
    store.read(&world.actor, |tx| seen(tx, id)).unwrap()
}

#[test]
fn a_change_is_seen_at_once_on_this_machine_and_on_another() {
    on_both(|world| {
        let id = found(&world);
        let other = Store::open(catalog(), &world.location).unwrap();
        for city in ["Lyon", "Lille", "Nantes"] {
            // Both have read, and keep, what was there before.
            assert_eq!(cities(&other, &world, id), cities(&world.store, &world, id));
            moved(&world.store, &world, id, city);
            assert_eq!(cities(&other, &world, id), [city; 2]);
            assert_eq!(cities(&world.store, &world, id), [city; 2]);
        }
        moved(&other, &world, id, "Brest");
        assert_eq!(cities(&world.store, &world, id), ["Brest"; 2]);
    });
}

#[test]
fn a_command_sees_its_own_change_and_a_refused_one_leaves_none() {
    on_both(|world| {
        let id = found(&world);
        let refused = world.store.command(world.call(), move |tx| {
            move_to(tx, id, "Lyon")?;
            tx.flush()?;
            assert_eq!(seen(tx, id)?, ["Lyon"; 2]);
            Err(Fault::new("forbidden").into())
        });
        assert!(refused.unwrap_err().has("forbidden"));
        assert_eq!(cities(&world.store, &world, id), ["Paris"; 2]);
    });
}

/// Commands that share a commit are undone together, and done again without the one that is
/// refused: what they kept in memory meanwhile is not met again.
#[test]
fn what_was_read_in_a_group_that_was_undone_is_forgotten() {
    on_both(|world| {
        let (id, world) = (found(&world), &world);
        for round in 0..30 {
            std::thread::scope(|scope| {
                scope.spawn(|| moved(&world.store, world, id, "Lyon"));
                scope.spawn(|| {
                    let read = world.store.command(world.call(), move |tx| {
                        let [one, other] = seen(tx, id)?;
                        Ok(format!("{one} {other}").into())
                    });
                    let read = read.unwrap();
                    assert!(read == "Lyon Lyon" || read == "Paris Paris", "{read}");
                });
                scope.spawn(move || {
                    let refused = world.store.command(world.call(), move |tx| {
                        tx.insert(&book(&format!("{round}"), Genre::Novel, 1))?;
                        tx.flush()?;
                        Err(Fault::new("forbidden").into())
                    });
                    refused.unwrap_err();
                });
            });
            assert_eq!(cities(&world.store, world, id), ["Lyon"; 2]);
            moved(&world.store, world, id, "Paris");
            assert_eq!(cities(&world.store, world, id), ["Paris"; 2]);
        }
    });
}
