//! The order book, drawn.

use axum::response::Response;
use crm::sales::Order;
use kernel::{Day, Entity, Language};
use maud::{Markup, Render, html};

use super::list::{Asked, Line, Shown, View};
use super::{book, line_columns, step, when};
use crate::door::Ask;
use crate::list::Wanted;
use crate::parts::{
    Button, Chip, Column, Fold, Icon, Ledger, Row, Sum, Tab, chips, empty, head, icon, marks,
    pager, say, tabs,
};
use crate::show::Reader;
use crate::titles::Titles;
use crate::{bulk, cell, import, list, nav, views, words};

pub fn page(ask: &Ask, shown: &Shown) -> Response {
    let title = Order::DEF.labels.say(ask.language);
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons(ask, shown)))
        div #list { (content(ask, shown)) }
    };
    ask.page(Order::DEF.plural, Vec::new(), title, &body)
}

fn buttons(ask: &Ask, shown: &Shown) -> Vec<Button> {
    let board = say(ask.language, "Tableau", "Board");
    let mut buttons = vec![Button::link(board, "/board").bare().desk_only()];
    if shown.wanted.is_none() {
        // Of the views that no sieve tells, the API sends what is confirmed.
        let export = Button::link(ask.say(words::EXPORT), "/api/orders.csv?stage=confirmed");
        buttons.push(export.icon(Icon::Download).desk_only());
    }
    if import::imports(ask, Order::DEF) {
        let href = import::href(Order::DEF);
        buttons.push(Button::link(ask.say(import::IMPORT), href).desk_only());
    }
    if nav::creates(ask, Order::DEF) {
        let new = say(ask.language, "Nouvelle commande", "New order");
        buttons.push(Button::link(new, "/orders/new").primary().icon(Icon::Plus).key("c"));
    }
    buttons
}

fn content(ask: &Ask, shown: &Shown) -> Markup {
    let first = match &shown.asked {
        Ok(asked) if asked.first > 1 => Some(asked.address(asked.view).after("/orders")),
        Err((wanted, _)) if wanted.first > 1 => Some(wanted.without_place()),
        _ => None,
    };
    html! {
        (view_tabs(ask, shown))
        @if let Some(wanted) = &shown.wanted { (views::bar(ask, Order::DEF, wanted, &shown.views)) }
        @match &shown.asked {
            Ok(asked) => (chips(ask.language, &[], &filter_form(ask, asked))),
            Err((wanted, titles)) => {
                (chips(ask.language, &filter_chips(ask, wanted, titles), &html! {}))
            }
        }
        @if let Some(wanted) = &shown.wanted {
            (list::bar::tools(ask, Order::DEF, wanted, &shown.views, false))
        }
        (ledger(ask, shown))
        @if let Some(wanted) = shown.wanted.as_ref().filter(|_| !shown.lines.is_empty()) {
            (bulk::bar(ask, Order::DEF, wanted))
        }
        @if !shown.lines.is_empty() {
            (pager(
                ask.language,
                shown.lines.len(),
                first.as_deref(),
                shown.next.as_deref(),
                Some("#list"),
            ))
        }
    }
}

fn view_tabs(ask: &Ask, shown: &Shown) -> Markup {
    let drawn = View::ALL.map(|(view, name, label)| {
        let (href, on) = match &shown.asked {
            Ok(asked) => (asked.address(view).after("/orders"), asked.view == view),
            Err(_) => (format!("/orders?view={name}"), false),
        };
        Tab::new(label.say(ask.language), href, on)
    });
    tabs(say(ask.language, "Vues des commandes", "Views of the orders"), &drawn)
}

fn filter_form(ask: &Ask, asked: &Asked) -> Markup {
    let customer = say(ask.language, "Client", "Customer");
    let (id, name) = asked
        .party
        .as_ref()
        .map_or_else(Default::default, |(id, name)| (id.to_string(), name.clone()));
    html! {
        form method="get" action="/orders" data-filter data-swap="#list" role="search" {
            input type="hidden" name="view" value=(asked.view.name());
            input.in type="search" name="q" id="filter-q" value=(asked.words) autocomplete="off"
                placeholder=(say(ask.language, "Numéro, référence", "Number, reference"))
                aria-label=(ask.say(words::SEARCH));
            span.pick data-pick="party" {
                input type="hidden" name="party" value=(id);
                input type="hidden" name="party.was" value=(name);
                input.in id="filter-party" name="party.text" type="text" value=(name)
                    autocomplete="off" role="combobox" aria-expanded="false"
                    aria-autocomplete="list" placeholder=(customer) aria-label=(customer);
            }
            (Button::submit(ask.say(words::FILTER)).icon(Icon::Filter).key("f").small())
            @if asked.narrowed() {
                a.btn.bare.mini href={ "/orders?view=" (asked.view.name()) } data-swap="#list" {
                    (icon(Icon::Close)) (ask.say(words::CLEAR))
                }
            }
        }
    }
}

fn filter_chips(ask: &Ask, wanted: &Wanted, titles: &Titles) -> Vec<Chip> {
    let reader =
        Reader { catalog: ask.state.catalog, actor: &ask.actor, language: ask.language, titles };
    let chip = |filter: &crate::list::Filter| {
        let mut path = vec![filter.field.label.say(ask.language).to_owned()];
        if filter.is_lower_bound() {
            path.push(ask.say(words::FROM).to_owned());
        } else if filter.is_upper_bound() {
            path.push(ask.say(words::UNTIL).to_owned());
        }
        Chip {
            path,
            value: reader.text(Order::DEF, filter.field, &filter.value),
            remove: Some(wanted.without(&filter.name)),
        }
    };
    wanted.filters.iter().map(chip).collect()
}

/// The place of the column that not everyone sees.
const MARGIN: usize = 8;

fn ledger(ask: &Ask, shown: &Shown) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en);
    let mut columns = vec![
        Column::number(say("Commande", "Order")),
        Column::title(say("Client", "Customer")).grow(),
        Column::quiet(say("Ville", "City")).room(920),
        Column::quiet(say("Suivi", "Seller")).room(1040),
        Column::quiet(say("Passée le", "Ordered")).room(800),
        Column::text(say("Promise le", "Promised")),
        Column::marks(),
        Column::state(say("Étape déduite", "Derived step")),
        Column::figure(say("Marge", "Margin")).room(1040),
        Column::amount(say("Montant HT", "Excl. tax")).fold(Fold::Amount),
    ];
    if !line_columns::sees_margin(&ask.actor) {
        columns.remove(MARGIN);
    }
    let (first, by_day) = match &shown.asked {
        Ok(asked) => (asked.first, asked.view.by_day()),
        Err((wanted, _)) => (wanted.first, false),
    };
    let mut ledger = Ledger::new(language, Order::DEF.labels.say(language), columns)
        .first(first)
        .pinned()
        .empty(nothing(ask, shown));
    if shown.wanted.is_some() && bulk::offers(ask, Order::DEF) {
        ledger = ledger.choose("bulk");
    }
    let mut week = None;
    for line in &shown.lines {
        let monday = line.order.ordered_on.filter(|_| by_day).map(when::monday);
        if monday != week
            && let Some(monday) = monday
        {
            ledger = ledger.group(week_head(language, monday, shown.today));
            week = Some(monday);
        }
        ledger = ledger.row(row(ask, shown, line));
    }
    ledger.render()
}

/// `Cette semaine S48 · du 23 au 29 nov.`
fn week_head(language: Language, monday: Day, today: Day) -> Sum {
    let this = when::monday(today);
    let (number, sunday) = (when::week(monday), monday + 6);
    let label = match (language, (this - monday) / 7) {
        (Language::French, 0) => "Cette semaine".to_owned(),
        (Language::English, 0) => "This week".to_owned(),
        (Language::French, 1) => "Semaine dernière".to_owned(),
        (Language::English, 1) => "Last week".to_owned(),
        (Language::French, _) => format!("Semaine {number}"),
        (Language::English, _) => format!("Week {number}"),
    };
    let end = when::day_of(language, sunday, today);
    let start = if monday.month() == sunday.month() {
        match (language, monday.day()) {
            (Language::French, 1) => "1er".to_owned(),
            (_, day) => day.to_string(),
        }
    } else {
        language.short_day(monday)
    };
    Sum::new(label, Vec::new()).note(match language {
        Language::French => format!("du {start} au {end}"),
        Language::English => format!("{start} to {end}"),
    })
}

fn row(ask: &Ask, shown: &Shown, line: &Line) -> Row {
    let (language, order) = (ask.language, &line.order);
    let editable = (Order::DEF.editable)(&order.to_record()).is_ok();
    // What may be changed in its place, as long as the order is open to editing.
    let opens = |name: &str, drawn: Markup| match Order::DEF.field(name).filter(|_| editable) {
        Some(field) => {
            let cell =
                cell::around(&ask.actor, Order::DEF, line.id.raw(), field, Some(drawn), true);
            cell.unwrap_or_default()
        }
        None => drawn,
    };
    let around = book::around(line.id, &shown.holds, &shown.shipping, &shown.billable);
    let party = shown.parties.get(&order.party);
    let name = party.map_or("", |party| party.name.as_str());
    let number = order.number.as_deref().unwrap_or("—");
    let href = format!("/orders/{}", line.id);
    let day = |day: Option<Day>| day.map(|day| when::day_of(language, day, shown.today));
    let late = step::days_late(order, shown.today).is_some();
    let seller = order.seller.as_deref().unwrap_or("");
    let mut cells = vec![
        html! { a href=(href) { (number) } },
        html! { a href=(href) { (name) } },
        html! { (party.and_then(|party| party.city.as_deref()).unwrap_or("")) },
        opens(Order::SELLER.name, html! { span title=(seller) { (book::initials(seller)) } }),
        html! { (day(order.ordered_on).unwrap_or_default()) },
        opens(
            Order::PROMISED_ON.name,
            html! { span .warn-t[late] { (day(order.promised_on).unwrap_or_default()) } },
        ),
        marks(language, step::marks_of(order, around.held)),
        step::drawn(order, around, shown.today, language),
        html! {
            @if !order.net.is_zero() {
                (when::percent(language, order.margin.ratio(order.net)))
            }
        },
        html! { (language.money(order.net)) },
    ];
    if !line_columns::sees_margin(&ask.actor) {
        cells.remove(MARGIN);
    }
    Row::new(cells).record(line.id.to_string(), number)
}

fn nothing(ask: &Ask, shown: &Shown) -> Markup {
    let say = |fr, en| say(ask.language, fr, en);
    let narrowed = match &shown.asked {
        Ok(asked) => asked.narrowed(),
        Err((wanted, _)) => wanted.narrowed(),
    };
    if narrowed {
        let all = Button::link(ask.say(words::CLEAR), "/orders");
        return empty(ask.say(words::NOTHING_MATCHES), "", &[all]);
    }
    let view = shown.asked.as_ref().map_or(View::All, |asked| asked.view);
    let (what, next) = match view {
        View::Open | View::All => (
            say("Aucune commande ici.", "No order here."),
            say(
                "Une commande s’ouvre d’un devis accepté, d’un client, ou d’ici.",
                "An order opens from an accepted quote, from a customer, or from here.",
            ),
        ),
        View::ToInvoice => (say("Rien n’est à facturer.", "Nothing is to be invoiced."), ""),
        View::Held => (say("Aucune commande n’est retenue.", "No order is on hold."), ""),
        View::Late => {
            (say("Toutes les promesses sont tenues.", "Every promise is being kept."), "")
        }
    };
    let new = say("Nouvelle commande", "New order");
    let buttons = match view {
        View::Open | View::All if nav::creates(ask, Order::DEF) => {
            vec![Button::link(new, "/orders/new").icon(Icon::Plus)]
        }
        _ => Vec::new(),
    };
    empty(what, next, &buttons)
}
