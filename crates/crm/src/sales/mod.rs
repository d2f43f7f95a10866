//! Opportunities, quotes and orders. What an order needs of stock and of the books, it does not
//! know: its derived states are told to it.

pub mod acceptance;
pub mod another_customer;
pub mod hold;
pub mod numbers;
pub mod opportunity;
pub mod order;
pub mod order_acts;
pub mod pricing;
pub mod quote;
pub mod quote_acts;
pub mod signature;

pub use acceptance::{Acceptance, Proof, accept};
pub use hold::{Hold, HoldKind, open_hold, open_holds, release_hold};
pub use opportunity::{Opportunity, OpportunityStage, StageChange};
pub use order::{Invoicing, Order, OrderLine, OrderStage, PaymentState, Progress, lines};
pub use order_acts::{OrderStates, cancel, close, confirm, set_states};
pub use pricing::{Priced, PricedLine, Wanted, price_document};
pub use quote::{Quote, QuoteLine, QuoteState};
pub use quote_acts::{expire, order_of_quote, quote_by_token, refuse, revise, send};
pub use signature::Drawing;
