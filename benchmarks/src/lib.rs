//! How this project measures.
//!
//! A [`Study`] is an experiment that anybody can repeat with one command. It takes samples of its [`Trial`]s with
//! [`measure`] and makes a [`Report`] of them; [`Hits`] compares [`Candidate`]s that answer the same calls in process.
//! The discipline is the same everywhere:
//!
//! - **Fitness first.** Each candidate has to give the right answers, and to give them a second time without
//!   computing. Whoever computes while it is measured spoils the study, and is named.
//! - **Interleaved at random.** In every round each candidate has its turn once, in an order drawn anew, so
//!   that no one has the quiet moments of the machine to itself.
//! - **Long enough**: tens of seconds where it matters, and as many rounds as fit in.
//! - **The warm-up is thrown away**, over whole rounds, and nothing is printed while a sample is taken.
//! - **Medians first**, then the mean and the spread. [Ratios](Ratio) travel to other machines, absolute figures do
//!   not.
//! - **Humility**: every ratio comes with the interval in which it lies, and where that holds one there is no
//!   difference to speak of.
//! - **A parameter always**: each number that was chosen can be chosen otherwise, and is in the report, as are the
//!   machine, the versions and the command.

mod candidate;
pub mod cores;
mod hits;
mod measure;
mod options;
mod progress;
mod report;
mod servers;
mod setting;
mod statistics;
mod stop;
mod study;

pub use candidate::Candidate;
pub use hits::{Hits, OnThreads, Runs, Unfit};
pub use measure::{Effort, Measured, Trial, measure};
pub use options::{Options, Parameter};
pub use report::{
    Against, Column, Comparison, Files, Limit, Measure, Report, Row, Section, Verdict,
};
pub use servers::{Servers, Socket, Store};
pub use setting::{Setting, of_crates, of_program};
pub use statistics::{Ratio, Spread, Summary};
pub use stop::{Stopped, unless_stopped};
pub use study::{Failure, Study};
