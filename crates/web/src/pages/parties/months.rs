//! What a customer bought, month by month, beside the year before.

use kernel::{Day, Fault, Id, Language, Money, Tx, Value};
use master::Party;
use maud::{Markup, html};

use crate::charts::{About, Bar, bars};
use crate::parts::{say, section};

/// A month: invoiced excluding tax, in the minor unit, and the same a year before.
pub struct Month {
    pub first: Day,
    pub amount: i64,
    pub before: Option<i64>,
    money: Money,
}

const INVOICED: &str = "\
select i.issued_on, i.kind, i.net
from invoices i
where i.company = $1 and i.party = $2 and i.state = 'posted' and i.kind <> 'deposit'
  and i.issued_on >= $3";

/// The last twelve months, the present one last.
///
/// # Errors
/// `store.*`.
pub fn months(tx: &mut Tx<'_>, party: Id<Party>) -> Result<Vec<Month>, Fault> {
    let (this, nothing) = (tx.today().start_of_month(), Money::zero(tx.currency()));
    let since = this.plus_months(-23);
    let mut sums = [0_i64; 24];
    for row in tx.sql(INVOICED, &[Value::Ref(party.raw()), Value::Day(since)])? {
        let [day, Value::Text(kind), Value::Integer(net)] = &row[..] else { continue };
        let day = match day {
            Value::Day(day) => *day,
            Value::Integer(days) => Day(i32::try_from(*days).unwrap_or_default()),
            _ => continue,
        };
        let age = i32::from(this.year() - day.year()) * 12 + i32::from(this.month() - day.month());
        if let Some(sum) = usize::try_from(23 - age).ok().and_then(|at| sums.get_mut(at)) {
            *sum += if kind == "credit_note" { -net } else { *net };
        }
    }
    let known = sums[..12].iter().any(|sum| *sum != 0);
    Ok((0..12)
        .map(|rank| Month {
            first: this.plus_months(i32::try_from(rank).unwrap_or(0) - 11),
            amount: sums[rank + 12],
            before: known.then_some(sums[rank]),
            money: nothing,
        })
        .collect())
}

/// The chart; nothing when nothing was ever sold.
#[must_use]
pub fn drawn(language: Language, months: &[Month]) -> Markup {
    let any = months.iter().any(|month| month.amount != 0 || month.before.unwrap_or(0) != 0);
    let Some(first) = months.first().filter(|_| any) else { return html! {} };
    let title = say(language, "Ventes par mois", "Sales by month");
    let about = About {
        language,
        title: title.to_owned(),
        gist: String::new(),
        over: say(language, "Mois", "Month").to_owned(),
    };
    let last = months.len() - 1;
    let drawn: Vec<Bar> = months
        .iter()
        .enumerate()
        .map(|(rank, month)| Bar {
            label: language.month(month.first.month()).to_owned(),
            value: month.amount,
            before: month.before,
            now: rank == last,
        })
        .collect();
    let (now, before) = match language {
        Language::French => ("12 derniers mois", "un an avant"),
        Language::English => ("last 12 months", "a year before"),
    };
    let write = |minor: i64| short(language, Money { minor, ..first.money });
    section(
        title,
        &html! { (say(language, "HT", "excl. tax")) },
        &bars(&about, now, before, &drawn, &write),
    )
}

/// Whole thousands where the figure is made of them: `4 k€`.
fn short(language: Language, amount: Money) -> String {
    let unit = 10_i64.pow(amount.currency.decimals());
    if amount.minor != 0 && amount.minor % (1_000 * unit) == 0 {
        let thousands = language.integer(amount.minor / (1_000 * unit));
        return match language {
            Language::French => format!("{thousands}\u{a0}k€"),
            Language::English => format!("€{thousands}k"),
        };
    }
    if amount.minor % unit == 0 {
        return language.integer(amount.minor / unit);
    }
    language.money(amount)
}
