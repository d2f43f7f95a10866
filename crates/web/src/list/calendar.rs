//! A list as a month: the records of each day, by the day field that groups it.

use kernel::{Day, EntityDef, Faults, FieldDef, Kind, Language, Query, Row, Sign, Tx, Value};
use maud::{Markup, html};

use super::wanted::Wanted;
use crate::door::Ask;
use crate::member;
use crate::parts::{Icon, icon, say};
use crate::show::{self, Reader};
use crate::titles::{Titles, title_of};

/// The parameter that holds the month: `2026-11`.
pub const MONTH: &str = "as.month";
/// The most records of a month, and of a day.
const MONTH_MOST: u32 = 400;
const DAY_MOST: usize = 5;

/// A month, read.
pub struct Month {
    first: Day,
    today: Day,
    by: &'static FieldDef,
    /// Each with its day, in the order of the days.
    pub rows: Vec<(Day, Row)>,
}

/// Reads the records of the month that the address asks for; of this one when it asks for none.
///
/// # Errors
/// `store.*`.
pub fn look(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    by: &'static FieldDef,
) -> Result<Month, Faults> {
    let today = tx.today();
    let asked = Day::parse(&format!("{}-01", ask.query.text(MONTH)));
    let first = asked.unwrap_or_else(|_| today.start_of_month());
    let query = Query::all(def)
        .only(wanted.condition())
        .only(member::compared(by, Sign::AtLeast, first.into()))
        .only(member::compared(by, Sign::AtMost, first.end_of_month().into()))
        .limit(MONTH_MOST);
    let day = |row: &Row| match member::held(def, row, by).as_ref() {
        Value::Day(day) => Some(*day),
        _ => None,
    };
    let rows = tx.rows(query)?.into_iter();
    let mut rows: Vec<(Day, Row)> = rows.filter_map(|row| Some((day(&row)?, row))).collect();
    rows.sort_by_key(|(day, row)| (*day, row.id));
    Ok(Month { first, today, by, rows })
}

const DAYS_FR: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The month, a line a week.
pub fn shown(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    month: &Month,
    titles: &Titles,
) -> Markup {
    let language = ask.language;
    let reader = Reader { catalog: ask.state.catalog, actor: &ask.actor, language, titles };
    let monday = month.first + (1 - i32::from(month.first.weekday()));
    let last = month.first.end_of_month();
    let weeks = (last - monday) / 7 + 1;
    let days = if language == Language::French { DAYS_FR } else { DAYS_EN };
    html! {
        (turning(ask, def, wanted, month))
        table.month aria-label=(name(month.first, language)) {
            thead { tr { @for day in days { th scope="col" { (day) } } } }
            tbody {
                @for week in 0..weeks {
                    tr {
                        @for rank in 0..7 {
                            @let day = monday + (week * 7 + rank);
                            (one_day(&reader, def, wanted, month, day))
                        }
                    }
                }
            }
        }
    }
}

/// What a record is called, and whom it is about: a number alone says little.
fn entry(
    reader: &Reader<'_>,
    def: &'static EntityDef,
    about: Option<&'static FieldDef>,
    row: &Row,
) -> Markup {
    let name = title_of(def, row, reader.language);
    let about = about.map(|field| reader.text(def, field, &member::held(def, row, field)));
    let about = about.filter(|about| !about.is_empty() && !name.contains(about.as_str()));
    let whole = about.as_ref().map(|about| format!("{name} · {about}"));
    html! {
        li {
            a href=(show::href(def, row.id)) title=[whole] {
                (name)
                @if let Some(about) = about { " " span.muted { (about) } }
            }
        }
    }
}

fn one_day(
    reader: &Reader<'_>,
    def: &'static EntityDef,
    wanted: &Wanted,
    month: &Month,
    day: Day,
) -> Markup {
    if day.month() != month.first.month() {
        return html! { td.out {} };
    }
    let of_day: Vec<&Row> =
        month.rows.iter().filter(|(at, _)| *at == day).map(|(_, row)| row).collect();
    let more = of_day.len().saturating_sub(DAY_MOST);
    let about = def
        .stored()
        .find(|field| field.list && !field.parent && matches!(field.kind, Kind::Ref(_)))
        .filter(|field| !show::hidden(reader.actor, def, field));
    html! {
        td .now[day == month.today] .none[of_day.is_empty()] {
            time datetime=(day) { (day.day()) }
            @if !of_day.is_empty() {
                ul {
                    @for row in of_day.iter().take(DAY_MOST) {
                        (entry(reader, def, about, row))
                    }
                    @if more > 0 {
                        li { a href=(of_one_day(def, wanted, month.by, day)) { "+ " (more) } }
                    }
                }
            }
        }
    }
}

/// The address of the records of one day.
fn of_one_day(def: &EntityDef, wanted: &Wanted, by: &FieldDef, day: Day) -> String {
    let mut address = wanted.parameters().without(&["group", "as", MONTH]);
    for end in ["gte", "lte"] {
        address.set(&format!("{}.{end}", by.name), day.to_string());
    }
    address.after(&format!("/{}", def.plural))
}

/// The name of the month, and the ways to those around it.
fn turning(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, month: &Month) -> Markup {
    let language = ask.language;
    let to = |months: i32| {
        let first = month.first.plus_months(months);
        let mut address = wanted.parameters().clone();
        address.set(MONTH, format!("{:04}-{:02}", first.year(), first.month()));
        address.after(&format!("/{}", def.plural))
    };
    let before = say(language, "Mois précédent", "Previous month");
    let after = say(language, "Mois suivant", "Next month");
    html! {
        div.turning {
            a.btn.bare.mini id="month-before" href=(to(-1)) data-swap="#list" aria-label=(before) {
                (icon(Icon::Left))
            }
            strong { (name(month.first, language)) }
            a.btn.bare.mini id="month-after" href=(to(1)) data-swap="#list" aria-label=(after) {
                (icon(Icon::Right))
            }
        }
    }
}

fn name(first: Day, language: Language) -> String {
    const FR: [&str; 12] = [
        "Janvier",
        "Février",
        "Mars",
        "Avril",
        "Mai",
        "Juin",
        "Juillet",
        "Août",
        "Septembre",
        "Octobre",
        "Novembre",
        "Décembre",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let names = if language == Language::French { FR } else { EN };
    let rank = usize::try_from(first.month() - 1).unwrap_or(0);
    format!("{} {}", names.get(rank).copied().unwrap_or_default(), first.year())
}
