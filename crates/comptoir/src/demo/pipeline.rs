//! Before the order: opportunities that advance, quotes that are sent and answered.

use crm::sales::{self, Opportunity, OpportunityStage, Order, Quote, QuoteLine};
use identity::Role;
use kernel::{Actor, Day, Entity, Faults, Id, Language, Money, Rate, Tx, Value};

use super::baskets;
use super::desk::{self, Asked};
use super::diary::{Basket, Fate, Offer};
use super::sheets::{self, Row};
use super::shop::{Shop, filled, make, maybe, unless, with_lines};

/// A sale that may come, and how it ends.
#[derive(Debug, Clone)]
pub struct Lead {
    pub row: Row,
    pub customer: usize,
    pub opportunity: Option<Id<Opportunity>>,
    /// How many days after it was made the decision is expected.
    pub decision: i32,
}

/// What is to be done next, by the stage it is at.
const NEXT_STEPS: &[(&str, &str, &str)] = &[
    ("lead", "Appeler pour préciser le besoin", "Call to learn what is needed"),
    ("qualified", "Visite et relevé des tables", "Visit and measure the tables"),
    ("proposal", "Rappeler au sujet du devis", "Call about the quote"),
    ("negotiation", "Répondre sur la remise demandée", "Answer on the discount asked for"),
];

const REFUSALS: &[&str] = &[
    "Budget reporté à l’an prochain",
    "A retenu une offre moins chère",
    "Délai de confection trop long",
    "Projet abandonné",
];

const SUBJECTS: &[&str] = &[
    "Réassort de la salle",
    "Linge de la saison",
    "Nappage de la terrasse",
    "Nouvelle carte, nouvelle table",
    "Serviettes brodées",
    "Ouverture d’une annexe",
    "Vitrine de printemps",
    "Équipement des chambres",
];

/// Writes opportunities and quotes in the diary.
///
/// # Errors
/// `data.file`.
pub fn plan(shop: &mut Shop) -> Result<Pipeline, Faults> {
    let mut pipeline = Pipeline::default();
    let days = shop.calendar.days().len();
    for (rank, row) in sheets::rows("opportunities")?.into_iter().enumerate() {
        lead(shop, &mut pipeline, rank, row, days)?;
    }
    // Quotes that no opportunity announced, one every fourth day.
    for back in (2..days.saturating_sub(20)).step_by(4) {
        let day = shop.calendar.back(back);
        let Some(customer) = someone(shop, day) else { continue };
        let fate = match shop.chance.between(1, 100) {
            1..=52 => Fate::Accept,
            53..=70 => Fate::Refuse(REFUSALS[back % REFUSALS.len()]),
            71..=84 => Fate::Revise,
            _ => Fate::Silence,
        };
        offer(shop, &mut pipeline, day, customer, None, fate, 130);
    }
    for (back, fate) in [(1, Fate::Draft), (0, Fate::Draft), (3, Fate::Silence), (2, Fate::Silence)]
    {
        let day = shop.calendar.back(back);
        if let Some(customer) = someone(shop, day) {
            offer(shop, &mut pipeline, day, customer, None, fate, 180);
        }
    }
    Ok(pipeline)
}

/// Opportunities and quotes under way.
#[derive(Debug, Default)]
pub struct Pipeline {
    pub leads: Vec<Lead>,
    pub offers: Vec<Offer>,
}

/// A customer of that day who is no private person.
fn someone(shop: &mut Shop, day: Day) -> Option<usize> {
    let known: Vec<usize> = (0..shop.customers.len())
        .filter(|rank| {
            let customer = &shop.customers[*rank];
            customer.first_day <= day
                && customer.sector != "private"
                && customer.code != super::partners::WITHOUT_SIREN
        })
        .collect();
    shop.chance.pick(&known).copied()
}

fn lead(
    shop: &mut Shop,
    pipeline: &mut Pipeline,
    rank: usize,
    row: Row,
    days: usize,
) -> Result<(), Faults> {
    let stage = row.text("stage")?;
    let open = !matches!(stage.as_str(), "won" | "lost");
    // Those still open began in the last ten weeks.
    let most = if open { 50.min(days / 2) } else { days.saturating_sub(30).max(36) };
    let least = if open { 6 } else { 35.min(most) };
    let (least, most) = (i64::try_from(least).unwrap_or(6), i64::try_from(most).unwrap_or(40));
    let back = usize::try_from(shop.chance.between(least.min(most), most)).unwrap_or(40);
    let day = shop.calendar.back(back);
    let Some(customer) = someone(shop, day) else { return Ok(()) };
    let decision = if open {
        let ahead = shop.calendar.today() - day;
        ahead + i32::try_from(shop.chance.between(6, 45)).unwrap_or(20)
    } else {
        45
    };
    pipeline.leads.push(Lead { row, customer, opportunity: None, decision });
    let at = pipeline.leads.len() - 1;
    shop.diary.leads.put(day, at);
    // Two to seven days worked at each stage, so that all of them are over by today.
    let step = i64::try_from((back / 6).clamp(1, 6)).unwrap_or(1);
    use OpportunityStage::{Negotiation, Proposal, Qualified};
    let path: &[OpportunityStage] = match stage.as_str() {
        "lead" => &[],
        "qualified" => &[Qualified],
        "proposal" => &[Qualified, Proposal],
        "negotiation" | "won" => &[Qualified, Proposal, Negotiation],
        _ if rank % 2 == 0 => &[Qualified],
        _ => &[Qualified, Proposal],
    };
    for (rank, stage) in (1..).zip(path) {
        let day = shop.calendar.after(day, step * rank);
        shop.diary.advances.put(day, (at, *stage));
        if *stage == Proposal {
            let fate = match pipeline.leads[at].row.text("stage")?.as_str() {
                "won" => Fate::Accept,
                "lost" => Fate::Refuse(REFUSALS[at % REFUSALS.len()]),
                _ => Fate::Silence,
            };
            offer(shop, pipeline, day, customer, Some(at), fate, 220);
        }
    }
    if stage == "lost" {
        shop.diary.losses.put(shop.calendar.after(day, step * 4), at);
    }
    Ok(())
}

fn offer(
    shop: &mut Shop,
    pipeline: &mut Pipeline,
    day: Day,
    customer: usize,
    opportunity: Option<usize>,
    fate: Fate,
    size: i64,
) {
    let (of, mut chance) = (shop.customers[customer].clone(), shop.chance.clone());
    let usual = baskets::usual(&mut chance, &shop.items, &of, size);
    let deposit = (of.sector == "hotel" && chance.percent(35)).then(|| Rate::percent(30));
    let subject = match opportunity {
        Some(lead) => pipeline.leads[lead].row.maybe(if english(&of.country) {
            "title_en"
        } else {
            "title_fr"
        }),
        None => chance.pick(SUBJECTS).map(|text| (*text).to_owned()),
    };
    shop.chance = chance;
    let basket = Basket { customer, deposit, wanted_in: None, ..usual };
    let subject = subject.unwrap_or_default();
    pipeline.offers.push(Offer { basket, subject, opportunity, quote: None, fate });
    shop.diary.drafts.put(day, pipeline.offers.len() - 1);
}

fn english(country: &str) -> bool {
    !matches!(country, "FR" | "BE" | "LU" | "CH")
}

/// The sellers' work of a day on what may come.
///
/// # Errors
/// Those of sales, `store.*`.
pub fn work(shop: &mut Shop, pipeline: &mut Pipeline, day: Day) -> Result<(), Faults> {
    for at in shop.diary.leads.take(day) {
        let lead = pipeline.leads[at].clone();
        let party = shop.customers[lead.customer].id;
        let made = seller(shop, lead.customer, day, 10, move |tx, actor| {
            opportunity(tx, actor, &lead, party)
        })?;
        pipeline.leads[at].opportunity = Some(made);
    }
    for (at, stage) in shop.diary.advances.take(day) {
        let (customer, id) = (pipeline.leads[at].customer, pipeline.leads[at].opportunity);
        let Some(id) = id else { continue };
        seller(shop, customer, day, 20, move |tx, actor| {
            let done = sales::opportunity::advance(tx, actor, id, Some(stage));
            unless(&["opportunity.stage"], done).map(drop)
        })?;
    }
    for at in shop.diary.losses.take(day) {
        let lead = pipeline.leads[at].clone();
        let Some(id) = lead.opportunity else { continue };
        seller(shop, lead.customer, day, 25, move |tx, actor| {
            let column = if actor.language == Language::French {
                "lost_reason_fr"
            } else {
                "lost_reason_en"
            };
            let reason = lead.row.text(column)?;
            unless(&["opportunity.stage"], sales::opportunity::lose(tx, actor, id, reason))
                .map(drop)
        })?;
    }
    draft(shop, pipeline, day)?;
    mail(shop, pipeline, day)?;
    answer(shop, pipeline, day)
}

/// Runs a command as the seller of a customer.
fn seller<T: Send + 'static>(
    shop: &Shop,
    customer: usize,
    day: Day,
    minute: i64,
    work: impl Fn(&mut Tx<'_>, &Actor) -> Result<T, Faults> + Send + Sync + 'static,
) -> Result<T, Faults> {
    let who = shop.someone(Role::Seller, shop.customers[customer].seller);
    shop.act(&who, shop.calendar.at(day, 16, minute), work)
}

fn opportunity(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lead: &Lead,
    party: Id<master::Party>,
) -> Result<Id<Opportunity>, Faults> {
    let french = actor.language == Language::French;
    let stage = lead.row.text("stage")?;
    let today = tx.today();
    let next = NEXT_STEPS.iter().find(|(at, ..)| *at == stage);
    let next_step = next.map(|(_, fr, en)| if french { *fr } else { *en });
    let decision = today + lead.decision;
    let values: Vec<(&'static str, Value)> = vec![
        ("title", lead.row.text(if french { "title_fr" } else { "title_en" })?.into()),
        ("party", party.into()),
        ("amount", Money::eur(lead.row.number("amount", 2)?).into()),
        ("expected_on", decision.into()),
        ("next_step", maybe(next_step)),
        ("next_step_on", maybe(next_step.map(|_| decision + -5))),
    ];
    Ok(Id::from_raw(make(tx, actor, Opportunity::DEF, &filled(Opportunity::DEF, values))?))
}

fn draft(shop: &mut Shop, pipeline: &mut Pipeline, day: Day) -> Result<(), Faults> {
    for at in shop.diary.drafts.take(day) {
        let offer = pipeline.offers[at].clone();
        let asked = Asked::of(shop, offer.basket.clone());
        let opportunity = offer.opportunity.and_then(|lead| pipeline.leads[lead].opportunity);
        let fate = offer.fate;
        let quote = seller(shop, offer.basket.customer, day, 30, move |tx, actor| {
            quote(tx, actor, &offer, &asked, opportunity)
        })?;
        pipeline.offers[at].quote = Some(quote);
        if fate != Fate::Draft {
            let wait = shop.chance.between(0, 1);
            shop.diary.mailings.put(shop.calendar.after(day, wait), at);
        }
    }
    Ok(())
}

fn quote(
    tx: &mut Tx<'_>,
    actor: &Actor,
    offer: &Offer,
    asked: &Asked,
    opportunity: Option<Id<Opportunity>>,
) -> Result<Id<Quote>, Faults> {
    let values = vec![
        ("party", asked.party.into()),
        ("opportunity", maybe(opportunity)),
        ("subject", offer.subject.as_str().into()),
        ("deposit_rate", maybe(offer.basket.deposit)),
        ("reference", maybe(offer.basket.reference.clone())),
    ];
    let lines = asked.lines.iter().map(|(product, quantity)| {
        let values = vec![("product", (*product).into()), ("quantity", (*quantity).into())];
        filled(QuoteLine::DEF, values)
    });
    let draft = with_lines(filled(Quote::DEF, values), Quote::DEF, "lines", lines.collect());
    Ok(Id::from_raw(make(tx, actor, Quote::DEF, &draft)?))
}

fn mail(shop: &mut Shop, pipeline: &mut Pipeline, day: Day) -> Result<(), Faults> {
    for at in shop.diary.mailings.take(day) {
        let offer = &pipeline.offers[at];
        let Some(quote) = offer.quote else { continue };
        let fate = offer.fate;
        seller(shop, offer.basket.customer, day, 45, move |tx, _| sales::send(tx, quote))?;
        if fate != Fate::Silence {
            let wait = shop.chance.between(3, 12);
            shop.diary.answers.put(shop.calendar.after(day, wait), at);
        }
    }
    Ok(())
}

/// The customer answers: its order is confirmed the next day.
fn answer(shop: &mut Shop, pipeline: &mut Pipeline, day: Day) -> Result<(), Faults> {
    for at in shop.diary.answers.take(day) {
        let offer = pipeline.offers[at].clone();
        let Some(quote) = offer.quote else { continue };
        let (customer, fate) = (offer.basket.customer, offer.fate);
        let name = shop.customers[customer].name.clone();
        let done = seller(shop, customer, day, 50, move |tx, actor| {
            answered(tx, actor, quote, fate, &name)
        })?;
        match done {
            Answered::Ordered(order) => {
                for (rank, quantity) in &offer.basket.lines {
                    shop.items[*rank].demand += quantity.0;
                }
                let next = shop.calendar.after(day, 1);
                desk::open(shop, next, order, &offer.basket);
            }
            Answered::Revised(revision) => {
                pipeline.offers[at].quote = Some(revision);
                pipeline.offers[at].fate = Fate::Accept;
                shop.diary.mailings.put(shop.calendar.after(day, 1), at);
            }
            Answered::Over => {}
        }
    }
    Ok(())
}

/// The offer again, with a better price for the first of its goods.
fn better(tx: &mut Tx<'_>, actor: &Actor, quote: Id<Quote>) -> Result<Id<Quote>, Faults> {
    let revision = sales::revise(tx, quote)?;
    if let Some(mut line) = sales::quote::lines(tx, revision)?.into_iter().next() {
        let given = line.discount.unwrap_or_default();
        line.discount = Some(Rate(given.0 + Rate::percent(4).0));
        tx.save(&line)?;
    }
    sales::quote::settle(tx, actor, revision.raw())?;
    Ok(revision)
}

enum Answered {
    Ordered(Id<Order>),
    Revised(Id<Quote>),
    Over,
}

fn answered(
    tx: &mut Tx<'_>,
    actor: &Actor,
    quote: Id<Quote>,
    fate: Fate,
    name: &str,
) -> Result<Answered, Faults> {
    Ok(match fate {
        Fate::Accept => {
            Answered::Ordered(sales::accept(tx, actor, quote, sales::Acceptance::by(name))?)
        }
        Fate::Revise => Answered::Revised(better(tx, actor, quote)?),
        Fate::Refuse(reason) => {
            sales::refuse(tx, quote, Some(reason.to_owned()))?;
            Answered::Over
        }
        Fate::Silence | Fate::Draft => Answered::Over,
    })
}
