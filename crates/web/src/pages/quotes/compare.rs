//! `/quotes/{id}/compare`: two revisions of an offer side by side: what was added, taken out,
//! changed, and what it does to the totals and the margin.

use std::collections::HashMap;

use axum::extract::Path;
use crm::sales::{Quote, QuoteLine, quote};
use kernel::{Entity, Fault, Faults, Id, Kept, Language, Money, RawId, Tx};
use master::Product;
use maud::{Markup, Render, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::orders::{book, line_columns, when};
use crate::parts::{Button, Column, Field, Fold, Ledger, Opt, Row, Tone, head, say, state};
use crate::record;

/// The most revisions that are looked for.
const MOST: usize = 100;

/// The name of the page.
#[must_use]
pub const fn title(language: Language) -> &'static str {
    say(language, "Comparer les révisions", "Compare revisions")
}

/// One side: a revision and its lines.
struct Side {
    quote: Kept<Quote>,
    lines: Vec<Kept<QuoteLine>>,
}

struct Seen {
    /// All revisions, the first one first.
    all: Vec<Kept<Quote>>,
    before: Side,
    after: Side,
    products: HashMap<Id<Product>, Kept<Product>>,
}

/// `GET`: `from` and `to` name the revisions; without them, this one and the one before it.
pub async fn page(ask: Ask, Path(id): Path<String>) -> Answer {
    ask.may("quote.read")?;
    let id: Id<Quote> = Id::from_raw(record::id_of(&ask, Quote::DEF, &id)?);
    let chosen = |name: &str| RawId::parse(ask.query.text(name)).ok().map(Id::from_raw);
    let (from, to) = (chosen("from"), chosen("to"));
    let seen = ask.read(move |tx, _| see(tx, id, from, to)).await?;
    let language = ask.language;
    let number = seen.after.quote.number.clone().unwrap_or_else(|| "—".to_owned());
    let crumbs = vec![
        (Quote::DEF.labels.say(language).to_owned(), "/quotes".to_owned()),
        (number, format!("/quotes/{id}")),
    ];
    let body = html! {
        (head(&html! { (Quote::DEF.label.say(language)) }, title(language), &html! {}, &[]))
        (chooser(&ask, id, &seen))
        div #comparison {
            (sums(&ask, &seen))
            (lines(&ask, &seen))
        }
    };
    Ok(ask.page(Quote::DEF.plural, crumbs, title(language), &body))
}

fn see(
    tx: &mut Tx<'_>,
    id: Id<Quote>,
    from: Option<Id<Quote>>,
    to: Option<Id<Quote>>,
) -> Result<Seen, Faults> {
    let all = revisions(tx, id)?;
    let known = |wanted: Option<Id<Quote>>| {
        wanted.and_then(|wanted| all.iter().position(|quote| quote.id == wanted))
    };
    let here = known(Some(id)).unwrap_or(0);
    // A first revision is compared with the one after it.
    let to = known(to).unwrap_or(if here == 0 { 1.min(all.len() - 1) } else { here });
    let from = known(from).unwrap_or(to.saturating_sub(1));
    let (before, after) = (side(tx, &all[from])?, side(tx, &all[to])?);
    let lines = before.lines.iter().chain(&after.lines);
    let products = book::by_id(tx, lines.map(|line| line.product))?;
    Ok(Seen { all, before, after, products })
}

fn side(tx: &mut Tx<'_>, found: &Kept<Quote>) -> Result<Side, Fault> {
    Ok(Side { lines: quote::lines(tx, found.id)?, quote: found.clone() })
}

/// The revisions of an offer, from any one of them: the first one first, never none.
fn revisions(tx: &mut Tx<'_>, id: Id<Quote>) -> Result<Vec<Kept<Quote>>, Fault> {
    let mut first = tx.get(id)?;
    for _ in 0..MOST {
        match first.previous {
            Some(previous) => first = tx.get(previous)?,
            None => break,
        }
    }
    let mut all = vec![first];
    while let Some(next) = match all.last() {
        Some(last) if all.len() < MOST => tx.first(Quote::PREVIOUS.has(&last.id))?,
        _ => None,
    } {
        all.push(next);
    }
    Ok(all)
}

fn chooser(ask: &Ask, id: Id<Quote>, seen: &Seen) -> Markup {
    let language = ask.language;
    let options: Vec<Opt> = seen
        .all
        .iter()
        .map(|quote| {
            let number = quote.number.as_deref().unwrap_or("—");
            let day = language.short_day(quote.quoted_on);
            Opt::new(quote.id.to_string(), format!("{} · {number} · {day}", quote.revision))
        })
        .collect();
    let choice = |name: &'static str, label: &'static str, now: &Side| {
        Field::choice(language, name, label, options.clone(), None).value(now.quote.id.to_string())
    };
    html! {
        form.compare.mb method="get" action={ "/quotes/" (id) "/compare" } data-filter
            data-swap="#comparison" {
            (choice("from", say(language, "De la révision", "From revision"), &seen.before))
            (choice("to", say(language, "À la révision", "To revision"), &seen.after))
            span.no-js { (Button::submit(say(language, "Comparer", "Compare"))) }
        }
    }
}

/// What a line is on each side.
struct Pair<'a> {
    before: Option<&'a QuoteLine>,
    after: Option<&'a QuoteLine>,
}

impl Pair<'_> {
    fn line(&self) -> Option<&QuoteLine> {
        self.after.or(self.before)
    }
    /// Whether it is there on both sides and another.
    fn differs(&self) -> bool {
        let (Some(one), Some(other)) = (self.before, self.after) else { return true };
        let plain = |line: &QuoteLine| {
            (line.quantity, line.unit_price, line.discount, line.tax, line.optional, line.net)
        };
        plain(one) != plain(other) || one.description != other.description
    }
}

/// Lines of the same product go together, in their order; what is left was added or taken out.
fn pairs<'a>(before: &'a [Kept<QuoteLine>], after: &'a [Kept<QuoteLine>]) -> Vec<Pair<'a>> {
    let mut old: Vec<Option<&QuoteLine>> = before.iter().map(|line| Some(&**line)).collect();
    let mut all: Vec<Pair<'a>> = Vec::with_capacity(before.len().max(after.len()));
    for line in after {
        let same = |old: &&mut Option<&QuoteLine>| old.is_some_and(|o| o.product == line.product);
        let before = old.iter_mut().find(same).and_then(Option::take);
        all.push(Pair { before, after: Some(line) });
    }
    all.extend(old.into_iter().flatten().map(|line| Pair { before: Some(line), after: None }));
    all
}

fn lines(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let columns = vec![
        Column::state(say("Ligne", "Line")),
        Column::number(say("Article", "Item")),
        Column::title(say("Désignation", "Description")).grow(),
        Column::figure(say("Quantité", "Quantity")),
        Column::figure(say("PU HT", "Unit price")),
        Column::figure(say("Remise", "Discount")),
        Column::figure(say("Avant HT", "Before excl. tax")),
        Column::amount(say("Après HT", "After excl. tax")).fold(Fold::Amount),
    ];
    let rows = pairs(&seen.before.lines, &seen.after.lines);
    let rows = rows.iter().filter_map(|pair| {
        let line = pair.line()?;
        let product = seen.products.get(&line.product);
        let net = |line: Option<&QuoteLine>| {
            html! {
                @if let Some(line) = line { (language.amount(line.net)) } @else { span.q { "—" } }
            }
        };
        let price = |line: &QuoteLine| {
            line.unit_price.map(|price| language.price_amount(price)).unwrap_or_default()
        };
        let discount =
            |line: &QuoteLine| line.discount.map(|d| language.rate(d)).unwrap_or_default();
        Some(Row::new(vec![
            change(language, pair),
            html! { (product.map_or("—", |product| product.sku.as_str())) },
            html! {
                (line.description.as_deref().unwrap_or(""))
                @if line.optional { " " span.tag { (say("option", "option")) } }
            },
            both(pair, |line| language.quantity(line.quantity)),
            both(pair, price),
            both(pair, discount),
            net(pair.before),
            net(pair.after),
        ]))
    });
    Ledger::new(language, title(language), columns).rows(rows.collect::<Vec<_>>()).render()
}

fn change(language: Language, pair: &Pair<'_>) -> Markup {
    let say = |fr, en| say(language, fr, en);
    match (pair.before, pair.after) {
        (None, _) => state(Tone::Yours, say("ajoutée", "added")),
        (_, None) => state(Tone::Blocked, say("retirée", "removed")),
        _ if pair.differs() => state(Tone::Watch, say("changée", "changed")),
        _ => state(Tone::Done, say("inchangée", "unchanged")),
    }
}

/// The value now; the one before it struck out when it was another.
fn both(pair: &Pair<'_>, told: impl Fn(&QuoteLine) -> String) -> Markup {
    let (before, after) = (pair.before.map(&told), pair.after.map(&told));
    html! {
        @match (before, after) {
            (Some(before), Some(after)) if before != after => {
                del.q { (before) } " " ins { (after) }
            }
            (_, Some(now)) => (now),
            (Some(was), None) => del.q { (was) },
            (None, None) => "",
        }
    }
}

fn sums(ask: &Ask, seen: &Seen) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let (before, after) = (&seen.before.quote, &seen.after.quote);
    let margin = |quote: &Quote| {
        let rate = (!quote.net.is_zero()).then(|| quote.margin.ratio(quote.net));
        let rate = rate.map(|rate| format!(" · {}", when::percent(language, rate)));
        format!("{}{}", language.money(quote.margin), rate.unwrap_or_default())
    };
    let signed = |amount: Money| {
        let plus = if amount.minor > 0 { "+" } else { "" };
        format!("{plus}{}", language.money(amount))
    };
    let row = |label: &'static str, one: String, other: String, gap: Money| {
        html! {
            tr {
                th scope="row" { (label) }
                td.n { (one) }
                td.n { (other) }
                td.n { b { (signed(gap)) } }
            }
        }
    };
    let money = |amount: Money| language.money(amount);
    let number = |quote: &Quote| quote.number.clone().unwrap_or_else(|| "—".to_owned());
    html! {
        table.plain-t.compare.mb {
            caption.sr { (say("Totaux et marge", "Totals and margin")) }
            thead { tr {
                th {}
                th.n scope="col" { a href={ "/quotes/" (before.id) } { (number(before)) } }
                th.n scope="col" { a href={ "/quotes/" (after.id) } { (number(after)) } }
                th.n scope="col" { (say("Écart", "Change")) }
            } }
            tbody {
                (row(say("Total HT", "Total excl. tax"), money(before.net), money(after.net),
                    after.net - before.net))
                (row(say("Total TTC", "Total incl. tax"), money(before.total), money(after.total),
                    after.total - before.total))
                @if line_columns::sees_margin(&ask.actor) {
                    (row(say("Marge", "Margin"), margin(before), margin(after),
                        after.margin - before.margin))
                }
            }
        }
    }
}
