//! The two readers of the rules agree: what they let through in memory is what a query finds, over
//! random rules and records, empty fields included.

use kernel::rights::{Decision, Policy, Test, parse, visible};
use kernel::{
    Condition, Day, Door, Entity, EntityDef, Grants, Id, Money, Origin, Query, RawId, Record, Row,
    Rules, Sign, Value,
};

use crate::world::{Genre, World, on_both};

#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Utilisateur", en = "User", frs = "Utilisateurs", ens = "Users")]
pub struct User {
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
}

/// Belongs to someone by a field that names them as an origin.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Rayon", en = "Shelf", frs = "Rayons", ens = "Shelves", plural = "shelves")]
pub struct Shelf {
    #[field(fr = "Responsable", en = "Responsible")]
    pub responsible: Option<Origin>,
    #[field(fr = "Taille", en = "Size")]
    pub size: Option<i64>,
}

/// Belongs to whom its shelf belongs to; every field may be empty.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Prêt", en = "Loan", frs = "Prêts", ens = "Loans")]
pub struct Loan {
    #[field(fr = "Rayon", en = "Shelf")]
    pub shelf: Option<Id<Shelf>>,
    #[field(fr = "Libellé", en = "Label")]
    pub label: Option<String>,
    #[field(fr = "Nombre", en = "Count")]
    pub count: Option<i64>,
    #[field(fr = "Ouvert", en = "Open")]
    pub open: Option<bool>,
    #[field(fr = "Caution", en = "Deposit")]
    pub deposit: Option<Money>,
    #[field(fr = "Jour", en = "Day")]
    pub day: Option<Day>,
    #[field(fr = "Genre", en = "Kind")]
    pub kind: Option<Genre>,
}

impl Rules for User {}
impl Rules for Shelf {}
impl Rules for Loan {}

/// Chance that a seed repeats: splitmix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
    fn number(&mut self) -> i64 {
        i64::try_from(self.roll(4)).unwrap()
    }
    /// Something, or nothing one time in four.
    fn some<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.roll(4) > 0).then(|| value(self))
    }
}

struct Filled {
    users: Vec<RawId>,
    shelves: Vec<Row>,
    loans: Vec<Row>,
}

const ROWS: usize = 250;

fn fill(world: &World, dice: &mut Dice) -> Filled {
    let seed = dice.roll(u64::MAX);
    world
        .store
        .command(world.call(), move |tx| {
            let mut dice = Dice(seed);
            let mut users = Vec::new();
            for name in ["Ada", "Béa", "Cléo", "Dan"] {
                users.push(tx.insert(&User { name: name.to_owned() })?);
            }
            let mut shelves = Vec::new();
            for _ in 0..20 {
                let responsible =
                    dice.some(|dice| Origin::of(users[usize::try_from(dice.roll(4)).unwrap()]));
                let size = dice.some(Dice::number);
                shelves.push(tx.insert(&Shelf { responsible, size })?);
            }
            for _ in 0..ROWS {
                tx.insert(&Loan {
                    shelf: dice.some(|dice| shelves[usize::try_from(dice.roll(20)).unwrap()]),
                    label: dice
                        .some(|dice| ["", "a", "É", "l’a"][dice.number() as usize].to_owned()),
                    count: dice.some(Dice::number),
                    open: dice.some(|dice| dice.roll(2) == 0),
                    deposit: dice.some(|dice| Money::eur(dice.number() * 100)),
                    day: dice.some(|dice| Day(20_000 + i32::try_from(dice.roll(4)).unwrap())),
                    kind: dice.some(|dice| [Genre::Novel, Genre::Essay][dice.roll(2) as usize]),
                })?;
            }
            Ok(serde_json::Value::Null)
        })
        .unwrap();
    let read = world.store.read(&world.actor, |tx| {
        Ok(Filled {
            users: tx.rows(Query::all(User::DEF))?.iter().map(|row| row.id).collect(),
            shelves: tx.rows(Query::all(Shelf::DEF))?,
            loans: tx.rows(Query::all(Loan::DEF))?,
        })
    });
    read.unwrap()
}

/// A random tree of questions to a loan.
fn tree(dice: &mut Dice, depth: u32) -> Test {
    let field = |name: &str| Loan::DEF.field(name).unwrap();
    let sign = |dice: &mut Dice| {
        [Sign::Is, Sign::Above, Sign::AtLeast, Sign::Below, Sign::AtMost][dice.roll(5) as usize]
    };
    let some = |dice: &mut Dice| (0..dice.roll(3)).map(|_| tree(dice, depth - 1)).collect();
    match dice.roll(if depth == 0 { 7 } else { 10 }) {
        0 => Test::Empty(field(["label", "count", "shelf", "deposit"][dice.roll(4) as usize])),
        1 => Test::Compare(field("count"), sign(dice), Value::Integer(dice.number())),
        2 => Test::Compare(field("deposit"), sign(dice), Value::Money(Money::eur(200))),
        3 => Test::Compare(field("day"), sign(dice), Value::Day(Day(20_002))),
        4 => Test::Compare(field("open"), Sign::Is, Value::Flag(dice.roll(2) == 0)),
        5 => Test::Among(field("label"), vec!["".into(), "É".into()]),
        6 => {
            let size = Shelf::DEF.field("size").unwrap();
            let inner = match dice.roll(3) {
                0 => Test::Empty(size),
                1 => Test::Not(Box::new(Test::Compare(size, sign(dice), Value::Integer(1)))),
                _ => Test::Compare(size, sign(dice), Value::Integer(dice.number())),
            };
            Test::Through(field("shelf"), Shelf::DEF, Box::new(inner))
        }
        7 => Test::All(some(dice)),
        8 => Test::Any(some(dice)),
        _ => Test::Not(Box::new(tree(dice, depth - 1))),
    }
}

/// Random rules, as people write them.
fn text(dice: &mut Dice) -> String {
    let clause = |dice: &mut Dice| -> String {
        [
            "count is not 2",
            "count at least 1",
            "label is empty",
            "label is É",
            "open is true",
            "deposit below 2",
            "day above 2024-10-05",
            "kind is not essay",
            "shelf is not empty",
        ][dice.roll(9) as usize]
            .to_owned()
    };
    let mut lines = Vec::new();
    for _ in 0..=dice.roll(4) {
        let effect = if dice.roll(3) == 0 { "forbid" } else { "permit" };
        let reach = ["", "", " to own", " to team"][dice.roll(4) as usize];
        let clauses: Vec<String> = (0..dice.roll(3)).map(|_| clause(dice)).collect();
        let when = if clauses.is_empty() { "" } else { " when " };
        let only = if effect == "permit" { only(dice) } else { String::new() };
        lines.push(format!("{effect} loan.read{only}{reach}{when}{}", clauses.join(" and ")));
    }
    lines.join("\n")
}

/// The fields that a permit opens: all of them half of the time.
fn only(dice: &mut Dice) -> String {
    let named = ["label", "count", "deposit", "day"].into_iter().filter(|_| dice.roll(2) == 0);
    let named: Vec<&str> = named.collect();
    if named.is_empty() || dice.roll(2) == 0 {
        return String::new();
    }
    format!(" only {}", named.join(", "))
}

/// What is closed is empty in the rows that are shown, and in the sums of a statement by hand.
fn closed_is_empty(rows: &[Row], sums: &[Value], grants: &Grants, text: &str) -> usize {
    let mut cases = 0;
    for (rank, field) in Loan::DEF.fields.iter().enumerate() {
        let open = grants.reads(Loan::DEF, field);
        for row in rows {
            assert!(open || row.values[rank].is_null(), "{} is shown by {text}", field.name);
            cases += 1;
        }
    }
    for (field, sum) in ["count", "deposit"].into_iter().zip(sums) {
        let open = grants.reads(Loan::DEF, Loan::DEF.field(field).unwrap());
        assert!(open || sum.is_null(), "{field} is summed by {text}");
    }
    cases
}

fn found(world: &World, condition: Condition) -> Vec<RawId> {
    let query = Query::all(Loan::DEF).only(condition);
    let read =
        world.store.read(&world.actor, |tx| Ok(tx.rows(query)?.iter().map(|row| row.id).collect()));
    read.unwrap()
}

fn held(filled: &Filled, decision: &Decision) -> Vec<RawId> {
    let mut look = |_: &'static EntityDef, id: RawId| -> Option<Record> {
        filled.shelves.iter().find(|row| row.id == id).map(|row| row.values.clone())
    };
    let holds = |row: &&Row| decision.holds(Loan::DEF, &row.values, &mut look);
    filled.loans.iter().filter(holds).map(|row| row.id).collect()
}

#[test]
fn rules_let_through_in_memory_what_they_let_through_as_a_query() {
    on_both(|world| {
        let mut dice = Dice(0x0C0F_FEE0);
        let filled = fill(&world, &mut dice);
        // 100,000 cases on the embedded database.
        let sets = if world.store.dialect() == store::Dialect::Sqlite { 200 } else { 40 };
        let (mut cases, mut through, mut fields) = (0, 0, 0);
        for rank in 0..sets {
            let mut some = |most| (0..dice.roll(most)).map(|_| tree(&mut dice, 3)).collect();
            let decision = Decision { permits: some(4), forbids: some(3), within: None };
            let memory = held(&filled, &decision);
            assert_eq!(memory, found(&world, decision.condition()), "tree {rank}: {decision:?}");
            cases += filled.loans.len();
            through += memory.len();
        }
        for rank in 0..sets {
            let text = text(&mut dice);
            let policy = std::sync::Arc::new(Policy::new(parse(&text).unwrap(), Door::Web));
            let grants = Grants::of(policy, [filled.users[1]]);
            let mut actor = world.actor.clone();
            (actor.user, actor.grants) = (Some(filled.users[0]), grants.clone());
            let catalog = crate::world::catalog();
            let decision = grants.decision(catalog, (Loan::DEF, "read"), actor.user);
            let memory = held(&filled, &decision);
            assert_eq!(memory, found(&world, decision.condition()), "rules {rank}: {text}");
            let some = visible(catalog, Loan::DEF, &actor) != Condition::Everything;
            if grants.allow("loan.read") && (some || grants.hides()) {
                // What a page is shown, by query, by id and by hand-written statement.
                let shown = world.store.read(&actor, |tx| {
                    let rows = tx.rows(Query::all(Loan::DEF))?;
                    let counted = tx.sql("select count(*) from loans where company = $1", &[])?;
                    let mut by_id = 0;
                    for row in &filled.loans {
                        by_id += usize::from(tx.row(Loan::DEF, row.id)?.is_some());
                    }
                    let sums = "select max(count), cast(sum(deposit) as bigint) from loans \
                        where company = $1";
                    Ok((rows, counted[0][0].clone(), by_id, tx.sql(sums, &[])?.remove(0)))
                });
                let (rows, counted, by_id, sums) = shown.unwrap();
                fields += closed_is_empty(&rows, &sums, &grants, &text);
                let ids: Vec<RawId> = rows.iter().map(|row| row.id).collect();
                assert_eq!(ids, memory, "shown {rank}: {text}");
                assert_eq!((counted, by_id), (Value::from(ids.len()), ids.len()), "{text}");
            }
            cases += filled.loans.len();
            through += memory.len();
        }
        assert!(cases >= if sets == 200 { 100_000 } else { 20_000 });
        assert!(fields >= if sets == 200 { 50_000 } else { 5_000 }, "{fields} values");
        // Neither all nor nothing passes.
        assert!(through > cases / 10 && through < cases * 9 / 10, "{through} of {cases}");
    });
}

#[test]
fn an_empty_field_permits_nothing_and_forbids_nothing() {
    on_both(|world| {
        let loan = |count| Loan {
            shelf: None,
            label: None,
            count,
            open: None,
            deposit: None,
            day: None,
            kind: None,
        };
        let made = world.store.command(world.call(), move |tx| {
            tx.insert(&loan(None))?;
            tx.insert(&loan(Some(2)))?;
            Ok(serde_json::Value::Null)
        });
        made.unwrap();
        let count = |text: &str| {
            let policy = std::sync::Arc::new(Policy::new(parse(text).unwrap(), Door::Web));
            let grants = Grants::of(policy, []);
            let decision = grants.decision(crate::world::catalog(), (Loan::DEF, "read"), None);
            found(&world, decision.condition()).len()
        };
        assert_eq!(count("permit loan.read when count is 2"), 1);
        assert_eq!(count("permit loan.read when count is not 1"), 1, "the empty one is unknown");
        assert_eq!(count("permit loan.read\nforbid loan.read when count is not 1"), 1);
        assert_eq!(count("permit loan.read\nforbid loan.read when count is empty"), 1);
        assert_eq!(count("permit loan.read to own"), 0, "what is nobody's is not mine");
        assert_eq!(count(""), 0);
    });
}
