//! One timeline for each customer, and for each record: notes, calls, mails, tasks, and what the
//! company did.

pub mod facts;

use kernel::{
    ActionDef, Actor, Choice, Day, Entity, Fault, Faults, FieldDef, Id, Instant, Kept, LongText,
    Origin, Query, RawId, Record, Rules, Text, Tx, Value,
};
use master::Party;

/// Something that passed between us and a partner, or about a record, or is to pass.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Échange",
    en = "Interaction",
    frs = "Échanges",
    ens = "Interactions",
    index = "party, at",
    index = "done, due_on",
    index = "assignee, done, due_on"
)]
pub struct Interaction {
    /// Absent where the record concerned has none.
    #[field(fr = "Tiers", en = "Partner", list)]
    pub party: Option<Id<Party>>,
    /// The record concerned.
    #[field(fr = "À propos de", en = "About", index)]
    pub about: Option<Origin>,
    #[field(fr = "Nature", en = "Kind", list)]
    pub kind: InteractionKind,
    #[field(fr = "Le", en = "At", list, system)]
    pub at: Instant,
    /// For a fact: what its sentence cites, the number of a document.
    #[field(fr = "Objet", en = "Subject", list, search, title)]
    pub subject: String,
    #[field(fr = "Texte", en = "Text", search)]
    pub body: Option<LongText>,
    #[field(fr = "Pour le", en = "Due on", list)]
    pub due_on: Option<Day>,
    #[field(fr = "Fait", en = "Done", list)]
    pub done: bool,
    /// Of a task: the user who is to do it. Who signs in is unknown here, as the record concerned is.
    #[field(fr = "Confiée à", en = "Assigned to", list)]
    pub assignee: Option<Origin>,
    #[field(fr = "Auteur", en = "Author", list, system)]
    pub author: Option<String>,
    /// For a fact: which sentence says it, in each language.
    #[field(fr = "Code", en = "Code", system)]
    pub code: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum InteractionKind {
    #[choice(fr = "Note", en = "Note")]
    Note,
    #[choice(fr = "Appel", en = "Call")]
    Call,
    #[choice(fr = "Courriel", en = "Mail")]
    Mail,
    #[choice(fr = "Tâche", en = "Task")]
    Task,
    #[choice(fr = "Fait", en = "Fact")]
    Fact,
}

impl Rules for Interaction {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let told = (self.kind == InteractionKind::Fact) == self.code.is_some();
        faults.ensure(told, || Fault::new("interaction.fact").on("kind"));
        // A task may be about nothing but itself.
        let kept = self.party.is_some() || self.about.is_some();
        faults.ensure(kept || self.kind == InteractionKind::Task, || {
            Fault::new("field.required").on("party")
        });
        faults.into_result()
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.kind == InteractionKind::Fact {
            return Err(Fault::new("interaction.fact").into());
        }
        Ok(())
    }
    /// A fact cites the number of its document, which searches find by itself.
    fn sought(&self) -> bool {
        self.kind != InteractionKind::Fact
    }
}

const NOTE: &[FieldDef] = &[
    FieldDef::of::<String>("subject", Text::new("Objet", "Subject"), "What it is about."),
    FieldDef::of::<Option<LongText>>("body", Text::new("Texte", "Text"), "What was said."),
];
const TASK: &[FieldDef] = &[
    FieldDef::of::<String>("subject", Text::new("À faire", "To do"), "What is to be done."),
    FieldDef::of::<Option<LongText>>("body", Text::new("Texte", "Text"), "More about it."),
    FieldDef::of::<Option<Day>>("due_on", Text::new("Pour le", "Due on"), "By when."),
];

/// An act on a party that writes a line of its timeline.
macro_rules! write_act {
    ($name:literal, $kind:ident, $label:expr, $doc:expr, $inputs:expr) => {
        ActionDef {
            on: "party",
            name: $name,
            label: $label,
            doc: $doc,
            inputs: $inputs,
            offered: |_| true,
            run: |tx, actor, id, inputs| {
                let due_on = inputs.take("due_on")?;
                let (subject, body) = (inputs.take("subject")?, inputs.take("body")?);
                let kind = InteractionKind::$kind;
                let id = write(tx, actor, Id::from_raw(id), None, kind, subject, body, due_on)?;
                Ok(Some(Origin::of(id)))
            },
        }
    };
}

pub const ACTIONS: &[ActionDef] = &[
    write_act!(
        "note",
        Note,
        Text::new("Ajouter une note", "Add a note"),
        Text::new("Écrit une note au fil du tiers.", "Writes a note on the partner's timeline."),
        NOTE
    ),
    write_act!(
        "call",
        Call,
        Text::new("Noter un appel", "Log a call"),
        Text::new("Garde la trace d’un appel.", "Keeps a record of a call."),
        NOTE
    ),
    write_act!(
        "task",
        Task,
        Text::new("Ajouter une tâche", "Add a task"),
        Text::new("Quelque chose est à faire pour ce tiers.", "Something is to be done."),
        TASK
    ),
    ActionDef {
        on: "interaction",
        name: "reopen",
        label: Text::new("Remettre à faire", "Reopen"),
        doc: Text::new("La tâche est de nouveau à faire.", "The task is to be done again."),
        inputs: &[],
        offered: |record| is_task(record, true),
        run: |tx, _, id, _| {
            let id = Id::from_raw(id);
            mark(tx, id, false)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "interaction",
        name: "finish",
        label: Text::new("Marquer comme fait", "Mark as done"),
        doc: Text::new("La tâche est faite.", "The task is done."),
        inputs: &[],
        offered: |record| is_task(record, false),
        run: |tx, _, id, _| {
            let id = Id::from_raw(id);
            finish(tx, id)?;
            Ok(Some(Origin::of(id)))
        },
    },
];

fn is_task(record: &Record, done: bool) -> bool {
    let value = |name| Interaction::DEF.rank(name).and_then(|at| record.get(at));
    let task = Value::Text(InteractionKind::Task.name().to_owned());
    value(Interaction::KIND.name) == Some(&task)
        && value(Interaction::DONE.name) == Some(&Value::Flag(done))
}

/// Writes a line of the timeline by hand.
///
/// # Errors
/// `not_found` when the party is unknown; the rules of [`Interaction`].
#[expect(clippy::too_many_arguments, reason = "each is a column of the timeline")]
pub fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    party: Id<Party>,
    about: Option<Origin>,
    kind: InteractionKind,
    subject: String,
    body: Option<LongText>,
    due_on: Option<Day>,
) -> Result<Id<Interaction>, Faults> {
    tx.get(party)?;
    let author = Some(actor.name.to_string());
    let assignee = author_of(actor).filter(|_| kind == InteractionKind::Task);
    tx.insert(&Interaction {
        party: Some(party),
        about,
        kind,
        at: tx.now(),
        subject,
        body,
        due_on,
        done: false,
        assignee,
        author,
        code: None,
    })
}

/// Whoever writes, as a task names the one who is to do it.
fn author_of(actor: &Actor) -> Option<Origin> {
    actor.user.map(|id| Origin { entity: "user", id })
}

/// Writes a note.
///
/// # Errors
/// Those of [`write`].
pub fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    party: Id<Party>,
    about: Option<Origin>,
    subject: &str,
    body: Option<&str>,
) -> Result<Id<Interaction>, Faults> {
    let body = body.map(|text| LongText(text.to_owned()));
    write(tx, actor, party, about, InteractionKind::Note, subject.to_owned(), body, None)
}

/// Writes what the company did: `code` is one of [`facts::FACTS`], `subject` what its sentence
/// cites.
///
/// # Errors
/// `store.*`.
pub fn fact(
    tx: &mut Tx<'_>,
    party: Id<Party>,
    about: Option<Origin>,
    code: &'static str,
    subject: &str,
) -> Result<Id<Interaction>, Faults> {
    debug_assert!(facts::text(code).is_some(), "{code} has no sentence");
    let at = tx.now();
    let author = tx.actor().user.is_some().then(|| tx.actor().name.to_string());
    tx.insert(&Interaction {
        party: Some(party),
        about,
        kind: InteractionKind::Fact,
        at,
        subject: subject.to_owned(),
        body: None,
        due_on: None,
        done: true,
        assignee: None,
        author,
        code: Some(code.to_owned()),
    })
}

/// The last lines of a partner's timeline, newest first.
///
/// # Errors
/// `store.*`.
pub fn timeline(
    tx: &mut Tx<'_>,
    party: Id<Party>,
    limit: u32,
) -> Result<Vec<Kept<Interaction>>, Fault> {
    let filter = Interaction::PARTY.has(&party);
    tx.select(Query::all(Interaction::DEF).only(filter.condition).newest().limit(limit))
}

/// The last lines about one document, newest first.
///
/// # Errors
/// `store.*`.
pub fn timeline_about(
    tx: &mut Tx<'_>,
    about: Origin,
    limit: u32,
) -> Result<Vec<Kept<Interaction>>, Fault> {
    let filter = Interaction::ABOUT.has(&about);
    tx.select(Query::all(Interaction::DEF).only(filter.condition).newest().limit(limit))
}

/// The tasks still to be done, the most pressing first.
///
/// # Errors
/// `store.*`.
pub fn open_tasks(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Kept<Interaction>>, Fault> {
    let open = Interaction::KIND.is(&InteractionKind::Task) & Interaction::DONE.is(&false);
    let query = Query::all(Interaction::DEF).only(open.condition).limit(limit);
    tx.select(query.sorted(Interaction::DUE_ON.name, kernel::Direction::Up))
}

/// The task is done.
///
/// # Errors
/// `interaction.task` when it is something else.
pub fn finish(tx: &mut Tx<'_>, id: Id<Interaction>) -> Result<(), Faults> {
    mark(tx, id, true)
}

fn mark(tx: &mut Tx<'_>, id: Id<Interaction>, done: bool) -> Result<(), Faults> {
    let mut task = tx.lock(id)?;
    if task.kind != InteractionKind::Task {
        return Err(Fault::new("interaction.task").into());
    }
    task.done = done;
    tx.save(&task)
}

/// Signs what was written by hand. A task that nobody was given is its author's.
///
/// # Errors
/// `store.*`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let mut interaction = tx.get(Id::<Interaction>::from_raw(id))?;
    let new = interaction.author.is_none();
    if !new {
        return Ok(());
    }
    interaction.author = Some(actor.name.to_string());
    if interaction.kind == InteractionKind::Task && interaction.assignee.is_none() {
        interaction.assignee = author_of(actor);
    }
    tx.save(&interaction)
}
