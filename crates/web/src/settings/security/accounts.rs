//! The accounts of providers that one has linked: by them, one comes in.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use identity::{IdentityProvider, LinkedAccount, provider};
use kernel::{Entity, Id, Kept, RawId, Text};
use maud::{Markup, html};
use serde_json::json;

use super::{PLACE, me, proven};
use crate::WebState;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{Button, Column, Fold, Ledger, Row, Tone};
use crate::posted::Posted;
use crate::sign_in::provider::{Purpose, leave};

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route("/me/security/accounts/link/{provider}", post(link))
        .route("/me/security/accounts/{id}/unlink", post(unlink))
}

/// What stands on the page of one's security, where there is a provider.
pub(super) fn section(
    ask: &Ask,
    providers: &[Kept<IdentityProvider>],
    accounts: &[Kept<LinkedAccount>],
) -> Markup {
    let free = providers
        .iter()
        .filter(|provider| accounts.iter().all(|account| account.provider != provider.id));
    let mine = ask.say(Text::new("Lier mon compte", "Link my account"));
    html! {
        @if accounts.is_empty() {
            p.prose { (ask.say(Text::new(
                "Un compte lié ouvre Comptoir sans mot de passe d’ici.",
                "A linked account opens Comptoir without a password of its own.",
            ))) }
        } @else { (ledger(ask, providers, accounts)) }
        div.acts.mt {
            @for provider in free {
                (Button::post(
                    format!("{mine} {}", provider.name),
                    format!("/me/security/accounts/link/{}", provider.id),
                )
                .hidden("token", &ask.token))
            }
        }
    }
}

fn ledger(
    ask: &Ask,
    providers: &[Kept<IdentityProvider>],
    accounts: &[Kept<LinkedAccount>],
) -> Markup {
    let columns = vec![
        Column::title(ask.say(Text::new("Compte", "Account"))).grow(),
        Column::text(ask.say(Text::new("Fournisseur", "Provider"))).fold(Fold::Number),
        Column::quiet(ask.say(Text::new("Utilisé le", "Last used"))),
        Column::text("").fold(Fold::Marks),
    ];
    let unlink = Text::new("Délier", "Unlink");
    let rows = accounts.iter().map(|account| {
        let provider = providers.iter().find(|provider| provider.id == account.provider);
        let used = account.last_used.map(|at| ask.language.instant(at));
        let used = used.unwrap_or_else(|| ask.say(Text::new("pas encore", "not yet")).to_owned());
        Row::new(vec![
            html! { (account.called) },
            html! { (provider.map_or("", |provider| provider.name.as_str())) },
            html! { (used) },
            html! { span.acts {
                (Button::post(ask.say(unlink), format!("/me/security/accounts/{}/unlink", account.id))
                    .hidden("token", &ask.token)
                    .small())
            } },
        ])
    });
    let label = LinkedAccount::DEF.labels.say(ask.language);
    html! { (Ledger::new(ask.language, label, columns).rows(rows)) }
}

/// `POST …/link/{provider}`: off to the provider, to come back with an account.
async fn link(Path(id): Path<String>, posted: Posted) -> Result<Response, answer::Refused> {
    let ask = posted.ask;
    proven(&ask)?;
    let user = me(&ask)?;
    let session = ask.visitor.session.clone().unwrap_or_default();
    let left = leave(&ask.visitor, &id, Purpose::Link { user, session }).await;
    left.map_err(|faults| ask.refusal(faults))
}

/// `POST …/{id}/unlink`.
async fn unlink(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    proven(&ask)?;
    let user = me(&ask)?;
    let id = RawId::parse(&id).map(Id::from_raw).map_err(|fault| ask.refusal(fault))?;
    let unlinked = ask.command(&fields, move |tx, _, _| {
        provider::unlink(tx, user, id)?;
        Ok(json!(null))
    });
    unlinked.await.map_err(|faults| ask.refusal(faults))?;
    let said = Text::new("Le compte n’est plus lié.", "The account is linked no more.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
}
