//! A journal entry: its lines, the document it proves.

use erp::finance::{self, Account, Journal, JournalEntry, JournalLine};
use kernel::{Entity, Faults, Id, Kept, Money, Origin, RawId, Tx};
use maud::{Markup, Render, html};

use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{
    Button, Column, Fold, Icon, Ledger, Row, Sum, Tone, definitions, head, say, section, state,
};
use crate::show;
use crate::titles::Titles;

/// An entry with all that its page shows.
pub struct Booked {
    pub entry: Kept<JournalEntry>,
    pub journal: Kept<Journal>,
    pub lines: Vec<(Kept<Account>, Kept<JournalLine>)>,
}

impl Booked {
    /// # Errors
    /// `not_found`, `store.*`.
    pub fn read(tx: &mut Tx<'_>, entry: Kept<JournalEntry>) -> Result<Self, Faults> {
        let journal = tx.get(entry.journal)?;
        let mut lines = Vec::new();
        for line in tx.find(JournalLine::ENTRY.is(&entry.id))? {
            lines.push((tx.get(line.account)?, line));
        }
        Ok(Self { entry, journal, lines })
    }

    /// The entries made from a document, oldest first.
    ///
    /// # Errors
    /// `store.*`.
    pub fn of(tx: &mut Tx<'_>, origin: Origin) -> Result<Vec<Self>, Faults> {
        let entries = tx.find(JournalEntry::ORIGIN.has(&origin))?;
        entries.into_iter().map(|entry| Self::read(tx, entry)).collect()
    }

    /// `VE 214`.
    #[must_use]
    pub fn number(&self) -> String {
        let number = self.entry.number.map_or_else(|| "—".to_owned(), |number| number.to_string());
        format!("{} {number}", self.journal.code)
    }

    /// The parties that its lines name.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, RawId)> + '_ {
        self.lines.iter().filter_map(|(_, line)| line.party.map(|party| ("party", party.raw())))
    }
}

/// The lines of an entry: debits, credits, and that they balance.
#[must_use]
pub fn lines(ask: &Ask, booked: &Booked, titles: &Titles) -> Markup {
    let language = ask.language;
    let columns = vec![
        Column::number(say(language, "Compte", "Account")),
        Column::title(say(language, "Libellé", "Name")).grow(),
        Column::quiet(say(language, "Lettrage", "Lettering")).fold(Fold::State),
        Column::figure(say(language, "Débit €", "Debit €")).fold(Fold::Amount),
        Column::figure(say(language, "Crédit €", "Credit €")).fold(Fold::Marks),
    ];
    let zero = Money::zero(
        booked.lines.first().map_or(kernel::Currency::EUR, |(_, line)| line.debit.currency),
    );
    let rows = booked.lines.iter().map(|(account, line)| {
        let party = line.party.and_then(|party| titles.of("party", party.raw()));
        Row::new(vec![
            html! { a href={ "/ledgers/accounts/" (account.number) } { (account.number) } },
            html! {
                @match (line.party, party) {
                    (Some(id), Some(name)) => {
                        a href={ "/parties/" (id) } { (name) } " "
                        small { (account.name) }
                    },
                    _ => (account.name),
                }
            },
            html! { @if let Some(code) = &line.lettering { (code) } },
            html! { (blank_if_zero(ask, line.debit)) },
            html! { (blank_if_zero(ask, line.credit)) },
        ])
        .mark(if line.debit.is_zero() { "C" } else { "D" })
    });
    let sum = |side: fn(&JournalLine) -> Money| {
        booked.lines.iter().fold(zero, |sum, (_, line)| sum + side(line))
    };
    Ledger::new(language, say(language, "Lignes de l’écriture", "Lines of the entry"), columns)
        .rows(rows)
        .total(Sum::new(
            say(language, "Total", "Total"),
            vec![
                html! { (language.amount(sum(|line| line.debit))) },
                html! { (language.amount(sum(|line| line.credit))) },
            ],
        ))
        .render()
}

/// An amount of a column where most cells are blank.
#[must_use]
pub fn blank_if_zero(ask: &Ask, amount: Money) -> String {
    if amount.is_zero() { String::new() } else { ask.language.amount(amount) }
}

/// The page of an entry.
pub async fn record(ask: Ask, id: RawId) -> Answer {
    let (booked, titles, reversal) = ask
        .read(move |tx, ask| {
            let entry = tx.get(Id::<JournalEntry>::from_raw(id))?;
            let booked = Booked::read(tx, entry)?;
            let origin = booked.entry.origin.map(|origin| (origin.entity, origin.id));
            let named: Vec<_> = booked.named().chain(origin).collect();
            let mut titles = Titles::default();
            titles.gather(ask.state.catalog, tx, &ask.actor, named)?;
            let reversal = match finance::reversal_of(tx, booked.entry.id)? {
                Some(reversal) => {
                    let entry = tx.get(reversal)?;
                    Some(Booked::read(tx, entry)?)
                }
                None => None,
            };
            Ok((booked, titles, reversal))
        })
        .await?;
    let language = ask.language;
    let title = booked.number();
    let crumbs =
        vec![(JournalEntry::DEF.labels.say(language).to_owned(), "/journal_entries".to_owned())];
    let over = html! { (booked.journal.name) " · " (language.day(booked.entry.day)) };
    let posted = state(
        if booked.entry.number.is_some() { Tone::Done } else { Tone::Wait },
        kernel::Choice::label(booked.entry.state).say(language),
    );
    let history = format!("/journal_entries/{id}?tab=history");
    let mut buttons = vec![Button::link(say(language, "Historique", "History"), history).bare()];
    let story = crate::together::story(&ask, JournalEntry::DEF, id, Vec::new()).await?;
    buttons.extend(story.follow(&ask).map(Button::bare));
    buttons.extend(by_hand(&ask, &booked, reversal.is_some()));
    let body = html! {
        (head(&over, &title, &posted, &buttons))
        div.cols.with-side {
            (section(&booked.entry.label, &html! {}, &lines(&ask, &booked, &titles)))
            aside.side {
                (facts(&ask, &booked, &titles, reversal.as_ref()))
                (story.told(&ask))
            }
        }
    };
    Ok(ask.page("journal_entries", crumbs, &title, &body))
}

/// What can be done with an entry: written again as another, reversed when no document made it.
fn by_hand(ask: &Ask, booked: &Booked, reversed: bool) -> Vec<Button> {
    let (language, id) = (ask.language, booked.entry.id);
    let mut buttons = Vec::new();
    if ask.actor.can("journal.write") {
        let like = say(language, "Écrire la même", "Write one like it");
        buttons.push(Button::link(like, format!("/ledgers/write?like={id}")).icon(Icon::Plus));
    }
    if finance::is_by_hand(&booked.entry) && !reversed && ask.actor.can("journal_entry.reverse") {
        let reverse = say(language, "Extourner", "Reverse");
        let to = format!("/journal_entries/{id}/do/reverse");
        buttons.push(Button::link(reverse, to).icon(Icon::Undo).key("x"));
    }
    buttons
}

fn facts(ask: &Ask, booked: &Booked, titles: &Titles, reversal: Option<&Booked>) -> Markup {
    let (language, entry) = (ask.language, &booked.entry);
    let origin = entry.origin.and_then(|origin| {
        let title = titles.of(origin.entity, origin.id)?;
        let def = ask.state.catalog.entity(origin.entity)?;
        Some(html! { a href=(show::href(def, origin.id)) { (title) } })
    });
    let posted = entry.posted_at.map(|at| html! { (language.instant(at)) });
    let reversal = reversal.map(|reversal| {
        html! { a href={ "/journal_entries/" (reversal.entry.id) } { (reversal.number()) } }
    });
    let fact =
        |fr: &'static str, en: &'static str, value| (say(language, fr, en).to_owned(), value);
    let list = [
        fact("Pièce", "Document", Some(html! { (entry.piece) })),
        fact("Date de pièce", "Document day", Some(html! { (language.day(entry.piece_day)) })),
        fact("Origine", "Made from", origin),
        fact("Validée le", "Posted at", posted),
        fact("Extournée par", "Reversed by", reversal),
    ];
    let note = say(
        language,
        "Une écriture validée ne change plus : une contre-écriture la corrige.",
        "A posted entry no longer changes: a counter-entry mends it.",
    );
    html! {
        (section(say(language, "Pièce", "Document"), &html! {}, &definitions(&list)))
        p.muted { (note) }
    }
}
