//! The lines, the taxes and the totals of priced documents.

use kernel::{Language, Money, Price, Quantity, Rate, Text};

use super::block::{Align, Block, Ink, MM, width_of};
use super::ledger::{Cell, Column, FULL, ledger, small_ledger};
use super::style::{BODY, LABEL, QUIET, STRONG, TOTAL, TOTAL_LABEL};
use super::units;
use crate::invoice::{VatCategory, VatTotal};

/// The width of the totals.
pub const TOTALS: f32 = 76.0 * MM;
/// The width of what stands to the left of the totals.
pub const ASIDE: f32 = FULL - TOTALS - 12.0 * MM;

/// A line as it is printed; what is absent on every line has no column.
pub struct PrintedLine<'a> {
    pub sku: Option<&'a String>,
    pub name: &'a str,
    pub detail: Option<&'a String>,
    pub ordered: Option<Quantity>,
    pub quantity: Quantity,
    pub unit: &'a str,
    pub price: Option<PrintedPrice>,
}

#[derive(Clone, Copy)]
pub struct PrintedPrice {
    pub unit_price: Price,
    pub discount: Rate,
    pub vat_rate: Rate,
    pub net: Money,
}

/// The table of lines: head and rows.
pub fn lines(lines: &[PrintedLine], quantity: Text, language: Language) -> (Block, Vec<Block>) {
    let has_sku = lines.iter().any(|line| line.sku.is_some());
    let has_ordered = lines.iter().any(|line| line.ordered.is_some());
    let has_price = lines.iter().any(|line| line.price.is_some());
    let has_discount =
        lines.iter().any(|line| line.price.is_some_and(|price| !price.discount.is_zero()));
    let say = |fr, en| Text { fr, en }.say(language);
    let mut columns = Vec::new();
    if has_sku {
        columns.push(Column::left(say("Article", "Item")));
    }
    columns.push(Column::growing(say("Désignation", "Description")));
    if has_ordered {
        columns.push(Column::right(say("Commandé", "Ordered")));
    }
    columns.push(Column::right(quantity.say(language)));
    if has_price {
        columns.push(Column::right(say("PU HT", "Unit price")));
        if has_discount {
            columns.push(Column::right(say("Remise", "Discount")));
        }
        columns.push(Column::right(say("TVA", "VAT")));
        columns.push(Column::right(say("Total HT", "Net")));
    }
    let count = |quantity: Quantity, unit: &str| {
        let sign = units::sign(unit, language);
        format!("{}\u{a0}{sign}", language.quantity(quantity)).trim_end().to_owned()
    };
    let rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|line| {
            let mut row = Vec::with_capacity(columns.len());
            if has_sku {
                row.push(Cell::new(line.sku.cloned().unwrap_or_default(), QUIET));
            }
            row.push(Cell::strong(line.name).with_detail(line.detail));
            if has_ordered {
                let ordered = line.ordered.map(|quantity| count(quantity, line.unit));
                row.push(Cell::new(ordered.unwrap_or_default(), BODY));
            }
            row.push(Cell::new(count(line.quantity, line.unit), BODY));
            if has_price {
                row.extend(price_cells(line.price, has_discount, language));
            }
            row
        })
        .collect();
    ledger(&columns, &rows, FULL)
}

fn price_cells(price: Option<PrintedPrice>, has_discount: bool, language: Language) -> Vec<Cell> {
    let of = |text: fn(PrintedPrice, Language) -> String| {
        price.map(|price| text(price, language)).unwrap_or_default()
    };
    let mut cells = vec![Cell::new(of(|p, l| l.price_amount(p.unit_price)), BODY)];
    if has_discount {
        let rate = |p: PrintedPrice, l: Language| {
            if p.discount.is_zero() { "—".to_owned() } else { l.rate(p.discount) }
        };
        cells.push(Cell::new(of(rate), BODY));
    }
    cells.push(Cell::new(of(|p, l| l.rate(p.vat_rate)), BODY));
    cells.push(Cell::strong(of(|p, l| l.amount(p.net))));
    cells
}

/// The taxes by rate, and under them the reasons for which none is charged.
pub fn taxes(totals: &[VatTotal], language: Language) -> Block {
    let say = |fr, en| Text { fr, en }.say(language);
    let columns = [
        Column::left(say("Taux", "Rate")),
        Column::right(say("Base HT", "Net")),
        Column::right(say("TVA", "VAT")),
    ];
    let rows: Vec<Vec<Cell>> = totals
        .iter()
        .map(|total| {
            vec![
                Cell::new(language.rate(total.vat.rate), BODY),
                Cell::new(language.amount(total.base), BODY),
                Cell::new(language.amount(total.tax), BODY),
            ]
        })
        .collect();
    let title = Block::text(say("TVA", "VAT"), LABEL, ASIDE, Align::Left);
    let mut block = title.under(0.0, small_ledger(&columns, &rows, ASIDE));
    let mut reasons: Vec<&str> =
        totals.iter().filter_map(|t| t.vat.exemption.as_ref()).map(|e| e.text.as_str()).collect();
    reasons.dedup();
    for (rank, reason) in reasons.into_iter().enumerate() {
        let gap = if rank == 0 { 2.0 * MM } else { 0.0 };
        block = block.under(gap, Block::text(reason, LABEL, ASIDE, Align::Left));
    }
    block
}

/// `TVA 20 %` and its amount, one for each rate that is charged.
pub fn tax_rows(totals: &[VatTotal], language: Language) -> Vec<(String, String)> {
    let label = Text::new("TVA", "VAT").say(language);
    totals
        .iter()
        .filter(|total| totals.len() == 1 || total.vat.category == VatCategory::Standard)
        .map(|total| {
            (format!("{label} {}", language.rate(total.vat.rate)), language.money(total.tax))
        })
        .collect()
}

/// The column of sums: rows, the amount that matters between an ink line and a double one, and
/// what follows it.
pub fn sums(rows: &[(String, String)], total: (&str, String), after: &[(String, String)]) -> Block {
    let line = |(label, value): &(String, String), style| {
        let wide = width_of(value, style) + 1.0;
        Block::text(label, style, TOTALS - wide - 3.0 * MM, Align::Left).beside(
            TOTALS - wide,
            0.0,
            Block::text(value, style, wide, Align::Right),
        )
    };
    let mut block = Block::default();
    for row in rows {
        block = block.under(2.2 * MM, line(row, BODY));
    }
    let wide = width_of(&total.1, TOTAL) + 1.0;
    let amount = Block::text(total.0, TOTAL_LABEL, TOTALS - wide - 3.0 * MM, Align::Left).beside(
        TOTALS - wide,
        0.0,
        Block::text(&total.1, TOTAL, wide, Align::Right),
    );
    block = block
        .under(2.2 * MM, Block::rule(TOTALS, 0.25 * MM, Ink::Black))
        .under(1.8 * MM, amount)
        .under(2.0 * MM, Block::rule(TOTALS, 0.25 * MM, Ink::Black))
        .under(0.4 * MM, Block::rule(TOTALS, 0.25 * MM, Ink::Black));
    for row in after {
        block = block.under(2.0 * MM, line(row, STRONG));
    }
    block
}
