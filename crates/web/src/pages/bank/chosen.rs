//! The line in hand: its proposals, each with its reasons and the entry it makes; what accepting
//! does to the customer's exposure; another way when no proposal fits.

use erp::finance::{Invoice, JournalEntry, Payment};
use kernel::{Kept, Language, Money, sentence};
use maud::{Markup, Render, html};

use super::matching::{at, carried, wording};
use super::read::{Chosen, Seen, Told};
use super::{booking, otherwise};
use crate::door::Ask;
use crate::parts::{Button, Column, Fold, Icon, Ledger, Row, Tone, icon, say, section, state};

pub fn drawn(ask: &Ask, seen: &Seen) -> Markup {
    let Some(chosen) = &seen.chosen else { return html! { div {} } };
    let language = ask.language;
    let line = &chosen.line;
    let may = ask.actor.can("bank_line.accept");
    let payer = html! {
        @match (&line.counterparty, &line.counterparty_iban) {
            (Some(name), Some(iban)) => { b { (name) } " · " (masked(iban)) },
            (Some(name), None) => b { (name) },
            (None, Some(iban)) => (masked(iban)),
            (None, None) => (say(language, "Contrepartie inconnue", "Counterparty unknown")),
        }
        @if let Some(reference) = &line.end_to_end { br; (reference) }
    };
    html! {
        div {
            (section(&wording(line), &html! { span.nowrap { (language.day(line.booked_on)) } }, &html! {
                div.row.between {
                    span.muted { (payer) }
                    span.amount { (language.money(line.amount)) }
                }
            }))
            @if let Some((payment, invoices)) = &chosen.matched {
                (matched(ask, chosen, payment, invoices))
            } @else if let Some(entry) = &chosen.booked {
                (booked(ask, chosen, entry))
            } @else {
                (proposals(ask, seen, chosen, may))
                @if ask.actor.can("bank_line.book") {
                    (booking::form(ask, seen, chosen, chosen.is_alone()))
                }
                @if may { (otherwise::form(ask, seen, chosen)) }
            }
        }
    }
}

/// `FR76 •••• 0189`.
fn masked(iban: &str) -> String {
    let plain: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.len() < 10 {
        return plain.into_iter().collect();
    }
    let (start, end) = (&plain[..4], &plain[plain.len() - 4..]);
    format!("{} •••• {}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

fn matched(ask: &Ask, chosen: &Chosen, payment: &Payment, invoices: &[Kept<Invoice>]) -> Markup {
    let language = ask.language;
    let id = chosen.line.payment.map(|payment| payment.to_string()).unwrap_or_default();
    html! {
        div.prop.on {
            div.row {
                (state(Tone::Done, say(language, "rapproché", "matched")))
                a.b href={ "/payments/" (id) } { (payment.number.as_deref().unwrap_or("—")) }
                span.push.n { (language.money(payment.amount)) }
            }
            ul.reasons {
                @for invoice in invoices {
                    li {
                        (icon(Icon::Check))
                        a href={ "/invoices/" (invoice.id) } {
                            (invoice.number.as_deref().unwrap_or("—"))
                        }
                        span { (language.money(invoice.total)) }
                    }
                }
                @if let Some(entry) = &chosen.booked {
                    li {
                        (icon(Icon::Check))
                        a href={ "/journal_entries/" (entry.id) } {
                            (say(language, "part passée en compte", "share booked on accounts"))
                        }
                    }
                }
            }
            (undoing(ask, chosen))
        }
    }
}

/// A line that was booked on accounts.
fn booked(ask: &Ask, chosen: &Chosen, entry: &Kept<JournalEntry>) -> Markup {
    let language = ask.language;
    html! {
        div.prop.on {
            div.row {
                (state(Tone::Done, say(language, "passé en compte", "booked")))
                a.b href={ "/journal_entries/" (entry.id) } { (entry.label) }
                span.push.n { (language.money(chosen.line.amount.abs())) }
            }
            (undoing(ask, chosen))
        }
    }
}

fn undoing(ask: &Ask, chosen: &Chosen) -> Markup {
    let language = ask.language;
    html! {
        @if ask.actor.can("bank_line.undo") {
            div.acts {
                form method="post" action={ "/bank/lines/" (chosen.line.id) "/undo" }
                    data-swap="#matching" {
                    (crate::pages::acting::unseen(ask))
                    (Button::submit(say(language, "Défaire", "Undo")).icon(Icon::Undo).key("u"))
                }
            }
        }
    }
}

fn proposals(ask: &Ask, seen: &Seen, chosen: &Chosen, may: bool) -> Markup {
    let language = ask.language;
    let recorded_from = chosen.proposals.len() + 1;
    let rules_from = recorded_from + chosen.payments.len();
    let count = rules_from + chosen.rules.len() - 1;
    if count == 0 {
        return html! {
            div.empty {
                p { (say(language, "Aucune proposition.", "No proposal.")) }
                p {
                    (say(
                        language,
                        "Rien d’ouvert ne correspond à ce montant, à ce libellé ni à ce payeur. \
                         Dites ce qu’il règle, ou passez au suivant.",
                        "Nothing open fits this amount, this text or this payer. Say what it pays, \
                         or go on to the next.",
                    ))
                }
                div.acts { (skip(ask, seen)) (booking::opener(ask, seen, chosen)) }
            }
        };
    }
    let wanted = ask.query.text("proposal").parse::<usize>().unwrap_or(1).clamp(1, count);
    html! {
        ol data-proposals {
            @for (rank, told) in (1..).zip(&chosen.proposals) {
                (proposal(ask, seen, chosen, told, rank, rank == wanted, may))
            }
            @for (rank, (payment, name)) in (recorded_from..).zip(&chosen.payments) {
                (recorded(ask, seen, chosen, (payment, name), rank, rank == wanted, may))
            }
            @for (rank, (rule, account)) in (rules_from..).zip(&chosen.rules) {
                @let on = rank == wanted;
                @let title = opening(ask, seen, chosen, rank, account, on);
                (booking::by_rule(ask, seen, chosen, rule, &title, on))
            }
        }
        @if let Some(told) = chosen.proposals.get(wanted - 1) {
            (effect(ask, chosen, told, wanted))
        }
    }
}

fn skip(ask: &Ask, seen: &Seen) -> Markup {
    html! {
        @if let Some(next) = seen.next() {
            (Button::link(say(ask.language, "Passer", "Skip"), at(seen, next))
                .key("s").swap("#matching"))
        }
    }
}

/// The head of a proposal: its number, a link that opens it, its amount.
fn opening(ask: &Ask, seen: &Seen, chosen: &Chosen, rank: usize, title: &str, on: bool) -> Markup {
    let href = format!("{}&proposal={rank}", at(seen, chosen.line.id));
    html! {
        kbd { (rank) }
        @if on { b { (title) } }
        @else { a.b href=(href) data-swap="#matching" data-key=(rank) { (title) } }
        @if on { span.sr { (say(ask.language, "proposition ouverte", "open proposal")) } }
    }
}

fn proposal(
    ask: &Ask,
    seen: &Seen,
    chosen: &Chosen,
    told: &Told,
    rank: usize,
    on: bool,
    may: bool,
) -> Markup {
    let language = ask.language;
    let open = Money::sum(told.proposal.amount.currency, told.invoices.iter().map(|i| i.open));
    let late = told.invoices.iter().filter_map(|invoice| invoice.due_on).min();
    let late = late.map_or(0, |due| i64::from(seen.today - due));
    let ids: Vec<String> = told.proposal.invoices.iter().map(ToString::to_string).collect();
    let (amount, part) = (told.proposal.amount, told.proposal.amount != open);
    html! {
        li.prop .on[on] {
            div.row {
                (opening(ask, seen, chosen, rank, &title(language, told, part), on))
                (lateness(language, late, told.invoices.iter().all(|i| i.due_on.is_none())))
                span.push.n.nowrap {
                    b { (language.money(amount)) }
                    @if part { (say(language, " sur ", " of ")) (language.money(open)) }
                }
            }
            ul.reasons {
                @for reason in &told.proposal.reasons {
                    @let against = matches!(reason.code, "match.part" | "match.over" | "match.rivals");
                    li {
                        (icon(if against { Icon::Warning } else { Icon::Check }))
                        span { (sentence(reason, language)) }
                    }
                }
            }
            @if on {
                (entry(ask, seen, chosen, &told.party.name, open == chosen.line.amount.abs()))
                @if may {
                    div.acts {
                        (accept_form(ask, seen, chosen, ("invoices", &ids.join(" "))))
                        (skip(ask, seen))
                    }
                }
            }
        }
    }
}

fn title(language: Language, told: &Told, part: bool) -> String {
    let numbers: Vec<&str> =
        told.invoices.iter().map(|invoice| invoice.number.as_deref().unwrap_or("—")).collect();
    let (word, and) = match (language, part) {
        (Language::French, true) => ("Règlement partiel de ", " et "),
        (Language::French, false) => ("Règlement de ", " et "),
        (Language::English, true) => ("Part payment of ", " and "),
        (Language::English, false) => ("Payment of ", " and "),
    };
    let list = match numbers.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{}{and}{last}", first.join(", ")),
        other => other.join(", "),
    };
    format!("{word}{list}")
}

fn lateness(language: Language, days: i64, refund: bool) -> Markup {
    if refund {
        return html! {};
    }
    match (language, days) {
        (Language::French, 1..) => state(Tone::Watch, &format!("échue {days} j")),
        (Language::English, 1..) => state(Tone::Watch, &format!("{days} d overdue")),
        _ => state(Tone::Wait, say(language, "à échoir", "not due")),
    }
}

/// A payment recorded by hand before: the line is that money arriving.
fn recorded(
    ask: &Ask,
    seen: &Seen,
    chosen: &Chosen,
    (payment, name): (&Kept<Payment>, &str),
    rank: usize,
    on: bool,
    may: bool,
) -> Markup {
    let language = ask.language;
    let number = payment.number.as_deref().unwrap_or("—");
    let title = match language {
        Language::French => format!("{number}, déjà enregistré"),
        Language::English => format!("{number}, recorded before"),
    };
    let method = kernel::Choice::label(payment.method).say(language);
    html! {
        li.prop .on[on] {
            div.row {
                (opening(ask, seen, chosen, rank, &title, on))
                span.push.n.nowrap { (language.money(payment.amount)) }
            }
            ul.reasons {
                li { (icon(Icon::Check)) span { (name) ", " (language.day(payment.day)) } }
                li {
                    (icon(Icon::Check))
                    span { (method) " · " (say(language, "même montant", "same amount")) }
                }
            }
            @if on && may {
                div.acts {
                    (accept_form(ask, seen, chosen, ("payment", &payment.id.to_string())))
                    (skip(ask, seen))
                }
            }
        }
    }
}

/// The entry that accepting makes: D 512 · C 411, the other way round when the money goes out.
fn entry(ask: &Ask, seen: &Seen, chosen: &Chosen, party: &str, whole: bool) -> Markup {
    let language = ask.language;
    let amount = html! { (language.amount(chosen.line.amount.abs())) };
    let [bank, customers] = &seen.accounts;
    let bank = html! { (bank) };
    let customers = html! {
        (customers) " · " (party)
        @if whole { " " span.muted { (say(language, "lettrage", "lettered")) } }
    };
    let columns = vec![
        Column::text("").grow().fold(Fold::Title),
        Column::figure("").width(2).fold(Fold::State),
        Column::figure("").width(2).fold(Fold::Amount),
    ];
    let (debit, credit) =
        if chosen.line.amount.minor > 0 { (bank, customers) } else { (customers, bank) };
    Ledger::new(language, say(language, "Écriture", "Entry"), columns)
        .row(Row::new(vec![debit, amount.clone(), html! {}]).mark("D"))
        .row(Row::new(vec![credit, html! {}, amount]).mark("C"))
        .render()
}

fn accept_form(ask: &Ask, seen: &Seen, chosen: &Chosen, (name, value): (&str, &str)) -> Markup {
    html! {
        form method="post" action={ "/bank/lines/" (chosen.line.id) "/accept" }
            data-swap="#matching" {
            (carried(ask, seen))
            input type="hidden" name=(name) value=(value);
            (Button::submit(say(ask.language, "Accepter", "Accept")).primary().key("enter"))
        }
    }
}

/// What accepting does to what the customer owes, against what it may.
fn effect(ask: &Ask, chosen: &Chosen, told: &Told, rank: usize) -> Markup {
    let language = ask.language;
    let after = told.exposure.total() - chosen.line.amount;
    let (name, total) = (told.party.name.as_str(), language.money(after));
    let first = match language {
        Language::French => {
            format!("Accepter la proposition {rank} ramène l’encours de {name} à {total}.")
        }
        Language::English => {
            format!("Accepting proposal {rank} brings the exposure of {name} to {total}.")
        }
    };
    let second = told.exposure.limit.map(|limit| {
        let over = after - limit;
        let amount = language.money(over.abs());
        match (language, over.minor > 0) {
            (Language::French, true) => format!("Il reste {amount} au-dessus du plafond."),
            (Language::French, false) => format!("Il reste {amount} sous le plafond."),
            (Language::English, true) => format!("That is still {amount} above the limit."),
            (Language::English, false) => format!("That leaves {amount} under the limit."),
        }
    });
    html! { p.aside.mt { (first) @if let Some(second) = second { " " (second) } } }
}
