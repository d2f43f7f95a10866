//! The questions that were asked of browsers and are not answered yet. They are kept here and not
//! with the browser, so that an answer is good once; in memory, so that who is not signed in writes
//! nothing. An answer goes to the process that asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kernel::{Fault, Instant};
use serde_json::Value as Json;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyRegistration};

/// How long a question waits for its answer: a person looks for their key (W3C Web Authentication,
/// level 3, section 15.1, says five minutes).
const LIFE: i64 = 5 * 60 * Instant::SECOND;
/// More than are ever asked at once by people.
const MOST: usize = 10_000;

/// What was asked, as it must be known to judge the answer.
#[derive(Debug)]
pub(crate) enum Question {
    Make(Box<PasskeyRegistration>),
    Sign(Box<DiscoverableAuthentication>),
}

#[derive(Debug)]
struct Waiting {
    question: Question,
    /// The session, or the sign-in under way, that it was asked in; empty before there is any.
    whose: String,
    until: Instant,
}

/// Questions by their challenge. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Challenges(Arc<Mutex<HashMap<String, Waiting>>>);

impl Challenges {
    /// Remembers a question, as it is about to be sent.
    ///
    /// # Errors
    /// `store.busy` when too many wait.
    pub(crate) fn keep(
        &self,
        options: &Json,
        question: Question,
        whose: &str,
        now: Instant,
    ) -> Result<(), Fault> {
        let challenge = options["publicKey"]["challenge"].as_str().unwrap_or("").to_owned();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, one| one.until > now);
        if waiting.len() >= MOST {
            return Err(Fault::new("store.busy"));
        }
        let until = Instant(now.0 + LIFE);
        waiting.insert(challenge, Waiting { question, whose: whose.to_owned(), until });
        Ok(())
    }

    /// Takes the question that this answer is to: whatever comes of it, it is answered.
    ///
    /// # Errors
    /// `passkey.expired` when nobody asked this, or not here, or too long ago, or it was answered.
    pub(crate) fn take(
        &self,
        client_data: &[u8],
        whose: &str,
        now: Instant,
    ) -> Result<Question, Fault> {
        let said: Json = serde_json::from_slice(client_data).unwrap_or_default();
        let challenge = said["challenge"].as_str().unwrap_or("");
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = waiting.remove(challenge);
        let found = found.filter(|one| one.until > now && one.whose == whose);
        found.map(|one| one.question).ok_or(Fault::new("passkey.expired"))
    }
}
