//! The parts of a page: plain functions that return [`maud::Markup`], and a few builders that are
//! drawn by writing `(part)` inside [`maud::html!`].
//!
//! A part receives text that is already written for the reader (`language.money(amount)`); it adds
//! the shape, the classes of `assets/css`, the roles, and the hooks of `assets/js`. No part writes
//! a `style` attribute or a handler: the content policy forbids both.
//!
//! | to show | use |
//! |---|---|
//! | a state, the four marks, the credit light | [`state`], [`marks`], [`light`] with a [`Tone`] |
//! | a list | [`Ledger`] of [`Column`], [`Row`], [`Sum`]; [`pager`], [`bulk_bar`] |
//! | the head of a page | [`head`], then [`tabs`], [`chips`], [`banner`], [`figures`] |
//! | a record | [`section`], [`definitions`], [`rows`], [`thread`], [`gauge`], [`gauge_legend`] |
//! | a form | [`error_summary`], [`fieldset`], [`Field`], [`hidden`], [`form_end`]; [`picked`] |
//! | the lines of a document | [`LineGrid`], [`totals`] |
//! | an action | [`Button`], [`actions`], [`key_hints`] |
//! | the answers to `/pick/…` and `/palette` | [`pick_options`], [`found`] |
//! | a cycle, a match | [`board`], [`proposals`] |
//! | what happened | [`toast`], or a flash in the shell; [`dialog`] |
//! | nothing | [`empty`]: what it means and what to do next |
//!
//! # A list
//!
//! ```
//! use kernel::{Language, Money};
//! use maud::{Render, html};
//! use web::parts::{Button, Column, Ledger, Row, Sum, Tone, empty, state};
//!
//! let language = Language::French;
//! let columns = vec![
//!     Column::number("Commande"),
//!     Column::title("Client").grow(),
//!     Column::quiet("Ville"),
//!     Column::state("Étape déduite"),
//!     Column::amount("Montant HT"),
//! ];
//! let ledger = Ledger::new(language, "Commandes", columns)
//!     .id("orders")
//!     .choose("chosen")
//!     .empty(empty("Aucune commande.", "Elle s’ouvre depuis un devis ou un client.", &[
//!         Button::link("Nouvelle commande", "/orders/new").primary(),
//!     ]))
//!     .row(
//!         Row::new(vec![
//!             html! { "CC-1142" },
//!             html! { a href="/orders/1" { "Bistrot du Canal" } },
//!             html! { "Paris 10e" },
//!             state(Tone::Blocked, "retenue"),
//!             html! { (language.money(Money::eur(341_860))) },
//!         ])
//!         .record("1", "CC-1142"),
//!     )
//!     .total(Sum::new("1 commande", vec![html! { (language.money(Money::eur(341_860))) }]));
//! assert!(ledger.render().into_string().contains("Bistrot du Canal"));
//! ```
//!
//! # What the scripts do, by attribute
//!
//! Every page works without scripts; these attributes only make it quicker.
//!
//! | attribute | on | does |
//! |---|---|---|
//! | `data-swap="#id"` | link, form, submit | replaces that element instead of the page |
//! | `data-confirm="…?"` | link, button | asks first |
//! | `data-key="c"`, `"ctrl+s"` | link, button | that key presses it |
//! | `data-go="o"` | link of the rail | `g` then that letter |
//! | `data-pick="product"` | wrapper of a reference | searches `/pick/product?q=` as one types |
//! | `data-with="customer,…"` | the same | sends these fields of the form with the search |
//! | `data-lines="lines"` | table of a grid | adds, removes, moves, pastes, renumbers lines |
//! | `data-preview="/url"` | form | posts the form as it changes, places what comes back |
//! | `data-live="/live?about=…"` | element with an id | takes over what changed when the server says so |
//! | `data-guard` | form | warns before unsaved changes are lost |
//! | `data-open="#id"`, `data-close` | button | opens and closes a dialog |
//! | `data-filter` | form | sends itself as its fields change |
//! | `data-follow` | around a ledger | the current line's first link is followed at once |
//! | `data-focus` | element | takes the focus when the page opens |
//!
//! A swap asks with the header `X-Fragment: id`, so the server may answer with that element alone
//! or with the whole page; it keeps the history, and follows to the page answered when the element
//! is not there. A preview asks with `X-Fragment: preview`; each element of the answer that has an
//! id takes the place of its namesake, unless someone is typing in it: computed cells of a grid are
//! `f-lines-{rank}-{field}`, totals have the ids given to [`totals`]. Live news is a stream of
//! server-sent events: `moved` means "fetch again", `present` carries who else looks.

mod actions;
mod board;
mod columns;
mod fields;
mod floating;
mod forms;
mod frame;
mod icons;
mod ledger;
mod lines;
mod thread;
mod tones;
mod turns;

pub use actions::{Button, actions, key_hints, shown};
pub use board::{HoldNote, Lane, Proposal, Tick, board, proposals};
pub use columns::{Column, Fold, Sort};
pub use fields::{Field, Opt, field_id};
pub use floating::{Found, FoundGroup, PickOption, dialog, found, marked, pick_options, toast};
pub use forms::{Picked, error_summary, fieldset, form_end, hidden, picked};
pub use frame::{
    Chip, Figure, Tab, banner, bulk_bar, chips, definitions, empty, figures, head, pager, rows,
    section, tabs,
};
pub use icons::{Icon, icon, sign};
pub use ledger::{Ledger, Row, Sum};
pub use lines::{Cell, LineColumn, LineGrid, LineValue, totals};
pub use thread::{Exposure, Moment, Voice, gauge, gauge_legend, thread};
pub use tones::{Mark, Marks, Tone, light, marks, marks_head, state};
pub use turns::Turns;

use kernel::{Language, Text};

/// The word of this language.
#[must_use]
pub const fn say(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    Text::new(fr, en).say(language)
}
