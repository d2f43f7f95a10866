//! The settings: one page that leads to each, and says of each what there is.

use identity::User;
use kernel::{Entity, EntityDef, Fault, Faults, Filter, Id, Query, Row, Text, Tx, Value};
use maud::{Markup, html};

use super::account;
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{head, rows, section};
use crate::{audit, import, nav, show, words};

/// A setting: where it leads, what it is, and what there is of it.
struct Line {
    label: Text,
    href: String,
    note: Text,
    /// A count, the name of the company: as it is now.
    now: String,
}

/// What was read for the page.
struct Seen {
    email: String,
    groups: Vec<(Text, Vec<Line>)>,
}

pub async fn page(ask: &Ask) -> Answer {
    let seen = ask.read(see).await?;
    let title = ask.say(words::SETTINGS);
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        div.cols.with-side {
            div.cols.home {
                @for (label, lines) in &seen.groups {
                    (section(ask.say(*label), &html! {}, &drawn(ask, lines)))
                }
            }
            aside.side {
                (section(
                    ask.say(words::MY_ACCOUNT),
                    &html! {},
                    &account::account(ask, &seen.email),
                ))
                (section(ask.say(words::APPEARANCE), &html! {}, &account::appearance(ask)))
            }
        }
    };
    Ok(ask.page("settings", Vec::new(), title, &body))
}

fn drawn(ask: &Ask, lines: &[Line]) -> Markup {
    let lines: Vec<(Markup, Markup)> = lines
        .iter()
        .map(|line| {
            let what = html! {
                a.b href=(line.href) { (ask.say(line.label)) }
                small { (ask.say(line.note)) }
            };
            (what, html! { (line.now) })
        })
        .collect();
    rows(&lines)
}

fn see(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let email = match ask.actor.user {
        Some(id) => tx.get(Id::<User>::from_raw(id))?.email.clone(),
        None => String::new(),
    };
    let mut groups = vec![
        (Text::new("Société", "Company"), company(tx, ask)?),
        (Text::new("Personnes et programmes", "People and programs"), people(tx, ask)?),
        (Text::new("Ventes et taxes", "Sales and taxes"), sales(tx, ask)?),
        (Text::new("Fiches et fichiers", "Records and files"), records(tx, ask)?),
    ];
    groups.push((words::OTHERS, others(ask, &groups)));
    groups.retain(|(_, lines)| !lines.is_empty());
    Ok(Seen { email, groups })
}

/// The list of an entity as a setting, when it is known and may be read.
fn list(tx: &mut Tx<'_>, ask: &Ask, entity: &str, note: Text) -> Result<Option<Line>, Fault> {
    let Some(def) = readable(ask, entity) else { return Ok(None) };
    let count = count(tx, ask, def)?;
    let href = format!("/{}", def.plural);
    Ok(Some(Line { label: def.labels, href, note, now: count }))
}

fn readable(ask: &Ask, entity: &str) -> Option<&'static EntityDef> {
    ask.state.catalog.entity(entity).filter(|def| nav::reads(ask, def))
}

/// How many there are: settings are few.
fn count(tx: &mut Tx<'_>, ask: &Ask, def: &'static EntityDef) -> Result<String, Fault> {
    const MOST: u32 = 500;
    let found = tx.rows(Query::all(def).limit(MOST))?.len();
    let count = i64::try_from(found).unwrap_or(0);
    let more = if count == i64::from(MOST) { "+" } else { "" };
    Ok(format!("{}{more}", ask.language.integer(count)))
}

fn company(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let mut lines = Vec::new();
    if let Some(def) = readable(ask, "company") {
        let row = tx.rows(Query::all(def).limit(1))?.pop();
        let named = |row: &Row| match def.rank("name").and_then(|rank| row.values.get(rank)) {
            Some(Value::Text(name)) => name.clone(),
            _ => String::new(),
        };
        lines.push(Line {
            label: def.label,
            href: match &row {
                Some(row) if ask.actor.can("company.update") => {
                    format!("{}/edit?back=/settings", show::href(def, row.id))
                }
                Some(row) => show::href(def, row.id),
                None => format!("/{}", def.plural),
            },
            note: Text::new(
                "Identité, adresse, banque, mentions des documents.",
                "Identity, address, bank, what documents say.",
            ),
            now: row.as_ref().map(named).unwrap_or_default(),
        });
    }
    if super::numbering::may(ask) {
        lines.push(Line {
            label: super::numbering::TITLE,
            href: "/settings/numbering".to_owned(),
            note: Text::new(
                "Les suites des documents, et où elles en sont.",
                "The series of documents, and how far they are.",
            ),
            now: String::new(),
        });
    }
    let years = Text::new("Ouvrir, clore.", "Open, close.");
    lines.extend(list(tx, ask, "fiscal_year", years)?);
    let accounts = Text::new("Le plan comptable.", "The chart of accounts.");
    lines.extend(list(tx, ask, "account", accounts)?);
    let journals = Text::new("Ventes, banque, opérations diverses.", "Sales, bank, others.");
    lines.extend(list(tx, ask, "journal", journals)?);
    Ok(lines)
}

fn people(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let mut lines = Vec::new();
    if nav::reads(ask, User::DEF) {
        let users = tx.find::<User>(Filter::everything())?;
        let active = users.iter().filter(|user| user.active).count();
        lines.push(Line {
            label: User::DEF.labels,
            href: "/settings/users".to_owned(),
            note: Text::new("Qui entre, et ce que chacun fait.", "Who comes in, and what for."),
            now: ask.language.integer(i64::try_from(active).unwrap_or(0)),
        });
    }
    if nav::reads(ask, identity::AccessRole::DEF) {
        let count = count(tx, ask, identity::AccessRole::DEF)?;
        lines.push(Line {
            label: super::roles::TITLE,
            href: super::roles::PLACE.to_owned(),
            note: Text::new(
                "Ce que chaque rôle permet, et pourquoi chacun peut ou non.",
                "What each role permits, and why each can or cannot.",
            ),
            now: count,
        });
    }
    lines.extend(list(
        tx,
        ask,
        "team",
        Text::new("Qui travaille avec qui.", "Who works with whom."),
    )?);
    lines.extend(approvals(tx, ask)?);
    if super::day_one::may(ask) {
        lines.push(Line {
            label: super::day_one::TITLE,
            href: super::day_one::PLACE.to_owned(),
            note: Text::new("Ce qui est fait, ce qui reste.", "What is done, what is left."),
            now: String::new(),
        });
    }
    if super::sign_in::may(ask) {
        lines.push(Line {
            label: super::sign_in::TITLE,
            href: super::sign_in::PLACE.to_owned(),
            note: Text::new(
                "Ce que chaque rôle montre pour entrer.",
                "What each role shows to come in.",
            ),
            now: String::new(),
        });
    }
    lines.extend(programs(tx, ask)?);
    Ok(lines)
}

/// What takes two.
fn approvals(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let asked = Text::new(
        "Ce que demande une personne et que décide une autre.",
        "What one person asks for and another decides.",
    );
    let rules = Text::new(
        "Ce qui demande une deuxième personne, et au-delà de quel montant.",
        "What asks for a second person, and above which amount.",
    );
    let lines = [list(tx, ask, "approval", asked)?, list(tx, ask, "approval_rule", rules)?];
    Ok(lines.into_iter().flatten().collect())
}

/// Programs, and what was done by whoever it was.
fn programs(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let mut lines = Vec::new();
    let tokens =
        Text::new("Les programmes qui parlent à l’API.", "Programs that speak to the API.");
    lines.extend(list(tx, ask, "api_token", tokens)?);
    if ask.actor.can(audit::RIGHT) {
        lines.push(Line {
            label: audit::TITLE,
            href: "/audit".to_owned(),
            note: Text::new(
                "Qui a fait quoi, qui a vu quoi, et la preuve.",
                "Who did what, who saw what, and the proof.",
            ),
            now: String::new(),
        });
    }
    Ok(lines)
}

fn sales(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let notes = [
        ("tax", Text::new("Taux et régimes de TVA.", "VAT rates and schemes.")),
        ("payment_term", Text::new("Délais et fins de mois.", "Days and ends of month.")),
        (
            "price_list",
            Text::new("Des prix par client ou par quantité.", "By customer or quantity."),
        ),
        ("unit", Text::new("Pièce, kilo, heure.", "Piece, kilo, hour.")),
        ("location", Text::new("Où sont les marchandises.", "Where goods are.")),
    ];
    let mut lines = Vec::new();
    for (entity, note) in notes {
        lines.extend(list(tx, ask, entity, note)?);
    }
    Ok(lines)
}

fn records(tx: &mut Tx<'_>, ask: &Ask) -> Result<Vec<Line>, Faults> {
    let own = Text::new(
        "Ce que vos fiches ont de plus : liste, formulaire, import, API.",
        "What your records have more: list, form, import, API.",
    );
    let mut lines: Vec<Line> = list(tx, ask, "custom_field", own)?.into_iter().collect();
    let line =
        |label, href: &str, note| Line { label, href: href.to_owned(), note, now: String::new() };
    if ask.actor.can("import_batch.read") {
        let note = Text::new(
            "CSV ou classeur, essayé d’abord, annulable ensuite.",
            "CSV or workbook, tried first, undone if need be.",
        );
        lines.push(line(import::TITLE, "/import", note));
    }
    if let Some(def) = readable(ask, "import_batch") {
        let note = Text::new("Ce qui est entré, et ses refus.", "What came in, and its refusals.");
        lines.push(line(def.labels, "/imports", note));
    }
    let api = Text::new("Chaque fiche et chaque action, pour un programme.", "For programs.");
    lines.push(line(Text::new("API", "API"), "/api/docs", api));
    Ok(lines)
}

/// What stands among the settings of the rail and in no group above.
fn others(ask: &Ask, groups: &[(Text, Vec<Line>)]) -> Vec<Line> {
    let known = |label: Text| {
        groups
            .iter()
            .flat_map(|(_, lines)| lines)
            .any(|line| line.label.fr == label.fr || line.label.en == label.en)
    };
    nav::seen(ask)
        .into_iter()
        .filter(|page| page.group == nav::Group::Settings)
        .filter(|page| !known(page.label) && page.def.is_none_or(|def| !known(def.label)))
        .map(|page| Line {
            label: page.label,
            href: page.href,
            note: Text::new("", ""),
            now: String::new(),
        })
        .collect()
}
