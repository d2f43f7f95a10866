//! What passes between the company and its customers, until an order is made.

pub mod interactions;
pub mod sales;

use kernel::{Entity, Module, Settle};

pub static MODULE: Module = Module {
    name: "crm",
    entities: &[
        interactions::Interaction::DEF,
        sales::Opportunity::DEF,
        sales::StageChange::DEF,
        sales::Quote::DEF,
        sales::QuoteLine::DEF,
        sales::Order::DEF,
        sales::OrderLine::DEF,
        sales::Hold::DEF,
    ],
    actions: &[
        interactions::ACTIONS,
        sales::opportunity::ACTIONS,
        sales::quote_acts::ACTIONS,
        sales::order_acts::ACTIONS,
    ],
    settles: &[
        Settle { on: "interaction", run: interactions::settle },
        Settle { on: "opportunity", run: sales::opportunity::settle },
        Settle { on: "quote", run: sales::quote::settle },
        Settle { on: "order", run: sales::order::settle },
    ],
    guards: &[],
};
