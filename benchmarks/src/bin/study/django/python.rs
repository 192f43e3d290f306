//! The original, in a Python that is told what to do over its standard input.

use benchmarks::{Failure, Servers};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Where the interpreter that has the packages is said to be.
pub(super) const INTERPRETER: &str = "STUDY_PYTHON";

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/study_django.py");

/// A Python that waits for work. It ends when this is dropped: its input does.
pub(super) struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    pub(super) told: Told,
}

/// What it says of itself.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) candidates: Vec<String>,
    /// Who is left out, and why.
    pub(super) left_out: BTreeMap<String, String>,
    pub(super) versions: BTreeMap<String, String>,
}

impl Python {
    /// Starts it, on the core that the calling thread is bound to, and has it store the value under each key.
    pub(super) fn start(
        servers: &Servers,
        value: &[String],
        keys: &[String],
    ) -> Result<Self, Failure> {
        let interpreter = std::env::var_os(INTERPRETER).unwrap_or_else(|| "python3".into());
        let mut command = Command::new(interpreter);
        command.arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped());
        // An interrupt at the terminal is for its parent, which ends it without a traceback.
        command.process_group(0);
        let missing = |why: String| {
            format!(
                "no Python with the packages of the study ({why}): run it by `cargo xtask study django`, which gets them"
            )
        };
        let mut child = command.spawn().map_err(|error| missing(error.to_string()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = BufReader::new(output.ok_or("Python has no output")?);
        let told =
            Told { candidates: Vec::new(), left_out: BTreeMap::new(), versions: BTreeMap::new() };
        let mut python = Self { child, input, output, told };
        let ((redis, redis_socket), [memcached, memcached_socket]) =
            (servers.redis(), servers.memcached());
        let task = json!({
            "redis": { "tcp": redis, "unix": redis_socket },
            "memcached": { "tcp": memcached, "unix": memcached_socket },
            "value": value,
            "keys": keys,
        });
        let answer = python.ask(&task.to_string()).map_err(|why| missing(why.to_string()))?;
        python.told = serde_json::from_str(&answer)?;
        Ok(python)
    }

    /// The nanoseconds of so many passes over the keys.
    pub(super) fn time(&mut self, candidate: &str, passes: usize) -> Result<f64, Failure> {
        Ok(self.ask(&format!("{candidate}\t{passes}"))?.parse()?)
    }

    fn ask(&mut self, line: &str) -> Result<String, Failure> {
        let input = self.input.as_mut().ok_or("its input is closed")?;
        // What it says before it ends is more than that it has ended.
        let _ = writeln!(input, "{line}");
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        match answer.strip_prefix('!') {
            Some(why) => Err(why.trim().into()),
            None if answer.is_empty() => Err("it ended at once".into()),
            None => Ok(answer.trim_end().to_owned()),
        }
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.input.take());
        // It has nothing left to read, and ends.
        let _ = self.child.wait();
    }
}
