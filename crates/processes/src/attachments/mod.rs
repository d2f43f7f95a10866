//! Files attached to records of any kind: what they are is judged by their content, who may see or
//! change them by the rights on the record. Their bytes lie beside the records, in parts, and are
//! kept and dropped by the transaction that makes and deletes their description.
//!
//! The files of a record that is deleted stay, out of everyone's reach: whoever takes the deletion
//! back has the record with its files.

mod content;
mod name;

use crm::interactions::{self, Interaction, InteractionKind};
use kernel::work::not_found;
use kernel::{
    Actor, Catalog, Choice, Entity, EntityDef, Fault, Faults, Id, Kept, Origin, Rules, Tx,
    personal, rights,
};

use crate::timeline::party_of;

pub use content::judged;
pub use name::tidied;

/// The most bytes of one file: 20 MiB.
pub const MOST: usize = 20 * 1024 * 1024;
/// The most files of one record.
pub const MANY: usize = 100;
/// The bytes of each part but the last: 1 MiB.
const PART: usize = 1024 * 1024;

/// A file attached to a record.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Pièce jointe", en = "Attachment", frs = "Pièces jointes", ens = "Attachments", kept)]
pub struct Attachment {
    #[field(fr = "Fiche", en = "Record", list, index)]
    pub about: Origin,
    /// As it is offered when it is fetched: no path, no control character.
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    /// Judged by the content, whatever the name says.
    #[field(fr = "Nature", en = "Kind", list)]
    pub kind: FileKind,
    /// In bytes.
    #[field(fr = "Taille", en = "Size", list)]
    pub size: i64,
    /// In how many parts it lies.
    #[field(fr = "Parts", en = "Parts")]
    pub parts: i64,
    #[field(fr = "Ajoutée par", en = "Added by", list)]
    pub author: Option<String>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum FileKind {
    #[choice(fr = "PDF", en = "PDF")]
    Pdf,
    #[choice(fr = "Image PNG", en = "PNG image")]
    Png,
    #[choice(fr = "Image JPEG", en = "JPEG image")]
    Jpeg,
    #[choice(fr = "Image WebP", en = "WebP image")]
    Webp,
    #[choice(fr = "Image GIF", en = "GIF image")]
    Gif,
    #[choice(fr = "Document bureautique", en = "Office document")]
    Office,
    #[choice(fr = "Archive ZIP", en = "ZIP archive")]
    Zip,
    #[choice(fr = "CSV", en = "CSV")]
    Csv,
    #[choice(fr = "Texte", en = "Text")]
    PlainText,
    #[choice(fr = "Fichier", en = "File")]
    Other,
}

impl FileKind {
    /// The type it is sent as. Nothing that a browser would run is among them.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Webp => "image/webp",
            FileKind::Gif => "image/gif",
            FileKind::Zip => "application/zip",
            FileKind::Csv => "text/csv; charset=utf-8",
            FileKind::PlainText => "text/plain; charset=utf-8",
            FileKind::Office | FileKind::Other => "application/octet-stream",
        }
    }
    /// Whether it may be shown in place; all else is saved.
    #[must_use]
    pub const fn shown(self) -> bool {
        matches!(
            self,
            FileKind::Pdf | FileKind::Png | FileKind::Jpeg | FileKind::Webp | FileKind::Gif
        )
    }
}

impl Rules for Attachment {}

/// The entity of a record that files may be attached to. What is its owner's alone takes none, nor
/// does what is shown inside another record.
///
/// # Errors
/// `attachment.nowhere`.
pub fn holder(catalog: &Catalog, entity: &str) -> Result<&'static EntityDef, Fault> {
    let nowhere = || Fault::new("attachment.nowhere").with("entity", entity);
    let def = catalog.entity(entity).ok_or_else(nowhere)?;
    let own = personal::marks(def).is_some() || def.name == Attachment::DEF.name;
    if own || def.parent().is_some() { Err(nowhere()) } else { Ok(def) }
}

/// The record, when this person may do this to it; unknown when they may not read it.
fn permitted(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    about: Origin,
    act: &str,
) -> Result<(&'static EntityDef, kernel::Row), Faults> {
    let def = holder(catalog, about.entity)?;
    actor.may(&format!("{}.read", def.name))?;
    let row = tx.row(def, about.id)?.ok_or_else(|| not_found(def, about.id))?;
    rights::may_on(catalog, tx, actor, (def, "read"), &row)?;
    actor.may(&format!("{}.{act}", def.name))?;
    rights::may_on(catalog, tx, actor, (def, act), &row)?;
    Ok((def, row))
}

/// The files of a record, the eldest first.
///
/// # Errors
/// `not_found`, `forbidden`, `attachment.nowhere`.
pub fn of_record(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    about: Origin,
) -> Result<Vec<Kept<Attachment>>, Faults> {
    permitted(tx, catalog, actor, about, "read")?;
    Ok(tx.find(Attachment::ABOUT.is(&about))?)
}

/// Attaches a file to a record, which whoever may change the record may do.
///
/// # Errors
/// `not_found`, `forbidden`, `attachment.nowhere`, `attachment.empty`, `attachment.large`,
/// `attachment.many`.
pub fn add(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    about: Origin,
    (name, bytes): (&str, &[u8]),
) -> Result<Id<Attachment>, Faults> {
    let (def, row) = permitted(tx, catalog, actor, about, "update")?;
    fits(bytes)?;
    // Two who attach at the same time wait for each other, and are counted.
    tx.lock_row(def, about.id)?;
    if tx.find(Attachment::ABOUT.is(&about))?.len() >= MANY {
        let most = i64::try_from(MANY).unwrap_or(i64::MAX);
        return Err(Fault::new("attachment.many").with("most", most).into());
    }
    let name = tidied(name, actor.language);
    let id = tx.insert(&Attachment {
        about,
        kind: judged(bytes, &name),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        parts: i64::try_from(bytes.len().div_ceil(PART)).unwrap_or(i64::MAX),
        author: tx.actor().user.is_some().then(|| actor.name.to_string()),
        name: name.clone(),
    })?;
    keep(tx, id, bytes)?;
    told(tx, def, &row, "attachment.added", &name)?;
    Ok(id)
}

/// Whether a file may be attached by its size.
///
/// # Errors
/// `attachment.empty`, `attachment.large`.
pub fn fits(bytes: &[u8]) -> Result<(), Fault> {
    match bytes.len() {
        0 => Err(Fault::new("attachment.empty")),
        size if size > MOST => Err(large()),
        _ => Ok(()),
    }
}

/// The refusal of a file that is too large.
#[must_use]
pub fn large() -> Fault {
    Fault::new("attachment.large").with("most", i64::try_from(MOST >> 20).unwrap_or(i64::MAX))
}

/// Takes a file from its record.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn remove(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    id: Id<Attachment>,
) -> Result<Origin, Faults> {
    let file = tx.get(id)?;
    let (def, row) =
        permitted(tx, catalog, actor, file.about, "update").map_err(|f| veiled(f, id))?;
    tx.delete_row(Attachment::DEF, id.raw())?;
    tx.drop_chunks(id.raw())?;
    told(tx, def, &row, "attachment.removed", &file.name)?;
    Ok(file.about)
}

/// A file and its bytes.
///
/// # Errors
/// `not_found`, `forbidden`, `attachment.broken` when a part is missing.
pub fn fetch(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    actor: &Actor,
    id: Id<Attachment>,
) -> Result<(Kept<Attachment>, Vec<u8>), Faults> {
    let file = tx.get(id)?;
    permitted(tx, catalog, actor, file.about, "read").map_err(|faults| veiled(faults, id))?;
    let bytes = whole(tx, &file)?;
    Ok((file, bytes))
}

/// Whoever may not see the record does not learn of the file.
fn veiled(faults: Faults, id: Id<Attachment>) -> Faults {
    if faults.has("not_found") { not_found(Attachment::DEF, id.raw()).into() } else { faults }
}

/// Writes the bytes of a file. With [`whole`] the only two places that know how they lie.
fn keep(tx: &mut Tx<'_>, id: Id<Attachment>, bytes: &[u8]) -> Result<(), Fault> {
    for (rank, part) in (0_i64..).zip(bytes.chunks(PART)) {
        tx.keep_chunk(id.raw(), rank, part)?;
    }
    Ok(())
}

fn whole(tx: &mut Tx<'_>, file: &Kept<Attachment>) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or(0).min(MOST));
    for rank in 0..file.parts {
        let part = tx.chunk(file.id.raw(), rank)?;
        bytes.extend(part.ok_or_else(|| Fault::new("attachment.broken"))?);
    }
    Ok(bytes)
}

/// What happened to the files of a record is on its timeline.
fn told(
    tx: &mut Tx<'_>,
    def: &EntityDef,
    row: &kernel::Row,
    code: &str,
    name: &str,
) -> Result<(), Faults> {
    let author = tx.actor().user.is_some().then(|| tx.actor().name.to_string());
    debug_assert!(interactions::facts::text(code).is_some(), "{code} has no sentence");
    tx.insert(&Interaction {
        party: party_of(def, row),
        about: Some(Origin { entity: def.name, id: row.id }),
        kind: InteractionKind::Fact,
        at: tx.now(),
        subject: name.to_owned(),
        body: None,
        due_on: None,
        done: true,
        assignee: None,
        author,
        code: Some(code.to_owned()),
    })?;
    Ok(())
}
