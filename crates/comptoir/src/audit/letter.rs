//! A checkpoint by mail, once a day: whoever keeps the letters is a witness that nobody here can
//! talk to.

use std::collections::HashMap;

use kernel::{Actor, CompanyNumber, Day, Door, Faults, Filter, Instant};
use master::Company;
use processes::letters::{Attached, Letter};
use store::Store;
use store::audit::Sealed;

use crate::mail::Postman;

/// How long a mail server that did not take a letter is left alone.
const REFUSED_FOR: i64 = 3600 * Instant::SECOND;

/// The letters of checkpoints.
pub struct Letters {
    postman: Postman,
    to: String,
    /// The day of each company's last letter.
    sent: HashMap<CompanyNumber, Day>,
    /// Nothing is tried before.
    rests_until: Instant,
}

impl Letters {
    #[must_use]
    pub fn new(postman: Postman, to: String) -> Self {
        Self { postman, to, sent: HashMap::new(), rests_until: Instant(0) }
    }

    /// Sends a checkpoint, unless one of this company has left today.
    pub fn tell(&mut self, store: &Store, company: CompanyNumber, sealed: &Sealed) {
        let today = sealed.at.day();
        if self.sent.get(&company) == Some(&today) || store::now() < self.rests_until {
            return;
        }
        let id = format!("<comptoir-witness-{}-{}@localhost>", company.0, sealed.size);
        let sent = self
            .letter(store, company, sealed)
            .map_err(|faults| format!("{:?}", faults.codes()))
            .and_then(|letter| self.postman.post(&letter, &id));
        match sent {
            Ok(()) => drop(self.sent.insert(company, today)),
            Err(why) => {
                tracing::warn!(why, "the letter of a checkpoint has not left");
                self.rests_until = Instant(store::now().0 + REFUSED_FOR);
            }
        }
    }

    fn letter(
        &self,
        store: &Store,
        company: CompanyNumber,
        sealed: &Sealed,
    ) -> Result<Letter, Faults> {
        let house = Actor::house(company, Door::Console);
        let known = store.read(&house, |tx| Ok(tx.first::<Company>(Filter::everything())?))?;
        let name = known.as_ref().map_or("Comptoir", |known| known.name.as_str()).to_owned();
        let domain = self.to.rsplit('@').next().unwrap_or("localhost");
        let from = known.as_ref().and_then(|known| known.email.clone());
        let (size, note) = (sealed.size, &sealed.note);
        Ok(Letter {
            from: from.unwrap_or_else(|| format!("comptoir@{domain}")),
            from_name: name.clone(),
            to_name: String::new(),
            to: self.to.clone(),
            subject: format!("{name}: {size} lignes scellées / lines sealed"),
            text: format!(
                "Gardez ce message : il prouve l’état du journal de {name} ce jour, que personne ne \
                 peut plus récrire sans que cela se voie.\n\
                 Keep this message: it proves what the log of {name} was this day, which nobody can \
                 rewrite any more without its being seen.\n\n\
                 comptoir audit verify --log FILE --checkpoint THIS --pubkey KEY\n\n{note}"
            ),
            attachments: vec![Attached {
                name: format!("checkpoint-{}-{size}.txt", company.0),
                mime: "application/octet-stream",
                bytes: note.clone().into_bytes(),
            }],
        })
    }
}
