//! The acts of finance: its buttons, its `POST`s.

use kernel::{
    ActionDef, Actor, Day, Entity, Fault, Faults, FieldDef, Id, Inputs, LongText, Money, Origin,
    Outcome, RawId, Record, Text, Tx,
};
use master::Party;

use crate::finance::allocation::allocate;
use crate::finance::bank::{BankLine, BankLineState};
use crate::finance::bank_split::accept_split;
use crate::finance::closing::CLOSE_DAYS;
use crate::finance::credit::credit_all;
use crate::finance::fiscal_year::{FiscalYear, lock_fiscal_year};
use crate::finance::hand_acts::shares_of;
use crate::finance::invoice::{Invoice, InvoiceKind, InvoiceState};
use crate::finance::matching::SURE;
use crate::finance::payment::{Payment, PaymentMethod};
use crate::finance::posting::post_invoice;
use crate::finance::reconcile::{Match, propose_matches, undo_match};
use crate::finance::recording::{pay_invoice, undo_payment};

/// The acts that finance alone answers for.
pub const ACTIONS: &[ActionDef] = &[LOCK, CLOSE_DAYS];

/// The acts that change what is owed or paid. A process registers them, so that what was sold
/// follows what was paid in the same transaction.
#[cfg(test)]
const SETTLING: &[ActionDef] =
    &[POST, CREDIT, PAY, ALLOCATE, UNDO_PAYMENT, ACCEPT_MATCH, UNDO_MATCH];

const LOCK: ActionDef = ActionDef {
    on: "fiscal_year",
    name: "lock",
    label: Text::new("Verrouiller", "Lock"),
    doc: Text::new(
        "Verrouille les écritures jusqu’à une date comprise.",
        "Locks the books up to and including a day.",
    ),
    inputs: &[FieldDef::of::<Day>(
        "until",
        Text::new("Jusqu’au", "Until"),
        "The last day to lock.",
    )],
    offered: |record| holds(record, |year: &FiscalYear| !year.closed),
    run: |tx, _, id, inputs| {
        lock_fiscal_year(tx, Id::from_raw(id), inputs.take("until")?).map(|()| None)
    },
};

pub const POST: ActionDef = ActionDef {
    on: "invoice",
    name: "post",
    label: Text::new("Valider", "Post"),
    doc: Text::new(
        "Donne son numéro à la facture et passe son écriture ; elle ne change plus.",
        "Gives the invoice its number and books it; it no longer changes.",
    ),
    inputs: &[],
    offered: |record| holds(record, |invoice: &Invoice| invoice.state == InvoiceState::Draft),
    run: |tx, actor, id, _| post_invoice(tx, actor, Id::from_raw(id)).map(|()| None),
};

pub const CREDIT: ActionDef = ActionDef {
    on: "invoice",
    name: "credit",
    label: Text::new("Établir un avoir", "Credit"),
    doc: Text::new(
        "Établit un avoir sur tout ce qui n’est pas encore crédité.",
        "Issues a credit note on all that was not credited yet.",
    ),
    inputs: &[FieldDef::of::<Option<String>>("reason", Text::new("Motif", "Reason"), "")],
    offered: |record| {
        holds(record, |invoice: &Invoice| {
            invoice.state == InvoiceState::Posted && invoice.kind != InvoiceKind::CreditNote
        })
    },
    run: |tx, actor, id, inputs| {
        let reason = inputs.take("reason")?;
        let note = credit_all(tx, actor, Id::from_raw(id), reason)?;
        Ok(Some(Origin::of(note)))
    },
};

pub const PAY: ActionDef = ActionDef {
    on: "invoice",
    name: "pay",
    label: Text::new("Enregistrer un règlement", "Record a payment"),
    doc: Text::new(
        "Enregistre un règlement de la facture, ou le remboursement de l’avoir.",
        "Records a payment of the invoice, or the refund of the credit note.",
    ),
    inputs: PAY_INPUTS,
    offered: |record| {
        holds(record, |invoice: &Invoice| {
            invoice.state == InvoiceState::Posted && !invoice.open.is_zero()
        })
    },
    run: pay,
};

pub const ALLOCATE: ActionDef = ActionDef {
    on: "payment",
    name: "allocate",
    label: Text::new("Affecter", "Allocate"),
    doc: Text::new(
        "Affecte à une facture ce qui reste du règlement.",
        "Sets what is left of the payment against an invoice.",
    ),
    inputs: &[
        FieldDef::of::<Id<Invoice>>("invoice", Text::new("Facture", "Invoice"), ""),
        FieldDef::of::<Option<Money>>(
            "amount",
            Text::new("Montant", "Amount"),
            "As much as both sides allow, when it is left empty.",
        ),
    ],
    offered: |record| holds(record, |payment: &Payment| !payment.unallocated.is_zero()),
    run: allocate_payment,
};

pub const UNDO_PAYMENT: ActionDef = ActionDef {
    on: "payment",
    name: "undo",
    label: Text::new("Annuler", "Undo"),
    doc: Text::new(
        "Annule le règlement par une contre-écriture ; ses factures sont de nouveau dues.",
        "Undoes the payment by a counter-entry; its invoices are due again.",
    ),
    inputs: &[],
    offered: |record| holds(record, |payment: &Payment| payment.undone_at.is_none()),
    run: |tx, actor, id, _| undo_payment(tx, actor, Id::from_raw(id)).map(|()| None),
};

pub const ACCEPT_MATCH: ActionDef = ActionDef {
    on: "bank_line",
    name: "accept",
    label: Text::new("Rapprocher", "Match"),
    doc: Text::new(
        "Enregistre ce que le mouvement règle : des factures, un tiers, ou un règlement déjà saisi. \
         Sans précision, la meilleure proposition si elle est sûre.",
        "Records what the line pays: invoices, a party, or a payment entered before. Left empty, \
         the best proposal if it is sure.",
    ),
    inputs: ACCEPT_INPUTS,
    offered: |record| holds(record, |line: &BankLine| line.state == BankLineState::Open),
    run: accept,
};

pub const UNDO_MATCH: ActionDef = ActionDef {
    on: "bank_line",
    name: "undo",
    label: Text::new("Défaire le rapprochement", "Undo the match"),
    doc: Text::new(
        "Défait le rapprochement, et le règlement qu’il avait créé.",
        "Undoes the match, and the payment that it made.",
    ),
    inputs: &[],
    offered: |record| holds(record, |line: &BankLine| line.state == BankLineState::Matched),
    run: |tx, actor, id, _| undo_match(tx, actor, Id::from_raw(id)).map(|()| None),
};

const PAY_INPUTS: &[FieldDef] = &[
    FieldDef::of::<Option<Day>>("day", Text::new("Date", "Day"), "Today, when it is left empty."),
    FieldDef::of::<Option<Money>>(
        "amount",
        Text::new("Montant", "Amount"),
        "What is open, when it is left empty.",
    ),
    FieldDef::of::<PaymentMethod>("method", Text::new("Moyen", "Method"), ""),
    FieldDef::of::<Option<String>>("reference", Text::new("Référence", "Reference"), ""),
];

const ACCEPT_INPUTS: &[FieldDef] = &[
    FieldDef::of::<Option<LongText>>(
        "invoices",
        Text::new("Factures", "Invoices"),
        "Numbers or identifiers, separated by spaces, commas or line ends.",
    ),
    FieldDef::of::<Option<Id<Party>>>(
        "party",
        Text::new("Client", "Customer"),
        "Whose payment on account it is.",
    ),
    FieldDef::of::<Option<Id<Payment>>>(
        "payment",
        Text::new("Règlement", "Payment"),
        "The payment that was recorded before.",
    ),
    FieldDef::of::<Option<LongText>>(
        "shares",
        Text::new("Parts en compte", "Shares on accounts"),
        "What of the line is booked on accounts, one share a line, its parts separated by tabs or \
         semicolons: number of the account, amount (negative where the bank kept it back; empty for \
         what lies between the line and the invoices), code of the tax, label.",
    ),
];

/// Whether the record, as a struct, passes a test: what a face asks before it offers an act.
fn holds<E: Entity>(record: &Record, test: fn(&E) -> bool) -> bool {
    E::of_record(record.clone()).is_ok_and(|record| test(&record))
}

fn pay(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let day = inputs.take::<Option<Day>>("day")?.unwrap_or(tx.today());
    let amount = inputs.take("amount")?;
    let (method, reference) = (inputs.take("method")?, inputs.take("reference")?);
    let payment = pay_invoice(tx, actor, Id::from_raw(id), day, amount, method, reference)?;
    Ok(Some(Origin::of(payment)))
}

fn allocate_payment(tx: &mut Tx<'_>, _: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let id = Id::<Payment>::from_raw(id);
    let invoice = inputs.take::<Id<Invoice>>("invoice")?;
    let most = tx.get(invoice)?.open.min(tx.get(id)?.unallocated.abs());
    let amount = inputs.take::<Option<Money>>("amount")?.unwrap_or(most);
    allocate(tx, Origin::of(id), invoice, amount)?;
    Ok(Some(Origin::of(invoice)))
}

fn accept(tx: &mut Tx<'_>, actor: &Actor, id: RawId, inputs: &Inputs) -> Outcome {
    let id = Id::<BankLine>::from_raw(id);
    let named = inputs.take::<Option<LongText>>("invoices")?.map(|text| text.0);
    let what = if let Some(names) = named.filter(|names| !names.trim().is_empty()) {
        Match::Invoices(invoices_named(tx, &names)?)
    } else if let Some(payment) = inputs.take("payment")? {
        Match::Payment(payment)
    } else if let Some(party) = inputs.take("party")? {
        Match::Party(party)
    } else {
        let best = propose_matches(tx, id)?.into_iter().next();
        let sure = best.filter(|proposal| proposal.score >= SURE);
        Match::Invoices(sure.ok_or(Fault::new("match.unsure"))?.invoices)
    };
    let text = inputs.take::<Option<LongText>>("shares")?.map(|text| text.0).unwrap_or_default();
    let shares = shares_of(tx, &text)?;
    if !shares.is_empty() {
        // What is booked is booked by the same right as a whole line.
        actor.may("bank_line.book")?;
    }
    let payment = accept_split(tx, actor, id, &what, shares)?;
    Ok(Some(Origin::of(payment)))
}

/// Invoices by number or by identifier.
fn invoices_named(tx: &mut Tx<'_>, names: &str) -> Result<Vec<Id<Invoice>>, Faults> {
    let (mut found, mut faults) = (Vec::new(), Faults::default());
    let words =
        names.split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';');
    for word in words.filter(|word| !word.is_empty()) {
        let invoice = match RawId::parse(word) {
            Ok(raw) => Some(tx.get(Id::<Invoice>::from_raw(raw))?.id),
            Err(_) => tx.first(Invoice::NUMBER.has(&word.to_owned()))?.map(|invoice| invoice.id),
        };
        faults.ensure(invoice.is_some(), || {
            Fault::new("invoice.unknown").on("invoices").with("number", word)
        });
        found.extend(invoice);
    }
    faults.into_result()?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_act_of_finance_is_on_an_entity_of_finance_and_is_there_once() {
        let module = &crate::MODULE;
        let acts = || ACTIONS.iter().chain(SETTLING);
        let mut rights: Vec<String> = acts().map(ActionDef::right).collect();
        for act in acts() {
            assert!(module.entities.iter().any(|def| def.name == act.on), "{}", act.right());
            assert!(!act.label.fr.is_empty() && !act.doc.en.is_empty());
        }
        rights.sort();
        rights.dedup();
        assert_eq!(rights.len(), acts().count());
    }
}
