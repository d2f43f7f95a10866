//! Fields changed where they stand, what was done taken back, many records at once.

use axum::http::{StatusCode, header};
use identity::Role;
use kernel::{Id, RawId};
use serde_json::json;

use crate::app::{App, Gadget, Page, gadget};

impl App {
    /// What a script asks for: the cell alone.
    async fn cell(&self, path: &str) -> Page {
        self.fragment(path, None).await
    }

    async fn save(&self, path: &str, pairs: &[(&str, &str)]) -> Page {
        self.fragment(path, Some(pairs)).await
    }

    async fn fragment(&self, path: &str, pairs: Option<&[(&str, &str)]>) -> Page {
        let session = self.session.as_deref().unwrap().split_once('=').unwrap().1;
        let token = web::door::form_token(session);
        let headers = [("sec-fetch-site", "same-origin"), ("x-fragment", "cell")];
        match pairs {
            Some(pairs) => {
                let mut all = vec![("token", token.as_str())];
                all.extend_from_slice(pairs);
                self.post_raw(path, &all, &headers).await
            }
            None => self.get_with(path, &headers).await,
        }
    }

    fn name_of(&self, id: &str) -> String {
        self.record(id).name
    }

    fn record(&self, id: &str) -> Gadget {
        let id: Id<Gadget> = Id::from_raw(RawId::parse(id).unwrap());
        let house = kernel::Actor::house(self.company, kernel::Door::Console);
        self.store.read(&house, |tx| Ok(tx.get(id)?.into_inner())).unwrap()
    }
}

/// The value of a cookie that an answer sets.
pub fn cookie(page: &Page, name: &str) -> Option<String> {
    let set = page.headers.get_all(header::SET_COOKIE).iter();
    set.filter_map(|value| value.to_str().ok()?.split(';').next()?.split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned())
}

#[tokio::test]
async fn a_cell_opens_is_saved_and_is_refused_with_its_reason() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let path = format!("/gadgets/{id}/cell/price");
    app.get("/gadgets").await.has(&format!("data-cell=\"{path}?list\""));
    app.get(&format!("/gadgets/{id}")).await.has(&format!("data-cell=\"{path}\""));
    // Without scripts the record's form does the same.
    let plain = app.get(&path).await;
    assert_eq!(plain.location(), format!("/gadgets/{id}/edit#f-price"));
    let open = app.cell(&path).await;
    assert_eq!(open.status, StatusCode::OK);
    open.has("name=\"price\"");
    open.has_not("<html");
    let (version, was) = (open.hidden("version"), open.hidden("was"));
    let sent = [("version", version.as_str()), ("was", was.as_str()), ("price", "12,50")];
    let saved = app.save(&path, &sent).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    saved.has("12,50");
    saved.has("action=\"/undo\"");
    let refused = app.save(&path, &[("price", "-1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.has("class=\"error\"");
    refused.has("value=\"-1\"");
    // What Comptoir keeps, what is hidden, what does not exist has no cell.
    for name in ["state", "recipe", "parts", "colour"] {
        let none = app.cell(&format!("/gadgets/{id}/cell/{name}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{name}");
        none.has_not("<html");
    }
    app.post(&format!("/gadgets/{id}/do/finish"), &[]).await;
    let done = app.save(&path, &[("price", "1")]).await;
    assert_eq!(done.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.get("/gadgets").await.has_not("data-cell=");
}

#[tokio::test]
async fn two_people_in_two_cells_both_win_and_in_one_cell_the_second_is_asked() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let (name, price) = (format!("/gadgets/{id}/cell/name"), format!("/gadgets/{id}/cell/price"));
    let open = app.cell(&name).await;
    let seen = [("version", open.hidden("version")), ("was", open.hidden("was"))];
    let with = |text: &'static str| {
        let seen = seen.clone();
        [(seen[0].0, seen[0].1.clone()), (seen[1].0, seen[1].1.clone()), ("name", text.into())]
    };
    let pairs = |own: &'static str| with(own);
    assert_eq!(app.save(&price, &[("price", "3")]).await.status, StatusCode::OK);
    let first = pairs("Nappe ronde");
    let first: Vec<(&str, &str)> = first.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(app.save(&name, &first).await.status, StatusCode::OK);
    let record = app.record(&id);
    assert_eq!((record.name.as_str(), record.price.unwrap().minor), ("Nappe ronde", 300));
    let second = pairs("Nappe carrée");
    let second: Vec<(&str, &str)> = second.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let asked = app.save(&name, &second).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    asked.has("Nappe carrée");
    asked.has("<b>Nappe ronde</b>");
    let (version, was) = (asked.hidden("version"), asked.hidden("was"));
    let kept = [("version", version.as_str()), ("was", was.as_str()), ("name", "Nappe carrée")];
    assert_eq!(app.save(&name, &kept).await.status, StatusCode::OK);
    assert_eq!(app.name_of(&id), "Nappe carrée");
}

#[tokio::test]
async fn two_people_in_two_forms_both_win_where_they_changed_other_fields() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let path = format!("/gadgets/{id}");
    let form = app.get(&format!("{path}/edit")).await;
    let version = form.hidden("version");
    let theirs = app.post(&path, &[("version", &version), ("name", "Nappe"), ("price", "5")]).await;
    assert_eq!(theirs.status, StatusCode::SEE_OTHER, "{}", theirs.main());
    let mine = [("version", version.as_str()), ("name", "Nappe ronde"), ("price", "")];
    let mine = app.post(&path, &mine).await;
    assert_eq!(mine.status, StatusCode::SEE_OTHER, "{}", mine.main());
    let record = app.record(&id);
    assert_eq!((record.name.as_str(), record.price.unwrap().minor), ("Nappe ronde", 500));
    // The same field, changed twice: one is asked, with both values.
    let asked = app.post(&path, &[("version", &version), ("name", "Nappe ovale")]).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    asked.has("Nappe ovale");
    asked.has("Nappe ronde");
    // Lines that only one touched stay.
    let lines = [
        ("version", version.as_str()),
        ("lists", "parts"),
        ("parts.0.label", "Ourlet"),
        ("parts.0.quantity", "2"),
    ];
    let lines = app.post(&path, &lines).await;
    assert_eq!(lines.status, StatusCode::SEE_OTHER, "{}", lines.main());
    assert_eq!(app.name_of(&id), "Nappe ronde");
}

#[tokio::test]
async fn what_is_pasted_is_read_as_a_person_writes_it() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let paste = |field: &str, text: &'static str| {
        let path = format!("/gadgets/{id}/cell/{field}?list");
        let app = &app;
        async move { app.save(&path, &[("paste", text)]).await }
    };
    paste("made_on", "24/11/2026").await.has("24 nov. 2026");
    paste("price", "1 200,50 €").await.has("1\u{202f}200,50");
    paste("fragile", "oui").await.has("oui");
    let unknown = paste("workshop", "Nulle part").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    unknown.has("Nulle part");
    assert_eq!(app.record(&id).price.unwrap().minor, 120_050);
}

#[tokio::test]
async fn what_was_done_is_undone_from_the_toast_and_done_again() {
    let app = App::open(Role::Owner).await;
    let made = app.post("/gadgets", &[("name", "Nappe"), ("price", "10,00")]).await;
    let path = made.location().to_owned();
    let id = path.rsplit('/').next().unwrap().to_owned();
    let edited = app.post(&path, &[("name", "Nappe ronde"), ("fragile", "true")]).await;
    let line = cookie(&edited, "undo").unwrap();
    assert!(cookie(&edited, "flash").unwrap().contains('~'), "the toast offers the way back");
    let undone = app.post("/undo", &[("line", &line), ("back", &path)]).await;
    assert_eq!(undone.location(), path);
    let record = app.record(&id);
    assert_eq!((record.name.as_str(), record.fragile), ("Nappe", false));
    // Once only; but the undoing is undone.
    let twice = app.post("/undo", &[("line", &line)]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    twice.has("Nappe ronde");
    let flash = web::address::decoded(&cookie(&undone, "flash").unwrap()).unwrap();
    let redo = flash.split(['~', '|']).nth(1).unwrap().to_owned();
    assert_eq!(app.post("/undo", &[("line", &redo)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(app.name_of(&id), "Nappe ronde");
    // What is deleted comes back under its address; what was made goes.
    let deleted = app.post(&format!("{path}/delete"), &[]).await;
    let line = cookie(&deleted, "undo").unwrap();
    assert_eq!(app.get(&path).await.status, StatusCode::NOT_FOUND);
    app.post("/undo", &[("line", &line), ("back", "/gadgets")]).await;
    assert_eq!(app.get(&path).await.status, StatusCode::OK);
    let other = app.post("/gadgets", &[("name", "Set")]).await;
    let line = cookie(&other, "undo").unwrap();
    let gone = app.post("/undo", &[("line", &line), ("back", other.location())]).await;
    assert_eq!(gone.location(), "/gadgets");
    assert_eq!(app.get(other.location()).await.status, StatusCode::NOT_FOUND);
    // A form of another site undoes nothing.
    let foreign = app.post_raw("/undo", &[("line", &redo)], &[]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_history_offers_what_can_be_undone_and_what_is_finished_stays() {
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("Nappe"));
    let path = format!("/gadgets/{id}");
    app.post(&path, &[("name", "Nappe ronde")]).await;
    let history = app.get(&format!("{path}?tab=history")).await;
    history.has("action=\"/undo\"");
    let line = history.hidden("line");
    let back = history.hidden("back");
    let undone = app.post("/undo", &[("line", &line), ("back", &back)]).await;
    assert_eq!(undone.location(), format!("{path}?tab=history"));
    assert_eq!(app.name_of(&id), "Nappe");
    let finished = app.post(&format!("{path}/do/finish"), &[]).await;
    assert_eq!(cookie(&finished, "undo").as_deref(), Some(""), "the series ends");
    app.get(&format!("{path}?tab=history")).await.has_not("action=\"/undo\"");
}

#[tokio::test]
async fn who_may_not_edit_undoes_nothing() {
    let app = App::open(Role::Seller).await;
    let id = app.gadget(gadget("Nappe"));
    let line = {
        let about = kernel::Origin { entity: "gadget", id: RawId::parse(&id).unwrap() };
        app.store.audit(app.company, about, 1).unwrap()[0].seq.to_string()
    };
    let refused = app.post("/undo", &[("line", &line)]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(app.name_of(&id), "Nappe");
}

#[tokio::test]
async fn many_are_chosen_shown_before_and_after_and_handed_to_a_job() {
    let app = App::open(Role::Owner).await;
    let ids: Vec<String> = (0..3).map(|n| app.gadget(gadget(&format!("Nappe {n}")))).collect();
    app.gadget(gadget("Torchon"));
    app.post(&format!("/gadgets/{}/do/finish", ids[2]), &[]).await;
    let list = app.get("/gadgets?q=Nappe").await;
    list.has("formaction=\"/gadgets/bulk?q=Nappe\"");
    list.has("class=\"bulk\"");
    let path = "/gadgets/bulk?q=Nappe";
    let chosen = [("id", ids[0].as_str()), ("id", ids[2].as_str())];
    let first = app.post(path, &[chosen[0], chosen[1], ("do", "set")]).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.main());
    first.has("<b>2 fiches</b>");
    first.has("<b>3 fiches</b>");
    first.has("value=\"fragile\"");
    first.has_not("value=\"recipe\"");
    first.has_not("value=\"state\"");
    let value = app.post(path, &[chosen[0], ("do", "set"), ("field", "made_on")]).await;
    value.has("name=\"made_on\"");
    value.has("name=\"shown\"");
    let all = [("do", "set"), ("field", "made_on"), ("shown", "1"), ("which", "all")];
    let mut asked = all.to_vec();
    asked.extend([chosen[0], ("made_on", "2026-11-24")]);
    let preview = app.post(path, &asked).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.main());
    preview.has("24 nov. 2026");
    preview.has("Nappe 2");
    preview.has("Lancer (3 fiches)");
    assert_eq!(app.record(&ids[0]).made_on, None, "nothing has changed yet");
    let key = preview.hidden("key");
    asked.extend([("key", key.as_str()), ("go", "run")]);
    let run = app.post(path, &asked).await;
    assert_eq!(run.status, StatusCode::SEE_OTHER, "{}", run.main());
    let again = app.post(path, &asked).await;
    assert_eq!(again.location(), run.location(), "sent twice, it is one job");
    let page = app.get(run.location()).await;
    page.has("En attente");
    assert_eq!(page.headers[header::REFRESH], "1");
    page.has("Fait le — 3 fiches");
}

#[tokio::test]
async fn a_job_is_seen_by_who_asked_and_tells_its_refusals() {
    use kernel::Entity;
    use kernel::bulk::{BulkJob, BulkRefusal, BulkState};
    let app = App::open(Role::Owner).await;
    let id = app.gadget(gadget("=Nappe"));
    let asked = [("id", id.as_str()), ("do", "delete"), ("which", "chosen"), ("go", "run")];
    let run = app.post("/gadgets/bulk", &asked).await;
    let path = run.location().to_owned();
    let job: Id<BulkJob> = Id::from_raw(RawId::parse(path.rsplit('/').next().unwrap()).unwrap());
    let about = kernel::Origin { entity: Gadget::DEF.name, id: RawId::parse(&id).unwrap() };
    app.write(move |tx| {
        let mut kept = tx.lock(job)?;
        (kept.state, kept.refused) = (BulkState::Done, 1);
        tx.save(&kept)?;
        let faults = kernel::Fault::new("record.used").into();
        tx.insert(&BulkRefusal::new(job, about, "=Nappe".into(), &faults))?;
        Ok(json!(null))
    });
    let page = app.get(&path).await;
    page.has("D’autres fiches se rapportent");
    assert!(page.headers.get(header::REFRESH).is_none());
    let report = app.get(&format!("{path}/refusals.csv")).await;
    report.has("'=Nappe");
    report.has(&id);
    // Nothing was done, so that there is nothing to take back.
    page.has_not(&format!("{path}/undo"));
    let refused = app.post(&format!("{path}/undo"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = App { session: None, ..app }.enter("bob@ailleurs.example").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
}
