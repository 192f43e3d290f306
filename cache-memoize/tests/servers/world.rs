//! What functions read, in files that several processes share: a version is the length of a file, which the
//! system changes and tells in one piece.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The keys that there are, from zero on.
pub(crate) const KEYS: usize = 16;

/// The processes that there may be.
pub(crate) const PROCESSES: usize = 4;

/// The source of truth, and up to where it is known to be invalidated.
pub(crate) struct World {
    versions: Vec<File>,
    /// By key and process.
    invalidated: Vec<Vec<File>>,
    violations: Mutex<File>,
    process: usize,
    /// What this process has invalidated itself.
    own: [AtomicU64; KEYS],
    growing: [Mutex<()>; KEYS],
}

impl World {
    /// The world in a folder, as one of the processes sees it.
    pub(crate) fn open(folder: &Path, process: usize) -> Self {
        let open = |name: String| {
            let options = OpenOptions::new().append(true).create(true).open(folder.join(name));
            options.expect("a file can be opened")
        };
        let invalidated =
            |key| (0..PROCESSES).map(|by| open(format!("invalidated-{key}-{by}"))).collect();
        Self {
            versions: (0..KEYS).map(|key| open(format!("version-{key}"))).collect(),
            invalidated: (0..KEYS).map(invalidated).collect(),
            violations: Mutex::new(open("violations".to_owned())),
            process,
            own: [const { AtomicU64::new(0) }; KEYS],
            growing: [const { Mutex::new(()) }; KEYS],
        }
    }

    /// The present version.
    pub(crate) fn version(&self, key: usize) -> u64 {
        length(&self.versions[key])
    }

    /// Makes a new version, and gives the one that is there then.
    pub(crate) fn change(&self, key: usize) -> u64 {
        (&self.versions[key]).write_all(b".").expect("a file can be written");
        self.version(key)
    }

    /// Everything before `version` was invalidated by now.
    pub(crate) fn invalidated_before(&self, key: usize, version: u64) {
        let _one_at_a_time = self.growing[key].lock().unwrap_or_else(PoisonError::into_inner);
        if version > self.own[key].load(Ordering::SeqCst) {
            let file = &self.invalidated[key][self.process];
            file.set_len(version).expect("a file can grow");
            self.own[key].store(version, Ordering::SeqCst);
        }
    }

    /// The oldest version that may be served to who asks from now on.
    pub(crate) fn oldest(&self, key: usize) -> u64 {
        self.invalidated[key].iter().map(length).max().unwrap_or(0)
    }

    /// The oldest version that may be served because of what this process did.
    pub(crate) fn oldest_here(&self, key: usize) -> u64 {
        self.own[key].load(Ordering::SeqCst)
    }

    /// Notes that something was served which must not be.
    pub(crate) fn accuse(&self, what: &str) {
        let mut file = self.violations.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{what}\n").as_bytes()).expect("a file can be written");
    }

    /// Whether something was.
    pub(crate) fn is_broken(&self) -> bool {
        length(&self.violations.lock().unwrap_or_else(PoisonError::into_inner)) > 0
    }
}

/// What was noted by all processes.
pub(crate) fn violations(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("violations")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn length(file: &File) -> u64 {
    file.metadata().expect("an open file has a length").len()
}
