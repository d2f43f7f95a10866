//! What is asked of a device and what it answers: W3C Web Authentication, level 3, by webauthn-rs.
//! A device verifies its user (a PIN, a finger) each time, and is one that finds by itself whose it
//! is, so that nobody types a name.

use identity::passkey::{Made, Signed};
use identity::{Passkey as Kept, User};
use kernel::{Fault, Id, Instant, RawId};
use serde_json::{Value as Json, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::challenges::{Challenges, Question};
use crate::door::Visitor;

/// The address that passkeys are bound to: its name is their RP ID, the whole of it their origin.
pub(crate) struct Place(Webauthn);

impl Place {
    /// What the operator said (`--address`), or the name by which a browser on this very machine
    /// reaches us. Nothing else that a browser says: it would choose where our passkeys open. A
    /// number is no name: browsers bind no passkey to `127.0.0.1`, but to `localhost`.
    ///
    /// # Errors
    /// `passkey.elsewhere` with the address where it would do; `passkey.nowhere`.
    pub(crate) fn of(visitor: &Visitor) -> Result<Self, Fault> {
        let nowhere = || Fault::new("passkey.nowhere");
        let parsed = |text: &str| Url::parse(text).ok();
        let here = visitor.origin().as_deref().and_then(parsed).ok_or_else(nowhere)?;
        let told = visitor.state.address.as_deref().and_then(parsed);
        let place = match told {
            Some(told) => told,
            None => on_this_machine(&here).ok_or_else(nowhere)?,
        };
        if place.origin() != here.origin() {
            let address = place.origin().ascii_serialization();
            return Err(Fault::new("passkey.elsewhere").with("address", address));
        }
        let name = place.domain().ok_or_else(nowhere)?.to_owned();
        let built = WebauthnBuilder::new(&name, &place).map(|with| with.rp_name("Comptoir"));
        built.and_then(WebauthnBuilder::build).map(Self).map_err(|_| nowhere())
    }
}

/// The name of this machine for its own browsers, when that is where `here` leads.
fn on_this_machine(here: &Url) -> Option<Url> {
    let host = here.host_str()?;
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(here.clone());
    }
    let number = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().ok()?;
    let mut named = here.clone();
    let done = number.is_loopback() && named.set_host(Some("localhost")).is_ok();
    done.then_some(named)
}

/// Who makes a passkey.
pub(crate) struct Maker {
    pub user: Id<User>,
    pub name: String,
    pub email: String,
}

/// Asks a browser to make a passkey on a device that has none of these.
///
/// # Errors
/// `passkey.refused`, `store.busy`.
pub(crate) fn ask_to_make(
    place: &Place,
    challenges: &Challenges,
    whose: &str,
    maker: &Maker,
    there: &[identity::Passkey],
    now: Instant,
) -> Result<Json, Fault> {
    let known = there.iter().filter_map(|kept| read(kept).ok());
    let known = known.map(|passkey| passkey.cred_id().clone()).collect();
    let handle = Uuid::from_bytes(maker.user.raw().0);
    let begun = place.0.start_passkey_registration(handle, &maker.email, &maker.name, Some(known));
    let (options, state) = begun.map_err(|error| refused(&error))?;
    let mut options = json!(options);
    let selection = &mut options["publicKey"]["authenticatorSelection"];
    selection["residentKey"] = json!("required");
    selection["requireResidentKey"] = json!(true);
    challenges.keep(&options, Question::Make(Box::new(state)), whose, now)?;
    Ok(options)
}

/// Asks a browser to sign: by one of these passkeys, or by any that it finds when none is named.
///
/// # Errors
/// `passkey.refused`, `store.busy`.
pub(crate) fn ask_to_sign(
    place: &Place,
    challenges: &Challenges,
    whose: &str,
    allowed: &[identity::Passkey],
    now: Instant,
) -> Result<Json, Fault> {
    let begun = place.0.start_discoverable_authentication();
    let (options, state) = begun.map_err(|error| refused(&error))?;
    let mut options = json!(options);
    // A press of a button asks, not the box of a name.
    if let Some(members) = options.as_object_mut() {
        members.remove("mediation");
    }
    let allowed = allowed.iter().filter_map(|kept| serde_json::from_str(&kept.credential.0).ok());
    let allowed =
        allowed.map(|kept: Json| json!({ "type": "public-key", "id": kept["cred"]["cred_id"] }));
    options["publicKey"]["allowCredentials"] = allowed.collect();
    challenges.keep(&options, Question::Sign(Box::new(state)), whose, now)?;
    Ok(options)
}

/// The passkey that a browser says was made.
///
/// # Errors
/// `passkey.expired` when it was not asked for, or answered before; `passkey.refused`.
pub(crate) fn made(
    place: &Place,
    challenges: &Challenges,
    whose: &str,
    answer: &str,
    now: Instant,
) -> Result<Made, Fault> {
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(answer).map_err(|_| Fault::new("passkey.refused"))?;
    let asked = challenges.take(&answer.response.client_data_json, whose, now)?;
    let Question::Make(state) = asked else { return Err(Fault::new("passkey.expired")) };
    made_of(place, &answer, &state)
}

fn made_of(
    place: &Place,
    answer: &RegisterPublicKeyCredential,
    state: &PasskeyRegistration,
) -> Result<Made, Fault> {
    let done = place.0.finish_passkey_registration(answer, state);
    let passkey = done.map_err(|error| refused(&error))?;
    let credential = serde_json::to_string(&passkey).map_err(|_| Fault::new("internal"))?;
    Ok(Made { id: passkey.cred_id().to_vec(), credential })
}

/// An answer to the question to sign, with what was asked: taken, so that it is answered once.
pub(crate) struct Answer {
    answer: PublicKeyCredential,
    state: DiscoverableAuthentication,
}

impl Answer {
    /// # Errors
    /// `passkey.expired` when it was not asked for, or answered before; `passkey.refused`.
    pub(crate) fn read(
        challenges: &Challenges,
        whose: &str,
        answer: &str,
        now: Instant,
    ) -> Result<Self, Fault> {
        let answer: PublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| Fault::new("passkey.refused"))?;
        match challenges.take(&answer.response.client_data_json, whose, now)? {
            Question::Sign(state) => Ok(Self { answer, state: *state }),
            Question::Make(_) => Err(Fault::new("passkey.expired")),
        }
    }

    /// The number of the passkey that signed.
    pub(crate) fn credential(&self) -> &[u8] {
        self.answer.get_credential_id()
    }

    /// Whose the device says it is.
    pub(crate) fn user(&self) -> Option<Id<User>> {
        let bytes = <[u8; 16]>::try_from(self.answer.get_user_unique_id()?).ok()?;
        Some(Id::from_raw(RawId(bytes)))
    }

    /// Verifies it: origin, RP ID, challenge, user verified, signature, counter.
    ///
    /// # Errors
    /// `passkey.counter`, `passkey.refused`.
    pub(crate) fn verify(self, place: &Place, kept: &kernel::Kept<Kept>) -> Result<Signed, Fault> {
        let mut passkey = read(kept)?;
        let key = DiscoverableKey::from(&passkey);
        let done = place.0.finish_discoverable_authentication_v2(&self.answer, self.state, key);
        let done = done.map_err(|error| refused(&error))?;
        passkey.update_credential(&done);
        let credential = serde_json::to_string(&passkey).map_err(|_| Fault::new("internal"))?;
        Ok(Signed { passkey: kept.id, counter: i64::from(done.counter()), credential })
    }
}

fn read(kept: &Kept) -> Result<Passkey, Fault> {
    serde_json::from_str(&kept.credential.0).map_err(|_| Fault::new("passkey.refused"))
}

/// A refusal: one word for the person, the reason for the log.
fn refused(error: &WebauthnError) -> Fault {
    tracing::info!(%error, "a passkey is refused");
    match error {
        WebauthnError::CredentialPossibleCompromise => Fault::new("passkey.counter"),
        _ => Fault::new("passkey.refused"),
    }
}
