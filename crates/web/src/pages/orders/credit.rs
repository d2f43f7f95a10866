//! The credit of a customer beside an order: what it owes and will owe, part by part, and whether
//! the order fits. The figures are those by which the order will be judged.

use std::collections::HashMap;

use crm::sales::Order;
use erp::finance;
use kernel::{Day, Fault, Faults, Id, Kept, Money, Rate, RawId, Tx, Value};
use master::{Party, Tax, totals};
use maud::{Markup, html};
use processes::order_to_cash::credit::{Exposure, exposure};

use super::when;
use crate::door::Ask;
use crate::parts::{self, Tone, gauge, gauge_legend, light, say};

/// A customer's credit as an order sees it.
pub struct Credit {
    pub parts: parts::Exposure,
    /// Nothing when the customer may owe whatever it likes.
    pub limit: Option<Money>,
    /// Why an order needs a person's consent.
    pub doubt: Option<Fault>,
    /// Open on invoices that fell due.
    pub overdue: Money,
    pub overdue_since: Option<Day>,
}

/// What an order adds to the exposure of its customer.
pub enum More {
    /// A draft: its total is not counted yet.
    Draft(Money),
    /// A confirmed order: what of it is not invoiced is counted already.
    Counted(Id<Order>),
    /// The customer alone.
    Nothing,
}

/// Lines of confirmed orders that left and are not invoiced.
const DELIVERED: &str = "\
select o.id, l.tax, t.rate, l.net, l.quantity, l.delivered - l.invoiced
from orders o
  join order_lines l on l.company = o.company and l.\"order\" = o.id
  join taxes t on t.company = l.company and t.id = l.tax
where o.company = $1 and o.party = $2 and o.stage = 'confirmed' and o.invoicing_state <> 'full'
  and l.delivered > l.invoiced";

/// Reads it.
///
/// # Errors
/// `company.missing`, `store.*`.
pub fn credit(tx: &mut Tx<'_>, party: &Kept<Party>, more: &More) -> Result<Credit, Faults> {
    let whole = exposure(tx, party, &[])?;
    credit_of(tx, party, whole, more)
}

/// The same, from an exposure that is read already.
///
/// # Errors
/// `company.missing`, `store.*`.
pub fn credit_of(
    tx: &mut Tx<'_>,
    party: &Kept<Party>,
    whole: Exposure,
    more: &More,
) -> Result<Credit, Faults> {
    let nothing = Money::zero(tx.currency());
    let (counted, this_order, asked) = match more {
        More::Nothing => (whole.ordered, nothing, nothing),
        More::Draft(total) => (whole.ordered, *total, *total),
        More::Counted(order) => {
            let others = exposure(tx, party, &[*order])?.ordered;
            (others, whole.ordered - others, nothing)
        }
    };
    let except = if let More::Counted(order) = more { Some(*order) } else { None };
    let delivered = delivered(tx, party.id, except)?;
    let today = tx.today();
    let late = finance::overdue_invoices(tx, today, Some(party.id))?;
    let overdue = Money::sum(tx.currency(), late.iter().map(|invoice| invoice.open));
    Ok(Credit {
        doubt: whole.doubt(asked, party.standing, today),
        parts: split(&whole, counted, delivered, this_order),
        limit: whole.limit,
        overdue,
        overdue_since: whole.overdue_since,
    })
}

/// Draft invoices stand with what was delivered: they wait for a signature only. Deposits are part
/// of what was ordered, so they come off it. The parts add up to the exposure.
fn split(whole: &Exposure, counted: Money, delivered: Money, this_order: Money) -> parts::Exposure {
    let confirmed = counted - delivered - whole.deposits;
    let nothing = Money::zero(counted.currency);
    // A deposit beyond what is left to deliver eats into what was.
    let (delivered, confirmed) = if confirmed.minor < 0 {
        (delivered + whole.drafts + confirmed, nothing)
    } else {
        (delivered + whole.drafts, confirmed)
    };
    let limit = whole.limit.unwrap_or(nothing);
    parts::Exposure { open: whole.receivables, delivered, confirmed, this_order, limit }
}

/// An amount and its tax.
type Taxed = (Id<Tax>, Rate, Money);

fn delivered(tx: &mut Tx<'_>, party: Id<Party>, except: Option<Id<Order>>) -> Result<Money, Fault> {
    let currency = tx.currency();
    let mut orders: HashMap<RawId, Vec<Taxed>> = HashMap::new();
    for row in tx.sql(DELIVERED, &[Value::Ref(party.raw())])? {
        let [Value::Ref(order), Value::Ref(tax), rate, net, quantity, left] = &row[..] else {
            continue;
        };
        if except.is_some_and(|except| except.raw() == *order) {
            continue;
        }
        let part = Money::new(integer(net), currency).part(integer(left), integer(quantity));
        let line = (Id::from_raw(*tax), Rate(integer(rate)), part);
        orders.entry(*order).or_default().push(line);
    }
    Ok(Money::sum(currency, orders.into_values().map(|lines| totals(currency, lines).total)))
}

fn integer(value: &Value) -> i64 {
    if let Value::Integer(number) = value { *number } else { 0 }
}

impl Credit {
    #[must_use]
    pub fn total(&self) -> Money {
        self.parts.open + self.parts.delivered + self.parts.confirmed + self.parts.this_order
    }
    /// Green within the limit, amber from nine tenths of it or with something overdue, red beyond.
    #[must_use]
    pub fn tone(&self) -> Tone {
        let near = self.limit.is_some_and(|limit| {
            i128::from(self.total().minor) * 10 >= i128::from(limit.minor) * 9
        });
        match &self.doubt {
            Some(_) => Tone::Blocked,
            None if near || self.overdue_since.is_some() => Tone::Watch,
            None => Tone::Yours,
        }
    }
    /// `Crédit : dépassé de 8 147,18 €`.
    #[must_use]
    pub fn title(&self, ask: &Ask) -> String {
        let say = |fr, en| say(ask.language, fr, en);
        let money = |amount| ask.language.money(amount);
        match (self.limit, &self.doubt) {
            (_, Some(fault)) if fault.code == "credit.blocked" => {
                say("Crédit : client bloqué", "Credit: customer blocked").to_owned()
            }
            (_, Some(fault)) if fault.code == "credit.overdue" => {
                say("Crédit : retard de paiement", "Credit: payment overdue").to_owned()
            }
            (Some(limit), _) if self.total().minor > limit.minor => {
                let over = money(self.total() - limit);
                format!("{} {over}", say("Crédit : dépassé de", "Credit: exceeded by"))
            }
            (Some(limit), _) => {
                let left = money(limit - self.total());
                format!("{} {left}", say("Crédit : disponible", "Credit: available"))
            }
            (None, _) => say("Crédit : sans plafond", "Credit: no limit").to_owned(),
        }
    }
    /// The light, the gauge and its figures; the doubt in words unless the page has `told` it.
    #[must_use]
    pub fn drawn(&self, ask: &Ask, this_order: &str, told: bool) -> Markup {
        let language = ask.language;
        let late = if self.overdue.is_zero() {
            String::new()
        } else {
            let overdue = language.money(self.overdue);
            match language {
                kernel::Language::French => format!("dont {overdue} échus"),
                kernel::Language::English => format!("of which {overdue} overdue"),
            }
        };
        html! {
            section.sec id="document-credit" {
                header { h2 { (light(language, self.tone())) (self.title(ask)) } }
                @if self.limit.is_some() { (gauge(language, &self.parts)) }
                (gauge_legend(language, &self.parts, [&late, "", "", this_order]))
                (self.note(ask, told))
            }
        }
    }
    /// The same in one line, for a wide section.
    #[must_use]
    pub fn legend(&self, ask: &Ask) -> Markup {
        let say = |fr, en| say(ask.language, fr, en);
        let parts = [
            ("g1", say("factures", "invoices"), self.parts.open),
            ("g3", say("livré", "delivered"), self.parts.delivered),
            ("g2", say("confirmé", "confirmed"), self.parts.confirmed),
        ];
        html! {
            div.row.muted {
                @for (class, word, amount) in parts {
                    @if !amount.is_zero() {
                        span { span class={ "key " (class) } {} (word) " "
                            (ask.language.money(amount)) }
                    }
                }
            }
        }
    }

    fn note(&self, ask: &Ask, told: bool) -> Markup {
        let language = ask.language;
        html! {
            p.muted.mt {
                @match self.limit {
                    Some(limit) => {
                        (say(language, "Plafond", "Limit")) " " (language.money(limit)) "."
                    }
                    None => {
                        (say(
                            language,
                            "Aucun plafond n’est fixé pour ce client.",
                            "No limit is set for this customer.",
                        ))
                    }
                }
                @if let Some(fault) = &self.doubt {
                    @if !told { " " (kernel::sentence(fault, language)) }
                }
                @else if let Some(since) = self.overdue_since {
                    " "
                    (say(language, "Échu depuis le", "Overdue since"))
                    " " (when::day_of(language, since, since)) "."
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(drafts: i64, ordered: i64, deposits: i64) -> Exposure {
        let eur = Money::eur;
        Exposure {
            receivables: eur(1_000),
            drafts: eur(drafts),
            ordered: eur(ordered),
            deposits: eur(deposits),
            overdue_since: None,
            limit: Some(eur(10_000)),
        }
    }

    #[test]
    fn the_parts_add_up_to_the_exposure() {
        for (drafts, ordered, delivered, deposits) in
            [(0, 0, 0, 0), (500, 3_000, 1_000, 200), (0, 900, 400, 700)]
        {
            let whole = whole(drafts, ordered, deposits);
            let nothing = Money::eur(0);
            let parts = split(&whole, whole.ordered, Money::eur(delivered), nothing);
            let sum = parts.open + parts.delivered + parts.confirmed + parts.this_order;
            assert_eq!(sum, whole.total());
            assert!(parts.confirmed.minor >= 0);
        }
    }
}
