//! Saved views: the address of a list, kept under a name by one person, for one or for all.

mod bar;
mod doors;
mod kept;

pub use bar::{Views, bar, of_list, tools};
pub use doors::routes;
pub use kept::{Audience, MODULE, SavedView};
