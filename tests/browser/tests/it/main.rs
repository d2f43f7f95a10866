//! People at work in a real browser, on a real company: by mouse and by keys, on a desk and on a
//! phone, in French and in English. Every page is looked at by axe-core, in both lights.
//!
//! `COMPTOIR_WITHOUT_BROWSER` leaves them out where there is no Chromium; `COMPTOIR_PICTURES` names
//! a folder for what they saw.

mod accounting;
mod beginning;
mod by_keyboard;
mod by_mouse;
mod driver;
mod every_page;
mod eye;
mod golden;
mod many;
mod measured;
mod page;
mod paid;
mod passkeys;
mod picture;
mod pinned;
mod provided;
mod scanned;
mod screens;
mod selling;
mod shop;
mod signed;
mod thousands;
mod together;
mod told;
mod walker;
