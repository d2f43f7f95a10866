//! The page: the tiles, and the forms that arrange them.

use axum::extract::Path;
use identity::{User, personal};
use kernel::{Choice, Entity, Fault, Faults, Id, Kept, LongText, Query, Tx, sentence};
use maud::{Markup, html};

use super::kept::{Measure, Sharing, Tile, tiles_of};
use super::{DASHBOARD, parameters, start};
use crate::answer::Answer;
use crate::door::{Ask, new_key};
use crate::list::tile::{self, Shown};
use crate::pages::acting;
use crate::parts::{Button, Icon, Tone, empty, head, say};
use crate::posted::Posted;
use crate::words;

/// The most tiles of others that are shown.
const SHARED_MOST: u32 = 40;

/// A tile and what came of reading it.
struct Read {
    /// Its id when it is one's own.
    own: Option<Id<Tile>>,
    tile: Tile,
    seen: Result<tile::Seen, Fault>,
}

struct Seen {
    tiles: Vec<Read>,
    /// Nobody pinned anything: this is the set to start from.
    starting: bool,
}

/// `GET /dashboard?arrange=1`.
pub async fn page(ask: Ask) -> Answer {
    ask.may("user.pin_tile")?;
    drawn(&ask, &Faults::default()).await
}

async fn drawn(ask: &Ask, faults: &Faults) -> Answer {
    let seen = ask.read(look).await?;
    let language = ask.language;
    let arranging = ask.query.text("arrange") == "1" && !seen.starting;
    let title = say(language, "Tableau de bord", "Dashboard");
    let mut buttons = Vec::new();
    if seen.starting && !seen.tiles.is_empty() {
        let keep = say(language, "Garder ces tuiles", "Keep these tiles");
        let keep = Button::post(keep, "/dashboard/start").hidden("token", ask.token.as_str());
        buttons.push(keep.hidden("key", new_key()).primary());
    } else if arranging {
        buttons.push(Button::link(say(language, "Terminer", "Finish"), "/dashboard").primary());
    } else if seen.tiles.iter().any(|read| read.own.is_some()) {
        let arrange = say(language, "Arranger", "Arrange");
        buttons.push(Button::link(arrange, "/dashboard?arrange=1").icon(Icon::Edit).key("e"));
    }
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons))
        (crate::record::refusals(ask, faults))
        @if seen.starting && !seen.tiles.is_empty() {
            p.muted.prose {
                (say(
                    language,
                    "De quoi commencer. Toute liste s’épingle ici, par le lien « Épingler » \
                     au-dessus d’elle.",
                    "To start with. Any list can be pinned here, by the link “Pin” above it.",
                ))
            }
        }
        @if seen.tiles.is_empty() { (nothing(ask)) }
        div.tiles {
            @for read in &seen.tiles { (one(ask, read, arranging)) }
        }
    };
    Ok(acting::with_status(ask.page(DASHBOARD, Vec::new(), title, &body), faults))
}

fn nothing(ask: &Ask) -> Markup {
    empty(
        say(ask.language, "Aucune tuile.", "No tile yet."),
        say(
            ask.language,
            "Ouvrez une liste, filtrez-la, puis épinglez-la ici.",
            "Open a list, filter it, then pin it here.",
        ),
        &[],
    )
}

/// One's own tiles, then those that others share; or the set to start from.
fn look(tx: &mut Tx<'_>, ask: &Ask) -> Result<Seen, Faults> {
    let Some(user) = ask.actor.user.map(Id::<User>::from_raw) else {
        return Err(Fault::new("tile.owner").into());
    };
    let own = tiles_of(tx, user)?;
    let query = Query::all(Tile::DEF).only(personal::visible(Tile::DEF, &ask.actor));
    let mut shared: Vec<Kept<Tile>> = tx.select(query.limit(SHARED_MOST))?;
    shared.retain(|tile| tile.owner != user);
    shared.sort_by_key(|tile| (tile.rank, tile.id));
    let mut all: Vec<(Option<Id<Tile>>, Tile)> =
        own.into_iter().map(|tile| (Some(tile.id), tile.into_inner())).collect();
    all.extend(shared.into_iter().map(|tile| (None, tile.into_inner())));
    let starting = all.is_empty();
    if starting {
        let role = tx.get(user)?.role;
        all = start::of(role).iter().map(|one| (None, started(ask, one, user))).collect();
    }
    let mut tiles = Vec::new();
    for (own, tile) in all {
        // What a person may not list stands on no dashboard of theirs.
        if let Some(seen) = read(tx, ask, &tile)? {
            tiles.push(Read { own, tile, seen });
        }
    }
    Ok(Seen { tiles, starting })
}

fn started(ask: &Ask, one: &start::Start, owner: Id<User>) -> Tile {
    Tile {
        entity: one.entity.to_owned(),
        name: one.name.say(ask.language).to_owned(),
        parameters: Some(LongText(one.parameters.to_owned())),
        measure: one.measure,
        field: one.field.map(ToOwned::to_owned),
        wide: one.wide,
        rank: 0,
        audience: Sharing::Private,
        owner,
    }
}

/// What a tile shows; nothing when its list is not for this person, the fault when it can no longer
/// be read.
fn read(
    tx: &mut Tx<'_>,
    ask: &Ask,
    tile: &Tile,
) -> Result<Option<Result<tile::Seen, Fault>>, Faults> {
    let Some(def) = ask.state.catalog.entity(&tile.entity) else { return Ok(None) };
    if !ask.actor.can(&format!("{}.read", def.name)) {
        return Ok(None);
    }
    let field = match tile.field.as_deref().map(|name| tile::figure(tx, ask, def, name)) {
        None => None,
        Some(Err(fault)) if fault.code == "forbidden" => return Ok(None),
        Some(found) => match found? {
            Some(field) => Some(field),
            // A field of the company's own that was taken away.
            None => return Ok(Some(Err(Fault::new("query.unknown").on("field")))),
        },
    };
    let shown = match (tile.measure, field) {
        (Measure::Sum, Some(field)) => Shown::Sum(field),
        (Measure::Average, Some(field)) => Shown::Average(field),
        _ => Shown::Count,
    };
    let text = parameters(tile.parameters.as_ref());
    match tile::read(tx, ask, def, text, shown) {
        Ok(seen) => Ok(Some(Ok(seen))),
        Err(faults) if faults.has("forbidden") => Ok(None),
        Err(faults) if faults.0.iter().any(|fault| fault.code.starts_with("store.")) => Err(faults),
        Err(faults) => Ok(faults.0.into_iter().next().map(Err)),
    }
}

fn one(ask: &Ask, read: &Read, arranging: bool) -> Markup {
    let language = ask.language;
    let href = match &read.seen {
        Ok(seen) => seen.href.clone(),
        Err(_) => ask
            .state
            .catalog
            .entity(&read.tile.entity)
            .map_or_else(String::new, |def| format!("/{}", def.plural)),
    };
    let bars = read.seen.as_ref().is_ok_and(tile::Seen::has_bars);
    html! {
        section.sec.tile .wide[read.tile.wide || bars] {
            header {
                h2 { a href=(href) { (read.tile.name) } }
                @if read.tile.audience == Sharing::Everyone {
                    span.r { (say(language, "partagée", "shared")) }
                }
            }
            @match &read.seen {
                Ok(seen) => (seen.drawn(ask)),
                Err(fault) => p.muted { (sentence(fault, language)) },
            }
            @if let (true, Some(id)) = (arranging, read.own) { (arranged(ask, id, &read.tile, bars)) }
        }
    }
}

/// The forms of one tile.
fn arranged(ask: &Ask, id: Id<Tile>, tile: &Tile, bars: bool) -> Markup {
    let language = ask.language;
    let to = |act: &str| format!("/dashboard/{id}/{act}");
    let moved = |forward: bool, label: &'static str, sign: Icon| {
        let button = Button::post(format!("{label} {}", tile.name), to("move"));
        let button = button.hidden("token", ask.token.as_str()).hidden("key", new_key());
        button.hidden("forward", forward.to_string()).icon_only(sign).small()
    };
    let drop = Button::post(say(language, "Retirer", "Remove"), to("drop"));
    let drop = drop.hidden("token", ask.token.as_str()).hidden("key", new_key());
    let name = say(language, "Nom", "Name");
    html! {
        form.tile-form method="post" action=(to("arrange")) {
            (acting::unseen(ask))
            input.in name="name" required maxlength="80" value=(tile.name) aria-label=(name);
            (sharing(ask, tile.audience))
            @if bars { input type="hidden" name="wide" value=(tile.wide); }
            @else {
                label.flag {
                    input.cb type="checkbox" name="wide" value="true" checked[tile.wide];
                    " " (say(language, "Large", "Wide"))
                }
            }
            (Button::submit(ask.say(words::SAVE)).small())
        }
        div.acts {
            (moved(true, say(language, "Avancer", "Move forward"), Icon::Up))
            (moved(false, say(language, "Reculer", "Move back"), Icon::Down))
            (drop.danger().small())
        }
    }
}

/// For whom a tile is.
pub(super) fn sharing(ask: &Ask, now: Sharing) -> Markup {
    html! {
        select.in name="audience" aria-label=(say(ask.language, "Partage", "Sharing")) {
            @for (name, label) in Sharing::VALUES {
                option value=(name) selected[*name == now.name()] { (label.say(ask.language)) }
            }
        }
    }
}

/// `POST /dashboard/{id}/{act}`: renames, moves or removes a tile.
pub async fn change(Path((id, act)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let id = acting::id_of::<Tile>(&ask, &id)?;
    let act = match act.as_str() {
        "arrange" => "arrange",
        "move" => "move",
        "drop" => "drop",
        other => {
            let fault = Fault::new("path.unknown").with("path", format!("/dashboard/{other}"));
            return Err(ask.refusal(fault));
        }
    };
    match acting::run(&ask, &fields, act, id, &[]).await {
        Ok(_) => Ok(ask.go_saying("/dashboard?arrange=1", Tone::Done, ask.say(words::DONE))),
        Err(faults) if faults.has("not_found") => Err(ask.refusal(faults)),
        Err(faults) => drawn(&ask, &faults).await,
    }
}

/// `POST /dashboard/start`: the set of the role becomes one's own.
pub async fn start(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("user.pin_tile")?;
    let user = ask.actor.user.ok_or_else(|| ask.refusal(Fault::new("tile.owner")))?;
    let (catalog, language) = (ask.state.catalog, ask.language);
    let done = ask
        .command(&fields, move |tx, actor, _| {
            let unknown = || Fault::new("path.unknown").with("path", "pin_tile");
            let action = catalog.action(User::DEF.name, "pin_tile").ok_or_else(unknown)?;
            let owner = Id::<User>::from_raw(user);
            if !tiles_of(tx, owner)?.is_empty() {
                return Ok(serde_json::Value::Null);
            }
            let role = tx.get(owner)?.role;
            for one in start::of(role) {
                let known = catalog.entity(one.entity).is_some();
                if !known || !actor.can(&format!("{}.read", one.entity)) {
                    continue;
                }
                let inputs = kernel::Inputs::default()
                    .with("entity", one.entity)
                    .with("name", one.name.say(language))
                    .with("parameters", one.parameters)
                    .with("measure", one.measure.name())
                    .with("field", one.field.map_or(kernel::Value::Null, Into::into))
                    .with("wide", one.wide)
                    .with("audience", Sharing::Private.name());
                catalog.run(tx, actor, action, user, &inputs)?;
            }
            Ok(serde_json::Value::Null)
        })
        .await;
    match done {
        Ok(_) => Ok(ask.go_saying("/dashboard", Tone::Done, ask.say(words::DONE))),
        Err(faults) => drawn(&ask, &faults).await,
    }
}
