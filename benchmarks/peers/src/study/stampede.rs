//! Eight callers ask for one cold key at once: how long until all of them have the value, and how often the function ran.

use crate::bars::{OURS, renew_caches};
use crate::{BOUND, RUNS, TTL};
use benchmarks::{Failure, Options, Report, Trial, measure};
use cache_memoize::cache_memoize;
use cached::macros::{cached, concurrent_cached};
use fastrand::Rng;
use memoize::memoize;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

const CALLERS: usize = 8;

type Call = fn(u64) -> u64;

const ALL: &[(&str, Call)] = &[
    (OURS, ours),
    ("cached, ttl", cached_ttl),
    ("cached, ttl, sync_writes by_key", cached_by_key),
    ("concurrent_cached, ttl", sharded_ttl),
    ("moka, get_with", moka),
    ("quick_cache, get_or_insert_with", quick),
    ("memoize, shared", memoized),
];

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    renew_caches()?;
    let key = Cell::new(1_u64 << 42);
    let runs = RefCell::new(BTreeMap::<&str, Vec<u64>>::new());
    let trials = ALL.iter().map(|(name, call)| {
        let (key, runs) = (&key, &runs);
        Trial::new(*name, move |_: &mut Rng| {
            let mut took = 0.0;
            let ran = RUNS.during(|| took = crowd(*call, key.replace(key.get() + 1)));
            runs.borrow_mut().entry(name).or_default().push(ran);
            match ran {
                0 => Err(Failure::from(format!("{name} knew what nobody had asked for"))),
                _ => Ok(took),
            }
        })
    });
    let measured = measure("stampedes", trials.collect(), &options.effort, &mut Rng::new())?;
    let runs = runs.into_inner();
    #[expect(clippy::cast_precision_loss, reason = "there are few runs")]
    let mean = |name: &str| {
        let runs = runs.get(name)?;
        Some(runs.iter().sum::<u64>() as f64 / runs.len() as f64)
    };
    let title =
        "Eight callers of one cold key, until all have the value, whose computation waits for 1 ms";
    let section =
        measured.section(title).fastest_first().with_ratios(&measured, |_| Some(OURS.to_owned()));
    let section = section.with_column("runs of the function", "on average", mean);
    report.sections.push(section.highlighting(|name| name == OURS));
    Ok(())
}

/// The nanoseconds from the first who sets out to the last who has the value.
#[expect(clippy::cast_precision_loss, reason = "a stampede takes no weeks")]
fn crowd(call: Call, key: u64) -> f64 {
    let start = Barrier::new(CALLERS);
    let times: Vec<(Instant, Instant)> = thread::scope(|scope| {
        let ask = || {
            start.wait();
            let began = Instant::now();
            black_box(call(black_box(key)));
            (began, Instant::now())
        };
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(ask)).collect();
        callers.into_iter().map(|it| it.join().expect("candidates do not panic")).collect()
    });
    let first = times.iter().map(|(began, _)| *began).min();
    let last = times.iter().map(|(_, ended)| *ended).max();
    first.zip(last).map_or(0.0, |(first, last)| (last - first).as_nanos() as f64)
}

/// Waits as for a database, and then keeps a core busy for some ten microseconds.
fn computed(number: u64) -> u64 {
    RUNS.count();
    thread::sleep(Duration::from_millis(1));
    (0..10_000).fold(number, |sum, step| black_box(sum.rotate_left(5) ^ step))
}

#[cache_memoize(ttl = 3600)]
fn ours(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600)]
fn cached_ttl(number: u64) -> u64 {
    computed(number)
}

#[cached(ttl_secs = 3600, sync_writes = "by_key")]
fn cached_by_key(number: u64) -> u64 {
    computed(number)
}

#[concurrent_cached(ttl_secs = 3600)]
fn sharded_ttl(number: u64) -> u64 {
    computed(number)
}

fn moka(number: u64) -> u64 {
    static CACHE: LazyLock<moka::sync::Cache<u64, u64>> = LazyLock::new(|| {
        moka::sync::Cache::builder().max_capacity(BOUND as u64).time_to_live(TTL).build()
    });
    CACHE.get_with(number, || computed(number))
}

fn quick(number: u64) -> u64 {
    static CACHE: LazyLock<quick_cache::sync::Cache<u64, u64>> =
        LazyLock::new(|| quick_cache::sync::Cache::new(BOUND));
    let Ok(value) = CACHE.get_or_insert_with(&number, || Ok::<_, Infallible>(computed(number)));
    value
}

#[memoize(SharedCache, Capacity: 10_000, TimeToLive: TTL)]
fn memoized(number: u64) -> u64 {
    computed(number)
}
