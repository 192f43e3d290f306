use benchmarks::{Failure, Options};
use fastrand::Rng;
use std::collections::BTreeSet;

/// All keys of one to three letters.
const KEYS: usize = 26 + 26 * 26 + 26 * 26 * 26;

/// Which calls are made.
pub(super) struct Calls {
    /// The keys that are in the cache.
    pub(super) stored: Vec<String>,
    /// Keys that are not.
    others: Vec<String>,
    hits: usize,
    misses: usize,
}

/// The calls of one sample.
pub(super) struct Mixture<'a> {
    pub(super) keys: Vec<&'a str>,
    /// Those among them that are not in the cache, each of them once.
    pub(super) missing: Vec<&'a str>,
}

impl Calls {
    pub(super) fn new(options: &Options) -> Result<Self, Failure> {
        let [keys, calls] = ["--keys", "--calls"].map(|name| options.count(name));
        let hits = calls.saturating_mul(options.count("--hits")) / 100;
        let misses = calls - hits;
        if keys.saturating_add(misses) > KEYS {
            return Err(format!(
                "there are {KEYS} keys of one to three letters: take fewer than {keys} --keys or {calls} --calls"
            )
            .into());
        }
        let mut random = Rng::with_seed(2017);
        let mut known = BTreeSet::new();
        while known.len() < (keys + misses * 4).min(KEYS) {
            known.insert(key(&mut random));
        }
        let mut stored: Vec<String> = known.into_iter().collect();
        random.shuffle(&mut stored);
        let others = stored.split_off(keys);
        Ok(Self { stored, others, hits, misses })
    }

    pub(super) fn mixture(&self, random: &mut Rng) -> Mixture<'_> {
        let missing: Vec<&str> = random
            .choose_multiple(&self.others, self.misses)
            .into_iter()
            .map(String::as_str)
            .collect();
        let hits = (0..self.hits).map(|_| self.stored[random.usize(..self.stored.len())].as_str());
        let mut keys: Vec<&str> = hits.chain(missing.iter().copied()).collect();
        random.shuffle(&mut keys);
        Mixture { keys, missing }
    }
}

fn key(random: &mut Rng) -> String {
    (0..random.usize(1..=3)).map(|_| random.lowercase()).collect()
}
