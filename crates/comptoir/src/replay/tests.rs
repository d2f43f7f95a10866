//! An excerpt of the file, replayed on a throw-away store.

use std::collections::{BTreeSet, HashMap};

use kernel::Value;
use store::Location;

use super::*;

/// Customers whose lines make the excerpt: they buy, bring back what they bought, in one part or in
/// several, and what they never bought.
const CUSTOMERS: &[&str] = &["13791", "14213", "17548", "18168", "17924"];
/// Documents of no customer: three sales, one of them cancelled, gifts, corrections, debts.
const DOCUMENTS: &[&str] = &[
    "536414", "536558", "536589", "537632", "C537651", "C537652", "538044", "A563185", "A563186",
    "A563187",
];

fn excerpt() -> Retail {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/online-retail");
    let mut retail = reader::read(&folder).unwrap();
    let names = std::mem::take(&mut retail.documents);
    let mut kept: HashMap<usize, usize> = HashMap::new();
    let mut documents = Vec::new();
    let mut lines = Vec::new();
    for mut line in std::mem::take(&mut retail.lines) {
        let customer = line.customer.map(|rank| retail.customers[rank].code.as_str());
        let name = &names[line.document];
        let wanted =
            customer.map_or(DOCUMENTS.contains(&name.as_str()), |code| CUSTOMERS.contains(&code));
        if wanted {
            line.document = *kept.entry(line.document).or_insert_with(|| {
                documents.push(name.clone());
                documents.len() - 1
            });
            lines.push(line);
        }
    }
    Retail { documents, lines, ..retail }
}

fn store() -> Store {
    Store::open(crate::catalog(), &Location::Temporary).unwrap()
}

fn counts(store: &Store, actor: &Actor) -> Vec<i64> {
    const TABLES: &[&str] = &[
        "orders",
        "shipments",
        "invoices",
        "payments",
        "stock_moves",
        "journal_entries",
        "parties",
    ];
    store
        .read(actor, |tx| {
            let count = |table: &&str| {
                let statement =
                    format!("select cast(count(*) as bigint) from {table} where company = $1");
                match tx.sql(&statement, &[])?[0][0] {
                    Value::Integer(count) => Ok(count),
                    _ => unreachable!("a count is an integer"),
                }
            };
            TABLES.iter().map(count).collect()
        })
        .unwrap()
}

/// Runs tasks up to `most`, as a run that is cut off there would have.
fn run(store: &Store, retail: &'static Retail, most: usize) -> (Actor, Arc<Year>) {
    let (actor, year) = prepare(store, retail).unwrap();
    let year = Arc::new(year);
    let mut run = Run::new(store, actor.clone(), year.clone());
    for rank in 0..year.schedule.tasks.len().min(most) {
        run.task(rank).unwrap();
    }
    (actor, year)
}

#[test]
fn an_excerpt_is_booked_to_the_penny_and_nothing_twice_after_being_cut_off() {
    let retail: &'static Retail = Box::leak(Box::new(excerpt()));
    let store = store();
    let (actor, year) = run(&store, retail, 0);
    assert!(verify::verify(&store, &actor, &year).is_err(), "nothing is booked yet");
    let tasks = year.schedule.tasks.len();
    for most in [tasks / 3, tasks / 2, tasks] {
        run(&store, retail, most);
    }
    let before = counts(&store, &actor);
    run(&store, retail, tasks);
    assert_eq!(counts(&store, &actor), before);
    assert_eq!(store.companies().unwrap().len(), 1);

    let sales = verify::verify(&store, &actor, &year).unwrap();
    let told = outcome(&year, &sales);
    assert_eq!(year.plan.booked() + year.plan.listed.len(), retail.lines.len());
    assert_eq!(told["lines_in"], json!(retail.lines.len()));
    println!("{}", Json::Object(told));
    let found = store.read(&actor, |tx| processes::doctor::findings(tx)).unwrap();
    assert_eq!(found, Vec::new());
    // All is paid, and paid back.
    let open = store
        .read(&actor, |tx| {
            let open =
                "select cast(count(*) as bigint) from invoices where company = $1 and open <> 0";
            Ok(tx.sql(open, &[])?)
        })
        .unwrap();
    assert_eq!(open, [[Value::Integer(0)]]);
}

#[test]
fn the_report_has_one_row_for_each_line_that_is_not_booked() {
    let retail = excerpt();
    let plan = classify::classify(&retail);
    let path = std::env::temp_dir().join(format!("comptoir-listed-{}.csv", std::process::id()));
    listing::write(&path, &retail, &plan).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(text.lines().count(), plan.listed.len() + 1);
    let codes: BTreeSet<&str> = plan.listed.iter().map(|(_, reason)| reason.code()).collect();
    assert!(codes.iter().all(|code| text.contains(code)) && codes.len() >= 4, "{codes:?}");
}
