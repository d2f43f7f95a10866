//! `/pipeline`: the sales that may come, stage by stage: what they would bring, how likely, how
//! long they have stood there, and what is to be done next. They move by their buttons, and from
//! lane to lane as on any board.

use std::collections::HashMap;

use axum::Router;
use axum::routing::get;
use crm::sales::{Opportunity, OpportunityStage, StageChange};
use kernel::{Choice, Day, Entity, Faults, Id, Instant, Kept, Language, Money, Query, Text, Tx};
use master::Party;
use maud::{Markup, html};

use super::orders::{acts, book, when};
use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::list::moved::Lanes;
use crate::nav::{self, Entry, Group};
use crate::parts::{Button, Figure, Icon, Tone, empty, figures, head, say, state};

/// The most opportunities of one stage that are read, and shown.
const MOST: u32 = 500;
const SHOWN: usize = 30;
/// An opportunity that has stood longer than this in its stage deserves a look.
const OLD_DAYS: i32 = 30;

/// The place of the page in the rail.
pub const PLACE: Entry = Entry::page(
    Group::Sales,
    "pipeline",
    "/pipeline",
    Text::new("Pipeline", "Pipeline"),
    "opportunity.read",
)
.after("opportunity");

const OPEN: [OpportunityStage; 4] = [
    OpportunityStage::New,
    OpportunityStage::Qualified,
    OpportunityStage::Proposal,
    OpportunityStage::Negotiation,
];

pub fn routes() -> Router<WebState> {
    Router::new().route("/pipeline", get(page))
}

/// Where one is: everybody's sales, or a seller's.
fn address(ask: &Ask) -> String {
    match ask.query.get("seller") {
        Some(seller) => format!("/pipeline?seller={}", crate::address::encoded(seller)),
        None => "/pipeline".to_owned(),
    }
}

struct Seen {
    stages: Vec<(OpportunityStage, Vec<Kept<Opportunity>>)>,
    /// Those won in the last thirty days.
    won: Vec<Kept<Opportunity>>,
    parties: HashMap<Id<Party>, Kept<Party>>,
    /// Since when each stands where it does.
    since: HashMap<Id<Opportunity>, Instant>,
    now: Instant,
}

async fn page(ask: Ask) -> Answer {
    ask.may("opportunity.read")?;
    let mine = ask.query.get("seller").is_some();
    let seen = ask.read(see).await?;
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let mut buttons = vec![Button::link(say("Liste", "List"), "/opportunities").desk_only()];
    buttons.push(if mine {
        Button::link(say("Toute l’équipe", "The whole team"), "/pipeline")
    } else {
        Button::link(
            say("Les miennes", "Mine"),
            format!("/pipeline?seller={}", crate::address::encoded(&ask.user.name)),
        )
    });
    if nav::creates(&ask, Opportunity::DEF) {
        let new = say("Opportunité", "Opportunity");
        let href = "/opportunities/new?back=/pipeline";
        buttons.push(Button::link(new, href).primary().icon(Icon::Plus).key("c"));
    }
    let any = seen.stages.iter().any(|(_, found)| !found.is_empty());
    let body = html! {
        (head(&html! {}, say("Pipeline", "Pipeline"), &html! {}, &buttons))
        (strip(language, &seen))
        @if any || !seen.won.is_empty() {
            div #list {
                div.board.orders data-move=(Opportunity::STAGE.name) data-back=(address(&ask)) {
                    @for (stage, found) in &seen.stages { (lane(&ask, &seen, *stage, found)) }
                    (won(language, &seen))
                    (lost(language))
                }
            }
        } @else {
            (empty(
                say("Aucune opportunité en cours.", "No opportunity under way."),
                say(
                    "Une opportunité suit une vente possible, de l’idée au devis accepté.",
                    "An opportunity follows a possible sale, from the idea to the accepted quote.",
                ),
                &[],
            ))
        }
    };
    Ok(ask.page("pipeline", Vec::new(), say("Pipeline", "Pipeline"), &body))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let seller = ask.query.get("seller").map(ToOwned::to_owned);
    let of = |tx: &mut Tx<'_>, stage: OpportunityStage| {
        let mut filter = Opportunity::STAGE.is(&stage);
        if let Some(seller) = &seller {
            filter = filter & Opportunity::SELLER.has(seller);
        }
        let query = Query::all(Opportunity::DEF).only(filter.condition).newest().limit(MOST);
        tx.select::<Opportunity>(query)
    };
    let mut stages = Vec::new();
    for stage in OPEN {
        let mut found = of(tx, stage)?;
        // The most pressing decision comes first; those without a day last.
        found.sort_by_key(|one| (one.expected_on.is_none(), one.expected_on, one.id));
        stages.push((stage, found));
    }
    let mut won = of(tx, OpportunityStage::Won)?;
    let mut since = HashMap::new();
    let ids: Vec<Id<Opportunity>> =
        stages.iter().flat_map(|(_, found)| found).chain(&won).map(|one| one.id).collect();
    for some in ids.chunks(500) {
        for change in tx.find(StageChange::OPPORTUNITY.among(some))? {
            let at = since.entry(change.opportunity).or_insert(change.at);
            *at = (*at).max(change.at);
        }
    }
    let today = tx.today();
    won.retain(|one| since.get(&one.id).is_some_and(|at| today - at.day() <= OLD_DAYS));
    let parties = stages.iter().flat_map(|(_, found)| found).chain(&won).map(|one| one.party);
    let parties = book::by_id(tx, parties.collect::<Vec<_>>())?;
    Ok(Seen { stages, won, parties, since, now: tx.now() })
}

fn gross(found: &[Kept<Opportunity>]) -> Option<Money> {
    found.iter().filter_map(|one| one.amount).reduce(|sum, amount| sum + amount)
}

/// What they would bring, each by its chance.
fn weighted<'a>(found: impl IntoIterator<Item = &'a Kept<Opportunity>>) -> Option<Money> {
    let parts = found.into_iter().filter_map(|one| Some(one.amount?.share(one.chance())));
    parts.reduce(|sum, amount| sum + amount)
}

fn money(language: Language, amount: Option<Money>) -> String {
    amount.map_or_else(|| "—".to_owned(), |amount| language.money(amount))
}

fn strip(language: Language, seen: &Seen) -> Markup {
    let say = |fr, en| say(language, fr, en);
    let open: Vec<&Kept<Opportunity>> = seen.stages.iter().flat_map(|(_, found)| found).collect();
    let total = open.iter().filter_map(|one| one.amount).reduce(|sum, amount| sum + amount);
    let today = seen.now.day();
    let idle = open.iter().filter(|one| one.next_step.is_none()).count();
    let late = open.iter().filter(|one| one.next_step_on.is_some_and(|day| day < today)).count();
    let end = today.end_of_month();
    let month = open.iter().filter(|one| one.expected_on.is_some_and(|day| day <= end)).copied();
    figures(&[
        Figure::new(
            say("En cours", "Under way"),
            money(language, total),
            match language {
                Language::French => format!("{} opportunités", open.len()),
                Language::English => format!("{} opportunities", open.len()),
            },
        ),
        Figure::new(
            say("Pondéré", "Weighted"),
            money(language, weighted(open.iter().copied())),
            say("montant × probabilité", "amount × probability"),
        ),
        Figure::new(
            say("Attendu ce mois, pondéré", "Expected this month, weighted"),
            money(language, weighted(month)),
            "",
        ),
        Figure::new(
            say("Actions en retard", "Steps overdue"),
            late.to_string(),
            match language {
                Language::French => format!("{idle} sans prochaine action"),
                Language::English => format!("{idle} without a next step"),
            },
        )
        .tone(if late + idle > 0 { Tone::Watch } else { Tone::Wait }),
    ])
}

fn lane(ask: &Ask, seen: &Seen, stage: OpportunityStage, found: &[Kept<Opportunity>]) -> Markup {
    let language = ask.language;
    let title = stage.label().say(language);
    html! {
        section.lane aria-label=(title) data-to=(stage.name()) {
            header {
                h2 { (title) span { (found.len()) } }
                strong { (money(language, gross(found))) }
                div.row.muted {
                    span { (say(language, "pondéré", "weighted")) }
                    span.n { (money(language, weighted(found))) }
                }
            }
            @if found.is_empty() { p.tick.muted { "—" } }
            ol { @for one in found.iter().take(SHOWN) { (card(ask, seen, one)) } }
            @if found.len() > SHOWN {
                p.tick {
                    a href={ "/opportunities?stage=" (stage.name()) } {
                        (say(language, "Les autres", "The others")) " (" (found.len() - SHOWN) ")"
                    }
                }
            }
        }
    }
}

fn card(ask: &Ask, seen: &Seen, one: &Kept<Opportunity>) -> Markup {
    let (language, today) = (ask.language, seen.now.day());
    let say = |fr, en| say(language, fr, en);
    let href = format!("/opportunities/{}", one.id);
    let party = seen.parties.get(&one.party).map_or("", |party| party.name.as_str());
    let age = seen.since.get(&one.id).map(|at| today - at.day());
    let late = |day: Option<Day>| day.is_some_and(|day| day < today);
    let goes = acts::act(ask, Opportunity::DEF.name, "advance").is_some();
    html! {
        li.tick draggable=[goes.then_some("true")] data-href=[goes.then_some(&href)] {
            div {
                a.who href=(href) title=(one.title) draggable="false" { (one.title) }
                span.b { (one.amount.map(|amount| language.amount(amount)).unwrap_or_default()) }
            }
            div.muted {
                a href={ "/parties/" (one.party) } { (party) }
                span { (language.rate(one.chance())) }
            }
            div.muted {
                span .late[late(one.expected_on)] {
                    @if let Some(day) = one.expected_on {
                        (say("décision", "decision")) " " (when::day_of(language, day, today))
                    }
                }
                @if let Some(age) = age {
                    span .late[age > OLD_DAYS] title=(say("Dans cette étape", "In this stage")) {
                        (when::age(language, age))
                    }
                }
            }
            div.step {
                @match &one.next_step {
                    Some(step) => {
                        span .late[late(one.next_step_on)] {
                            (step)
                            @if let Some(day) = one.next_step_on {
                                ", " (when::day_of(language, day, today))
                            }
                        }
                    }
                    None => (state(Tone::Watch, say("sans prochaine action", "no next step"))),
                }
            }
            (moves(ask, one, &href))
            @if goes { (elsewhere(ask, one)) }
        }
    }
}

/// The way to any other lane.
fn elsewhere(ask: &Ask, one: &Kept<Opportunity>) -> Markup {
    let lanes = OPEN.iter().chain(&[OpportunityStage::Won, OpportunityStage::Lost]);
    let lane = |stage: &OpportunityStage| {
        (stage.name().to_owned(), stage.label().say(ask.language).to_owned())
    };
    let all: Vec<(String, String)> = lanes.map(lane).collect();
    let Some(field) = Opportunity::DEF.field(Opportunity::STAGE.name) else { return html! {} };
    let lanes = Lanes { def: Opportunity::DEF, field, all: &all, address: address(ask) };
    lanes.menu(ask, one.id.raw(), one.stage.name())
}

/// The checked commands by which an opportunity moves.
fn moves(ask: &Ask, one: &Kept<Opportunity>, href: &str) -> Markup {
    let language = ask.language;
    let entity = Opportunity::DEF.name;
    let advance = one.stage.next().zip(acts::act(ask, entity, "advance")).map(|(next, act)| {
        let label = format!("→ {}", next.label().say(language));
        Button::post(label, format!("{href}/do/{}", act.name))
            .hidden("token", ask.token.as_str())
            .hidden("key", crate::door::new_key())
            .hidden("stage", next.name())
            .hidden("back", address(ask))
            .small()
    });
    let win = acts::act(ask, entity, "win")
        .map(|act| acts::button(ask, href, act, false).hidden("back", address(ask)).small());
    let lose = acts::act(ask, entity, "lose").map(|act| acts::button(ask, href, act, true).small());
    html! {
        div.next {
            @if let Some(advance) = advance { (advance) }
            @if let Some(win) = win { (win.bare()) }
            @if let Some(lose) = lose { (lose.bare()) }
        }
    }
}

/// Where a card is dropped that will not come: the reason is asked then.
fn lost(language: Language) -> Markup {
    let title = say(language, "Perdues", "Lost");
    html! {
        section.lane.js-only aria-label=(title) data-to=(OpportunityStage::Lost.name()) {
            header { h2 { (title) } }
            p.tick.muted {
                (say(
                    language,
                    "Déposez ici : le motif est demandé.",
                    "Drop here: the reason is asked.",
                ))
            }
            ol {}
        }
    }
}

fn won(language: Language, seen: &Seen) -> Markup {
    let title = say(language, "Gagnées (30 j)", "Won (30 d)");
    html! {
        section.lane aria-label=(title) data-to=(OpportunityStage::Won.name()) {
            header {
                h2 { (title) span { (seen.won.len()) } }
                strong { (money(language, gross(&seen.won))) }
                div.row.muted { span { (say(language, "acquis", "in hand")) } }
            }
            @if seen.won.is_empty() { p.tick.muted { "—" } }
            ol {
                @for one in seen.won.iter().take(SHOWN) {
                    li.tick {
                        div {
                            a.who href={ "/opportunities/" (one.id) } { (one.title) }
                            span.b {
                                @if let Some(amount) = one.amount { (language.amount(amount)) }
                            }
                        }
                        div.muted {
                            span {
                                @if let Some(party) = seen.parties.get(&one.party) { (party.name) }
                            }
                            (state(Tone::Done, say(language, "gagnée", "won")))
                        }
                    }
                }
            }
        }
    }
}
