//! A value of 10 KB through zlib: this library's own file, beside flate2 with its state kept.

use crate::bars::OURS;
use benchmarks::{Failure, Options, Report, Trial, measure};
use deflate::Wrapper;
use fastrand::Rng;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::hint::black_box;
use std::time::Instant;

#[path = "../../../../cache-memoize/src/codec/compressor/context.rs"]
mod context;
#[expect(dead_code, reason = "what the codec needs besides")]
#[path = "../../../../cache-memoize/src/codec/compressor/deflate.rs"]
mod deflate;
#[path = "../../../../cache-memoize/src/codec/compressor/room.rs"]
mod room;

const LEVELS: [i32; 2] = [1, 6];
const FLATE: &str = "flate2, one-shot, its state kept";

/// Calls in a sample.
const CALLS: u32 = 10;

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let value = json(10_000);
    for level in LEVELS {
        let packed =
            theirs(&mut Compress::new(Compression::new(level.unsigned_abs()), true), &value)?;
        let mut compressor = Compress::new(Compression::new(level.unsigned_abs()), true);
        let mut decompressor = Decompress::new(true);
        if ours(level, &value)? != packed || ours_back(&packed, &value)? != value {
            return Err("what is compressed is not the same".into());
        }
        let (value, packed) = (&value, &packed);
        let sides = [
            (
                "compress",
                trial(OURS, move || ours(level, black_box(value))),
                trial(FLATE, move || theirs(&mut compressor, black_box(value))),
            ),
            (
                "decompress",
                trial(OURS, move || ours_back(black_box(packed), value)),
                trial(FLATE, move || theirs_back(&mut decompressor, black_box(packed), value)),
            ),
        ];
        for (what, ours, theirs) in sides {
            let measured = measure("zlib", vec![ours, theirs], &options.effort, &mut Rng::new())?;
            let title = format!("10 KB of JSON, zlib level {level}, {what}");
            let section =
                measured.section(&title).with_ratios(&measured, |_| Some(FLATE.to_owned()));
            report.sections.push(section.highlighting(|name| name == OURS));
            report.limit(format!("{title}, to flate2"), 1.1, measured.ratio(OURS, FLATE));
        }
    }
    Ok(())
}

fn trial<'a>(
    name: &str,
    mut work: impl FnMut() -> Result<Vec<u8>, Failure> + 'a,
) -> Trial<'a, Failure> {
    Trial::new(name, move |_: &mut Rng| {
        let began = Instant::now();
        for _ in 0..CALLS {
            black_box(work()?);
        }
        #[expect(clippy::cast_precision_loss, reason = "a sample takes no weeks")]
        Ok(began.elapsed().as_nanos() as f64 / f64::from(CALLS))
    })
}

fn ours(level: i32, value: &[u8]) -> Result<Vec<u8>, Failure> {
    let packed = deflate::compress(Wrapper::Zlib, Some(level), value, value.len())?;
    Ok(packed.ok_or("there is too little room")?)
}

fn ours_back(packed: &[u8], value: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(deflate::decompress(Wrapper::Zlib, packed, value.len()).ok_or("it cannot be read")?)
}

fn theirs(compressor: &mut Compress, value: &[u8]) -> Result<Vec<u8>, Failure> {
    compressor.reset();
    let mut packed = Vec::with_capacity(value.len());
    match compressor.compress_vec(value, &mut packed, FlushCompress::Finish)? {
        Status::StreamEnd => Ok(packed),
        _ => Err("there is too little room".into()),
    }
}

fn theirs_back(
    decompressor: &mut Decompress,
    packed: &[u8],
    value: &[u8],
) -> Result<Vec<u8>, Failure> {
    decompressor.reset(true);
    let mut bytes = Vec::with_capacity(value.len());
    match decompressor.decompress_vec(packed, &mut bytes, FlushDecompress::Finish)? {
        Status::StreamEnd => Ok(bytes),
        _ => Err("it cannot be read".into()),
    }
}

/// Something like what a service answers: names that come again, and numbers that do not.
fn json(length: usize) -> Vec<u8> {
    const CITIES: [&str; 5] = ["Warsaw", "Berlin", "Lisbon", "Tartu", "Oslo"];
    let mut random = Rng::with_seed(1);
    let mut text = "[".to_owned();
    while text.len() < length {
        let (id, price) = (random.u32(..), random.u32(..100_000));
        let city = random.choice(CITIES).unwrap_or_default();
        text += &format!(
            "{{\"id\":{id},\"city\":\"{city}\",\"price\":{price},\"is_open\":{}}},",
            random.bool()
        );
    }
    text.truncate(length);
    text.into_bytes()
}
