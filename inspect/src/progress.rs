//! What somebody at a terminal sees while a store is gone through.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// A bar on the standard error output. It goes away when this is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// For so many names, if that is known. Nothing is shown where nobody looks.
    pub(crate) fn new(names: Option<u64>, is_wanted: bool) -> Self {
        let is_seen = is_wanted && io::stderr().is_terminal();
        let target =
            if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(names, target);
        Self(bar.with_style(style(names)).with_message("no entries yet"))
    }

    pub(crate) fn reach(&self, seen: u64, found: u64) {
        // Names may come twice, and more may be written meanwhile.
        self.0.set_position(self.0.length().map_or(seen, |all| seen.min(all)));
        self.0.set_message(format!("{found} entries"));
    }
}

fn style(names: Option<u64>) -> ProgressStyle {
    let template = match names {
        Some(_) => "{wide_bar} {pos} of {len} names, {msg}, {eta} left",
        None => "{spinner} {pos} names, {msg}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
