//! Logistics: shipments, from the shelf to the customer's door.

mod acts;
mod flow;
mod picking;
mod shipment;

pub use acts::ACTIONS;
pub use flow::{
    NewShipment, NewShipmentLine, Packing, ShippedLine, cancel, deliver, draft, in_preparation,
    lines, pack, pick, settle, ship, track,
};
pub use picking::{count, scan};
pub use shipment::{Shipment, ShipmentLine, ShipmentState};

#[cfg(test)]
mod tests;
