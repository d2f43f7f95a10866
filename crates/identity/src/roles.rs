//! The four roles and their rights.

use std::sync::OnceLock;

use kernel::Grants;

use crate::Role;

/// What everyone who works here may read.
const EVERYONE: &[&str] = &[
    "custom_field.read",
    "company.read",
    "payment_term.read",
    "unit.read",
    "tax.read",
    "product.read",
    "price_list.read",
    "price_list_line.read",
    "party.read",
    "address.read",
    "contact.read",
    "interaction.read",
    "opportunity.read",
    "stage_change.read",
    "quote.read",
    "quote_line.read",
    "order.read",
    "order_line.read",
    "hold.read",
    "location.read",
    "stock_level.read",
    "reservation.read",
    "expected_receipt.read",
    "shipment.read",
    "shipment_line.read",
    "invoice.read",
    "invoice_line.read",
    // Anyone may leave a word on a partner's timeline.
    "party.note",
    "party.call",
    "party.task",
    "interaction.create",
    "interaction.update",
    "interaction.finish",
    "interaction.reopen",
    // What one follows, and what one is told: each reads and changes their own alone.
    "user.follow",
    "user.unfollow",
    "user.read_all",
    "follow.read",
    "notification.read",
    "notification.mark_read",
    // What one brought in from a file, one may look at again; undoing wants more.
    "import_batch.read",
    "import_row.read",
    // A person keeps views of lists; the acts themselves let no one touch another's.
    "user.save_view",
    "saved_view.arrange",
    "saved_view.replace",
    "saved_view.drop",
    // And tiles of their dashboard.
    "user.pin_tile",
    "tile.arrange",
    "tile.move",
    "tile.drop",
];

const SELLER: &[&str] = &[
    "party.create",
    "party.update",
    "party.delete",
    "interaction.*",
    "opportunity.*",
    "quote.*",
    "quote.acceptance_token.read",
    "quote.signed_from.read",
    "quote.signed_with.read",
    "order.*",
    "payment.read",
    "allocation.read",
];

const ACCOUNTANT: &[&str] = &[
    "party.*",
    "company.update",
    "payment_term.*",
    "tax.*",
    "hold.*",
    "order.*",
    "account.*",
    "journal.*",
    "fiscal_year.*",
    "journal_entry.*",
    "journal_line.*",
    "invoice.*",
    "payment.*",
    "allocation.*",
    "bank_statement.*",
    "bank_line.*",
    "bank_rule.*",
    "stock_move.read",
    "valuation.read",
];

const WAREHOUSE: &[&str] = &[
    "shipment.*",
    "location.*",
    "stock_level.*",
    "stock_move.*",
    "reservation.*",
    "stock_count.*",
    "stock_count_line.*",
    "expected_receipt.*",
    "valuation.read",
    "product.update",
    "order.prepare",
    "order.reserve",
    "order.ship",
];

const OWNER: &[&str] =
    &["*.*", "quote.acceptance_token.read", "quote.signed_from.read", "quote.signed_with.read"];

/// The rights of a role.
#[must_use]
pub fn grants_of(role: Role) -> Grants {
    static ROLES: OnceLock<[Grants; 4]> = OnceLock::new();
    let with = |own: &[&'static str]| Grants::new(EVERYONE.iter().chain(own).copied());
    let [seller, accountant, warehouse, owner] = ROLES.get_or_init(|| {
        [with(SELLER), with(ACCOUNTANT), with(WAREHOUSE), Grants::new(OWNER.iter().copied())]
    });
    match role {
        Role::Seller => seller.clone(),
        Role::Accountant => accountant.clone(),
        Role::Warehouse => warehouse.clone(),
        Role::Owner => owner.clone(),
    }
}

/// Every right named here that is not a wildcard, so that a test may hold them against the
/// catalogue.
pub fn named_rights() -> impl Iterator<Item = &'static str> {
    [EVERYONE, SELLER, ACCOUNTANT, WAREHOUSE].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_does_its_own_work_and_no_other() {
        let may = |role, right| grants_of(role).allow(right);
        assert!(may(Role::Seller, "order.confirm") && !may(Role::Seller, "invoice.post"));
        assert!(may(Role::Accountant, "invoice.post") && !may(Role::Accountant, "shipment.ship"));
        assert!(may(Role::Warehouse, "shipment.ship") && !may(Role::Warehouse, "order.confirm"));
        for role in [Role::Seller, Role::Accountant, Role::Warehouse] {
            for secret in ["user.read", "user.update", "session.read", "api_token.read"] {
                assert!(!may(role, secret), "{role:?} {secret}");
            }
            assert!(may(role, "order.read") && may(role, "invoice.read"));
            assert!(!may(role, "custom_field.create"));
        }
        assert!(may(Role::Owner, "user.set_password"));
    }

    #[test]
    fn a_seller_does_not_release_the_holds_of_the_accountant() {
        assert!(!grants_of(Role::Seller).allow("hold.release"));
        assert!(grants_of(Role::Accountant).allow("hold.release"));
    }
}
