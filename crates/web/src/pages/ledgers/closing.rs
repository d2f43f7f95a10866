//! One closing: its totals, its days, and what ties it to the one before it and to the audit.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use erp::finance::{
    Closing, ClosingKind, ClosingTopic, ClosingTotal, PaymentMethod, SealedDocument,
};
use kernel::{Choice, Direction, Entity, Id, Kept, Query, RawId};
use master::TaxCategory;
use maud::{Markup, Render, html};

use super::closings::{self, archive_button};
use super::entry::blank_if_zero;
use crate::answer::Answer;
use crate::door::Ask;
use crate::pages::acting;
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Sum, Tone, definitions, empty, head, say, section,
    state,
};
use crate::posted::Posted;

/// The most documents of a day that its page lists; the archive has all of them.
const MOST: u32 = 200;

struct Shown {
    closing: Kept<Closing>,
    totals: Vec<Kept<ClosingTotal>>,
    /// The days of a month, the months of a year, and what each sealed.
    within: Vec<Kept<Closing>>,
    documents: Vec<Kept<SealedDocument>>,
}

/// The page of a closing.
pub async fn record(ask: Ask, id: RawId) -> Answer {
    page(&ask, Id::from_raw(id), &html! {}).await
}

async fn page(ask: &Ask, id: Id<Closing>, told: &Markup) -> Answer {
    let shown = ask
        .read(move |tx, _| {
            let closing = tx.get(id)?;
            let mut totals = tx.find(ClosingTotal::CLOSING.is(&id))?;
            totals.sort_by(|one, other| (one.topic, &one.name).cmp(&(other.topic, &other.name)));
            let lower = match closing.kind {
                ClosingKind::Year => ClosingKind::Month,
                _ => ClosingKind::Day,
            };
            let within = if closing.kind == ClosingKind::Day {
                Vec::new()
            } else {
                let days = Closing::KIND.is(&lower)
                    & Closing::ENDS_ON.at_least(&closing.starts_on)
                    & Closing::ENDS_ON.at_most(&closing.ends_on);
                let query = Query::all(Closing::DEF).only(days.condition);
                tx.select(query.sorted("rank", Direction::Up))?
            };
            let query = Query::all(SealedDocument::DEF)
                .only(SealedDocument::CLOSING.is(&id).condition)
                .sorted("rank", Direction::Up);
            let documents = tx.select(query.limit(MOST))?;
            Ok(Shown { closing, totals, within, documents })
        })
        .await?;
    let language = ask.language;
    let closing = &shown.closing;
    let title = closings::name(ask, closing);
    let crumbs = vec![(Closing::DEF.labels.say(language).to_owned(), "/closings".to_owned())];
    let over = html! { (closing.kind.label().say(language)) " · № " (closing.rank) };
    let mut buttons = Vec::new();
    if ask.actor.can("closing.export") {
        buttons.push(archive_button(ask, closing));
    }
    let verify = html! {
        form.inline method="post" action={ "/ledgers/closings/" (id) "/verify" } {
            (acting::unseen(ask))
            (Button::submit(say(language, "Vérifier", "Verify")).icon(Icon::Check).small())
        }
    };
    let beside = html! { (state(Tone::Done, say(language, "close", "closed"))) };
    let body = html! {
        (head(&over, &title, &beside, &buttons))
        (told)
        (section(say(language, "Totaux", "Totals"), &html! {}, &totals(ask, &shown.totals)))
        (section(say(language, "En tout", "In all"), &html! {}, &facts(ask, closing)))
        (section(say(language, "Chaînage", "Chain"), &verify, &chain(ask, closing)))
        @if closing.kind == ClosingKind::Day {
            @let name = SealedDocument::DEF.labels.say(language);
            (section(name, &html! {}, &documents(ask, &shown.documents)))
        } @else {
            @let name = Closing::DEF.labels.say(language);
            (section(name, &html! {}, &closings::ledger(ask, name, &shown.within)))
        }
    };
    Ok(ask.page("closings", crumbs, &title, &body))
}

/// What a line of the totals is called.
fn series(ask: &Ask, total: &ClosingTotal) -> String {
    let language = ask.language;
    match total.topic {
        ClosingTopic::Vat => {
            let (category, rate) = total.name.split_once(' ').unwrap_or((&total.name, ""));
            let known = TaxCategory::of_name(category).map(|it| it.label().say(language));
            format!("{} {} %", known.unwrap_or(category), language.decimal(rate))
        }
        ClosingTopic::Payments => PaymentMethod::of_name(&total.name)
            .map_or(total.name.clone(), |method| method.label().say(language).to_owned()),
        ClosingTopic::Entries => total.name.clone(),
        _ => total.topic.label().say(language).to_owned(),
    }
}

fn totals(ask: &Ask, totals: &[Kept<ClosingTotal>]) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::title(say(language, "Série", "Series")).grow(),
        Column::figure(say(language, "Pièces", "Documents")).fold(Fold::Number),
        Column::quiet(say(language, "Du n° au n°", "From № to №")),
        Column::figure(say(language, "HT €", "Net €")),
        Column::figure(say(language, "TVA €", "VAT €")),
        Column::figure(say(language, "Total €", "Total €")).fold(Fold::Amount),
        Column::figure(say(language, "Cumul exercice €", "Year €")),
        Column::figure(say(language, "Perpétuel €", "Perpetual €")).fold(Fold::Marks),
    ];
    let mut ledger = Ledger::new(language, say(language, "Totaux", "Totals"), columns)
        .empty(empty(say(language, "Rien n’a été enregistré.", "Nothing was recorded."), "", &[]));
    for group in totals.chunk_by(|one, other| part(ask, one.topic) == part(ask, other.topic)) {
        ledger = ledger
            .group(Sum::new(part(ask, group[0].topic), Vec::new()))
            .rows(group.iter().map(|total| line(ask, total)));
    }
    ledger.render()
}

/// The head under which a topic stands.
fn part(ask: &Ask, topic: ClosingTopic) -> &'static str {
    match topic {
        ClosingTopic::Invoices | ClosingTopic::CreditNotes | ClosingTopic::Deductions => {
            ask.say(crate::words::SALES)
        }
        ClosingTopic::Payments | ClosingTopic::Undone => {
            ClosingTopic::Payments.label().say(ask.language)
        }
        other => other.label().say(ask.language),
    }
}

fn line(ask: &Ask, total: &ClosingTotal) -> Row {
    let language = ask.language;
    let amount = |amount| html! { (language.amount(amount)) };
    let detailed = !matches!(
        total.topic,
        ClosingTopic::Payments | ClosingTopic::Undone | ClosingTopic::Entries
    );
    let numbers = match (&total.first_number, &total.last_number) {
        (Some(first), Some(last)) if first != last => format!("{first} → {last}"),
        (Some(first), _) => first.clone(),
        _ => String::new(),
    };
    Row::new(vec![
        html! { (series(ask, total)) },
        html! { @if total.documents > 0 { (language.integer(total.documents)) } },
        html! { (numbers) },
        html! { @if detailed { (blank_if_zero(ask, total.net)) } },
        html! { @if detailed { (blank_if_zero(ask, total.tax)) } },
        html! { (blank_if_zero(ask, total.total)) },
        amount(total.year_total),
        amount(total.perpetual_total),
    ])
}

fn documents(ask: &Ask, documents: &[Kept<SealedDocument>]) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Rang", "Rank")),
        Column::title(say(language, "Numéro", "Number")),
        Column::text(say(language, "Pièce", "Document")).fold(Fold::State),
        Column::quiet(say(language, "Empreinte", "Hash")).grow(),
    ];
    let rows = documents.iter().map(|document| {
        let def = ask.state.catalog.entity(document.about.entity);
        let plural = def.map_or("", |def| def.plural);
        let href = format!("/{plural}/{}", document.about.id);
        Row::new(vec![
            html! { (language.integer(document.rank)) },
            html! { a href=(href) { (document.number) } },
            html! { (def.map_or("", |def| def.label.say(language))) },
            html! { code.hash { (document.hash) } },
        ])
    });
    let nothing =
        say(language, "Rien n’a été enregistré ce jour.", "Nothing was recorded on this day.");
    Ledger::new(language, SealedDocument::DEF.labels.say(language), columns)
        .rows(rows)
        .empty(empty(nothing, "", &[]))
        .render()
}

fn facts(ask: &Ask, closing: &Closing) -> Markup {
    let language = ask.language;
    let amount = |amount| Some(html! { (language.money(amount)) });
    let say = |fr, en| say(language, fr, en).to_owned();
    definitions(&[
        (say("Faite le", "Made at"), Some(html! { (language.instant(closing.made_at)) })),
        (say("Total HT", "Net"), amount(closing.net)),
        (say("TVA", "VAT"), amount(closing.tax)),
        (say("Total TTC", "Total"), amount(closing.total)),
        (say("Cumul de l’exercice", "Total of the year"), amount(closing.year_total)),
        (say("Total perpétuel", "Perpetual total"), amount(closing.perpetual_total)),
        (say("Encaissé", "Received"), amount(closing.received)),
        (say("Encaissé perpétuel", "Perpetual received"), amount(closing.perpetual_received)),
    ])
}

fn chain(ask: &Ask, closing: &Closing) -> Markup {
    let language = ask.language;
    let say = |fr, en| say(language, fr, en).to_owned();
    let hash = |text: &str| Some(html! { code.hash { (text) } });
    definitions(&[
        (say("Empreinte", "Hash"), hash(&closing.hash)),
        (say("Empreinte précédente", "Previous hash"), hash(&closing.previous)),
        (say("Chaîne des pièces", "Chain of documents"), hash(&closing.chain)),
        (
            say("Dernière pièce", "Last document"),
            Some(html! { (language.integer(closing.last_document)) }),
        ),
        (
            say("Journal d’audit", "Audit log"),
            Some(html! { (language.integer(closing.audit_size)) " " (say("lignes", "lines")) }),
        ),
        (
            say("Racine de l’audit", "Root of the audit"),
            closing.audit_root.as_deref().and_then(hash),
        ),
    ])
}

/// `POST /ledgers/closings/{id}/verify`
pub async fn verify(Path(id): Path<String>, posted: Posted) -> Answer {
    let ask = posted.ask;
    ask.may("closing.read")?;
    let id = acting::id_of::<Closing>(&ask, &id)?;
    let closing = ask.read(move |tx, _| Ok(tx.get(id)?)).await?;
    let found = closings::check(&ask, closing.starts_on, closing.ends_on).await?;
    let page = page(&ask, id, &closings::verdict(&ask, &found)).await?;
    Ok(if found.is_empty() {
        page
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    })
}
