//! Opportunities: what a customer may buy, and how far we are.

use kernel::{
    ActionDef, Actor, Choice, Day, Entity, Event, Fault, Faults, FieldDef, FieldType, Id, Instant,
    Money, Origin, Rate, RawId, Record, Rules, Text, Tx,
};
use master::{Party, own_currency};

use super::numbers;
use crate::interactions;

/// A sale that may come.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Opportunité",
    en = "Opportunity",
    frs = "Opportunités",
    ens = "Opportunities",
    plural = "opportunities",
    index = "stage, expected_on"
)]
pub struct Opportunity {
    #[field(fr = "Numéro", en = "Number", list, search, unique, system)]
    pub number: Option<String>,
    #[field(fr = "Objet", en = "Title", list, search, title)]
    pub title: String,
    #[field(fr = "Client", en = "Customer", list, index)]
    pub party: Id<Party>,
    #[field(fr = "Étape", en = "Stage", list, system)]
    pub stage: OpportunityStage,
    /// What the sale would bring, excluding tax.
    #[field(fr = "Montant HT", en = "Amount excl. tax", list)]
    pub amount: Option<Money>,
    /// The chance that it is won; that of its stage when empty.
    #[field(fr = "Probabilité", en = "Probability", list)]
    pub probability: Option<Rate>,
    #[field(fr = "Décision attendue le", en = "Expected on", list)]
    pub expected_on: Option<Day>,
    #[field(fr = "Prochaine action", en = "Next step", list)]
    pub next_step: Option<String>,
    #[field(fr = "Prochaine action le", en = "Next step on", list)]
    pub next_step_on: Option<Day>,
    #[field(fr = "Motif de perte", en = "Reason lost", system)]
    pub lost_reason: Option<String>,
    #[field(fr = "Vendeur", en = "Seller", list, index)]
    pub seller: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Choice)]
pub enum OpportunityStage {
    #[choice(fr = "Nouvelle", en = "New")]
    New,
    #[choice(fr = "Qualifiée", en = "Qualified")]
    Qualified,
    #[choice(fr = "Proposition", en = "Proposal")]
    Proposal,
    #[choice(fr = "Négociation", en = "Negotiation")]
    Negotiation,
    #[choice(fr = "Gagnée", en = "Won")]
    Won,
    #[choice(fr = "Perdue", en = "Lost")]
    Lost,
}

/// One step of an opportunity, for the analysis of the pipeline.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Changement d’étape",
    en = "Stage change",
    frs = "Changements d’étape",
    ens = "Stage changes",
    kept
)]
pub struct StageChange {
    #[field(fr = "Opportunité", en = "Opportunity", list, index)]
    pub opportunity: Id<Opportunity>,
    /// Absent when the opportunity was made.
    #[field(fr = "De", en = "From", list)]
    pub from_stage: Option<OpportunityStage>,
    #[field(fr = "À", en = "To", list)]
    pub to_stage: OpportunityStage,
    #[field(fr = "Le", en = "At", list)]
    pub at: Instant,
    #[field(fr = "Par", en = "By", list)]
    pub made_by: String,
}

impl Rules for Opportunity {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let chance = self.probability.is_none_or(master::price::discount_holds);
        faults.ensure(chance, || Fault::new("opportunity.probability").on("probability"));
        let amount = self.amount.is_none_or(|amount| amount.minor >= 0);
        faults.ensure(amount, || Fault::new("opportunity.amount").on("amount"));
        faults.into_result()
    }
}

impl Rules for StageChange {}

/// From, to. Between open stages one may go back and forth; what is won or lost stays so.
const STEPS: &[(OpportunityStage, &[OpportunityStage])] = {
    use OpportunityStage::{Lost, Negotiation, New, Proposal, Qualified, Won};
    &[
        (New, &[Qualified, Proposal, Negotiation, Won, Lost]),
        (Qualified, &[New, Proposal, Negotiation, Won, Lost]),
        (Proposal, &[New, Qualified, Negotiation, Won, Lost]),
        (Negotiation, &[New, Qualified, Proposal, Won, Lost]),
        (Won, &[]),
        (Lost, &[]),
    ]
};

impl OpportunityStage {
    /// Where an opportunity may go from here.
    #[must_use]
    pub fn steps(self) -> &'static [OpportunityStage] {
        STEPS.iter().find(|(from, _)| *from == self).map_or(&[], |(_, to)| *to)
    }
    #[must_use]
    pub fn open(self) -> bool {
        !self.steps().is_empty()
    }
    /// The stage that usually follows; none after the last open one.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::New => Some(Self::Qualified),
            Self::Qualified => Some(Self::Proposal),
            Self::Proposal => Some(Self::Negotiation),
            Self::Negotiation | Self::Won | Self::Lost => None,
        }
    }
    /// The chance that an opportunity of this stage is won, as long as no one says otherwise.
    #[must_use]
    pub const fn usual_chance(self) -> Rate {
        match self {
            Self::New => Rate::percent(10),
            Self::Qualified => Rate::percent(30),
            Self::Proposal => Rate::percent(50),
            Self::Negotiation => Rate::percent(75),
            Self::Won => Rate::percent(100),
            Self::Lost => Rate::ZERO,
        }
    }
}

impl Opportunity {
    /// The chance that it is won.
    #[must_use]
    pub fn chance(&self) -> Rate {
        match self.stage.open() {
            true => self.probability.unwrap_or(self.stage.usual_chance()),
            false => self.stage.usual_chance(),
        }
    }
}

const ADVANCE: &[FieldDef] = &[FieldDef::of::<Option<OpportunityStage>>(
    "stage",
    Text::new("Nouvelle étape", "New stage"),
    "An open stage; the one that follows when empty.",
)];
const LOSE: &[FieldDef] = &[FieldDef::of::<String>(
    "reason",
    Text::new("Motif", "Reason"),
    "Why the customer did not buy.",
)];

fn stage_of(record: &Record) -> Option<OpportunityStage> {
    let at = Opportunity::DEF.rank(Opportunity::STAGE.name)?;
    OpportunityStage::take(record.get(at)?.clone()).ok()
}
fn is_open(record: &Record) -> bool {
    stage_of(record).is_some_and(OpportunityStage::open)
}
fn may_advance(record: &Record) -> bool {
    stage_of(record).and_then(OpportunityStage::next).is_some()
}

pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "opportunity",
        name: "advance",
        label: Text::new("Faire avancer", "Advance"),
        doc: Text::new(
            "Passe l’opportunité à une autre étape ouverte.",
            "Moves the opportunity to another open stage.",
        ),
        inputs: ADVANCE,
        offered: may_advance,
        run: |tx, actor, id, inputs| {
            let id = Id::from_raw(id);
            advance(tx, actor, id, inputs.take("stage")?)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "opportunity",
        name: "win",
        label: Text::new("Gagner", "Win"),
        doc: Text::new("Le client a choisi de nous acheter.", "The customer chose to buy from us."),
        inputs: &[],
        offered: is_open,
        run: |tx, actor, id, _| {
            let id = Id::from_raw(id);
            win(tx, actor, id)?;
            Ok(Some(Origin::of(id)))
        },
    },
    ActionDef {
        on: "opportunity",
        name: "lose",
        label: Text::new("Perdre", "Lose"),
        doc: Text::new("L’affaire ne se fera pas.", "The sale will not come."),
        inputs: LOSE,
        offered: is_open,
        run: |tx, actor, id, inputs| {
            let id = Id::from_raw(id);
            lose(tx, actor, id, inputs.take("reason")?)?;
            Ok(Some(Origin::of(id)))
        },
    },
];

/// Moves an opportunity to an open stage; to the one that follows when none is named.
///
/// # Errors
/// `opportunity.stage` when it is won, lost, or may not go there.
pub fn advance(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Opportunity>,
    to: Option<OpportunityStage>,
) -> Result<(), Faults> {
    let from = tx.lock(id)?.stage;
    let to = to.or(from.next()).filter(|to| to.open());
    let to = to.ok_or_else(|| Fault::new("opportunity.stage").with("from", from.name()))?;
    step(tx, actor, id, to, None)
}

/// # Errors
/// `opportunity.stage`.
pub fn win(tx: &mut Tx<'_>, actor: &Actor, id: Id<Opportunity>) -> Result<(), Faults> {
    step(tx, actor, id, OpportunityStage::Won, None)
}

/// # Errors
/// `opportunity.stage`.
pub fn lose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Opportunity>,
    reason: String,
) -> Result<(), Faults> {
    step(tx, actor, id, OpportunityStage::Lost, Some(reason))
}

fn step(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: Id<Opportunity>,
    to: OpportunityStage,
    reason: Option<String>,
) -> Result<(), Faults> {
    let mut opportunity = tx.lock(id)?;
    let from = opportunity.stage;
    if !from.steps().contains(&to) {
        return Err(Fault::new("opportunity.stage").with("from", from.name()).into());
    }
    opportunity.stage = to;
    opportunity.lost_reason = reason;
    if !to.open() {
        opportunity.next_step = None;
        opportunity.next_step_on = None;
    }
    tx.save(&opportunity)?;
    remember(tx, actor, id, Some(from), to)?;
    let (name, code) = match to {
        OpportunityStage::Won => ("opportunity.won", Some("opportunity.won")),
        OpportunityStage::Lost => ("opportunity.lost", Some("opportunity.lost")),
        _ => ("opportunity.advanced", None),
    };
    tx.emit(Event::new(name, Origin::of(id)).with("from", from.name()).with("to", to.name()));
    if let Some(code) = code {
        interactions::fact(tx, opportunity.party, Some(Origin::of(id)), code, &opportunity.title)?;
    }
    Ok(())
}

fn remember(
    tx: &mut Tx<'_>,
    actor: &Actor,
    opportunity: Id<Opportunity>,
    from_stage: Option<OpportunityStage>,
    to_stage: OpportunityStage,
) -> Result<(), Faults> {
    let (at, made_by) = (tx.now(), actor.name.to_string());
    tx.insert(&StageChange { opportunity, from_stage, to_stage, at, made_by })?;
    Ok(())
}

/// Numbers a new opportunity and writes the first row of its history.
///
/// # Errors
/// `currency.other`.
pub fn settle(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<Opportunity>::from_raw(id);
    let mut opportunity = tx.get(id)?;
    if let Some(amount) = opportunity.amount {
        own_currency(tx.currency(), amount.currency, "amount")?;
    }
    if opportunity.seller.is_none() {
        opportunity.seller = Some(actor.name.to_string());
        tx.save(&opportunity)?;
    }
    if opportunity.number.is_none() {
        remember(tx, actor, id, None, opportunity.stage)?;
        tx.last(move |tx| {
            let mut opportunity = tx.get(id)?;
            if opportunity.number.is_none() {
                opportunity.number = Some(numbers::next(tx, "opportunity", "OP")?);
                tx.save(&opportunity)?;
            }
            Ok(())
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_won_or_lost_stays_so() {
        for (stage, _) in OpportunityStage::VALUES {
            let stage = OpportunityStage::of_name(stage).unwrap();
            let ended = matches!(stage, OpportunityStage::Won | OpportunityStage::Lost);
            assert_eq!(stage.open(), !ended);
            assert!(!stage.steps().contains(&stage));
        }
    }

    #[test]
    fn the_usual_path_leads_through_every_open_stage() {
        let mut stage = OpportunityStage::New;
        let mut path = vec![stage];
        while let Some(next) = stage.next() {
            assert!(stage.steps().contains(&next));
            assert!(next.usual_chance() > stage.usual_chance());
            stage = next;
            path.push(stage);
        }
        assert_eq!(path.len(), 4);
    }
}
