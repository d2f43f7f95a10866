//! Debian packages, installed once.

use std::process::Command;

use crate::run;

/// Installs the packages whose program is missing, and those of `plain` that dpkg does not know.
pub fn install(programs: &[(&str, &str)], plain: &[&str]) -> Result<(), String> {
    let missing = programs.iter().filter(|(program, _)| !on_path(program)).map(|(_, name)| *name);
    let absent = plain.iter().copied().filter(|name| !known(name));
    let wanted: Vec<&str> = missing.chain(absent).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    if !on_path("apt-get") {
        return Err(format!("this is no Debian: install by hand {}", wanted.join(", ")));
    }
    println!("installing {}", wanted.join(", "));
    run(apt().args(["update", "--quiet=2"]))?;
    run(apt().args(["install", "--yes", "--quiet=2", "--no-install-recommends"]).args(&wanted))
}

fn apt() -> Command {
    let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root() {
        command.arg("apt-get");
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

pub fn is_root() -> bool {
    let said = Command::new("id").arg("-u").output();
    said.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn known(package: &str) -> bool {
    let said = Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]).output();
    said.is_ok_and(|output| output.stdout.ends_with(b"ok installed"))
}
