//! A list as a file: the records it lets through, the columns it shows, in its order.

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::{EntityDef, Fault, Faults, FieldDef, Kind, Language, Tx, Value, typed};

use super::wanted::Wanted;
use super::workbook::{Cell, Table};
use super::{grouped, shape};
use crate::answer::{Answer, with_header};
use crate::door::Ask;
use crate::show::Reader;
use crate::titles::{self, Titles};

/// The most records of a file; longer lists are streamed by the API.
pub const MOST: usize = 50_000;
/// How many are read at a time.
const PAGE: u32 = 1_000;

/// `/{plural}/export.csv`
pub async fn csv(ask: Ask, Path(plural): Path<String>) -> Answer {
    let (table, name) = table(&ask, &plural).await?;
    let count = table.lines.len();
    let bytes = table.csv(ask.language).map_err(|fault| ask.refusal(fault))?;
    Ok(file(bytes, "text/csv; charset=utf-8", &format!("{name}.csv"), count))
}

/// `/{plural}/export.xlsx`
pub async fn xlsx(ask: Ask, Path(plural): Path<String>) -> Answer {
    let (table, name) = table(&ask, &plural).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let count = table.lines.len();
    Ok(file(table.xlsx(), kind, &format!("{name}.xlsx"), count))
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &str, count: usize) -> axum::response::Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    response.extensions_mut().insert(store::audit::Rows(count));
    let place = format!("attachment; filename=\"{name}\"");
    with_header(response, header::CONTENT_DISPOSITION, &place)
}

async fn table(ask: &Ask, plural: &str) -> Result<(Table, &'static str), crate::answer::Refused> {
    let def = ask.state.plural(plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.read", def.name))?;
    let taken_out = ask.actor.may(&format!("{}.export", def.name));
    taken_out.map_err(|fault| ask.refusal(fault))?;
    let table = ask.read(move |tx, ask| read(tx, ask, def)).await?;
    Ok((table, def.plural))
}

fn read(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<Table, Faults> {
    let wanted = Wanted::of(tx, ask, def)?;
    if let Some(fault) = &wanted.sifted.fault {
        return Err(fault.clone().on("where").into());
    }
    let name = def.labels.say(ask.language).to_owned();
    if let Some(by) = wanted.group {
        let grouped = grouped::look(tx, ask, def, &wanted, by)?;
        let mut titles = Titles::default();
        titles.gather(ask.state.catalog, tx, &ask.actor, grouped.named())?;
        return Ok(Table { name, ..grouped::table(ask, def, &grouped, &titles) });
    }
    let fields = shape::shown(ask, def, &wanted);
    let heads = fields.iter().map(|field| field.label.say(ask.language).to_owned()).collect();
    let mut lines = Vec::new();
    let mut query = wanted.query().limit(PAGE);
    query.after = None;
    loop {
        let rows = tx.rows(query.clone())?;
        let mut titles = Titles::across(def, &fields);
        titles.gather(ask.state.catalog, tx, &ask.actor, titles::wanted(def, &rows))?;
        let beyond = titles.beyond(def, &fields, &rows);
        titles.gather(ask.state.catalog, tx, &ask.actor, beyond)?;
        let reader = Reader {
            catalog: ask.state.catalog,
            actor: &ask.actor,
            language: ask.language,
            titles: &titles,
        };
        for row in &rows {
            let drawn = |field: &&'static FieldDef| {
                cell(&reader, def, field, &titles.held(def, row, field))
            };
            lines.push(fields.iter().map(drawn).collect());
        }
        if lines.len() > MOST {
            return Err(Fault::new("export.large").with("most", MOST).into());
        }
        let full = u32::try_from(rows.len()).is_ok_and(|count| count >= PAGE);
        let Some(last) = rows.last().filter(|_| full) else { break };
        let sort = def.rank(query.order).and_then(|rank| last.values.get(rank)).cloned();
        query = query.after(sort.unwrap_or(Value::Ref(last.id)), last.id);
    }
    Ok(Table { name, heads, lines })
}

/// The cell of a value: figures and days stay what they are.
pub fn cell(reader: &Reader<'_>, def: &EntityDef, field: &FieldDef, value: &Value) -> Cell {
    if crate::show::hidden(reader.actor, def, field) {
        return Cell::Nothing;
    }
    let plain = || typed::of_value(field, value, Language::English);
    match (field.kind, value) {
        (_, Value::Null) => Cell::Nothing,
        (_, Value::Day(day)) => Cell::Day(*day),
        (Kind::Money, Value::Money(amount)) => {
            Cell::Number(kernel::number::decimal(amount.minor, amount.currency.decimals()))
        }
        (Kind::Price, Value::Price(price)) => {
            Cell::Number(kernel::number::trimmed(price.scaled, kernel::Price::DECIMALS))
        }
        // The company's own numbers are kept as they were typed.
        (Kind::Quantity, Value::Text(text)) => Cell::Number(text.clone()),
        (Kind::Integer | Kind::Quantity | Kind::Rate, _) => Cell::Number(plain()),
        _ => match reader.text(def, field, value) {
            text if text.is_empty() => Cell::Nothing,
            text => Cell::Text(text),
        },
    }
}
