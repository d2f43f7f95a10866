//! What a quote or an order under way comes to, computed from what is typed by the very functions
//! that will store it: prices, totals, margin, what can be promised, the credit of the customer.

use std::collections::{BTreeMap, HashMap};

use crm::sales::another_customer::{follow, former};
use crm::sales::pricing::check_line;
use crm::sales::{Order, OrderLine, PricedLine, Quote, QuoteLine, Wanted, price_document};
use erp::inventory::{self, Availability};
use kernel::edit::Draft;
use kernel::{
    Choice, Day, Entity, EntityDef, Fault, Faults, FieldType, Filter, Id, Kept, Language, Money,
    Quantity, Rate, RawId, Tx, Value,
};
use master::{Party, PaymentTerm, Product, Tax, TaxCategory, Totals, Unit};

use super::book;
use super::credit::{Credit, More, credit};
use crate::address::Fields;
use crate::door::Ask;
use crate::form::{Place, Window, draft, places};
use crate::parts::{Picked, picked};
use crate::pick;

/// The two documents that have lines with prices and are typed by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    Order,
    Quote,
}

impl Paper {
    #[must_use]
    pub const fn def(self) -> &'static EntityDef {
        match self {
            Paper::Order => Order::DEF,
            Paper::Quote => Quote::DEF,
        }
    }
    const fn line_def(self) -> &'static EntityDef {
        match self {
            Paper::Order => OrderLine::DEF,
            Paper::Quote => QuoteLine::DEF,
        }
    }
}

/// One line, as far as it can be told.
#[derive(Default)]
pub struct LineWorth {
    pub priced: Option<PricedLine>,
    /// Of goods.
    pub promise: Option<Availability>,
    pub unit: String,
    /// Whether the price was left to the customer's price list.
    pub listed: bool,
    pub fault: Option<Fault>,
}

/// The first rank of the lines that are not in the form: of a long document it has a part.
const UNSEEN: usize = 1 << 32;

/// The whole document.
pub struct Worth {
    /// By the rank that each line has in the form; those that are not in it come after.
    pub lines: BTreeMap<usize, LineWorth>,
    pub totals: Totals,
    pub margin: Money,
    pub deposit: Option<Rate>,
    pub credit: Option<Credit>,
    /// When all of the goods can leave; none when no one can tell, or there are none.
    pub promised_on: Option<Day>,
    /// Whether all that is short has a day.
    pub certain: bool,
    /// The payment terms, in the reader's language.
    pub terms: Vec<(RawId, String)>,
    /// The taxes a line may be given, with the shortest word for each.
    pub taxes: Vec<(RawId, String)>,
    pub today: Day,
}

impl Worth {
    /// The lines in the form, by their rank.
    pub fn seen(&self) -> impl Iterator<Item = (&usize, &LineWorth)> {
        self.lines.range(..UNSEEN)
    }
}

/// Computes it; `stored` is the document that is being edited.
///
/// # Errors
/// `store.*`, `company.missing`: what is typed wrong is told on its line instead.
pub fn worth(
    tx: &mut Tx<'_>,
    ask: &Ask,
    paper: Paper,
    stored: Option<RawId>,
    typed: &Fields,
) -> Result<Worth, Faults> {
    let party = party(tx, ask, typed)?;
    let former = match &party {
        Some(party) => {
            let terms = terms_of(tx, paper, stored)?;
            former(tx, terms, party)?
        }
        None => None,
    };
    let mut lines: BTreeMap<usize, LineWorth> = BTreeMap::new();
    let mut wanted = wanted(tx, ask, paper, (stored, typed), &mut lines)?;
    let nobody = Party::named("");
    let buyer = party.as_ref().map_or(&nobody, |party| &**party);
    let priced = price(tx, former.as_deref(), buyer, &mut wanted, &mut lines)?;
    let (totals, margin) = (priced.totals, priced.margin);
    for ((rank, line), priced) in wanted.iter().zip(priced.lines) {
        let worth = lines.entry(*rank).or_default();
        (worth.listed, worth.priced) = (line.unit_price.is_none(), Some(priced));
    }
    promise(tx, ask, &wanted, &mut lines)?;
    let credit = match &party {
        Some(party) => Some(credit(tx, party, &More::Draft(totals.total))?),
        None => None,
    };
    let promises = || lines.values().filter_map(|line| line.promise.as_ref());
    Ok(Worth {
        promised_on: promises().filter_map(|promise| promise.promised_on).max(),
        certain: promises().all(|promise| promise.promised_on.is_some()),
        deposit: deposit(ask, typed),
        taxes: taxes(tx, ask.language)?,
        terms: terms(tx, ask.language)?,
        totals,
        margin,
        credit,
        lines,
        today: tx.today(),
    })
}

/// The lines as they are wanted, in the order in which they will be stored: those of the form, and
/// those that it does not have. What is wrong with one that is typed is told on it.
fn wanted(
    tx: &mut Tx<'_>,
    ask: &Ask,
    paper: Paper,
    (stored, typed): (Option<RawId>, &Fields),
    lines: &mut BTreeMap<usize, LineWorth>,
) -> Result<Vec<(usize, Wanted)>, Faults> {
    let mut wanted: Vec<(usize, Wanted)> = Vec::new();
    let mut typed_lines = draft::by_rank(typed, "lines");
    let mut others = others(tx, paper, stored, typed)?;
    let ids: Vec<RawId> = others.iter().map(|(id, _)| *id).collect();
    for (at, place) in places(typed, "lines", &ids)?.into_iter().enumerate() {
        let rank = match place {
            Place::Typed(rank) => rank,
            Place::Stored(id) => {
                let known = others.binary_search_by_key(&id, |(id, _)| *id);
                let line = known.ok().and_then(|known| others[known].1.take());
                wanted.extend(line.map(|line| (UNSEEN + at, line)));
                continue;
            }
        };
        let worth = lines.entry(rank).or_default();
        match line(tx, ask, paper, typed_lines.remove(&rank).unwrap_or_default()) {
            Ok(Some(line)) => wanted.push((rank, line)),
            Ok(None) => {}
            Err(faults) => worth.fault = faults.0.into_iter().next(),
        }
    }
    Ok(wanted)
}

/// The stored lines of a document of which the form has a part, by age: what is not in it counts
/// as well. None of a form that has the whole.
fn others(
    tx: &mut Tx<'_>,
    paper: Paper,
    stored: Option<RawId>,
    typed: &Fields,
) -> Result<Vec<(RawId, Option<Wanted>)>, Fault> {
    let (Some(id), Some(_)) = (stored, Window::of(typed, "lines")?) else {
        return Ok(Vec::new());
    };
    Ok(match paper {
        Paper::Order => {
            let lines = tx.find(OrderLine::ORDER.is(&Id::from_raw(id)))?;
            lines.iter().map(|line| (line.id.raw(), Some(line.wanted()))).collect()
        }
        Paper::Quote => {
            let lines = tx.find(QuoteLine::QUOTE.is(&Id::from_raw(id)))?;
            lines.iter().map(|line| (line.id.raw(), Some(line.wanted()))).collect()
        }
    })
}

/// The customer on whose terms the stored document was drawn up.
fn terms_of(
    tx: &mut Tx<'_>,
    paper: Paper,
    stored: Option<RawId>,
) -> Result<Option<Id<Party>>, Fault> {
    let Some(id) = stored else { return Ok(None) };
    let terms = match paper {
        Paper::Order => tx.get(Id::<Order>::from_raw(id)).map(|order| order.priced_for),
        Paper::Quote => tx.get(Id::<Quote>::from_raw(id)).map(|quote| quote.priced_for),
    };
    match terms {
        Err(fault) if fault.code == "not_found" => Ok(None),
        known => known,
    }
}

fn terms(tx: &mut Tx<'_>, language: Language) -> Result<Vec<(RawId, String)>, Fault> {
    let mut found = tx.find(Filter::<PaymentTerm>::everything())?;
    found.sort_by_key(|term| (term.days, term.end_of_month));
    Ok(found.iter().map(|term| (term.id.raw(), term.label(language).to_owned())).collect())
}

fn taxes(tx: &mut Tx<'_>, language: Language) -> Result<Vec<(RawId, String)>, Fault> {
    let mut found = tx.find(Filter::<Tax>::everything())?;
    found.sort_by_key(|tax| (tax.category != TaxCategory::Standard, std::cmp::Reverse(tax.rate)));
    let word = |tax: &Tax| match tax.category {
        TaxCategory::Standard => language.rate(tax.rate),
        other => other.label().say(language).to_owned(),
    };
    Ok(found.iter().map(|tax| (tax.id.raw(), word(tax))).collect())
}

fn deposit(ask: &Ask, typed: &Fields) -> Option<Rate> {
    let field = Order::DEF.field("deposit_rate")?;
    let text = typed.text("deposit_rate");
    match kernel::typed::to_value(field, text, ask.language, kernel::Currency::EUR) {
        Ok(Value::Rate(rate)) if !rate.is_zero() => Some(rate),
        _ => None,
    }
}

/// The customer typed or chosen, when it can be told.
fn party(tx: &mut Tx<'_>, ask: &Ask, typed: &Fields) -> Result<Option<Kept<Party>>, Fault> {
    let id = match picked("party", |name| typed.get(name).map(ToOwned::to_owned)) {
        Picked::None => return Ok(None),
        Picked::Id(id) => RawId::parse(&id).ok(),
        Picked::Text(text) => {
            pick::resolve(tx, ask.state.catalog, &ask.actor, Party::DEF.name, &text).ok()
        }
    };
    let Some(id) = id else { return Ok(None) };
    match tx.get(Id::<Party>::from_raw(id)) {
        Ok(party) => Ok(Some(party)),
        Err(fault) if fault.code == "not_found" => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// One line as it is wanted; nothing while its product or its quantity is not typed yet.
fn line(tx: &mut Tx<'_>, ask: &Ask, paper: Paper, one: Fields) -> Result<Option<Wanted>, Faults> {
    let one = one.without(&["id", "flags"]);
    // A line that is being typed is not wrong yet.
    if one.text("quantity").is_empty() {
        return Ok(None);
    }
    let (catalog, def) = (ask.state.catalog, paper.line_def());
    let read = draft::draft(tx, catalog, &ask.actor, ask.language, def, &one)?;
    let (Some(product), Some(quantity)) = (take(&read, "product"), take(&read, "quantity")) else {
        return Ok(None);
    };
    let wanted = Wanted {
        product,
        quantity,
        description: take(&read, "description"),
        unit_price: take(&read, "unit_price"),
        discount: take(&read, "discount"),
        tax: take(&read, "tax"),
        optional: take(&read, "optional").unwrap_or(false),
    };
    check_line(wanted.quantity, wanted.unit_price, wanted.discount)?;
    Ok(Some(wanted))
}

fn take<T: FieldType>(draft: &Draft, name: &str) -> Option<T> {
    let (_, value) = draft.values.iter().find(|(field, _)| field.name == name)?;
    T::take(value.clone()).ok()
}

/// Prices all the lines that can be, as the document settles them; the others keep their refusal.
fn price(
    tx: &mut Tx<'_>,
    former: Option<&Party>,
    buyer: &Party,
    wanted: &mut Vec<(usize, Wanted)>,
    lines: &mut BTreeMap<usize, LineWorth>,
) -> Result<crm::sales::Priced, Faults> {
    loop {
        let mut asked: Vec<Wanted> = wanted.iter().map(|(_, line)| line.clone()).collect();
        let followed = match former {
            Some(former) => follow(tx, former, buyer, &mut asked),
            None => Ok(()),
        };
        let faults = match followed.and_then(|()| price_document(tx, buyer, &asked)) {
            Ok(priced) => {
                for ((_, line), asked) in wanted.iter_mut().zip(asked) {
                    *line = asked;
                }
                return Ok(priced);
            }
            Err(faults) => faults,
        };
        let mut bad: HashMap<usize, Fault> = HashMap::new();
        for fault in faults.0 {
            let rank = fault.field.as_deref().and_then(|field| {
                field.strip_prefix("lines.")?.split('.').next()?.parse::<usize>().ok()
            });
            match rank.filter(|rank| *rank < wanted.len()) {
                Some(rank) => drop(bad.insert(rank, fault)),
                None => return Err(fault.into()),
            }
        }
        let mut at = 0;
        wanted.retain(|(rank, _)| {
            let fault = bad.remove(&at);
            at += 1;
            let fine = fault.is_none();
            if let (Some(fault), Some(line)) = (fault, lines.get_mut(rank)) {
                line.fault = Some(fault);
            }
            fine
        });
    }
}

/// What inventory can promise of the goods, in one question for all of them.
fn promise(
    tx: &mut Tx<'_>,
    ask: &Ask,
    wanted: &[(usize, Wanted)],
    lines: &mut BTreeMap<usize, LineWorth>,
) -> Result<(), Faults> {
    let products = book::by_id(tx, wanted.iter().map(|(_, line)| line.product))?;
    let units = book::by_id(tx, products.values().map(|product: &Kept<Product>| product.unit))?;
    let stocked = |id: &Id<Product>| products.get(id).is_some_and(|product| product.stocked());
    let goods: Vec<(usize, Id<Product>, Quantity)> = wanted
        .iter()
        .filter(|(_, line)| stocked(&line.product))
        .map(|(rank, line)| (*rank, line.product, line.quantity))
        .collect();
    let asked: Vec<(Id<Product>, Quantity)> =
        goods.iter().map(|(_, product, quantity)| (*product, *quantity)).collect();
    for ((rank, ..), answer) in goods.iter().zip(inventory::availability_all(tx, &asked)?) {
        lines.entry(*rank).or_default().promise = Some(answer);
    }
    for (rank, line) in wanted {
        let unit: Option<&Kept<Unit>> =
            products.get(&line.product).and_then(|product| units.get(&product.unit));
        let word = unit.map_or("", |unit| unit.label(ask.language));
        lines.entry(*rank).or_default().unit = word.to_owned();
    }
    Ok(())
}
