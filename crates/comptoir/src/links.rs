//! Letters with a link by which someone chooses their password. The token is drawn as the letter is
//! written, and forgotten once it is sent: the store keeps its hash alone. A letter that is tried
//! again has another token.

use identity::link::{self, LinkPurpose};
use identity::{SignInLink, User};
use kernel::{Actor, CompanyNumber, Door, Faults, Id, Language, Tx};
use master::Company;
use processes::letters::Letter;
use serde_json::json;
use store::{Call, Due, Store};

use crate::dispatch::Consumer;
use crate::mail::Postman;
use crate::options::Serving;

/// Where the links of letters lead: what the installation was told, or this machine when it listens
/// to nobody else. Never what a browser says: whoever asks for a letter to someone else would choose
/// where its link leads. None when no letter can leave.
#[must_use]
pub fn reach(serving: &Serving, local: &str) -> Option<String> {
    serving.smtp.as_ref()?;
    let told = serving.address.as_ref().map(|told| told.trim_end_matches('/').to_owned());
    told.or_else(|| serving.listen.ip().is_loopback().then(|| local.to_owned()))
}

/// The consumer that writes to those who choose a password.
pub struct Links {
    store: Store,
    postman: Option<Postman>,
}

impl Links {
    #[must_use]
    pub fn new(store: Store, postman: Option<Postman>) -> Self {
        Self { store, postman }
    }

    /// The letter, with a token drawn for it; none when the link is spent, or no longer good.
    fn letter(&self, company: CompanyNumber, id: Id<SignInLink>) -> Result<Option<Letter>, Faults> {
        let actor = Actor::house(company, Door::Event);
        let chance = store::random_bytes::<32>()?;
        let call = Call::new(actor.clone());
        let drawn = self.store.command(call, move |tx| Ok(json!(link::draw(tx, id, chance)?)))?;
        let Some(token) = drawn.as_str() else { return Ok(None) };
        self.store.read(&actor, |tx| Ok(Some(written(tx, id, token)?)))
    }
}

impl Consumer for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn wants(&self, event: &str) -> bool {
        event == link::ASKED
    }

    fn handle(&self, company: CompanyNumber, due: &Due) -> Result<(), String> {
        let Some(postman) = &self.postman else { return Ok(()) };
        if crate::dispatch::is_shown_only(&self.store, company)? {
            return Ok(());
        }
        let Some(id) = due.told.about.as_a::<SignInLink>() else { return Ok(()) };
        let letter = self.letter(company, id).map_err(|faults| format!("{:?}", faults.codes()))?;
        let Some(letter) = letter else { return Ok(()) };
        let domain = letter.from.rsplit('@').next().unwrap_or("localhost");
        let tried = due.attempts;
        let message_id = format!("<comptoir-link-{}-{}-{tried}@{domain}>", company.0, due.told.seq);
        postman.post(&letter, &message_id)
    }
}

fn written(tx: &mut Tx<'_>, id: Id<SignInLink>, token: &str) -> Result<Letter, Faults> {
    let link = tx.get(id)?;
    let user = tx.get(link.user)?;
    let company = tx.first::<Company>(kernel::Filter::everything())?;
    let name =
        company.as_ref().map_or_else(|| "Comptoir".to_owned(), |company| company.name.clone());
    let host = link.origin.split("://").nth(1).unwrap_or("localhost");
    let host = host.split([':', '/']).next().unwrap_or("localhost");
    let from = company.as_ref().and_then(|company| company.email.clone());
    let (subject, text) = words(&user, link.purpose, &name, &link.address(token));
    Ok(Letter {
        from: from.unwrap_or_else(|| format!("comptoir@{host}")),
        from_name: name,
        to_name: user.name.clone(),
        to: user.email.clone(),
        subject,
        text,
        attachments: Vec::new(),
    })
}

fn words(user: &User, purpose: LinkPurpose, house: &str, address: &str) -> (String, String) {
    let name = &user.name;
    match (user.language.language(), purpose) {
        (Language::French, LinkPurpose::Invitation) => (
            format!("Votre accès à Comptoir, {house}"),
            format!(
                "Bonjour {name},\n\nUn accès à Comptoir vous est ouvert par {house}. Choisissez \
                 votre mot de passe ici, dans les trois jours :\n\n{address}\n\nLe lien sert une \
                 seule fois."
            ),
        ),
        (Language::English, LinkPurpose::Invitation) => (
            format!("Your access to Comptoir, {house}"),
            format!(
                "Hello {name},\n\n{house} has opened Comptoir to you. Choose your password here, \
                 within three days:\n\n{address}\n\nThe link works once."
            ),
        ),
        (Language::French, LinkPurpose::Reset) => (
            "Un nouveau mot de passe pour Comptoir".to_owned(),
            format!(
                "Bonjour {name},\n\nQuelqu’un, vous sans doute, a demandé un nouveau mot de passe. \
                 Choisissez-le ici, dans le quart d’heure :\n\n{address}\n\nLe lien sert une seule \
                 fois. Si ce n’était pas vous, ne faites rien : rien ne change."
            ),
        ),
        (Language::English, LinkPurpose::Reset) => (
            "A new password for Comptoir".to_owned(),
            format!(
                "Hello {name},\n\nSomeone, you no doubt, asked for a new password. Choose it here, \
                 within a quarter of an hour:\n\n{address}\n\nThe link works once. If it was not \
                 you, do nothing: nothing changes."
            ),
        ),
    }
}
