//! Letters: what the outbox says must be sent, sent by SMTP, and its outcome on the timeline.

use std::time::Duration;

use kernel::{Actor, CompanyNumber, Door, Fault, Faults};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Message, SmtpTransport, Transport};
use processes::letters::{self, Letter};
use serde_json::Value as Json;
use store::{Call, Due, Store};

use crate::dispatch::{Consumer, key};

/// After this many failures a letter is given up, and the timeline says so.
const MOST_TRIES: i64 = 8;

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

    fn send(&self, letter: &Letter, message_id: &str) -> Result<(), String> {
        let message = compose(letter, message_id)?;
        self.transport.send(&message).map(drop).map_err(|error| error.to_string())
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

/// The consumer that sends letters.
pub struct Letters {
    store: Store,
    postman: Option<Postman>,
}

impl Letters {
    #[must_use]
    pub const fn new(store: Store, postman: Option<Postman>) -> Self {
        Self { store, postman }
    }

    fn letter(&self, actor: &Actor, due: &Due) -> Result<Option<Letter>, Faults> {
        let (name, about) = (due.told.name.clone(), due.told.about);
        self.store.read(actor, |tx| letters::letter(tx, &name, about))
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

    fn handle(&self, company: CompanyNumber, due: &Due) -> Result<(), String> {
        // Most events ask for no letter: they cost one look at their name.
        let (true, Some(postman)) = (letters::asks(&due.told.name), &self.postman) else {
            return Ok(());
        };
        let actor = Actor::house(company, Door::Event);
        let letter = match self.letter(&actor, due) {
            Ok(Some(letter)) => letter,
            Ok(None) => return Ok(()),
            Err(faults) => return Err(format!("{:?}", faults.codes())),
        };
        let domain = letter.from.rsplit('@').next().unwrap_or("localhost");
        let message_id = format!("<comptoir-{}-{}@{domain}>", company.0, due.told.seq);
        match postman.send(&letter, &message_id) {
            Ok(()) => self.note(&actor, due, letters::Outcome::Sent { to: letter.to }),
            Err(why) if due.attempts + 1 >= MOST_TRIES => {
                self.note(&actor, due, letters::Outcome::GivenUp { to: letter.to, why })
            }
            Err(why) => Err(why),
        }
    }
}
