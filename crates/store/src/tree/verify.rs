//! A whole log judged, entry by entry, against checkpoints: which entry was changed, removed, added
//! or put elsewhere. It needs neither the server nor the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::Fault;
use serde_json::Value as Json;

use super::entry::{Entry, Log, Payload};
use super::note::Checkpoint;
use super::{Frontier, Hash};

/// An entry as it was found, at the place that it claims.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its place in the tree.
    pub leaf: u64,
    pub entry: Entry,
    pub payload: Payload,
    /// What stands there as the hash of its leaf.
    pub hash: Hash,
}

/// The verb of the act that erases lines, and says which.
const ERASED: &str = "erased";
/// The most findings told; what was overturned whole needs no more.
const MOST: usize = 100;
/// The most entries among which one that changed places is looked for.
const MOST_MOVED: usize = 200;

/// Judges a log while it is read.
#[derive(Debug)]
pub struct Verifier {
    /// The roots that must come out, by size.
    wanted: BTreeMap<u64, Vec<Hash>>,
    frontier: Frontier,
    /// Entries that came before others of smaller places.
    ahead: BTreeMap<u64, Hash>,
    /// Places that were passed over.
    missing: BTreeSet<u64>,
    /// Entries whose hash is not theirs.
    changed: Vec<Found>,
    /// By log, the number of its last entry, and those found after a greater one.
    last: HashMap<Log, i64>,
    out_of_order: Vec<(u64, Log, i64)>,
    erased: Vec<(u64, Log, i64)>,
    /// The lines that acts of erasing name.
    owned: BTreeSet<(Log, i64)>,
    findings: Vec<Fault>,
    /// The last size whose root was as wanted.
    held: u64,
    failed: bool,
}

/// What came out.
#[derive(Debug)]
pub struct Verdict {
    /// The entries read.
    pub size: u64,
    pub root: Hash,
    /// Up to which entry a checkpoint holds.
    pub held: u64,
    /// The entries whose personal data has been erased.
    pub erased: Vec<(u64, Log, i64)>,
    /// What is wrong; empty when nothing is.
    pub findings: Vec<Fault>,
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn about(code: &'static str, leaf: u64, log: Log, seq: i64) -> Fault {
    Fault::new(code).with("leaf", number(leaf)).with("log", log.name()).with("seq", seq)
}

impl Verifier {
    /// Judges against these checkpoints, whose signatures have been verified.
    #[must_use]
    pub fn new(checkpoints: &[Checkpoint]) -> Self {
        let mut wanted: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        for checkpoint in checkpoints {
            wanted.entry(checkpoint.size).or_default().push(checkpoint.root);
        }
        Self {
            wanted,
            frontier: Frontier::default(),
            ahead: BTreeMap::new(),
            missing: BTreeSet::new(),
            changed: Vec::new(),
            last: HashMap::new(),
            out_of_order: Vec::new(),
            erased: Vec::new(),
            owned: BTreeSet::new(),
            findings: Vec::new(),
            held: 0,
            failed: false,
        }
    }

    fn find(&mut self, fault: Fault) {
        if self.findings.len() < MOST {
            self.findings.push(fault);
        }
    }

    /// A checkpoint that came with the log, its signature verified: its root must come out.
    pub fn want(&mut self, checkpoint: &Checkpoint) {
        self.wanted.entry(checkpoint.size).or_default().push(checkpoint.root);
        if checkpoint.size <= self.frontier.size() {
            self.compare();
        }
    }

    /// The next entry of the log.
    pub fn read(&mut self, found: Found) {
        let (leaf, log, seq) = (found.leaf, found.entry.log, found.entry.seq);
        let expected =
            self.ahead.last_key_value().map_or(self.frontier.size(), |(last, _)| last + 1);
        let taken = leaf < self.frontier.size() || self.ahead.contains_key(&leaf);
        if taken {
            self.find(about("audit.added", leaf, log, seq));
            return;
        }
        if self.missing.remove(&leaf) {
            self.find(about("audit.reordered", leaf, log, seq));
        } else {
            self.missing.extend((expected..leaf).take(MOST));
        }
        match &found.payload {
            Payload::Erased(_) => self.erased.push((leaf, log, seq)),
            Payload::Whole(texts, _) if found.entry.verb == ERASED => self.own(texts),
            Payload::Whole(..) => {}
        }
        let before = self.last.entry(log).or_insert(0);
        if seq <= *before {
            self.out_of_order.push((leaf, log, seq));
        }
        *before = seq.max(*before);
        self.ahead.insert(leaf, found.hash);
        if found.entry.hash(&found.payload) != found.hash && self.changed.len() < MOST_MOVED {
            self.changed.push(found);
        }
        self.advance();
    }

    /// The lines that an act of erasing says it erased.
    fn own(&mut self, texts: &[String]) {
        let detail = texts.last().and_then(|text| serde_json::from_str::<Json>(text).ok());
        for log in Log::ALL {
            let seqs = detail.as_ref().and_then(|detail| detail[log.name()].as_array());
            self.owned
                .extend(seqs.into_iter().flatten().filter_map(Json::as_i64).map(|seq| (log, seq)));
        }
    }

    fn advance(&mut self) {
        while let Some(hash) = self.ahead.remove(&self.frontier.size()) {
            self.compare();
            self.frontier.push(hash);
        }
        self.compare();
    }

    /// Compares the root with those wanted at this size.
    fn compare(&mut self) {
        let size = self.frontier.size();
        let Some(wanted) = self.wanted.remove(&size) else { return };
        if self.failed {
            return;
        }
        let root = self.frontier.root();
        if wanted.iter().all(|wanted| *wanted == root) {
            self.held = size;
            self.out_of_order.clear();
        } else {
            self.failed = true;
            let moved: Vec<_> = std::mem::take(&mut self.out_of_order);
            for (leaf, log, seq) in moved {
                self.find(about("audit.reordered", leaf, log, seq));
            }
            let (from, to) = (number(self.held), number(size.saturating_sub(1)));
            self.find(Fault::new("audit.altered").with("from", from).with("to", to));
        }
    }

    /// What is to be said of the whole.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        let missing = std::mem::take(&mut self.missing);
        for leaf in &missing {
            self.find(Fault::new("audit.removed").with("leaf", number(*leaf)));
        }
        let size = self.frontier.size() + u64::try_from(self.ahead.len()).unwrap_or(0);
        self.tell_changed();
        for (leaf, log, seq) in self.erased.clone() {
            if !self.owned.contains(&(log, seq)) {
                self.find(about("audit.erased_unsaid", leaf, log, seq));
            }
        }
        // A checkpoint of more than there is: the end was cut off.
        let beyond = self.wanted.last_key_value().map(|(size, _)| *size);
        let end = size + u64::try_from(missing.len()).unwrap_or(0);
        if let Some(beyond) = beyond.filter(|beyond| *beyond > end) {
            let (from, to) = (number(end), number(beyond - 1));
            self.find(Fault::new("audit.cut").with("from", from).with("to", to));
        }
        let root = self.frontier.root();
        let Self { held, erased, findings, .. } = self;
        Verdict { size, root, held, erased, findings }
    }

    /// Tells of each entry whose hash is not its own. One that has that of another changed places
    /// with it.
    fn tell_changed(&mut self) {
        let changed = std::mem::take(&mut self.changed);
        for found in &changed {
            let (leaf, log, seq) = (found.leaf, found.entry.log, found.entry.seq);
            let moved = changed.iter().any(|other| is_in_place_of(found, other));
            let code = if moved { "audit.reordered" } else { "audit.changed" };
            self.find(about(code, leaf, log, seq));
        }
    }
}

/// Whether an entry is what another was, before they were given each other's number.
fn is_in_place_of(found: &Found, other: &Found) -> bool {
    if found.leaf == other.leaf {
        return false;
    }
    let entry = Entry { seq: other.entry.seq, ..found.entry.clone() };
    if entry.hash(&found.payload) == other.hash {
        return true;
    }
    // Whoever exchanged what they say may have left each its salt.
    let (Payload::Whole(texts, _), Payload::Whole(_, salt)) = (&found.payload, &other.payload)
    else {
        return false;
    };
    entry.hash(&Payload::Whole(texts.clone(), *salt)) == other.hash
}
