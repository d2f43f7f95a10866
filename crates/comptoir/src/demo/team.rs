//! What the people of the company say to each other on the last day: they name each other, give
//! each other tasks, and follow what matters to them. Whoever comes in finds their day alive.

use crm::interactions::{Interaction, InteractionKind};
use crm::sales::{Hold, HoldKind, Opportunity, OpportunityStage, Quote, QuoteState};
use erp::finance::{Invoice, InvoiceState};
use erp::logistics::{Shipment, ShipmentState};
use identity::Role::{self, Accountant, Owner, Seller, Warehouse};
use identity::User;
use kernel::{
    Actor, Choice, Condition, Day, Entity, Fault, Faults, Id, Inputs, Money, Origin, Query, Text,
    Tx, Value,
};
use web::together::tell;

use super::shop::{Shop, filled, make, maybe};

/// What is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// An order that is held.
    Held,
    /// A shipment that is packed.
    Packed,
    /// An invoice that is late.
    Late,
    /// A quote that was sent.
    Sent,
    /// An opportunity under way.
    Sale,
    /// Nothing but itself.
    Itself,
}

/// Someone of the sheet: a role, and which of those who have it.
type Who = (Role, usize);

struct Said {
    who: Who,
    hour: i64,
    about: About,
    kind: InteractionKind,
    text: Text,
    /// For a task: whose it is, and in how many days.
    task: Option<(Who, i32)>,
}

const fn note(who: Who, hour: i64, about: About, text: Text) -> Said {
    Said { who, hour, about, kind: InteractionKind::Note, text, task: None }
}

const fn task(who: Who, about: About, to: Who, days: i32, text: Text) -> Said {
    Said { who, hour: 9, about, kind: InteractionKind::Task, text, task: Some((to, days)) }
}

/// Who follows what before anyone speaks.
/// The name that the texts give to the owner, who may be someone else.
const OWNER: &str = "Hélène Aubrelle";

const FOLLOWS: &[(Who, About)] = &[
    ((Owner, 0), About::Held),
    ((Owner, 0), About::Sale),
    ((Seller, 0), About::Held),
    ((Accountant, 0), About::Late),
    ((Warehouse, 0), About::Packed),
];

const SAID: &[Said] = &[
    task(
        (Owner, 0),
        About::Sale,
        (Owner, 0),
        0,
        Text::new("Relire les conditions avant la visite", "Read the terms again before the visit"),
    ),
    task(
        (Owner, 0),
        About::Itself,
        (Owner, 0),
        1,
        Text::new(
            "Fixer la réunion de clôture avec le cabinet comptable",
            "Agree on the day of the closing meeting with the accountants",
        ),
    ),
    task(
        (Owner, 0),
        About::Sent,
        (Seller, 0),
        0,
        Text::new(
            "Rappeler le client avant que le devis n’expire",
            "Call the customer back before the quote expires",
        ),
    ),
    task(
        (Seller, 0),
        About::Itself,
        (Seller, 0),
        2,
        Text::new(
            "Préparer la tournée de la semaine prochaine",
            "Prepare next week’s round of visits",
        ),
    ),
    task(
        (Accountant, 0),
        About::Itself,
        (Accountant, 0),
        3,
        Text::new("Préparer la déclaration de TVA", "Prepare the VAT return"),
    ),
    task(
        (Accountant, 0),
        About::Late,
        (Accountant, 1),
        0,
        Text::new(
            "Appeler le client au sujet de sa facture échue",
            "Call the customer about the overdue invoice",
        ),
    ),
    task(
        (Seller, 1),
        About::Packed,
        (Warehouse, 0),
        0,
        Text::new(
            "Joindre les échantillons de lin au colis",
            "Put the linen samples in the parcel",
        ),
    ),
    task(
        (Warehouse, 0),
        About::Itself,
        (Warehouse, 1),
        1,
        Text::new("Recompter les serviettes de l’allée B", "Count the napkins of aisle B again"),
    ),
    note(
        (Seller, 0),
        10,
        About::Held,
        Text::new(
            "@Jean-Marc Poyet le client règle vendredi : peut-on lever le blocage ? @Hélène \
         Aubrelle pour information.",
            "@Jean-Marc Poyet the customer pays on Friday: can the hold be released? @Hélène \
         Aubrelle for information.",
        ),
    ),
    note(
        (Warehouse, 1),
        11,
        About::Packed,
        Text::new(
            "@Didier Fontvieille le transporteur passe à 16 h au lieu de 14 h.",
            "@Didier Fontvieille the carrier comes at 4 p.m. instead of 2 p.m.",
        ),
    ),
    note(
        (Seller, 1),
        11,
        About::Sent,
        Text::new(
            "@Hélène Aubrelle une remise de 5 % emporterait la commande : d’accord ?",
            "@Hélène Aubrelle a discount of 5 % would win the order: do you agree?",
        ),
    ),
    note(
        (Seller, 2),
        14,
        About::Sale,
        Text::new(
            "@Bastien Morcelle le client compare avec un concurrent belge ; il décide ce mois-ci.",
            "@Bastien Morcelle they compare us with a Belgian supplier; they decide this month.",
        ),
    ),
    Said {
        who: (Accountant, 1),
        hour: 15,
        about: About::Late,
        kind: InteractionKind::Call,
        text: Text::new(
            "Leur comptable attend la signature du gérant et rappelle jeudi. @Jean-Marc Poyet",
            "Their accountant waits for the manager to sign and calls back. @Jean-Marc Poyet",
        ),
        task: None,
    },
];

/// Has them speak on a day, and tells those whom it concerns.
///
/// # Errors
/// Those of the acts, `store.*`.
pub fn work(shop: &Shop, day: Day) -> Result<(), Faults> {
    // Of the history before, nobody is told any more.
    shop.store.handled(shop.company, tell::CONSUMER, shop.store.last_line(shop.company)?)?;
    let at = shop.calendar.at(day, 8, 30);
    for ((role, rank), about) in FOLLOWS {
        let who = shop.someone(*role, *rank);
        shop.act(&who, at, move |tx, actor| follow(tx, actor, *about))?;
    }
    for said in SAID {
        let who = shop.someone(said.who.0, said.who.1);
        let to = said.task.map(|((role, rank), days)| (shop.someone(role, rank).user, days));
        let at = shop.calendar.at(day, said.hour, 20);
        let text = said.text.say(who.language).replace(OWNER, &shop.someone(Role::Owner, 0).name);
        shop.act(&who, at, move |tx, actor| write(tx, actor, (said, &text), to))?;
    }
    while tell::tell(&shop.store, shop.company)? {}
    Ok(())
}

fn follow(tx: &mut Tx<'_>, actor: &Actor, about: About) -> Result<(), Faults> {
    let catalog = crate::catalog();
    let (Some(about), Some(user)) = (found(tx, about)?, actor.user) else { return Ok(()) };
    let act =
        catalog.action(User::DEF.name, "follow").ok_or_else(|| Fault::new("store.mistake"))?;
    catalog.run(tx, actor, act, user, &Inputs::default().with("about", about))?;
    Ok(())
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (said, text): (&Said, &str),
    to: Option<(Option<kernel::RawId>, i32)>,
) -> Result<(), Faults> {
    let about = found(tx, said.about)?;
    if about.is_none() && said.about != About::Itself {
        return Ok(());
    }
    let user = |id| Value::Origin(Origin::of(Id::<User>::from_raw(id)));
    let values = vec![
        ("kind", said.kind.name().into()),
        ("subject", text.into()),
        ("about", maybe(about.map(Value::Origin))),
        ("due_on", maybe(to.map(|(_, days)| tx.today() + days))),
        ("assignee", maybe(to.and_then(|(id, _)| id).map(user))),
    ];
    make(tx, actor, Interaction::DEF, &filled(Interaction::DEF, values))?;
    Ok(())
}

/// The first record of a kind; nothing when there is none.
fn found(tx: &mut Tx<'_>, about: About) -> Result<Option<Origin>, Faults> {
    let today = tx.today();
    let state = |field: &'static str, name: &'static str| Condition::Is(field, name.into());
    let (def, conditions, order) = match about {
        About::Itself => return Ok(None),
        About::Held => {
            let hold = tx.first(Hold::KIND.is(&HoldKind::Credit) & Hold::RELEASED_AT.empty())?;
            return Ok(hold.map(|hold| Origin::of(hold.order)));
        }
        About::Packed => {
            (Shipment::DEF, vec![state("state", ShipmentState::Packed.name())], "planned_on")
        }
        About::Late => {
            let owed = Condition::AtLeast("open", Money::eur(1).into());
            let late = Condition::AtMost("due_on", (today + -1).into());
            (Invoice::DEF, vec![state("state", InvoiceState::Posted.name()), owed, late], "due_on")
        }
        About::Sent => {
            let still = Condition::AtLeast("valid_until", today.into());
            (Quote::DEF, vec![state("state", QuoteState::Sent.name()), still], "valid_until")
        }
        About::Sale => {
            let stage = state("stage", OpportunityStage::Negotiation.name());
            (Opportunity::DEF, vec![stage], "number")
        }
    };
    let mut query = Query::all(def).sorted(order, kernel::Direction::Up).limit(1);
    for condition in conditions {
        query = query.only(condition);
    }
    let first = tx.rows(query)?.into_iter().next();
    Ok(first.map(|row| Origin { entity: def.name, id: row.id }))
}
