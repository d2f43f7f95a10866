//! What a command changes: all of it, or nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kernel::{Entity, Event, Fault, Id, Instant, Lines, Money, Origin, Quantity};
use serde_json::{Value as Json, json};
use store::Location;

use crate::world::{Book, Chapter, Genre, World, book, on_both};

fn price(world: &World, id: Id<Book>) -> i64 {
    world.store.read(&world.actor, |tx| Ok(tx.get(id)?.price.minor)).unwrap()
}

#[test]
fn a_refusal_leaves_nothing_behind() {
    on_both(|world| {
        let id = world.add("Un", Genre::Novel, 100).unwrap();
        let refused = world.store.command(world.call(), move |tx| {
            let mut one = tx.get(id)?;
            one.price = Money::eur(200);
            tx.save(&one)?;
            tx.insert(&book("Deux", Genre::Novel, 1))?;
            tx.flush()?;
            Err(Fault::new("forbidden").into())
        });
        assert!(refused.unwrap_err().has("forbidden"));
        assert_eq!(price(&world, id), 100);
        assert_eq!(world.store.changes(world.actor.company, 0, 10).unwrap().len(), 0);
    });
}

#[test]
fn a_broken_rule_and_a_taken_key_name_their_field() {
    on_both(|world| {
        world.add("Un", Genre::Novel, 1).unwrap();
        let faults = world.add("Un", Genre::Essay, 2).unwrap_err();
        assert_eq!(faults.codes(), ["record.taken"]);
        assert_eq!(faults.0[0].field.as_deref(), Some("title"));
        let faults = world.add("Deux", Genre::Novel, -1).unwrap_err();
        assert_eq!(faults.0[0].field.as_deref(), Some("price"));
    });
}

#[test]
fn a_panic_is_our_mistake_and_stops_nobody_else() {
    let world = World::of(
        store::Store::open(crate::world::catalog(), &store::Location::Temporary).unwrap(),
    );
    let broken = world.store.command(world.call(), |_| panic!("a mistake of ours"));
    assert!(broken.unwrap_err().has("store.mistake"));
    world.add("Après", Genre::Novel, 1).unwrap();
}

#[test]
fn the_same_key_gives_the_same_answer_and_one_effect() {
    on_both(|world| {
        let runs = Arc::new(AtomicU32::new(0));
        let once = |fingerprint: &str| {
            let runs = runs.clone();
            let call = world.call().key("commande-7").fingerprint(fingerprint);
            world.store.command(call, move |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                Ok(tx.insert(&book("Un", Genre::Novel, 1))?.to_string().into())
            })
        };
        let (first, second) = (once("a").unwrap(), once("a").unwrap());
        assert_eq!(first, second);
        assert_eq!(runs.load(Ordering::Relaxed), 1);
        assert!(once("b").unwrap_err().has("idempotency.reused"));
    });
}

#[test]
fn parents_are_made_before_their_lines_and_go_after_them() {
    on_both(|world| {
        let id = world.add("Un", Genre::Novel, 1).unwrap();
        let made = world.store.command(world.call(), |tx| {
            let book_id = tx.draw_id::<Book>();
            let (title, pages) = ("I".to_owned(), Quantity::units(12));
            // The line is put first: the store orders them.
            let chapter = tx.insert(&Chapter { book: book_id, title, pages })?;
            let record = book("Deux", Genre::Novel, 1).to_record();
            tx.insert_row(Book::DEF, book_id.raw(), record, None)?;
            Ok(json!([book_id.to_string(), chapter.to_string()]))
        });
        let made = made.unwrap();
        let raw = |at: usize| kernel::RawId::parse(made[at].as_str().unwrap()).unwrap();
        let (book_id, chapter) = (Id::<Book>::from_raw(raw(0)), Id::<Chapter>::from_raw(raw(1)));
        let used = world.store.command(world.call(), move |tx| {
            tx.delete(book_id)?;
            Ok(Json::Null)
        });
        assert!(used.unwrap_err().has("record.used"));
        let gone = world.store.command(world.call(), move |tx| {
            tx.delete(book_id)?;
            tx.delete(chapter)?;
            tx.delete(id)?;
            Ok(Json::Null)
        });
        gone.unwrap();
        let left =
            world.store.read(&world.actor, |tx| Ok(tx.find::<Book>(kernel::Filter::everything())?));
        assert_eq!(left.unwrap().len(), 0);
    });
}

#[test]
fn one_transaction_is_one_version_and_one_line_of_audit() {
    on_both(|world| {
        let id = world.add("Un", Genre::Novel, 100).unwrap();
        let changed = world.store.command(world.call(), move |tx| {
            for cents in [150, 175] {
                let mut one = tx.get(id)?;
                one.price = Money::eur(cents);
                tx.save(&one)?;
                tx.flush()?;
            }
            Ok(tx.get(id)?.version.into())
        });
        assert_eq!(changed.unwrap(), json!(2));
        let lines = world.store.audit(world.actor.company, Origin::of(id), 10).unwrap();
        assert_eq!(
            lines.iter().map(|line| line.verb.as_str()).collect::<Vec<_>>(),
            ["updated", "created"]
        );
        let price = &lines[0].changes["price"];
        assert_eq!(
            (price[0]["amount"].as_str(), price[1]["amount"].as_str()),
            (Some("1.00"), Some("1.75"))
        );
        assert_eq!(lines[1].changes["title"], json!([null, "Un"]));
    });
}

#[test]
fn twenty_who_count_at_once_lose_no_count_and_leave_no_gap() {
    on_both(|world| {
        let id = world.add("Compteur", Genre::Novel, 0).unwrap();
        let world = &world;
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(move || {
                    let counted = world.store.command(world.call(), move |tx| {
                        let mut one = tx.lock(id)?;
                        one.price += Money::eur(1);
                        tx.save(&one)?;
                        tx.last(|tx| {
                            let number = tx.number("série")?;
                            tx.insert(&book(&format!("n{number}"), Genre::Essay, number))?;
                            Ok(())
                        });
                        Ok(Json::Null)
                    });
                    counted.unwrap();
                });
            }
        });
        assert_eq!(price(world, id), 20);
        let essays = world
            .store
            .read(&world.actor, |tx| Ok(tx.find(Book::KIND.is(&Genre::Essay))?))
            .unwrap();
        let mut numbers: Vec<i64> = essays.iter().map(|essay| essay.price.minor).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    });
}

/// On PostgreSQL the feed waits for older transactions of the whole server, those of other tests too.
fn settled(world: &World, now: Instant, count: usize) -> Vec<store::Due> {
    for _ in 0..200 {
        let due = world.store.due(world.actor.company, "mailer", now, 10).unwrap();
        if due.len() == count {
            return due;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    panic!("{count} events were not told within five seconds");
}

#[test]
fn the_outbox_tells_each_event_once_in_order_and_again_when_it_failed() {
    on_both(|world| {
        let id = world.add("Un", Genre::Novel, 1).unwrap();
        for name in ["book.read", "book.lent"] {
            let told = world.store.command(world.call(), move |tx| {
                tx.emit(Event::new(name, Origin::of(id)).with("price", Money::eur(5)));
                Ok(Json::Null)
            });
            told.unwrap();
        }
        let (company, now) = (world.actor.company, Instant(i64::MAX / 2));
        let due = settled(&world, now, 2);
        assert_eq!(
            due.iter().map(|due| due.told.name.as_str()).collect::<Vec<_>>(),
            ["book.read", "book.lent"]
        );
        assert_eq!(due[0].told.facts["price"]["amount"], json!("0.05"));
        world.store.failed(company, "mailer", &due[0], Instant(1_000), "no server").unwrap();
        world.store.handled(company, "mailer", due[1].told.seq).unwrap();
        assert!(world.store.due(company, "mailer", Instant(999), 10).unwrap().is_empty());
        let again = world.store.due(company, "mailer", Instant(1_000), 10).unwrap();
        assert_eq!((again.len(), again[0].attempts), (1, 1));
        world.store.handled(company, "mailer", again[0].told.seq).unwrap();
        assert!(world.store.due(company, "mailer", now, 10).unwrap().is_empty());
        assert_eq!(world.store.changes(company, due[0].told.seq, 10).unwrap().len(), 1);
    });
}

/// A number is drawn before the commit: whoever commits first may have the greater one.
#[test]
fn no_event_is_passed_over_whatever_the_order_of_commits() {
    on_both(|world| {
        let Location::Postgres(url) = &world.location else { return };
        let company = world.actor.company;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let connect = async || {
            let (client, connection) =
                tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute("begin").await.unwrap();
            client
        };
        let insert = format!(
            "insert into event (company, at, name, entity, record, facts) \
             values ({}, 1, 'book.read', 'book', '\\x00112233445566778899aabbccddeeff', '{{}}')",
            company.0
        );
        let told = || world.store.changes(company, 0, 10).unwrap().len();
        let (early, late) = runtime.block_on(async { (connect().await, connect().await) });
        let run = |client: &tokio_postgres::Client, text: &str| {
            runtime.block_on(client.batch_execute(text)).unwrap();
        };
        run(&early, "select pg_current_xact_id()");
        run(&late, &insert);
        run(&early, &format!("{insert}; commit"));
        assert_eq!(told(), 0, "a smaller number may still come");
        run(&late, "commit");
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while told() < 2 {
            assert!(std::time::Instant::now() < end, "two events were not told");
        }
    });
}

#[test]
fn the_audit_cannot_be_changed_and_the_schema_is_the_described_one() {
    on_both(|world| {
        assert_eq!(world.store.schema_differences().unwrap(), [""; 0]);
        let _ = Lines::<Chapter>::HERE;
    });
}
