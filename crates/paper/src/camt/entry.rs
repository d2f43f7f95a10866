//! The movements of a statement.

use kernel::{Fault, Money};
use roxmltree::Node;

use super::Entry;
use super::node::{amount, at, child, children, day, malformed, money, text};

/// Reads one `Ntry`: nothing when it is not booked, its details when they add up to it.
pub fn read(node: Node) -> Result<Vec<Entry>, Fault> {
    // Version 02 writes the status itself, version 08 its code.
    let status = text(node, &["Sts", "Cd"]).or_else(|| text(node, &["Sts"]));
    if status.is_some_and(|status| status != "BOOK") {
        return Ok(Vec::new());
    }
    let whole = amount(node)?;
    let booked = day(child(node, "BookgDt").ok_or_else(|| malformed("BookgDt"))?)?;
    let value = child(node, "ValDt").map(day).transpose()?;
    let reference = text(node, &["AcctSvcrRef"]).or_else(|| text(node, &["NtryRef"]));
    let details: Vec<Node> =
        children(node, "NtryDtls").flat_map(|group| children(group, "TxDtls")).collect();
    let said = text(node, &["AddtlNtryInf"]).unwrap_or_default();
    let entry = |detail: Option<Node>, rank: usize, amount: Money| {
        let detail = detail.unwrap_or(node);
        let (remittance, structured) = remittance(detail);
        let party = party(detail, amount.minor >= 0);
        Entry {
            reference: reference.clone().or_else(|| text(detail, &["Refs", "AcctSvcrRef"])),
            rank,
            booked,
            value,
            amount,
            end_to_end: text(detail, &["Refs", "EndToEndId"]).filter(|id| id != "NOTPROVIDED"),
            remittance: if remittance.is_empty() { said.clone() } else { remittance },
            structured,
            counterparty: party.0,
            counterparty_iban: party.1,
        }
    };
    if details.len() > 1
        && let Some(amounts) = shares(&details, whole)?
    {
        let parts = details.iter().zip(amounts).enumerate();
        return Ok(parts
            .map(|(rank, (detail, share))| entry(Some(*detail), rank, share))
            .collect());
    }
    // A batch that does not say its parts stays whole, and names no one of them.
    let detail = if details.len() == 1 { details.first().copied() } else { None };
    Ok(vec![entry(detail, 0, whole)])
}

/// The signed amounts of the details of a batch, if they are all told and add up to it.
fn shares(details: &[Node], whole: Money) -> Result<Option<Vec<Money>>, Fault> {
    let mut shares = Vec::with_capacity(details.len());
    for detail in details {
        let told = child(*detail, "Amt").or_else(|| at(*detail, &["AmtDtls", "TxAmt", "Amt"]));
        let Some(told) = told else { return Ok(None) };
        let size = money(told)?;
        if size.currency != whole.currency {
            return Ok(None);
        }
        let debit = match text(*detail, &["CdtDbtInd"]).as_deref() {
            Some(indicator) => indicator == "DBIT",
            None => whole.minor < 0,
        };
        shares.push(if debit { -size } else { size });
    }
    let sum = Money::sum(whole.currency, shares.iter().copied());
    Ok((sum == whole).then_some(shares))
}

fn remittance(detail: Node) -> (String, Vec<String>) {
    let Some(node) = child(detail, "RmtInf") else {
        return (text(detail, &["AddtlTxInf"]).unwrap_or_default(), Vec::new());
    };
    let free: Vec<String> = children(node, "Ustrd").filter_map(|line| text(line, &[])).collect();
    let mut structured = Vec::new();
    for block in children(node, "Strd") {
        structured.extend(text(block, &["CdtrRefInf", "Ref"]));
        structured.extend(children(block, "RfrdDocInf").filter_map(|doc| text(doc, &["Nb"])));
    }
    (free.join(" "), structured)
}

/// Name and IBAN of the other side: who paid when the account receives, who was paid otherwise.
fn party(detail: Node, receives: bool) -> (Option<String>, Option<String>) {
    let Some(parties) = child(detail, "RltdPties") else { return (None, None) };
    let (who, last, account) = if receives {
        ("Dbtr", "UltmtDbtr", "DbtrAcct")
    } else {
        ("Cdtr", "UltmtCdtr", "CdtrAcct")
    };
    // Version 08 puts the party one level lower.
    let name = |who| text(parties, &[who, "Nm"]).or_else(|| text(parties, &[who, "Pty", "Nm"]));
    let iban = text(parties, &[account, "Id", "IBAN"]).map(|iban| iban.replace(' ', ""));
    (name(who).or_else(|| name(last)), iban)
}
