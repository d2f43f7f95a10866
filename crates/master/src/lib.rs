//! What every department speaks of: the company, its partners, products, prices, taxes and terms.

pub mod amounts;
pub mod company;
pub mod countries;
pub mod identifiers;
pub mod party;
pub mod price;
pub mod product;
pub mod seed;
pub mod tax;
pub mod terms;

pub use amounts::{TaxShare, Totals, totals};
pub use company::{Company, company};
pub use party::{Address, AddressKind, Contact, Party, PartyKind, Standing, Tongue};
pub use price::{PriceList, PriceListLine, price_for};
pub use product::{Product, ProductKind, Unit};
pub use seed::seed;
pub use tax::{Tax, TaxCategory, tax_for};
pub use terms::{PaymentTerm, due_on};

use kernel::{Currency, Entity, Fault, Module, Settle};

pub static MODULE: Module = Module {
    name: "master",
    entities: &[
        PaymentTerm::DEF,
        Unit::DEF,
        Tax::DEF,
        Company::DEF,
        Product::DEF,
        PriceList::DEF,
        PriceListLine::DEF,
        Party::DEF,
        Address::DEF,
        Contact::DEF,
    ],
    actions: &[],
    settles: &[
        Settle { on: "company", run: company::settle },
        Settle { on: "party", run: party::settle },
        Settle { on: "product", run: product::settle },
        Settle { on: "price_list", run: price::settle },
    ],
    guards: &[],
};

/// Refuses an amount in another currency than the company's accounts: one currency a company.
///
/// # Errors
/// `currency.other`, on the field.
pub fn own_currency(own: Currency, given: Currency, field: &'static str) -> Result<(), Fault> {
    if own == given {
        return Ok(());
    }
    Err(Fault::new("currency.other").on(field).with("given", given.code()).with("own", own.code()))
}
