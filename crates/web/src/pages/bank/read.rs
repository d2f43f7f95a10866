//! What the matching shows: the lines that wait, and what the one in hand may pay.

use erp::finance::{
    self, Account, BankLine, BankLineState, BankRule, BankStatement, Invoice, JournalEntry,
    Payment, Proposal, SURE, accounts,
};
use kernel::{Condition, Day, Direction, Entity, Faults, Id, Kept, Query, RawId, Tx, Value};
use master::{Party, Tax};
use processes::order_to_cash::{self, Exposure};
use processes::reports::bank::{self, Matching};

use crate::door::Ask;

/// How many waiting lines the page shows; the others follow as these are done.
const SHOWN: u32 = 40;

pub struct Seen {
    pub matching: Matching,
    pub lines: Vec<Waiting>,
    pub chosen: Option<Chosen>,
    /// The statement whose lines alone are shown.
    pub statement: Option<Kept<BankStatement>>,
    /// The line matched just before, when it still is.
    pub done: Option<Kept<BankLine>>,
    pub today: Day,
    /// The names of accounts 512 and 411.
    pub accounts: [String; 2],
    /// The taxes that a line may hold.
    pub taxes: Vec<Kept<Tax>>,
}

/// A line that waits, and how much speaks for it.
pub struct Waiting {
    pub line: Kept<BankLine>,
    pub proposals: usize,
    pub sure: bool,
    /// Whether a rule says where it is booked.
    pub ruled: bool,
}

impl Waiting {
    /// Whether it may be done without a second look.
    pub const fn is_sure(&self) -> bool {
        self.sure || (self.ruled && self.proposals == 0)
    }
}

/// The line in hand.
pub struct Chosen {
    pub line: Kept<BankLine>,
    pub proposals: Vec<Told>,
    /// Payments recorded by hand that it may be.
    pub payments: Vec<(Kept<Payment>, String)>,
    /// What rules say of it, each with its account: `627000 Services bancaires`.
    pub rules: Vec<(Kept<BankRule>, String)>,
    /// The entry of a line that was booked on accounts.
    pub booked: Option<Kept<JournalEntry>>,
    /// The payment it was matched with.
    pub matched: Option<(Kept<Payment>, Vec<Kept<Invoice>>)>,
}

/// A proposal with the documents it names.
pub struct Told {
    pub proposal: Proposal,
    pub invoices: Vec<Kept<Invoice>>,
    pub party: Kept<Party>,
    pub exposure: Exposure,
}

pub fn see(tx: &mut Tx<'_>, ask: &Ask, wanted: Option<Id<BankLine>>) -> Result<Seen, Faults> {
    let named = |name: &str| RawId::parse(ask.query.text(name)).ok();
    let statement = match named("statement") {
        Some(id) => Some(tx.get(Id::<BankStatement>::from_raw(id))?),
        None => None,
    };
    let open = Condition::Is(BankLine::STATE.name, Value::from("open"));
    let mut query = Query::all(BankLine::DEF).only(open).sorted("booked_on", Direction::Down);
    if let Some(statement) = &statement {
        query = query.only(BankLine::STATEMENT.is(&statement.id).condition);
    }
    let found: Vec<Kept<BankLine>> = tx.select(query.limit(SHOWN))?;
    let wanted = wanted.or_else(|| named("line").map(Id::from_raw));
    let chosen = wanted.or_else(|| found.first().map(|line| line.id));
    let rules = tx.find(kernel::Filter::<BankRule>::everything())?;
    let mut lines = Vec::new();
    let mut ready: Option<Vec<Proposal>> = None;
    for line in found {
        let proposals = finance::propose_matches(tx, line.id)?;
        let sure = proposals.first().is_some_and(|best| best.score >= SURE);
        let ruled = rules.iter().any(|rule| rule.fits(&line));
        lines.push(Waiting { proposals: proposals.len(), sure, ruled, line });
        if lines.last().map(|waiting| waiting.line.id) == chosen {
            ready = Some(proposals);
        }
    }
    let chosen = chosen.map(|id| choose(tx, id, ready)).transpose()?;
    let done = match named("done") {
        Some(id) => Some(tx.get(Id::<BankLine>::from_raw(id))?),
        None => None,
    };
    let done = done.filter(|line| line.state == BankLineState::Matched);
    let today = tx.today();
    let accounts = [account(tx, accounts::BANK_ACCOUNT)?, account(tx, accounts::RECEIVABLES)?];
    let matching = bank::matching(tx)?;
    let taxes = tx.find(kernel::Filter::<Tax>::everything())?;
    Ok(Seen { matching, lines, chosen, statement, done, today, accounts, taxes })
}

/// `512000 Banque`.
fn account(tx: &mut Tx<'_>, number: &str) -> Result<String, Faults> {
    let known = tx.first(Account::NUMBER.is(&number.to_owned()))?;
    let name = known.map_or_else(String::new, |account| account.name.clone());
    Ok(format!("{number} {name}").trim_end().to_owned())
}

fn choose(
    tx: &mut Tx<'_>,
    id: Id<BankLine>,
    ready: Option<Vec<Proposal>>,
) -> Result<Chosen, Faults> {
    let line = tx.get(id)?;
    if let Some(payment) = line.payment {
        let payment = tx.get(payment)?;
        let paid = finance::allocations_of(tx, kernel::Origin::of(payment.id))?;
        let invoices =
            paid.iter().map(|allocation| tx.get(allocation.invoice)).collect::<Result<_, _>>()?;
        let shared = payment.origin == Some(kernel::Origin::of(line.id));
        let booked = line.entry.filter(|_| shared).map(|entry| tx.get(entry)).transpose()?;
        let matched = Some((payment, invoices));
        return Ok(Chosen { matched, booked, ..Chosen::bare(line) });
    }
    if line.state == BankLineState::Matched {
        let booked = line.entry.map(|entry| tx.get(entry)).transpose()?;
        return Ok(Chosen { booked, ..Chosen::bare(line) });
    }
    let found = match ready {
        Some(found) => found,
        None => finance::propose_matches(tx, id)?,
    };
    let mut proposals = Vec::new();
    for proposal in found {
        let party = tx.get(proposal.party)?;
        let exposure = order_to_cash::exposure(tx, &party, &[])?;
        let invoices = proposal.invoices.iter().map(|id| tx.get(*id)).collect::<Result<_, _>>()?;
        proposals.push(Told { proposal, invoices, party, exposure });
    }
    let mut payments = Vec::new();
    for payment in finance::propose_payments(tx, id)? {
        let payment = tx.get(payment)?;
        let name = tx.get(payment.party)?.name.clone();
        payments.push((payment, name));
    }
    let mut rules = Vec::new();
    for rule in finance::rules_for(tx, &line)? {
        let account = tx.get(rule.account)?;
        rules.push((rule, format!("{} {}", account.number, account.name)));
    }
    Ok(Chosen { proposals, payments, rules, ..Chosen::bare(line) })
}

impl Chosen {
    /// Whether nothing is proposed for it.
    pub fn is_alone(&self) -> bool {
        self.proposals.is_empty() && self.payments.is_empty() && self.rules.is_empty()
    }
    const fn bare(line: Kept<BankLine>) -> Self {
        Self {
            line,
            proposals: Vec::new(),
            payments: Vec::new(),
            rules: Vec::new(),
            booked: None,
            matched: None,
        }
    }
}

impl Seen {
    /// The line after the one in hand: the one below it, or else the one above.
    pub fn next(&self) -> Option<Id<BankLine>> {
        let chosen = self.chosen.as_ref()?.line.id;
        let at = self.lines.iter().position(|waiting| waiting.line.id == chosen);
        let ids: Vec<Id<BankLine>> = self.lines.iter().map(|waiting| waiting.line.id).collect();
        match at {
            Some(at) if at + 1 < ids.len() => ids.get(at + 1).copied(),
            Some(0) => None,
            Some(at) => ids.get(at - 1).copied(),
            None => ids.first().copied(),
        }
    }
    /// The lines shown whose best proposal is sure, or that nothing but a rule explains.
    pub fn sure(&self) -> impl Iterator<Item = Id<BankLine>> + '_ {
        self.lines.iter().filter(|waiting| waiting.is_sure()).map(|waiting| waiting.line.id)
    }
}
