//! Deleting a record: the question, then the deed, which can be undone.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kernel::work::not_found;
use kernel::{EntityDef, Faults, Origin, Row, edit};
use maud::html;
use serde_json::Value as Json;

use super::{id_of, refusals};
use crate::answer::{self, Answer};
use crate::door::{Ask, new_key};
use crate::parts::{Button, head, hidden};
use crate::posted::Posted;
use crate::titles::title_of;
use crate::{form, show, words};

/// `GET /{plural}/{id}/delete`: the question.
pub async fn ask_delete(ask: Ask, Path((plural, id)): Path<(String, String)>) -> Answer {
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.delete", def.name))?;
    let id = id_of(&ask, def, &id)?;
    let seen = ask
        .read(move |tx, _| {
            let row = tx.row(def, id)?.ok_or_else(|| not_found(def, id))?;
            (def.editable)(&row.values)?;
            Ok(row)
        })
        .await?;
    Ok(question(&ask, def, &seen, &Faults::default()))
}

fn question(ask: &Ask, def: &'static EntityDef, row: &Row, faults: &Faults) -> Response {
    let href = show::href(def, row.id);
    let name = title_of(def, row, ask.language);
    let crumbs = vec![
        (def.labels.say(ask.language).to_owned(), format!("/{}", def.plural)),
        (name.clone(), href.clone()),
    ];
    let version = row.version.to_string();
    let body = html! {
        (head(&html! { (def.label.say(ask.language)) }, &name, &html! {}, &[]))
        (refusals(ask, faults))
        form.form method="post" action={ (href) "/delete" } {
            (hidden(&[
                ("token", ask.token.as_str()),
                ("key", new_key().as_str()),
                ("version", version.as_str()),
            ]))
            div.prose { p.b { (ask.say(words::SURE)) } p { (ask.say(words::SURE_WHY)) } }
            div.acts {
                (Button::submit(ask.say(words::DELETE)).danger())
                (Button::link(ask.say(words::CANCEL), href.as_str()))
            }
        }
    };
    ask.page(def.plural, crumbs, ask.say(words::DELETE), &body)
}

/// `POST /{plural}/{id}/delete`.
pub async fn delete(Path((plural, id)): Path<(String, String)>, posted: Posted) -> Answer {
    let Posted { ask, fields } = posted;
    let def = ask.state.plural(&plural).map_err(|fault| ask.refusal(fault))?;
    ask.may(&format!("{}.delete", def.name))?;
    let id = id_of(&ask, def, &id)?;
    let (catalog, since) = (ask.state.catalog, store::now());
    let done = ask
        .command(&fields, move |tx, actor, fields| {
            edit::delete(catalog, tx, actor, def, id, form::version(fields)?)?;
            Ok(Json::Null)
        })
        .await;
    match done {
        Ok(_) => {
            let list = format!("/{}", def.plural);
            let about = Origin { entity: def.name, id };
            Ok(ask.go_having(&list, ask.say(words::DELETED), about, since).await)
        }
        Err(faults) => {
            let row = ask
                .read(move |tx, _| Ok(tx.row(def, id)?.ok_or_else(|| not_found(def, id))?))
                .await?;
            let status = answer::status(&faults);
            Ok((status, question(&ask, def, &row, &faults)).into_response())
        }
    }
}
