//! Which invoices a movement of the bank may pay, and why. Pure: what is open comes in.

use kernel::{Day, Fault, Id, Money};
use master::Party;

use crate::finance::invoice::Invoice;

/// What the bank says of a movement.
#[derive(Debug, Clone)]
pub struct Movement {
    /// Never zero.
    pub amount: Money,
    pub counterparty: Option<String>,
    /// The remittance text and the end-to-end reference, joined.
    pub text: String,
    /// The parties that paid from this account before.
    pub known_payers: Vec<Id<Party>>,
}

/// An invoice to pay, or a credit note to give back.
#[derive(Debug, Clone)]
pub struct OpenItem {
    pub invoice: Id<Invoice>,
    pub party: Id<Party>,
    pub party_name: String,
    pub party_code: Option<String>,
    pub number: String,
    pub order_number: Option<String>,
    /// Always positive.
    pub open: Money,
    pub due_on: Option<Day>,
}

/// Invoices that a movement may pay together.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub party: Id<Party>,
    pub invoices: Vec<Id<Invoice>>,
    /// What of the movement goes to them; always positive.
    pub amount: Money,
    /// Why: each a code with its facts, whose sentence is drawn like a refusal's.
    pub reasons: Vec<Fault>,
    /// From 0 to 1000; sure from [`SURE`] on.
    pub score: i64,
}

/// From this score on, a proposal may be accepted without a second look.
pub const SURE: i64 = 800;

const BY_INVOICE_NUMBER: i64 = 550;
const BY_ORDER_NUMBER: i64 = 450;
const EXACT_AMOUNT: i64 = 300;
const KNOWN_ACCOUNT: i64 = 300;
const NAME_IN_FULL: i64 = 250;
const NAME_NEARLY: i64 = 150;
/// Several invoices with the same exact amount: each is a guess.
const AMBIGUOUS: i64 = -150;
const COMBINATIONS_MOST: usize = 12;
const PROPOSALS_MOST: usize = 6;

/// The proposals for a movement, best first.
#[must_use]
pub fn match_movement(movement: &Movement, items: &[OpenItem]) -> Vec<Proposal> {
    let said = normal(&movement.text);
    let mut proposals: Vec<Proposal> = Vec::new();
    let mut sorted: Vec<&OpenItem> = items.iter().collect();
    sorted.sort_by_key(|item| item.party);
    for own in sorted.chunk_by(|one, other| one.party == other.party) {
        let Some(first) = own.first() else { continue };
        let payer = payer_reasons(movement, first);
        named(movement, &said, own, &payer, &mut proposals);
        exact(movement, own, &payer, &mut proposals);
        if !payer.0.is_empty() {
            together(movement, own, &payer, &mut proposals);
        }
    }
    best_first(&mut proposals);
    let mut seen: Vec<Vec<Id<Invoice>>> = Vec::new();
    proposals.retain(|proposal| {
        let mut set = proposal.invoices.clone();
        set.sort_unstable();
        let new = !seen.contains(&set);
        seen.push(set);
        new
    });
    lower_the_ambiguous(&mut proposals);
    proposals.retain(|proposal| proposal.score > 0);
    best_first(&mut proposals);
    proposals.truncate(PROPOSALS_MOST);
    proposals
}

fn best_first(proposals: &mut [Proposal]) {
    proposals.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.invoices.cmp(&b.invoices)));
}

type Payer = (Vec<Fault>, i64);

fn payer_reasons(movement: &Movement, item: &OpenItem) -> Payer {
    let mut reasons = Vec::new();
    let mut score = 0;
    if movement.known_payers.contains(&item.party) {
        reasons.push(Fault::new("match.account").with("name", item.party_name.as_str()));
        score += KNOWN_ACCOUNT;
    }
    let likeness = movement.counterparty.as_deref().map_or(0, |name| alike(name, &item.party_name));
    if likeness >= 700 {
        reasons.push(Fault::new("match.name").with("name", item.party_name.as_str()));
        score += if likeness >= 950 { NAME_IN_FULL } else { NAME_NEARLY };
    }
    // The account tells all that the name does, and more.
    (reasons, score.min(KNOWN_ACCOUNT.max(NAME_IN_FULL)))
}

/// The invoices whose number, or whose order's, the payer wrote.
fn named(
    movement: &Movement,
    said: &str,
    own: &[&OpenItem],
    payer: &Payer,
    proposals: &mut Vec<Proposal>,
) {
    let by_number: Vec<&OpenItem> =
        own.iter().filter(|item| mentions(said, &item.number)).copied().collect();
    let by_order: Vec<&OpenItem> = own
        .iter()
        .filter(|item| item.order_number.as_deref().is_some_and(|number| mentions(said, number)))
        .copied()
        .collect();
    let (chosen, score) = if by_number.is_empty() {
        (by_order, BY_ORDER_NUMBER)
    } else {
        (by_number, BY_INVOICE_NUMBER)
    };
    if chosen.is_empty() {
        return;
    }
    let reasons = chosen.iter().map(|item| match score {
        BY_INVOICE_NUMBER => Fault::new("match.number").with("number", item.number.as_str()),
        _ => Fault::new("match.order")
            .with("number", item.order_number.as_deref().unwrap_or_default()),
    });
    proposals.push(propose(movement, &chosen, reasons.collect(), score, payer));
}

/// Each invoice of which exactly this amount is open.
fn exact(movement: &Movement, own: &[&OpenItem], payer: &Payer, proposals: &mut Vec<Proposal>) {
    for item in own.iter().filter(|item| item.open == movement.amount.abs()) {
        proposals.push(propose(movement, &[item], Vec::new(), 0, payer));
    }
}

/// Several invoices of the payer that add up to the amount: all, the oldest ones, or any choice of
/// at most three.
fn together(movement: &Movement, own: &[&OpenItem], payer: &Payer, proposals: &mut Vec<Proposal>) {
    let wanted = movement.amount.abs().minor;
    let mut oldest = own.to_vec();
    oldest.sort_by_key(|item| (item.due_on, item.invoice));
    let mut sum = 0;
    for (rank, item) in oldest.iter().enumerate() {
        sum += item.open.minor;
        if sum == wanted && rank > 0 {
            proposals.push(propose(movement, &oldest[..=rank], Vec::new(), 0, payer));
        }
    }
    oldest.truncate(COMBINATIONS_MOST);
    for a in 0..oldest.len() {
        for b in a + 1..oldest.len() {
            let two = oldest[a].open.minor + oldest[b].open.minor;
            if two == wanted {
                let chosen = [oldest[a], oldest[b]];
                proposals.push(propose(movement, &chosen, Vec::new(), 0, payer));
            }
            for c in b + 1..oldest.len() {
                if two + oldest[c].open.minor == wanted {
                    let chosen = [oldest[a], oldest[b], oldest[c]];
                    proposals.push(propose(movement, &chosen, Vec::new(), 0, payer));
                }
            }
        }
    }
}

fn propose(
    movement: &Movement,
    chosen: &[&OpenItem],
    mut reasons: Vec<Fault>,
    mut score: i64,
    payer: &Payer,
) -> Proposal {
    let given = movement.amount.abs();
    let open = Money::sum(given.currency, chosen.iter().map(|item| item.open));
    if open == given {
        score += EXACT_AMOUNT;
        reasons.push(match chosen.len() {
            1 => Fault::new("match.amount").with("amount", given),
            count => Fault::new("match.sum").with("amount", given).with("count", count),
        });
    } else {
        let code = if given.minor < open.minor { "match.part" } else { "match.over" };
        reasons.push(Fault::new(code).with("amount", given).with("open", open));
    }
    reasons.extend(payer.0.iter().cloned());
    Proposal {
        party: chosen[0].party,
        invoices: chosen.iter().map(|item| item.invoice).collect(),
        amount: given.min(open),
        reasons,
        score: (score + payer.1).min(1000),
    }
}

/// Proposals that only an amount, or an amount and a payer, speak for are less sure when there are
/// several.
fn lower_the_ambiguous(proposals: &mut [Proposal]) {
    let named = |proposal: &Proposal| {
        proposal.reasons.iter().any(|reason| matches!(reason.code, "match.number" | "match.order"))
    };
    let best = proposals.iter().filter(|p| !named(p)).map(|p| p.score).max().unwrap_or(0);
    let rivals = proposals.iter().filter(|p| !named(p) && p.score == best).count();
    if rivals > 1 {
        for proposal in proposals.iter_mut().filter(|p| !named(p) && p.score == best) {
            proposal.score += AMBIGUOUS;
            proposal.reasons.push(Fault::new("match.rivals").with("count", rivals));
        }
    }
}

/// Capital letters and digits only: banks drop the rest, or put it elsewhere.
pub(crate) fn normal(text: &str) -> String {
    text.chars().filter_map(plain).flat_map(char::to_uppercase).collect()
}

/// The letter without its accent; nothing for what is neither a letter nor a digit.
fn plain(letter: char) -> Option<char> {
    let bare = match letter {
        'à' | 'â' | 'ä' | 'À' | 'Â' | 'Ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'î' | 'ï' | 'Î' | 'Ï' => 'i',
        'ô' | 'ö' | 'Ô' | 'Ö' => 'o',
        'ù' | 'û' | 'ü' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ç' | 'Ç' => 'c',
        other => other,
    };
    bare.is_alphanumeric().then_some(bare)
}

/// Whether the text holds the number, whole: `FA20261031` is not in `FA202610311`. The year may be
/// left out, as people do: `FA1031`.
fn mentions(said: &str, number: &str) -> bool {
    let whole = normal(number);
    let mut forms = vec![whole];
    if let [prefix, year, rank] = number.split('-').collect::<Vec<_>>()[..]
        && year.len() == 4
        && rank.len() >= 4
    {
        forms.push(normal(&format!("{prefix}{rank}")));
    }
    forms.iter().filter(|form| form.len() >= 5).any(|form| {
        said.match_indices(form.as_str()).any(|(at, _)| {
            let next = said[at + form.len()..].chars().next();
            !next.is_some_and(|letter| letter.is_ascii_digit())
        })
    })
}

/// How alike two names are, from 0 to 1000: the share of their pairs of letters (Dice, 1945), legal
/// forms left out.
#[must_use]
pub fn alike(left: &str, right: &str) -> i64 {
    let (left, right) = (bare_name(left), bare_name(right));
    if left.is_empty() || right.is_empty() {
        return 0;
    }
    if left == right {
        return 1000;
    }
    let pairs = |name: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = name.chars().collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (ours, mut theirs) = (pairs(&left), pairs(&right));
    let total = ours.len() + theirs.len();
    if total == 0 {
        return 0;
    }
    let mut shared = 0_usize;
    for pair in ours {
        if let Some(at) = theirs.iter().position(|other| *other == pair) {
            theirs.swap_remove(at);
            shared += 1;
        }
    }
    i64::try_from(2000 * shared / total).unwrap_or(0)
}

fn bare_name(name: &str) -> String {
    const FORMS: &[&str] = &[
        "SARL", "SAS", "SASU", "SA", "EURL", "SCI", "SNC", "EI", "STE", "SOCIETE", "ETS", "M",
        "MR", "MME", "GMBH", "LTD", "BV", "SPA", "SRL",
    ];
    let words = name.split(|letter: char| !letter.is_alphanumeric()).map(normal);
    words.filter(|word| !word.is_empty() && !FORMS.contains(&word.as_str())).collect()
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
