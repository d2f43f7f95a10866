//! The log of the embedded database is carried into its file by a thread of its own: a writer who
//! did it alone would stand still until the disk has both.

use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use kernel::Fault;
use rusqlite::Connection;

/// How many pages the log grows before some are carried.
const SOME: i32 = 4_000;
/// With so many the writer carries the rest itself, after which the log begins again: while there
/// is always something new in it, it would otherwise grow for ever.
const MOST: i32 = 16_000;

/// Has the log of the writer's connection carried by `carrier`, as long as the writer lives.
///
/// # Errors
/// `store.unavailable` when the system gives no thread.
pub fn carry(writer: &mut Connection, carrier: Connection) -> Result<JoinHandle<()>, Fault> {
    let (wake, woken) = mpsc::sync_channel::<()>(1);
    let mut carried = 0;
    let hooked = writer.wal_hook(Some(move |wal: &mut rusqlite::hooks::Wal, pages: i32| {
        if pages < carried {
            carried = 0;
        }
        if pages >= MOST {
            // A log that cannot be carried now is carried after the next commit.
            let _ = wal.checkpoint();
        } else if pages >= carried + SOME {
            carried = pages;
            // It is at work already.
            let _ = wake.try_send(());
        }
        Ok(())
    }));
    hooked.map_err(crate::sqlite::fault)?;
    let work = move || {
        while woken.recv().is_ok() {
            let done = carrier.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
            if let Err(error) = done {
                tracing::warn!(%error, "the log was not carried");
            }
        }
    };
    let name = thread::Builder::new().name("comptoir-log".to_owned());
    name.spawn(work).map_err(|_| Fault::new("store.unavailable"))
}
