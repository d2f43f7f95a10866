//! Counts: what is really on the shelves, and the moves that make the records say so.

use std::collections::HashSet;

use kernel::{
    ActionDef, Actor, Choice, Day, Entity, Event, Fault, Faults, Id, Instant, Kept, Lines,
    LongText, Origin, Quantity, RawId, Rules, Text, Tx,
};
use master::Product;

use super::level::StockLevel;
use super::location::{Location, LocationKind, Places};
use super::movement::{Cost, Course, Handling, Reason, Shift};

/// A count of some products in one place.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Inventaire", en = "Stock count", frs = "Inventaires", ens = "Stock counts")]
pub struct StockCount {
    #[field(fr = "Numéro", en = "Number", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Emplacement", en = "Location", list)]
    pub location: Id<Location>,
    #[field(fr = "Compté le", en = "Counted on", list, index)]
    pub counted_on: Day,
    #[field(fr = "État", en = "State", list, index, system)]
    pub state: CountState,
    #[field(fr = "Appliqué", en = "Applied", system)]
    pub applied_at: Option<Instant>,
    #[field(fr = "Note", en = "Note")]
    pub note: Option<LongText>,
    #[field(fr = "Lignes", en = "Lines")]
    pub lines: Lines<StockCountLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum CountState {
    #[choice(fr = "Brouillon", en = "Draft")]
    Draft,
    #[choice(fr = "Appliqué", en = "Applied")]
    Applied,
}

/// One product counted.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Ligne d’inventaire",
    en = "Count line",
    frs = "Lignes d’inventaire",
    ens = "Count lines"
)]
pub struct StockCountLine {
    #[field(fr = "Inventaire", en = "Stock count", parent)]
    pub stock_count: Id<StockCount>,
    #[field(fr = "Article", en = "Product", list)]
    pub product: Id<Product>,
    #[field(fr = "Compté", en = "Counted", list)]
    pub counted: Quantity,
    /// What the records said: when the line was written, then when the count was applied.
    #[field(fr = "Attendu", en = "Expected", list, system)]
    pub expected: Quantity,
}

impl Rules for StockCount {
    fn editable(&self) -> Result<(), Faults> {
        if self.state == CountState::Applied {
            return Err(Fault::new("stock_count.closed").into());
        }
        Ok(())
    }
}

impl Rules for StockCountLine {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        faults.ensure(self.counted >= Quantity::ZERO, || {
            Fault::new("stock_count.counted").on("counted").with("given", self.counted)
        });
        faults.into_result()
    }
}

pub const ACTIONS: &[ActionDef] = &[ActionDef {
    on: "stock_count",
    name: "apply",
    label: Text { fr: "Appliquer", en: "Apply" },
    doc: Text {
        fr: "Corrige le stock de chaque article compté par un mouvement d’écart.",
        en: "Corrects the stock of each product counted by a move of the difference.",
    },
    inputs: &[],
    offered: |record| {
        StockCount::of_record(record.clone()).is_ok_and(|count| count.state == CountState::Draft)
    },
    run: |tx, _, id, _| {
        let id = Id::from_raw(id);
        apply_count(tx, id)?;
        Ok(Some(Origin::of::<StockCount>(id)))
    },
}];

/// Makes the records say what was counted: a surplus comes from, a loss goes to, the place of losses
/// and differences, at the present cost.
///
/// # Errors
/// `stock_count.closed`, `stock_count.empty`, `stock_count.reserved` on each line counted below
/// what is reserved there, `location.none`.
pub fn apply_count(tx: &mut Tx<'_>, id: Id<StockCount>) -> Result<(), Faults> {
    let mut count = tx.lock(id)?;
    count.editable()?;
    let mut lines = tx.find(StockCountLine::STOCK_COUNT.is(&id))?;
    sound(&lines)?;
    if lines.is_empty() {
        return Err(Fault::new("stock_count.empty").on("lines").into());
    }
    let places = Places::read(tx)?;
    let (here, losses) = (count.location, places.main(LocationKind::Loss)?);
    let products = lines.iter().map(|line| line.product).collect();
    let mut handling = Handling::begin(tx, places, products, &[here, losses], Course::In)?;
    let mut faults = Faults::default();
    for (rank, line) in lines.iter_mut().enumerate() {
        let level = handling.levels.at(line.product, here).clone();
        line.expected = level.on_hand;
        faults.ensure(line.counted >= level.reserved, || {
            Fault::new("stock_count.reserved")
                .on(format!("lines.{rank}.counted"))
                .with("counted", line.counted)
                .with("reserved", level.reserved)
        });
    }
    faults.into_result()?;
    for line in &lines {
        let difference = line.counted - line.expected;
        if !difference.is_zero() {
            let found = difference > Quantity::ZERO;
            let (source, target) = if found { (losses, here) } else { (here, losses) };
            let shift = Shift {
                product: line.product,
                quantity: difference.abs(),
                source,
                target,
                reason: Reason::Count,
                cost: Cost::Present,
                origin: Origin::of(id),
            };
            handling.shift(tx, &shift)?;
        }
        tx.save(line)?;
    }
    handling.end(tx)?;
    count.state = CountState::Applied;
    count.applied_at = Some(tx.now());
    tx.save(&count)?;
    tx.emit(Event::new("stock_count.applied", Origin::of(id)));
    Ok(())
}

/// A count drawn up by hand gets its number, and each line what the records expect.
///
/// # Errors
/// `location.stock`, `stock_count.twice`.
pub fn settle(tx: &mut Tx<'_>, _: &Actor, id: RawId) -> Result<(), Faults> {
    let id = Id::<StockCount>::from_raw(id);
    let count = tx.get(id)?;
    if tx.get(count.location)?.kind.is_counterpart() {
        return Err(Fault::new("location.stock").on("location").into());
    }
    let lines = tx.find(StockCountLine::STOCK_COUNT.is(&id))?;
    sound(&lines)?;
    let products: Vec<Id<Product>> = lines.iter().map(|line| line.product).collect();
    let here = StockLevel::LOCATION.is(&count.location);
    let levels = tx.find(here & StockLevel::PRODUCT.among(&products))?;
    for mut line in lines {
        let level = levels.iter().find(|level| level.product == line.product);
        line.expected = level.map_or(Quantity::ZERO, |level| level.on_hand);
        tx.save(&line)?;
    }
    if count.number.is_none() {
        let year = count.counted_on.year();
        tx.last(move |tx| {
            let mut count = tx.get(id)?;
            let rank = tx.number(&format!("stock_count:INV:{year}"))?;
            count.number = Some(format!("INV-{year}-{rank:05}"));
            tx.save(&count)
        });
    }
    Ok(())
}

/// A product is counted once in a count.
fn sound(lines: &[Kept<StockCountLine>]) -> Result<(), Faults> {
    let (mut faults, mut seen) = (Faults::default(), HashSet::new());
    for (rank, line) in lines.iter().enumerate() {
        faults.ensure(seen.insert(line.product), || {
            Fault::new("stock_count.twice").on(format!("lines.{rank}.product"))
        });
    }
    faults.into_result()
}
