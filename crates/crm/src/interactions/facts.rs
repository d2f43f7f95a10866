//! The sentences of the timeline's facts. `{}` stands for what the fact cites.

use kernel::{Language, Text};

use super::Interaction;

/// Code, sentence.
pub const FACTS: &[(&str, Text)] = &[
    ("opportunity.won", Text::new("Opportunité gagnée : {}", "Opportunity won: {}")),
    ("opportunity.lost", Text::new("Opportunité perdue : {}", "Opportunity lost: {}")),
    ("quote.sent", Text::new("Devis {} envoyé", "Quote {} sent")),
    ("quote.mailed", Text::new("Devis {} parti par courriel", "Quote {} mailed")),
    ("quote.unsent", Text::new("L’envoi du devis {} a échoué", "Quote {} could not be sent")),
    ("quote.accepted", Text::new("Devis {} accepté", "Quote {} accepted")),
    ("quote.refused", Text::new("Devis {} refusé", "Quote {} refused")),
    ("quote.expired", Text::new("Devis {} expiré", "Quote {} expired")),
    ("order.confirmed", Text::new("Commande {} confirmée", "Order {} confirmed")),
    ("order.held", Text::new("Commande {} bloquée", "Order {} put on hold")),
    ("order.released", Text::new("Commande {} débloquée", "Order {} released")),
    ("order.closed", Text::new("Commande {} close", "Order {} closed")),
    ("order.cancelled", Text::new("Commande {} annulée", "Order {} cancelled")),
    ("shipment.shipped", Text::new("Livraison {} expédiée", "Shipment {} shipped")),
    ("shipment.delivered", Text::new("Livraison {} remise", "Shipment {} delivered")),
    ("invoice.posted", Text::new("Facture {} émise", "Invoice {} issued")),
    ("deposit.posted", Text::new("Facture d’acompte {} émise", "Deposit invoice {} issued")),
    ("credit_note.posted", Text::new("Avoir {} émis", "Credit note {} issued")),
    (
        "invoice.send_asked",
        Text::new("Envoi de la facture {} demandé", "Sending of invoice {} asked for"),
    ),
    ("invoice.sent", Text::new("Facture {} envoyée", "Invoice {} sent")),
    (
        "invoice.unsent",
        Text::new("L’envoi de la facture {} a échoué", "Invoice {} could not be sent"),
    ),
    (
        "invoice.reminder_sent",
        Text::new("Rappel de la facture {} parti par courriel", "Reminder of invoice {} mailed"),
    ),
    ("invoice.overdue", Text::new("Facture {} échue", "Invoice {} overdue")),
    ("invoice.dunned", Text::new("Facture {} relancée", "Reminder sent for invoice {}")),
    ("payment.received", Text::new("Paiement reçu : {}", "Payment received: {}")),
    ("payment.undone", Text::new("Paiement annulé : {}", "Payment undone: {}")),
    ("attachment.added", Text::new("Pièce jointe ajoutée : {}", "Attachment added: {}")),
    ("attachment.removed", Text::new("Pièce jointe retirée : {}", "Attachment removed: {}")),
];

/// The sentence of a code.
#[must_use]
pub fn text(code: &str) -> Option<Text> {
    FACTS.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
}

impl Interaction {
    /// What the line says, in the reader's language: the sentence of a fact, or else its subject.
    #[must_use]
    pub fn says(&self, language: Language) -> String {
        match self.code.as_deref().and_then(text) {
            Some(model) => model.say(language).replace("{}", &self.subject),
            None => self.subject.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_one_sentence_that_cites_its_subject() {
        for (rank, (code, text)) in FACTS.iter().enumerate() {
            assert!(text.fr.contains("{}") && text.en.contains("{}"), "{code}");
            assert!(!FACTS[..rank].iter().any(|(other, _)| other == code), "{code} is there twice");
        }
    }
}
