//! Bundles of values, compressed one after the other, on a thread for each share, and as the library does it: when
//! several threads pay.
//!
//! `cargo run --release -p benchmarks --bin concurrent_compression [ROUNDS]`

#![expect(clippy::print_stdout, reason = "its table is what it is for")]

use benchmarks::Spread;
use fastrand::Rng;
use std::hint::black_box;
use std::io::Write;
use std::num::NonZeroUsize;
use std::thread;
use std::time::{Duration, Instant};

#[path = "../../../cache-memoize/src/parallel.rs"]
mod parallel;

/// What `parallel` needs of the library.
mod sync {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Bytes = Vec<u8>;
type Compress = fn(&[u8]) -> Bytes;

/// Values that are compressed together.
struct Bundle {
    name: &'static str,
    values: Vec<Bytes>,
}

/// A way to compress one value.
struct Compressor {
    name: &'static str,
    compress: Compress,
}

/// A way to compress a bundle.
struct Way {
    name: &'static str,
    carry_out: fn(&[Bytes], Compress) -> Vec<Bytes>,
}

const WAYS: [Way; 3] = [
    Way { name: "one after the other", carry_out: serially },
    Way { name: "a share for each core", carry_out: in_shares },
    Way { name: "as the library does", carry_out: as_the_library },
];

const COMPRESSORS: [Compressor; 4] = [
    Compressor { name: "lz4", compress: lz4_flex::compress_prepend_size },
    Compressor {
        name: "zstd 1",
        compress: |value| zstd::bulk::compress(value, 1).expect("it fits"),
    },
    Compressor { name: "zlib 1", compress: |value| zlib(value, 1) },
    Compressor { name: "zlib 6", compress: |value| zlib(value, 6) },
];

fn main() {
    let rounds = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(31);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    println!("{cores} cores, {rounds} rounds; medians, as ratios to one after the other\n");
    println!(
        "{:<28} {:<8} {:>12} {:>24} {:>22}",
        "bundle", "", "microseconds", WAYS[1].name, WAYS[2].name
    );
    for bundle in bundles() {
        for compressor in &COMPRESSORS {
            show(&bundle, compressor, rounds);
        }
    }
}

fn show(bundle: &Bundle, compressor: &Compressor, rounds: usize) {
    let [serially, in_shares, as_the_library] = medians(bundle, compressor, rounds);
    let ratio = |time: Duration| time.as_secs_f64() / serially.as_secs_f64();
    println!(
        "{:<28} {:<8} {:>12.0} {:>24.2} {:>22.2}",
        bundle.name,
        compressor.name,
        serially.as_secs_f64() * 1e6,
        ratio(in_shares),
        ratio(as_the_library),
    );
}

/// The median of each way, in rounds of a random order, of which the first are thrown away.
fn medians(bundle: &Bundle, compressor: &Compressor, rounds: usize) -> [Duration; 3] {
    const WARM_UP: usize = 3;
    let expected = serially(&bundle.values, compressor.compress);
    let (mut random, mut order) = (Rng::with_seed(7), [0, 1, 2]);
    let mut times: [Vec<f64>; 3] = Default::default();
    for round in 0..rounds + WARM_UP {
        random.shuffle(&mut order);
        for way in order {
            let began = Instant::now();
            let compressed = black_box((WAYS[way].carry_out)(&bundle.values, compressor.compress));
            let time = began.elapsed();
            assert!(compressed == expected, "{} gives something else", WAYS[way].name);
            if round >= WARM_UP {
                times[way].push(time.as_secs_f64());
            }
        }
    }
    times.map(|times| Duration::from_secs_f64(Spread::of(times).median()))
}

fn serially(values: &[Bytes], compress: Compress) -> Vec<Bytes> {
    values.iter().map(|value| compress(value)).collect()
}

fn in_shares(values: &[Bytes], compress: Compress) -> Vec<Bytes> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = values.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let shares: Vec<_> = values
            .chunks(share)
            .map(|share| scope.spawn(move || serially(share, compress)))
            .collect();
        let done = shares.into_iter().map(|share| share.join().expect("no panic"));
        done.flatten().collect()
    })
}

fn as_the_library(values: &[Bytes], compress: Compress) -> Vec<Bytes> {
    parallel::map(values.iter().collect(), |work| work(), |value: &Bytes| compress(value))
}

fn zlib(value: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
    encoder.write_all(value).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// Small ones, such as a page of search results, and those of the experiment of 2017: bundles of files of 300 KB on
/// average, with a large one among them.
fn bundles() -> Vec<Bundle> {
    let mut random = Rng::with_seed(1);
    let mut of = |name, lengths: Vec<usize>| Bundle {
        name,
        values: lengths.into_iter().map(|length| text(length, &mut random)).collect(),
    };
    let files = |count: usize| {
        let mut lengths = vec![260_000; count - 1];
        lengths.push(300_000 * count - 260_000 * (count - 1));
        lengths
    };
    vec![
        of("2 of 1 KB", vec![1_000; 2]),
        of("20 of 1 KB", vec![1_000; 20]),
        of("200 of 1 KB", vec![1_000; 200]),
        of("2 of 10 KB", vec![10_000; 2]),
        of("20 of 10 KB", vec![10_000; 20]),
        of("200 of 10 KB", vec![10_000; 200]),
        of("2 of 300 KB", vec![300_000; 2]),
        of("26 of 300 KB, one large", files(26)),
        of("103 of 300 KB, one large", files(103)),
    ]
}

/// Something like the JSON of a service: words that come again, and numbers that do not.
fn text(length: usize, random: &mut Rng) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "\"id\":",
        "\"name\":\"",
        "\"price\":",
        "\",",
        "},{",
        "Warsaw",
        "Berlin",
        "chair",
        "table",
        "true",
        "null",
        "\"created_at\":\"2026-",
    ];
    let mut text = Vec::with_capacity(length + 32);
    while text.len() < length {
        text.extend_from_slice(random.choice(WORDS).unwrap_or_default().as_bytes());
        if random.u8(..) < 90 {
            text.extend_from_slice(random.u32(..1_000_000).to_string().as_bytes());
        }
    }
    text.truncate(length);
    text
}
