//! A real wholesaler's year, replayed: UCI Online Retail (Chen, 2015, CC BY 4.0), 541,909 lines of
//! a British seller of gifts, run through the same acts that people use.
//!
//! What is booked:
//! - a document of digits, its lines with a quantity and a price above zero: an order, confirmed,
//!   prepared, shipped, invoiced and paid;
//! - a document `C…`: one credit note for each earlier invoice of the customer that sold the
//!   product at the same price and has as many units left, the latest first; goods go back into
//!   stock at the cost they left at. Lines without a customer belong to one walk-in customer;
//! - codes that are no goods (postage, charges, discounts, vouchers) are services without stock.
//!
//! What is listed, each line with its code ([`classify::Reason`]): no price; a quantity below zero
//! on a document that cancels nothing (the stock was corrected); written off debts (`A…`);
//! cancellations whose invoice is not in the file. A free credit note for these would break the
//! rule that a credit note names the invoice it mends (CGI, art. 289, I, 5).
//!
//! What the file does not say, and is made up:
//! - tax: its prices exclude tax; all is sold out of scope, so that both totals are one;
//! - the opening stock: what the year needs, product by product, at 60 % of the list price;
//! - payments: each invoice in full on the day it falls due, 30 days end of month, at once for the
//!   walk-in customer; what a credit note leaves open is paid back;
//! - within a day, sales come before returns, and a few documents share their last one's minute.

mod book;
mod classify;
mod founding;
mod listing;
mod reader;
mod returns;
mod schedule;
mod settle;
mod verify;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Clock;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::number::decimal;
use kernel::{Actor, Door, Faults, Money};
use serde_json::{Map, Value as Json, json};
use store::Store;

use crate::options::Database;
use book::{Run, Year};
use reader::Retail;

/// `comptoir replay online-retail FOLDER`.
#[derive(Debug, Args)]
pub struct Replaying {
    #[command(subcommand)]
    pub set: DataSet,
}

#[derive(Debug, Subcommand)]
pub enum DataSet {
    /// UCI Online Retail: a British wholesaler of gifts, December 2010 to December 2011. Run again
    /// after being cut off, it goes on where it stopped.
    OnlineRetail(OnlineRetail),
}

#[derive(Debug, Args)]
pub struct OnlineRetail {
    /// The folder of the three files.
    #[arg(default_value = "demo/online-retail")]
    pub folder: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// The file that lists the lines that cannot be booked, with the reason of each;
    /// `online-retail-listed.csv` in the data folder when left out.
    #[arg(long)]
    pub report: Option<PathBuf>,
}

impl Replaying {
    /// Replays the year, checks the books against the file and prints what came of it: the last
    /// line is JSON.
    ///
    /// # Errors
    /// `replay.*`, `data.folder`, `store.*`, those of the acts.
    pub fn run(&self) -> Result<(), Faults> {
        let DataSet::OnlineRetail(asked) = &self.set;
        let started = Clock::now();
        let store = asked.database.open()?;
        let listed = asked.database.data.join("online-retail-listed.csv");
        let report = asked.report.as_ref().unwrap_or(&listed);
        let mut outcome = replay(&store, &asked.folder, report)?;
        println!("{ASSUMED}\n{}", report.display());
        outcome.insert("seconds".into(), json!(started.elapsed().as_secs()));
        println!("{}", Json::Object(outcome));
        Ok(())
    }
}

/// What is said before the figures.
const ASSUMED: &str = "\
Hypothèses : sans taxe (le fichier n’en dit rien), stock d’ouverture selon les besoins de l’année, \
règlements simulés à 30 jours fin de mois.
Assumed: no tax (the file says nothing of it), an opening stock of what the year needs, simulated \
payments at 30 days end of month.";

/// Everything that is known before the first command of the year, the opening included.
fn prepare(store: &Store, retail: &'static Retail) -> Result<(Actor, Year), Faults> {
    let plan = classify::classify(retail);
    let schedule = schedule::schedule(&plan);
    let actor = Actor::house(founding::company(store)?, Door::Console);
    founding::found(store, &actor, retail, &plan, &schedule)?;
    let known = founding::known(store, &actor, retail)?;
    Ok((actor, Year { retail, plan, schedule, known }))
}

fn replay(store: &Store, folder: &Path, report: &Path) -> Result<Map<String, Json>, Faults> {
    // Kept until the program ends: every command reads it.
    let retail: &'static Retail = Box::leak(Box::new(reader::read(folder)?));
    let (actor, year) = prepare(store, retail)?;
    let year = Arc::new(year);
    listing::write(report, retail, &year.plan)?;
    let bar = progress_bar(year.plan.booked());
    let mut run = Run::new(store, actor.clone(), year.clone());
    for rank in 0..year.schedule.tasks.len() {
        bar.inc(run.task(rank)? as u64);
    }
    bar.finish_and_clear();
    let sales = verify::verify(store, &actor, &year)?;
    Ok(outcome(&year, &sales))
}

/// What came of it, for scripts.
fn outcome(year: &Year, sales: &BTreeMap<String, Money>) -> Map<String, Json> {
    let plan = &year.plan;
    let counts = plan.counts();
    let listed: Map<String, Json> =
        counts.iter().map(|(reason, count)| (reason.code().to_owned(), json!(count))).collect();
    let by_month = sales.iter().map(|(month, sum)| (month.clone(), json!(decimal(sum.minor, 2))));
    let mut told = Map::new();
    told.insert("lines_in".into(), json!(year.retail.lines.len()));
    told.insert("booked".into(), json!(plan.booked()));
    told.insert("listed".into(), Json::Object(listed));
    told.insert("documents_in".into(), json!(year.retail.documents.len()));
    told.insert("documents".into(), json!(plan.documents.len()));
    told.insert("sales_by_month".into(), Json::Object(by_month.collect()));
    told
}

/// Shown on a terminal only.
fn progress_bar(lines: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(lines as u64);
    let style = "{elapsed_precise} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
    // The template is ours: it is known to be well formed, and the usual one stands in for it.
    bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
    bar
}

#[cfg(test)]
mod tests;
