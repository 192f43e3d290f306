//! How this project measures.
//!
//! A [`Study`] compares [`Candidate`]s that answer the same calls, by a discipline that is the same
//! everywhere:
//!
//! - **Fitness first.** Each candidate has to give the right answers, and to give them a second time without
//!   computing. Whoever computes while it is measured spoils the study, and is named.
//! - **Interleaved at random.** In every round each candidate has its turn once, in an order drawn anew, so
//!   that no one has the quiet moments of the machine to itself.
//! - **A core for each thread**, bound to it: what two threads contend for shows only side by side.
//! - **The warm-up is thrown away**, on every thread and over whole rounds.
//! - **Medians first**, then the spread, then the ratio to the fastest. Ratios travel to other machines,
//!   absolute figures do not.

mod candidate;
mod report;
mod spread;
mod study;

pub use candidate::Candidate;
pub use report::{Report, Row};
pub use spread::Spread;
pub use study::{Effort, Runs, Study, Unfit};
