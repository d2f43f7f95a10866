//! The report: every line of the file that was not booked, and why.

use std::path::Path;

use kernel::number::decimal;
use kernel::{Fault, Language, Price, sentence};

use super::classify::Plan;
use super::reader::Retail;

const HEADER: [&str; 9] = [
    "line",
    "document",
    "invoiced_at",
    "customer_id",
    "product_code",
    "quantity",
    "unit_price",
    "code",
    "reason",
];

/// Writes the report as CSV, with the reason in both languages.
///
/// # Errors
/// `replay.report`.
pub fn write(path: &Path, retail: &Retail, plan: &Plan) -> Result<(), Fault> {
    let unwritten = |said: String| {
        Fault::new("replay.report").with("place", path.display().to_string()).with("said", said)
    };
    let mut out = csv::Writer::from_path(path).map_err(|error| unwritten(error.to_string()))?;
    let header = HEADER.iter().copied().chain(["motif"]);
    out.write_record(header).map_err(|error| unwritten(error.to_string()))?;
    for (rank, reason) in &plan.listed {
        let line = &retail.lines[*rank];
        let fault = reason.fault();
        let customer = line.customer.map_or("", |rank| &retail.customers[rank].code);
        out.write_record([
            &line.number.to_string(),
            &retail.documents[line.document],
            &line.at.to_string(),
            customer,
            &retail.products[line.product].code,
            &line.quantity.to_string(),
            &decimal(line.price, Price::DECIMALS),
            fault.code,
            &sentence(&fault, Language::English),
            &sentence(&fault, Language::French),
        ])
        .map_err(|error| unwritten(error.to_string()))?;
    }
    out.flush().map_err(|error| unwritten(error.to_string()))
}
