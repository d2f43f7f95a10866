//! The next steps of an order as buttons: those that may be taken, and why the others may not.

use crm::sales::{HoldKind, Order, OrderStage, Progress};
use kernel::{ActionDef, Choice, Entity};
use maud::{Markup, html};

use super::book;
use super::seen::Seen;
use crate::door::{Ask, new_key};
use crate::parts::{Button, Icon, say};
use crate::words;

/// The buttons of the head, and the acts that one seldom needs, for the menu.
pub struct Acts {
    pub buttons: Vec<Button>,
    pub others: Vec<Button>,
    /// Why steps are held, said under the buttons: a phone shows no tips.
    pub why: Vec<String>,
}

/// The act of this name, when this person may do it.
#[must_use]
pub fn act(ask: &Ask, entity: &str, name: &str) -> Option<&'static ActionDef> {
    ask.state.catalog.action(entity, name).filter(|act| ask.actor.can(&act.right()))
}

/// The button of an act: pressed when it asks for nothing, a page of its inputs otherwise.
#[must_use]
pub fn button(ask: &Ask, href: &str, act: &ActionDef, asks: bool) -> Button {
    let (label, at) = (act.label.say(ask.language), format!("{href}/do/{}", act.name));
    if asks {
        return Button::link(label, at);
    }
    Button::post(label, at).hidden("token", ask.token.as_str()).hidden("key", new_key())
}

/// What may be done with this order now.
#[must_use]
pub fn acts(ask: &Ask, seen: &Seen) -> Acts {
    match seen.order.stage {
        OrderStage::Draft => of_draft(ask, seen),
        OrderStage::Confirmed => of_confirmed(ask, seen),
        _ => Acts { buttons: vec![paper(ask, seen)], others: Vec::new(), why: Vec::new() },
    }
}

fn paper(ask: &Ask, seen: &Seen) -> Button {
    let label = say(ask.language, "Confirmation PDF", "Confirmation PDF");
    let href = format!("/orders/{}/paper.pdf", seen.order.id);
    Button::link(label, href).bare().icon(Icon::Print).desk_only()
}

fn of_draft(ask: &Ask, seen: &Seen) -> Acts {
    let href = format!("/orders/{}", seen.order.id);
    let mut acts = Acts { buttons: Vec::new(), others: Vec::new(), why: Vec::new() };
    if ask.actor.can("order.update") {
        let edit = Button::link(ask.say(words::EDIT), format!("{href}/edit"));
        acts.buttons.push(edit.icon(Icon::Edit).key("e"));
    }
    if let Some(confirm) = act(ask, "order", "confirm") {
        let pressed = button(ask, &href, confirm, seen.is_short()).icon(Icon::Check);
        acts.buttons.push(if seen.facts.lines.is_empty() {
            pressed.held(say(ask.language, "la commande n’a aucune ligne", "the order has no line"))
        } else {
            pressed.primary()
        });
    }
    if let Some(cancel) = act(ask, "order", "cancel") {
        acts.others.push(button(ask, &href, cancel, true));
    }
    if ask.actor.can("order.delete") {
        let delete = Button::link(ask.say(words::DELETE), format!("{href}/delete"));
        acts.others.push(delete);
    }
    acts
}

/// One act of a confirmed order: pressed, asked for, or held for a reason.
struct Next {
    name: &'static str,
    icon: Option<Icon>,
    asks: bool,
    held: Option<String>,
}

fn of_confirmed(ask: &Ask, seen: &Seen) -> Acts {
    let href = format!("/orders/{}", seen.order.id);
    let mut acts = Acts { buttons: vec![paper(ask, seen)], others: Vec::new(), why: Vec::new() };
    let nexts = [deposit(ask, seen), prepare(ask, seen), invoice(ask, seen)];
    // The one step that the screen is about: none when the next is held.
    let first = nexts.iter().flatten().find(|next| next.name != "deposit");
    let primary = first.filter(|next| next.held.is_none()).map(|next| next.name).or_else(|| {
        let free = nexts.iter().flatten().find(|n| n.held.is_none() && n.name == "invoice");
        free.map(|next| next.name)
    });
    for next in nexts.iter().flatten() {
        let Some(act) = act(ask, "order", next.name) else { continue };
        let mut drawn = button(ask, &href, act, next.asks);
        if let Some(icon) = next.icon {
            drawn = drawn.icon(icon);
        }
        if let Some(reason) = &next.held {
            let label = act.label.say(ask.language);
            acts.why.push(words::colon(ask.language, label, reason));
            drawn = drawn.held(reason.as_str());
        } else if primary == Some(next.name) {
            drawn = drawn.primary();
        }
        acts.buttons.push(drawn);
    }
    let others = [
        ("reserve", false, seen.freed),
        ("release_hold", true, !seen.holds.is_empty()),
        ("hold", true, seen.order.delivery != Progress::Full),
        ("annotate", true, true),
        ("close", true, true),
        ("cancel", true, seen.order.delivery == Progress::None),
    ];
    for (name, asks, offered) in others {
        if let Some(act) = act(ask, "order", name).filter(|_| offered) {
            acts.others.push(button(ask, &href, act, asks));
        }
    }
    acts
}

fn deposit(ask: &Ask, seen: &Seen) -> Option<Next> {
    use erp::finance::{InvoiceKind, InvoiceState};
    let asked = seen.order.deposit_rate.is_some_and(|rate| !rate.is_zero());
    let begun = seen.order.invoicing_state != Progress::None;
    if !asked || begun {
        return None;
    }
    let billed = seen.invoices.iter().find(|invoice| {
        invoice.kind == InvoiceKind::Deposit && invoice.state == InvoiceState::Posted
    });
    let held = billed.map(|invoice| {
        let number = invoice.number.as_deref().unwrap_or("—");
        format!("{} {number}", say(ask.language, "déjà facturé :", "already invoiced:"))
    });
    Some(Next { name: "deposit", icon: None, asks: false, held })
}

fn prepare(ask: &Ask, seen: &Seen) -> Option<Next> {
    if seen.order.delivery == Progress::Full {
        return None;
    }
    let language = ask.language;
    let held = if let Some(hold) = book::blocking(&seen.holds) {
        let word = say(language, "retenue, motif :", "on hold, reason:");
        Some(format!("{word} {}", hold.kind.label().say(language).to_lowercase()))
    } else if seen.ready.is_zero() && seen.around().shipping {
        Some(say(language, "déjà en préparation", "already being prepared").to_owned())
    } else if seen.ready.is_zero() {
        Some(say(language, "rien n’est réservé", "nothing is reserved").to_owned())
    } else {
        None
    };
    Some(Next { name: "prepare", icon: Some(Icon::Truck), asks: false, held })
}

fn invoice(ask: &Ask, seen: &Seen) -> Option<Next> {
    if seen.order.invoicing_state == Progress::Full {
        return None;
    }
    let held = seen.to_invoice().is_zero().then(|| {
        say(ask.language, "rien à facturer pour l’instant", "nothing to invoice for now").to_owned()
    });
    Some(Next { name: "invoice", icon: Some(Icon::File), asks: false, held })
}

/// The menu of the other acts.
#[must_use]
pub fn menu(ask: &Ask, others: &[Button]) -> Markup {
    let label = say(ask.language, "Autres actions", "Other actions");
    html! {
        @if !others.is_empty() {
            details.menu.more data-menu {
                summary.btn aria-label=(label) title=(label) {
                    (crate::parts::icon(Icon::More))
                }
                div { @for button in others { (button.clone().bare()) } }
            }
        }
    }
}

/// The release of a hold of this kind: who may, and how it ends by itself.
#[must_use]
pub fn ends(ask: &Ask, kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Credit => say(
            ask.language,
            "se lève seule dès que l’encours le permet, ou par décision",
            "ends by itself once the exposure allows it, or by decision",
        ),
        HoldKind::Data => say(
            ask.language,
            "se lève seule dès que la fiche du client est complète",
            "ends by itself once the customer’s record is complete",
        ),
        HoldKind::Stock => say(
            ask.language,
            "ce qui est réservé peut partir ; le reste suit dès l’arrivée des articles",
            "what is reserved may leave; the rest follows as the goods arrive",
        ),
        HoldKind::Manual => say(ask.language, "se lève par décision", "ends by decision"),
    }
}

/// What is done about a hold.
#[must_use]
pub fn about_hold(ask: &Ask, seen: &Seen, kind: HoldKind) -> Vec<Button> {
    let mut buttons = Vec::new();
    let party = format!("/parties/{}", seen.party.id);
    match kind {
        HoldKind::Data if ask.actor.can("party.update") => {
            let label = say(ask.language, "Compléter la fiche", "Complete the record");
            buttons
                .push(Button::link(label, format!("{party}/edit?back=/orders/{}", seen.order.id)));
        }
        HoldKind::Credit => {
            let label = say(ask.language, "Voir l’encours", "See the exposure");
            buttons.push(Button::link(label, party));
        }
        HoldKind::Stock if seen.freed => {
            if let Some(reserve) = act(ask, "order", "reserve") {
                let href = format!("/orders/{}", seen.order.id);
                buttons.push(button(ask, &href, reserve, false));
            }
        }
        _ => {}
    }
    if kind != HoldKind::Stock
        && let Some(release) = act(ask, Order::DEF.name, "release_hold")
    {
        let href = format!("/orders/{}", seen.order.id);
        buttons.push(button(ask, &href, release, true));
    }
    buttons
}
