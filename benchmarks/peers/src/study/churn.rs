//! What a call costs that finds nothing, and what it costs to forget: `u64 -> u64`, one thread.

use crate::RUNS;
use crate::bars::{OURS, renew_caches};
use crate::numbers::{self, forget};
use benchmarks::{Failure, Options, Report, Trial, measure};
use fastrand::Rng;
use std::cell::Cell;
use std::hint::black_box;
use std::time::Instant;

struct Forgetful {
    name: &'static str,
    call: fn(u64) -> u64,
    forget: fn(u64) -> bool,
}

const ALL: &[Forgetful] = &[
    Forgetful { name: OURS, call: numbers::ours, forget: forget::ours },
    Forgetful { name: "cached, ttl", call: numbers::cached_ttl, forget: forget::cached_ttl },
    Forgetful {
        name: "cached, ttl, max_size",
        call: numbers::cached_bounded,
        forget: forget::cached_bounded,
    },
    Forgetful {
        name: "concurrent_cached, ttl",
        call: numbers::sharded_ttl,
        forget: forget::sharded_ttl,
    },
    Forgetful {
        name: "concurrent_cached, ttl, max_size",
        call: numbers::sharded_bounded,
        forget: forget::sharded_bounded,
    },
    Forgetful {
        name: "moka, ttl, bound, get_with",
        call: numbers::moka_get_with,
        forget: forget::moka,
    },
    Forgetful {
        name: "quick_cache, bound",
        call: numbers::quick_get_or_insert,
        forget: forget::quick,
    },
];

/// Calls in a sample.
const CALLS: u64 = 200;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    renew_caches()?;
    // Invalidations first, while there is room: some of those who are full refuse what is new.
    for is_miss in [false, true] {
        // Keys that nobody asked for before, nor in the part before this one.
        let next = Cell::new(if is_miss { 1 << 40 } else { 1 << 41 });
        let trials = ALL.iter().map(|candidate| {
            let next = &next;
            Trial::new(candidate.name, move |_: &mut Rng| {
                let first = next.replace(next.get() + CALLS);
                candidate.sample(first..first + CALLS, is_miss)
            })
        });
        let measured = measure("misses", trials.collect(), &options.effort, &mut Rng::new())?;
        let title = match is_miss {
            true => {
                "A miss in process, u64 -> u64, which computes, stores, and evicts where there is a bound"
            }
            false => "An invalidation in process, of one value that was stored",
        };
        let section = measured.section(title).fastest_first().with_ratios_to_the_fastest(&measured);
        report.sections.push(section.highlighting(|name| name == OURS));
    }
    Ok(())
}

impl Forgetful {
    #[expect(clippy::cast_precision_loss, reason = "a sample takes no weeks")]
    fn sample(&self, keys: std::ops::Range<u64>, is_miss: bool) -> Result<f64, Failure> {
        let mut elapsed = 0.0;
        let computed = RUNS.during(|| {
            let began = Instant::now();
            for key in keys.clone() {
                black_box((self.call)(black_box(key)));
            }
            elapsed = began.elapsed().as_nanos() as f64;
        });
        if computed != CALLS {
            return Err(
                format!("{} computed {computed} times for {CALLS} new keys", self.name).into()
            );
        }
        if !is_miss {
            let began = Instant::now();
            let forgotten = keys.filter(|key| (self.forget)(black_box(*key))).count() as u64;
            elapsed = began.elapsed().as_nanos() as f64;
            if forgotten < CALLS * 9 / 10 {
                return Err(format!("{} forgot {forgotten} of {CALLS} keys", self.name).into());
            }
        }
        Ok(elapsed / CALLS as f64)
    }
}
