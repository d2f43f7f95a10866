//! A PostgreSQL server of our own for the tests: a free port, a temporary folder, an unprivileged
//! user; stopped and removed at the end.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{packages, run};

pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    port: u16,
}

impl Server {
    pub fn start() -> Result<Self, String> {
        let programs = programs()?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| format!("no free port: {error}"))?.port();
        let folder = std::env::temp_dir().join(format!("comptoir-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let server = Self { folder, programs, port };
        if packages::is_root() {
            run(Command::new("chown").arg("postgres").arg(&server.folder))?;
        }
        let data = server.folder.join("data");
        run(server
            .program("initdb")
            .args(["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"])
            .args(["--no-sync", "--pgdata"])
            .arg(&data)
            .stdout(std::process::Stdio::null()))?;
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1 -c max_connections=300",
            server.folder.display()
        );
        run(server
            .program("pg_ctl")
            .args(["start", "--wait", "--silent", "--options", &options, "--log"])
            .arg(server.folder.join("log"))
            .arg("--pgdata")
            .arg(&data))?;
        Ok(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// One of the server's programs, run as somebody who is not root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        if packages::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program).current_dir(&self.folder);
            command
        } else {
            let mut command = Command::new(program);
            command.current_dir(&self.folder);
            command
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=fast", "--silent", "--pgdata"]).arg(data);
        if let Err(reason) = run(&mut stop) {
            eprintln!("{reason}");
        }
        // The folder is in the system's own temporary place: a leftover harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The newest server that Debian installed.
fn programs() -> Result<PathBuf, String> {
    let versions =
        std::fs::read_dir("/usr/lib/postgresql").map_err(|error| format!("PostgreSQL: {error}"))?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, place)| Path::new(place).join("initdb").is_file())
        .collect();
    found.sort();
    found
        .pop()
        .map(|(_, place)| place)
        .ok_or_else(|| "no PostgreSQL server is installed".to_owned())
}
