//! The programs that the tests start: installed with the system's package manager where they are missing.

use std::path::Path;
use std::process::Command;

/// A program that tests start, and the package that brings it.
pub struct Program {
    name: &'static str,
    /// By package manager: apt, dnf, pacman, brew.
    package: [&'static str; 4],
}

/// The stores that the tests start.
pub const SERVERS: &[Program] = &[
    Program { name: "redis-server", package: ["redis-server", "redis", "redis", "redis"] },
    Program { name: "memcached", package: ["memcached", "memcached", "memcached", "memcached"] },
];

/// What runs the peer and the reader of entries that are written in Python.
pub const PYTHON: &[Program] =
    &[Program { name: "python3", package: ["python3-venv", "python3", "python", "python"] }];

/// Installs those that are missing, or says in one line what to install.
pub fn install(programs: &[Program]) -> Result<(), String> {
    let missing: Vec<&Program> =
        programs.iter().filter(|program| !is_there(program.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.iter().map(|program| program.name).collect::<Vec<_>>().join(" and ");
    let Some((index, manager)) =
        Manager::ALL.iter().enumerate().find(|(_, it)| is_there(it.program))
    else {
        return Err(format!("the tests need {names}: install them and try again"));
    };
    let packages: Vec<&str> = missing.iter().map(|program| program.package[index]).collect();
    println!("\n── installing {} with {}", packages.join(" and "), manager.program);
    if manager.install(&packages) {
        return Ok(());
    }
    Err(format!(
        "the tests need {names}: run `{} {}` with the rights to do so",
        manager.spoken(),
        packages.join(" ")
    ))
}

struct Manager {
    program: &'static str,
    refresh: &'static [&'static str],
    install: &'static [&'static str],
    needs_root: bool,
}

impl Manager {
    const ALL: [Self; 4] = [
        Self {
            program: "apt-get",
            refresh: &["update", "-q"],
            install: &["install", "-q", "-y", "--no-install-recommends"],
            needs_root: true,
        },
        Self { program: "dnf", refresh: &[], install: &["install", "-y"], needs_root: true },
        Self {
            program: "pacman",
            refresh: &[],
            install: &["-Sy", "--noconfirm"],
            needs_root: true,
        },
        Self { program: "brew", refresh: &[], install: &["install"], needs_root: false },
    ];

    fn install(&self, packages: &[&str]) -> bool {
        if !self.refresh.is_empty() && !self.run(self.refresh, &[]) {
            return false;
        }
        self.run(self.install, packages)
    }

    fn run(&self, words: &[&str], packages: &[&str]) -> bool {
        let mut command = if self.needs_root && !is_root() {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", self.program]);
            sudo
        } else {
            Command::new(self.program)
        };
        // Packages start their servers; the tests start their own.
        command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
        command.args(words).args(packages).status().is_ok_and(|status| status.success())
    }

    fn spoken(&self) -> String {
        let sudo = if self.needs_root { "sudo " } else { "" };
        format!("{sudo}{} {}", self.program, self.install.join(" "))
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_file(&folder.join(program)))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file())
}
