//! Outside programs that judge our files. `COMPTOIR_JUDGES` names the folder that holds them; they
//! need a Python with factur-x, saxonche, lxml and pypdf. Where they are absent, a test says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this test run, removed at its end unless `COMPTOIR_KEEP_PAPERS` is set.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let name = format!("comptoir-paper-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder for temporary files");
        Self(path)
    }
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("room for a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::env::var_os("COMPTOIR_KEEP_PAPERS").is_none() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

fn python() -> Command {
    Command::new(std::env::var("COMPTOIR_PYTHON").unwrap_or_else(|_| "python3".to_owned()))
}

/// The judge's script, when it and the Python modules it needs are there.
pub fn judge(script: &str, modules: &str) -> Option<PathBuf> {
    let found = std::env::var_os("COMPTOIR_JUDGES").map(|folder| Path::new(&folder).join(script));
    let Some(path) = found.filter(|path| path.is_file()) else {
        println!("skipped: COMPTOIR_JUDGES does not name a folder that holds {script}");
        return None;
    };
    let ready = python().args(["-c", &format!("import {modules}")]).output();
    if !ready.is_ok_and(|output| output.status.success()) {
        println!("skipped: no Python with {modules}");
        return None;
    }
    Some(path)
}

/// Runs a judge on files.
pub fn verdict(script: &Path, options: &[&str], files: &[PathBuf]) -> Output {
    let mut command = python();
    command.arg(script).args(options).args(files);
    command.output().expect("Python runs")
}
