//! Holds: reasons why an order may not go on, as rows with an owner.

use kernel::{
    Actor, Choice, Entity, Event, Fault, Faults, Id, Instant, Kept, Language, LongText, Origin,
    Rules, Tx, sentence,
};

use super::order::Order;

/// A reason why nothing of an order may leave yet.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Blocage",
    en = "Hold",
    frs = "Blocages",
    ens = "Holds",
    kept,
    index = "released_at, kind"
)]
pub struct Hold {
    #[field(fr = "Commande", en = "Order", list, index)]
    pub order: Id<Order>,
    #[field(fr = "Nature", en = "Kind", list)]
    pub kind: HoldKind,
    /// The code of the refusal that it stands for: `credit.limit`.
    #[field(fr = "Code", en = "Code")]
    pub reason: String,
    #[field(fr = "Motif", en = "Reason in French", list)]
    pub sentence_fr: LongText,
    #[field(fr = "Motif en anglais", en = "Reason", list)]
    pub sentence_en: LongText,
    /// The facts of the refusal, a JSON object.
    #[field(fr = "Faits", en = "Facts")]
    pub facts: Option<LongText>,
    /// Who is to release it: a person, or the name of a role.
    #[field(fr = "Responsable", en = "Owner", list)]
    pub owner: String,
    #[field(fr = "Posé le", en = "Opened at", list)]
    pub opened_at: Instant,
    #[field(fr = "Levé le", en = "Released at", list)]
    pub released_at: Option<Instant>,
    #[field(fr = "Levé par", en = "Released by", list)]
    pub released_by: Option<String>,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum HoldKind {
    #[choice(fr = "Crédit", en = "Credit")]
    Credit,
    #[choice(fr = "Stock", en = "Stock")]
    Stock,
    #[choice(fr = "Données", en = "Data")]
    Data,
    #[choice(fr = "Manuel", en = "Manual")]
    Manual,
}

impl Rules for Hold {}

impl Hold {
    /// The reason, in the reader's language.
    #[must_use]
    pub fn says(&self, language: Language) -> &str {
        match language {
            Language::French => &self.sentence_fr.0,
            Language::English => &self.sentence_en.0,
        }
    }
    #[must_use]
    pub fn open(&self) -> bool {
        self.released_at.is_none()
    }
}

/// The holds of an order that no one has released.
///
/// # Errors
/// `store.*`.
pub fn open_holds(tx: &mut Tx<'_>, order: Id<Order>) -> Result<Vec<Kept<Hold>>, Fault> {
    tx.find(Hold::ORDER.is(&order) & Hold::RELEASED_AT.empty())
}

/// Holds an order for the reason of a refusal. An order has at most one open hold of each kind: an
/// open one takes the new reason. Run again with the same reason, nothing changes.
///
/// # Errors
/// `store.*`.
pub fn open_hold(
    tx: &mut Tx<'_>,
    order: Id<Order>,
    kind: HoldKind,
    fault: &Fault,
    owner: &str,
) -> Result<Id<Hold>, Faults> {
    let facts = kernel::json::of_facts(&fault.facts);
    let hold = Hold {
        order,
        kind,
        reason: fault.code.to_owned(),
        sentence_fr: LongText(sentence(fault, Language::French)),
        sentence_en: LongText(sentence(fault, Language::English)),
        facts: (!facts.is_empty()).then(|| LongText(serde_json::Value::Object(facts).to_string())),
        owner: owner.to_owned(),
        opened_at: tx.now(),
        released_at: None,
        released_by: None,
        note: None,
    };
    let found = open_holds(tx, order)?.into_iter().find(|hold| hold.kind == kind);
    if let Some(mut present) = found {
        *present = Hold { opened_at: present.opened_at, owner: present.owner.clone(), ..hold };
        tx.save(&present)?;
        return Ok(present.id);
    }
    let id = tx.insert(&hold)?;
    let held = Event::new("order.held", Origin::of(order));
    tx.emit(held.with("hold", id).with("kind", kind.name()).with("reason", fault.code));
    Ok(id)
}

/// Releases a hold; one that is released already stays as it is.
///
/// # Errors
/// `not_found`.
pub fn release_hold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Hold>,
    note: Option<String>,
) -> Result<(), Faults> {
    let mut hold = tx.lock(id)?;
    if !hold.open() {
        return Ok(());
    }
    hold.released_at = Some(tx.now());
    hold.released_by = Some(actor.name.to_string());
    hold.note = note;
    tx.save(&hold)?;
    let released = Event::new("order.released", Origin::of(hold.order));
    tx.emit(released.with("hold", id).with("kind", hold.kind.name()));
    Ok(())
}
