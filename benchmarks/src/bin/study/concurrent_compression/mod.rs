//! The experiment of 2017-10, which compared this in Python with gzip: bundles of values, compressed one after the other, on threads, on a pool that steals work,
//! in processes, and as the library does. It says when several threads pay, which is what `set_many` goes by.

mod bundles;
mod compressors;
mod processes;
mod ways;

use benchmarks::{
    Effort, Failure, Measured, Options, Parameter, Ratio, Report, Spread, Study, Trial, measure,
};
use bundles::Bundle;
use compressors::{COMPRESSORS, Compressor};
use fastrand::Rng;
pub(crate) use processes::work_for_parent;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};
use ways::{Crew, Way};

pub(crate) const STUDY: Study = Study {
    name: "concurrent-compression",
    title: "Compressing many values at once",
    question: "From which size on should values that are stored together be compressed on several threads, and how?",
    finding: "",
    efforts: [
        Effort { warm_up: 1, rounds: 9, time: Duration::from_secs(120), ..Effort::FULL },
        Effort { warm_up: 1, rounds: 3, time: Duration::from_secs(5), ..Effort::QUICK },
    ],
    parameters: &[
        Parameter {
            name: "--largest",
            default: 31_000,
            quick: 3_000,
            meaning: "how many kilobytes the largest bundle has that is compressed",
            ..Parameter::COUNT
        },
        Parameter {
            name: "--threads",
            default: 0,
            quick: 0,
            least: 0,
            meaning: "how many threads or processes work at once; 0: as many as there are cores",
            ..Parameter::COUNT
        },
    ],
    programs: &[],
    crates: &["cache-memoize", "flate2", "zlib-rs", "zstd", "lz4_flex", "rayon"],
    lock: crate::LOCK,
    run,
};

fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let threads = match options.count("--threads") {
        0 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
        threads => threads,
    };
    report.note(format!(
        "{threads} threads or processes work at once; as the library does, a thread for each core. Processes and the \
         pool are started before it is measured. A way that gives other bytes than one after the other ends the study."
    ));
    let crew = Crew::start(threads)?;
    let bundles: Vec<Bundle> = bundles::up_to(options.count("--largest").saturating_mul(1_000));
    if bundles.is_empty() {
        return Err("the smallest bundle has 2 kilobytes: take --largest 2 at least".into());
    }
    let effort = options.effort.shared(bundles.len());
    let mut found = Vec::new();
    for bundle in &bundles {
        let measured = measured(bundle, &crew, &effort, options)?;
        report.sections.push(section(bundle, &measured));
        found.push((bundle, measured));
    }
    judge(&found, report);
    Ok(())
}

/// Each compressor in each way.
fn measured(
    bundle: &Bundle,
    crew: &Crew,
    effort: &Effort,
    options: &Options,
) -> Result<Measured, Failure> {
    let mut trials = Vec::new();
    for compressor in COMPRESSORS {
        let expected = std::rc::Rc::new(ways::one_after_the_other(&bundle.values, compressor));
        for way in Way::ALL {
            let (name, expected) = (name(compressor, way), expected.clone());
            if options.is_wanted(&name) {
                trials.push(Trial::new(name.clone(), move |_: &mut Rng| {
                    let began = Instant::now();
                    let compressed = black_box(way.carry_out(&bundle.values, compressor, crew)?);
                    let elapsed = nanoseconds(began);
                    match compressed == *expected {
                        true => Ok(elapsed),
                        false => Err(Failure::from(format!("{name} gives other bytes"))),
                    }
                }));
            }
        }
    }
    measure(bundle.name, trials, effort, &mut Rng::new())
}

fn section(bundle: &Bundle, measured: &Measured) -> benchmarks::Section {
    let serially = |name: &str| {
        let compressor = COMPRESSORS.iter().find(|it| name.starts_with(it.name))?;
        Some(self::name(compressor, Way::OneAfterTheOther))
    };
    let title = format!("{}, {} KB in all", bundle.name, bundle.bytes() / 1_000);
    measured
        .section(title)
        .with_ratios(measured, serially)
        .with_column("rate", "MB/s", |name| {
            let median = Spread::of(measured.of(name)?.to_vec()).median();
            Some(bundle.bytes() as f64 / median * 1e3)
        })
        .highlighting(|name| name.ends_with(Way::AsTheLibrary.name()))
}

fn name(compressor: &Compressor, way: Way) -> String {
    format!("{}, {}", compressor.name, way.name())
}

#[expect(clippy::cast_precision_loss, reason = "no bundle takes weeks")]
fn nanoseconds(since: Instant) -> f64 {
    since.elapsed().as_nanos() as f64
}

/// Each way against one after the other, over all compressors; and when threads paid.
fn judge(found: &[(&Bundle, Measured)], report: &mut Report) {
    let against_serially = |measured: &Measured, way| {
        let pairs = COMPRESSORS.iter().map(|it| (name(it, way), name(it, Way::OneAfterTheOther)));
        measured.pooled(&pairs.collect::<Vec<_>>())
    };
    for (bundle, measured) in found {
        for way in [Way::InShares, Way::StealingWork, Way::InProcesses] {
            let what = format!("{}: {}, against one after the other", bundle.name, way.name());
            report.compare(what, against_serially(measured, way));
        }
        let what = format!("{}: as the library does, to one after the other", bundle.name);
        let limit = if pays_for_certain(measured) { PAYING } else { HARMLESS };
        report.limit(what, limit, against_serially(measured, Way::AsTheLibrary));
    }
    report.notes.extend(threshold(found));
}

/// The most that the library may take, as a multiple of one after the other, where threads cannot help; and where they
/// have to, with room for a machine that is busy.
const HARMLESS: f64 = 1.1;
const PAYING: f64 = 0.8;

/// Whether every compressor takes so long that threads have to help.
fn pays_for_certain(measured: &Measured) -> bool {
    const LONG: f64 = 20e6;
    let mut times = COMPRESSORS.iter().filter_map(|it| serial_time(measured, it)).peekable();
    Crew::has_help() && times.peek().is_some() && times.all(|time| time >= LONG)
}

fn serial_time(measured: &Measured, compressor: &Compressor) -> Option<f64> {
    let samples = measured.of(&name(compressor, Way::OneAfterTheOther))?;
    Some(Spread::of(samples.to_vec()).median())
}

/// From which time on a thread for each share was quicker, and up to which it was slower; `None` if these two were not
/// measured.
fn threshold(found: &[(&Bundle, Measured)]) -> Option<String> {
    let cells = found.iter().flat_map(|(_, measured)| {
        COMPRESSORS.iter().filter_map(|compressor| {
            let [parallel, serial] =
                [Way::InShares, Way::OneAfterTheOther].map(|way| name(compressor, way));
            let ratio = measured.ratio(&parallel, &serial)?;
            Some((serial_time(measured, compressor)? / 1e6, ratio))
        })
    });
    let cells: Vec<(f64, Ratio)> = cells.collect();
    if cells.is_empty() {
        return None;
    }
    let times = |is_one: fn(&Ratio) -> bool| {
        cells.iter().filter(move |(_, ratio)| is_one(ratio)).map(|(time, _)| *time)
    };
    let slower = times(|ratio| ratio.low > 1.0).reduce(f64::max);
    let quicker = times(|ratio| ratio.high < 1.0).reduce(f64::min);
    let slower = match slower {
        Some(time) => format!("was still slower where it took {time:.2} ms"),
        None => "was never slower".to_owned(),
    };
    let quicker = match quicker {
        Some(time) => format!("quicker for the first time where it took {time:.2} ms"),
        None => "never quicker".to_owned(),
    };
    Some(format!(
        "Compared to one after the other, a thread for each share {slower}, and {quicker}. The library has other \
         threads help after 4 ms."
    ))
}
