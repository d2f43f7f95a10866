//! The stock: every product with what is there, for whom, what is to come, and what it is worth.

mod product;
pub mod receive;

use axum::Router;
use axum::routing::get;
use kernel::{Language, Money, Quantity, Text};
use maud::{Markup, Render, html};
use processes::reports::stock::{self, StockRow};

use crate::WebState;
use crate::answer::Answer;
use crate::door::Ask;
use crate::nav::{Entry, Group};
use crate::parts::{
    Button, Column, Figure, Fold, Icon, Ledger, Row, Sum, Tab, Tone, chips, empty, figures, head,
    pager, say, state, tabs,
};
use crate::{address::encoded, words};

/// The key of the overview in the rail.
pub const STOCK: &str = "stock";
/// How many products a page has.
const PAGE: usize = 100;

pub const PLACE: Entry = Entry::page(
    Group::Stock,
    STOCK,
    "/stock",
    Text::new("Vue du stock", "Stock overview"),
    "stock_level.read",
)
.letter('v')
.after("product");

pub fn routes() -> Router<WebState> {
    Router::new().route("/stock", get(page)).route("/stock/{product}", get(product::page))
}

/// Which products are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    All,
    /// Time to buy or make more.
    Low,
    /// Customers wait.
    Waiting,
}

impl View {
    const ALL: [View; 3] = [View::All, View::Low, View::Waiting];

    fn of(word: &str) -> Self {
        match word {
            "low" => View::Low,
            "waiting" => View::Waiting,
            _ => View::All,
        }
    }
    const fn word(self) -> &'static str {
        match self {
            View::All => "",
            View::Low => "low",
            View::Waiting => "waiting",
        }
    }
    const fn label(self) -> Text {
        match self {
            View::All => words::ALL_OF_THEM,
            View::Low => Text::new("À réapprovisionner", "To replenish"),
            View::Waiting => Text::new("Attendus par des clients", "Customers wait"),
        }
    }
    fn shows(self, row: &StockRow) -> bool {
        match self {
            View::All => true,
            View::Low => row.is_low(),
            View::Waiting => row.waiting() > Quantity::ZERO,
        }
    }
}

/// `GET /stock?q=&view=&after=`.
async fn page(ask: Ask) -> Answer {
    ask.may("stock_level.read")?;
    let (all, currency) = ask.read(|tx, _| Ok((stock::stock(tx)?, tx.currency()))).await?;
    let language = ask.language;
    let view = View::of(ask.query.text("view"));
    let words_typed = store::fold(ask.query.text("q"));
    let after = ask.query.text("after").to_owned();
    let matches = |row: &StockRow| {
        let text = format!("{} {} {}", row.sku, row.name, row.name_en.as_deref().unwrap_or(""));
        let text = store::fold(&text);
        words_typed.split_whitespace().all(|word| text.contains(word))
    };
    let found: Vec<&StockRow> = all.iter().filter(|row| view.shows(row) && matches(row)).collect();
    let start = found.partition_point(|row| row.sku.as_str() <= after.as_str());
    let shown = &found[start..found.len().min(start + PAGE)];
    let title = say(language, "Vue du stock", "Stock overview");
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons(&ask)))
        (figures(&key_figures(&ask, &all, currency)))
        div #stock {
            (views(&ask, view, &all))
            (chips(language, &[], &search(&ask, view)))
            (ledger(&ask, shown, start, currency))
            (rest(&ask, view, start, shown, found.len()))
        }
    };
    Ok(ask.page(STOCK, Vec::new(), title, &body))
}

fn buttons(ask: &Ask) -> Vec<Button> {
    let mut buttons = Vec::new();
    if ask.actor.can("stock_move.read") {
        buttons.push(Button::link(say(ask.language, "Mouvements", "Moves"), "/stock_moves"));
    }
    if ask.actor.can("stock_count.create") {
        let count = say(ask.language, "Inventorier", "Count");
        buttons.push(Button::link(count, "/stock_counts/new").icon(Icon::Check));
    }
    buttons
}

fn sees_value(ask: &Ask) -> bool {
    ask.actor.can("valuation.read")
}

fn key_figures(ask: &Ask, all: &[StockRow], currency: kernel::Currency) -> Vec<Figure> {
    let language = ask.language;
    let count = |test: fn(&StockRow) -> bool| {
        language.integer(i64::try_from(all.iter().filter(|row| test(row)).count()).unwrap_or(0))
    };
    let mut shown = Vec::new();
    if sees_value(ask) {
        let value = Money::sum(currency, all.iter().map(|row| row.value));
        shown.push(Figure::new(
            say(language, "Valeur du stock", "Stock value"),
            language.money(value),
            say(language, "coût moyen pondéré", "weighted average cost"),
        ));
    }
    shown.extend([
        Figure::new(
            say(language, "Articles en stock", "Products in stock"),
            count(|row| row.on_hand > Quantity::ZERO),
            match language {
                Language::French => format!("sur {}", all.len()),
                Language::English => format!("of {}", all.len()),
            },
        ),
        Figure::new(
            say(language, "Attendus par des clients", "Customers wait"),
            count(|row| row.waiting() > Quantity::ZERO),
            say(language, "articles en rupture", "products short"),
        )
        .tone(Tone::Watch)
        .href("/stock?view=waiting"),
        Figure::new(
            say(language, "À réapprovisionner", "To replenish"),
            count(StockRow::is_low),
            say(language, "sous leur seuil", "below their level"),
        )
        .href("/stock?view=low"),
    ]);
    shown
}

fn views(ask: &Ask, now: View, all: &[StockRow]) -> Markup {
    let tab = |view: View| {
        let href = match view.word() {
            "" => "/stock".to_owned(),
            word => format!("/stock?view={word}"),
        };
        let count = all.iter().filter(|row| view.shows(row)).count();
        Tab::new(view.label().say(ask.language), href, view == now).count(count.to_string())
    };
    tabs(say(ask.language, "Articles", "Products"), &View::ALL.map(tab))
}

fn search(ask: &Ask, view: View) -> Markup {
    html! {
        form method="get" action="/stock" data-filter data-swap="#stock" role="search" {
            @if view != View::All { input type="hidden" name="view" value=(view.word()); }
            input.in type="search" name="q" id="stock-q" value=(ask.query.text("q"))
                autocomplete="off" placeholder=(ask.say(words::SEARCH))
                aria-label=(ask.say(words::SEARCH));
            (Button::submit(ask.say(words::FILTER)).icon(Icon::Filter).small())
        }
    }
}

fn ledger(ask: &Ask, rows: &[&StockRow], start: usize, currency: kernel::Currency) -> Markup {
    let language = ask.language;
    let mut columns = vec![
        Column::number(say(language, "Référence", "SKU")),
        Column::title(say(language, "Article", "Product")).grow(),
        Column::state(say(language, "État", "State")),
        Column::figure(say(language, "En stock", "On hand")),
        Column::figure(say(language, "Réservé", "Reserved")),
        Column::figure(say(language, "Libre", "Free")).fold(Fold::Amount),
        Column::figure(say(language, "Promis", "Promised")),
        Column::figure(say(language, "Attendu", "Awaited")),
        Column::text(say(language, "Le", "On")),
    ];
    if sees_value(ask) {
        columns.push(Column::figure(say(language, "Valeur €", "Value €")));
    }
    let ledger = Ledger::new(language, say(language, "Stock", "Stock"), columns)
        .first(start + 1)
        .pinned()
        .rows(rows.iter().map(|row| line(ask, row)))
        .empty(empty(ask.say(words::NOTHING_MATCHES), "", &[]));
    if !sees_value(ask) {
        return ledger.render();
    }
    let value = Money::sum(currency, rows.iter().map(|row| row.value));
    let total = say(language, "Valeur de la page", "Value of the page");
    ledger.total(Sum::new(total, vec![html! { (language.amount(value)) }])).render()
}

/// A quantity of a column where most cells are blank.
fn some(language: Language, quantity: Quantity) -> String {
    if quantity.is_zero() { String::new() } else { language.quantity(quantity) }
}

fn line(ask: &Ask, row: &StockRow) -> Row {
    let language = ask.language;
    let name = match language {
        Language::French => row.name.as_str(),
        Language::English => row.name_en.as_deref().unwrap_or(&row.name),
    };
    let href = format!("/stock/{}", row.product);
    let mut cells = vec![
        html! { a href=(href) { (row.sku) } },
        html! { a href=(href) { (name) } },
        standing(language, row),
        html! { (language.quantity(row.on_hand)) },
        html! { (some(language, row.reserved)) },
        html! { (language.quantity(row.free())) },
        html! { (some(language, row.promised)) },
        html! { (some(language, row.awaited)) },
        html! { @if let Some(day) = row.next_due { (language.short_day(day)) } },
    ];
    if sees_value(ask) {
        cells.push(html! { (language.amount(row.value)) });
    }
    Row::new(cells)
}

fn standing(language: Language, row: &StockRow) -> Markup {
    if row.waiting() > Quantity::ZERO {
        let word = say(language, "manque", "short of");
        return state(Tone::Blocked, &format!("{word} {}", language.quantity(row.waiting())));
    }
    if row.is_low() {
        return state(Tone::Watch, say(language, "à commander", "to order"));
    }
    if row.on_hand.is_zero() {
        return state(Tone::Wait, say(language, "aucun", "none"));
    }
    state(Tone::Done, say(language, "en stock", "in stock"))
}

fn rest(ask: &Ask, view: View, start: usize, shown: &[&StockRow], all: usize) -> Markup {
    let base = format!("/stock?view={}&q={}", view.word(), encoded(ask.query.text("q")));
    let last = shown.last().filter(|_| start + shown.len() < all);
    let next = last.map(|row| format!("{base}&after={}", encoded(&row.sku)));
    let first = (start > 0).then_some(base.as_str());
    pager(ask.language, shown.len(), first, next.as_deref(), Some("#stock"))
}
