//! The stories of order to cash, told as a seller lives them; the same on both databases.

mod credit_story;
mod full_cycle;
mod shop;
mod stock_story;
