//! Who vouches for people: the providers of OpenID Connect that one may sign in by.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use identity::{IdentityProvider, LinkedAccount, Role, User, provider};
use kernel::{Entity, Fault, Faults, Filter, Id, Kept, RawId, Text, Tx};
use maud::{Markup, html};
use serde_json::json;

use super::{PLACE, RIGHT};
use crate::WebState;
use crate::address::Fields;
use crate::answer::{self, Answer};
use crate::door::Ask;
use crate::parts::{
    Button, Column, Field, Fold, Ledger, Row, Tone, error_summary, head, hidden, state,
};
use crate::posted::Posted;
use crate::sign_in::provider::{redirect, try_out};
use crate::words;

const NEW: &str = "/settings/sign-in/providers/new";
const ADD: Text = Text::new("Ajouter un fournisseur d’identité", "Add an identity provider");

pub(super) fn routes() -> Router<WebState> {
    Router::new()
        .route(NEW, get(blank).post(add))
        .route("/settings/sign-in/providers/{id}", get(edit).post(save))
        .route("/settings/sign-in/providers/{id}/delete", post(remove))
}

/// The section of the page on what the sign-in asks.
pub(super) fn section(ask: &Ask, providers: &[Kept<IdentityProvider>]) -> Markup {
    let why = Text::new(
        "Les personnes entrent par le compte qu’elles ont déjà chez vous (OpenID Connect : Microsoft \
         Entra, Google, Keycloak…). Chacune lie le sien dans Ma sécurité, ou en acceptant son \
         invitation : une adresse électronique ne suffit pas à reconnaître quelqu’un.",
        "People come in by the account they have with you already (OpenID Connect: Microsoft \
         Entra, Google, Keycloak…). Each links their own in My security, or by accepting their \
         invitation: an e-mail address is not enough to recognise someone by.",
    );
    html! {
        p.prose.muted.mb { (ask.say(why)) }
        @if !providers.is_empty() { (ledger(ask, providers)) }
        div.acts.mt { (Button::link(ask.say(ADD), NEW)) }
    }
}

fn ledger(ask: &Ask, providers: &[Kept<IdentityProvider>]) -> Markup {
    let columns = vec![
        Column::title(ask.say(words::NAME)).grow(),
        Column::text(ask.say(Text::new("Émetteur", "Issuer"))).fold(Fold::Number),
        Column::text("").fold(Fold::Marks),
    ];
    let rows = providers.iter().map(|provider| {
        let on = Text::new("actif", "on");
        let off = Text::new("arrêté", "off");
        let shown = if provider.active { (Tone::Done, on) } else { (Tone::Watch, off) };
        Row::new(vec![
            html! { a href={ "/settings/sign-in/providers/" (provider.id) } { (provider.name) } },
            html! { (provider.issuer) },
            state(shown.0, ask.say(shown.1)),
        ])
    });
    let label = IdentityProvider::DEF.labels.say(ask.language);
    html! { (Ledger::new(ask.language, label, columns).rows(rows)) }
}

fn empty() -> IdentityProvider {
    IdentityProvider {
        name: String::new(),
        issuer: "https://".to_owned(),
        client_id: String::new(),
        client_secret: String::new(),
        only: false,
        active: true,
    }
}

async fn blank(ask: Ask) -> Answer {
    ask.may(RIGHT)?;
    Ok(page(&ask, None, &empty(), &Faults::default()))
}

async fn edit(Path(id): Path<String>, ask: Ask) -> Answer {
    ask.may(RIGHT)?;
    let id = of_path(&ask, &id)?;
    let kept = ask.read(move |tx, _| Ok(tx.get(id)?)).await?;
    Ok(page(&ask, Some(id), &kept, &Faults::default()))
}

fn of_path(ask: &Ask, id: &str) -> Result<Id<IdentityProvider>, answer::Refused> {
    RawId::parse(id).map(Id::from_raw).map_err(|fault| ask.refusal(fault))
}

fn page(
    ask: &Ask,
    id: Option<Id<IdentityProvider>>,
    shown: &IdentityProvider,
    faults: &Faults,
) -> Response {
    let title = if id.is_some() { shown.name.as_str() } else { ask.say(ADD) };
    let own = id.map_or(NEW.to_owned(), |id| format!("/settings/sign-in/providers/{id}"));
    let redirected = Text::new("Adresse de retour", "Redirect address");
    let given = Text::new("à donner au fournisseur :", "to give to the provider:");
    let sure = Text::new(
        "Supprimer ce fournisseur ? Ceux qui n’entrent que par lui ne pourront plus entrer.",
        "Delete this provider? Those who come in by it alone will not be able to come in.",
    );
    let body = html! {
        (head(&html! {}, title, &html! {}, &[]))
        p { b { (ask.say(redirected)) } ", " (ask.say(given)) " " (shown_redirect(ask)) }
        form.form.mt method="post" action=(own) {
            (hidden(&[("token", ask.token.as_str())]))
            (error_summary(ask.language, &errors(ask, faults)))
            (fields(ask, shown, id.is_some(), faults))
            div.acts {
                (Button::submit(ask.say(words::SAVE)).primary())
                (Button::link(ask.say(words::CANCEL), PLACE))
            }
        }
        @if id.is_some() {
            div.acts.mt {
                (Button::post(ask.say(words::DELETE), format!("{own}/delete"))
                    .hidden("token", &ask.token)
                    .confirm(ask.say(sure))
                    .danger())
            }
        }
    };
    let crumbs = vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ask.say(super::TITLE).to_owned(), PLACE.to_owned()),
    ];
    ask.page("settings", crumbs, title, &body)
}

fn shown_redirect(ask: &Ask) -> Markup {
    match redirect(&ask.visitor) {
        Ok(address) => html! { code.secret { (address) } },
        Err(fault) => html! { b { (kernel::sentence(&fault, ask.language)) } },
    }
}

fn errors(ask: &Ask, faults: &Faults) -> Vec<(String, String)> {
    let named = |fault: &Fault| fault.field.as_deref().unwrap_or("").to_owned();
    faults.0.iter().map(|fault| (named(fault), kernel::sentence(fault, ask.language))).collect()
}

fn fields(ask: &Ask, shown: &IdentityProvider, there: bool, faults: &Faults) -> Markup {
    let language = ask.language;
    let error = |name: &str| {
        let mut own = faults.0.iter().filter(|fault| fault.field.as_deref() == Some(name));
        own.next().map(|fault| kernel::sentence(fault, language))
    };
    let text = |name: &str, label: Text, value: &str| {
        let field = Field::text(language, name, ask.say(label)).value(value).required(true);
        field.error(error(name))
    };
    let name =
        Text::new("Le bouton dira : Se connecter avec…", "The button will say: Sign in with…");
    let issuer = Text::new(
        "Exactement comme il se nomme lui-même : https://login.exemple.fr",
        "Exactly as it names itself: https://login.example.com",
    );
    let kept = Text::new(
        "Laissez vide pour garder celui qu’il y a.",
        "Leave empty to keep the one there is.",
    );
    let only = Text::new("Seule entrée", "Only way in");
    let whom =
        Text::new("Pour ceux qui y ont lié un compte.", "For those who have an account linked.");
    let secret = Field::password(language, "client_secret", ask.say(SECRET), true);
    let secret = if there { secret.hint(ask.say(kept)) } else { secret };
    let flag = |name: &str, label: Text, on: bool| {
        Field::flag(language, name, ask.say(label)).value(if on { "true" } else { "" })
    };
    html! {
        div.fields {
            (text("name", words::NAME, &shown.name).hint(ask.say(name)).focus())
            (text("issuer", Text::new("Émetteur", "Issuer"), &shown.issuer).hint(ask.say(issuer)))
            (text("client_id", Text::new("Identifiant client", "Client ID"), &shown.client_id))
            (secret)
            (flag("only", only, shown.only).hint(ask.say(whom)).error(error("only")))
            (flag("active", Text::new("Actif", "Active"), shown.active))
        }
    }
}

const SECRET: Text = Text::new("Secret client", "Client secret");

/// What a form says; the secret that is there stays when none is typed.
fn typed(fields: &Fields, secret: &str) -> IdentityProvider {
    let text = |name: &str| fields.text(name).trim().to_owned();
    let on =
        |name: &str| fields.get(name).is_some_and(|value| !value.is_empty() && value != "false");
    let given = fields.get("client_secret").unwrap_or("").to_owned();
    IdentityProvider {
        name: text("name"),
        issuer: text("issuer"),
        client_id: text("client_id"),
        client_secret: if given.is_empty() { secret.to_owned() } else { given },
        only: on("only"),
        active: on("active"),
    }
}

async fn add(posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may(RIGHT)?;
    let wanted = typed(&fields, "");
    kept(&ask, None, wanted).await
}

async fn save(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may(RIGHT)?;
    let id = of_path(&ask, &id)?;
    let secret = ask.read(move |tx, _| Ok(tx.get(id)?.client_secret.clone())).await?;
    let wanted = typed(&fields, &secret);
    kept(&ask, Some(id), wanted).await
}

/// Keeps a provider that answers, and says of itself what it takes.
async fn kept(ask: &Ask, id: Option<Id<IdentityProvider>>, wanted: IdentityProvider) -> Answer {
    let tried = wanted.clone();
    let there = ask.visitor.waiting(move |state| {
        kernel::Rules::check(&tried)?;
        if tried.active {
            try_out(&state.outgoing, &tried).map_err(|fault| fault.on("issuer"))?;
        }
        Ok(())
    });
    let written = wanted.clone();
    let done = match there.await {
        Ok(()) => {
            // No key: what is remembered of a key must hold nothing of a secret.
            let keyless = Fields::default();
            let run = ask.command(&keyless, move |tx, _, _| {
                write(tx, id, &written)?;
                Ok(json!(null))
            });
            run.await
        }
        Err(faults) => Err(faults),
    };
    match done {
        Ok(_) => {
            let said = Text::new("Le fournisseur est enregistré.", "The provider is saved.");
            Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
        }
        Err(faults) => {
            Ok((answer::status(&faults), page(ask, id, &wanted, &faults)).into_response())
        }
    }
}

fn write(
    tx: &mut Tx<'_>,
    id: Option<Id<IdentityProvider>>,
    wanted: &IdentityProvider,
) -> Result<(), Faults> {
    match id {
        None => drop(tx.insert(wanted)?),
        Some(id) => {
            let mut there = tx.lock(id)?;
            *there = wanted.clone();
            tx.save(&there)?;
        }
    }
    if !wanted.only {
        return Ok(());
    }
    // Someone must be able to come in the day the provider is away.
    for owner in tx.find(User::ROLE.is(&Role::Owner) & User::ACTIVE.is(&true))? {
        if !provider::is_only_way(tx, owner.id)? {
            return Ok(());
        }
    }
    Err(Fault::new("provider.everyone").on("only").into())
}

/// `POST …/delete`: its linked accounts go with it.
async fn remove(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    ask.may(RIGHT)?;
    let id = of_path(&ask, &id)?;
    let removed = ask.command(&fields, move |tx, _, _| {
        for account in tx.find(LinkedAccount::PROVIDER.is(&id))? {
            tx.delete(account.id)?;
        }
        tx.delete(id)?;
        Ok(json!(null))
    });
    removed.await.map_err(|faults| ask.refusal(faults))?;
    let said = Text::new("Le fournisseur est supprimé.", "The provider is deleted.");
    Ok(ask.go_saying(PLACE, Tone::Done, ask.say(said)))
}

/// All of them.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Kept<IdentityProvider>>, Fault> {
    tx.find(Filter::everything())
}
