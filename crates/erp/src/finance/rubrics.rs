//! The rubrics of the balance sheet and of the income statement, and the accounts of each.
//!
//! Source: the models of annual accounts of the plan comptable général (regulation ANC 2014-03 as
//! modified by ANC 2022-06, years opened from 2025): one balance sheet before appropriation, one
//! income statement in a list.

use std::collections::HashMap;
use std::sync::OnceLock;

use kernel::Text;

/// A heading of the statements under which rubrics stand, in the order of the models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Uncalled,
    Intangible,
    Tangible,
    Financial,
    Stocks,
    Receivables,
    Treasury,
    AssetAdjustments,
    Equity,
    OtherEquity,
    Provisions,
    Debts,
    LiabilityAdjustments,
    OperatingIncome,
    OperatingExpenses,
    JointIncome,
    JointExpenses,
    FinancialIncome,
    FinancialExpenses,
    ExceptionalIncome,
    ExceptionalExpenses,
    ProfitSharing,
    IncomeTax,
}

impl Part {
    /// All of them, in the order of the models.
    pub fn all() -> impl Iterator<Item = Self> {
        PARTS.iter().map(|(part, _)| *part)
    }
    fn of(name: &str) -> Option<Self> {
        PARTS.iter().find(|(_, known)| *known == name).map(|(part, _)| *part)
    }
    /// Whether a debit counts up here: in assets and expenses.
    #[must_use]
    pub const fn is_debit(self) -> bool {
        !matches!(
            self,
            Self::Equity
                | Self::OtherEquity
                | Self::Provisions
                | Self::Debts
                | Self::LiabilityAdjustments
                | Self::OperatingIncome
                | Self::JointIncome
                | Self::FinancialIncome
                | Self::ExceptionalIncome
        )
    }
    /// Whether it is one of the income statement.
    #[must_use]
    pub fn is_income(self) -> bool {
        self >= Self::OperatingIncome
    }
    /// Whether it is one of the assets.
    #[must_use]
    pub fn is_asset(self) -> bool {
        self <= Self::AssetAdjustments
    }
}

/// How the table names them.
const PARTS: &[(Part, &str)] = &[
    (Part::Uncalled, "uncalled"),
    (Part::Intangible, "intangible"),
    (Part::Tangible, "tangible"),
    (Part::Financial, "financial"),
    (Part::Stocks, "stocks"),
    (Part::Receivables, "receivables"),
    (Part::Treasury, "treasury"),
    (Part::AssetAdjustments, "asset_adjustments"),
    (Part::Equity, "equity"),
    (Part::OtherEquity, "other_equity"),
    (Part::Provisions, "provisions"),
    (Part::Debts, "debts"),
    (Part::LiabilityAdjustments, "liability_adjustments"),
    (Part::OperatingIncome, "operating_income"),
    (Part::OperatingExpenses, "operating_expenses"),
    (Part::JointIncome, "joint_income"),
    (Part::JointExpenses, "joint_expenses"),
    (Part::FinancialIncome, "financial_income"),
    (Part::FinancialExpenses, "financial_expenses"),
    (Part::ExceptionalIncome, "exceptional_income"),
    (Part::ExceptionalExpenses, "exceptional_expenses"),
    (Part::ProfitSharing, "profit_sharing"),
    (Part::IncomeTax, "income_tax"),
];

/// One line of the models: what it is called, and whose balances it sums. Accounts are told by the
/// digits that they begin with; of several that fit, the longest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rubric {
    /// How addresses and exports name it.
    pub code: &'static str,
    pub name: Text,
    pub part: Part,
    /// Accounts that stand here whatever the sign of their balance.
    always: &'static str,
    /// Accounts that stand here while they are in debit.
    debit: &'static str,
    /// Accounts that stand here while they are in credit.
    credit: &'static str,
    /// Amortisation and impairment, taken off the gross value.
    less: &'static str,
}

impl Rubric {
    fn read(line: &'static str) -> Option<Self> {
        let mut cells = line.split('\t');
        let mut next = || cells.next();
        let part = Part::of(next()?)?;
        let code = next()?;
        let name = Text::new(next()?, next()?);
        let (always, debit, credit, less) = (next()?, next()?, next()?, next()?);
        Some(Self { code, name, part, always, debit, credit, less })
    }
}

/// The result of the year in the equity: no account holds it before it is appropriated.
pub const RESULT: &str = "result";
/// The results of earlier years that no assembly has appropriated yet.
pub const WAITING: &str = "results_waiting";

/// Sums to the net turnover.
pub const TURNOVER: &[&str] = &["sold_goods", "sold_products", "sold_services"];

/// One line a rubric, in the order of the models: part, code, names, then the first digits of the
/// accounts that stand there always, in debit, in credit, and taken off.
const TABLE: &str = include_str!("rubrics.tsv");

/// Every rubric, in the order of the models.
pub fn rubrics() -> impl Iterator<Item = &'static Rubric> {
    static RUBRICS: OnceLock<Vec<Rubric>> = OnceLock::new();
    RUBRICS.get_or_init(|| TABLE.lines().skip(1).filter_map(Rubric::read).collect()).iter()
}

/// Where a balance stands: the rubric, and whether it is taken off its gross value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) rubric: &'static Rubric,
    pub(super) less: bool,
}

/// What accounts that begin with some digits do: in debit, in credit.
type Places = HashMap<&'static str, [Option<Place>; 2]>;

fn places() -> &'static Places {
    static PLACES: OnceLock<Places> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut places = Places::new();
        for (digits, sides, place) in rubrics().flat_map(told) {
            let known = places.entry(digits).or_default();
            for side in sides {
                known[*side] = Some(place);
            }
        }
        places
    })
}

const DEBIT: usize = 0;
const CREDIT: usize = 1;

/// What a rubric says of its accounts: their digits, the sides meant, the place.
fn told(rubric: &'static Rubric) -> impl Iterator<Item = (&'static str, &'static [usize], Place)> {
    let both: &[usize] = &[DEBIT, CREDIT];
    [
        (rubric.always, both, false),
        (rubric.debit, &[DEBIT], false),
        (rubric.credit, &[CREDIT], false),
        (rubric.less, both, true),
    ]
    .into_iter()
    .flat_map(move |(accounts, sides, less)| {
        accounts.split_whitespace().map(move |digits| (digits, sides, Place { rubric, less }))
    })
}

/// Where the balance of an account stands; none for the special accounts of class 8.
pub(super) fn place(number: &str, in_credit: bool) -> Option<Place> {
    let side = if in_credit { CREDIT } else { DEBIT };
    let longest_first = (1..=number.len()).rev().filter_map(|length| number.get(..length));
    longest_first.filter_map(|digits| places().get(digits)).find_map(|sides| sides[side])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::finance::chart::plan;

    #[test]
    fn every_account_of_the_chart_stands_in_one_rubric_on_each_side() {
        for (number, name) in plan() {
            for in_credit in [false, true] {
                let place = place(number, in_credit).unwrap_or_else(|| panic!("{number} {name}"));
                let class = number.as_bytes()[0];
                assert_eq!(place.rubric.part.is_income(), class >= b'6', "{number} {name}");
            }
        }
    }

    #[test]
    fn accounts_that_a_company_adds_stand_somewhere_too() {
        for number in 100_000..=799_999_u32 {
            let number = number.to_string();
            assert!(place(&number, false).is_some() && place(&number, true).is_some(), "{number}");
        }
        assert!(place("801000", false).is_none());
    }

    #[test]
    fn no_digits_are_told_twice_for_a_side_nor_for_one_side_only() {
        let mut seen = HashSet::new();
        for (digits, sides, place) in rubrics().flat_map(told) {
            for side in sides {
                let code = place.rubric.code;
                assert!(seen.insert((digits, *side)), "{digits} is told again by {code}");
            }
        }
        for (digits, sides) in places() {
            assert!(sides.iter().all(Option::is_some), "{digits} leaves a side to fewer digits");
        }
        assert_eq!(rubrics().count(), TABLE.lines().count() - 1, "every line is read");
        let codes: HashSet<&str> = rubrics().map(|rubric| rubric.code).collect();
        assert_eq!(codes.len(), rubrics().count());
    }

    #[test]
    fn the_side_of_a_balance_decides_where_third_parties_and_banks_stand() {
        let code = |number, in_credit| place(number, in_credit).map(|place| place.rubric.code);
        assert_eq!(code("411000", false), Some("customers"));
        assert_eq!(code("411000", true), Some("advances_received"));
        assert_eq!(code("419100", true), Some("advances_received"));
        assert_eq!(code("401000", true), Some("suppliers"));
        assert_eq!(code("401000", false), Some("other_receivables"));
        assert_eq!(code("409100", false), Some("advances_paid"));
        assert_eq!(code("512000", false), Some("cash"));
        assert_eq!(code("512000", true), Some("banks"));
        assert_eq!(code("445660", false), Some("other_receivables"));
        assert_eq!(code("445710", true), Some("tax_and_social"));
        assert_eq!(code("281500", true), Some("plant"));
        assert!(place("281500", true).is_some_and(|place| place.less));
    }
}
