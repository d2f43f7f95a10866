//! Conditions that cross relations, look inside lines and custom fields, sum and group.

use kernel::query::{CustomTest, Measure, Related};
use kernel::{
    Condition, Currency, CustomKind, Day, Entity, FieldDef, Money, Quantity, Query, RawId, Sign,
    Text, Value,
};
use store::{By, Groups};

use crate::world::{Book, Chapter, Genre, World, book, on_both};

const CHAPTERS: Related = Related { def: Chapter::DEF, by: "book" };

/// Three books: two novels with chapters, one essay without.
fn library(world: &World) {
    let put = |title: &str, kind, cents, published: Option<i32>, extra: &str, pages: &[i64]| {
        let (mut one, pages) = (book(title, kind, cents), pages.to_vec());
        one.published = published.map(Day);
        let extra = (!extra.is_empty()).then(|| extra.to_owned());
        let done = world.store.command(world.call(), move |tx| {
            let id = tx.draw_id::<Book>();
            tx.insert_row(Book::DEF, id.raw(), one.to_record(), extra.clone())?;
            for (rank, count) in pages.iter().enumerate() {
                let title = format!("Chapitre {}", rank + 1);
                tx.insert(&Chapter { book: id, title, pages: Quantity(count * 10_000) })?;
            }
            Ok(serde_json::Value::Null)
        });
        done.unwrap();
    };
    let first = r#"{"zone":"Nord","weight":12.5,"lent":true,"seen":"2026-11-24"}"#;
    put("L’Été à Évian", Genre::Novel, 1_250, Some(20_000), first, &[10, 30]);
    let second = r#"{"zone":"Sud","weight":"7","lent":false}"#;
    put("Œuvres 100%", Genre::Novel, 900, Some(20_040), second, &[5]);
    put("Essais", Genre::Essay, 2_000, None, "", &[]);
}

fn titles(world: &World, condition: Condition) -> Vec<String> {
    let query = Query::all(Book::DEF).only(condition).sorted("title", kernel::Direction::Up);
    let read = world.store.read(&world.actor, |tx| {
        Ok(tx.select::<Book>(query)?.iter().map(|book| book.title.clone()).collect())
    });
    read.unwrap()
}

#[test]
fn a_text_is_found_whatever_its_case_and_its_accents() {
    on_both(|world| {
        library(&world);
        let holds = |words: &str| titles(&world, Condition::Contains("title", words.into()));
        assert_eq!(holds("ete a evian"), ["L’Été à Évian"]);
        assert_eq!(holds("L'ÉTÉ"), ["L’Été à Évian"]);
        assert_eq!(holds("oeuvre"), ["Œuvres 100%"]);
        assert_eq!(holds("0%"), ["Œuvres 100%"]);
        assert_eq!(holds("_"), [""; 0]);
        assert_eq!(holds("' or 1=1"), [""; 0]);
    });
}

#[test]
fn what_refers_to_a_record_lets_it_through_or_not() {
    on_both(|world| {
        library(&world);
        let long = || Box::new(Condition::Above("pages", Quantity(200_000).into()));
        let some = Condition::Some(CHAPTERS, long());
        assert_eq!(titles(&world, some.clone()), ["L’Été à Évian"]);
        assert_eq!(titles(&world, Condition::Not(Box::new(some))), ["Essais", "Œuvres 100%"]);
        let any = Condition::Some(CHAPTERS, Box::new(Condition::Everything));
        assert_eq!(titles(&world, any), ["L’Été à Évian", "Œuvres 100%"]);
        // There and back: the books with a chapter whose book is a novel found by its words.
        let found = Condition::Search("evian".into());
        let back = Condition::Through("book", Book::DEF, Box::new(found));
        let deep = Condition::Some(CHAPTERS, Box::new(back));
        assert_eq!(titles(&world, deep), ["L’Été à Évian"]);
        let novels = Condition::Through(
            "book",
            Book::DEF,
            Box::new(Condition::Below("price", Money::eur(1_000).into())),
        );
        let chapters = world
            .store
            .read(&world.actor, |tx| Ok(tx.rows(Query::all(Chapter::DEF).only(novels))?.len()));
        assert_eq!(chapters, Ok(1));
    });
}

#[test]
fn related_records_are_summed_and_counted() {
    on_both(|world| {
        library(&world);
        let measure = |sum, only, sign, value: Value| {
            let measure = Measure { of: CHAPTERS, sum, only, sign, value };
            titles(&world, Condition::Measure(Box::new(measure)))
        };
        let all = Condition::Everything;
        let pages = |count: i64| Value::from(Quantity(count * 10_000));
        assert_eq!(
            measure(Some("pages"), all.clone(), Sign::AtLeast, pages(40)),
            ["L’Été à Évian"]
        );
        assert_eq!(measure(Some("pages"), all.clone(), Sign::Is, pages(0)), ["Essais"]);
        let first = Condition::Contains("title", "chapitre 1".into());
        assert_eq!(
            measure(Some("pages"), first, Sign::Below, pages(10)),
            ["Essais", "Œuvres 100%"]
        );
        assert_eq!(
            measure(None, all.clone(), Sign::AtMost, Value::Integer(1)),
            ["Essais", "Œuvres 100%"]
        );
        assert_eq!(measure(None, all, Sign::Above, Value::Integer(1)), ["L’Été à Évian"]);
    });
}

#[test]
fn custom_fields_are_compared_by_their_kind() {
    on_both(|world| {
        library(&world);
        let custom =
            |name: &str, kind, test| titles(&world, Condition::Custom(name.to_owned(), kind, test));
        let compare = |sign, value: &str| CustomTest::Compare(sign, value.to_owned());
        assert_eq!(
            custom("weight", CustomKind::Number, compare(Sign::Above, "9")),
            ["L’Été à Évian"]
        );
        assert_eq!(
            custom("weight", CustomKind::Number, compare(Sign::AtMost, "7.0")),
            ["Œuvres 100%"]
        );
        assert_eq!(custom("lent", CustomKind::Flag, compare(Sign::Is, "true")), ["L’Été à Évian"]);
        assert_eq!(custom("lent", CustomKind::Flag, compare(Sign::Is, "false")), ["Œuvres 100%"]);
        let day = compare(Sign::AtLeast, "2026-11-01");
        assert_eq!(custom("seen", CustomKind::Day, day), ["L’Été à Évian"]);
        let north = CustomTest::Contains("NORD".into());
        assert_eq!(custom("zone", CustomKind::Choice, north), ["L’Été à Évian"]);
        assert_eq!(custom("zone", CustomKind::Text, CustomTest::Empty), ["Essais"]);
        // A name is a parameter: it cannot be a piece of the statement.
        let odd = custom("x' or '1", CustomKind::Text, compare(Sign::Is, "1"));
        assert_eq!(odd, [""; 0]);
    });
}

#[test]
fn a_subquery_reaches_no_other_company() {
    on_both(|world| {
        library(&world);
        let other = World::of(world.store.clone());
        let some = Condition::Some(CHAPTERS, Box::new(Condition::Everything));
        assert_eq!(titles(&other, some), [""; 0]);
        assert_eq!(titles(&other, Condition::Search("evian".into())), [""; 0]);
    });
}

#[test]
fn records_are_counted_and_summed_by_group() {
    on_both(|world| {
        library(&world);
        let groups = |by: &str, how, condition| {
            let by = Book::DEF.field(by).unwrap();
            let price = Book::DEF.field("price").unwrap();
            let groups = Groups {
                def: Book::DEF,
                condition,
                by,
                how,
                through: None,
                sums: vec![price],
                currency: Currency::EUR,
                most: 200,
            };
            let (text, params) = groups.statement(world.store.dialect());
            world.store.read(&world.actor, |tx| Ok(tx.sql(&text, &params)?)).unwrap()
        };
        let row = |value: Value, count: i64, sum: i64| {
            vec![value, Value::Integer(count), Value::Integer(sum)]
        };
        assert_eq!(
            groups("kind", By::Value, Condition::Everything),
            [row("novel".into(), 2, 2_150), row("essay".into(), 1, 2_000)]
        );
        let dear = Condition::Above("price", Money::eur(1_000).into());
        let some = Condition::Some(CHAPTERS, Box::new(Condition::Everything));
        let both = Condition::All(vec![dear, some]);
        assert_eq!(groups("kind", By::Value, both), [row("novel".into(), 1, 1_250)]);
        let months = groups("published", By::Month, Condition::Everything);
        assert!(months.contains(&row("2024-10".into(), 1, 1_250)), "{months:?}");
        assert!(months.contains(&row("2024-11".into(), 1, 900)), "{months:?}");
        assert!(months.contains(&row(Value::Null, 1, 2_000)), "{months:?}");
    });
}

#[test]
fn records_are_counted_and_summed_by_what_the_company_added() {
    static ZONE: FieldDef = FieldDef::of::<Option<String>>("extra.zone", Text::new("", ""), "");
    static LENT: FieldDef = FieldDef::of::<Option<bool>>("extra.lent", Text::new("", ""), "");
    static SEEN: FieldDef = FieldDef::of::<Option<Day>>("extra.seen", Text::new("", ""), "");
    static WEIGHT: FieldDef =
        FieldDef::of::<Option<Quantity>>("extra.weight", Text::new("", ""), "");
    on_both(|world| {
        library(&world);
        let groups = |by: &'static FieldDef, how| {
            let groups = Groups {
                def: Book::DEF,
                condition: Condition::Everything,
                by,
                how,
                through: None,
                sums: vec![&WEIGHT],
                currency: Currency::EUR,
                most: 200,
            };
            let (text, params) = groups.statement(world.store.dialect());
            let mut rows =
                world.store.read(&world.actor, |tx| Ok(tx.sql(&text, &params)?)).unwrap();
            rows.sort_by_key(|row| format!("{row:?}"));
            rows
        };
        let row = |value: Value, sum: i64| vec![value, Value::Integer(1), Value::Integer(sum)];
        let zones = groups(&ZONE, By::Value);
        assert!(zones.contains(&row("Nord".into(), 125_000)), "{zones:?}");
        assert!(zones.contains(&row("Sud".into(), 70_000)), "{zones:?}");
        assert!(zones.contains(&row(Value::Null, 0)), "{zones:?}");
        let lent = groups(&LENT, By::Value);
        let said = lent.iter().filter(|row| !row[0].is_null()).count();
        assert_eq!(said, 2, "{lent:?}");
        let months = groups(&SEEN, By::Month);
        assert!(months.contains(&row("2026-11".into(), 125_000)), "{months:?}");
    });
}

#[test]
fn an_id_that_is_none_finds_nothing() {
    on_both(|world| {
        library(&world);
        let none = Condition::Is("id", RawId([9; 16]).into());
        assert_eq!(titles(&world, none), [""; 0]);
    });
}

// ——— any tree is a statement, and both databases answer it alike ———

struct Chance(u64);

impl Chance {
    /// A number below `most` (xorshift, Marsaglia 2003).
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
    fn sign(&mut self) -> Sign {
        let signs = [Sign::Is, Sign::Above, Sign::AtLeast, Sign::Below, Sign::AtMost];
        signs[usize::try_from(self.below(5)).unwrap()]
    }
}

fn of_book(chance: &mut Chance) -> Condition {
    let compare = |sign, value: &str| CustomTest::Compare(sign, value.to_owned());
    match chance.below(10) {
        0 => Condition::Contains("title", "e".into()),
        1 => Condition::Is("kind", "novel".into()),
        2 => Condition::Above("price", Money::eur(1_000).into()),
        3 => Condition::Empty("published"),
        4 => Condition::AtMost("published", Day(20_010).into()),
        5 => Condition::Custom("weight".into(), CustomKind::Number, compare(chance.sign(), "9")),
        6 => Condition::Custom("lent".into(), CustomKind::Flag, compare(Sign::Is, "false")),
        7 => Condition::Custom("zone".into(), CustomKind::Text, CustomTest::Empty),
        8 => Condition::Search("evian".into()),
        _ => Condition::Among("kind", vec!["novel".into(), "essay".into()]),
    }
}

fn grown(chance: &mut Chance, on_chapter: bool, deep: u32) -> Condition {
    let leaf = |chance: &mut Chance| {
        if on_chapter {
            Condition::AtLeast("pages", Quantity(100_000).into())
        } else {
            of_book(chance)
        }
    };
    if deep == 0 {
        return leaf(chance);
    }
    match chance.below(6) {
        0 => Condition::All(vec![grown(chance, on_chapter, deep - 1), leaf(chance)]),
        1 => Condition::Any(vec![leaf(chance), grown(chance, on_chapter, deep - 1)]),
        2 => Condition::Not(Box::new(grown(chance, on_chapter, deep - 1))),
        3 | 4 if on_chapter => {
            let inner = Box::new(grown(chance, false, deep - 1));
            Condition::Through("book", Book::DEF, inner)
        }
        3 => Condition::Some(CHAPTERS, Box::new(grown(chance, true, deep - 1))),
        4 => {
            let only = grown(chance, true, deep - 1);
            let sum = (chance.below(2) == 0).then_some("pages");
            let value = match sum {
                Some(_) => Quantity(200_000).into(),
                None => Value::Integer(1),
            };
            let sign = chance.sign();
            Condition::Measure(Box::new(Measure { of: CHAPTERS, sum, only, sign, value }))
        }
        _ => leaf(chance),
    }
}

#[test]
fn any_tree_is_a_statement_that_both_databases_answer_alike() {
    let known: std::cell::RefCell<Vec<Vec<String>>> = std::cell::RefCell::default();
    on_both(|world| {
        library(&world);
        let mut known = known.borrow_mut();
        for seed in 1..200_u64 {
            let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let condition = grown(&mut chance, false, u32::try_from(seed % 5).unwrap());
            let found = titles(&world, condition.clone());
            let rank = usize::try_from(seed).unwrap() - 1;
            match known.get(rank) {
                Some(first) => assert_eq!(&found, first, "seed {seed}: {condition:?}"),
                None => known.push(found),
            }
        }
    });
}

#[test]
fn records_are_counted_and_summed_by_what_a_reference_leads_to() {
    static ZONE: FieldDef = FieldDef::of::<Option<String>>("extra.zone", Text::new("", ""), "");
    on_both(|world| {
        library(&world);
        let groups = |by: &'static FieldDef, how, condition| {
            let book = Chapter::DEF.field("book").unwrap();
            let groups = Groups {
                def: Chapter::DEF,
                condition,
                by,
                how,
                through: Some((book, Book::DEF)),
                sums: vec![Chapter::DEF.field("pages").unwrap()],
                currency: Currency::EUR,
                most: 200,
            };
            let (text, params) = groups.statement(world.store.dialect());
            world.store.read(&world.actor, |tx| Ok(tx.sql(&text, &params)?)).unwrap()
        };
        let row = |value: Value, count: i64, sum: i64| {
            vec![value, Value::Integer(count), Value::Integer(sum * 10_000)]
        };
        let field = |name: &str| Book::DEF.field(name).unwrap();
        let all = Condition::Everything;
        assert_eq!(groups(field("kind"), By::Value, all.clone()), [row("novel".into(), 3, 45)]);
        let zones = groups(&ZONE, By::Value, all.clone());
        assert_eq!(zones, [row("Nord".into(), 2, 40), row("Sud".into(), 1, 5)]);
        let months = groups(field("published"), By::Month, all);
        assert_eq!(months, [row("2024-11".into(), 1, 5), row("2024-10".into(), 2, 40)]);
        let long = Condition::Above("pages", Quantity(100_000).into());
        assert_eq!(groups(&ZONE, By::Value, long), [row("Nord".into(), 1, 30)]);
    });
}
