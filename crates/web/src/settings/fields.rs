//! The company's own fields: what records have more. The form shows at once how the field will look
//! in a list, in a form, in a file and to a program.

mod preview;

use axum::extract::Path;
use axum::response::Response;
use kernel::{
    Choice, CustomField, CustomKind, Entity, EntityDef, Faults, Filter, Kept, Kind, RawId, Text,
    typed,
};
use maud::{Markup, html};

use crate::address::Fields;
use crate::answer::Answer;
use crate::door::Ask;
use crate::form::{self, Sheet, frame, summary};
use crate::pages::HandMade;
use crate::parts::{
    Button, Column, Field, Fold, Ledger, Opt, Row, Sum, empty, fieldset, form_end, head,
};
use crate::posted::Posted;
use crate::{nav, words};

/// The pages of custom fields.
pub const CUSTOM_FIELD: HandMade = HandMade {
    form: Some(|ask, sheet| Box::pin(drawn(ask, sheet))),
    ..HandMade::of("custom_field")
};

const PLURAL: &str = "custom_fields";

/// The entities that a company may add fields to: those with forms of their own.
fn entities(ask: &Ask) -> Vec<&'static EntityDef> {
    let all = ask.state.catalog.entities();
    all.filter(|def| !def.kept && def.parent().is_none() && def.name != "custom_field").collect()
}

/// `GET /custom_fields`: the fields, by the records they belong to.
pub async fn list(ask: Ask) -> Answer {
    ask.may("custom_field.read")?;
    let mut all = ask.read(|tx, _| Ok(tx.find::<CustomField>(Filter::everything())?)).await?;
    all.sort_by(|one, other| (&one.entity, one.id.raw()).cmp(&(&other.entity, other.id.raw())));
    let title = CustomField::DEF.labels.say(ask.language);
    let new = Text::new("Nouveau champ", "New field");
    let mut buttons = Vec::new();
    if nav::creates(&ask, CustomField::DEF) {
        buttons.push(Button::link(ask.say(new), format!("/{PLURAL}/new")).primary().key("c"));
    }
    let body = html! {
        (head(&html! {}, title, &html! {}, &buttons))
        (ledger(&ask, &all))
    };
    Ok(ask.page(PLURAL, crumbs(&ask), title, &body))
}

fn crumbs(ask: &Ask) -> Vec<(String, String)> {
    vec![(ask.say(words::SETTINGS).to_owned(), "/settings".to_owned())]
}

fn ledger(ask: &Ask, all: &[Kept<CustomField>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(Text::new("Libellé", "Label"))).grow(),
        Column::text(ask.say(Text::new("Type", "Kind"))).fold(Fold::State),
        Column::number(ask.say(Text::new("Nom technique", "Technical name"))),
        Column::quiet(ask.say(Text::new("Valeurs", "Values"))),
        Column::quiet(ask.say(Text::new("Obligatoire", "Required"))),
    ];
    let none = Text::new("Aucun champ ajouté.", "No field added.");
    let next = Text::new(
        "Une matière sur l’article, un numéro d’agrément sur le client : ajoutez ce qui vous manque.",
        "A fabric on the product, a licence number on the customer: add what you miss.",
    );
    let title = CustomField::DEF.labels.say(ask.language);
    let mut ledger =
        Ledger::new(ask.language, title, columns).empty(empty(ask.say(none), ask.say(next), &[]));
    let mut of = "";
    for field in all {
        if field.entity != of {
            of = &field.entity;
            let def = ask.state.catalog.entity(of);
            let label = def.map_or(of, |def| def.labels.say(ask.language));
            ledger = ledger.group(Sum::new(label, Vec::new()));
        }
        let values: Vec<&str> = field.choices().collect();
        ledger = ledger.row(Row::new(vec![
            html! { a href={ "/" (PLURAL) "/" (field.id) "/edit" } { (field.label(ask.language)) } },
            html! { (field.kind.label().say(ask.language)) },
            html! { (field.name) },
            html! { (values.join(", ")) },
            html! { @if field.required { (ask.say(words::YES)) } },
        ]));
    }
    html! { (ledger) }
}

/// `POST /custom_fields`: like any record; a name left empty is drawn from the label.
pub async fn create(posted: Posted) -> Answer {
    let Posted { ask, mut fields } = posted;
    complete(&mut fields);
    form::create(Path(PLURAL.to_owned()), Posted { ask, fields }).await
}

/// Fills what may be left empty: the technical name, the English label.
fn complete(fields: &mut Fields) {
    if fields.text("name").is_empty() {
        let drawn = slug(fields.text("label_fr"));
        fields.set("name", drawn);
    }
    if fields.text("label_en").is_empty() {
        let own = fields.text("label_fr").to_owned();
        fields.set("label_en", own);
    }
}

/// `Matière première` as `matiere_premiere`.
fn slug(label: &str) -> String {
    let plain: String = typed::folded(label)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let joined = words.join("_");
    let start = joined.trim_start_matches(|letter: char| !letter.is_ascii_lowercase());
    start.chars().take(40).collect::<String>().trim_end_matches('_').to_owned()
}

/// `POST /settings/fields/preview`: the form as it stands, and how the field would look. A script
/// takes the parts with an id; without one it is the page.
pub async fn preview_new(posted: Posted) -> Answer {
    previewed(posted, None).await
}

/// `POST /settings/fields/{id}/preview`: the same of a field that is there.
pub async fn preview_of(Path(id): Path<String>, posted: Posted) -> Answer {
    let id = RawId::parse(&id).map_err(|fault| posted.ask.refusal(fault))?;
    previewed(posted, Some(id)).await
}

async fn previewed(posted: Posted, id: Option<RawId>) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may("custom_field.read")?;
    let typed = fields.without(&["token", "key"]);
    let sheet = ask
        .read(move |tx, ask| {
            Sheet::of_typed(tx, ask, CustomField::DEF, id, typed, Faults::default())
        })
        .await?;
    match ask.visitor.fragment {
        Some(_) => Ok(crate::answer::html(&preview::drawn(&ask, &of_sheet(&sheet)))),
        None => Ok(whole(&ask, &sheet)),
    }
}

/// The field as it stands in the form, whole or not.
fn of_sheet(sheet: &Sheet) -> CustomField {
    let text = |name: &str| sheet.value(name).trim().to_owned();
    let label_fr = text("label_fr");
    let or_label = |text: String| if text.is_empty() { label_fr.clone() } else { text };
    let name = text("name");
    CustomField {
        entity: text("entity"),
        name: if name.is_empty() { slug(&label_fr) } else { name },
        label_en: or_label(text("label_en")),
        kind: CustomKind::of_name(&text("kind")).unwrap_or(CustomKind::Text),
        values: Some(kernel::LongText(text("values"))),
        required: text("required") == "true",
        label_fr,
    }
}

async fn drawn(ask: Ask, sheet: Sheet) -> Answer {
    Ok(whole(&ask, &sheet))
}

fn whole(ask: &Ask, sheet: &Sheet) -> Response {
    let mut crumbs = crumbs(ask);
    let labels = CustomField::DEF.labels.say(ask.language);
    crumbs.push((labels.to_owned(), format!("/{PLURAL}")));
    let known = of_sheet(sheet);
    let new = Text::new("Nouveau champ", "New field");
    let title = match sheet.id {
        Some(_) => known.label(ask.language).to_owned(),
        None => ask.say(new).to_owned(),
    };
    let delete = Text::new("Supprimer le champ", "Delete the field");
    let buttons: Vec<Button> = sheet
        .id
        .filter(|_| ask.actor.can("custom_field.delete"))
        .map(|id| Button::link(ask.say(delete), format!("/{PLURAL}/{id}/delete")).danger())
        .into_iter()
        .collect();
    let body = html! {
        (head(&html! {}, &title, &html! {}, &buttons))
        div.cols.with-side {
            (inputs(ask, sheet))
            aside.side { (preview::drawn(ask, &known)) }
        }
    };
    ask.page(PLURAL, crumbs, &title, &body)
}

fn inputs(ask: &Ask, sheet: &Sheet) -> Markup {
    let see = Text::new("Voir", "Preview");
    let preview = match sheet.id {
        Some(id) => format!("/settings/fields/{id}/preview"),
        None => "/settings/fields/preview".to_owned(),
    };
    html! {
        form.form #form method="post" action=(sheet.action()) data-guard data-preview=(preview) {
            (frame(ask, sheet))
            (summary(ask, sheet))
            (fieldset(CustomField::DEF.label.say(ask.language), &controls(ask, sheet)))
            (form_end(ask.language, &html! {
                (Button::submit(ask.say(if sheet.id.is_some() { words::SAVE } else { words::CREATE }))
                    .primary()
                    .key("ctrl+s"))
                (Button::submit(ask.say(see)).to(preview.as_str()).unchecked())
                (Button::link(ask.say(words::CANCEL), format!("/{PLURAL}")))
            }))
        }
    }
}

fn controls(ask: &Ask, sheet: &Sheet) -> Markup {
    let language = ask.language;
    let label =
        |name: &str| CustomField::DEF.field(name).map_or("", |field| field.label.say(language));
    let text = |name: &str| {
        Field::text(language, name, label(name))
            .value(sheet.value(name))
            .error(sheet.error(name, language))
    };
    let records =
        entities(ask).into_iter().map(|def| Opt::new(def.name, def.labels.say(language))).collect();
    let kinds = match CustomField::DEF.field("kind").map(|field| field.kind) {
        Some(Kind::Choice(values)) => {
            values.iter().map(|(name, word)| Opt::new(*name, word.say(language))).collect()
        }
        _ => Vec::new(),
    };
    let name_hint = Text::new(
        "Minuscules, chiffres et _. Laissé vide, il vient du libellé.",
        "Lower case, digits and _. Left empty, it comes from the label.",
    );
    let values_hint = Text::new("Pour un choix : une par ligne.", "For a choice: one a line.");
    html! {
        (Field::choice(language, "entity", label("entity"), records, Some(ask.say(words::NO_CHOICE)))
            .value(sheet.value("entity"))
            .required(true)
            .error(sheet.error("entity", language)))
        (Field::choice(language, "kind", label("kind"), kinds, None)
            .value(sheet.value("kind"))
            .error(sheet.error("kind", language)))
        (text("label_fr").required(true))
        (text("label_en"))
        (text("name").hint(ask.say(name_hint)))
        (Field::flag(language, "required", label("required"))
            .value(sheet.value("required"))
            .error(sheet.error("required", language)))
        input type="hidden" name="flags" value="required";
        (Field::long(language, "values", label("values"))
            .value(sheet.value("values"))
            .hint(ask.say(values_hint))
            .error(sheet.error("values", language)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_drawn_from_the_label_and_keeps_to_its_rule() {
        assert_eq!(slug("Matière première"), "matiere_premiere");
        assert_eq!(slug("N° d’agrément (2026)"), "n_d_agrement_2026");
        assert_eq!(slug("1 – à 2"), "a_2");
        assert!(slug(&"long ".repeat(30)).len() <= 40);
    }
}
