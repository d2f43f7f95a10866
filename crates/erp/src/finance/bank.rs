//! Bank statements, as a bank sends them, and their lines to match.

use kernel::{Choice, Day, Entity, Fault, Faults, Id, Lines, Money, Rules};

use crate::finance::entry::JournalEntry;
use crate::finance::payment::Payment;

/// What a bank says of an account over some days.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Relevé bancaire",
    en = "Bank statement",
    frs = "Relevés bancaires",
    ens = "Bank statements",
    kept,
    unique = "iban, reference"
)]
pub struct BankStatement {
    /// The bank's own identifier: the same statement is not taken twice.
    #[field(fr = "Référence", en = "Reference", list, search, title)]
    pub reference: String,
    #[field(fr = "Compte", en = "Account", list, secret)]
    pub iban: String,
    #[field(fr = "Du", en = "From", list)]
    pub starts_on: Day,
    #[field(fr = "Au", en = "To", list)]
    pub ends_on: Day,
    #[field(fr = "Solde initial", en = "Opening balance", list)]
    pub opening: Option<Money>,
    #[field(fr = "Solde final", en = "Closing balance", list)]
    pub closing: Option<Money>,
    #[field(fr = "Mouvements", en = "Lines")]
    pub lines: Lines<BankLine>,
}

impl Rules for BankStatement {}

/// One movement of a statement.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(
    fr = "Mouvement bancaire",
    en = "Bank line",
    frs = "Mouvements bancaires",
    ens = "Bank lines",
    kept,
    index = "state, booked_on"
)]
pub struct BankLine {
    #[field(fr = "Relevé", en = "Statement", parent)]
    pub statement: Id<BankStatement>,
    #[field(fr = "Date", en = "Booked on", list)]
    pub booked_on: Day,
    /// Positive when it comes in.
    #[field(fr = "Montant", en = "Amount", list)]
    pub amount: Money,
    #[field(fr = "Contrepartie", en = "Counterparty", list, search, title)]
    pub counterparty: Option<String>,
    #[field(fr = "Compte de la contrepartie", en = "Counterparty account", index, secret)]
    pub counterparty_iban: Option<String>,
    #[field(fr = "Libellé", en = "Remittance", list, search, title)]
    pub remittance: String,
    /// What the payer's bank carried unchanged from end to end.
    #[field(fr = "Référence de bout en bout", en = "End-to-end reference", search)]
    pub end_to_end: Option<String>,
    #[field(fr = "État", en = "State", list)]
    pub state: BankLineState,
    #[field(fr = "Règlement", en = "Payment", list, index)]
    pub payment: Option<Id<Payment>>,
    /// The entry that brings a cheque or a card payment, recorded before, to the bank account; or
    /// the one of a line that was booked on accounts, without a payment.
    #[field(fr = "Écriture", en = "Journal entry")]
    pub entry: Option<Id<JournalEntry>>,
}

impl Rules for BankLine {
    fn check(&self) -> Result<(), Faults> {
        if self.amount.is_zero() {
            return Err(Fault::new("amount.zero").on("amount").into());
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum BankLineState {
    #[choice(fr = "À rapprocher", en = "Open")]
    Open,
    #[choice(fr = "Rapproché", en = "Matched")]
    Matched,
}
