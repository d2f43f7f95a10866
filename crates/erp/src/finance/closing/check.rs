//! Closings are checked: every document is what was sealed, every total what it sums, every closing
//! what follows from the one before it.

use kernel::{Day, Direction, Entity, Fault, Id, Kept, Query, Tx};

use super::content::{digest, link, of_closing, recorded, sealed_in};
use super::make::{totals_of, year_holding};
use super::totals::{Totals, agree, carry, heads, of_days, of_documents};
use super::{BEGINNING, Closing, ClosingKind};

/// Checks the closings that end on these days, in the order in which they were made. Tells what of the
/// documents was changed, removed or added since, and which closing does not hold.
///
/// # Errors
/// `store.*`.
pub fn check_closings(tx: &mut Tx<'_>, from: Day, to: Day) -> Result<Vec<Fault>, Fault> {
    let days = Closing::ENDS_ON.at_least(&from) & Closing::ENDS_ON.at_most(&to);
    let query = Query::all(Closing::DEF).only(days.condition);
    let mut found = Vec::new();
    for closing in tx.select::<Closing>(query.sorted("rank", Direction::Up))? {
        found.extend(check_closing(tx, &closing)?);
    }
    Ok(found)
}

/// The first day that was closed.
///
/// # Errors
/// `store.*`.
pub fn first_closed_day(tx: &mut Tx<'_>) -> Result<Option<Day>, Fault> {
    let query = Query::all(Closing::DEF).sorted("rank", Direction::Up).limit(1);
    Ok(tx.select::<Closing>(query)?.pop().map(|first| first.starts_on))
}

/// Checks one closing; of a month or a year, that it sums its days.
///
/// # Errors
/// `store.*`.
pub fn check_closing(tx: &mut Tx<'_>, closing: &Kept<Closing>) -> Result<Vec<Fault>, Fault> {
    let told = |code| Fault::new(code).with("period", closing.code.as_str());
    let mut found = Vec::new();
    let totals = totals_of(tx, closing.id)?;
    let before = match closing.rank {
        1 => Some(BEGINNING.to_owned()),
        rank => tx.first(Closing::RANK.is(&(rank - 1)))?.map(|before| before.hash.clone()),
    };
    if before.as_ref() != Some(&closing.previous) {
        found.push(told("closing.order"));
    }
    let content = of_closing(closing.id, closing, totals.values());
    if digest(&content.to_string()) != closing.hash {
        found.push(told("closing.changed"));
    }
    let expected = if closing.kind == ClosingKind::Day {
        check_day(tx, closing, &mut found)?
    } else {
        of_days(days_of(tx, closing)?.iter())
    };
    let same = |own: &Totals, other: &Totals| {
        own.len() == other.len()
            && own.iter().zip(other).all(|((key, one), (other_key, other))| {
                let other = super::ClosingTotal { closing: one.closing, ..other.clone() };
                key == other_key && *one == other
            })
    };
    if !same(&totals, &expected) || !agree(closing, &heads(tx.currency(), &totals)) {
        found.push(told("closing.totals"));
    }
    Ok(found)
}

/// Checks the documents of a day; tells the totals that they give.
fn check_day(
    tx: &mut Tx<'_>,
    closing: &Kept<Closing>,
    found: &mut Vec<Fault>,
) -> Result<Totals, Fault> {
    let day = closing.ends_on;
    let about = |code, number: &str| Fault::new(code).with("number", number).with("day", day);
    let before = day_before(tx, day)?;
    let recorded = recorded(tx, day)?;
    let mut expected = of_documents(tx.currency(), &recorded)?;
    let (totals, mut rank, mut chain, ended) = match &before {
        Some(before) => {
            let totals = totals_of(tx, before.id)?;
            (totals, before.last_document, before.chain.clone(), Some(before.ends_on))
        }
        None => (Totals::new(), 0, BEGINNING.to_owned(), None),
    };
    let year = year_holding(tx, day)?;
    carry(&mut expected, &totals, ended.is_some_and(|ended| ended >= year.from));
    let (sealed, added) = sealed_in(tx, closing.id, recorded.documents)?;
    for (document, held) in sealed {
        rank += 1;
        if document.rank != rank {
            found.push(Fault::new("closing.gap").with("rank", rank).with("day", day));
            rank = document.rank;
        }
        match held {
            None => found.push(about("closing.document_removed", &document.number)),
            Some(held) if held.hash != document.hash => {
                found.push(about("closing.document_changed", &document.number));
            }
            Some(_) => {}
        }
        chain = link(&chain, &document.hash);
        if chain != document.link {
            found.push(about("closing.link", &document.number));
            chain.clone_from(&document.link);
        }
    }
    found.extend(added.iter().map(|it| about("closing.document_added", &it.number)));
    if (rank, chain) != (closing.last_document, closing.chain.clone()) {
        found.push(Fault::new("closing.chain").with("day", day));
    }
    Ok(expected)
}

fn day_before(tx: &mut Tx<'_>, day: Day) -> Result<Option<Kept<Closing>>, Fault> {
    tx.first(Closing::KIND.is(&ClosingKind::Day) & Closing::ENDS_ON.is(&(day + -1)))
}

/// The totals of the days of a longer closing, in order.
fn days_of(tx: &mut Tx<'_>, closing: &Closing) -> Result<Vec<Totals>, Fault> {
    let within = Closing::KIND.is(&ClosingKind::Day)
        & Closing::STARTS_ON.at_least(&closing.starts_on)
        & Closing::ENDS_ON.at_most(&closing.ends_on);
    let query: Query = Query::all(Closing::DEF).only(within.condition);
    let days: Vec<Id<Closing>> = tx
        .select::<Closing>(query.sorted("rank", Direction::Up))?
        .into_iter()
        .map(|day| day.id)
        .collect();
    days.into_iter().map(|day| totals_of(tx, day)).collect()
}
