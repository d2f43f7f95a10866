//! Those the company deals with, and the terms they have.

use std::collections::HashMap;

use identity::Role;
use kernel::{Actor, Day, Entity, Faults, Filter, Id, Instant, Rate, Tx, Value, edit::Draft};
use master::{Address, Contact, Party, PaymentTerm, PriceList};

use super::sheets::{self, Row};
use super::shop::{Customer, Pays, Shop, filled, make, maybe, with_lines};

/// Code, name, percent off.
const LISTS: &[(&str, &str, i64)] = &[
    ("restaurants", "Tarif restaurants", 8),
    ("hotels", "Tarif hôtels", 12),
    ("revendeurs", "Tarif revendeurs", 20),
];

/// Its identifiers were never asked for: its orders wait until someone does.
pub const WITHOUT_SIREN: &str = "C098";

/// The departments of the seller of the South and the East.
const SOUTH_AND_EAST: &[&str] = &[
    "01", "03", "04", "05", "06", "07", "10", "11", "12", "13", "15", "21", "26", "30", "34", "38",
    "39", "42", "43", "48", "51", "54", "57", "63", "66", "67", "68", "69", "71", "73", "74", "83",
    "84", "88",
];

/// Adds the suppliers.
///
/// # Errors
/// Those of a party's rules, `store.*`.
pub fn add_suppliers(shop: &Shop, at: Instant) -> Result<(), Faults> {
    let owner = shop.someone(Role::Owner, 0);
    shop.act(&owner, at, |tx, actor| {
        let terms = terms(tx)?;
        for row in sheets::rows("suppliers")? {
            let mut values = identity_of(&row)?;
            values.extend([
                ("supplier", true.into()),
                ("kind", "company".into()),
                ("sector", maybe(row.maybe("specialty"))),
                ("payment_term", maybe(terms.get(&row.text("payment_terms")?).copied())),
            ]);
            let draft = contact(filled(Party::DEF, values), &row)?;
            make(tx, actor, Party::DEF, &draft)?;
        }
        Ok(())
    })
}

fn terms(tx: &mut Tx<'_>) -> Result<HashMap<String, Id<PaymentTerm>>, Faults> {
    let all = tx.find(Filter::<PaymentTerm>::everything())?;
    Ok(all.into_iter().map(|term| (term.code.clone(), term.id)).collect())
}

fn identity_of(row: &Row) -> Result<Vec<(&'static str, Value)>, Faults> {
    let code = row.text("code")?;
    let told = |name: &str| match row.maybe(name) {
        Some(_) if code == WITHOUT_SIREN => Value::Null,
        value => maybe(value),
    };
    let country = row.text("country")?;
    let french = matches!(country.as_str(), "FR" | "BE" | "LU" | "CH");
    Ok(vec![
        ("name", row.text("name")?.into()),
        ("siren", told("siren")),
        ("siret", told("siret")),
        ("vat_number", told("vat_number")),
        ("street", maybe(row.maybe("street"))),
        ("postcode", maybe(row.maybe("postcode"))),
        ("city", maybe(row.maybe("city"))),
        ("country", country.into()),
        ("email", maybe(row.maybe("email"))),
        ("phone", maybe(row.maybe("phone"))),
        ("language", if french { "fr" } else { "en" }.into()),
        ("code", code.into()),
    ])
}

fn contact(draft: Draft, row: &Row) -> Result<Draft, Faults> {
    let Some(last_name) = row.maybe("contact_last_name") else { return Ok(draft) };
    let values = vec![
        ("first_name", maybe(row.maybe("contact_first_name"))),
        ("last_name", last_name.into()),
        ("role", maybe(row.maybe("contact_role"))),
        ("email", maybe(row.maybe("contact_email"))),
    ];
    Ok(with_lines(draft, Party::DEF, "contacts", vec![filled(Contact::DEF, values)]))
}

/// Adds the price lists and the customers.
///
/// # Errors
/// Those of a party's rules, `store.*`.
pub fn add_customers(
    shop: &Shop,
    at: Instant,
    start: Day,
    months: i32,
) -> Result<Vec<Customer>, Faults> {
    let owner = shop.someone(Role::Owner, 0);
    shop.act(&owner, at, move |tx, actor| {
        let lists = price_lists(tx, actor)?;
        let terms = terms(tx)?;
        let mut customers = Vec::new();
        for row in sheets::rows("customers")? {
            let list = lists.get(&row.text("price_list")?).copied();
            let term = terms.get(&row.text("payment_terms")?).copied();
            let mut values = identity_of(&row)?;
            values.extend([
                ("customer", true.into()),
                ("kind", row.text("kind")?.into()),
                ("sector", maybe(row.maybe("sector"))),
                ("payment_term", maybe(term)),
                ("price_list", maybe(list)),
                ("credit_limit", row.money("credit_limit")?.into()),
            ]);
            let mut draft = contact(filled(Party::DEF, values), &row)?;
            if customers.len() % 4 == 1 && row.text("kind")? == "company" {
                draft = back_door(draft, &row)?;
            }
            let id = Id::from_raw(make(tx, actor, Party::DEF, &draft)?);
            customers.push(customer(id, &row, start, months)?);
        }
        Ok(customers)
    })
}

fn price_lists(tx: &mut Tx<'_>, actor: &Actor) -> Result<HashMap<String, Id<PriceList>>, Faults> {
    for (code, name, percent) in LISTS {
        let values = vec![
            ("code", (*code).into()),
            ("name", (*name).into()),
            ("discount", Rate::percent(*percent).into()),
        ];
        make(tx, actor, PriceList::DEF, &filled(PriceList::DEF, values))?;
    }
    let all = tx.find(Filter::<PriceList>::everything())?;
    Ok(all.into_iter().map(|list| (list.code.clone(), list.id)).collect())
}

/// Goods do not come in where the guests do.
fn back_door(draft: Draft, row: &Row) -> Result<Draft, Faults> {
    let street = row.maybe("street").unwrap_or_default();
    let values = vec![
        ("label", "Réception des marchandises".into()),
        ("kind", "delivery".into()),
        ("street", format!("Entrée des fournisseurs, {street}").into()),
        ("postcode", maybe(row.maybe("postcode"))),
        ("city", maybe(row.maybe("city"))),
        ("country", row.text("country")?.into()),
    ];
    Ok(with_lines(draft, Party::DEF, "addresses", vec![filled(Address::DEF, values)]))
}

fn customer(id: Id<Party>, row: &Row, start: Day, months: i32) -> Result<Customer, Faults> {
    let list = row.text("price_list")?;
    let discount = LISTS.iter().find(|(code, ..)| *code == list).map_or(0, |(.., off)| *off);
    let pays = match row.text("pays")?.as_str() {
        "early" => Pays::Early,
        "late_15" => Pays::Late15,
        "late_40" => Pays::Late40,
        "slow_disputes" => Pays::SlowDisputes,
        _ => Pays::OnTime,
    };
    let (sector, country) = (row.text("sector")?, row.text("country")?);
    let postcode = row.maybe("postcode").unwrap_or_default();
    let department = postcode.get(..2).unwrap_or_default();
    let seller = if country != "FR" || matches!(sector.as_str(), "shop" | "wholesaler") {
        2
    } else {
        usize::from(!SOUTH_AND_EAST.contains(&department))
    };
    // The sheet tells the months of a history of eighteen.
    let since = i32::try_from(row.number("since", 0)?).unwrap_or(0) * months / 18;
    Ok(Customer {
        id,
        code: row.text("code")?,
        name: row.text("name")?,
        sector,
        country,
        seller,
        limit: row.number("credit_limit", 2)?,
        discount,
        orders: row.number("orders_per_month", 3)?,
        lines: row.number("basket_lines", 0)?.max(1),
        pays,
        first_day: start.plus_months(since),
    })
}
