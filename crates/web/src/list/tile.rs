//! A list as a tile of a dashboard: how many records it lets through, what a field of theirs comes
//! to, or the bars of its groups. One query each.

use kernel::number::divide_half_up;
use kernel::{EntityDef, Fault, Faults, FieldDef, Scope, Tx};
use maud::{Markup, html};

use super::grouped::{self, Grouped, drawing, is_figure};
use super::wanted::Wanted;
use crate::address::Fields;
use crate::door::Ask;
use crate::member::Members;
use crate::show::{self, Reader};
use crate::titles::Titles;

/// What a tile shows of a list.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    Count,
    Sum(&'static FieldDef),
    Average(&'static FieldDef),
}

/// A tile, read.
pub struct Seen {
    pub def: &'static EntityDef,
    /// The address of the list that it shows.
    pub href: String,
    shown: Shown,
    bars: bool,
    grouped: Grouped,
    titles: Titles,
}

/// All the records of a list are one group: they are of one company.
static WHOLE: FieldDef = FieldDef::of::<i64>("company", kernel::Text::new("", ""), "");

/// The fields of an entity that a tile may add up, for this person; those that the company added
/// come last.
///
/// # Errors
/// `store.*`.
pub fn figures(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
) -> Result<Vec<&'static FieldDef>, Fault> {
    let custom = Scope::of(tx, ask.state.catalog, &ask.actor)?.custom;
    let members = Members { catalog: ask.state.catalog, actor: &ask.actor, custom: &custom };
    let here = def.fields.iter().filter(|field| !show::hidden(&ask.actor, def, field));
    Ok(here.chain(members.own(def)).filter(|field| is_figure(field)).collect())
}

/// The field of this name that a tile adds up; none when there is no such field any more.
///
/// # Errors
/// `store.*`, `forbidden`.
pub fn figure(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    name: &str,
) -> Result<Option<&'static FieldDef>, Fault> {
    if let Some(field) = def.field(name) {
        return Ok(Some(field));
    }
    let custom = Scope::of(tx, ask.state.catalog, &ask.actor)?.custom;
    let members = Members { catalog: ask.state.catalog, actor: &ask.actor, custom: &custom };
    Ok(members.find(def, name)?.filter(|field| is_figure(field)))
}

/// Reads a tile; `parameters` is the address of the list after its `?`.
///
/// # Errors
/// `forbidden`, `query.*` when the list can no longer be read so, `store.*`.
pub fn read(
    tx: &mut Tx<'_>,
    ask: &Ask,
    def: &'static EntityDef,
    parameters: &str,
    shown: Shown,
) -> Result<Seen, Faults> {
    ask.actor.may(&format!("{}.read", def.name))?;
    let ask = ask.asking(Fields::of_query(parameters));
    let wanted = Wanted::of(tx, &ask, def)?;
    if let Some(fault) = &wanted.sifted.fault {
        return Err(fault.clone().into());
    }
    let field = match shown {
        Shown::Count => None,
        Shown::Sum(field) | Shown::Average(field) => Some(field),
    };
    if let Some(field) = field.filter(|field| show::hidden(&ask.actor, def, field)) {
        ask.actor.may(&format!("{}.{}.read", def.name, field.name))?;
    }
    let sums = field.into_iter().collect();
    let by = wanted.group.unwrap_or(&WHOLE);
    let mut grouped = grouped::summed(tx, &ask, def, &wanted, by, sums)?;
    if matches!(shown, Shown::Average(_)) {
        grouped.means = true;
        for (_, count, sums) in &mut grouped.rows {
            for sum in sums {
                *sum = mean(*sum, *count);
            }
        }
    }
    let mut titles = Titles::default();
    titles.gather(ask.state.catalog, tx, &ask.actor, grouped.named())?;
    let bars = wanted.group.is_some();
    Ok(Seen { def, href: wanted.without_place(), shown, bars, grouped, titles })
}

/// The half is rounded up; nothing of nothing is nothing.
fn mean(sum: i64, count: i64) -> i64 {
    if count == 0 {
        return 0;
    }
    i64::try_from(divide_half_up(i128::from(sum), i128::from(count))).unwrap_or(sum)
}

impl Seen {
    /// Whether it is drawn as bars: they take more room than a figure.
    #[must_use]
    pub fn has_bars(&self) -> bool {
        self.bars && self.grouped.rows.len() > 1
    }
    /// The figure, or the bars.
    #[must_use]
    pub fn drawn(&self, ask: &Ask) -> Markup {
        let language = ask.language;
        if self.has_bars() {
            let titles = &self.titles;
            let reader = Reader { catalog: ask.state.catalog, actor: &ask.actor, language, titles };
            return drawing(&reader, self.def, &self.grouped);
        }
        let first = self.grouped.rows.first();
        let (count, sum) =
            first.map_or((0, 0), |(_, count, sums)| (*count, sums.first().copied().unwrap_or(0)));
        let value = match self.shown {
            Shown::Count => language.integer(count),
            Shown::Average(_) if count == 0 => "—".to_owned(),
            Shown::Sum(field) | Shown::Average(field) => self.grouped.figure(field, sum, language),
        };
        let note = (!matches!(self.shown, Shown::Count)).then(|| {
            format!("{} {}", language.integer(count), self.def.labels.say(language).to_lowercase())
        });
        html! {
            p.tile-figure { (value) }
            @if let Some(note) = note { p.muted { (note) } }
        }
    }
}
