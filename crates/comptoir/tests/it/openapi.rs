//! The document that describes the door, kept as a file that programs and people can read without a
//! server: whoever changes it sees what their change means. `COMPTOIR_GOLDEN=write` writes it anew.

#[test]
fn the_document_of_the_api_is_the_one_that_was_reviewed() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let document = api::openapi::document(comptoir::catalog());
    let drawn = serde_json::to_string_pretty(&document).unwrap() + "\n";
    if std::env::var("COMPTOIR_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(place, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(place).unwrap();
    let differs = kept.lines().zip(drawn.lines()).enumerate().find(|(_, (one, two))| one != two);
    assert_eq!(differs, None, "the first line that differs, as kept and as drawn");
    assert_eq!(kept.len(), drawn.len(), "one is longer than the other");
}
