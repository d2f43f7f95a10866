//! A command taken back from what it left in the audit.

use kernel::edit::{self, Draft};
use kernel::{CustomField, CustomKind, Entity, Faults, Id, Kind, Origin, RawId, Row, Tx, undo};
use serde_json::{Map, Value as Json, json};

use crate::world::{Book, Chapter, Genre, World, catalog, on_both};

fn draft(tx: &Tx<'_>, values: &Json) -> Result<Draft, Faults> {
    let members: Map<String, Json> = values.as_object().unwrap().clone();
    Draft::of_json(catalog(), Book::DEF, &members, tx)
}

fn command(
    world: &World,
    work: impl Fn(&mut Tx<'_>) -> Result<RawId, Faults> + Send + Sync + 'static,
) -> Result<RawId, Faults> {
    let made = world.store.command(world.call(), move |tx| Ok(work(tx)?.to_string().into()))?;
    Ok(RawId::parse(made.as_str().unwrap()).unwrap())
}

fn create(world: &World, values: Json) -> Result<RawId, Faults> {
    let actor = world.actor.clone();
    command(world, move |tx| {
        let draft = draft(tx, &values)?;
        edit::create(catalog(), tx, &actor, Book::DEF, &draft)
    })
}

fn update(world: &World, id: RawId, values: Json) -> Result<(), Faults> {
    let actor = world.actor.clone();
    let done = command(world, move |tx| {
        let draft = draft(tx, &values)?;
        edit::update(catalog(), tx, &actor, Book::DEF, id, None, &draft)?;
        Ok(id)
    });
    done.map(drop)
}

fn delete(world: &World, id: RawId) -> Result<(), Faults> {
    let actor = world.actor.clone();
    let done = command(world, move |tx| {
        edit::delete(catalog(), tx, &actor, Book::DEF, id, None)?;
        Ok(id)
    });
    done.map(drop)
}

/// The last line of the audit about a book: it stands for its command.
fn last(world: &World, id: RawId) -> i64 {
    let about = Origin { entity: Book::DEF.name, id };
    world.store.audit(world.actor.company, about, 1).unwrap()[0].seq
}

fn take_back(world: &World, seq: i64) -> Result<(), Faults> {
    let done = world.store.command_lines(world.actor.company, seq)?;
    let told = done.iter().map(|done| {
        undo::Deed::told(done.about, &done.line.verb, done.line.at, &done.line.changes).unwrap()
    });
    let (deeds, actor): (Vec<_>, _) = (told.collect(), world.actor.clone());
    let undone = world.store.command(world.call(), move |tx| {
        undo::undo(catalog(), tx, &actor, &deeds)?;
        Ok(Json::Null)
    });
    undone.map(drop)
}

/// Everything there is: ids, values, own fields, lines.
fn state(world: &World) -> Vec<(RawId, Vec<kernel::Value>, Option<String>)> {
    let read = |tx: &mut Tx<'_>| {
        let mut all: Vec<Row> = tx.rows(kernel::Query::all(Book::DEF))?;
        all.extend(tx.rows(kernel::Query::all(Chapter::DEF))?);
        Ok(all.into_iter().map(|row| (row.id, row.values, row.extra)).collect())
    };
    world.store.read(&world.actor, read).unwrap()
}

fn own_field(world: &World) {
    let field = CustomField {
        entity: Book::DEF.name.to_owned(),
        name: "shelf".to_owned(),
        label_fr: "Rayon".to_owned(),
        label_en: "Shelf".to_owned(),
        kind: CustomKind::Text,
        required: false,
        values: None,
    };
    let made = world.store.command(world.call(), move |tx| {
        tx.insert(&field)?;
        Ok(Json::Null)
    });
    made.unwrap();
}

fn novel(title: &str, chapters: &[(&str, &str)]) -> Json {
    let lines: Vec<Json> =
        chapters.iter().map(|(title, pages)| json!({ "title": title, "pages": pages })).collect();
    json!({ "title": title, "kind": "novel", "price": "12.50", "chapters": lines })
}

#[test]
fn what_was_made_goes_and_comes_back_with_its_lines_and_its_id() {
    on_both(|world| {
        let nothing = state(&world);
        let id = create(&world, novel("Lin", &[("Un", "10"), ("Deux", "20")])).unwrap();
        let made = state(&world);
        assert_eq!(made.len(), 3);
        take_back(&world, last(&world, id)).unwrap();
        assert_eq!(state(&world), nothing);
        take_back(&world, last(&world, id)).unwrap();
        assert_eq!(state(&world), made, "undoing the undoing does it again");
        delete(&world, id).unwrap();
        assert_eq!(state(&world), nothing);
        take_back(&world, last(&world, id)).unwrap();
        assert_eq!(state(&world), made);
    });
}

#[test]
fn an_edit_is_put_back_field_by_field_line_by_line() {
    on_both(|world| {
        own_field(&world);
        let id = create(&world, novel("Lin", &[("Un", "10"), ("Deux", "20"), ("Trois", "30")]));
        let id = id.unwrap();
        let before = state(&world);
        let kept = before.iter().find(|(_, values, _)| values.contains(&"Deux".into())).unwrap().0;
        let lines = json!([
            { "id": kept.to_string(), "pages": "21" },
            { "title": "Quatre", "pages": "40" },
        ]);
        let change = json!({
            "price": "9", "published": "2026-01-02", "chapters": lines, "extra": { "shelf": "B" },
        });
        update(&world, id, change).unwrap();
        let edit = last(&world, id);
        // Another edits another field meanwhile: it stays.
        update(&world, id, json!({ "title": "Lin ancien" })).unwrap();
        take_back(&world, edit).unwrap();
        let mut wanted = before.clone();
        wanted[0].1[0] = "Lin ancien".into();
        assert_eq!(state(&world), wanted);
    });
}

#[test]
fn what_moved_since_is_refused_with_both_values_and_nothing_changes() {
    on_both(|world| {
        let id = create(&world, novel("Lin", &[("Un", "10")])).unwrap();
        let made = last(&world, id);
        update(&world, id, json!({ "price": "9", "kind": "essay" })).unwrap();
        let edit = last(&world, id);
        update(&world, id, json!({ "price": "8" })).unwrap();
        let now = state(&world);
        let refused = take_back(&world, edit).unwrap_err();
        assert_eq!(refused.codes(), ["undo.moved"]);
        assert_eq!(refused.0[0].field.as_deref(), Some("price"));
        let fact = |name| refused.0[0].facts.iter().find(|(known, _)| *known == name).cloned();
        assert_eq!(fact("left").unwrap().1, kernel::Money::eur(900).into());
        assert_eq!(fact("now").unwrap().1, kernel::Money::eur(800).into());
        assert!(take_back(&world, made).unwrap_err().has("undo.moved"));
        assert_eq!(state(&world), now);
        // A line added since keeps the record from going.
        let other = create(&world, novel("Coton", &[])).unwrap();
        let made = last(&world, other);
        update(&world, other, json!({ "chapters": [{ "title": "Neuf", "pages": "1" }] })).unwrap();
        assert!(take_back(&world, made).unwrap_err().has("undo.added"));
        delete(&world, other).unwrap();
        let gone = last(&world, other);
        assert!(take_back(&world, made).unwrap_err().has("undo.gone"));
        take_back(&world, gone).unwrap();
        assert!(take_back(&world, gone).unwrap_err().has("undo.done"));
    });
}

#[test]
fn a_key_taken_meanwhile_keeps_what_was_deleted_from_coming_back() {
    on_both(|world| {
        let id = create(&world, novel("Lin", &[])).unwrap();
        delete(&world, id).unwrap();
        let deleted = last(&world, id);
        world.add("Lin", Genre::Essay, 500).unwrap();
        assert!(take_back(&world, deleted).unwrap_err().has("record.taken"));
        assert!(take_back(&world, 0).unwrap_err().has("undo.nothing"));
    });
}

#[test]
fn undoing_wants_the_rights_of_the_contrary_deed() {
    on_both(|mut world| {
        let id = create(&world, novel("Lin", &[])).unwrap();
        let made = last(&world, id);
        world.actor.grants = kernel::Grants::new(["book.read", "book.update"]);
        let refused = take_back(&world, made).unwrap_err();
        assert_eq!(refused.codes(), ["forbidden"]);
        update(&world, id, json!({ "price": "9" })).unwrap();
        take_back(&world, last(&world, id)).unwrap();
    });
}

/// Numbers that follow from a seed: the same seed, the same history.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn chapters(world: &World, id: RawId, chance: &mut Chance) -> Json {
    let of = |tx: &mut Tx<'_>| Ok(edit::lines_of(tx, Chapter::DEF, id)?);
    let stored = world.store.read(&world.actor, of).unwrap();
    let mut lines: Vec<Json> = Vec::new();
    for line in stored {
        if chance.below(3) > 0 {
            let pages = chance.below(500).to_string();
            lines.push(json!({ "id": line.id.to_string(), "pages": pages }));
        }
    }
    for _ in 0..chance.below(3) {
        lines.push(json!({ "title": "Suite", "pages": chance.below(500).to_string() }));
    }
    lines.into()
}

/// One command at random; gives the book it was about.
fn at_random(world: &World, chance: &mut Chance, books: &mut Vec<RawId>) -> RawId {
    if books.is_empty() || chance.below(4) == 0 {
        let title = format!("Livre {}", chance.below(1_000_000_000));
        let id = create(world, novel(&title, &[("Un", "10"), ("Deux", "20")])).unwrap();
        books.push(id);
        return id;
    }
    let at = chance.below(books.len());
    if chance.below(5) == 0 {
        let id = books.swap_remove(at);
        delete(world, id).unwrap();
        return id;
    }
    let id = books[at];
    let mut change = Map::new();
    // Always another price, so that each command leaves its line.
    change.insert(
        "price".into(),
        json!(format!("{}.{:02}", chance.below(90_000), chance.below(100))),
    );
    if chance.below(2) == 0 {
        change.insert("kind".into(), json!(["novel", "essay"][chance.below(2)]));
    }
    if chance.below(2) == 0 {
        let shelf = ["A", "B", "C"][chance.below(3)];
        change.insert("extra".into(), json!({ "shelf": shelf }));
    }
    if chance.below(2) == 0 {
        change.insert("chapters".into(), chapters(world, id, chance));
    }
    update(world, id, change.into()).unwrap();
    id
}

#[test]
fn any_history_taken_back_from_its_end_leads_to_its_beginning() {
    on_both(|world| {
        own_field(&world);
        for seed in 1..=12 {
            let (mut chance, mut books) = (Chance(seed), Vec::new());
            let mut path = vec![state(&world)];
            let mut lines = Vec::new();
            for _ in 0..25 {
                let about = at_random(&world, &mut chance, &mut books);
                lines.push(last(&world, about));
                path.push(state(&world));
            }
            for line in lines.into_iter().rev() {
                assert_eq!(Some(state(&world)), path.pop(), "seed {seed}");
                take_back(&world, line).unwrap_or_else(|faults| panic!("seed {seed}: {faults:?}"));
            }
            assert_eq!(Some(state(&world)), path.pop(), "seed {seed}");
        }
    });
}

#[test]
fn the_lines_of_a_command_are_found_however_many_they_are_and_no_other() {
    on_both(|world| {
        let actor = world.actor.clone();
        let made = world.store.command(world.call(), move |tx| {
            for number in 0..5_000 {
                let values = novel(&format!("Livre {number}"), &[]);
                let draft = draft(tx, &values)?;
                edit::create(catalog(), tx, &actor, Book::DEF, &draft)?;
            }
            let first = tx.first::<Book>(Book::TITLE.is(&"Livre 2500".to_owned()))?.unwrap();
            Ok(first.id.to_string().into())
        });
        let id: Id<Book> = Id::from_raw(RawId::parse(made.unwrap().as_str().unwrap()).unwrap());
        update(&world, id.raw(), json!({ "price": "1" })).unwrap();
        let lines = |seq| world.store.command_lines(world.actor.company, seq).unwrap();
        let edit = last(&world, id.raw());
        assert_eq!(lines(edit).len(), 1);
        let about = Origin::of(id);
        let made = world.store.audit_before(world.actor.company, about, edit, 5).unwrap();
        assert_eq!(made.len(), 1);
        assert_eq!(lines(made[0].seq).len(), 5_000);
        assert!(matches!(Book::DEF.fields[4].kind, Kind::Lines(_)));
    });
}
