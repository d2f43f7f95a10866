//! The rules of the house: who may use whom, how code is cut, what the catalogue promises.

mod catalog;
mod edges;
mod guide;
mod licences;
mod schema;
mod security;
mod sources;
mod tidy;
