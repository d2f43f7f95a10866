//! The rail: groups and pages, as far as the person's rights reach.

use kernel::{EntityDef, Text};

use crate::door::Ask;
use crate::parts::Icon;
use crate::shell::{NavGroup, NavItem};
use crate::together::words::TODAY;
use crate::{dashboard, import, pages, words};

/// A group of the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Sales,
    Stock,
    Finance,
    /// Entities that no one placed: a new one is found there at once.
    Others,
    Settings,
}

impl Group {
    const ALL: [Group; 5] =
        [Group::Sales, Group::Stock, Group::Finance, Group::Others, Group::Settings];

    const fn key(self) -> &'static str {
        match self {
            Group::Sales => "sales",
            Group::Stock => "stock",
            Group::Finance => "finance",
            Group::Others => "others",
            Group::Settings => "settings",
        }
    }
    const fn label(self) -> Text {
        match self {
            Group::Sales => words::SALES,
            Group::Stock => words::STOCK,
            Group::Finance => words::FINANCE,
            Group::Others => words::OTHERS,
            Group::Settings => words::SETTINGS,
        }
    }
    const fn icon(self) -> Icon {
        match self {
            Group::Sales => Icon::Sales,
            Group::Stock => Icon::Stock,
            Group::Finance => Icon::Finance,
            Group::Others => Icon::File,
            Group::Settings => Icon::Settings,
        }
    }
}

/// One page of the rail, and of the palette.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub group: Group,
    /// The name of an entity, or the key of a page.
    pub name: &'static str,
    /// The address and the right of a page that is not the list of an entity.
    page: Option<(&'static str, &'static str)>,
    label: Option<Text>,
    letter: Option<char>,
    after: Option<&'static str>,
}

impl Entry {
    /// The list of an entity, under its own label.
    #[must_use]
    pub const fn entity(group: Group, name: &'static str) -> Self {
        Self { group, name, page: None, label: None, letter: None, after: None }
    }
    /// A page of its own, for those who have a right. `key` is what the page gives to
    /// [`Ask::page`] as its place.
    #[must_use]
    pub const fn page(
        group: Group,
        key: &'static str,
        href: &'static str,
        label: Text,
        right: &'static str,
    ) -> Self {
        Self {
            group,
            name: key,
            page: Some((href, right)),
            label: Some(label),
            letter: None,
            after: None,
        }
    }
    #[must_use]
    pub const fn label(self, label: Text) -> Self {
        Self { label: Some(label), ..self }
    }
    /// The letter that goes there after `g`.
    #[must_use]
    pub const fn letter(self, letter: char) -> Self {
        Self { letter: Some(letter), ..self }
    }
    /// Stands after the entry of this name instead of at the end of its group.
    #[must_use]
    pub const fn after(self, name: &'static str) -> Self {
        Self { after: Some(name), ..self }
    }
}

const ENTRIES: &[Entry] = &[
    Entry::entity(Group::Sales, "opportunity").letter('p'),
    Entry::entity(Group::Sales, "quote").letter('d'),
    Entry::entity(Group::Sales, "order").letter('o'),
    Entry::entity(Group::Sales, "hold"),
    Entry::entity(Group::Sales, "party")
        .label(Text::new("Clients et fournisseurs", "Customers and suppliers"))
        .letter('c'),
    Entry::entity(Group::Sales, "interaction"),
    Entry::entity(Group::Sales, "price_list"),
    Entry::entity(Group::Stock, "product").letter('a'),
    Entry::entity(Group::Stock, "shipment").letter('l'),
    Entry::entity(Group::Stock, "stock_level").letter('s'),
    Entry::entity(Group::Stock, "stock_move"),
    Entry::entity(Group::Stock, "reservation"),
    Entry::entity(Group::Stock, "expected_receipt"),
    Entry::entity(Group::Stock, "stock_count"),
    Entry::entity(Group::Stock, "valuation"),
    Entry::entity(Group::Stock, "location"),
    Entry::entity(Group::Finance, "invoice").letter('f'),
    Entry::entity(Group::Finance, "payment").letter('r'),
    Entry::entity(Group::Finance, "bank_statement").letter('b'),
    Entry::entity(Group::Finance, "journal_entry").letter('e'),
    Entry::entity(Group::Finance, "account"),
    Entry::entity(Group::Finance, "journal"),
    Entry::entity(Group::Finance, "fiscal_year"),
    Entry::entity(Group::Finance, "closing"),
    Entry::entity(Group::Settings, "company"),
    Entry::entity(Group::Settings, "user"),
    Entry::entity(Group::Settings, "api_token"),
    Entry::entity(Group::Settings, "approval"),
    Entry::entity(Group::Settings, "tax"),
    Entry::entity(Group::Settings, "payment_term"),
    Entry::entity(Group::Settings, "unit"),
    Entry::entity(Group::Settings, "custom_field"),
];

/// A page that the person may see.
#[derive(Debug, Clone)]
pub struct Seen {
    pub group: Group,
    pub name: &'static str,
    /// The entity whose list it is.
    pub def: Option<&'static EntityDef>,
    /// What [`Ask::page`] takes as the place of the page.
    pub key: &'static str,
    pub label: Text,
    pub href: String,
    pub letter: Option<char>,
}

/// Whether the person may see the records of an entity at all.
#[must_use]
pub fn reads(ask: &Ask, def: &EntityDef) -> bool {
    ask.actor.can(&format!("{}.read", def.name))
}

/// Whether the person may make records of an entity by hand.
#[must_use]
pub fn creates(ask: &Ask, def: &EntityDef) -> bool {
    !def.kept && def.parent().is_none() && ask.actor.can(&format!("{}.create", def.name))
}

/// Every page of the rail that the person may see, in order.
#[must_use]
pub fn seen(ask: &Ask) -> Vec<Seen> {
    let mut entries: Vec<Entry> = ENTRIES.to_vec();
    entries.extend(import::PLACES);
    for place in pages::PLACES {
        let at = place.after.and_then(|name| entries.iter().position(|entry| entry.name == name));
        entries.insert(at.map_or(entries.len(), |at| at + 1), *place);
    }
    let unplaced = ask.state.catalog.entities().filter(|def| {
        let placed = entries.iter().any(|entry| entry.page.is_none() && entry.name == def.name);
        !placed && !def.kept && def.parent().is_none()
    });
    let others: Vec<Entry> = unplaced.map(|def| Entry::entity(Group::Others, def.name)).collect();
    entries.iter().chain(&others).filter_map(|entry| see(ask, entry)).collect()
}

fn see(ask: &Ask, entry: &Entry) -> Option<Seen> {
    let (def, key, href, right, own) = match entry.page {
        Some((href, right)) => {
            (None, entry.name, href.to_owned(), right.to_owned(), Text::new("", ""))
        }
        None => {
            let def = ask.state.catalog.entity(entry.name)?;
            let (href, right) = (format!("/{}", def.plural), format!("{}.read", def.name));
            (Some(def), def.plural, href, right, def.labels)
        }
    };
    ask.actor.can(&right).then(|| Seen {
        group: entry.group,
        name: entry.name,
        def,
        key,
        label: entry.label.unwrap_or(own),
        href,
        letter: entry.letter,
    })
}

/// The groups of the rail.
#[must_use]
pub fn groups(ask: &Ask) -> Vec<NavGroup> {
    let seen = seen(ask);
    let home = NavGroup {
        key: "home",
        label: ask.say(words::HOME).to_owned(),
        href: "/".to_owned(),
        icon: Icon::Home,
        count: None,
        letter: Some('h'),
        items: Vec::new(),
        docked: true,
    };
    let today = NavGroup {
        key: "today",
        label: ask.say(TODAY).to_owned(),
        href: "/today".to_owned(),
        icon: Icon::Day,
        letter: Some('j'),
        docked: false,
        ..home.clone()
    };
    let dashboard = ask.actor.can(dashboard::RIGHT).then(|| NavGroup {
        key: dashboard::DASHBOARD,
        label: ask.say(dashboard::LABEL).to_owned(),
        href: dashboard::ADDRESS.to_owned(),
        icon: Icon::Chart,
        letter: Some(dashboard::LETTER),
        ..today.clone()
    });
    let others = Group::ALL.into_iter().filter_map(|group| {
        let items: Vec<NavItem> = seen
            .iter()
            .filter(|page| page.group == group)
            .map(|page| NavItem {
                key: page.key,
                label: page.label.say(ask.language).to_owned(),
                href: page.href.clone(),
                count: None,
                letter: page.letter,
            })
            .collect();
        let settings = group == Group::Settings;
        let first = items.first().map(|item| item.href.clone());
        let href = if settings { Some("/settings".to_owned()) } else { first }?;
        Some(NavGroup {
            key: group.key(),
            label: group.label().say(ask.language).to_owned(),
            href,
            icon: group.icon(),
            count: None,
            letter: None,
            docked: matches!(group, Group::Sales | Group::Stock | Group::Finance),
            items,
        })
    });
    [home, today].into_iter().chain(dashboard).chain(others).collect()
}
