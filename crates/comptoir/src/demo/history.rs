//! The history of the company, day by day, by the acts of those who work there.

use identity::User;
use kernel::{Faults, Instant};
use store::Store;

use super::pipeline;
use super::shop::Shop;
use super::{bank, books, desk, founding, stories, talk, team, warehouse};

/// Writes a history of so many months that ends now.
///
/// # Errors
/// Those of the acts, `store.*`.
pub fn write(
    store: &Store,
    now: Instant,
    months: i32,
    users: Vec<User>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Shop, Faults> {
    let mut shop = founding::found(store, now, months, users)?;
    for item in &mut shop.items {
        // The opening stock lasts about fourteen weeks.
        item.demand = item.opening.0 / 70 * 27;
    }
    let mut pipeline = pipeline::plan(&mut shop)?;
    talk::plan(&mut shop)?;
    stories::plan(&mut shop);
    let days = shop.calendar.days().to_vec();
    for (rank, day) in days.iter().copied().enumerate() {
        let left = days.len() - 1 - rank;
        stories::run_short(&mut shop, day, left)?;
        warehouse::receive(&mut shop, day)?;
        if matches!(day.weekday(), 1 | 4) {
            bank::statement(&mut shop, day)?;
        }
        if day.weekday() == 2 || left == 1 {
            books::follow_up(&mut shop, day)?;
        }
        desk::take_orders(&mut shop, day)?;
        bank::pay(&mut shop, day)?;
        books::mend(&mut shop, day)?;
        desk::confirm_orders(&mut shop, day)?;
        warehouse::prepare(&mut shop, day)?;
        talk::write(&mut shop, day)?;
        warehouse::send(&mut shop, day)?;
        pipeline::work(&mut shop, &mut pipeline, day)?;
        if matches!(day.weekday(), 1 | 3 | 5) {
            warehouse::replenish(&mut shop, day)?;
        }
        if left % 88 == 30 || left == 0 {
            warehouse::count(&mut shop, day, left != 0)?;
        }
        books::evening(&mut shop, day)?;
        if day.month() == 4 && day.day() >= 20 {
            books::lock_past_year(&shop, day)?;
        }
        progress(rank + 1, days.len());
    }
    let last = shop.calendar.today();
    books::review(&shop, last)?;
    team::work(&shop, last)?;
    Ok(shop)
}
