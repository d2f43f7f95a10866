//! The files on their way in. They wait in memory, each for the person who sent it, for two hours
//! and no more than [`ALL_MOST`] together: the oldest give way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use exchange::{Encoding, Mode, Report};
use kernel::{Actor, EntityDef, Fault, Faults, Instant, Language, RawId};

/// The most that all files weigh together, in bytes.
const ALL_MOST: usize = 256 * 1024 * 1024;
/// How long a file waits, in microseconds.
const WAITS: i64 = 2 * 60 * 60 * Instant::SECOND;

/// The files and the imports being taken back.
#[derive(Debug, Default)]
pub struct Files {
    files: Mutex<Vec<Arc<File>>>,
    /// By the id of the import.
    undone: Mutex<HashMap<RawId, Arc<Mutex<Undoing>>>>,
}

/// A file on its way in.
#[derive(Debug)]
pub struct File {
    /// Its name in our addresses.
    pub key: String,
    pub def: &'static EntityDef,
    pub name: String,
    pub bytes: Bytes,
    whose: (kernel::CompanyNumber, Option<RawId>),
    since: Instant,
    way: Mutex<Way>,
}

/// How far a file has come.
#[derive(Debug, Clone, Default)]
pub struct Way {
    pub settings: Settings,
    pub stage: Stage,
}

/// How to read a file; what is `None` is recognised.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub encoding: Option<Encoding>,
    pub separator: Option<u8>,
    /// The language of the numbers.
    pub language: Option<Language>,
    /// For each column the field it goes to, once someone has looked at them.
    pub columns: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default)]
pub enum Stage {
    #[default]
    Fresh,
    Running {
        mode: Mode,
        done: i64,
        rows: i64,
    },
    Tried(Arc<Report>),
    Applied(RawId),
    Failed(Faults),
}

/// An import being taken back.
#[derive(Debug, Clone)]
pub enum Undoing {
    Running { done: i64 },
    Done(exchange::Undone),
    Failed(Faults),
}

impl Files {
    /// Keeps a file and gives its key.
    ///
    /// # Errors
    /// `store.unavailable` when the system gives no chance.
    pub fn keep(
        &self,
        actor: &Actor,
        def: &'static EntityDef,
        name: &str,
        bytes: Bytes,
    ) -> Result<String, Fault> {
        let key = crate::door::hexadecimal(&store::random_bytes::<16>()?);
        let file = Arc::new(File {
            key: key.clone(),
            def,
            name: name.chars().take(200).collect(),
            bytes,
            whose: (actor.company, actor.user),
            since: store::now(),
            way: Mutex::default(),
        });
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|kept| file.since.0 - kept.since.0 < WAITS);
        files.push(file);
        let mut weight: usize = files.iter().map(|file| file.bytes.len()).sum();
        while weight > ALL_MOST && files.len() > 1 {
            weight -= files.remove(0).bytes.len();
        }
        Ok(key)
    }

    /// The file of this key, if it is this person's.
    ///
    /// # Errors
    /// `import.gone`.
    pub fn find(&self, actor: &Actor, key: &str) -> Result<Arc<File>, Fault> {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = (actor.company, actor.user);
        let found = files.iter().find(|file| file.key == key && file.whose == whose);
        found.cloned().ok_or(Fault::new("import.gone"))
    }

    /// Begins to take an import back, unless it is being taken back already.
    pub fn begin_undo(&self, batch: RawId) -> Option<Arc<Mutex<Undoing>>> {
        let mut undone = self.undone.lock().unwrap_or_else(PoisonError::into_inner);
        let running = |one: &Arc<Mutex<Undoing>>| matches!(*held(one), Undoing::Running { .. });
        if undone.get(&batch).is_some_and(running) {
            return None;
        }
        undone.retain(|_, one| running(one));
        let fresh = Arc::new(Mutex::new(Undoing::Running { done: 0 }));
        undone.insert(batch, Arc::clone(&fresh));
        Some(fresh)
    }

    /// How far an import is taken back, when it was asked for here.
    #[must_use]
    pub fn undoing(&self, batch: RawId) -> Option<Undoing> {
        let undone = self.undone.lock().unwrap_or_else(PoisonError::into_inner);
        undone.get(&batch).map(|one| held(one).clone())
    }
}

/// What stands behind a lock; a thread that broke while it held one leaves it as it was.
pub fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl File {
    #[must_use]
    pub fn way(&self) -> Way {
        held(&self.way).clone()
    }

    pub fn set_stage(&self, stage: Stage) {
        held(&self.way).stage = stage;
    }

    pub fn tell(&self, count: i64) {
        if let Stage::Running { done, .. } = &mut held(&self.way).stage {
            *done = count;
        }
    }

    /// Keeps how to read it; a trial made otherwise is forgotten.
    ///
    /// # Errors
    /// `import.busy` while it is being read.
    pub fn set(&self, settings: Settings) -> Result<(), Fault> {
        let mut way = held(&self.way);
        if matches!(way.stage, Stage::Running { .. }) {
            return Err(Fault::new("import.busy"));
        }
        *way = Way { settings, stage: Stage::Fresh };
        Ok(())
    }

    /// Marks it as under way; false when it is already, or when it was applied: twice is once.
    pub fn begin(&self, mode: Mode, rows: i64) -> bool {
        let mut way = held(&self.way);
        let may = match way.stage {
            Stage::Running { .. } | Stage::Applied(_) => false,
            Stage::Fresh | Stage::Tried(_) | Stage::Failed(_) => true,
        };
        if may {
            way.stage = Stage::Running { mode, done: 0, rows };
        }
        may
    }
}
