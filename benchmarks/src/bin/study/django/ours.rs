use benchmarks::{Failure, Runs, Servers, Socket, Store};
use cache_memoize::{Cache, cache_memoize};
use fastrand::Rng;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// A function of this library that gives the value.
pub(super) struct Ours {
    name: String,
    cache: Cache,
    is_shared: bool,
}

/// The functions ran so many times.
static RUNS: Runs = Runs::new();

type Value = Arc<Vec<String>>;

/// Hands out the value itself, which in process costs no copy.
#[cache_memoize(ttl = 3600, cache = cache, skip(cache, value))]
fn shared(cache: &Cache, value: &Value, _key: &str) -> Value {
    RUNS.count();
    Arc::clone(value)
}

/// Gives every caller a value of their own, as Python does.
#[cache_memoize(ttl = 3600, cache = cache, skip(cache, value))]
fn owned(cache: &Cache, value: &Value, _key: &str) -> Vec<String> {
    RUNS.count();
    value.to_vec()
}

/// In process, and on each server by each socket.
pub(super) fn all(servers: &Servers) -> Result<Vec<Ours>, Failure> {
    let mut all = vec![
        Ours { name: IN_PROCESS.to_owned(), cache: Cache::memory(), is_shared: true },
        Ours {
            name: "ours, in process, a copy each".to_owned(),
            cache: Cache::memory(),
            is_shared: false,
        },
    ];
    for store in Store::ALL {
        for socket in Socket::ALL {
            let name = name(store, socket);
            let url = servers.url(store, socket);
            // A busy machine is no fault of a backend. One Redis serves both sockets.
            let url = format!("{url}?prefix={}&timeout=10s", name.replace(", ", "-"));
            all.push(Ours { name, cache: Cache::from_url(&url)?, is_shared: false });
        }
    }
    Ok(all)
}

pub(super) const IN_PROCESS: &str = "ours, in process";

pub(super) fn name(store: Store, socket: Socket) -> String {
    format!("ours, {}, {}", store.name(), socket.name())
}

impl Ours {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Stores every key, and sees that it is there: right, and without computing.
    pub(super) fn examine(&self, value: &Value, keys: &[String]) -> Result<(), Failure> {
        let computed = RUNS.during(|| self.pass(value, keys));
        let mut is_right = true;
        let again =
            RUNS.during(|| is_right = keys.iter().all(|key| self.answer(value, key) == **value));
        match (is_right, computed == keys.len() as u64 && again == 0) {
            (false, _) => Err(format!("{} gives wrong answers", self.name).into()),
            (true, false) => Err(format!(
                "{} computed {computed} and {again} times for {} keys: take fewer --keys",
                self.name,
                keys.len()
            )
            .into()),
            (true, true) => Ok(()),
        }
    }

    /// The nanoseconds of so many passes over the keys, all of them hits.
    #[expect(clippy::cast_precision_loss, reason = "a sample takes no weeks")]
    pub(super) fn time(
        &self,
        value: &Value,
        keys: &[String],
        passes: usize,
        random: &mut Rng,
    ) -> Result<f64, Failure> {
        let mut keys = keys.to_vec();
        random.shuffle(&mut keys);
        let mut elapsed = 0.0;
        let computed = RUNS.during(|| {
            let began = Instant::now();
            (0..passes).for_each(|_| self.pass(value, &keys));
            elapsed = began.elapsed().as_nanos() as f64;
        });
        match computed {
            0 => Ok(elapsed),
            _ => {
                Err(format!("{} computed {computed} times while its hits were measured", self.name)
                    .into())
            }
        }
    }

    fn pass(&self, value: &Value, keys: &[String]) {
        for key in keys {
            let key = black_box(key);
            match self.is_shared {
                true => drop(black_box(shared(&self.cache, value, key))),
                false => drop(black_box(owned(&self.cache, value, key))),
            }
        }
    }

    fn answer(&self, value: &Value, key: &str) -> Vec<String> {
        match self.is_shared {
            true => shared(&self.cache, value, key).to_vec(),
            false => owned(&self.cache, value, key),
        }
    }
}
