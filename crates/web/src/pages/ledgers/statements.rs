//! The annual accounts: balance sheet and income statement of a year up to a day, each figure open
//! to its accounts, and both as files.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use erp::finance::{self, FiscalYear, Part, Statements, TURNOVER};
use kernel::{Condition, Day, Direction, Entity, Fault, Faults, Kept, Language, Money, Query, Tx};
use maud::{Markup, html};

use super::STATEMENTS;
use super::statement_lines::{self as lines, Wanted};
use crate::answer::{Answer, Refused, with_header};
use crate::door::Ask;
use crate::parts::{
    Button, Figure, Icon, Tab, Tone, banner, chips, empty, figures, head, say, section, state, tabs,
};
use crate::words;

/// Where the page is.
const PATH: &str = "/ledgers/statements";

/// What the page shows.
struct Seen {
    years: Vec<Kept<FiscalYear>>,
    /// The code of the year.
    year: String,
    statements: Statements,
}

impl Seen {
    /// The year and the day that the address asks for: without them, the year that holds today, or
    /// the last one, as far as it has come.
    fn read(tx: &mut Tx<'_>, ask: &Ask) -> Result<Option<Self>, Faults> {
        let all = Query::all(FiscalYear::DEF).only(Condition::Everything);
        let years: Vec<Kept<FiscalYear>> = tx.select(all.sorted("starts_on", Direction::Down))?;
        let today = tx.today();
        let asked = ask.query.text("year");
        let named = years.iter().find(|year| year.code == asked);
        let Some(year) = named.or_else(|| years.iter().find(|year| year.starts_on <= today)) else {
            return Ok(None);
        };
        let days = year.starts_on..=year.ends_on;
        let day = Day::parse(ask.query.text("until")).ok().filter(|day| days.contains(day));
        let until = day.unwrap_or_else(|| today.min(year.ends_on));
        let statements = finance::statements(tx, year, until)?;
        let year = year.code.clone();
        Ok(Some(Self { years, year, statements }))
    }

    /// As it stands in an address.
    fn query(&self, wanted: &Wanted) -> String {
        let mut query = format!("year={}&until={}", self.year, self.statements.span.to);
        if wanted.income {
            query.push_str("&show=income");
        }
        if wanted.whole {
            query.push_str("&whole=1");
        }
        query
    }
}

/// `GET /ledgers/statements?year=&until=&show=&open=&whole=`.
pub async fn page(ask: Ask) -> Answer {
    ask.may("journal_entry.read")?;
    let seen = ask.read(Seen::read).await?;
    let language = ask.language;
    let title = say(language, "Bilan et résultat", "Financial statements");
    let Some(seen) = seen else {
        let body = html! { (head(&html! {}, title, &html! {}, &[])) (nothing(language)) };
        return Ok(ask.page(STATEMENTS, Vec::new(), title, &body));
    };
    let wanted = Wanted::of(&ask);
    let body = html! {
        div #statements .statement {
            (top(&ask, &seen, &wanted, title))
            (chips(language, &[], &form(&ask, &seen, &wanted)))
            (outside(language, seen.statements.outside))
            (summary(language, &seen.statements))
            (tabs(title, &shown(language, &seen, &wanted)))
            @if wanted.income {
                (lines::income_ledger(&ask, &seen.statements, &wanted, &seen.query(&wanted)))
            } @else {
                (sheet(&ask, &seen, &wanted))
            }
            (every_line(language, &seen, &wanted))
            (note(language))
        }
    };
    Ok(ask.page(STATEMENTS, Vec::new(), title, &body))
}

fn nothing(language: Language) -> Markup {
    let years = say(language, "Exercices", "Fiscal years");
    empty(
        say(language, "Aucun exercice n’est ouvert.", "No fiscal year is open."),
        say(language, "Ouvrez un exercice pour établir ses comptes.", "Open a fiscal year first."),
        &[Button::link(years, "/fiscal_years")],
    )
}

fn top(ask: &Ask, seen: &Seen, wanted: &Wanted, title: &str) -> Markup {
    let (language, statements) = (ask.language, &seen.statements);
    let even = statements.assets().now.net() == statements.liabilities().now.net();
    let beside = if even {
        state(Tone::Done, say(language, "équilibré", "balanced"))
    } else {
        state(Tone::Blocked, say(language, "déséquilibré", "out of balance"))
    };
    let query = seen.query(wanted);
    let all = wanted.open == lines::EVERY;
    let detail = if all {
        Button::link(say(language, "Sans les comptes", "Without accounts"), at(&query))
    } else {
        let open = format!("{query}&open={}", lines::EVERY);
        Button::link(say(language, "Détail par compte", "With accounts"), at(&open))
    };
    let open = if all { format!("{query}&open={}", lines::EVERY) } else { query };
    let file = |end: &str, name: &str| {
        Button::link(name, format!("{PATH}/export.{end}?{open}")).icon(Icon::Download).desk_only()
    };
    let excel = say(language, "Classeur", "Workbook");
    let buttons = [detail.swap("#statements").key("d"), file("csv", "CSV"), file("xlsx", excel)];
    let over = html! { (say(language, "Exercice", "Fiscal year")) " " (seen.year) };
    head(&over, title, &beside, &buttons)
}

fn at(query: &str) -> String {
    format!("{PATH}?{query}")
}

fn form(ask: &Ask, seen: &Seen, wanted: &Wanted) -> Markup {
    let (language, span) = (ask.language, seen.statements.span);
    html! {
        form method="get" action=(PATH) data-filter data-swap="#statements" {
            @if wanted.income { input type="hidden" name="show" value="income"; }
            @if wanted.whole { input type="hidden" name="whole" value="1"; }
            @if !wanted.open.is_empty() { input type="hidden" name="open" value=(wanted.open); }
            label.muted for="statement-year" { (say(language, "Exercice", "Fiscal year")) }
            select.in #statement-year name="year" {
                @for year in &seen.years {
                    option value=(year.code) selected[year.code == seen.year] { (year.code) }
                }
            }
            label.muted for="statement-until" { (say(language, "arrêté au", "up to")) }
            input.in type="date" #statement-until name="until" value=(span.to);
            (Button::submit(ask.say(words::SEE)).icon(Icon::Filter).small())
        }
    }
}

/// Special accounts stand in no model; an entry that sets one against another class is a mistake
/// that must be seen.
fn outside(language: Language, amount: Money) -> Markup {
    let what = say(
        language,
        "Des comptes de la classe 8 ne sont pas soldés entre eux : le bilan ne peut s’équilibrer.",
        "Accounts of class 8 do not cancel out: the balance sheet cannot balance.",
    );
    html! {
        @if !amount.is_zero() {
            (banner(Tone::Watch, what, &html! { (language.money(amount)) }, "", &[]))
        }
    }
}

fn summary(language: Language, statements: &Statements) -> Markup {
    let turnover = statements.sum(|rubric| TURNOVER.contains(&rubric.code));
    let operating = statements.result_of(&[Part::OperatingIncome, Part::OperatingExpenses]);
    let result = statements.result();
    let code = |code: &'static str| statements.sum(move |rubric| rubric.code == code);
    let (cash, banks) = (code("cash"), code("banks"));
    let treasury = (cash.now.net() - banks.now.net(), cash.before.net() - banks.before.net());
    let last = language.day(statements.span.from + -1);
    let until = language.day(statements.span.before_to);
    let figure = |name, (now, before): (Money, Money), day: &str| {
        let note = words::colon(language, day, &language.money(before));
        let figure = Figure::new(name, language.money(now), note);
        if now.minor < 0 { figure.tone(Tone::Watch) } else { figure }
    };
    figures(&[
        figure(
            say(language, "Chiffre d’affaires net", "Net turnover"),
            (turnover.now.net(), turnover.before.net()),
            &until,
        ),
        figure(say(language, "Résultat d’exploitation", "Operating result"), operating, &until),
        figure(say(language, "Résultat net", "Net result"), result, &until),
        figure(say(language, "Trésorerie nette", "Net cash"), treasury, &last),
    ])
}

fn shown(language: Language, seen: &Seen, wanted: &Wanted) -> [Tab; 2] {
    let to = |income| at(&seen.query(&Wanted { income, ..wanted.clone() }));
    [
        Tab::new(say(language, "Bilan", "Balance sheet"), to(false), !wanted.income),
        Tab::new(say(language, "Compte de résultat", "Income statement"), to(true), wanted.income),
    ]
}

fn sheet(ask: &Ask, seen: &Seen, wanted: &Wanted) -> Markup {
    let (language, query) = (ask.language, seen.query(wanted));
    let (assets, liabilities) = (
        lines::assets_ledger(ask, &seen.statements, wanted, &query),
        lines::liabilities_ledger(ask, &seen.statements, wanted, &query),
    );
    html! {
        (section(say(language, "Actif", "Assets"), &html! {}, &assets))
        (section(say(language, "Passif", "Equity and liabilities"), &html! {}, &liabilities))
    }
}

/// Lines without a figure are left out; the whole models are one step away.
fn every_line(language: Language, seen: &Seen, wanted: &Wanted) -> Markup {
    let href = at(&seen.query(&Wanted { whole: !wanted.whole, ..wanted.clone() }));
    let label = if wanted.whole {
        say(language, "Les lignes qui ont un montant", "Lines that have an amount")
    } else {
        say(language, "Toutes les lignes du modèle", "Every line of the model")
    };
    html! { p.mt { a.muted href=(href) data-swap="#statements" { (label) } } }
}

fn note(language: Language) -> Markup {
    let note = say(
        language,
        "Modèles du plan comptable général (règlement ANC 2022-06), avant affectation du résultat. \
         Un compte de tiers ou de banque se range à l’actif ou au passif selon son solde\u{a0}; les \
         clients et les fournisseurs ne se compensent pas entre eux.",
        "The models of the French chart of accounts (regulation ANC 2022-06), before appropriation \
         of the result. Accounts of third parties and banks stand with the assets or the \
         liabilities by their balance; customers and suppliers are not set off against each other.",
    );
    html! { p.muted.mt.prose { (note) } }
}

/// `GET /ledgers/statements/export.{csv,xlsx}`: the statement that is shown.
pub async fn export(ask: Ask, Path(file): Path<String>) -> Result<Response, Refused> {
    ask.may("journal_entry.read")?;
    let missing = || Fault::new("not_found").with("entity", "file").with("id", file.as_str());
    let end = file.strip_prefix("export.").ok_or_else(|| ask.refusal(missing()))?.to_owned();
    let seen = ask.read(Seen::read).await?.ok_or_else(|| ask.refusal(missing()))?;
    let wanted = Wanted::of(&ask);
    let table = lines::table(&ask, &seen.statements, &wanted);
    let name = if wanted.income { "compte-de-resultat" } else { "bilan" };
    let (bytes, kind) = match end.as_str() {
        "csv" => {
            let text = table.csv(ask.language).map_err(|fault| ask.refusal(fault))?;
            (text, "text/csv; charset=utf-8")
        }
        "xlsx" => {
            (table.xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        }
        _ => return Err(ask.refusal(missing())),
    };
    let place = format!("attachment; filename=\"{name}-{}.{end}\"", seen.statements.span.to);
    let response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    Ok(with_header(response, header::CONTENT_DISPOSITION, &place))
}
