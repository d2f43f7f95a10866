//! The home page: what blocks others first, then the figures of the month. Every line leads to its
//! record, every figure to its list.

mod first_steps;
mod queues;

use identity::{Role, User};
use kernel::{Day, EntityDef, Faults, Id, Kind, Money, Query, Row, Text, Tx, Value};
use maud::{Markup, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Figure, empty, figures, head, rows, section, state};
use crate::show::Reader;
use crate::titles::{self, Titles, title_of};
use crate::{approvals, nav, words};
use queues::{Queue, Whose};

/// How many lines of each queue are shown.
const SHOWN: usize = 6;

/// A sum of the month: one statement that gives a count and an amount in the minor unit.
struct Sum {
    entity: &'static str,
    label: Text,
    /// The word for one, and that for several.
    counts: [Text; 2],
    statement: &'static str,
    address: fn(Day) -> String,
}

const SUMS: &[Sum] = &[
    Sum {
        entity: "order",
        label: words::ORDERED_MONTH,
        counts: [words::ORDER_COUNT, words::ORDERS_COUNT],
        statement: "select count(*), cast(coalesce(sum(net), 0) as bigint) from orders \
            where company = $1 and stage in ('confirmed', 'closed') and ordered_on >= $2",
        address: |from| format!("/orders?stage=confirmed&ordered_on.gte={from}"),
    },
    Sum {
        entity: "invoice",
        label: words::INVOICED_MONTH,
        counts: [words::INVOICE_COUNT, words::INVOICES_COUNT],
        // A deposit is not a sale, and a credit note takes one back.
        statement: "select count(*), cast(coalesce(sum(case when kind = 'credit_note' then -net \
            else net end), 0) as bigint) from invoices where company = $1 and state = 'posted' \
            and kind <> 'deposit' and issued_on >= $2",
        address: |from| format!("/invoices?state=posted&issued_on.gte={from}"),
    },
    Sum {
        entity: "payment",
        label: words::RECEIVED_MONTH,
        counts: [words::PAYMENT_COUNT, words::PAYMENTS_COUNT],
        statement: "select count(*), cast(coalesce(sum(amount), 0) as bigint) from payments \
            where company = $1 and undone_at is null and day >= $2",
        address: |from| format!("/payments?day.gte={from}"),
    },
    Sum {
        entity: "invoice",
        label: words::RECEIVABLE,
        counts: [words::INVOICE_COUNT, words::INVOICES_COUNT],
        statement: "select count(*), cast(coalesce(sum(open), 0) as bigint) from invoices \
            where company = $1 and state = 'posted' and kind <> 'credit_note' and open > 0 \
            and due_on is not null and cast($2 as bigint) is not null",
        address: |_| "/invoices?state=posted".to_owned(),
    },
];

struct Waiting {
    queue: &'static Queue,
    def: &'static EntityDef,
    rows: Vec<Row>,
    more: bool,
}

struct Seen {
    today: Day,
    waiting: Vec<Waiting>,
    titles: Titles,
    figures: Vec<Figure>,
    first_steps: Vec<first_steps::Step>,
    approvals: approvals::Waiting,
}

pub async fn home(ask: Ask) -> Answer {
    let seen = ask.read(see).await?;
    let over = html! { (long_day(&ask, seen.today)) };
    let first = ask.user.name.split_whitespace().next().unwrap_or("");
    let title = format!("{}, {first}", ask.say(words::HELLO));
    let (left, right): (Vec<_>, Vec<_>) =
        seen.waiting.iter().enumerate().partition(|(rank, _)| rank % 2 == 0);
    let column = |waiting: Vec<(usize, &Waiting)>| {
        html! { div { @for (_, one) in waiting { (drawn(&ask, one, &seen)) } } }
    };
    let body = html! {
        (head(&over, &title, &html! {}, &[]))
        (first_steps::drawn(&ask, &seen.first_steps))
        (approvals::drawn(&ask, &seen.approvals, "/"))
        @if !seen.figures.is_empty() { (figures(&seen.figures)) }
        @if seen.waiting.is_empty() {
            (section(
                ask.say(words::WAITING),
                &html! {},
                &empty(ask.say(words::NOTHING_WAITS), "", &[]),
            ))
        } @else {
            div.cols.home { (column(left)) (column(right)) }
        }
    };
    Ok(ask.page("home", Vec::new(), ask.say(words::HOME), &body))
}

fn long_day(ask: &Ask, day: Day) -> String {
    const DAYS: [Text; 7] = [
        Text::new("Lundi", "Monday"),
        Text::new("Mardi", "Tuesday"),
        Text::new("Mercredi", "Wednesday"),
        Text::new("Jeudi", "Thursday"),
        Text::new("Vendredi", "Friday"),
        Text::new("Samedi", "Saturday"),
        Text::new("Dimanche", "Sunday"),
    ];
    let rank = usize::try_from(day.weekday().clamp(1, 7) - 1).unwrap_or(0);
    format!("{} {}", ask.say(DAYS[rank]), ask.language.day(day))
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let today = tx.today();
    let (mut waiting, mut wanted) = (Vec::new(), Vec::new());
    let role = match ask.actor.user {
        Some(user) => Some(tx.get(Id::<User>::from_raw(user))?.role),
        None => None,
    };
    for queue in queues::of(role) {
        let Some(def) = ask.state.catalog.entity(queue.entity) else { continue };
        if !nav::reads(ask, def) {
            continue;
        }
        let (rows, more) = waiting_in(tx, ask, queue, def, (today, role))?;
        if !rows.is_empty() {
            wanted.extend(titles::wanted(def, &rows));
            waiting.push(Waiting { queue, def, rows, more });
        }
    }
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, wanted)?;
    // What the month came to is no work of the warehouse.
    let figures = if role == Some(Role::Warehouse) { Vec::new() } else { sums(tx, ask, today)? };
    let first_steps = first_steps::see(tx, ask)?;
    let approvals = approvals::waiting(tx, ask)?;
    Ok(Seen { today, waiting, titles, figures, first_steps, approvals })
}

/// The first lines of a queue, and whether there are more.
fn waiting_in(
    tx: &mut Tx<'_>,
    ask: &Ask,
    queue: &Queue,
    def: &'static EntityDef,
    (today, role): (Day, Option<Role>),
) -> Result<(Vec<Row>, bool), Faults> {
    if queue.whose == Whose::ToPrepare {
        let ready = queues::to_prepare(tx)?;
        let more = ready.len() > SHOWN;
        let mut rows = Vec::new();
        for order in ready.into_iter().take(SHOWN) {
            rows.extend(tx.row(def, order.raw())?);
        }
        return Ok((rows, more));
    }
    let mut query = Query::all(def).sorted(queue.order.0, queue.order.1);
    for condition in (queue.waits)(today).into_iter().chain(queue.whose.condition(ask, role)) {
        query = query.only(condition);
    }
    let most = u32::try_from(SHOWN + 1).unwrap_or(u32::MAX);
    let mut rows = tx.rows(query.limit(most))?;
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    Ok((rows, more))
}

fn sums(tx: &mut Tx<'_>, ask: &Ask, today: Day) -> Result<Vec<Figure>, Faults> {
    let from = today.start_of_month();
    let mut figures = Vec::new();
    for sum in SUMS {
        let Some(def) = ask.state.catalog.entity(sum.entity) else { continue };
        if !nav::reads(ask, def) {
            continue;
        }
        let rows = tx.sql(sum.statement, &[Value::Day(from)])?;
        let number = |at: usize| match rows.first().and_then(|row| row.get(at)) {
            Some(Value::Integer(number)) => *number,
            _ => 0,
        };
        let amount = ask.language.money(Money::new(number(1), tx.currency()));
        let count = number(0);
        let [one, several] = sum.counts;
        let word = if words::singular(ask.language, count) { one } else { several };
        let note = format!("{} {}", ask.language.integer(count), ask.say(word));
        figures.push(Figure::new(ask.say(sum.label), amount, note).href((sum.address)(from)));
    }
    Ok(figures)
}

fn drawn(ask: &Ask, waiting: &Waiting, seen: &Seen) -> Markup {
    let reader = Reader {
        catalog: ask.state.catalog,
        actor: &ask.actor,
        language: ask.language,
        titles: &seen.titles,
    };
    let (queue, def) = (waiting.queue, waiting.def);
    let lines: Vec<(Markup, Markup)> =
        waiting.rows.iter().map(|row| line(ask, &reader, queue, def, row)).collect();
    let right = html! {
        a href=((queue.address)(seen.today)) {
            (ask.say(if waiting.more { words::SEE_ALL } else { words::SEE_LIST }))
        }
    };
    section(ask.say(queue.title), &right, &rows(&lines))
}

fn line(
    ask: &Ask,
    reader: &Reader<'_>,
    queue: &Queue,
    def: &'static EntityDef,
    row: &Row,
) -> (Markup, Markup) {
    let value = |name: &str| {
        let own = format!("{name}_{}", ask.language.tag());
        let field = def.field(name).or_else(|| def.field(&own))?;
        Some((field, row.values.get(def.rank(field.name)?)?))
    };
    let title = title_of(def, row, ask.language);
    let said: Vec<String> = queue
        .says
        .iter()
        .filter_map(|name| value(name))
        .map(|(field, value)| reader.text(def, field, value))
        .filter(|text| !text.is_empty())
        .collect();
    // A record that has no name goes by what it says first.
    let named = !def.title(&row.values).is_empty();
    let (head, rest) = match said.split_first() {
        Some((first, rest)) if !named => (first.clone(), rest),
        _ => (title, said.as_slice()),
    };
    let what = html! {
        @if let Some((tone, word)) = queue.mark { (state(tone, ask.say(word))) " " }
        a.b href=(queue.href(def, row.id)) { (head) }
        @if !rest.is_empty() { small { (rest.join(" · ")) } }
    };
    let right = html! {
        @for (rank, name) in queue.right.iter().enumerate() {
            @if let Some((field, value)) = value(name) {
                @let short = matches!(field.kind, Kind::Instant | Kind::Day);
                @if rank > 0 { " · " }
                @if short { (short_day(ask, value)) }
                @else { (reader.value(def, field, value).unwrap_or_default()) }
            }
        }
    };
    (what, right)
}

fn short_day(ask: &Ask, value: &Value) -> String {
    match value {
        Value::Day(day) => ask.language.short_day(*day),
        Value::Instant(at) => ask.language.short_day(at.day()),
        _ => String::new(),
    }
}
