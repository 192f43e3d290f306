//! What somebody at a terminal sees while it is measured.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// The bar is as fine as this.
const STEPS: u64 = 1_000;

/// A bar on the standard error output, that is drawn only when it is told how far it is. It goes away when this is
/// dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Nothing is shown where nobody looks.
    pub(crate) fn new(title: &str) -> Self {
        let is_seen = io::stderr().is_terminal();
        let target =
            if is_seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {percent} % of {msg}, {eta} left");
        let bar = ProgressBar::with_draw_target(Some(STEPS), target);
        let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar.with_message(title.to_owned()))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000")]
    #[expect(clippy::cast_precision_loss, reason = "1,000 is precise")]
    pub(crate) fn reach(&self, share: f64) {
        self.0.set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
