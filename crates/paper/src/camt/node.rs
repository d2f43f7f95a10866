//! Walking the tree of a message by local names.

use kernel::{Currency, Day, Fault, Money, parse_decimal};
use roxmltree::Node;

pub fn malformed(place: &str) -> Fault {
    Fault::new("camt.malformed").with("where", place)
}

pub fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

pub fn child<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> Option<Node<'a, 'input>> {
    children(node, name).next()
}

pub fn needed<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> Result<Node<'a, 'input>, Fault> {
    child(node, name).ok_or_else(|| malformed(name))
}

pub fn at<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    path: &[&'static str],
) -> Option<Node<'a, 'input>> {
    path.iter().try_fold(node, |node, name| child(node, name))
}

/// The text at a path, without outer blanks; nothing when it is absent or blank.
pub fn text(node: Node, path: &[&'static str]) -> Option<String> {
    let found = at(node, path)?.text()?.trim().to_owned();
    (!found.is_empty()).then_some(found)
}

/// The amount of a balance, an entry or a detail, signed by its own indicator.
pub fn amount(node: Node) -> Result<Money, Fault> {
    let size = money(needed(node, "Amt")?)?;
    match text(node, &["CdtDbtInd"]).as_deref() {
        Some("CRDT") => Ok(size),
        Some("DBIT") => Ok(-size),
        _ => Err(malformed("CdtDbtInd")),
    }
}

/// A hundred thousand million euros. With [`super::LARGEST`] it bounds every sum far below 2^63.
const LARGEST_AMOUNT: i64 = 10_000_000_000_000;

/// The amount of an `Amt` element, never negative.
pub fn money(node: Node) -> Result<Money, Fault> {
    let figure = node.text().unwrap_or("").trim();
    let refused = || Fault::new("camt.amount").with("given", figure);
    let code = node.attribute("Ccy").unwrap_or("");
    let currency =
        Currency::of(code).map_err(|_| Fault::new("camt.currency").with("given", code))?;
    let minor = parse_decimal(figure, currency.decimals()).map_err(|_| refused())?;
    if (0..=LARGEST_AMOUNT).contains(&minor) {
        Ok(Money::new(minor, currency))
    } else {
        Err(refused())
    }
}

/// A day given as `Dt` or as the day of a `DtTm`.
pub fn day(node: Node) -> Result<Day, Fault> {
    let given = text(node, &["Dt"]).or_else(|| text(node, &["DtTm"])).unwrap_or_default();
    let day = given.get(..10).and_then(|text| Day::parse(text).ok());
    day.ok_or_else(|| Fault::new("camt.day").with("given", given))
}
