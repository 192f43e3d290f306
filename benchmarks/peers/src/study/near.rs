//! A hit in the tier in front of a server, beside one of a cache that is in process.

use crate::RUNS;
use crate::bars::{OURS, show};
use crate::numbers::{computed, ours, square};
use benchmarks::{Candidate, Failure, Hits, Options, Report, Servers, Socket, Store};
use cache_memoize::{Cache, Near, cache_memoize, caches};
use std::time::Duration;

const NEAR: &str = "cache-memoize, near tier in front of Redis";

pub(crate) fn run(options: &Options, report: &mut Report) -> Result<(), Failure> {
    let servers = Servers::start();
    let redis = cache_memoize::Redis::open(&servers.url(Store::Redis, Socket::Unix))?;
    // Copies live as long as what is measured; a busy machine is no fault of a backend.
    let near = Near::entries(crate::BOUND).ttl(crate::TTL);
    let cache =
        Cache::builder().backend(redis).near(near).timeout(Duration::from_secs(10)).build()?;
    caches::install("near", cache)?;
    let keys = (0..options.number("--keys")).collect();
    let hits = Hits::new("near tier", keys, square, &RUNS)
        .with([Candidate::blocking(OURS, ours), Candidate::blocking(NEAR, ours_near)]);
    let title = "A hit in the near tier, u64 -> u64";
    for on in show(title, hits, options, report)? {
        let what = format!("{title}, {}, to one in process", on.in_words());
        report.limit(what, 1.2, on.measured.ratio(NEAR, OURS));
    }
    Ok(())
}

#[cache_memoize(ttl = 3600, cache = "near")]
fn ours_near(number: u64) -> u64 {
    computed(number)
}
