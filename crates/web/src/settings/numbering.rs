//! The series of numbers: without gaps, drawn when a document is confirmed. They are shown, not
//! set: a number once given is never given again. Source: CGI, annexe II, art. 242 nonies A.

use kernel::{Faults, Text, Tx, Value};
use maud::{Markup, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Column, Ledger, Row, empty, head};
use crate::words;

pub const TITLE: Text = Text::new("Numérotation", "Numbering");

/// A series: what it numbers, its prefix, its year, its last number.
struct Series {
    what: Text,
    last: String,
    next: String,
    period: String,
}

/// How a series of this name writes its numbers: what it is of, its prefix, how many digits.
const KNOWN: &[(&str, Text, &str, usize)] = &[
    ("quote", Text::new("Devis", "Quotes"), "DE", 5),
    ("opportunity", Text::new("Affaires", "Opportunities"), "OP", 5),
    ("order", Text::new("Commandes", "Orders"), "CC", 5),
    ("shipment", Text::new("Bons de livraison", "Delivery notes"), "BL", 5),
    ("stock_count", Text::new("Inventaires", "Stock counts"), "INV", 5),
    ("invoice:FA", Text::new("Factures", "Invoices"), "FA", 4),
    ("invoice:AV", Text::new("Avoirs", "Credit notes"), "AV", 4),
    ("payment:RG", Text::new("Règlements", "Payments"), "RG", 4),
    ("party", Text::new("Codes des tiers", "Codes of partners"), "C", 5),
];

/// Whether the person may see how far the numbers are.
#[must_use]
pub fn may(ask: &Ask) -> bool {
    ask.actor.can("company.update")
}

/// `GET /settings/numbering`.
pub async fn show(ask: Ask) -> Answer {
    ask.may("company.update")?;
    let series = ask.read(|tx, _| see(tx)).await?;
    let crumbs = vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())];
    let title = ask.say(TITLE);
    let note = Text::new(
        "Chaque suite est continue et recommence chaque année. Un numéro est tiré quand le document \
         est confirmé ou validé ; il n’est jamais repris.",
        "Each series has no gap and begins again each year. A number is drawn when the document is \
         confirmed or posted; it is never given again.",
    );
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        p.prose.muted.mb { (ask.say(note)) }
        (ledger(&ask, &series))
    };
    Ok(ask.page("settings", crumbs, title, &body))
}

fn see(tx: &mut Tx<'_>) -> Result<Vec<Series>, Faults> {
    let statement = "select series, value from counter where company = $1 order by series";
    let rows = tx.sql(statement, &[])?;
    let read = rows.into_iter().filter_map(|row| match row.as_slice() {
        [Value::Text(name), Value::Integer(value)] => series(name, *value),
        _ => None,
    });
    let (mut all, year) = (read.collect::<Vec<Series>>(), tx.today().year().to_string());
    for past in all.iter_mut().filter(|one| !one.period.is_empty() && one.period < year) {
        // A year that is over draws no more numbers.
        past.next.clear();
    }
    all.sort_by(|one, other| other.period.cmp(&one.period));
    Ok(all)
}

/// A counter as people read it; one that is no document's is left out.
fn series(name: &str, value: i64) -> Option<Series> {
    let (base, year) = match name.rsplit_once(':') {
        Some((base, year)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
            (base, year)
        }
        _ => (name, ""),
    };
    let known =
        KNOWN.iter().find(|(known, ..)| base == *known || base.starts_with(&format!("{known}:")));
    let (_, what, prefix, digits) = known?;
    let number = |rank: i64| match year {
        "" => format!("{prefix}{rank:0digits$}"),
        year => format!("{prefix}-{year}-{rank:0digits$}"),
    };
    Some(Series {
        what: *what,
        last: number(value),
        next: number(value + 1),
        period: year.to_owned(),
    })
}

fn ledger(ask: &Ask, all: &[Series]) -> Markup {
    let columns = vec![
        Column::title(ask.say(Text::new("Documents", "Documents"))).grow(),
        Column::text(ask.say(Text::new("Année", "Year"))),
        Column::number(ask.say(Text::new("Dernier", "Last"))),
        Column::number(ask.say(Text::new("Prochain", "Next"))).fold(crate::parts::Fold::State),
    ];
    let rows = all.iter().map(|one| {
        Row::new(vec![
            html! { (ask.say(one.what)) },
            html! { (one.period) },
            html! { (one.last) },
            html! { (one.next) },
        ])
    });
    let none = Text::new("Aucun numéro n’est encore tiré.", "No number is drawn yet.");
    let next = Text::new(
        "Le premier devis et la première facture les commenceront.",
        "The first quote and the first invoice will begin them.",
    );
    let empty = empty(ask.say(none), ask.say(next), &[]);
    html! { (Ledger::new(ask.language, ask.say(TITLE), columns).rows(rows).empty(empty)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_read_as_the_number_it_gives() {
        let next = |name: &str| series(name, 41).map(|series| series.next);
        assert_eq!(next("order:2026").as_deref(), Some("CC-2026-00042"));
        assert_eq!(next("invoice:FA:2026").as_deref(), Some("FA-2026-0042"));
        assert_eq!(next("shipment:BL:2026").as_deref(), Some("BL-2026-00042"));
        assert_eq!(next("party").as_deref(), Some("C00042"));
        assert_eq!(next("lettering:411000:x"), None);
    }
}
