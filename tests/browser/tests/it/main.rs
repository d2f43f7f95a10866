//! Two people sell, deliver and are paid in a real browser, on a real company: one by mouse and in
//! French, one by keyboard alone and in English.
//!
//! `COMPTOIR_WITHOUT_BROWSER` leaves them out where there is no Chromium; `COMPTOIR_PICTURES` names
//! a folder for what they saw.

mod beginning;
mod by_keyboard;
mod by_mouse;
mod driver;
mod every_page;
mod eye;
mod golden;
mod many;
mod page;
mod paid;
mod selling;
mod shop;
mod together;
mod walker;
