//! The ready roles: one for each job of a company, as the program brings them.

use std::sync::OnceLock;

use kernel::rights::parse;
use kernel::{Choice, Door, Grants, Text};

use crate::{Role, access};

/// What everyone who comes in has: what belongs to them alone, and what every page is made of.
const COMMON: &[&str] = &[
    "custom_field.read",
    "company.read",
    "unit.read",
    // What one follows, and what one is told: each reads and changes their own alone.
    "user.follow",
    "user.unfollow",
    "user.read_all",
    "follow.read",
    "notification.read",
    "notification.mark_read",
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
    // What one asked a second person for.
    "approval.withdraw",
];

/// What everyone who works here reads.
const WORK: &[&str] = &[
    "payment_term.read",
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
];

/// What everyone who works here does.
const DOING: &[&str] = &[
    // Anyone may leave a word on a partner's timeline.
    "party.note",
    "party.call",
    "party.task",
    "interaction.create",
    "interaction.update",
    "interaction.finish",
    "interaction.reopen",
    // What one brought in from a file, one may look at again; undoing wants more.
    "import_batch.read",
    "import_row.read",
    "*.export",
    "*.bulk",
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

const SALES_MANAGER: &[&str] =
    &["hold.*", "price_list.*", "price_list_line.*", "party.*", "team.read"];

const BUYER: &[&str] = &[
    "party.create",
    "party.update",
    "product.create",
    "product.update",
    "expected_receipt.*",
    "stock_move.read",
    "valuation.read",
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
    "closing.*",
    "closing_total.read",
    "sealed_document.read",
    "stock_move.read",
    "valuation.read",
    "approval.read",
    "approval.approve",
    "approval.refuse",
    "approval_rule.read",
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
    "product.update",
    "order.prepare",
    "order.reserve",
];

const PRODUCTION: &[&str] = &[
    "stock_move.read",
    "stock_count.read",
    "stock_count_line.read",
    "expected_receipt.read",
    "expected_receipt.receive",
    "order.reserve",
];

/// The books, to be read and taken out.
const BOOKS: &[&str] = &[
    "account.read",
    "journal.read",
    "fiscal_year.read",
    "journal_entry.read",
    "journal_line.read",
    "payment.read",
    "allocation.read",
    "bank_statement.read",
    "bank_line.read",
    "bank_rule.read",
    "closing.read",
    "closing_total.read",
    "sealed_document.read",
    "stock_move.read",
    "valuation.read",
    "*.export",
];

const HUMAN_RESOURCES: &[&str] = &["user.read", "user_role.read", "team.*", "team_member.read"];

const SUPPORT: &[&str] = &["party.update", "interaction.*"];

const MARKETING: &[&str] = &["party.create", "party.update", "interaction.*", "opportunity.create"];

const AUDITOR: &[&str] = &["*.read", "*.export"];

/// The sealed proofs of a quote, each by its name.
const SEALED: &[&str] =
    &["quote.acceptance_token.read", "quote.signed_from.read", "quote.signed_with.read"];

/// What things cost and what they earn.
const COSTS: &[&str] = &[
    "product.cost.read",
    "order.margin.read",
    "order_line.unit_cost.read",
    "quote.margin.read",
    "quote_line.unit_cost.read",
];

/// Besides those, the money that those who handle goods have no use of.
const GOODS: &[&str] = &[
    "stock_move.unit_cost.read",
    "stock_move.value.read",
    "expected_receipt.unit_cost.read",
    "party.credit_limit.read",
];

type Lists = Vec<&'static [&'static str]>;

/// The lists of rights that a role permits, and what it forbids.
fn lists(role: Role) -> (Lists, Lists) {
    let permits: Lists = match role {
        Role::Owner => vec![&["*.*"], SEALED],
        Role::Seller => vec![COMMON, WORK, DOING, SELLER],
        Role::SalesManager => vec![COMMON, WORK, DOING, SELLER, SALES_MANAGER],
        Role::Buyer => vec![COMMON, WORK, DOING, BUYER],
        Role::Accountant => vec![COMMON, WORK, DOING, ACCOUNTANT],
        Role::AccountingFirm => vec![COMMON, WORK, BOOKS],
        Role::Warehouse => vec![COMMON, WORK, DOING, WAREHOUSE],
        Role::Production => vec![COMMON, WORK, DOING, PRODUCTION],
        Role::HumanResources => vec![COMMON, HUMAN_RESOURCES],
        Role::Support => vec![COMMON, WORK, DOING, SUPPORT],
        Role::Marketing => vec![COMMON, WORK, DOING, MARKETING],
        Role::Auditor => vec![COMMON, AUDITOR],
        Role::Integrator => vec![&["*.*"]],
        Role::Custom => vec![COMMON],
    };
    let forbids: Lists = match role {
        Role::Warehouse | Role::Production => vec![COSTS, GOODS],
        Role::Support => vec![COSTS],
        Role::Marketing => vec![&["party.credit_limit.read", "party.credit_limit.write"], COSTS],
        // A program has no say in who may do what.
        Role::Integrator => vec![&[
            "user.create",
            "user.update",
            "user.delete",
            "user.set_password",
            "access_role.*",
            "user_role.*",
            "team.*",
            "api_token.*",
            "session.*",
            "approval.approve",
            "approval.refuse",
            "approval_rule.*",
        ]],
        _ => Vec::new(),
    };
    (permits, forbids)
}

/// The rules of a ready role, as people read them: a line for each entity, in the order in which
/// they come first.
#[must_use]
pub fn ready_rules(role: Role) -> &'static str {
    static RULES: OnceLock<Vec<(Role, String)>> = OnceLock::new();
    let all = RULES.get_or_init(|| {
        let roles = Role::VALUES.iter().filter_map(|(name, _)| Role::of_name(name));
        roles.map(|role| (role, written(role))).collect()
    });
    all.iter().find(|(other, _)| *other == role).map_or("", |(_, rules)| rules)
}

fn written(role: Role) -> String {
    let (permits, forbids) = lists(role);
    let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
    for right in permits.into_iter().flatten().copied() {
        let entity = right.split('.').next().unwrap_or_default();
        match lines.iter_mut().find(|(known, _)| *known == entity) {
            Some((_, rights)) if rights.contains(&right) => {}
            Some((_, rights)) => rights.push(right),
            None => lines.push((entity, vec![right])),
        }
    }
    let mut text: Vec<String> =
        lines.iter().map(|(_, rights)| format!("permit {}", rights.join(", "))).collect();
    if !forbids.is_empty() {
        text.push(format!("forbid {}", forbids.concat().join(", ")));
    }
    text.join("\n")
}

/// What a role is for, in a sentence.
#[must_use]
pub const fn what_for(role: Role) -> Text {
    match role {
        Role::Owner => Text::new(
            "Tout, dont les réglages et les utilisateurs.",
            "Everything, settings and users included.",
        ),
        Role::Seller => Text::new(
            "Clients, affaires, devis, commandes ; lit le stock et les factures.",
            "Customers, opportunities, quotes, orders; reads stock and invoices.",
        ),
        Role::SalesManager => Text::new(
            "La vente, plus les tarifs et la levée des retenues.",
            "Sales, with price lists and the release of holds.",
        ),
        Role::Buyer => Text::new(
            "Fournisseurs, articles, réceptions attendues.",
            "Suppliers, products, expected receipts.",
        ),
        Role::Accountant => Text::new(
            "Factures, règlements, banque, écritures ; lève les retenues.",
            "Invoices, payments, bank, entries; releases holds.",
        ),
        Role::AccountingFirm => Text::new(
            "Lit les livres et les emporte ; ne change rien.",
            "Reads the books and takes them out; changes nothing.",
        ),
        Role::Warehouse => Text::new(
            "Stock, expéditions, réceptions, inventaires.",
            "Stock, shipments, receipts, counts.",
        ),
        Role::Production => Text::new(
            "Lit le stock et ses mouvements, réserve et réceptionne.",
            "Reads stock and its moves, reserves and receives.",
        ),
        Role::HumanResources => Text::new(
            "Les personnes et les équipes ; ni clients ni factures.",
            "People and teams; neither customers nor invoices.",
        ),
        Role::Support => Text::new(
            "Suit les clients et leurs échanges ; lit commandes et expéditions.",
            "Follows customers and what they say; reads orders and shipments.",
        ),
        Role::Marketing => Text::new(
            "Contacts et affaires nouvelles ; ne voit pas les encours autorisés.",
            "Contacts and new opportunities; does not see credit limits.",
        ),
        Role::Auditor => {
            Text::new("Lit tout, ne change rien.", "Reads everything, changes nothing.")
        }
        Role::Integrator => Text::new(
            "Un programme : tout, sauf les personnes et leurs droits.",
            "A program: everything, but people and their rights.",
        ),
        Role::Custom => Text::new(
            "Entrer, et les droits de ses autres rôles.",
            "To come in, and the rights of their further roles.",
        ),
    }
}

/// The rights of a ready role, as the program brings it.
#[must_use]
pub fn grants_of(role: Role) -> Grants {
    Grants::of(access::compiled(ready_rules(role), Door::Web), [])
}

/// Every right named here, so that a test may hold them against the catalogue.
pub fn named_rights() -> impl Iterator<Item = String> {
    let roles = Role::VALUES.iter().filter_map(|(name, _)| Role::of_name(name));
    let rules = roles.flat_map(|role| parse(ready_rules(role)).unwrap_or_default());
    rules.flat_map(|rule| rule.rights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_role_reads_back() {
        for (name, _) in Role::VALUES {
            let rules = ready_rules(Role::of_name(name).unwrap());
            assert!(!parse(rules).unwrap().is_empty(), "{name}");
        }
    }

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
        assert!(may(Role::AccountingFirm, "journal_entry.read"));
        assert!(!may(Role::AccountingFirm, "invoice.post"));
        assert!(may(Role::Auditor, "user.read") && !may(Role::Auditor, "party.update"));
        assert!(may(Role::Integrator, "order.confirm") && !may(Role::Integrator, "user.create"));
        assert!(!may(Role::Custom, "party.read") && may(Role::Custom, "user.save_view"));
    }

    #[test]
    fn a_seller_does_not_release_the_holds_of_the_accountant() {
        assert!(!grants_of(Role::Seller).allow("hold.release"));
        assert!(grants_of(Role::Accountant).allow("hold.release"));
    }
}
