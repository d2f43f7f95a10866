//! The tiles that are kept, and the acts on them.

use identity::User;
use kernel::{
    ActionDef, Actor, Choice, Entity, Fault, Faults, FieldDef, Id, Inputs, Kept, LongText, Origin,
    Outcome, RawId, Rules, Text, Tx,
};

/// A tile of a dashboard: what a list comes to.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Tuile", en = "Tile", frs = "Tuiles", ens = "Tiles", kept)]
pub struct Tile {
    /// The entity whose records are listed, by its name in the API.
    #[field(fr = "Fiche", en = "Entity", list)]
    pub entity: String,
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    /// Filters and group, as the address of the list holds them.
    #[field(fr = "Paramètres", en = "Parameters")]
    pub parameters: Option<LongText>,
    #[field(fr = "Mesure", en = "Measure", list)]
    pub measure: Measure,
    /// The name of the field that is added up; none for a count.
    #[field(fr = "Champ", en = "Field", list)]
    pub field: Option<String>,
    #[field(fr = "Large", en = "Wide")]
    pub wide: bool,
    /// Its place, from the first on.
    #[field(fr = "Rang", en = "Rank")]
    pub rank: i64,
    #[field(fr = "Partage", en = "Sharing", list)]
    pub audience: Sharing,
    #[field(fr = "Propriétaire", en = "Owner", list, index)]
    pub owner: Id<User>,
}

/// What a tile tells of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Measure {
    #[choice(fr = "Nombre", en = "Count")]
    Count,
    #[choice(fr = "Somme", en = "Sum")]
    Sum,
    #[choice(fr = "Moyenne", en = "Average")]
    Average,
}

/// On whose dashboards a tile stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Sharing {
    #[choice(fr = "Moi seul", en = "Only me")]
    Private,
    #[choice(fr = "Tout le monde", en = "Everyone")]
    Everyone,
}

/// The longest address kept, in letters; and the most tiles of a person.
const PARAMETERS_MOST: usize = 6_000;
const TILES_MOST: usize = 40;

impl Rules for Tile {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let length = self.name.trim().chars().count();
        faults.ensure((1..=80).contains(&length), || Fault::new("tile.name").on("name"));
        let long = self.parameters.as_ref().is_some_and(|text| text.0.len() > PARAMETERS_MOST);
        faults.ensure(!long, || {
            Fault::new("field.long").on("parameters").with("most", PARAMETERS_MOST)
        });
        let named = self.field.is_some() == (self.measure != Measure::Count);
        faults.ensure(named, || Fault::new("field.required").on("field"));
        faults.into_result()
    }
}

const NAME: FieldDef = FieldDef::of::<String>("name", Text::new("Nom", "Name"), "");
const WIDE: FieldDef = FieldDef::of::<bool>("wide", Text::new("Large", "Wide"), "");
const AUDIENCE: FieldDef = FieldDef::of::<Sharing>("audience", Text::new("Partage", "Sharing"), "");

const PIN: &[FieldDef] = &[
    FieldDef::of::<String>("entity", Text::new("Fiche", "Entity"), ""),
    NAME,
    FieldDef::of::<Option<LongText>>("parameters", Text::new("Paramètres", "Parameters"), ""),
    FieldDef::of::<Measure>("measure", Text::new("Mesure", "Measure"), ""),
    FieldDef::of::<Option<String>>("field", Text::new("Champ", "Field"), ""),
    WIDE,
    AUDIENCE,
];

/// What may be done with tiles. A person arranges their own, and no other.
pub const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "user",
        name: "pin_tile",
        label: Text::new("Épingler au tableau de bord", "Pin to the dashboard"),
        doc: Text::new(
            "Met ce qu’une liste donne sur le tableau de bord.",
            "Puts what a list comes to on the dashboard.",
        ),
        inputs: PIN,
        offered: |_| false,
        run: pin,
    },
    ActionDef {
        on: "tile",
        name: "arrange",
        label: Text::new("Modifier la tuile", "Change the tile"),
        doc: Text::new(
            "Change le nom, la largeur et le partage de la tuile.",
            "Changes the tile’s name, width and sharing.",
        ),
        inputs: &[NAME, WIDE, AUDIENCE],
        offered: |_| true,
        run: arrange,
    },
    ActionDef {
        on: "tile",
        name: "move",
        label: Text::new("Déplacer la tuile", "Move the tile"),
        doc: Text::new(
            "Avance la tuile d’une place, ou la recule.",
            "Moves the tile one place forward, or back.",
        ),
        inputs: &[FieldDef::of::<bool>(
            "forward",
            Text::new("Vers le début", "Towards the start"),
            "",
        )],
        offered: |_| true,
        run: move_tile,
    },
    ActionDef {
        on: "tile",
        name: "drop",
        label: Text::new("Retirer la tuile", "Remove the tile"),
        doc: Text::new("Retire la tuile pour tous.", "Takes the tile away for everyone."),
        inputs: &[],
        offered: |_| true,
        run: drop_tile,
    },
];

/// The tiles of a person, in their order.
///
/// # Errors
/// `store.*`.
pub fn tiles_of(tx: &mut Tx<'_>, owner: Id<User>) -> Result<Vec<Kept<Tile>>, Fault> {
    let mut tiles = tx.find(Tile::OWNER.is(&owner))?;
    tiles.sort_by_key(|tile| (tile.rank, tile.id));
    Ok(tiles)
}

fn pin(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    if actor.user != Some(id) {
        return Err(Fault::new("tile.owner").into());
    }
    let owner = Id::<User>::from_raw(id);
    let own = tiles_of(tx, owner)?;
    if own.len() >= TILES_MOST {
        return Err(Fault::new("tile.many").with("most", TILES_MOST).into());
    }
    let tile = Tile {
        entity: inputs.take("entity")?,
        name: inputs.take("name")?,
        parameters: inputs.take("parameters")?,
        measure: inputs.take("measure")?,
        field: inputs.take::<Option<String>>("field")?.filter(|name| !name.is_empty()),
        wide: inputs.take("wide")?,
        rank: own.last().map_or(1, |last| last.rank + 1),
        audience: inputs.take("audience")?,
        owner,
    };
    actor.may(&format!("{}.read", tile.entity))?;
    let made = tx.insert(&tile)?;
    Ok(Some(Origin::of(made)))
}

/// The tile, held, when it is the actor's own.
fn own(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<Kept<Tile>, Faults> {
    let tile = tx.lock(Id::<Tile>::from_raw(id))?;
    if actor.user == Some(tile.owner.raw()) {
        Ok(tile)
    } else {
        Err(Fault::new("tile.owner").into())
    }
}

fn arrange(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let mut tile = own(tx, actor, id)?;
    tile.name = inputs.take("name")?;
    tile.wide = inputs.take("wide")?;
    tile.audience = inputs.take("audience")?;
    tx.save(&tile)?;
    Ok(Some(Origin::of(tile.id)))
}

/// Ranks are told again from one on, so that two tiles never share one.
fn move_tile(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let tile = own(tx, actor, id)?;
    let mut tiles = tiles_of(tx, tile.owner)?;
    let forward: bool = inputs.take("forward")?;
    if let Some(at) = tiles.iter().position(|other| other.id == tile.id) {
        let to = if forward { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to.filter(|to| *to < tiles.len()) {
            tiles.swap(at, to);
        }
    }
    for (rank, mut kept) in (1..).zip(tiles) {
        if kept.rank != rank {
            kept.rank = rank;
            tx.save(&kept)?;
        }
    }
    Ok(Some(Origin::of(tile.id)))
}

fn drop_tile(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let tile = own(tx, actor, id)?;
    tx.delete(tile.id)?;
    Ok(None)
}
