//! What is asked of the records.

use kernel::{Condition, Day, Direction, Entity, Faults, Money, Query, Value};

use crate::world::{Book, Genre, World, book, on_both};

fn titles(world: &World, query: Query) -> Vec<String> {
    let read = world.store.read(&world.actor, |tx| {
        Ok(tx.select::<Book>(query)?.iter().map(|book| book.title.clone()).collect())
    });
    read.unwrap()
}

#[test]
fn a_record_comes_back_as_it_was_put() {
    on_both(|world| {
        let id = world.add("Les Misérables", Genre::Novel, 1_250).unwrap();
        let kept = world.store.read(&world.actor, |tx| Ok(tx.get(id)?)).unwrap();
        assert_eq!(*kept, book("Les Misérables", Genre::Novel, 1_250));
        assert_eq!(kept.version, 1);
    });
}

#[test]
fn conditions_combine() {
    on_both(|world| {
        world.add("A", Genre::Novel, 100).unwrap();
        world.add("B", Genre::Essay, 200).unwrap();
        world.add("C", Genre::Essay, 300).unwrap();
        let essays = Book::KIND.is(&Genre::Essay) & Book::PRICE.at_least(&Money::eur(250));
        assert_eq!(titles(&world, Query::all(Book::DEF).only(essays.condition)), ["C"]);
        let either = Book::TITLE.is(&"A".to_owned()) | Book::PRICE.at_most(&Money::eur(200));
        assert_eq!(titles(&world, Query::all(Book::DEF).only(either.condition)), ["A", "B"]);
        let unpublished = Book::PUBLISHED.empty() & !Book::KIND.is(&Genre::Novel);
        let query = Query::all(Book::DEF).only(unpublished.condition).newest();
        assert_eq!(titles(&world, query), ["C", "B"]);
    });
}

#[test]
fn a_search_finds_parts_of_words_whatever_the_accents() {
    on_both(|world| {
        world.add("Les Misérables", Genre::Novel, 1).unwrap();
        world.add("Le Père Goriot", Genre::Novel, 1).unwrap();
        let search = |words: &str| Query::all(Book::DEF).only(Condition::Search(words.to_owned()));
        assert_eq!(titles(&world, search("MISERA")), ["Les Misérables"]);
        assert_eq!(titles(&world, search("goriot père")), ["Le Père Goriot"]);
        assert_eq!(titles(&world, search("le")).len(), 2);
        assert_eq!(titles(&world, search("x\" or 1")), [""; 0]);
    });
}

#[test]
fn pages_follow_one_another_without_a_gap_or_a_double() {
    on_both(|world| {
        for number in 0..25 {
            let day = (number % 5 != 0).then_some(Day(20_000 + number / 3));
            let put = world.store.command(world.call(), move |tx| {
                let mut one = book(&format!("{number:02}"), Genre::Novel, 1);
                one.published = day;
                tx.insert(&one)?;
                Ok(serde_json::Value::Null)
            });
            put.unwrap();
        }
        for direction in [Direction::Up, Direction::Down] {
            let mut seen: Vec<String> = Vec::new();
            let mut query = Query::all(Book::DEF).sorted("published", direction).limit(4);
            loop {
                let page = world
                    .store
                    .read(&world.actor, |tx| Ok(tx.select::<Book>(query.clone())?))
                    .unwrap();
                let Some(last) = page.last() else { break };
                let value = last.published.map_or(Value::Null, Value::Day);
                query = query.after(value, last.id.raw());
                seen.extend(page.iter().map(|book| book.title.clone()));
            }
            assert_eq!(seen.len(), 25, "{direction:?}: {seen:?}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 25, "{direction:?}");
        }
    });
}

#[test]
fn a_company_does_not_see_another() {
    on_both(|world| {
        let id = world.add("À nous", Genre::Novel, 1).unwrap();
        let other = World::of(world.store.clone());
        let seen = other.store.read(&other.actor, |tx| Ok(tx.get(id)?));
        assert!(seen.unwrap_err().has("not_found"));
        assert_eq!(titles(&other, Query::all(Book::DEF)), [""; 0]);
        // The same unique title is free in another company.
        other.add("À nous", Genre::Novel, 1).unwrap();
    });
}

#[test]
fn a_reading_cannot_write() {
    on_both(|world| {
        let read: Result<(), Faults> = world.store.read(&world.actor, |tx| {
            tx.insert(&book("Non", Genre::Novel, 1))?;
            tx.flush()?;
            Ok(())
        });
        assert!(read.is_err());
        assert_eq!(titles(&world, Query::all(Book::DEF)), [""; 0]);
    });
}

#[test]
fn a_statement_by_hand_sees_what_was_written_before_it() {
    on_both(|world| {
        let answer = world.store.command(world.call(), |tx| {
            tx.insert(&book("Un", Genre::Novel, 150))?;
            tx.insert(&book("Deux", Genre::Novel, 250))?;
            let text = "select cast(sum(price) as bigint), count(*) from books \
                        where company = $1 and kind = $2";
            let rows = tx.sql(text, &[Value::Text("novel".into())])?;
            let [Value::Integer(sum), Value::Integer(count)] = rows[0][..] else {
                panic!("{rows:?}")
            };
            Ok(serde_json::json!([sum, count]))
        });
        assert_eq!(answer.unwrap(), serde_json::json!([400, 2]));
    });
}
