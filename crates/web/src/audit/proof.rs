//! The proof shown: of one line, and of the whole log.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{Fault, Text, sentence};
use maud::{Markup, html};
use store::audit::{Inclusion, Reach};
use store::tree::entry::Log;
use store::tree::note::{Checkpoint, encode};
use store::tree::verify::Verdict;
use store::tree::{Hash, included, node_hash};

use super::{AUDIT, RIGHT, State, TITLE, buttons, said};
use crate::answer::Answer;
use crate::door::Ask;
use crate::parts::{Column, Ledger, Row, Tone, banner, definitions, head, section};
use crate::posted::Posted;
use crate::words;

const SIZE: Text = Text::new("Taille de l’arbre", "Size of the tree");
const ROOT: Text = Text::new("Racine", "Root");
const NOTE: Text = Text::new("Point de contrôle signé", "Signed checkpoint");
const OFFLINE: Text = Text::new(
    "Pour ne croire personne : « comptoir audit export », puis « comptoir audit verify » avec la clé \
     publique et un point de contrôle gardé ailleurs.",
    "To trust nobody: “comptoir audit export”, then “comptoir audit verify” with the public key and a \
     checkpoint kept elsewhere.",
);

fn crumbs(ask: &Ask) -> Vec<(String, String)> {
    vec![
        (ask.say(words::SETTINGS).to_owned(), "/settings".to_owned()),
        (ask.say(TITLE).to_owned(), "/audit".to_owned()),
    ]
}

fn number(ask: &Ask, count: u64) -> String {
    ask.language.integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn hash(hash: &Hash) -> Markup {
    html! { code.hash { (encode(hash)) } }
}

/// A checkpoint as it was signed, and how one does without us.
fn note(ask: &Ask, note: &str) -> Markup {
    let text = html! { pre.note { (note) } p.muted { (ask.say(OFFLINE)) } };
    section(ask.say(NOTE), &html! {}, &text)
}

/// `POST /audit/verify`: seals what waits, hashes every line again, and compares.
pub async fn verify(posted: Posted) -> Answer {
    let ask = posted.ask;
    ask.may(RIGHT)?;
    let company = ask.actor.company;
    let judged = ask.visitor.waiting(move |state| {
        let (store, key) = (&state.store, state.store.audit_key());
        if let Some(key) = &key {
            store.seal_all(company, key, Reach::Near, &mut |_| {})?;
        }
        let public = key.map(|key| key.public(company.0));
        let verdict = store.judge_log(company, public.as_ref())?;
        Ok((verdict, State::of(store, company)?, public.map(|key| key.to_string())))
    });
    let (verdict, state, key) = judged.await.map_err(|faults| ask.refusal(faults))?;
    let title = ask.say(Text::new("Vérification du journal", "Verification of the log"));
    let whole = verdict.findings.is_empty();
    let body = html! {
        (head(&html! { (ask.say(TITLE)) }, title, &buttons(&ask), &[]))
        (told(&ask, &verdict))
        (state.drawn(&ask))
        (section(ask.say(Text::new("Ce qui a été recalculé", "What was computed again")), &html! {},
            &definitions(&[
                (ask.say(SIZE).to_owned(), Some(html! { (number(&ask, verdict.size)) })),
                (ask.say(ROOT).to_owned(), Some(hash(&verdict.root))),
                (
                    ask.say(Text::new("Lignes effacées", "Erased lines")).to_owned(),
                    Some(html! { (number(&ask, u64::try_from(verdict.erased.len()).unwrap_or(0))) }),
                ),
                (
                    ask.say(Text::new("Clé publique", "Public key")).to_owned(),
                    key.map(|key| html! { code.hash { (key) } }),
                ),
            ])))
        @if let Some(last) = &state.last { (note(&ask, &last.note)) }
    };
    let page = ask.page(AUDIT, crumbs(&ask), title, &body);
    Ok(if whole { page } else { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() })
}

fn told(ask: &Ask, verdict: &Verdict) -> Markup {
    if verdict.findings.is_empty() {
        let what = ask.say(Text::new("Le journal est intact.", "The log is whole."));
        let ends = ask.say(Text::new(
            "Chaque ligne a été hachée de nouveau ; chaque racine est celle qui a été signée.",
            "Every line was hashed again; every root is the one that was signed.",
        ));
        return banner(Tone::Done, what, &html! {}, ends, &[]);
    }
    let what = ask.say(Text::new("Le journal a été touché.", "The log was tampered with."));
    let said = html! {
        ul { @for fault in &verdict.findings { li { (sentence(fault, ask.language)) } } }
    };
    banner(Tone::Blocked, what, &said, "", &[])
}

/// `GET /audit/proof/{log}/{seq}`
pub async fn page(ask: Ask, Path((log, seq)): Path<(String, i64)>) -> Answer {
    ask.may(RIGHT)?;
    let unknown =
        || ask.refusal(Fault::new("path.unknown").with("path", ask.visitor.path.as_str()));
    let log = Log::of(&log).ok_or_else(unknown)?;
    let company = ask.actor.company;
    let proof = ask.visitor.waiting(move |state| {
        let (store, key) = (&state.store, state.store.audit_key());
        match (store.inclusion(company, log, seq), &key) {
            // What waits is sealed now: whoever asks need not wait for the minute.
            (Err(faults), Some(key)) if faults.has("audit.unsealed") => {
                store.seal_all(company, key, Reach::Near, &mut |_| {})?;
                store.inclusion(company, log, seq)
            }
            (proof, _) => proof,
        }
    });
    let proof = proof.await.map_err(|faults| ask.refusal(faults))?;
    let title = format!("{} № {seq}", ask.say(Text::new("Preuve de la ligne", "Proof of line")));
    let found = &proof.found;
    let own = found.entry.hash(&found.payload);
    let steps = steps(&proof, own);
    let root = steps.last().map_or(own, |step| step.gives);
    let signed = Checkpoint::of(&proof.checkpoint.note).map(|checkpoint| checkpoint.root);
    let holds = own == found.hash
        && signed.is_some_and(|root| {
            included(&own, found.leaf, proof.checkpoint.size, &proof.path, &root)
        });
    let body = html! {
        (head(&html! { (ask.say(TITLE)) }, &title, &html! {}, &[]))
        (verdict(&ask, holds))
        (section(ask.say(Text::new("La ligne", "The line")), &html! {}, &line(&ask, &proof, own)))
        (section(ask.say(Text::new("Le chemin jusqu’à la racine", "The path to the root")), &html! {},
            &path(&ask, &steps)))
        (section(ask.say(ROOT), &html! {}, &definitions(&[
            (ask.say(Text::new("Calculée ici", "Computed here")).to_owned(), Some(hash(&root))),
            (ask.say(Text::new("Signée", "Signed")).to_owned(), signed.as_ref().map(hash)),
            (ask.say(SIZE).to_owned(), Some(html! { (number(&ask, proof.checkpoint.size)) })),
        ])))
        (note(&ask, &proof.checkpoint.note))
    };
    let page = ask.page(AUDIT, crumbs(&ask), &title, &body);
    Ok(if holds { page } else { (StatusCode::UNPROCESSABLE_ENTITY, page).into_response() })
}

fn verdict(ask: &Ask, holds: bool) -> Markup {
    if holds {
        let what = ask.say(Text::new("La ligne est prouvée.", "The line is proved."));
        let ends = ask.say(Text::new(
            "Son empreinte mène à la racine signée : elle n’a pas changé depuis.",
            "Its hash leads to the signed root: it has not changed since.",
        ));
        banner(Tone::Done, what, &html! {}, ends, &[])
    } else {
        let what = ask.say(Text::new("La preuve ne tient pas.", "The proof does not hold."));
        banner(Tone::Blocked, what, &html! {}, "", &[])
    }
}

fn line(ask: &Ask, proof: &Inclusion, own: Hash) -> Markup {
    let entry = &proof.found.entry;
    let say = |fr, en| ask.say(Text::new(fr, en)).to_owned();
    let kind = ask.state.catalog.entity(&entry.entity);
    let kind = kind.map_or(entry.entity.as_str(), |def| def.label.say(ask.language));
    definitions(&[
        (say("Quand", "When"), Some(html! { (ask.language.instant(entry.at)) })),
        (say("Acte", "Act"), Some(html! { (said::did(&entry.verb, ask.language)) " " (kind) })),
        (
            say("Place dans l’arbre", "Place in the tree"),
            Some(html! { (number(ask, proof.found.leaf)) }),
        ),
        (say("Empreinte", "Hash"), Some(hash(&own))),
    ])
}

/// One step of the path: what stands beside, on which side, and what both give.
struct Step {
    beside: Hash,
    at_left: bool,
    gives: Hash,
}

/// The steps from a leaf to the root: RFC 9162, 2.1.3.2.
fn steps(proof: &Inclusion, own: Hash) -> Vec<Step> {
    let (mut place, mut last) = (proof.found.leaf, proof.checkpoint.size.saturating_sub(1));
    let (mut known, mut out) = (own, Vec::new());
    for beside in &proof.path {
        let at_left = place % 2 == 1 || place == last;
        known = if at_left { node_hash(beside, &known) } else { node_hash(&known, beside) };
        if at_left {
            while place % 2 == 0 && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        }
        (place, last) = (place / 2, last / 2);
        out.push(Step { beside: *beside, at_left, gives: known });
    }
    out
}

fn path(ask: &Ask, steps: &[Step]) -> Markup {
    use maud::Render;
    let columns = vec![
        Column::text(ask.say(Text::new("Côté", "Side"))),
        Column::title(ask.say(Text::new("Empreinte voisine", "Hash beside"))),
        Column::quiet(ask.say(Text::new("Donne", "Gives"))).room(920),
        Column::quiet("").grow(),
    ];
    let side = |at_left: bool| {
        ask.say(if at_left { Text::new("gauche", "left") } else { Text::new("droite", "right") })
    };
    let rows = steps.iter().map(|step| {
        Row::new(vec![
            html! { (side(step.at_left)) },
            hash(&step.beside),
            hash(&step.gives),
            html! {},
        ])
    });
    let label = ask.say(Text::new("Chemin", "Path"));
    let nothing = Text::new("Seule ligne de l’arbre.", "The only line of the tree.");
    Ledger::new(ask.language, label, columns)
        .rows(rows)
        .empty(crate::parts::empty(ask.say(nothing), "", &[]))
        .render()
}
