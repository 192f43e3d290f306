//! A simulated week of one key in demand, under each policy: how often it is computed, how many callers get an
//! old value, and how long callers wait.
//!
//! `cargo run --release -p benchmarks --bin week [DAYS]` prints the table that the guide shows. What a value is
//! at a moment is decided by the library's own `policy`; the rest, callers and time, is simulated.

#![expect(clippy::print_stdout, reason = "its table is what it is for")]

use cache_memoize_core::Timestamp;
use codec::Stamps;
use lifetime::Lifetime;
use policy::{Freshness, Verdict};
use std::time::Duration;

#[expect(dead_code, unreachable_pub, reason = "what the engine needs besides")]
#[path = "../../../cache-memoize/src/lifetime.rs"]
mod lifetime;
#[expect(dead_code, unreachable_pub, reason = "what the engine needs besides")]
#[path = "../../../cache-memoize/src/policy.rs"]
mod policy;

/// What the policy knows of an entry.
mod codec {
    use cache_memoize_core::Timestamp;
    use std::time::Duration;

    #[derive(Clone, Copy)]
    pub(crate) struct Stamps {
        #[expect(dead_code, reason = "the policy does not ask for it")]
        pub(crate) created: Timestamp,
        pub(crate) expires: Timestamp,
        pub(crate) cost: Duration,
    }
}

const REQUESTS_PER_MILLISECOND: u64 = 10;
const COST: Duration = Duration::from_secs(2);
const TTL: Lifetime = Lifetime::seconds(60);
const GRACE: Lifetime = Lifetime::seconds(60);
const DAY: u64 = 24 * 3600 * 1000;

/// What callers do besides reading.
#[derive(Clone, Copy)]
struct Policy {
    name: &'static str,
    freshness: Freshness,
    single_flight: bool,
    background: bool,
}

/// What happened.
#[derive(Default)]
struct Week {
    requests: u64,
    computations: u64,
    stale: u64,
    waiting: u64,
    waited_millis: u64,
}

fn main() {
    let days = std::env::args().nth(1).and_then(|days| days.parse().ok()).unwrap_or(7);
    let plain = Freshness::PLAIN;
    let policy =
        |name, freshness| Policy { name, freshness, single_flight: true, background: false };
    let stale = plain.while_revalidating(GRACE);
    let policies = [
        Policy { single_flight: false, ..policy("`single_flight = \"off\"`", plain) },
        policy("none: callers share a computation", plain),
        policy("`stale_while_revalidate`", stale),
        Policy { background: true, ..policy("`stale_while_revalidate`, `background`", stale) },
        policy("`early_refresh`", plain.early(1.0)),
        Policy { background: true, ..policy("`early_refresh`, `background`", plain.early(1.0)) },
    ];
    println!("| policy | computations | got an old value | waited | each of these for |");
    println!("|---|---|---|---|---|");
    for policy in policies {
        let week = Simulation::new(policy).run(days * DAY);
        let part = |number: u64| 100.0 * number as f64 / week.requests as f64;
        let mean = week.waited_millis as f64 / 1000.0 / week.waiting.max(1) as f64;
        println!(
            "| {} | {} | {:.3} % | {:.5} % | {mean:.2} s |",
            policy.name,
            week.computations,
            part(week.stale),
            part(week.waiting)
        );
    }
}

struct Simulation {
    policy: Policy,
    week: Week,
    entry: Option<Stamps>,
    /// When the computations under way end, the first to begin first.
    under_way: std::collections::VecDeque<u64>,
}

impl Simulation {
    fn new(policy: Policy) -> Self {
        Self { policy, week: Week::default(), entry: None, under_way: Default::default() }
    }

    fn run(mut self, end: u64) -> Week {
        let mut now = 1;
        while now < end {
            now += self.skip(now, end);
            self.store_what_is_done(now);
            for _ in 0..REQUESTS_PER_MILLISECOND {
                self.request(now);
            }
            now += 1;
        }
        self.week
    }

    /// Passes over the milliseconds in which every request is a hit for certain.
    fn skip(&mut self, now: u64, end: u64) -> u64 {
        let Some(entry) = self.entry.filter(|_| self.under_way.is_empty()) else { return 0 };
        let never_due_before = if self.policy.freshness.is_plain() || !self.is_early() {
            entry.expires.as_millis()
        } else {
            // A chance of 2^-53 is the smallest that is drawn but for zero: 37 times the cost ahead.
            entry.expires.as_millis().saturating_sub(37 * COST.as_millis() as u64)
        };
        let skipped = never_due_before.min(end).saturating_sub(now);
        self.week.requests += skipped * REQUESTS_PER_MILLISECOND;
        skipped
    }

    fn is_early(&self) -> bool {
        self.policy.freshness.grace() == Lifetime::NONE
    }

    fn store_what_is_done(&mut self, now: u64) {
        while self.under_way.front().is_some_and(|end| *end <= now) {
            let end = Timestamp::from_millis(self.under_way.pop_front().unwrap_or_default());
            self.entry = Some(Stamps { created: end, expires: TTL.end(end), cost: COST });
        }
    }

    fn request(&mut self, now: u64) {
        self.week.requests += 1;
        let at = Timestamp::from_millis(now);
        let Policy { freshness, single_flight, background, .. } = self.policy;
        let verdict = self
            .entry
            .map_or(Verdict::Over, |entry| freshness.verdict(&entry, at, fastrand::f64()));
        let is_computed = single_flight && !self.under_way.is_empty();
        match verdict {
            Verdict::Fresh => {}
            Verdict::Due if is_computed => self.week.stale += u64::from(self.is_over(at)),
            Verdict::Due if background => {
                self.week.stale += u64::from(self.is_over(at));
                self.compute(now);
            }
            Verdict::Over | Verdict::Spare if is_computed => {
                self.wait(self.under_way[0] - now);
            }
            Verdict::Due | Verdict::Over | Verdict::Spare => {
                self.compute(now);
                self.wait(COST.as_millis() as u64);
            }
        }
    }

    fn is_over(&self, at: Timestamp) -> bool {
        self.entry.is_some_and(|entry| entry.expires <= at)
    }

    fn compute(&mut self, now: u64) {
        self.week.computations += 1;
        self.under_way.push_back(now + COST.as_millis() as u64);
    }

    fn wait(&mut self, millis: u64) {
        self.week.waiting += 1;
        self.week.waited_millis += millis;
    }
}
