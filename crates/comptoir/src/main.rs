//! The one binary.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use comptoir::options::{Options, Task};
use kernel::{Faults, Language};

/// SQLite and our own code ask for small pieces of memory all the time, from several threads.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let filter = std::env::var("COMPTOIR_LOG").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .with_max_level(filter.unwrap_or(tracing::Level::WARN))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    match run(Options::parse().task) {
        Ok(code) => code,
        Err(faults) => {
            for fault in &faults.0 {
                let language = spoken();
                eprintln!("{} ({})", kernel::sentence(fault, language), fault.code);
            }
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Faults> {
    match task {
        Task::Serve(serving) => comptoir::serve::run(&serving)?,
        Task::Demo(serving) => comptoir::demo::run(&serving)?,
        Task::Open(opening) => opening.run()?,
        Task::Migrate(migrating) => migrating.run()?,
        Task::Replay(replaying) => replaying.run()?,
        Task::Doctor(database) => return comptoir::doctor::run(&database, spoken()),
        Task::Audit(auditing) => return auditing.run(spoken()),
        Task::Archive(archiving) => return archiving.run(spoken()),
        Task::Key(keying) => keying.run()?,
        Task::Backup(backing) => backing.run()?,
        Task::Bench(benching) => benching.run()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The language of the terminal.
fn spoken() -> Language {
    let told = std::env::var("LC_ALL").or_else(|_| std::env::var("LANG")).unwrap_or_default();
    Language::of_tag(&told).unwrap_or(Language::English)
}
