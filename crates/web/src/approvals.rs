//! What takes two persons: a request is sent instead of the act, another person sees exactly what
//! would change, and approves or refuses.

mod wished;

use axum::response::Response;
use identity::approval::{self, ApprovalState, may_decide};
use identity::{Approval, User};
use kernel::{Choice, Entity, Faults, Id, Kept, Origin, RawId, Text, Tx, Wish};
use maud::{Markup, html};
use serde_json::json;
use store::Call;

use crate::answer::Answer;
use crate::door::{Ask, new_key};
use crate::pages::HandMade;
use crate::parts::{Button, Tone, banner, definitions, head, rows, section, state};
use crate::settings::roles::{act_label, effect_of};
use crate::titles::{Titles, title_of};
use crate::{record, show, words};
use wished::Line;

pub const TITLE: Text = Text::new("À approuver", "To approve");
const APPROVE: Text = Text::new("Approuver", "Approve");
const REFUSE: Text = Text::new("Refuser", "Refuse");
/// How many requests the home page shows.
const SHOWN: usize = 6;

/// The list is drawn; the page of a request shows what would change.
pub const APPROVAL: HandMade =
    HandMade { record: Some(|ask, id| Box::pin(page(ask, id))), ..HandMade::of("approval") };

impl Ask {
    /// Sends a request for what was refused for the lack of a second person, and leads to it; the
    /// refusal itself when it is another.
    ///
    /// # Errors
    /// The refusal; `store.*`.
    pub async fn ask_second(&self, refused: Faults, back: &str) -> Result<Response, Faults> {
        if Wish::of_faults(&refused).is_none() {
            return Err(refused);
        }
        let (call, actor) = (Call::new(self.actor.clone()), self.actor.clone());
        let asked = self.visitor.waiting(move |state| {
            state.store.command(call, move |tx| {
                Ok(json!(approval::ask(tx, &actor, &refused)?.to_string()))
            })
        });
        let id = asked.await?;
        let said = Text::new(
            "Rien n’est encore fait : une deuxième personne doit approuver. La demande est envoyée.",
            "Nothing is done yet: a second person must approve. The request is sent.",
        );
        let id = id.as_str().unwrap_or_default();
        let href = match self.actor.can("approval.read") {
            true => format!("/approvals/{id}"),
            false => back.to_owned(),
        };
        Ok(self.go_saying(&href, Tone::Watch, self.say(said)))
    }
}

/// A request with all that its page shows.
struct Seen {
    approval: Kept<Approval>,
    asked_by: String,
    decided_by: Option<String>,
    /// The record, by its title and address.
    about: Option<(String, String)>,
    /// What would change, or what is given.
    lines: Vec<Line>,
    /// Whether the record has changed since.
    moved: bool,
    effect: Option<Markup>,
}

fn see(tx: &mut Tx<'_>, ask: &Ask, id: RawId) -> Result<Seen, Faults> {
    let approval = tx.get(Id::<Approval>::from_raw(id))?;
    let name = |tx: &mut Tx<'_>, id: Id<User>| tx.get(id).map(|user| user.name.clone());
    let asked_by = name(tx, approval.asked_by)?;
    let decided_by = approval.decided_by.map(|id| name(tx, id)).transpose()?;
    let about = match approval.about {
        Some(about) => named(tx, ask, about)?,
        None => None,
    };
    let mut seen = Seen {
        approval,
        asked_by,
        decided_by,
        about,
        lines: Vec::new(),
        moved: false,
        effect: None,
    };
    let Some(wish) = Wish::of_text(&seen.approval.wish.0) else { return Ok(seen) };
    let def = ask.state.catalog.entity(&wish.entity);
    let row = match (def, wish.id) {
        (Some(def), Some(id)) => tx.row(def, id)?,
        _ => None,
    };
    let version = row.as_ref().map(|row| row.version);
    seen.moved = wish.version.is_some() && version != wish.version;
    seen.lines = wished::lines(tx, ask, &wish, row.as_ref())?;
    if seen.approval.state == ApprovalState::Pending {
        seen.effect = effect_of(tx, ask, &wish)?;
    }
    Ok(seen)
}

fn named(tx: &mut Tx<'_>, ask: &Ask, about: Origin) -> Result<Option<(String, String)>, Faults> {
    let Some(def) = ask.state.catalog.entity(about.entity) else { return Ok(None) };
    let row = tx.row(def, about.id)?;
    let address = || record::address_of(ask, about).unwrap_or_else(|| show::href(def, about.id));
    Ok(row.map(|row| (title_of(def, &row, ask.language), address())))
}

/// The words of the act of a request: its entity, and what is done.
fn act_words(ask: &Ask, right: &str) -> String {
    let (entity, act) = right.split_once('.').unwrap_or((right, ""));
    let Some(def) = ask.state.catalog.entity(entity) else { return right.to_owned() };
    let act = act_label(ask, def, act);
    words::colon(ask.language, def.label.say(ask.language), &act)
}

/// The page of a request.
async fn page(ask: Ask, id: RawId) -> Answer {
    let seen = ask.read(move |tx, ask| see(tx, ask, id)).await?;
    let title = act_words(&ask, &seen.approval.right);
    let crumbs = vec![(Approval::DEF.labels.say(ask.language).to_owned(), "/approvals".to_owned())];
    let standing = seen.approval.state;
    let beside = state(show::tone(standing.name()), standing.label().say(ask.language));
    let over = html! { (Approval::DEF.label.say(ask.language)) " · " (seen.asked_by) };
    let moved = Text::new(
        "La fiche a changé depuis la demande : l’approuver sera refusé. Demandez à nouveau.",
        "The record has changed since: approving is refused. Ask again.",
    );
    let change = Text::new("Ce qui changera", "What will change");
    let body = html! {
        (head(&over, &title, &beside, &[]))
        @if seen.moved && standing == ApprovalState::Pending {
            (banner(Tone::Blocked, ask.say(moved), &html! {}, "", &[]))
        }
        (buttons(&ask, &seen))
        (section(ask.say(change), &html! {}, &wished::drawn(&ask, &seen.lines)))
        @if let Some(effect) = &seen.effect { (effect) }
        (section(ask.say(words::DETAILS), &html! {}, &facts(&ask, &seen)))
    };
    Ok(ask.page("approvals", crumbs, &title, &body))
}

fn buttons(ask: &Ask, seen: &Seen) -> Markup {
    let place = format!("/approvals/{}/do", seen.approval.id);
    let waits = seen.approval.state == ApprovalState::Pending;
    let own = ask.actor.user == Some(seen.approval.asked_by.raw());
    let post = |label: Text, act: &str| {
        Button::post(ask.say(label), format!("{place}/{act}"))
            .hidden("token", ask.token.as_str())
            .hidden("key", new_key())
    };
    let withdraw = Text::new("Retirer la demande", "Withdraw the request");
    let other = Text::new(
        "Une autre personne, qui a les mêmes droits, approuve ou refuse.",
        "Another person, who has the same rights, approves or refuses.",
    );
    html! {
        @if waits {
            div.acts.mb {
                @if may_decide(&ask.actor, &seen.approval) {
                    (post(APPROVE, "approve").primary().key("a"))
                    (Button::link(ask.say(REFUSE), format!("{place}/refuse")))
                }
                @if own && ask.actor.can("approval.withdraw") { (post(withdraw, "withdraw")) }
            }
            @if own { p.muted.mb { (ask.say(other)) } }
        }
    }
}

fn facts(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let approval = &seen.approval;
    let label = |name: &str| {
        let field = Approval::DEF.field(name);
        field.map_or("", |field| field.label.say(language)).to_owned()
    };
    let mut all = vec![
        (label("kind"), Some(html! { (approval.kind.label().say(language)) })),
        (label("asked_by"), Some(html! { (seen.asked_by) })),
        (label("asked_at"), Some(html! { (language.instant(approval.asked_at)) })),
    ];
    if let Some((title, href)) = &seen.about {
        all.insert(0, (label("about"), Some(html! { a href=(href) { (title) } })));
    }
    if let Some(amount) = approval.amount {
        all.push((label("amount"), Some(html! { (language.money(amount)) })));
    }
    if let Some(name) = &seen.decided_by {
        all.push((label("decided_by"), Some(html! { (name) })));
        all.push((
            label("decided_at"),
            approval.decided_at.map(|at| html! { (language.instant(at)) }),
        ));
    }
    if let Some(refusal) = &approval.refusal {
        all.push((label("refusal"), Some(html! { (refusal) })));
    }
    definitions(&all)
}

/// What waits for this person's approval, with the way to approve it at once.
pub struct Waiting {
    lines: Vec<(Kept<Approval>, String, Option<String>)>,
    more: bool,
}

impl Waiting {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// The requests that this person may decide of, the oldest first.
///
/// # Errors
/// `store.*`.
pub fn waiting(tx: &mut Tx<'_>, ask: &Ask) -> Result<Waiting, Faults> {
    if !ask.actor.can("approval.approve") {
        return Ok(Waiting { lines: Vec::new(), more: false });
    }
    let mut all = approval::pending(tx)?;
    all.retain(|one| may_decide(&ask.actor, one));
    let more = all.len() > SHOWN;
    let mut titles = Titles::default();
    let named = all.iter().filter_map(|one| one.about).map(|about| (about.entity, about.id));
    titles.gather(ask.state.catalog, tx, &ask.actor, named.collect::<Vec<_>>())?;
    let mut lines = Vec::new();
    for one in all.into_iter().take(SHOWN) {
        let by = tx.get(one.asked_by)?.name.clone();
        let about = one.about.and_then(|about| titles.of(about.entity, about.id));
        let about = about.map(str::to_owned);
        lines.push((one, by, about));
    }
    Ok(Waiting { lines, more })
}

/// The section of a page at `back`; nothing where nothing waits.
#[must_use]
pub fn drawn(ask: &Ask, waiting: &Waiting, back: &str) -> Markup {
    let line = |(rank, (one, by, about)): (usize, &(Kept<Approval>, String, Option<String>))| {
        let approve = Button::post(ask.say(APPROVE), format!("/approvals/{}/do/approve", one.id))
            .hidden("token", ask.token.as_str())
            .hidden("key", new_key())
            .hidden("back", back)
            .small();
        let approve = if rank == 0 { approve.key("a") } else { approve };
        let what = html! {
            a.b href={ "/approvals/" (one.id) } { (act_words(ask, &one.right)) }
            small {
                @if let Some(about) = about { (about) " · " }
                @if let Some(amount) = one.amount { (ask.language.money(amount)) " · " }
                (by)
            }
        };
        (what, html! { (approve) })
    };
    let lines: Vec<_> = waiting.lines.iter().enumerate().map(line).collect();
    let all = if waiting.more { words::SEE_ALL } else { words::SEE_LIST };
    let right = html! { a href="/approvals?state=pending" { (ask.say(all)) } };
    html! { @if !lines.is_empty() { (section(ask.say(TITLE), &right, &rows(&lines))) } }
}
