//! `/dashboard`: what lists come to, side by side: figures and bars that a person pinned, and those
//! that others share. Each tile is one grouped query, and leads to its list.

mod kept;
mod page;
mod pinning;
mod start;

use axum::Router;
use axum::routing::{get, post};
use kernel::{LongText, Text};

use crate::WebState;

pub use kept::{ACTIONS, Measure, Sharing, Tile};
pub use pinning::link;

/// The key of the page in the rail.
pub const DASHBOARD: &str = "dashboard";

/// What the rail and the palette say of the page: its name, where it is, the letter that goes
/// there after `g`, and the right to see it.
pub const LABEL: Text = Text::new("Tableau de bord", "Dashboard");
pub const ADDRESS: &str = "/dashboard";
pub const LETTER: char = 'w';
pub const RIGHT: &str = "user.pin_tile";

/// The paths of the dashboard.
pub fn routes() -> Router<WebState> {
    Router::new()
        .route("/dashboard", get(page::page))
        .route("/dashboard/pin", get(pinning::form).post(pinning::pin))
        .route("/dashboard/start", post(page::start))
        .route("/dashboard/{id}/{act}", post(page::change))
}

/// The parameters of a tile, as they stand in an address.
fn parameters(text: Option<&LongText>) -> &str {
    text.map_or("", |text| text.0.as_str())
}
