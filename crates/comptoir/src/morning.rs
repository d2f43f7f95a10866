//! What a company's house does by itself each morning.

use kernel::{Actor, CompanyNumber, Day, Door, Faults, Instant, Tx};
use serde_json::Value as Json;
use store::{Call, Store};

/// Work is begun at six, French time.
const BEGINS: i64 = 6 * 3600 * Instant::SECOND;

type Task = fn(&mut Tx<'_>) -> Result<usize, Faults>;

/// Each is done once a day, alone: what one refuses does not keep the others from being done.
const TASKS: [(&str, Task); 4] = [
    ("quotes", crm::sales::expire),
    ("payments", processes::payment_follow_up::review_all),
    ("tasks", web::together::tell::due),
    ("sessions", identity::session::sweep),
];

/// The day whose work is to be done now: before six it is still yesterday's.
#[must_use]
pub fn day(now: Instant) -> Day {
    Instant(now.0 - BEGINS).day()
}

/// Does the work of the day that is not done yet: quotes that nobody accepted expire, customers who
/// are late are known as such, those whose tasks are due are told, days that are over are closed.
/// Done again on the same day, also by another server, it does nothing.
///
/// # Errors
/// Those of the tasks.
pub fn work(store: &Store, company: CompanyNumber, now: Instant) -> Result<(), Faults> {
    let mut faults = Faults::default();
    for (name, task) in TASKS {
        let call = Call::new(Actor::house(company, Door::Event))
            .key(format!("morning:{name}:{}", day(now)))
            .at(now);
        if let Err(refused) = store.command(call, move |tx| Ok(Json::from(task(tx)?))) {
            faults.0.extend(refused.0);
        }
    }
    faults.gather(close(store, company, day(now), now));
    faults.into_result()
}

/// How many days one command closes: others have their turn between two.
const AT_ONCE: i64 = 31;

/// Closes the days that are over, oldest first; those of an old house, month by month.
fn close(store: &Store, company: CompanyNumber, today: Day, now: Instant) -> Result<(), Faults> {
    let house = Actor::house(company, Door::Event);
    let yesterday = today + -1;
    while store.read(&house, |tx| Ok(erp::finance::days_to_close(tx, yesterday)?))?.is_some() {
        store.command(Call::new(house.clone()).at(now), move |tx| {
            Ok(Json::from(erp::finance::close_days(tx, yesterday, AT_ONCE)?))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_six() {
        let noon = Instant::noon(Day(20_000));
        assert_eq!(day(noon), Day(20_000));
        let hour = 3600 * Instant::SECOND;
        // Noon is that of Greenwich: two in the afternoon, on this day of summer time.
        assert_eq!(day(Instant(noon.0 - 9 * hour)), Day(19_999), "five in the morning");
        assert_eq!(day(Instant(noon.0 - 8 * hour)), Day(20_000), "six in the morning");
        assert_eq!(day(Instant(noon.0 + 9 * hour)), Day(20_000), "eleven at night");
    }
}
