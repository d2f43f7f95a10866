//! Someone else was quicker: for each field that differs, what was typed and what is stored.

use kernel::{FieldDef, Kind, Value, typed};
use maud::{Markup, html};

use super::draft;
use super::sheet::Sheet;
use crate::address::Fields;
use crate::door::Ask;
use crate::parts::{Column, Ledger, Row, Tone, banner};
use crate::{show, words};

/// The banner, and both values of each field that differs.
pub(super) fn drawn(ask: &Ask, sheet: &Sheet) -> Markup {
    let Some(row) = &sheet.stored else { return html! {} };
    let now = sheet.typed_of(ask, row);
    let fields =
        sheet.edited(ask).into_iter().filter_map(|field| of_field(ask, sheet, &now, field));
    let lists = sheet.def.fields.iter().filter(|field| matches!(field.kind, Kind::Lines(_)));
    let lists = lists.filter_map(|field| of_list(ask, sheet, &now, field));
    let columns = [words::FIELD, words::YOURS, words::THEIRS];
    let columns = columns.iter().map(|word| Column::text(ask.say(*word))).collect();
    let ledger = Ledger::new(ask.language, ask.say(words::STALE), columns)
        .no_margin()
        .rows(fields.chain(lists));
    html! {
        (banner(Tone::Watch, ask.say(words::STALE), &html! {}, ask.say(words::STALE_NEXT), &[]))
        (ledger)
    }
}

fn of_field(ask: &Ask, sheet: &Sheet, now: &Fields, field: &'static FieldDef) -> Option<Row> {
    let text = sheet.typed.get(&format!("{}.text", field.name));
    let on_form = sheet.typed.get(field.name).is_some()
        || text.is_some()
        || sheet.typed.all("flags").any(|flag| flag == field.name);
    // A form sends a line end as two characters.
    let mine = sheet.value(field.name).replace("\r\n", "\n");
    let theirs = now.get(field.name).unwrap_or("");
    (on_form && mine.trim() != theirs.trim()).then(|| {
        Row::new(vec![
            html! { (field.label.say(ask.language)) },
            html! { (read(ask, sheet, field, &mine, text)) },
            html! { (read(ask, sheet, field, theirs, None)) },
        ])
    })
}

/// The text of an input, as a person reads it.
fn read(ask: &Ask, sheet: &Sheet, field: &FieldDef, text: &str, shown: Option<&str>) -> String {
    let said = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
    match field.kind {
        Kind::Ref(target) => {
            let id = kernel::RawId::parse(text).ok();
            let title = id.and_then(|id| sheet.titles.of(target, id));
            said(shown.or(title).unwrap_or(text))
        }
        Kind::Choice(values) => {
            let found = values.iter().find(|(name, _)| *name == text);
            said(found.map_or(text, |(_, label)| label.say(ask.language)))
        }
        Kind::Flag => ask.say(show::yes_no(text == "true")).to_owned(),
        Kind::Day => match typed::to_value(field, text, ask.language, kernel::Currency::EUR) {
            Ok(Value::Day(day)) => ask.language.day(day),
            _ => said(text),
        },
        _ => said(text),
    }
}

/// Of lines that differ, how many there are on each side: they are all in the form.
fn of_list(ask: &Ask, sheet: &Sheet, now: &Fields, list: &'static FieldDef) -> Option<Row> {
    let prefix = format!("{}.", list.name);
    let texts = |fields: &Fields| {
        let own = fields.0.iter().filter(|(name, value)| {
            let frame = name.ends_with(".text") || name.ends_with(".was");
            name.starts_with(&prefix) && !frame && !value.is_empty()
        });
        let mut own: Vec<(String, String)> = own.cloned().collect();
        own.sort();
        own
    };
    let count = |fields: &Fields| draft::count(fields, list.name).to_string();
    let on_form = sheet.typed.all("lists").any(|shown| shown == list.name);
    (on_form && texts(&sheet.typed) != texts(now)).then(|| {
        Row::new(vec![
            html! { (list.label.say(ask.language)) },
            html! { (count(&sheet.typed)) },
            html! { (count(now)) },
        ])
    })
}
