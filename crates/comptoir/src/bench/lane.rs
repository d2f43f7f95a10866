//! The two ways in: HTTP, and the store itself.

use std::time::Duration;

use kernel::{Actor, Catalog, Fault, Faults, Inputs, RawId, Value, edit, json};
use serde_json::{Value as Json, json};
use store::{Call, Store};

/// Where a measured client sends its commands.
pub trait Lane: Send {
    /// Makes a record of the entity; returns its id.
    ///
    /// # Errors
    /// The refusal.
    fn create(&mut self, entity: &str, body: Json, key: &str) -> Result<String, Faults>;
    /// Runs an act; returns the id of what it made, or of its record.
    ///
    /// # Errors
    /// The refusal.
    fn act(
        &mut self,
        entity: &str,
        id: &str,
        act: &str,
        inputs: Json,
        key: &str,
    ) -> Result<String, Faults>;
}

/// One keep-alive connection to a running server.
pub struct Http {
    agent: ureq::Agent,
    base: String,
    token: String,
    catalog: &'static Catalog,
}

impl Http {
    #[must_use]
    pub fn new(catalog: &'static Catalog, base: &str, token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .build();
        let (base, token) = (base.to_owned(), format!("Bearer {token}"));
        Self { agent: config.into(), base, token, catalog }
    }

    fn post(&self, path: &str, body: &Json, key: &str) -> Result<Json, Faults> {
        let failed = |said: String| Fault::new("bench.http").with("said", said);
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("authorization", &self.token)
            .header("idempotency-key", key)
            .send_json(body)
            .map_err(|error| failed(error.to_string()))?;
        let text = answer.body_mut().read_to_string().map_err(|error| failed(error.to_string()))?;
        if !answer.status().is_success() {
            return Err(failed(format!("{path}: {} {text}", answer.status())).into());
        }
        Ok(serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?)
    }

    fn plural(&self, entity: &str) -> &'static str {
        self.catalog.entity(entity).map_or("", |def| def.plural)
    }
}

fn id_in(answer: &Json) -> String {
    let made = answer["made"]["id"].as_str();
    let own = answer["id"].as_str().or_else(|| answer["record"]["id"].as_str());
    made.or(own).unwrap_or_default().to_owned()
}

impl Lane for Http {
    fn create(&mut self, entity: &str, body: Json, key: &str) -> Result<String, Faults> {
        Ok(id_in(&self.post(&format!("/api/{}", self.plural(entity)), &body, key)?))
    }

    fn act(
        &mut self,
        entity: &str,
        id: &str,
        act: &str,
        inputs: Json,
        key: &str,
    ) -> Result<String, Faults> {
        let path = format!("/api/{}/{id}/{act}", self.plural(entity));
        Ok(id_in(&self.post(&path, &inputs, key)?))
    }
}

/// Commands handed to the store.
pub struct InProcess {
    pub store: Store,
    pub actor: Actor,
}

impl Lane for InProcess {
    fn create(&mut self, entity: &str, body: Json, key: &str) -> Result<String, Faults> {
        let catalog = self.store.catalog();
        let def = catalog.entity(entity).ok_or(Fault::new("not_found"))?;
        let actor = self.actor.clone();
        let made = self.store.command(Call::new(self.actor.clone()).key(key), move |tx| {
            let members = body.as_object().cloned().unwrap_or_default();
            let draft = edit::Draft::of_json(catalog, def, &members, tx)?;
            Ok(edit::create(catalog, tx, &actor, def, &draft)?.to_string().into())
        })?;
        Ok(made.as_str().unwrap_or_default().to_owned())
    }

    fn act(
        &mut self,
        entity: &str,
        id: &str,
        act: &str,
        inputs: Json,
        key: &str,
    ) -> Result<String, Faults> {
        let catalog = self.store.catalog();
        let action = catalog.action(entity, act).ok_or(Fault::new("not_found"))?;
        let (raw, actor) = (RawId::parse(id)?, self.actor.clone());
        let made = self.store.command(Call::new(self.actor.clone()).key(key), move |tx| {
            let mut values = Vec::new();
            for field in action.inputs {
                let given = inputs.get(field.name).unwrap_or(&Json::Null);
                values.push((field.name, json::to_value(field, given, tx.currency())?));
            }
            values.retain(|(_, value)| *value != Value::Null);
            let made = catalog.run(tx, &actor, action, raw, &Inputs(values))?;
            Ok(made.map_or(json!(raw.to_string()), |origin| json!(origin.id.to_string())))
        })?;
        Ok(made.as_str().unwrap_or_default().to_owned())
    }
}
