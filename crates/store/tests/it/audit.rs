//! The audit sealed into its tree, proved, tampered with, and erased.

use kernel::{Fault, Origin};
use serde_json::json;
use store::audit::{Access, Reach, Wanted};
use store::tree::entry::Log;
use store::tree::note::SigningKey;
use store::tree::{consistent, included};

use crate::world::{Genre, World, on_both};

fn key() -> SigningKey {
    SigningKey::new([1; 8], [2; 32]).unwrap()
}

/// Books, and someone who looks at them: 3 lines a book.
fn filled(world: &World, count: i64) {
    let from = world.store.last_line(world.actor.company).unwrap();
    for rank in 0..count {
        let id = world.add(&format!("Livre {from} {rank}"), Genre::Novel, 1200 + rank).unwrap();
        let opened = Access::new("opened", "book").record(id.raw());
        world.store.note(&world.actor, opened.clone());
        // Seen again a moment later: the same line.
        world.store.note(&world.actor, opened);
    }
}

/// Seals until nothing waits: on PostgreSQL a line stays behind the oldest transaction of the whole
/// server, tests beside this one included. Tells how many lines it sealed.
fn seal(world: &World) -> usize {
    let (store, company) = (&world.store, world.actor.company);
    let size = || store.checkpoint(company).unwrap().map_or(0, |last| last.size as usize);
    let before = size();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while store.unsealed(company).unwrap().0 > 0 {
        store.seal(company, &key(), Reach::All).unwrap();
        assert!(std::time::Instant::now() < end, "lines wait for ever");
        std::thread::yield_now();
    }
    size() - before
}

fn codes(findings: &[Fault]) -> Vec<&'static str> {
    findings.iter().map(|fault| fault.code).collect()
}

#[test]
fn each_line_is_sealed_once_and_proved() {
    on_both(|world| {
        let (store, company) = (&world.store, world.actor.company);
        filled(&world, 300);
        assert_eq!(store.unsealed(company).unwrap(), (600, None));
        assert_eq!(seal(&world), 600);
        assert_eq!(store.seal(company, &key(), Reach::Near).unwrap(), None);
        let first = store.checkpoint(company).unwrap().unwrap();
        filled(&world, 5);
        store.note_later(&world.actor, Access::new("listed", "book").detail(json!({"rows": 9})));
        store.note_later(&world.actor, Access::new("listed", "book").detail(json!({"rows": 8})));
        store.write_noted().unwrap();
        assert_eq!(seal(&world), 11);
        let last = store.checkpoint(company).unwrap().unwrap();
        assert_eq!((first.size, last.size), (600, 611));

        let public = key().public(company.0);
        let (was, is) = (public.open(&first.note).unwrap(), public.open(&last.note).unwrap());
        let proof = store.consistency(company, 600, 611).unwrap();
        assert!(consistent((600, &was.root), (611, &is.root), &proof.path));
        assert_eq!((proof.from_root, proof.to_root), (was.root, is.root));
        assert_eq!(store.root(company).unwrap().unwrap().1, is.root);
        for log in Log::ALL {
            let proof = store.inclusion(company, log, 3).unwrap();
            let hash = proof.found.entry.hash(&proof.found.payload);
            assert!(included(&hash, proof.found.leaf, 611, &proof.path, &is.root));
        }
        let missing = store.inclusion(company, Log::Change, 99_999).unwrap_err();
        assert!(missing.has("audit.no_line"));
        filled(&world, 1);
        let waits = store.last_line(company).unwrap();
        assert!(store.inclusion(company, Log::Change, waits).unwrap_err().has("audit.unsealed"));

        let verdict = store.judge_log(company, Some(&public)).unwrap();
        assert_eq!(codes(&verdict.findings), [""; 0]);
        assert_eq!((verdict.size, verdict.held, verdict.root), (611, 611, is.root));
    });
}

#[test]
fn two_sealers_seal_each_line_once() {
    on_both(|world| {
        let (store, company) = (&world.store, world.actor.company);
        filled(&world, 200);
        std::thread::scope(|scope| {
            let all = || store.seal_all(company, &key(), Reach::All, &mut |_| {}).unwrap();
            (0..4).for_each(|_| drop(scope.spawn(all)));
        });
        seal(&world);
        let verdict = store.judge_log(company, Some(&key().public(company.0))).unwrap();
        assert_eq!((verdict.size, codes(&verdict.findings)), (400, vec![]));
    });
}

#[test]
fn personal_data_is_erased_and_the_tree_stands() {
    on_both(|world| {
        let (store, company) = (&world.store, world.actor.company);
        let id = world.add("Mémoires", Genre::Essay, 900).unwrap();
        let about = Origin { entity: "book", id: id.raw() };
        store.note(&world.actor, Access::new("opened", "book").record(id.raw()));
        filled(&world, 3);
        seal(&world);
        let before = store.root(company).unwrap().unwrap().1;
        let proved = store.inclusion(company, Log::Change, 1).unwrap();
        assert_eq!(store.erase(&world.actor, about, "demandé").unwrap().lines, 2);
        assert_eq!(store.erase(&world.actor, about, "demandé").unwrap().lines, 0);
        let line = store.audit(company, about, 9).unwrap().pop().unwrap();
        assert_eq!((line.actor_name.as_str(), line.changes), ("", json!({})));
        assert_eq!(store.root(company).unwrap().unwrap().1, before);
        let again = store.inclusion(company, Log::Change, 1).unwrap();
        assert_eq!(again.path, proved.path);
        assert_eq!(again.found.entry.hash(&again.found.payload), proved.found.hash);
        seal(&world);
        let verdict = store.judge_log(company, Some(&key().public(company.0))).unwrap();
        assert_eq!(codes(&verdict.findings), [""; 0]);
        assert_eq!(verdict.erased.len(), 2);
    });
}

#[test]
fn lines_are_found_by_person_record_and_act_sealed_or_not() {
    on_both(|mut world| {
        let anne = kernel::RawId([7; 16]);
        filled(&world, 3);
        world.actor.user = Some(anne);
        filled(&world, 3);
        seal(&world);
        filled(&world, 2);
        let (store, company) = (&world.store, world.actor.company);
        let find = |wanted: Wanted| {
            let lines = store.audit_lines(company, &wanted).unwrap();
            lines.iter().map(|line| (line.entry.log, line.entry.verb.clone())).collect::<Vec<_>>()
        };
        let hers = Wanted { actor: Some(anne), ..Wanted::default() };
        assert_eq!(find(hers.clone()).len(), 10);
        let opened = Wanted { verb: Some("opened".into()), ..hers.clone() };
        assert_eq!(find(opened), vec![(Log::Access, "opened".to_owned()); 5]);
        assert_eq!(find(Wanted { limit: 4, ..hers.clone() }).len(), 4);
        let all = store.audit_lines(company, &Wanted::default()).unwrap();
        assert_eq!(all.len(), 16);
        let record = all[0].entry.record;
        assert_eq!(find(Wanted { record, ..Wanted::default() }).len(), 2);
        let seqs = |log| all.iter().filter(move |line| line.entry.log == log);
        let before = Log::ALL.map(|log| seqs(log).map(|line| line.entry.seq).max().unwrap());
        assert_eq!(find(Wanted { before, ..Wanted::default() }).len(), 14);
        let late = Wanted { from: Some(kernel::Instant(i64::MAX)), ..Wanted::default() };
        assert_eq!(find(late), vec![]);
        assert_eq!(find(Wanted { entity: Some("chapter".into()), ..hers }), vec![]);
    });
}
