//! A tree changed at one place: what builds a sieve without typing. A place is the way down: the
//! ranks of the parts, one inside the other.

use super::Sieve;
use crate::EntityDef;

impl Sieve {
    /// The reverse; a double negation is none.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Sieve::Not(inner) => *inner,
            other => Sieve::Not(Box::new(other)),
        }
    }

    /// The parts that can be changed one by one.
    #[must_use]
    pub fn parts(&self) -> &[Sieve] {
        match self {
            Sieve::All(parts) | Sieve::Any(parts) => parts,
            Sieve::Not(inner) => std::slice::from_ref(inner),
            Sieve::Step(_, inner) if inner.is_group() => std::slice::from_ref(inner),
            _ => &[],
        }
    }

    /// Whether it is drawn as a group of its own.
    #[must_use]
    pub const fn is_group(&self) -> bool {
        matches!(self, Sieve::All(_) | Sieve::Any(_) | Sieve::Not(_))
    }

    /// What stands at a place, and the entity it tests.
    #[must_use]
    pub fn at(
        &self,
        def: &'static EntityDef,
        place: &[usize],
    ) -> Option<(&'static EntityDef, &Self)> {
        let Some((rank, rest)) = place.split_first() else { return Some((def, self)) };
        let def = if let Sieve::Step(step, _) = self { step.entity } else { def };
        self.parts().get(*rank)?.at(def, rest)
    }

    /// The tree with what `change` makes of what stands at a place; nothing takes it away. `None`
    /// when nothing is left.
    #[must_use]
    pub fn changed(
        self,
        place: &[usize],
        change: impl FnOnce(Sieve) -> Option<Sieve>,
    ) -> Option<Self> {
        let Some((rank, rest)) = place.split_first() else { return change(self) };
        match self {
            Sieve::All(parts) => Sieve::all(changed_part(parts, *rank, rest, change)),
            Sieve::Any(parts) => Sieve::any(changed_part(parts, *rank, rest, change)),
            Sieve::Not(inner) => inner.changed(rest, change).map(Sieve::negated),
            Sieve::Step(step, inner) => {
                inner.changed(rest, change).map(|inner| Sieve::Step(step, Box::new(inner)))
            }
            other => Some(other),
        }
    }

    /// The tree with one test more: in the group that stands at the place, or beside what stands
    /// there, in a group of the kind the tree around it is not.
    #[must_use]
    pub fn added(self, place: &[usize], new: Sieve) -> Option<Self> {
        let around = place.split_last().and_then(|(_, up)| {
            let mut now = &self;
            for rank in up {
                now = now.parts().get(*rank)?;
            }
            Some(matches!(now, Sieve::Any(_)))
        });
        self.changed(place, |here| match here {
            Sieve::All(parts) => Sieve::all(parts.into_iter().chain([new]).collect()),
            Sieve::Any(parts) => Sieve::any(parts.into_iter().chain([new]).collect()),
            other if around == Some(false) => Sieve::any(vec![other, new]),
            other => Sieve::all(vec![other, new]),
        })
    }

    /// `and` for `or`, and the other way round.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Sieve::All(parts) => Sieve::any(parts).unwrap_or(Sieve::Any(Vec::new())),
            Sieve::Any(parts) => Sieve::all(parts).unwrap_or(Sieve::All(Vec::new())),
            other => other,
        }
    }
}

fn changed_part(
    parts: Vec<Sieve>,
    rank: usize,
    rest: &[usize],
    change: impl FnOnce(Sieve) -> Option<Sieve>,
) -> Vec<Sieve> {
    let mut change = Some(change);
    let parts = parts.into_iter().enumerate().filter_map(|(at, part)| {
        match change.take_if(|_| at == rank) {
            Some(change) => part.changed(rest, change),
            None => Some(part),
        }
    });
    parts.collect()
}
