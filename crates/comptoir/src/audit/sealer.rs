//! Whoever seals: one thread, which writes what was noted for later and signs checkpoints.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use kernel::{CompanyNumber, Faults};
use store::Store;
use store::audit::{MOST, Reach, Sealed, WAIT};
use store::tree::note::SigningKey;

use super::Letters;

/// How long accesses noted for later wait.
const TICK: Duration = Duration::from_millis(250);
/// Every so many ticks it looks whether anything is to be sealed.
const LOOKS: u32 = 4;

/// Who else keeps checkpoints.
#[derive(Default)]
pub struct Witnesses {
    pub file: Option<Witness>,
    pub mail: Option<Letters>,
}

/// A file to which each checkpoint is appended.
#[derive(Debug, Clone)]
pub struct Witness(pub PathBuf);

impl Witness {
    /// Appends a note, and waits for the disk.
    ///
    /// # Errors
    /// What the system said.
    pub fn append(&self, note: &str) -> std::io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.0)?;
        file.write_all(format!("{note}\n").as_bytes())?;
        file.sync_data()
    }
}

/// The running sealer.
pub struct Sealer {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Sealer {
    /// Seals what is left, and ends.
    pub fn stop(self) {
        // A thread that has ended by itself has said why.
        let _ = self.stop.send(());
        let _ = self.thread.join();
    }
}

/// Starts sealing.
///
/// # Errors
/// `store.unavailable` when the system gives no thread.
pub fn start(store: Store, key: SigningKey, witnesses: Witnesses) -> Result<Sealer, kernel::Fault> {
    let (stop, told) = mpsc::channel();
    let key = store.seal_with(key);
    let mut work = Work { store, key, witnesses, whole: HashSet::new(), failing: HashSet::new() };
    let run = move || {
        let mut ticks = 0_u32;
        while told.recv_timeout(TICK) == Err(mpsc::RecvTimeoutError::Timeout) {
            work.write_noted();
            if ticks.is_multiple_of(LOOKS) {
                work.look(false);
            }
            ticks = ticks.wrapping_add(1);
        }
        work.write_noted();
        work.look(true);
    };
    let thread = std::thread::Builder::new().name("comptoir-sealer".to_owned());
    let unavailable = |_| kernel::Fault::new("store.unavailable");
    Ok(Sealer { stop, thread: thread.spawn(run).map_err(unavailable)? })
}

struct Work {
    store: Store,
    key: Arc<SigningKey>,
    witnesses: Witnesses,
    /// The companies in whose log lines left behind have been looked for.
    whole: HashSet<CompanyNumber>,
    /// What fails, and has been told.
    failing: HashSet<&'static str>,
}

impl Work {
    fn write_noted(&mut self) {
        let written = self.store.write_noted();
        self.tell(written, "accesses wait to be noted");
    }

    /// Says once that something fails, until it works again.
    fn tell(&mut self, done: Result<(), Faults>, what: &'static str) {
        match done {
            Ok(()) => drop(self.failing.remove(what)),
            Err(faults) if self.failing.insert(what) => {
                tracing::error!(codes = ?faults.codes(), "{what}");
            }
            Err(_) => {}
        }
    }

    fn look(&mut self, at_once: bool) {
        for company in self.store.companies().unwrap_or_default() {
            let sealed = self.seal(company, at_once);
            self.tell(sealed, "the audit waits to be sealed");
        }
    }

    fn seal(&mut self, company: CompanyNumber, at_once: bool) -> Result<(), Faults> {
        let first = !self.whole.contains(&company);
        let (waiting, last) = self.store.unsealed(company)?;
        let late = last.is_none_or(|last| store::now().0 - last.0 >= WAIT);
        let due = waiting >= i64::from(MOST) || (waiting > 0 && (late || at_once));
        if !due && !first {
            return Ok(());
        }
        let reach = if first { Reach::All } else { Reach::Near };
        let Self { store, key, witnesses, .. } = self;
        let mut told = |sealed: &Sealed| {
            if let Some(witness) = &witnesses.file
                && let Err(error) = witness.append(&sealed.note)
            {
                tracing::error!(%error, place = %witness.0.display(), "a checkpoint has no witness");
            }
            if let Some(mail) = &mut witnesses.mail {
                mail.tell(store, company, sealed);
            }
        };
        store.seal_all(company, key, reach, &mut told)?;
        self.whole.insert(company);
        Ok(())
    }
}
