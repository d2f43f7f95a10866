//! What a person taught about bank lines that no invoice explains: fees, rent, subscriptions. A
//! rule proposes an account for the next lines that read the same; only one that says so books by
//! itself.

use kernel::{Choice, Entity, Fault, Faults, Id, Rules, Tx};
use master::Tax;

use crate::finance::bank::BankLine;
use crate::finance::chart::Account;
use crate::finance::matching::normal;

/// Where the lines of the bank that hold a text are booked.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Règle bancaire",
    en = "Bank rule",
    frs = "Règles bancaires",
    ens = "Bank rules",
    unique = "contains, way"
)]
pub struct BankRule {
    /// Capitals, accents and spaces do not count; three letters or digits at least.
    #[field(fr = "Le libellé contient", en = "The text holds", list, search, title)]
    pub contains: String,
    #[field(fr = "Sens", en = "Way", list)]
    pub way: BankWay,
    #[field(fr = "Compte", en = "Account", list)]
    pub account: Id<Account>,
    /// The amount of the bank holds it; none when there is none to book.
    #[field(fr = "Taxe", en = "Tax", list)]
    pub tax: Option<Id<Tax>>,
    /// The label of the entry; the bank's text when it is empty.
    #[field(fr = "Libellé de l’écriture", en = "Label of the entry")]
    pub label: Option<String>,
    /// Lines are booked as their statement comes in, without anyone looking.
    #[field(fr = "Automatique", en = "Automatic", list)]
    pub automatic: bool,
    #[field(fr = "Suspendue", en = "Suspended", list)]
    pub suspended: bool,
    /// How many lines it booked.
    #[field(fr = "Utilisations", en = "Times used", list, system)]
    pub used: i64,
}

impl Rules for BankRule {
    fn check(&self) -> Result<(), Faults> {
        let mut faults = Faults::default();
        // Less would hold in nearly every line.
        faults.ensure(normal(&self.contains).chars().count() >= 3, || {
            Fault::new("bank_rule.short").on("contains").with("given", self.contains.as_str())
        });
        faults.into_result()
    }
}

/// Which lines of the bank a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum BankWay {
    #[choice(fr = "Sorties", en = "Money out")]
    Out,
    #[choice(fr = "Entrées", en = "Money in")]
    In,
}

impl BankWay {
    /// The way of a line.
    #[must_use]
    pub const fn of(line: &BankLine) -> Self {
        if line.amount.minor < 0 { Self::Out } else { Self::In }
    }
}

impl BankRule {
    /// Whether the rule is for this line.
    #[must_use]
    pub fn fits(&self, line: &BankLine) -> bool {
        !self.suspended
            && self.way == BankWay::of(line)
            && said(line).contains(&normal(&self.contains))
    }
}

/// All that the bank wrote of a line, letters and digits alone.
fn said(line: &BankLine) -> String {
    let parts = [
        line.counterparty.as_deref().unwrap_or_default(),
        line.remittance.as_str(),
        line.end_to_end.as_deref().unwrap_or_default(),
    ];
    normal(&parts.join(" "))
}

/// The words by which the next line that reads the same may be known: who it is with, or what of
/// the text has no figure in it, for figures change each month.
#[must_use]
pub fn words_to_learn(line: &BankLine) -> String {
    if let Some(name) = line.counterparty.as_deref().map(str::trim).filter(|name| name.len() > 2) {
        return name.to_owned();
    }
    let steady = |word: &&str| !word.bytes().any(|byte| byte.is_ascii_digit());
    // Words that stand together in the text, or the rule would not find them again.
    let runs = line.remittance.split_whitespace().collect::<Vec<_>>();
    let longest = runs
        .split(|word| !steady(word))
        .max_by_key(|run| run.iter().map(|word| word.len()).sum::<usize>());
    longest.map(|run| run[..run.len().min(4)].join(" ")).unwrap_or_default()
}

/// The rules that are for a line, the one that says most first.
///
/// # Errors
/// `store.*`.
pub fn rules_for(tx: &mut Tx<'_>, line: &BankLine) -> Result<Vec<kernel::Kept<BankRule>>, Fault> {
    let mut rules = tx.find(BankRule::WAY.is(&BankWay::of(line)))?;
    rules.retain(|rule| rule.fits(line));
    rules.sort_by_key(|rule| (std::cmp::Reverse(normal(&rule.contains).len()), rule.id));
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use kernel::{Day, Money, RawId};

    use super::*;
    use crate::finance::bank::BankLineState;

    fn line(text: &str, counterparty: Option<&str>, cents: i64) -> BankLine {
        BankLine {
            statement: Id::from_raw(RawId([1; 16])),
            booked_on: Day(20_000),
            amount: Money::eur(cents),
            counterparty: counterparty.map(Into::into),
            counterparty_iban: None,
            remittance: text.into(),
            end_to_end: None,
            state: BankLineState::Open,
            payment: None,
            entry: None,
        }
    }

    fn rule(text: &str, way: BankWay) -> BankRule {
        BankRule {
            contains: text.into(),
            way,
            account: Id::from_raw(RawId([2; 16])),
            tax: None,
            label: None,
            automatic: false,
            suspended: false,
            used: 0,
        }
    }

    #[test]
    fn a_rule_reads_over_capitals_accents_and_spaces_and_keeps_its_way() {
        let rule = rule("frais télé-transmission", BankWay::Out);
        assert!(rule.fits(&line("FRAIS TELETRANSMISSION 11/2026", None, -4_50)));
        assert!(!rule.fits(&line("FRAIS TELETRANSMISSION 11/2026", None, 4_50)));
        assert!(!rule.fits(&line("FRAIS DE TENUE", None, -4_50)));
        let suspended = BankRule { suspended: true, ..rule };
        assert!(!suspended.fits(&line("FRAIS TELETRANSMISSION", None, -4_50)));
    }

    #[test]
    fn a_rule_of_two_letters_is_refused() {
        assert_eq!(rule("CB", BankWay::Out).check().unwrap_err().codes(), ["bank_rule.short"]);
        assert_eq!(rule("- - -", BankWay::Out).check().unwrap_err().codes(), ["bank_rule.short"]);
        assert!(rule("EDF", BankWay::Out).check().is_ok());
    }

    #[test]
    fn what_is_learned_of_a_line_is_found_in_it_again() {
        for (text, counterparty, words) in [
            ("LOYER NOV 2026", Some("SCI du Canal"), "SCI du Canal"),
            ("COMMISSIONS CB REMISE 2211 4402", None, "COMMISSIONS CB REMISE"),
            ("114402 PRLV SEPA ASSURANCES RC 88", None, "PRLV SEPA ASSURANCES RC"),
            ("20261124", None, ""),
        ] {
            let line = line(text, counterparty, -1_00);
            assert_eq!(words_to_learn(&line), words);
            assert!(words.is_empty() || rule(words, BankWay::Out).fits(&line), "{text}");
        }
    }
}
