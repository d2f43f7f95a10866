//! The migrations make the schema that the description draws.

use store::{Location, Store};

#[test]
fn the_migrations_lead_to_the_described_schema() {
    let folder = std::env::temp_dir().join(format!("comptoir-schema-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let location = Location::Embedded(store::Embedded::clear(folder.join("comptoir.db")));
    let store = Store::open(comptoir::catalog(), &location).unwrap();
    let run = store.migrate(comptoir::MIGRATIONS).unwrap();
    assert_eq!(run.len(), comptoir::MIGRATIONS.len());
    assert_eq!(store.schema_differences().unwrap(), Vec::<String>::new());
    assert!(store.migrate(comptoir::MIGRATIONS).unwrap().is_empty());
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}
