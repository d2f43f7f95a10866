//! What is kept of an import, so that it can be undone.

use kernel::{Choice, Entity, Id, LongText, Module, Origin, Rules};

/// What imports bring to the catalogue.
pub static MODULE: Module = Module {
    name: "exchange",
    entities: &[ImportBatch::DEF, ImportRow::DEF],
    actions: &[],
    settles: &[],
    guards: &[],
};

/// A file that was imported.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Import", en = "Import", frs = "Imports", ens = "Imports", plural = "imports", kept)]
pub struct ImportBatch {
    /// The entity whose records the file holds, by its name in the API.
    #[field(fr = "Fiche", en = "Entity", list, index)]
    pub entity: String,
    #[field(fr = "Fichier", en = "File", list, search, title)]
    pub file_name: String,
    #[field(fr = "État", en = "State", list)]
    pub state: ImportState,
    /// How many rows the file has, its header left out.
    #[field(fr = "Lignes", en = "Rows", list)]
    pub rows: i64,
    #[field(fr = "Créées", en = "Made", list)]
    pub made: i64,
    #[field(fr = "Modifiées", en = "Changed", list)]
    pub changed: i64,
    #[field(fr = "Refusées", en = "Refused", list)]
    pub refused: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum ImportState {
    #[choice(fr = "En cours", en = "Running")]
    Running,
    #[choice(fr = "Terminé", en = "Done")]
    Done,
    #[choice(fr = "Annulé en partie", en = "Partly undone")]
    PartlyUndone,
    #[choice(fr = "Annulé", en = "Undone")]
    Undone,
}

impl Rules for ImportBatch {}

/// What one row of a file did.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne d’import",
    en = "Import row",
    frs = "Lignes d’import",
    ens = "Import rows",
    unique = "batch, rank",
    kept
)]
pub struct ImportRow {
    #[field(fr = "Import", en = "Import", list)]
    pub batch: Id<ImportBatch>,
    /// The row's number in the file, as a spreadsheet shows it: the header is 1.
    #[field(fr = "Ligne", en = "Row", list)]
    pub rank: i64,
    #[field(fr = "Résultat", en = "Outcome", list)]
    pub outcome: RowOutcome,
    #[field(fr = "Fiche", en = "Record", list)]
    pub about: Option<Origin>,
    /// The version of the record once the row was applied.
    #[field(fr = "Version laissée", en = "Version left")]
    pub record_version: Option<i64>,
    /// What the record held in the fields that the row changed: a JSON object.
    #[field(fr = "Avant", en = "Before", sensitive)]
    pub before: Option<LongText>,
    /// Why the row was refused: a JSON array.
    #[field(fr = "Refus", en = "Refusals")]
    pub refusals: Option<LongText>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum RowOutcome {
    #[choice(fr = "Créée", en = "Made")]
    Made,
    #[choice(fr = "Modifiée", en = "Changed")]
    Changed,
    #[choice(fr = "Identique", en = "The same")]
    Same,
    #[choice(fr = "Refusée", en = "Refused")]
    Refused,
    #[choice(fr = "Annulée", en = "Undone")]
    Undone,
}

impl Rules for ImportRow {}
