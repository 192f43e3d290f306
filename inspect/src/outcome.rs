//! How an answer is told: as text or as one JSON document, and by the code that the program ends with.

use cache_memoize::ErrorKind;
use serde::Serialize;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;

/// What a command found out, for people and for programs.
pub(crate) trait Report: Display {
    fn json(&self) -> serde_json::Result<String>;
}

impl<T: Display + Serialize> Report for T {
    fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

/// A text that is the answer.
#[derive(Serialize)]
pub(crate) struct Text(pub(crate) &'static str);

impl Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Why there is no answer.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    kind: FailureKind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum FailureKind {
    /// What was asked for cannot be.
    Usage,
    /// The store failed.
    Store,
    /// The store cannot do this.
    Unsupported,
    /// There is no such entry.
    NotFound,
}

impl Failure {
    pub(crate) fn usage(what: impl Display) -> Self {
        Self { kind: FailureKind::Usage, message: what.to_string() }
    }

    pub(crate) fn not_found(what: impl Display) -> Self {
        Self { kind: FailureKind::NotFound, message: what.to_string() }
    }

    fn code(&self) -> u8 {
        if self.kind == FailureKind::Usage { 2 } else { 1 }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<cache_memoize::Error> for Failure {
    fn from(error: cache_memoize::Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::Configuration => FailureKind::Usage,
            ErrorKind::Unsupported => FailureKind::Unsupported,
            _ => FailureKind::Store,
        };
        Self { kind, message: error.to_string() }
    }
}

/// Tells the answer on the standard output, and a failure in text on that for errors.
pub(crate) fn tell(answer: Result<Box<dyn Report>, Failure>, is_json: bool) -> ExitCode {
    let code = answer.as_ref().err().map_or(0, Failure::code);
    let told = match answer {
        Ok(report) if is_json => report.json().map_err(io::Error::from).and_then(|text| say(&text)),
        Ok(report) => say(&report.to_string()),
        Err(failure) if is_json => {
            let document = serde_json::json!({ "error": failure });
            say(&format!("{document:#}"))
        }
        Err(failure) => writeln!(io::stderr(), "cache-memoize-inspect: {failure}"),
    };
    match told {
        // Whoever reads has seen enough, such as `head`.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(1),
        _ => ExitCode::from(code),
    }
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}
