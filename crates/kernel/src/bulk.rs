//! Many records changed at once: what is asked, of which records, how far it is. The work itself is
//! done part by part by whoever runs in the background; each record is changed or refused alone.

use serde_json::{Map, Value as Json};

use crate::edit::{self, Draft};
use crate::{
    Actor, Catalog, Choice, Entity, EntityDef, Fault, Faults, Id, Inputs, Kept, Kind, Language,
    LongText, Origin, RawId, Rules, Tx, json, sentence,
};

/// The most records of one job.
pub const MOST: usize = 100_000;
/// How many records one part names, and one transaction changes.
pub const PART: usize = 200;

/// A change of many records, asked by the person who made this record.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Traitement en masse",
    en = "Bulk job",
    frs = "Traitements en masse",
    ens = "Bulk jobs",
    kept
)]
pub struct BulkJob {
    /// The entity of the records, by its name.
    #[field(fr = "Fiche", en = "Entity", list, title)]
    pub entity: String,
    #[field(fr = "Demande", en = "Deed", list)]
    pub deed: BulkDeed,
    /// The values to set, or the act and its inputs: a JSON object.
    #[field(fr = "Contenu", en = "Content")]
    pub content: LongText,
    /// The job that this one takes back.
    #[field(fr = "Annule", en = "Takes back", index)]
    pub takes_back: Option<Id<BulkJob>>,
    #[field(fr = "État", en = "State", list, index)]
    pub state: BulkState,
    /// How many records are to be changed.
    #[field(fr = "Fiches", en = "Records", list)]
    pub total: i64,
    #[field(fr = "Faites", en = "Done", list)]
    pub done: i64,
    #[field(fr = "Refusées", en = "Refused", list)]
    pub refused: i64,
    /// How far it is: how many records are behind; of a job that takes another back, the line of
    /// the audit that was handled last. Moved by the transaction that changes the records.
    #[field(fr = "Avancement", en = "Place")]
    pub place: i64,
    /// Of a job that takes another back: how many records are behind since that line.
    #[field(fr = "Avancement dans la part", en = "Place within")]
    pub within: i64,
    /// Why it stopped before its end.
    #[field(fr = "Arrêt", en = "Stopped because")]
    pub stopped: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum BulkDeed {
    #[choice(fr = "Modifier", en = "Change")]
    Set,
    #[choice(fr = "Supprimer", en = "Delete")]
    Delete,
    #[choice(fr = "Action", en = "Act")]
    Act,
    #[choice(fr = "Annuler", en = "Take back")]
    TakeBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum BulkState {
    #[choice(fr = "En attente", en = "Waiting")]
    Waiting,
    #[choice(fr = "En cours", en = "Running")]
    Running,
    #[choice(fr = "Terminé", en = "Done")]
    Done,
    #[choice(fr = "Arrêté", en = "Stopped")]
    Stopped,
}

/// Some of the records of a job, in their order.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Part d’un traitement",
    en = "Part of a bulk job",
    frs = "Parts de traitements",
    ens = "Bulk parts",
    unique = "job, first",
    kept
)]
pub struct BulkPart {
    #[field(fr = "Traitement", en = "Job", list)]
    pub job: Id<BulkJob>,
    /// How many records of the job come before.
    #[field(fr = "À partir de", en = "From", list)]
    pub first: i64,
    /// The ids, separated by a blank.
    #[field(fr = "Fiches", en = "Records")]
    pub ids: LongText,
}

/// A record that a job could not change, and why.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Refus d’un traitement",
    en = "Refusal of a bulk job",
    frs = "Refus de traitements",
    ens = "Bulk refusals",
    kept
)]
pub struct BulkRefusal {
    #[field(fr = "Traitement", en = "Job", list, index)]
    pub job: Id<BulkJob>,
    #[field(fr = "Fiche", en = "Record", list)]
    pub about: Origin,
    /// What the record was called.
    #[field(fr = "Nom", en = "Name", list)]
    pub name: LongText,
    #[field(fr = "Motif", en = "Reason", list)]
    pub reason_fr: LongText,
    #[field(fr = "Motif en anglais", en = "Reason in English", list)]
    pub reason_en: LongText,
}

impl Rules for BulkJob {}
impl Rules for BulkPart {}
impl Rules for BulkRefusal {}

impl BulkJob {
    /// A job about to begin.
    #[must_use]
    pub fn new(def: &EntityDef, deed: BulkDeed, content: Json, total: usize) -> Self {
        Self {
            entity: def.name.to_owned(),
            deed,
            content: LongText(content.to_string()),
            takes_back: None,
            state: BulkState::Waiting,
            total: i64::try_from(total).unwrap_or(i64::MAX),
            done: 0,
            refused: 0,
            place: 0,
            within: 0,
            stopped: None,
        }
    }
    /// Whether there is something left to do.
    #[must_use]
    pub fn under_way(&self) -> bool {
        matches!(self.state, BulkState::Waiting | BulkState::Running)
    }
    /// What is to be done with each record.
    ///
    /// # Errors
    /// `bulk.malformed` when it cannot be read.
    pub fn asked(&self) -> Result<Map<String, Json>, Fault> {
        let members = serde_json::from_str(&self.content.0);
        members.map_err(|_| Fault::new("bulk.malformed"))
    }
    /// How many transactions a batch of its records may take together: an act stands alone, so
    /// that it can be taken back alone.
    #[must_use]
    pub fn at_once(&self) -> usize {
        if self.deed == BulkDeed::Act { 1 } else { PART }
    }
}

impl BulkPart {
    /// The records of this part.
    #[must_use]
    pub fn records(&self) -> Vec<RawId> {
        self.ids.0.split_whitespace().filter_map(|id| RawId::parse(id).ok()).collect()
    }
}

impl BulkRefusal {
    /// Why a record was left as it is.
    #[must_use]
    pub fn new(job: Id<BulkJob>, about: Origin, name: String, faults: &Faults) -> Self {
        let said = |language: Language| {
            let all = faults.0.iter().map(|fault| sentence(fault, language));
            LongText(all.collect::<Vec<_>>().join(" ").chars().take(2_000).collect())
        };
        let (reason_fr, reason_en) = (said(Language::French), said(Language::English));
        Self { job, about, name: LongText(name), reason_fr, reason_en }
    }
}

/// Writes a job down with the records it is about; it begins as soon as someone runs it.
///
/// # Errors
/// `bulk.nothing`, `bulk.many`, `store.*`.
pub fn start(tx: &mut Tx<'_>, job: &BulkJob, ids: &[RawId]) -> Result<Id<BulkJob>, Faults> {
    if ids.is_empty() {
        return Err(Fault::new("bulk.nothing").into());
    }
    if ids.len() > MOST {
        return Err(Fault::new("bulk.many").with("most", MOST).into());
    }
    let id = tx.insert(job)?;
    for (rank, part) in ids.chunks(PART).enumerate() {
        let first = i64::try_from(rank * PART).unwrap_or(i64::MAX);
        let names: Vec<String> = part.iter().map(ToString::to_string).collect();
        tx.insert(&BulkPart { job: id, first, ids: LongText(names.join(" ")) })?;
    }
    Ok(id)
}

/// A job of this person's, or any for those who may read jobs; none of an entity that is not theirs.
///
/// # Errors
/// `not_found`, `forbidden`, `store.*`.
pub fn open(
    catalog: &Catalog,
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<BulkJob>,
) -> Result<(Kept<BulkJob>, &'static EntityDef), Faults> {
    let job = tx.get(id)?;
    let author = tx.row(BulkJob::DEF, id.raw())?.and_then(|row| row.created_by);
    if author.is_none() || author != actor.user {
        actor.may("bulk_job.read")?;
    }
    actor.may(&format!("{}.read", job.entity))?;
    let unknown = || crate::work::not_found(BulkJob::DEF, id.raw());
    let def = catalog.entity(&job.entity).ok_or_else(unknown)?;
    Ok((job, def))
}

/// Writes down a job that takes another back. Only what a job did itself is taken back.
///
/// # Errors
/// `bulk.under_way`, `bulk.nothing`, `bulk.taken_back`, `store.*`.
pub fn take_back(tx: &mut Tx<'_>, id: Id<BulkJob>) -> Result<Id<BulkJob>, Faults> {
    let former = tx.lock(id)?;
    if former.under_way() {
        return Err(Fault::new("bulk.under_way").into());
    }
    if former.done == 0 {
        return Err(Fault::new("bulk.nothing").into());
    }
    let others = tx.find(BulkJob::TAKES_BACK.is(&Some(id)))?;
    if others.iter().any(|other| other.under_way() || other.refused == 0) {
        return Err(Fault::new("bulk.taken_back").into());
    }
    let job = BulkJob {
        deed: BulkDeed::TakeBack,
        content: LongText("{}".to_owned()),
        takes_back: Some(id),
        state: BulkState::Waiting,
        total: former.done,
        done: 0,
        refused: 0,
        place: i64::MAX,
        within: 0,
        stopped: None,
        ..former.into_inner()
    };
    tx.insert(&job)
}

/// What a job does to each record, read once.
#[derive(Debug, Clone)]
pub enum Deed {
    Set(Draft),
    Delete,
    Act(&'static crate::ActionDef, Inputs),
}

impl Deed {
    /// Reads what a job asks for.
    ///
    /// # Errors
    /// `bulk.malformed`, and those of the values.
    pub fn of(
        catalog: &Catalog,
        tx: &Tx<'_>,
        def: &'static EntityDef,
        job: &BulkJob,
    ) -> Result<Self, Faults> {
        let mut asked = job.asked()?;
        match job.deed {
            BulkDeed::Set => Ok(Self::Set(Draft::of_json(catalog, def, &asked, tx)?)),
            BulkDeed::Delete => Ok(Self::Delete),
            BulkDeed::TakeBack => Err(Fault::new("bulk.malformed").into()),
            BulkDeed::Act => {
                let malformed = || Fault::new("bulk.malformed");
                let name = asked.remove("act");
                let name = name.as_ref().and_then(Json::as_str).ok_or_else(malformed)?;
                let act = catalog.action(def.name, name).ok_or_else(malformed)?;
                let mut inputs = Inputs::default();
                for input in act.inputs {
                    let Some(given) = asked.get(input.name) else { continue };
                    let value = json::to_known_value(catalog, input, given, tx.currency());
                    inputs.0.push((input.name, value.map_err(|fault| fault.on(input.name))?));
                }
                Ok(Self::Act(act, inputs))
            }
        }
    }

    /// Does it to one record, by the rules that hold for any edit by hand.
    ///
    /// # Errors
    /// Those of [`edit::update`], of [`edit::delete`], of the act.
    pub fn run(
        &self,
        catalog: &Catalog,
        tx: &mut Tx<'_>,
        actor: &Actor,
        def: &'static EntityDef,
        id: RawId,
    ) -> Result<(), Faults> {
        match self {
            Self::Set(draft) => edit::update(catalog, tx, actor, def, id, None, draft),
            Self::Delete => edit::delete(catalog, tx, actor, def, id, None),
            Self::Act(act, inputs) => {
                tx.row(def, id)?.ok_or_else(|| crate::work::not_found(def, id))?;
                catalog.run(tx, actor, act, id, inputs).map(drop)
            }
        }
    }
}

/// Whether a field may be set for many records at once: by hand, alone, and not what tells two
/// records apart.
#[must_use]
pub fn settable(field: &crate::FieldDef) -> bool {
    let kind = !matches!(field.kind, Kind::Lines(_) | Kind::Origin);
    kind && !field.system && !field.parent && !field.unique && !field.sensitive
}

/// The values to set, as the content of a job; those that the company added stand in `extra`.
#[must_use]
pub fn content(draft: &Draft) -> Json {
    let members =
        draft.values.iter().map(|(field, value)| (field.name.to_owned(), json::of_value(value)));
    let mut members: Map<String, Json> = members.collect();
    if !draft.extra.is_empty() {
        members.insert("extra".to_owned(), Json::Object(draft.extra.clone()));
    }
    Json::Object(members)
}
