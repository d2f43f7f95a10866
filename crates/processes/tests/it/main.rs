//! The stories of order to cash, told as a seller lives them; the same on both databases.

mod full_cycle;
mod shop;
