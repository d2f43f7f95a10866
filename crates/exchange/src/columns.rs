//! Which column of a file is which field.

use kernel::typed::folded;
use kernel::{CustomField, EntityDef, Fault, Faults, FieldDef, Kind, Language, Shape};
use serde_json::{Value as Json, json};

/// Where the cells of a column go.
#[derive(Debug, Clone)]
pub enum Target {
    /// The id of the record itself, as our exports write it.
    Id,
    Field(&'static FieldDef),
    Custom(CustomField),
    /// Nowhere: kept by Comptoir itself, or left out by the mapping.
    Left,
}

#[derive(Debug, Clone)]
pub struct Column {
    /// As the header writes it.
    pub head: String,
    pub target: Target,
}

/// How the columns of a file become the fields of an entity.
#[derive(Debug, Clone)]
pub struct Plan {
    pub def: &'static EntityDef,
    pub columns: Vec<Column>,
    /// The language in which the cells are written.
    pub language: Language,
}

impl Plan {
    /// Finds the field of each column: by the mapping, by the name of the field, or by its label in
    /// either language. `mapping` goes from a column to a field, or to nothing.
    ///
    /// # Errors
    /// `csv.column` for a column that is no field, `csv.lines`, `csv.twice`, `csv.mapping` for a
    /// mapping of a column that is not there.
    pub fn of(
        shape: &Shape,
        header: &[String],
        mapping: &[(String, String)],
        language: Language,
    ) -> Result<Self, Faults> {
        let (mut columns, mut faults) = (Vec::<Column>::new(), Faults::default());
        for (head, _) in mapping {
            let there = header.iter().any(|other| folded(other) == folded(head));
            faults.ensure(there, || Fault::new("csv.mapping").with("column", head.as_str()));
        }
        for head in header {
            let mapped = mapping.iter().find(|(column, _)| folded(column) == folded(head));
            let found = match mapped {
                Some((_, name)) if name.is_empty() => Ok(Target::Left),
                Some((_, name)) => target(shape, name),
                None => target(shape, head),
            };
            let target =
                faults.gather(found.map_err(|fault| fault.with("column", head.as_str()).into()));
            let target = target.unwrap_or(Target::Left);
            let twice = columns.iter().any(|other| is_same(&other.target, &target));
            faults.ensure(!twice, || Fault::new("csv.twice").with("column", head.as_str()));
            columns.push(Column { head: head.clone(), target });
        }
        faults.into_result()?;
        Ok(Self { def: shape.def, columns, language })
    }

    /// The place of the column that goes to a field, or to the id.
    pub fn place(&self, is: impl Fn(&Target) -> bool) -> Option<usize> {
        self.columns.iter().position(|column| is(&column.target))
    }

    /// The place of the column that names the record outside, when a person may write that field.
    #[must_use]
    pub fn key(&self) -> Option<(usize, &'static FieldDef)> {
        let key = self.def.key().filter(|field| !field.system && !field.sensitive)?;
        let is_key =
            |target: &Target| matches!(target, Target::Field(field) if field.name == key.name);
        Some((self.place(is_key)?, key))
    }

    /// The place of the column behind the field of a refusal.
    #[must_use]
    pub fn place_of(&self, place: &str) -> Option<usize> {
        self.columns.iter().position(|column| match &column.target {
            Target::Id => place == "id",
            Target::Field(field) => field.name == place,
            Target::Custom(custom) => place.strip_prefix("extra.") == Some(custom.name.as_str()),
            Target::Left => false,
        })
    }

    /// For each column the field it goes to, or null.
    #[must_use]
    pub fn told(&self) -> Json {
        let told = self.columns.iter().map(|column| {
            let field = match &column.target {
                Target::Id => json!("id"),
                Target::Field(field) => json!(field.name),
                Target::Custom(custom) => json!(format!("extra.{}", custom.name)),
                Target::Left => Json::Null,
            };
            json!({ "column": column.head, "field": field })
        });
        told.collect()
    }
}

fn is_same(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::Id, Target::Id) => true,
        (Target::Field(one), Target::Field(other)) => one.name == other.name,
        (Target::Custom(one), Target::Custom(other)) => one.name == other.name,
        _ => false,
    }
}

pub(crate) fn target(shape: &Shape, word: &str) -> Result<Target, Fault> {
    let word = folded(word);
    if word == "id" {
        return Ok(Target::Id);
    }
    if ["version", "created at", "updated at"].contains(&word.as_str()) {
        return Ok(Target::Left);
    }
    let labelled = |field: &&FieldDef| {
        [field.label.fr, field.label.en].iter().any(|label| folded(label) == word)
    };
    let fields = shape.def.fields;
    let named = fields.iter().find(|field| folded(field.name) == word);
    let field = match named {
        Some(field) => Some(field),
        None => {
            let mut found = fields.iter().filter(labelled);
            let first = found.next();
            if found.next().is_some() {
                return Err(Fault::new("csv.ambiguous"));
            }
            first
        }
    };
    match field {
        Some(field) if matches!(field.kind, Kind::Lines(_)) => Err(Fault::new("csv.lines")),
        // What Comptoir keeps itself comes back in an export and is passed over.
        Some(field) if field.system || field.kind == Kind::Origin => Ok(Target::Left),
        Some(field) => Ok(Target::Field(field)),
        None => {
            let custom = shape.custom.iter().find(|custom| {
                let names = [custom.name.as_str(), &custom.label_fr, &custom.label_en];
                let bare = word.strip_prefix("extra.").unwrap_or(&word);
                names.iter().any(|name| folded(name) == bare)
            });
            custom.cloned().map(Target::Custom).ok_or_else(|| Fault::new("csv.column"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Entity;

    fn plan(header: &[&str], mapping: &[(&str, &str)]) -> Result<Plan, Faults> {
        let header: Vec<String> = header.iter().map(|head| (*head).to_owned()).collect();
        let mapping: Vec<(String, String)> =
            mapping.iter().map(|(column, field)| ((*column).into(), (*field).into())).collect();
        let shape = Shape { def: CustomField::DEF, custom: Vec::new() };
        Plan::of(&shape, &header, &mapping, Language::French)
    }

    #[test]
    fn columns_go_by_name_or_by_label_in_either_language() {
        let plan =
            plan(&["fiche", "Technical name", "LABEL_FR", "obligatoire", "id"], &[]).unwrap();
        let fields: Vec<Json> =
            plan.told().as_array().unwrap().iter().map(|column| column["field"].clone()).collect();
        assert_eq!(fields, ["entity", "name", "label_fr", "required", "id"]);
        assert_eq!(plan.place_of("label_fr"), Some(2));
    }

    #[test]
    fn a_mapping_wins_and_may_leave_a_column_out() {
        let plan = plan(&["Machin", "Remarque"], &[("machin", "kind"), ("Remarque", "")]).unwrap();
        assert_eq!(plan.told()[0]["field"], "kind");
        assert_eq!(plan.told()[1]["field"], Json::Null);
    }

    #[test]
    fn a_column_that_is_no_field_is_refused_by_name() {
        let faults = plan(&["Machin", "Fiche", "entity"], &[("Truc", "kind")]).unwrap_err();
        assert_eq!(faults.codes(), ["csv.mapping", "csv.column", "csv.twice"]);
        assert_eq!(faults.0[1].facts, [("column", "Machin".into())]);
    }
}
