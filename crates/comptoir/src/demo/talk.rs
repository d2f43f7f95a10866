//! What is said between the sellers and the customers, and what they promised to do.

use crm::interactions::{self, InteractionKind};
use identity::Role;
use kernel::{Day, Faults};

use super::sheets;
use super::shop::Shop;

/// A word on a customer's timeline.
#[derive(Debug, Clone)]
pub struct Talk {
    pub customer: usize,
    pub kind: InteractionKind,
    pub french: String,
    pub english: String,
    /// For a task: in how many days, and whether it was done.
    pub task: Option<(i32, bool)>,
}

const TASKS: &[(&str, &str)] = &[
    ("Envoyer les échantillons de lin lavé", "Send the washed linen samples"),
    ("Rappeler après le service", "Call back after the service"),
    ("Préparer l’offre pour la terrasse", "Prepare the offer for the terrace"),
    ("Relancer le devis", "Follow up on the quote"),
    ("Vérifier le nouveau RIB par téléphone", "Verify the new bank details by phone"),
    ("Proposer une visite de l’atelier", "Suggest a visit of the workshop"),
    ("Revoir les conditions de paiement", "Review the payment terms"),
    ("Confirmer la date de livraison", "Confirm the delivery date"),
    ("Montrer la collection d’automne", "Show the autumn collection"),
    ("Demander le logo pour la broderie", "Ask for the logo to embroider"),
];

/// Spreads what was said over the history, the more the nearer to today.
///
/// # Errors
/// `data.file`.
pub fn plan(shop: &mut Shop) -> Result<(), Faults> {
    let mut chance = shop.chance.clone();
    let count = i64::try_from(shop.calendar.days().len()).unwrap_or(1);
    let rows = sheets::rows("notes_fr")?;
    for (rank, row) in rows.iter().chain(&rows).chain(rows.iter().take(30)).enumerate() {
        let kind = match row.text("kind")?.as_str() {
            "call" => InteractionKind::Call,
            "mail" => InteractionKind::Mail,
            _ => InteractionKind::Note,
        };
        // The square of a chance is small more often than large.
        let share = chance.between(0, 1000);
        let mut back = share * share / 1000 * (count - 1) / 1000;
        if rank >= rows.len() * 2 {
            back = back.min(9);
        }
        let talk = Talk {
            customer: 0,
            kind,
            french: row.text("text_fr")?,
            english: row.text("text_en")?,
            task: None,
        };
        put(shop, &mut chance, back, talk);
    }
    for (rank, (french, english)) in (0..).zip(TASKS.iter().cycle().take(34)) {
        // The last ones are still to do, some of them late.
        let open = rank >= 22;
        let back =
            if open { chance.between(0, 6) } else { chance.between(12, (count - 1).max(12)) };
        let due = i32::try_from(chance.between(if open { -2 } else { 1 }, 9)).unwrap_or(1);
        let talk = Talk {
            customer: 0,
            kind: InteractionKind::Task,
            french: (*french).to_owned(),
            english: (*english).to_owned(),
            task: Some((due, !open)),
        };
        put(shop, &mut chance, back, talk);
    }
    shop.chance = chance;
    Ok(())
}

/// On a day so far back, with one of those who were customers then.
fn put(shop: &mut Shop, chance: &mut super::chance::Chance, back: i64, talk: Talk) {
    let day = shop.calendar.back(usize::try_from(back).unwrap_or(0));
    let known: Vec<usize> =
        (0..shop.customers.len()).filter(|rank| shop.customers[*rank].first_day <= day).collect();
    let customer = chance.pick(&known).copied().unwrap_or(0);
    shop.diary.talks.put(day, Talk { customer, ..talk });
}

/// Writes what was said on a day.
///
/// # Errors
/// `store.*`.
pub fn write(shop: &mut Shop, day: Day) -> Result<(), Faults> {
    let talks = shop.diary.talks.take(day);
    let minute = shop.chance.between(0, 59);
    for seller in 0..shop.sellers() {
        let theirs: Vec<(kernel::Id<master::Party>, Talk)> = talks
            .iter()
            .filter(|talk| shop.customers[talk.customer].seller == seller)
            .map(|talk| (shop.customers[talk.customer].id, talk.clone()))
            .collect();
        if theirs.is_empty() {
            continue;
        }
        let (who, at) = (shop.someone(Role::Seller, seller), shop.calendar.at(day, 14, minute));
        shop.act(&who, at, move |tx, actor| {
            let french = actor.language == kernel::Language::French;
            for (party, talk) in &theirs {
                let text = if french { &talk.french } else { &talk.english };
                let due_on = talk.task.map(|(days, _)| tx.today() + days);
                let line = interactions::write(
                    tx,
                    actor,
                    *party,
                    None,
                    talk.kind,
                    text.clone(),
                    None,
                    due_on,
                )?;
                if talk.task.is_some_and(|(_, done)| done) {
                    interactions::finish(tx, line)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}
