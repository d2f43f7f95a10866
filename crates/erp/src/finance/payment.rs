//! Money that comes in from a customer, or goes back.

use kernel::{Choice, Day, Entity, Fault, Faults, Id, Instant, Money, Origin, Rules};
use master::Party;

use crate::finance::entry::JournalEntry;
use crate::finance::invoice::Invoice;

/// A payment. It is posted as soon as it is recorded; a counter-entry undoes it.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Règlement", en = "Payment", frs = "Règlements", ens = "Payments")]
pub struct Payment {
    #[field(fr = "Numéro", en = "Number", list, search, unique, title, system)]
    pub number: Option<String>,
    #[field(fr = "Client", en = "Customer", list, index)]
    pub party: Id<Party>,
    #[field(fr = "Date", en = "Day", list, index)]
    pub day: Day,
    /// Positive when it comes in, negative when it goes back to the customer.
    #[field(fr = "Montant", en = "Amount", list)]
    pub amount: Money,
    #[field(fr = "Moyen", en = "Method", list)]
    pub method: PaymentMethod,
    #[field(fr = "Référence", en = "Reference", list, search)]
    pub reference: Option<String>,
    /// What pays no invoice yet; of the sign of the amount.
    #[field(fr = "Non affecté", en = "Unallocated", list, system)]
    pub unallocated: Money,
    /// What it was made from: a bank line.
    #[field(fr = "Origine", en = "Origin", index, system)]
    pub origin: Option<Origin>,
    #[field(fr = "Écriture", en = "Journal entry", system)]
    pub entry: Option<Id<JournalEntry>>,
    #[field(fr = "Annulé le", en = "Undone at", system)]
    pub undone_at: Option<Instant>,
    #[field(fr = "Contre-écriture", en = "Counter-entry", system)]
    pub counter_entry: Option<Id<JournalEntry>>,
}

impl Rules for Payment {
    fn check(&self) -> Result<(), Faults> {
        if self.amount.is_zero() {
            return Err(Fault::new("amount.zero").on("amount").into());
        }
        Ok(())
    }
    fn editable(&self) -> Result<(), Faults> {
        if self.entry.is_some() {
            let number = self.number.as_deref().unwrap_or("—");
            return Err(Fault::new("payment.posted").with("number", number).into());
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Choice)]
pub enum PaymentMethod {
    #[choice(fr = "Virement", en = "Transfer")]
    Transfer,
    #[choice(fr = "Carte", en = "Card")]
    Card,
    #[choice(fr = "Chèque", en = "Cheque")]
    Cheque,
    #[choice(fr = "Espèces", en = "Cash")]
    Cash,
}

/// What pays what. `amount` is positive whatever the direction of the money.
#[derive(Debug, Clone, PartialEq, Entity)]
#[entity(fr = "Affectation", en = "Allocation", frs = "Affectations", ens = "Allocations", kept)]
pub struct Allocation {
    /// A payment, a credit note, or the entry that writes a few cents off.
    #[field(fr = "Source", en = "Source", list, index)]
    pub source: Origin,
    #[field(fr = "Facture", en = "Invoice", list, index)]
    pub invoice: Id<Invoice>,
    #[field(fr = "Montant", en = "Amount", list)]
    pub amount: Money,
    #[field(fr = "Le", en = "At", list)]
    pub at: Instant,
    #[field(fr = "Défaite le", en = "Undone at", list)]
    pub undone_at: Option<Instant>,
}

impl Rules for Allocation {
    fn check(&self) -> Result<(), Faults> {
        if self.amount.minor > 0 {
            return Ok(());
        }
        Err(Fault::new("amount.positive").on("amount").into())
    }
}
