//! Closings are made: the next days in order, the month behind its last day, the year behind its own.

use kernel::{Condition, Day, Direction, Entity, Fault, Faults, Id, Kept, Query, Tx};

use super::content::{digest, link, of_closing, recorded};
use super::totals::{Totals, carry, heads, of_days, of_documents};
use super::{BEGINNING, Closing, ClosingKind, ClosingTotal, SealedDocument};
use crate::finance::entry::JournalEntry;
use crate::finance::fiscal_year::FiscalYear;
use crate::finance::invoice::Invoice;

/// What the next closing follows.
struct Last {
    /// The last day that is closed.
    day: Option<Closing>,
    totals: Totals,
    rank: i64,
    hash: String,
}

/// The days of a closing, and what it is called.
pub(super) struct Period {
    kind: ClosingKind,
    code: String,
    pub from: Day,
    to: Day,
}

/// The first day on which anything was recorded; nothing before it is to be closed.
///
/// # Errors
/// `store.*`.
pub fn first_day(tx: &mut Tx<'_>) -> Result<Option<Day>, Fault> {
    let posted = Condition::Not(Box::new(Condition::Empty("posted_at")));
    let entries = Query::all(JournalEntry::DEF).only(posted).sorted("posted_at", Direction::Up);
    let entry = tx.select::<JournalEntry>(entries.limit(1))?.pop();
    let issued = Condition::Not(Box::new(Condition::Empty("issued_on")));
    let invoices = Query::all(Invoice::DEF).only(issued).sorted("issued_on", Direction::Up);
    let invoice = tx.select::<Invoice>(invoices.limit(1))?.pop();
    let days = [
        entry.and_then(|entry| entry.posted_at).map(kernel::Instant::day),
        invoice.and_then(|invoice| invoice.issued_on),
    ];
    Ok(days.into_iter().flatten().min())
}

/// The last closing of a kind, or of any.
fn last(tx: &mut Tx<'_>, only: Condition) -> Result<Option<Kept<Closing>>, Fault> {
    let query = Query::all(Closing::DEF).only(only).sorted("rank", Direction::Down);
    Ok(tx.select::<Closing>(query.limit(1))?.pop())
}

/// The totals of a closing.
pub(super) fn totals_of(tx: &mut Tx<'_>, closing: Id<Closing>) -> Result<Totals, Fault> {
    let lines = tx.find(ClosingTotal::CLOSING.is(&closing))?;
    Ok(lines.into_iter().map(|line| ((line.topic, line.name.clone()), line.into_inner())).collect())
}

/// The first day that is not closed and not after `until`, if any.
///
/// # Errors
/// `store.*`.
pub fn days_to_close(tx: &mut Tx<'_>, until: Day) -> Result<Option<Day>, Fault> {
    let closed = last(tx, Closing::KIND.is(&ClosingKind::Day).condition)?;
    let next = match closed {
        Some(closed) => Some(closed.ends_on + 1),
        None => first_day(tx)?,
    };
    Ok(next.filter(|next| *next <= until))
}

/// Closes the days up to `until` that are not closed, oldest first, `most` of them at most, each
/// month behind its last day and each fiscal year behind its own. Tells how many days were closed.
///
/// # Errors
/// `closing.future` when `until` has not come; `store.*`.
pub fn close_days(tx: &mut Tx<'_>, until: Day, most: i64) -> Result<i64, Faults> {
    if until > tx.today() {
        return Err(Fault::new("closing.future").on("until").with("day", until).into());
    }
    let Some(first) = days_to_close(tx, until)? else { return Ok(0) };
    let day = last(tx, Closing::KIND.is(&ClosingKind::Day).condition)?;
    let totals = match &day {
        Some(day) => totals_of(tx, day.id)?,
        None => Totals::new(),
    };
    let newest = last(tx, Condition::Everything)?;
    let (rank, hash) =
        newest.map_or((0, BEGINNING.to_owned()), |it| (it.rank, it.into_inner().hash));
    let day = day.map(Kept::into_inner);
    let mut last = Last { day, totals, rank, hash };
    let (mut next, mut count) = (first, 0);
    while next <= until && count < most {
        close_day(tx, &mut last, next)?;
        (next, count) = (next + 1, count + 1);
    }
    Ok(count)
}

fn close_day(tx: &mut Tx<'_>, last: &mut Last, day: Day) -> Result<(), Faults> {
    let recorded = recorded(tx, day)?;
    let year = year_holding(tx, day)?;
    let mut totals = of_documents(tx.currency(), &recorded)?;
    let before = last.day.as_ref();
    carry(&mut totals, &last.totals, before.is_some_and(|before| before.ends_on >= year.from));
    let (mut rank, mut chain) =
        before.map_or((0, BEGINNING.to_owned()), |it| (it.last_document, it.chain.clone()));
    let id = tx.draw_id::<Closing>();
    let mut sealed = Vec::with_capacity(recorded.documents.len());
    for document in recorded.documents {
        rank += 1;
        chain = link(&chain, &document.hash);
        sealed.push(SealedDocument {
            rank,
            closing: id,
            about: document.about,
            number: document.number,
            hash: document.hash,
            link: chain.clone(),
        });
    }
    let period = Period { kind: ClosingKind::Day, code: day.to_string(), from: day, to: day };
    let made = write(tx, last, id, &period, &totals, (rank, chain))?;
    // Behind the closing that they name.
    for document in &sealed {
        tx.insert(document)?;
    }
    (last.day, last.totals) = (Some(made), totals);
    if day == day.end_of_month() {
        let code = format!("{:04}-{:02}", day.year(), day.month());
        let from = day.start_of_month();
        close_longer(tx, last, Period { kind: ClosingKind::Month, code, from, to: day })?;
    }
    if day == year.to { close_longer(tx, last, year) } else { Ok(()) }
}

/// Closes a month or a year from its days.
fn close_longer(tx: &mut Tx<'_>, last: &mut Last, period: Period) -> Result<(), Faults> {
    let within = Closing::KIND.is(&ClosingKind::Day)
        & Closing::STARTS_ON.at_least(&period.from)
        & Closing::ENDS_ON.at_most(&period.to);
    let query = Query::all(Closing::DEF).only(within.condition);
    let days: Vec<Kept<Closing>> = tx.select(query.sorted("rank", Direction::Up))?;
    let mut all = Vec::with_capacity(days.len());
    for day in &days {
        all.push(totals_of(tx, day.id)?);
    }
    let totals = of_days(all.iter());
    let chain = last.day.as_ref().map(|day| (day.last_document, day.chain.clone()));
    let id = tx.draw_id();
    write(tx, last, id, &period, &totals, chain.unwrap_or((0, BEGINNING.to_owned()))).map(drop)
}

/// The fiscal year of a day; the civil one where none is open.
pub(super) fn year_holding(tx: &mut Tx<'_>, day: Day) -> Result<Period, Fault> {
    let holding = FiscalYear::STARTS_ON.at_most(&day) & FiscalYear::ENDS_ON.at_least(&day);
    let kind = ClosingKind::Year;
    if let Some(year) = tx.first(holding)? {
        return Ok(Period {
            kind,
            code: year.code.clone(),
            from: year.starts_on,
            to: year.ends_on,
        });
    }
    let (from, to) = (Day::of(day.year(), 1, 1)?, Day::of(day.year(), 12, 31)?);
    Ok(Period { kind, code: day.year().to_string(), from, to })
}

/// Writes a closing under its hash.
fn write(
    tx: &mut Tx<'_>,
    last: &mut Last,
    id: Id<Closing>,
    period: &Period,
    totals: &Totals,
    (last_document, chain): (i64, String),
) -> Result<Closing, Faults> {
    let (audit_size, audit_root) = sealed_audit(tx)?;
    let heads = heads(tx.currency(), totals);
    let mut closing = Closing {
        code: period.code.clone(),
        kind: period.kind,
        rank: last.rank + 1,
        starts_on: period.from,
        ends_on: period.to,
        made_at: tx.now(),
        documents: heads.documents,
        last_document,
        chain,
        net: heads.net,
        tax: heads.tax,
        total: heads.total,
        year_total: heads.year_total,
        perpetual_total: heads.perpetual_total,
        received: heads.received,
        perpetual_received: heads.perpetual_received,
        totals: kernel::Lines::HERE,
        audit_size,
        audit_root,
        previous: last.hash.clone(),
        hash: String::new(),
    };
    closing.hash = digest(&of_closing(id, &closing, totals.values()).to_string());
    tx.insert_row(Closing::DEF, id.raw(), closing.to_record(), None)?;
    for line in totals.values() {
        tx.insert(&ClosingTotal { closing: id, ..line.clone() })?;
    }
    (last.rank, last.hash) = (closing.rank, closing.hash.clone());
    Ok(closing)
}

/// How far the audit is sealed, and the root that was signed last.
fn sealed_audit(tx: &mut Tx<'_>) -> Result<(i64, Option<String>), Fault> {
    // The tree is the store's own: its table is the only face that it shows to a command.
    let text = "select checkpoint.size, checkpoint.note from audit_checkpoint checkpoint \
                where checkpoint.company = $1 order by checkpoint.size desc limit 1";
    let row = tx.sql(text, &[])?.into_iter().next();
    let mut cells = crate::finance::rows::Cells::of(row.unwrap_or_default());
    let (size, note) = (cells.integer(), cells.text());
    Ok((size, note.lines().nth(2).map(ToOwned::to_owned)))
}
