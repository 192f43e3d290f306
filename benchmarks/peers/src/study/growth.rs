//! From ten entries to ten million: what a hit costs, of keys at random, and how much memory an entry takes.

use crate::RUNS;
use crate::bars::OURS;
use benchmarks::{Failure, Measured, Options, Report, Trial, measure, unless_stopped};
use cache_memoize::{Cache, cache_memoize};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::process::Command;
use std::time::Instant;

/// A store of one of those who are compared, with room for all that is put into it.
type Remember = Box<dyn Fn(u64) -> u64>;

type Make = fn(u64) -> Result<Remember, Failure>;

/// Who, and how a store of theirs is made for so many entries.
const ALL: &[(&str, Make)] = &[
    (OURS, ours),
    ("moka, ttl, bound, get_with", moka),
    ("quick_cache, bound, get_or_insert_with", quick),
    ("bare papaya map", papaya),
];

const FEW: u64 = 10;

/// Calls in a sample: so many that a small store is in the caches of the processor for most of them, whatever the larger
/// ones of the round have left there.
const CALLS: usize = 20_000;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let most = options.number("--entries");
    let mut sizes = vec![FEW, 1_000.min(most), (most / 100).max(FEW), most];
    sizes.sort_unstable();
    sizes.dedup();
    report.note(
        "The memory of an entry is what a process had more of after it filled a store, shared among the entries: key, value, and \
         what the store keeps to bound itself. A bound is twice the number of entries. The bare map grows only; it has no \
         lifetimes.",
    );
    let mut all = Measured::default();
    let mut memory = BTreeMap::new();
    for (name, make) in ALL {
        // One library after the other: there is no room for all of them.
        let mut stores = Vec::new();
        for entries in &sizes {
            unless_stopped()?;
            stores.push((*entries, filled(name, *make, *entries)?));
        }
        unless_stopped()?;
        memory.insert(row(name, most), memory_in_a_process(name, most)?);
        let trials = stores.iter().map(|(entries, remember)| {
            Trial::new(row(name, *entries), move |random: &mut Rng| {
                sample(*entries, remember, random)
            })
        });
        let measured = measure("growth", trials.collect(), &options.effort, &mut Rng::new())?;
        let growth = measured.ratio(&row(name, most), &row(name, FEW));
        let what = format!("A hit among {most} entries, to one among {FEW}");
        match *name {
            OURS => report.limit(format!("{what}, {name}"), 2.5, growth),
            _ => report.compare(format!("{what}, {name}"), growth),
        }
        measured.iter().for_each(|(name, samples)| all.push(name, samples.clone()));
    }
    let smallest = |name: &str| name.split_once(": ").map(|(who, _)| row(who, FEW));
    let section = all.section("A hit as a store grows, u64 -> u64, keys at random, 1 thread");
    let section =
        section
            .with_ratios(&all, smallest)
            .with_column("memory of an entry", "bytes", |name| memory.get(name).copied().flatten());
    report.sections.push(section.highlighting(|name| name.starts_with(OURS)));
    Ok(())
}

fn row(name: &str, entries: u64) -> String {
    format!("{name}: {entries}")
}

#[expect(clippy::cast_precision_loss, reason = "a sample takes no weeks")]
fn sample(entries: u64, remember: &Remember, random: &mut Rng) -> Result<f64, Failure> {
    let keys: Vec<u64> = (0..CALLS).map(|_| random.u64(..entries)).collect();
    let mut elapsed = 0.0;
    let computed = RUNS.during(|| {
        let began = Instant::now();
        for key in &keys {
            black_box(remember(black_box(*key)));
        }
        elapsed = began.elapsed().as_nanos() as f64;
    });
    match computed {
        0 => Ok(elapsed / CALLS as f64),
        _ => Err(format!("{computed} of {CALLS} keys out of {entries} were forgotten").into()),
    }
}

fn filled(name: &str, make: Make, entries: u64) -> Result<Remember, Failure> {
    let remember = make(entries)?;
    match RUNS.during(|| (0..entries).for_each(|key| _ = remember(key))) {
        computed if computed == entries => Ok(remember),
        computed => Err(format!("{name} computed {computed} times for {entries} keys").into()),
    }
}

/// The first word by which this program is asked to do nothing but fill a store, and tell what that takes.
const FILL: &str = "fill";

/// The bytes of an entry, in a process of its own, which has no memory left over from others. `None` where the system does
/// not tell.
fn memory_in_a_process(name: &str, entries: u64) -> Result<Option<f64>, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.args([FILL, name, &entries.to_string()]).output()?;
    if !output.status.success() {
        return Err(format!("{name} could not be filled").into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse().ok())
}

/// Does that, if these words ask for it.
pub(crate) fn work_for_parent(words: &[String]) -> Option<Result<(), Failure>> {
    let [first, name, entries] = words else { return None };
    let (_, make) = ALL.iter().find(|(known, _)| first == FILL && known == name)?;
    Some(entries.parse().map_err(Failure::from).and_then(|entries| {
        let before = resident();
        let _store = filled(name, *make, entries)?;
        let more = before.zip(resident()).map(|(before, after)| after.saturating_sub(before));
        #[expect(clippy::cast_precision_loss, reason = "memory is smaller")]
        let of_one = more.map(|more| (more as f64 / entries as f64).round().to_string());
        Ok(writeln!(io::stdout(), "{}", of_one.unwrap_or_default())?)
    }))
}

/// The bytes of memory that this process has, where the system tells.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

fn computed(number: u64) -> u64 {
    RUNS.count();
    number.wrapping_mul(number)
}

#[cache_memoize(ttl = 3600, cache = cache, skip(cache))]
fn square(cache: &Cache, number: u64) -> u64 {
    computed(number)
}

fn ours(entries: u64) -> Result<Remember, Failure> {
    let cache = Cache::from_url(&format!("memory:?max_entries={}", entries * 2 + 100))?;
    Ok(Box::new(move |number| square(&cache, number)))
}

fn moka(entries: u64) -> Result<Remember, Failure> {
    let cache =
        moka::sync::Cache::builder().max_capacity(entries * 2 + 100).time_to_live(crate::TTL);
    let cache = cache.build();
    Ok(Box::new(move |number| cache.get_with(number, || computed(number))))
}

fn quick(entries: u64) -> Result<Remember, Failure> {
    let cache = quick_cache::sync::Cache::new(usize::try_from(entries)? * 2 + 1_000);
    Ok(Box::new(move |number| {
        let Ok(value) = cache
            .get_or_insert_with(&number, || Ok::<_, std::convert::Infallible>(computed(number)));
        value
    }))
}

fn papaya(_: u64) -> Result<Remember, Failure> {
    let map = papaya::HashMap::builder().hasher(foldhash::fast::RandomState::default());
    let map = map.resize_mode(papaya::ResizeMode::Blocking).build();
    Ok(Box::new(move |number| {
        let map = map.pin();
        map.get(&number).copied().unwrap_or_else(|| {
            let value = computed(number);
            map.insert(number, value);
            value
        })
    }))
}
