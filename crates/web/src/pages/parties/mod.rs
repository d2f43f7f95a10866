//! `/parties/{id}`: all that matters of one customer, on one page.

mod documents;
mod identity;
mod months;

use axum::response::Response;
use crm::sales::{Hold, Order};
use kernel::{Entity, Faults, Id, Instant, Kept, Language, RawId, Tx};
use master::{Address, Contact, Party, PaymentTerm, PriceList, Standing};
use maud::{Markup, html};
use processes::customer_view::{CustomerView, customer_view};
use std::collections::{HashMap, HashSet};

use super::HandMade;
use super::orders::credit::{Credit, More, credit_of};
use super::orders::{acts, book, when};
use crate::answer::Answer;
use crate::door::Ask;
use crate::own_fields::OwnFields;
use crate::parts::{Button, Figure, Icon, Tone, figures, gauge, light, say, state};
use crate::together::{self, Story};
use crate::words;

/// The pages of customers and suppliers.
pub const PARTIES: HandMade = HandMade {
    entity: "party",
    list: None,
    record: Some(|ask, id| Box::pin(record(ask, id))),
    form: None,
};

struct Seen {
    view: CustomerView,
    credit: Credit,
    term: Option<Kept<PaymentTerm>>,
    price_list: Option<Kept<PriceList>>,
    contacts: Vec<Kept<Contact>>,
    addresses: Vec<Kept<Address>>,
    holds: HashMap<Id<Order>, Vec<Kept<Hold>>>,
    shipping: HashSet<Id<Order>>,
    billable: HashSet<Id<Order>>,
    months: Vec<months::Month>,
    own: OwnFields,
    now: Instant,
}

async fn record(ask: Ask, id: RawId) -> Answer {
    let seen = ask.read(move |tx, _| see(tx, id)).await?;
    let story = together::story(&ask, Party::DEF, id, Vec::new()).await?;
    Ok(page(&ask, &seen, &story))
}

fn see(tx: &mut Tx<'_>, id: RawId) -> Result<Seen, Faults> {
    let view = customer_view(tx, Id::from_raw(id))?;
    let party = &view.party;
    let credit = credit_of(tx, party, view.exposure.clone(), &More::Nothing)?;
    let term = party.payment_term.map(|term| tx.get(term)).transpose()?;
    let price_list = party.price_list.map(|list| tx.get(list)).transpose()?;
    let contacts = tx.find(Contact::PARTY.is(&party.id))?;
    let addresses = tx.find(Address::PARTY.is(&party.id))?;
    let orders: Vec<Id<Order>> = view.open_orders.iter().map(|order| order.id).collect();
    let holds = book::holds_of(tx, &orders)?;
    let billable = book::billable(tx, view.open_orders.iter().map(|order| (order.id, &**order)))?;
    let shipping = book::shipping_of(tx, &orders)?;
    let months = months::months(tx, party.id)?;
    let own = OwnFields::of(tx, Party::DEF, id)?;
    Ok(Seen {
        credit,
        term,
        price_list,
        contacts,
        addresses,
        holds,
        shipping,
        billable,
        months,
        own,
        now: tx.now(),
        view,
    })
}

fn page(ask: &Ask, seen: &Seen, story: &Story) -> Response {
    let party = &seen.view.party;
    let crumbs = vec![(
        say(ask.language, "Clients et fournisseurs", "Customers and suppliers").to_owned(),
        "/parties".to_owned(),
    )];
    let body = html! {
        (head(ask, seen, story))
        (strip(ask, seen))
        div.cols.tri {
            div { (identity::drawn(ask, seen)) (seen.own.drawn(ask)) }
            div {
                (exposure(ask, seen))
                (months::drawn(ask.language, &seen.months))
                (documents::drawn(ask, seen))
            }
            aside.side { (story.told(ask)) }
        }
    };
    ask.page(Party::DEF.plural, crumbs, &party.name, &body)
}

fn head(ask: &Ask, seen: &Seen, story: &Story) -> Markup {
    let (language, party) = (ask.language, &seen.view.party);
    let say = |fr, en| say(language, fr, en);
    let kind = match (party.customer, party.supplier) {
        (true, true) => say("Client et fournisseur", "Customer and supplier"),
        (false, true) => say("Fournisseur", "Supplier"),
        _ => say("Client", "Customer"),
    };
    html! {
        div.head {
            div {
                span.lbl {
                    (kind) " " b.b { (party.code.as_deref().unwrap_or("")) }
                    @if let Some(sector) = &party.sector { " · " (sector) }
                    " · " (say("depuis le", "since")) " " (language.day(party.created_at.day()))
                    " · " a href={ "/parties/" (party.id) "?tab=history" } {
                        (say("historique", "history"))
                    }
                }
                div.title { h1 { (party.name) } (standing(language, seen)) }
            }
            div.acts {
                @if let Some(follow) = story.follow(ask) { (follow.bare()) }
                @for button in &buttons(ask, seen) { (button) }
                (others(ask, seen))
            }
        }
    }
}

fn standing(language: Language, seen: &Seen) -> Markup {
    let say = |fr, en| say(language, fr, en);
    let over = seen.credit.limit.is_some_and(|limit| seen.credit.total().minor > limit.minor);
    match seen.view.party.standing {
        Standing::Blocked => state(Tone::Blocked, say("bloqué", "blocked")),
        _ if over => state(Tone::Blocked, say("encours dépassé", "over its limit")),
        Standing::Late => state(Tone::Watch, say("en retard", "late")),
        Standing::Good => state(Tone::Done, say("à jour", "good standing")),
    }
}

fn buttons(ask: &Ask, seen: &Seen) -> Vec<Button> {
    let (language, party) = (ask.language, &seen.view.party);
    let say = |fr, en| say(language, fr, en);
    let mut buttons = Vec::new();
    if let Some(phone) = party.phone.as_deref().filter(|phone| !phone.is_empty()) {
        let dialled: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let call = Button::link(say("Appeler", "Call"), format!("tel:{dialled}"));
        buttons.push(call.bare().icon(Icon::Phone));
    }
    if let Some(email) = party.email.as_deref().filter(|email| !email.is_empty()) {
        let mail = Button::link(say("Écrire", "Write"), format!("mailto:{email}"));
        buttons.push(mail.bare().icon(Icon::Mail));
    }
    if ask.actor.can("party.update") {
        let edit = Button::link(ask.say(words::EDIT), format!("/parties/{}/edit", party.id));
        buttons.push(edit.icon(Icon::Edit).key("e"));
    }
    if party.customer && ask.actor.can("quote.create") {
        let href = format!("/quotes/new?party={}", party.id);
        buttons.push(Button::link(say("Devis", "Quote"), href).icon(Icon::Plus));
    }
    if party.customer && ask.actor.can("order.create") {
        let href = format!("/orders/new?party={}", party.id);
        let order = Button::link(say("Commande", "Order"), href);
        buttons.push(order.primary().icon(Icon::Plus).key("c"));
    }
    buttons
}

fn others(ask: &Ask, seen: &Seen) -> Markup {
    let href = format!("/parties/{}", seen.view.party.id);
    let mut others = Vec::new();
    if let Some(review) = acts::act(ask, Party::DEF.name, "review") {
        others.push(acts::button(ask, &href, review, false));
    }
    if ask.actor.can("opportunity.create") {
        let new = say(ask.language, "Nouvelle opportunité", "New opportunity");
        let to = format!("/opportunities/new?party={}&back={href}", seen.view.party.id);
        others.push(Button::link(new, to));
    }
    if ask.actor.can("party.delete") {
        others.push(Button::link(ask.say(words::DELETE), format!("{href}/delete")));
    }
    acts::menu(ask, &others)
}

/// How sales moved in a year. A customer of less than two years has no whole year to be compared
/// with.
fn growth(ask: &Ask, seen: &Seen) -> Option<String> {
    let (language, sales) = (ask.language, seen.view.figures.sales);
    let before: i64 = seen.months.iter().filter_map(|month| month.before).sum();
    let whole = seen.view.party.created_at.day() <= seen.now.day().plus_months(-24);
    (before > 0 && whole).then(|| {
        let was = kernel::Money::new(before, sales.currency);
        let rate = (sales - was).ratio(was);
        let sign = if rate.0 > 0 { "+" } else { "" };
        let words = say(language, "sur un an", "in a year");
        format!("{sign}{} {words}", when::percent(language, rate))
    })
}

fn strip(ask: &Ask, seen: &Seen) -> Markup {
    let (language, view) = (ask.language, &seen.view);
    let say = |fr, en| say(language, fr, en);
    let party = format!("party={}", view.party.id);
    let (sales, growth) = (view.figures.sales, growth(ask, seen));
    let agreed = seen.term.as_ref().map(|term| match language {
        Language::French => format!("convenu {} j", term.days),
        Language::English => format!("agreed {} d", term.days),
    });
    let late = seen.term.as_ref().zip(view.figures.dso_days);
    let slow = late.is_some_and(|(term, days)| days > term.days + 30);
    let paid = view.figures.dso_days.map_or_else(
        || "—".to_owned(),
        |days| when::age(language, i32::try_from(days.max(1)).unwrap_or(i32::MAX)),
    );
    let overdue = view.overdue.iter().map(|invoice| invoice.days_late).max();
    let overdue = overdue.map(|days| {
        let age = when::age(language, i32::try_from(days).unwrap_or(i32::MAX));
        format!("{} {age}", say("jusqu’à", "up to"))
    });
    let left = match seen.credit.limit {
        Some(limit) => format!("{} {}", say("plafond", "limit"), language.money(limit)),
        None => say("sans plafond", "no limit").to_owned(),
    };
    figures(&[
        Figure::new(say("Encours", "Exposure"), language.money(seen.credit.total()), left).tone(
            match seen.credit.tone() {
                Tone::Yours => Tone::Wait,
                tone => tone,
            },
        ),
        Figure::new(
            say("Ventes HT, 12 mois", "Sales excl. tax, 12 months"),
            language.money(sales),
            growth.unwrap_or_default(),
        )
        .href(format!("/invoices?{party}")),
        Figure::new(
            say("Paie en moyenne à", "Pays on average in"),
            paid,
            agreed.unwrap_or_default(),
        )
        .tone(if slow { Tone::Watch } else { Tone::Wait }),
        Figure::new(
            say("Échu", "Overdue"),
            language.money(seen.credit.overdue),
            overdue.unwrap_or_default(),
        )
        .tone(Tone::Watch),
        Figure::new(
            say("Commandes en cours", "Open orders"),
            view.open_orders.len().to_string(),
            "",
        )
        .href(format!("/orders?view=open&{party}")),
    ])
}

fn exposure(ask: &Ask, seen: &Seen) -> Markup {
    let (language, credit) = (ask.language, &seen.credit);
    let total = language.money(credit.total());
    html! {
        section.sec {
            header {
                h2 {
                    (light(language, credit.tone()))
                    (say(language, "Encours", "Exposure")) " " (total)
                }
                span.r { (credit.title(ask)) }
            }
            @if credit.limit.is_some() { (gauge(language, &credit.parts)) }
            (credit.legend(ask))
            @if let Some(doubt) = &credit.doubt {
                p.stop-t.mt { (kernel::sentence(doubt, language)) }
            }
        }
    }
}
