//! Where, when and with what it was measured.

mod machine;
mod versions;

pub use versions::{of_crates, of_program};

use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// What a reader needs to compare figures with their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// When it began, in UTC.
    pub date: String,
    /// The command that measures it again.
    pub command: String,
    /// The machine, as names and values.
    pub machine: Vec<(String, String)>,
    /// The commit of the repository, compiler, crates and servers, with their versions.
    pub versions: Vec<(String, String)>,
}

impl Setting {
    /// What a reader is to be warned of, before anything is measured: that the machine is busy.
    #[must_use]
    pub fn warning() -> Option<String> {
        machine::busy()
    }

    /// This machine, now, and the compiler that built this program.
    #[must_use]
    pub fn of(command: String) -> Self {
        Self {
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            command,
            machine: machine::describe(),
            versions: versions::of_repository()
                .into_iter()
                .chain(versions::of_compiler())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_tells_where_when_and_with_what() {
        let setting = Setting::of("cargo xtask study sample".to_owned());
        assert!(setting.date.ends_with('Z'), "{}", setting.date);
        let has = |facts: &[(String, String)], name: &str| facts.iter().any(|fact| fact.0 == name);
        assert!(["cores", "kernel"].iter().all(|name| has(&setting.machine, name)), "{setting:?}");
        assert!(has(&setting.versions, "rustc"), "{setting:?}");
        // Who has the sources without their history is told no commit.
        let commit = setting.versions.iter().find(|fact| fact.0 == "commit");
        assert!(commit.is_none_or(|fact| fact.1.len() >= 7), "{setting:?}");
    }
}
