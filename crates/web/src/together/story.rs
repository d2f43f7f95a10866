//! The story of a record, newest first: what people said and have to do, what the company did, what
//! was changed. Two statements read it, whatever the record.

use crm::interactions::{Interaction, InteractionKind};
use identity::User;
use kernel::{
    Choice, Condition, Direction, Entity, EntityDef, Faults, Id, Instant, Kept, Origin, Query,
    RawId, Tx, Value,
};
use master::Party;
use processes::attachments::Attachment;
use store::Audited;

use super::kept::{self, Follow};
use super::people::{Person, people};
use crate::answer::Refused;
use crate::attachments;
use crate::door::Ask;
use crate::nav;
use crate::record::history::{self, Told};
use crate::titles::Titles;

/// How many lines the page of a record shows, and how many the whole story at most.
const SHOWN: usize = 15;
const WHOLE: usize = 200;

/// What of the story is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    All,
    Notes,
    Tasks,
    Documents,
    Edits,
}

impl Show {
    pub(super) const ALL: [Show; 5] =
        [Show::All, Show::Notes, Show::Tasks, Show::Documents, Show::Edits];

    /// As the address says it: `?story=notes`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Notes => "notes",
            Show::Tasks => "tasks",
            Show::Documents => "documents",
            Show::Edits => "edits",
        }
    }
    fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.word() == word).unwrap_or(Show::All)
    }
    const fn kinds(self) -> &'static [InteractionKind] {
        use InteractionKind::{Call, Fact, Mail, Note, Task};
        match self {
            Show::All => &[Note, Call, Mail, Task, Fact],
            Show::Notes => &[Note, Call, Mail],
            Show::Tasks => &[Task],
            Show::Documents => &[Fact],
            Show::Edits => &[],
        }
    }
}

/// What the page of a record shows of its story.
pub struct Story {
    pub(super) def: &'static EntityDef,
    pub(super) about: Origin,
    pub(super) lines: Vec<Line>,
    pub(super) titles: Titles,
    pub(super) people: Vec<Person>,
    pub(super) show: Show,
    /// All that is kept was asked for, not only the last.
    pub(super) whole: bool,
    /// There is more than what is shown.
    pub(super) more: bool,
    pub(super) following: bool,
    /// The files attached to the record, where it can have any.
    pub(super) files: Option<Vec<Kept<Attachment>>>,
    pub(super) now: Instant,
}

/// One line of a story.
pub(super) enum Line {
    Said(Kept<Interaction>),
    Changed(Told),
}

impl Line {
    pub(super) fn at(&self) -> Instant {
        match self {
            Line::Said(line) => line.at,
            Line::Changed((line, _)) => line.at,
        }
    }
}

/// The story of a record and of the documents that belong to it.
///
/// # Errors
/// `store.*`, as a page.
pub async fn story(
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
    documents: Vec<Origin>,
) -> Result<Story, Refused> {
    ask.read(move |tx, ask| read(tx, ask, def, id, &documents)).await
}

/// The same, within a read.
///
/// # Errors
/// `store.*`.
pub fn read(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
    documents: &[Origin],
) -> Result<Story, Faults> {
    let about = Origin { entity: def.name, id };
    let show = Show::of(ask.query.text("story"));
    let whole = ask.query.text("whole") == "1";
    let most = if whole { WHOLE } else { SHOWN };
    let said = if speaks(ask) { said(tx, def, about, documents, show, most)? } else { Vec::new() };
    let changes = matches!(show, Show::All | Show::Edits);
    let edits = if changes { edits(tx, ask, def, id, most)? } else { Vec::new() };
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, history::named(&edits))?;
    let (lines, more) = together(said, edits, show, most);
    let kept = ask.state.catalog.entity(Follow::DEF.name);
    let following = match kept.and(ask.actor.user) {
        Some(user) => kept::following(tx, Id::<User>::from_raw(user), about)?.is_some(),
        None => false,
    };
    let files = attachments::read(tx, ask.state.catalog, about)?;
    let (people, now) = (people(tx)?, tx.now());
    Ok(Story { def, about, lines, titles, people, show, whole, more, following, files, now })
}

/// Whether there is a timeline here, and this person may read it.
pub(super) fn speaks(ask: &Ask) -> bool {
    let def = ask.state.catalog.entity(Interaction::DEF.name);
    def.is_some_and(|def| nav::reads(ask, def))
}

fn said(
    tx: &mut Tx<'_>,
    def: &EntityDef,
    about: Origin,
    documents: &[Origin],
    show: Show,
    most: usize,
) -> Result<Vec<Kept<Interaction>>, Faults> {
    let kinds = show.kinds();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let of_party = def.name == Party::DEF.name;
    let filter = if of_party {
        Interaction::PARTY.has(&Id::from_raw(about.id))
    } else {
        let mut wanted = vec![Some(about)];
        wanted.extend(documents.iter().copied().filter(|other| *other != about).map(Some));
        Interaction::ABOUT.among(&wanted)
    };
    let mut query = Query::all(Interaction::DEF).only(filter.condition);
    if show != Show::All {
        let names = kinds.iter().map(|kind| Value::from(kind.name())).collect();
        query = query.only(Condition::Among(Interaction::KIND.name, names));
    }
    // What was said with a customer over the years is a walk along an index, the last first.
    let by_day =
        if of_party { query.sorted(Interaction::AT.name, Direction::Down) } else { query.newest() };
    Ok(tx.select(by_day.limit(limit(most)))?)
}

fn limit(most: usize) -> u32 {
    u32::try_from(most + 1).unwrap_or(u32::MAX)
}

const EDITS: &str = "select seq, at, actor, actor_name, door, verb, changes from audit \
    where company = $1 and entity = $2 and record = $3 order by seq desc limit $4";

/// What was changed of the record itself, with the words for it.
fn edits(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    id: RawId,
    most: usize,
) -> Result<Vec<Told>, Faults> {
    let params = [def.name.into(), Value::Ref(id), Value::Integer(i64::from(limit(most)))];
    let rows = tx.sql(EDITS, &params)?;
    let lines = rows.into_iter().filter_map(audited).collect();
    Ok(history::told(ask, def, lines, tx.currency()))
}

fn audited(row: Vec<Value>) -> Option<Audited> {
    let mut cells = row.into_iter();
    let mut next = || cells.next();
    let number = |value| if let Value::Integer(number) = value { Some(number) } else { None };
    let (seq, at) = (number(next()?)?, Instant(number(next()?)?));
    let actor = if let Value::Ref(id) = next()? { Some(id) } else { None };
    let text = |value| if let Value::Text(text) = value { Some(text) } else { None };
    let (actor_name, door, verb) = (text(next()?)?, text(next()?)?, text(next()?)?);
    let changes = serde_json::from_str(&text(next()?)?).ok()?;
    Some(Audited { seq, at, actor, actor_name, door, verb, changes })
}

/// Both in one order. Where a fact tells of a command, what the command changed is not told again.
fn together(
    said: Vec<Kept<Interaction>>,
    edits: Vec<Told>,
    show: Show,
    most: usize,
) -> (Vec<Line>, bool) {
    let facts: Vec<Instant> =
        said.iter().filter(|line| line.kind == InteractionKind::Fact).map(|line| line.at).collect();
    let again = |edit: &Told| show == Show::All && facts.contains(&edit.0.at);
    let changed = edits.into_iter().filter(|edit| !again(edit)).map(Line::Changed);
    let mut lines: Vec<Line> = changed.chain(said.into_iter().map(Line::Said)).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.at()));
    let more = lines.len() > most;
    lines.truncate(most);
    (lines, more)
}
