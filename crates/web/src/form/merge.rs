//! Two people who edit the same record at the same time: what each changed is kept, field by field.
//! Only where both changed the same field is one asked.

use std::collections::{HashMap, HashSet};

use kernel::edit::{self, Draft, LineDraft};
use kernel::{
    Catalog, EntityDef, Fault, Faults, FieldDef, Instant, Kind, RawId, Row, Tx, Value, json,
};
use serde_json::{Map, Value as Json};

/// What is too long ago is read again rather than merged.
const MOST_BEHIND: i64 = 50;

const CHANGES: &str = "select at, changes from audit where company = $1 and record = $2 \
                       and entity = $3 and verb = 'updated' order by seq desc limit $4";

/// Leaves in the draft what this person changed, and gives the version to save from. When someone
/// changed the same field to something else, the version stays the one that was sent, which is
/// refused as stale.
///
/// # Errors
/// `store.*`.
pub(super) fn merged(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    def: &'static EntityDef,
    row: &Row,
    version: Option<i64>,
    draft: &mut Draft,
) -> Result<Option<i64>, Faults> {
    let Some(seen) = version else { return Ok(None) };
    let behind = row.version - seen;
    if !(1..=MOST_BEHIND).contains(&behind) {
        return Ok(version);
    }
    let Some(theirs) = Theirs::read(tx, catalog, def, row, behind)? else { return Ok(version) };
    let mut mine = draft.clone();
    if !theirs.fields(def, row, &mut mine) || !theirs.own_fields(row, &mut mine) {
        return Ok(version);
    }
    let lists = std::mem::take(&mut mine.lines);
    for (field, lines) in lists {
        match theirs.lines(tx, catalog, field, row.id, &lines)? {
            Some(Kept::Mine) => mine.lines.push((field, lines)),
            Some(Kept::Theirs) => {}
            None => return Ok(version),
        }
    }
    *draft = mine;
    Ok(Some(row.version))
}

/// Whose list of lines stays.
enum Kept {
    Mine,
    Theirs,
}

/// What others changed since the record was read: each field as it was then.
struct Theirs {
    was: Vec<(&'static FieldDef, Value)>,
    own: Option<Map<String, Json>>,
    /// When the first of them did.
    since: Instant,
}

impl Theirs {
    fn read(
        tx: &mut Tx<'_>,
        catalog: &Catalog,
        def: &'static EntityDef,
        row: &Row,
        behind: i64,
    ) -> Result<Option<Self>, Faults> {
        let params = [Value::Ref(row.id), def.name.into(), behind.into()];
        let rows = tx.sql(CHANGES, &params)?;
        if i64::try_from(rows.len()) != Ok(behind) {
            return Ok(None);
        }
        let mut theirs = Self { was: Vec::new(), own: None, since: row.updated_at };
        // The newest first: an older value takes the place of a newer one.
        for line in rows {
            let [Value::Integer(at), Value::Text(changes)] = &line[..] else { return Ok(None) };
            theirs.since = Instant(*at);
            let changes: Map<String, Json> = serde_json::from_str(changes).unwrap_or_default();
            for (name, pair) in &changes {
                let was = pair.get(0).unwrap_or(&Json::Null);
                if name == "extra" {
                    theirs.own = Some(members(was.as_str()));
                    continue;
                }
                let Some(field) = def.field(name) else { continue };
                let Ok(was) = json::to_known_value(catalog, field, was, tx.currency()) else {
                    return Ok(None);
                };
                theirs.was.retain(|(known, _)| known.name != field.name);
                theirs.was.push((field, was));
            }
        }
        Ok(Some(theirs))
    }

    /// Takes out of the draft what this person left as it was. False when both changed a field.
    fn fields(&self, def: &EntityDef, row: &Row, mine: &mut Draft) -> bool {
        let mut agree = true;
        mine.values.retain(|(field, value)| {
            let Some((_, was)) = self.was.iter().find(|(known, _)| known.name == field.name) else {
                return true;
            };
            let now = def.rank(field.name).and_then(|rank| row.values.get(rank));
            if value == was || Some(value) == now {
                return false;
            }
            agree = false;
            true
        });
        agree
    }

    fn own_fields(&self, row: &Row, mine: &mut Draft) -> bool {
        let Some(was) = &self.own else { return true };
        let now = members(row.extra.as_deref());
        let mut agree = true;
        let blank = |value: Option<&Json>| value.cloned().unwrap_or(Json::Null);
        mine.extra.retain(|name, value| {
            let (was, now) = (blank(was.get(name)), blank(now.get(name)));
            if was == now {
                return true;
            }
            if *value == was || *value == now {
                return false;
            }
            agree = false;
            true
        });
        agree
    }

    /// Whose list of lines stays; `None` when both changed it.
    fn lines(
        &self,
        tx: &mut Tx<'_>,
        catalog: &Catalog,
        list: &FieldDef,
        parent: RawId,
        mine: &[LineDraft],
    ) -> Result<Option<Kept>, Faults> {
        let Kind::Lines(name) = list.kind else { return Ok(None) };
        let def = catalog.entity(name).ok_or_else(|| Fault::new("internal"))?;
        let stored = edit::lines_of(tx, def, parent)?;
        let (theirs, untouched): (Vec<&Row>, Vec<&Row>) =
            stored.iter().partition(|line| line.updated_at >= self.since);
        let drafts: HashMap<RawId, &LineDraft> =
            mine.iter().filter_map(|line| Some((line.id?, line))).collect();
        let same = |row: &Row| {
            drafts.get(&row.id).is_some_and(|line| {
                line.draft.values.iter().all(|(field, value)| {
                    let now = def.rank(field.name).and_then(|rank| row.values.get(rank));
                    field.system || field.parent || now == Some(value)
                })
            })
        };
        let ids: HashSet<RawId> = stored.iter().map(|row| row.id).collect();
        let known = |line: &LineDraft| line.id.is_some_and(|id| ids.contains(&id));
        // A line of theirs that is gone may still be in mine: that is for the form to say.
        let all_there = mine.iter().all(|line| line.id.is_none() || known(line));
        let i_changed = !untouched.iter().all(|row| same(row)) || !mine.iter().all(known);
        // Each worked on other lines: what they wrote is in my list as they wrote it.
        if theirs.iter().all(|row| same(row)) {
            return Ok(all_there.then_some(Kept::Mine));
        }
        let over_theirs = theirs.iter().any(|row| drafts.contains_key(&row.id) && !same(row));
        Ok((!i_changed && !over_theirs).then_some(Kept::Theirs))
    }
}

fn members(document: Option<&str>) -> Map<String, Json> {
    document.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
