//! How many accesses are hits under a bound, where some keys are in demand and now and then somebody reads them all once.

use crate::RUNS;
use crate::bars::OURS;
use benchmarks::{Failure, Measured, Options, Ratio, Report, unless_stopped};
use cache_memoize::{Cache, cache_memoize};
use cached::{Cached, LruCache};
use fastrand::Rng;
use std::cell::RefCell;
use std::time::Instant;

/// How many keys there are.
const KEYS: usize = 100_000;
/// How many of them a cache may hold.
const ROOM: usize = 1_000;
/// How many keys a scan reads, none of them twice.
const SCAN: usize = 5_000;
/// How many accesses lie between two scans.
const BETWEEN: usize = 50_000;
/// How many sequences of accesses are drawn.
const DRAWS: [usize; 2] = [3, 9];

type Make = fn() -> Result<Access, Failure>;

/// Who, and how an empty cache of theirs is made.
const ALL: &[(&str, Make)] = &[
    (OURS, ours),
    ("moka (TinyLFU)", moka),
    ("quick_cache (S3-FIFO)", quick),
    ("cached (LRU)", lru),
];

/// Reads a key, and stores it where it is not there.
type Access = Box<dyn Fn(u64)>;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let accesses = options.count("--accesses");
    let draws = DRAWS[usize::from(options.effort.rounds > 100)];
    let zipf = Zipf::new(KEYS);
    let (mut times, mut misses) = (Measured::default(), Measured::default());
    let mut samples = vec![(Vec::new(), Vec::new()); ALL.len()];
    for draw in 0..draws {
        let mut random = Rng::with_seed(draw as u64);
        let trace = trace(&zipf, accesses, &mut random);
        let mut order: Vec<usize> = (0..ALL.len()).collect();
        random.shuffle(&mut order);
        for index in order {
            unless_stopped()?;
            let (time, missed) = simulate(ALL[index].1()?, &trace);
            samples[index].0.push(time);
            samples[index].1.push(missed);
        }
    }
    for ((name, _), (time, missed)) in ALL.iter().zip(samples) {
        times.push(*name, time);
        misses.push(*name, missed);
    }
    judge(&misses, report);
    let hits = |name: &str| {
        let missed = misses.of(name)?;
        Some(
            100.0
                - 100.0 * missed.iter().sum::<f64>() / f64::from(u32::try_from(missed.len()).ok()?),
        )
    };
    let title = format!(
        "Hits among {accesses} accesses to {KEYS} keys (Zipf 1.0), {ROOM} of them cached, and a scan of {SCAN} every {BETWEEN}"
    );
    let section = times.section(title).with_column("hits", "%", hits);
    let section = section.with_chart(benchmarks::Measure::Extra("hits".to_owned()));
    report.sections.push(section.highlighting(|name| name == OURS));
    Ok(())
}

/// At least as many hits as moka less one point: at most as many misses and one point.
fn judge(misses: &Measured, report: &mut Report) {
    const POINT: f64 = 0.01;
    let moka = misses.of("moka (TinyLFU)").unwrap_or_default();
    let allowed: Vec<f64> = moka.iter().map(|missed| missed + POINT).collect();
    let found = Ratio::of(misses.of(OURS).unwrap_or_default(), &allowed);
    report.limit("Misses under a bound, to those of moka and one point", 1.0, found);
    report.compare("Misses under a bound, to those of moka", misses.ratio(OURS, "moka (TinyLFU)"));
    report.compare("Misses under a bound, to those of an LRU", misses.ratio(OURS, "cached (LRU)"));
}

/// The nanoseconds of an access, and the share of those that missed.
#[expect(clippy::cast_precision_loss, reason = "there are few accesses")]
fn simulate(access: Access, trace: &[u64]) -> (f64, f64) {
    let began = Instant::now();
    let missed = RUNS.during(|| trace.iter().for_each(|key| access(*key)));
    let accesses = trace.len() as f64;
    (began.elapsed().as_nanos() as f64 / accesses, missed as f64 / accesses)
}

/// The keys that are read, in this order.
fn trace(zipf: &Zipf, accesses: usize, random: &mut Rng) -> Vec<u64> {
    let mut trace = Vec::with_capacity(accesses + SCAN);
    while trace.len() < accesses {
        trace.extend((0..BETWEEN).map(|_| zipf.draw(random)));
        let first = random.u64(..(KEYS - SCAN) as u64);
        trace.extend(first..first + SCAN as u64);
    }
    trace.truncate(accesses);
    trace
}

/// Key `n` is drawn half as often as key `n / 2`: as Zipf's law has it, with the exponent 1.
struct Zipf {
    /// The probability of a key or one before it.
    up_to: Vec<f64>,
}

impl Zipf {
    #[expect(clippy::cast_precision_loss, reason = "there are few keys")]
    fn new(keys: usize) -> Self {
        let mut up_to: Vec<f64> = (1..=keys)
            .scan(0.0, |sum, rank| {
                *sum += 1.0 / rank as f64;
                Some(*sum)
            })
            .collect();
        let all = up_to.last().copied().unwrap_or(1.0);
        up_to.iter_mut().for_each(|it| *it /= all);
        Self { up_to }
    }

    fn draw(&self, random: &mut Rng) -> u64 {
        let chance = random.f64();
        self.up_to.partition_point(|up_to| *up_to <= chance) as u64
    }
}

fn computed(key: u64) -> u64 {
    RUNS.count();
    key
}

#[cache_memoize(ttl = 3600, cache = cache, skip(cache))]
fn identity(cache: &Cache, key: u64) -> u64 {
    computed(key)
}

fn ours() -> Result<Access, Failure> {
    let cache = Cache::from_url(&format!("memory:?max_entries={ROOM}"))?;
    Ok(Box::new(move |key| _ = identity(&cache, key)))
}

fn moka() -> Result<Access, Failure> {
    let cache = moka::sync::Cache::new(ROOM as u64);
    Ok(Box::new(move |key| _ = cache.get_with(key, || computed(key))))
}

fn quick() -> Result<Access, Failure> {
    let cache = quick_cache::sync::Cache::new(ROOM);
    Ok(Box::new(move |key| {
        let Ok(_) =
            cache.get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(computed(key)));
    }))
}

fn lru() -> Result<Access, Failure> {
    let cache = RefCell::new(LruCache::new(ROOM));
    Ok(Box::new(move |key| {
        let mut cache = cache.borrow_mut();
        if cache.cache_get(&key).is_none() {
            cache.cache_set(key, computed(key));
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "there are few draws")]
    fn keys_are_drawn_as_zipf_has_it() {
        const DRAWS: usize = 200_000;
        let zipf = Zipf::new(1_000);
        let mut random = Rng::with_seed(1);
        let mut drawn = vec![0; 1_000];
        for _ in 0..DRAWS {
            drawn[usize::try_from(zipf.draw(&mut random)).unwrap()] += 1;
        }
        // The 1,000th harmonic number is 7.485.
        for rank in [1_usize, 2, 10] {
            let expected = DRAWS as f64 / 7.485 / rank as f64;
            let found = f64::from(drawn[rank - 1]);
            assert!((found / expected - 1.0).abs() < 0.1, "{found} of rank {rank}, not {expected}");
        }
        assert!(drawn[500..].iter().sum::<i32>() > 0);
    }

    #[test]
    fn a_scan_follows_every_so_many_draws() {
        let zipf = Zipf::new(KEYS);
        let trace = trace(&zipf, 2 * (BETWEEN + SCAN), &mut Rng::with_seed(1));
        for scan in [&trace[BETWEEN..][..SCAN], &trace[2 * BETWEEN + SCAN..]] {
            assert_eq!(scan.len(), SCAN);
            assert!(scan.windows(2).all(|it| it[0] + 1 == it[1]));
        }
    }

    #[test]
    fn the_lru_forgets_who_was_not_asked_for_the_longest() {
        let access = lru().unwrap();
        let missed = |keys: std::ops::Range<u64>| RUNS.during(|| keys.for_each(&access));
        let room = ROOM as u64;
        assert_eq!(missed(0..room), room);
        assert_eq!(missed(0..1), 0);
        // The second oldest has to go, not the first, which was just asked for.
        assert_eq!(missed(room..room + 1), 1);
        assert_eq!(missed(0..1), 0);
        assert_eq!(missed(1..2), 1);
    }
}
