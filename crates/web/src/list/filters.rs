//! The filters above a list: tabs of states, words, a few fields, and the chips of those in force.

use kernel::{EntityDef, FieldDef, Kind, Value, written};
use maud::{Markup, html};

use super::wanted::{Filter, Wanted};
use crate::door::Ask;
use crate::parts::{Button, Chip, Icon, Tab, chips, icon, tabs};
use crate::show::{self, Reader};
use crate::titles::Titles;
use crate::{columns, words};

/// The most fields that the bar offers; any other can be given in the address.
const OFFERED: usize = 4;
/// The most values that become tabs.
const TABS: usize = 7;

/// The tabs, then the form of filters and the chips of those that the form does not show.
pub fn bar(ask: &Ask, def: &'static EntityDef, wanted: &Wanted, titles: &Titles) -> Markup {
    let tabbed = tabbed(ask, def);
    let offered = offered(ask, def, tabbed);
    let shown = |filter: &Filter| {
        !filter.is_empty() && offered.iter().any(|field| field.name == filter.field.name)
            || tabbed.is_some_and(|field| field.name == filter.name)
    };
    let in_chips: Vec<Chip> = wanted
        .filters
        .iter()
        .filter(|filter| !shown(filter))
        .map(|filter| chip(ask, def, wanted, filter, titles))
        .collect();
    html! {
        @if let Some(field) = tabbed { (tabs_of(ask, wanted, field)) }
        (chips(ask.language, &in_chips, &form(ask, def, wanted, &offered, tabbed, titles)))
    }
}

/// The state whose values are tabs.
fn tabbed(ask: &Ask, def: &'static EntityDef) -> Option<&'static FieldDef> {
    columns::listed(&ask.actor, def)
        .into_iter()
        .find(|field| show::is_state(field) && field.choices().len() <= TABS)
}

fn tabs_of(ask: &Ask, wanted: &Wanted, field: &'static FieldDef) -> Markup {
    let now = wanted.filter(field.name).map(|filter| filter.value.clone());
    let all = Tab::new(ask.say(words::ALL_OF_THEM), wanted.with(field.name, None), now.is_none());
    let values = field.choices().iter().map(|(name, label)| {
        let on = now == Some(Value::Text((*name).to_owned()));
        Tab::new(label.say(ask.language), wanted.with(field.name, Some(name)), on)
    });
    let tabs_drawn: Vec<Tab> = std::iter::once(all).chain(values).collect();
    tabs(field.label.say(ask.language), &tabs_drawn)
}

fn offered(
    ask: &Ask,
    def: &'static EntityDef,
    tabbed: Option<&'static FieldDef>,
) -> Vec<&'static FieldDef> {
    let fields = columns::listed(&ask.actor, def).into_iter().filter(|field| {
        let fits = matches!(field.kind, Kind::Choice(_) | Kind::Ref(_) | Kind::Flag | Kind::Day);
        fits && tabbed.is_none_or(|tabbed| tabbed.name != field.name)
    });
    // One pair of days is enough for the bar.
    let mut days = 0;
    let one_day = fields.filter(|field| {
        days += usize::from(matches!(field.kind, Kind::Day));
        !matches!(field.kind, Kind::Day) || days == 1
    });
    one_day.take(OFFERED).collect()
}

fn chip(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    filter: &Filter,
    titles: &Titles,
) -> Chip {
    let reader =
        Reader { catalog: ask.state.catalog, actor: &ask.actor, language: ask.language, titles };
    let mut path = vec![filter.field.label.say(ask.language).to_owned()];
    if filter.is_lower_bound() {
        path.push(ask.say(words::FROM).to_owned());
    } else if filter.is_upper_bound() {
        path.push(ask.say(words::UNTIL).to_owned());
    }
    let value = if filter.is_empty() {
        ask.say(words::NOT_FILLED).to_owned()
    } else {
        reader.text(def, filter.field, &filter.value)
    };
    Chip { path, value, remove: Some(wanted.without(&filter.name)) }
}

fn form(
    ask: &Ask,
    def: &'static EntityDef,
    wanted: &Wanted,
    offered: &[&'static FieldDef],
    tabbed: Option<&'static FieldDef>,
    titles: &Titles,
) -> Markup {
    let in_form = |name: &str| {
        name == "q"
            || offered.iter().any(|field| {
                name == field.name
                    || name
                        .strip_prefix(field.name)
                        .is_some_and(|rest| matches!(rest, ".gte" | ".lte"))
            })
    };
    let kept = wanted.parameters().0.iter().filter(|(name, _)| !in_form(name));
    let searched = def.fields.iter().any(|field| field.search);
    html! {
        form method="get" action={ "/" (def.plural) } data-filter data-swap="#list" role="search"
            aria-label=(ask.say(words::SEARCH)) {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            @if searched {
                input.in type="search" name="q" id="filter-q" value=(wanted.words) autocomplete="off"
                    placeholder=(ask.say(words::SEARCH)) aria-label=(ask.say(words::SEARCH));
            }
            @for field in offered { (control(ask, wanted, field, titles)) }
            (Button::submit(ask.say(words::FILTER)).icon(Icon::Filter).key("f").small())
            @if wanted.narrowed() {
                @let kept = tabbed.and_then(|field| wanted.filter(field.name));
                @if kept.is_none() || wanted.filters.len() > 1 || !wanted.words.is_empty() {
                    a.btn.bare.mini href=(wanted.whole()) data-swap="#list" {
                        (icon(Icon::Close)) (ask.say(words::CLEAR))
                    }
                }
            }
        }
    }
}

/// The control of one field in the bar, small.
fn control(ask: &Ask, wanted: &Wanted, field: &'static FieldDef, titles: &Titles) -> Markup {
    let label = field.label.say(ask.language);
    let id = format!("filter-{}", field.name);
    let now = wanted.filter(field.name).map(|filter| &filter.value);
    match field.kind {
        Kind::Choice(values) => {
            let options = values.iter().map(|(name, label)| (*name, label.say(ask.language)));
            let now = match now {
                Some(Value::Text(name)) => name.as_str(),
                _ => "",
            };
            select(ask.language, label, &id, field.name, options, now)
        }
        Kind::Flag => {
            let options = [("true", ask.say(words::YES)), ("false", ask.say(words::NO))];
            let now = match now {
                Some(Value::Flag(true)) => "true",
                Some(Value::Flag(false)) => "false",
                _ => "",
            };
            select(ask.language, label, &id, field.name, options.into_iter(), now)
        }
        Kind::Ref(target) => {
            let (value, shown) = match now {
                Some(Value::Ref(id)) => {
                    (id.to_string(), titles.of(target, *id).unwrap_or_default().to_owned())
                }
                _ => Default::default(),
            };
            html! {
                span.pick data-pick=(target) {
                    input type="hidden" name=(field.name) value=(value);
                    input type="hidden" name={ (field.name) ".was" } value=(shown);
                    input.in id=(id) name={ (field.name) ".text" } type="text" value=(shown)
                        autocomplete="off" role="combobox" aria-expanded="false"
                        aria-autocomplete="list" placeholder=(label) aria-label=(label);
                }
            }
        }
        _ => html! {
            @for (end, word) in [(".gte", words::FROM), (".lte", words::UNTIL)] {
                @let name = format!("{}{end}", field.name);
                @let value = wanted.filter(&name).map(|filter| &filter.value);
                label.muted for=(format!("{id}{end}").replace('.', "-")) {
                    @if end == ".gte" { (words::colon(ask.language, label, "")) }
                    (ask.say(word))
                }
                input.in type="date" id=(format!("{id}{end}").replace('.', "-")) name=(name)
                    value=[value.map(day)];
            }
        },
    }
}

fn day(value: &Value) -> String {
    match value {
        Value::Day(day) => day.to_string(),
        other => written(other, kernel::Language::default()),
    }
}

fn select<'a>(
    language: kernel::Language,
    label: &str,
    id: &str,
    name: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
    now: &str,
) -> Markup {
    html! {
        select.in id=(id) name=(name) aria-label=(label) {
            option value="" { (label) }
            @for (value, word) in options {
                option value=(value) selected[value == now] {
                    (words::colon(language, label, word))
                }
            }
        }
    }
}
