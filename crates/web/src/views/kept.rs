//! The views that are kept, and the acts on them.

use identity::User;
use kernel::{
    ActionDef, Actor, Choice, Entity, Fault, Faults, FieldDef, Id, Inputs, Kept, LongText, Module,
    Origin, Outcome, RawId, Rules, Text, Tx,
};

use crate::{dashboard, together};

/// What the pages bring to the catalogue.
pub static MODULE: Module = Module {
    name: "web",
    entities: &[
        SavedView::DEF,
        together::Follow::DEF,
        together::Notification::DEF,
        dashboard::Tile::DEF,
    ],
    actions: &[ACTIONS, together::ACTIONS, dashboard::ACTIONS],
    settles: &[],
    guards: &[],
};

/// The address of a list, kept under a name.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Vue enregistrée",
    en = "Saved view",
    frs = "Vues enregistrées",
    ens = "Saved views",
    index = "entity, owner",
    kept
)]
pub struct SavedView {
    /// The entity whose records are listed, by its name in the API.
    #[field(fr = "Fiche", en = "Entity", list)]
    pub entity: String,
    #[field(fr = "Nom", en = "Name", list, title)]
    pub name: String,
    /// Filters, columns, order and group, as the address of the list holds them.
    #[field(fr = "Paramètres", en = "Parameters")]
    pub parameters: Option<LongText>,
    #[field(fr = "Partage", en = "Sharing", list)]
    pub audience: Audience,
    /// The role of those who share it, by its name; of its owner at first.
    #[field(fr = "Rôle", en = "Role")]
    pub role: Option<String>,
    /// Stands among the first tabs of the list.
    #[field(fr = "Épinglée", en = "Pinned", list)]
    pub pinned: bool,
    #[field(fr = "Propriétaire", en = "Owner", list, index)]
    pub owner: Id<User>,
}

/// Who sees a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum Audience {
    #[choice(fr = "Moi seul", en = "Only me")]
    Private,
    #[choice(fr = "Mon équipe", en = "My team")]
    Team,
    #[choice(fr = "Tout le monde", en = "Everyone")]
    Everyone,
}

/// The longest address kept, in letters.
const PARAMETERS_MOST: usize = 6_000;

impl Rules for SavedView {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        let length = self.name.trim().chars().count();
        faults.ensure((1..=80).contains(&length), || Fault::new("view.name").on("name"));
        let long = self.parameters.as_ref().is_some_and(|text| text.0.len() > PARAMETERS_MOST);
        faults.ensure(!long, || {
            Fault::new("field.long").on("parameters").with("most", PARAMETERS_MOST)
        });
        faults.into_result()
    }
}

const NAME: FieldDef = FieldDef::of::<String>("name", Text::new("Nom", "Name"), "");
const PARAMETERS: FieldDef =
    FieldDef::of::<Option<LongText>>("parameters", Text::new("Paramètres", "Parameters"), "");
const AUDIENCE: FieldDef =
    FieldDef::of::<Audience>("audience", Text::new("Partage", "Sharing"), "");
const PINNED: FieldDef = FieldDef::of::<bool>("pinned", Text::new("Épinglée", "Pinned"), "");
const ENTITY: FieldDef = FieldDef::of::<String>("entity", Text::new("Fiche", "Entity"), "");

const SAVE: &[FieldDef] = &[ENTITY, NAME, PARAMETERS, AUDIENCE];
const ARRANGE: &[FieldDef] = &[NAME, AUDIENCE, PINNED];
const REPLACE: &[FieldDef] = &[PARAMETERS];

/// What may be done with views. A person keeps views of their own, and changes no other.
const ACTIONS: &[ActionDef] = &[
    ActionDef {
        on: "user",
        name: "save_view",
        label: Text::new("Enregistrer une vue", "Save a view"),
        doc: Text::new(
            "Garde sous un nom les filtres, les colonnes et l’ordre d’une liste.",
            "Keeps the filters, the columns and the order of a list under a name.",
        ),
        inputs: SAVE,
        offered: |_| false,
        run: save,
    },
    ActionDef {
        on: "saved_view",
        name: "arrange",
        label: Text::new("Renommer, partager, épingler", "Rename, share, pin"),
        doc: Text::new(
            "Change le nom de la vue, ceux qui la voient et sa place.",
            "Changes the view’s name, who sees it and its place.",
        ),
        inputs: ARRANGE,
        offered: |_| true,
        run: arrange,
    },
    ActionDef {
        on: "saved_view",
        name: "replace",
        label: Text::new("Remplacer", "Replace"),
        doc: Text::new(
            "La vue garde les filtres, les colonnes et l’ordre donnés.",
            "The view keeps the given filters, columns and order.",
        ),
        inputs: REPLACE,
        offered: |_| false,
        run: replace,
    },
    ActionDef {
        on: "saved_view",
        name: "drop",
        label: Text::new("Supprimer la vue", "Delete the view"),
        doc: Text::new("Retire la vue pour tous.", "Takes the view away for everyone."),
        inputs: &[],
        offered: |_| true,
        run: drop_view,
    },
];

fn save(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    if actor.user != Some(id) {
        return Err(Fault::new("view.owner").into());
    }
    let owner = Id::<User>::from_raw(id);
    let role = tx.get(owner)?.role;
    let view = SavedView {
        entity: inputs.take("entity")?,
        name: inputs.take("name")?,
        parameters: inputs.take("parameters")?,
        audience: inputs.take("audience")?,
        role: Some(role.name().to_owned()),
        pinned: false,
        owner,
    };
    actor.may(&format!("{}.read", view.entity))?;
    let made = tx.insert(&view)?;
    Ok(Some(Origin::of(made)))
}

/// The view, held, when it is the actor's own.
fn own(tx: &mut Tx<'_>, actor: &Actor, id: RawId) -> Result<Kept<SavedView>, Faults> {
    let view = tx.lock(Id::<SavedView>::from_raw(id))?;
    if actor.user == Some(view.owner.raw()) {
        Ok(view)
    } else {
        Err(Fault::new("view.owner").into())
    }
}

fn arrange(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let mut view = own(tx, actor, id)?;
    view.name = inputs.take("name")?;
    view.audience = inputs.take("audience")?;
    view.pinned = inputs.take("pinned")?;
    tx.save(&view)?;
    Ok(Some(Origin::of(view.id)))
}

fn replace(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let mut view = own(tx, actor, id)?;
    view.parameters = inputs.take("parameters")?;
    tx.save(&view)?;
    Ok(Some(Origin::of(view.id)))
}

fn drop_view(tx: &mut Tx<'_>, actor: &Actor, id: RawId, _: &Inputs) -> Outcome {
    let view = own(tx, actor, id)?;
    tx.delete(view.id)?;
    Ok(None)
}
