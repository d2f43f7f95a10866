//! What waits for a second person: the business says what it does, and whoever opened the door says
//! whether another must approve.

use super::Tx;
use crate::{Actor, Fault, Money, Wish};

/// What a second person has approved, in this transaction.
#[derive(Default)]
pub(super) struct Second {
    /// Set while it is done.
    doing: bool,
    /// What is to be done, as whom.
    handed: Option<(Wish, Actor)>,
}

impl Tx<'_> {
    /// Asked before what moves money out, a bank account or rights: `payment.out`, `rights`.
    ///
    /// # Errors
    /// `approval.needed` when a second person must approve, and none has.
    pub fn second_person(
        &mut self,
        what: &'static str,
        amount: Option<Money>,
    ) -> Result<(), Fault> {
        match self.context.actor.grants.second() {
            Some(second) if !self.second.doing => second(self, what, amount),
            _ => Ok(()),
        }
    }

    /// Hands over what was approved, to be done as this person once the present act is through: an
    /// act knows no catalogue.
    pub fn hand(&mut self, wish: Wish, actor: Actor) {
        self.second.handed = Some((wish, actor));
    }

    /// What the act that just ran has handed over.
    pub(crate) fn handed(&mut self) -> Option<(Wish, Actor)> {
        self.second.handed.take()
    }

    /// Does what a second person has approved.
    pub(crate) fn approved<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.second.doing, true);
        let done = work(self);
        self.second.doing = before;
        done
    }
}
