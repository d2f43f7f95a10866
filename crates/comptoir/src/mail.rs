//! Letters: what the outbox says must be sent, sent by SMTP, and its outcome on the timeline.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Actor, CompanyNumber, Door, Fault, Faults, Language};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Message, SmtpTransport, Transport};
use processes::letters::{self, Letter};
use serde_json::Value as Json;
use store::{Call, Due, Store};

use crate::dispatch::{Consumer, key};

/// After this many failures a letter is given up, and the timeline says so. With the pauses of the
/// reader of the outbox this is a day: a server that is down, or that makes strangers wait
/// (greylisting), has had the time to come round.
const MOST_TRIES: i64 = 33;

/// How many letters we remember having sent while their events may come again.
const OUTCOMES_KEPT: usize = 1000;

/// Answers of the server that are about us and not about the letter: TLS or a password is wanted or
/// will not do (RFC 4954, section 6). Whoever keeps the server can mend it, so the letter waits.
const ABOUT_US: &[u16] = &[530, 534, 535, 538];

/// Why a letter did not leave.
struct Failure {
    why: String,
    /// Sending it again would fail again (RFC 5321, section 4.2.1: replies 5yz).
    for_good: bool,
}

impl From<lettre::transport::smtp::Error> for Failure {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let about_us = error.status().is_some_and(|code| ABOUT_US.contains(&u16::from(code)));
        Self { for_good: error.is_permanent() && !about_us, why: error.to_string() }
    }
}

/// The way to the mail server.
#[derive(Clone)]
pub struct Postman {
    transport: SmtpTransport,
}

impl Postman {
    /// `smtp://[user:password@]host:port`.
    ///
    /// # Errors
    /// `mail.url`.
    pub fn of_url(url: &str) -> Result<Self, Fault> {
        let builder = SmtpTransport::from_url(url)
            .map_err(|error| Fault::new("mail.url").with("said", error.to_string()))?;
        Ok(Self { transport: builder.timeout(Some(Duration::from_secs(20))).build() })
    }

    /// Sends a letter that nothing keeps the outcome of.
    ///
    /// # Errors
    /// Why it did not leave, when trying again may help; what would fail again is only noted.
    pub fn post(&self, letter: &Letter, message_id: &str) -> Result<(), String> {
        match self.send(letter, message_id) {
            Ok(()) => Ok(()),
            Err(Failure { why, for_good: true }) => {
                tracing::warn!(why, "a letter is given up");
                Ok(())
            }
            Err(Failure { why, .. }) => Err(why),
        }
    }

    fn send(&self, letter: &Letter, message_id: &str) -> Result<(), Failure> {
        // What cannot be written today cannot be written tomorrow: an address is malformed.
        let message = compose(letter, message_id);
        let message = message.map_err(|why| Failure { why, for_good: true })?;
        Ok(self.transport.send(&message).map(drop)?)
    }
}

fn compose(letter: &Letter, message_id: &str) -> Result<Message, String> {
    let mailbox = |name: &str, address: &str| {
        let address = address.parse().map_err(|error| format!("{address}: {error}"))?;
        Ok::<_, String>(Mailbox::new(Some(name.to_owned()), address))
    };
    let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(letter.text.clone()));
    for attached in &letter.attachments {
        let kind = ContentType::parse(attached.mime).map_err(|error| error.to_string())?;
        let part = Attachment::new(attached.name.clone()).body(attached.bytes.clone(), kind);
        parts = parts.singlepart(part);
    }
    Message::builder()
        .message_id(Some(message_id.to_owned()))
        .from(mailbox(&letter.from_name, &letter.from)?)
        .to(mailbox(&letter.to_name, &letter.to)?)
        .subject(letter.subject.clone())
        .multipart(parts)
        .map_err(|error| error.to_string())
}

/// A letter whose document cannot be drawn: the timeline tells what is missing.
fn unwritten(faults: &Faults) -> letters::Outcome {
    let language = Language::default();
    let said = faults.0.iter().map(|fault| kernel::sentence(fault, language));
    let code = faults.codes().first().copied().unwrap_or("store.mistake");
    letters::Outcome::GivenUp { to: code.to_owned(), why: said.collect::<Vec<_>>().join(" ") }
}

/// The consumer that sends letters.
pub struct Letters {
    store: Store,
    postman: Option<Postman>,
    /// What became of the last letters, by the number of the event and the company. When the store
    /// does not take it (a full disk), the event comes again: the letter must not.
    outcomes: Mutex<BTreeMap<(i64, i64), letters::Outcome>>,
}

impl Letters {
    #[must_use]
    pub fn new(store: Store, postman: Option<Postman>) -> Self {
        Self { store, postman, outcomes: Mutex::default() }
    }

    fn letter(&self, actor: &Actor, due: &Due) -> Result<Option<Letter>, Faults> {
        let (name, about) = (due.told.name.clone(), due.told.about);
        self.store.read(actor, |tx| letters::letter(tx, &name, about))
    }

    /// Sends the letter and tells what became of it; none when there is nothing to send.
    fn deliver(
        &self,
        postman: &Postman,
        actor: &Actor,
        due: &Due,
    ) -> Result<Option<letters::Outcome>, String> {
        let last = due.attempts + 1 >= MOST_TRIES;
        let letter = match self.letter(actor, due) {
            Ok(Some(letter)) => letter,
            Ok(None) => return Ok(None),
            // What a document lacks, a person can mend meanwhile.
            Err(faults) if last => return Ok(Some(unwritten(&faults))),
            Err(faults) => return Err(format!("{:?}", faults.codes())),
        };
        let domain = letter.from.rsplit('@').next().unwrap_or("localhost");
        let message_id = format!("<comptoir-{}-{}@{domain}>", actor.company.0, due.told.seq);
        match postman.send(&letter, &message_id) {
            Ok(()) => Ok(Some(letters::Outcome::Sent { to: letter.to })),
            Err(Failure { why, for_good }) if for_good || last => {
                Ok(Some(letters::Outcome::GivenUp { to: letter.to, why }))
            }
            Err(Failure { why, .. }) => Err(why),
        }
    }

    fn outcomes(&self) -> MutexGuard<'_, BTreeMap<(i64, i64), letters::Outcome>> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the outcome; the key makes a second handling of the event write nothing more.
    fn note(&self, actor: &Actor, due: &Due, outcome: letters::Outcome) -> Result<(), String> {
        let (name, about) = (due.told.name.clone(), due.told.about);
        let call = Call::new(actor.clone()).key(key("letters", &due.told));
        let noted = self.store.command(call, move |tx| {
            letters::note(tx, &name, about, &outcome)?;
            Ok(Json::Null)
        });
        noted.map(drop).map_err(|faults| format!("{:?}", faults.codes()))
    }
}

impl Consumer for Letters {
    fn name(&self) -> &'static str {
        "letters"
    }

    fn wants(&self, event: &str) -> bool {
        letters::asks(event)
    }

    fn handle(&self, company: CompanyNumber, due: &Due) -> Result<(), String> {
        let Some(postman) = &self.postman else { return Ok(()) };
        if crate::dispatch::is_shown_only(&self.store, company)? {
            return Ok(());
        }
        let actor = Actor::house(company, Door::Event);
        let which = (due.told.seq, company.0);
        let known = self.outcomes().get(&which).cloned();
        let outcome = match known {
            Some(outcome) => outcome,
            None => match self.deliver(postman, &actor, due)? {
                Some(outcome) => outcome,
                None => return Ok(()),
            },
        };
        let mut outcomes = self.outcomes();
        outcomes.insert(which, outcome.clone());
        if outcomes.len() > OUTCOMES_KEPT {
            outcomes.pop_first();
        }
        drop(outcomes);
        self.note(&actor, due, outcome)
    }
}
