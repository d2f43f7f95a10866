//! What a dashboard shows before anyone pinned a tile: a set for each role.

use identity::Role;
use kernel::Text;

use super::kept::Measure;

/// A tile to start from.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub entity: &'static str,
    pub name: Text,
    pub parameters: &'static str,
    pub measure: Measure,
    pub field: Option<&'static str>,
    pub wide: bool,
}

const fn count(
    entity: &'static str,
    fr: &'static str,
    en: &'static str,
    of: &'static str,
) -> Start {
    let (name, measure) = (Text::new(fr, en), Measure::Count);
    Start { entity, name, parameters: of, measure, field: None, wide: false }
}

impl Start {
    const fn sum(mut self, field: &'static str) -> Self {
        self.measure = Measure::Sum;
        self.field = Some(field);
        self
    }
    const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

const ORDERED: Start =
    count("order", "Commandes par mois", "Orders by month", "group=ordered_on&all=1")
        .sum("net")
        .wide();
const OPEN_QUOTES: Start =
    count("quote", "Devis envoyés", "Quotes sent", "where=state%3Dsent&all=1").sum("net");
const PIPELINE: Start =
    count("opportunity", "Opportunités par étape", "Opportunities by stage", "group=stage&all=1")
        .sum("amount");
const LATE: Start = count(
    "invoice",
    "Factures en retard",
    "Invoices overdue",
    "where=open%20%3E%200%20and%20due_on%20%3C%20today%20and%20state%3Dposted&all=1",
)
.sum("open");
const BILLED: Start =
    count("invoice", "Factures par mois", "Invoices by month", "group=issued_on&all=1")
        .sum("net")
        .wide();
const PAID: Start = count("payment", "Règlements par mois", "Payments by month", "group=day&all=1")
    .sum("amount")
    .wide();
const TO_MATCH: Start = count(
    "bank_line",
    "Mouvements à rapprocher",
    "Bank lines to match",
    "where=state%3Dopen&all=1",
);
const HELD: Start =
    count("hold", "Retenues à lever", "Holds to lift", "where=released_at%3Aempty&all=1");
const LEAVING: Start = count(
    "shipment",
    "Expéditions à faire par état",
    "Shipments to do by state",
    "where=shipped_on%3Aempty&group=state&all=1",
)
.wide();
const TO_SHIP: Start =
    count("shipment", "Expéditions à faire", "Shipments to do", "where=shipped_on%3Aempty&all=1");
const PRODUCTS: Start =
    count("product", "Articles par famille", "Products by family", "group=family&all=1").wide();

/// The set of a role.
#[must_use]
pub const fn of(role: Role) -> &'static [Start] {
    match role {
        Role::Seller | Role::SalesManager | Role::Support | Role::Marketing => {
            &[OPEN_QUOTES, HELD, LATE, ORDERED, PIPELINE]
        }
        Role::Accountant | Role::AccountingFirm => &[LATE, TO_MATCH, HELD, BILLED, PAID],
        Role::Warehouse | Role::Production | Role::Buyer => &[TO_SHIP, HELD, LEAVING, PRODUCTS],
        Role::HumanResources | Role::Custom => &[],
        Role::Owner | Role::Auditor | Role::Integrator => {
            &[LATE, OPEN_QUOTES, TO_MATCH, ORDERED, PIPELINE, BILLED]
        }
    }
}
