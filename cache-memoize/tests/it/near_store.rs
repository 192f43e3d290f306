//! Caches with near tiers, as a store: what is asked of it is asked of the companions of one function. A
//! computation under way is a lease, and its end is a fill.

use crate::near::{Shared, TestBus};
use cache_memoize::core::{
    Backend, Bytes, KeyRef, Lease, LeaseMode, PutMode, Result as Answer, Store, Token, Ttl,
};
use cache_memoize::{Cache, Compressor, Event, EventKind, Key, Near, cache_memoize};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// So many caches in front of `backend`, each with a near tier. They are asked in turn. Of several each is told at
/// once what another one did; a single one hears what the backend tells.
pub(crate) fn near_store(
    calls: Arc<dyn Calls>,
    backend: impl Into<Backend>,
    number: usize,
) -> Backend {
    let (backend, bus) = (backend.into(), Arc::new(TestBus::default()));
    let cache = || {
        let patient = Cache::builder().timeout(PATIENCE).call_timeout(Duration::MAX);
        let backend = match number {
            1 => backend.clone(),
            _ => backend.clone().with_bus(Shared(bus.clone())),
        };
        let near = Near::entries(10_000).ttl(Duration::MAX);
        let quick = patient.backend(backend).near(near).compressor(Compressor::none());
        quick.observer(observe).build().expect("the settings are right")
    };
    let caches = (0..number).map(|_| cache()).collect();
    let (turns, drawn, computations) = Default::default();
    Backend::new("near").with_store(NearStore { calls, caches, bus, turns, drawn, computations })
}

const PATIENCE: Duration = Duration::from_secs(30);

struct NearStore {
    calls: Arc<dyn Calls>,
    caches: Vec<Cache>,
    bus: Arc<TestBus>,
    turns: AtomicUsize,
    drawn: AtomicU64,
    computations: Mutex<HashMap<Token, Computation>>,
}

/// One that is under way, in a thread of its own.
struct Computation {
    result: Sender<Value>,
    news: Receiver<News>,
}

enum News {
    /// There was a value, and nothing to compute.
    Found(Value),
    Begun,
    Over {
        was_stored: bool,
    },
}

impl Store for NearStore {
    fn get(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<Option<Bytes>>> {
        let get = |key: &KeyRef<'_>| self.calls.get(self.cache(), key.as_str());
        Ok(keys.iter().map(|key| get(key).map(|value| value.bytes.into())).collect())
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Answer<bool> {
        let value = Value::new(&value, ttl);
        let is_stored = match mode {
            PutMode::Always => {
                self.calls.put(self.cache(), key.as_str(), value);
                true
            }
            PutMode::IfLease(token) => self.end(token, value),
            PutMode::IfAbsent => unreachable!("no such clause is asked"),
        };
        self.bus.tell(|listener| listener.changed(self.key(key).as_ref()));
        Ok(is_stored)
    }

    /// Without a value it begins a computation, and says that it is the first: nobody can know.
    fn lease(&self, key: KeyRef<'_>, _: Ttl, mode: LeaseMode) -> Answer<(Lease, Option<Bytes>)> {
        let computation = self.begin(key.as_str().to_owned(), mode);
        let token = Token::new(self.drawn.fetch_add(1, Ordering::Relaxed));
        let handed = match computation.news.recv().expect("it begins, or finds a value") {
            News::Found(value) => Some(value.bytes.into()),
            _ => {
                self.computations.lock().expect("no panic").insert(token, computation);
                None
            }
        };
        Ok((Lease { token, first: true }, handed))
    }

    fn release(&self, _: KeyRef<'_>, _: Token) -> Answer<()> {
        unreachable!("no such clause is asked")
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Answer<Vec<bool>> {
        let remove = |key: &KeyRef<'_>| {
            let was_there = self.calls.remove(self.cache(), key.as_str());
            self.bus.tell(|listener| listener.changed(self.key(*key).as_ref()));
            was_there
        };
        Ok(keys.iter().map(remove).collect())
    }

    fn increment(&self, _: KeyRef<'_>, _: u64, _: u64, _: Ttl) -> Answer<u64> {
        unreachable!("no such clause is asked")
    }

    fn touch(&self, _: KeyRef<'_>, _: Ttl) -> Answer<bool> {
        unreachable!("no such clause is asked")
    }

    fn clear(&self) -> Answer<()> {
        unreachable!("no such clause is asked")
    }
}

impl NearStore {
    fn cache(&self) -> &Cache {
        &self.caches[self.turns.fetch_add(1, Ordering::Relaxed) % self.caches.len()]
    }

    fn key(&self, key: KeyRef<'_>) -> Key {
        self.calls.key(&self.caches[0], key.as_str())
    }

    fn begin(&self, name: String, mode: LeaseMode) -> Computation {
        let ((result, results), (reporter, news)) = (channel(), channel());
        let (calls, cache) = (self.calls.clone(), self.cache().clone());
        thread::spawn(move || {
            let begun = reporter.clone();
            let results = Mutex::new(results);
            // Who asks no more has dropped the other end.
            let compute = || {
                let _ = begun.send(News::Begun);
                results.lock().map_err(drop)?.recv().map_err(drop)
            };
            WAS_STORED.set(None);
            let value = match mode {
                LeaseMode::Join => calls.call(&cache, &name, &compute),
                LeaseMode::Renew => calls.refresh(&cache, &name, &compute),
            };
            let _ = reporter.send(match (WAS_STORED.get(), value) {
                (Some(was_stored), _) => News::Over { was_stored },
                (None, Ok(value)) => News::Found(value),
                (None, Err(())) => return,
            });
        });
        Computation { result, news }
    }

    /// Ends a computation, and says whether the store took what came out.
    fn end(&self, token: Token, value: Value) -> bool {
        let computation = self.computations.lock().expect("no panic").remove(&token);
        let Some(Computation { result, news }) = computation else { return false };
        result.send(value).expect("it waits");
        matches!(news.recv().expect("it ends"), News::Over { was_stored: true })
    }
}

thread_local! {
    /// What became of the value that this thread computed, if it computed one.
    static WAS_STORED: Cell<Option<bool>> = const { Cell::new(None) };
}

fn observe(event: &Event<'_>) {
    match event.kind {
        EventKind::Stored => WAS_STORED.set(Some(true)),
        EventKind::FencedOff => WAS_STORED.set(Some(false)),
        _ => {}
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Value {
    bytes: Vec<u8>,
    life: Duration,
}

impl Value {
    fn new(bytes: &Bytes, ttl: Ttl) -> Self {
        let life = ttl.as_millis().map_or(Duration::MAX, Duration::from_millis);
        Self { bytes: bytes.to_vec(), life }
    }
}

/// A value, or nothing if nobody waits for it any more.
type Computed = Result<Value, ()>;

type Compute<'a> = &'a (dyn Fn() -> Computed + Sync);

#[cache_memoize(single_flight = "off", cache = cache, skip(cache, compute), ttl_with = |value| value.life)]
fn entry(cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
    let _ = name;
    compute()
}

#[cache_memoize(single_flight = "off", cache = cache, skip(cache, compute), ttl_with = |value| value.life)]
async fn entry_async(cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
    let _ = name;
    compute()
}

/// A function of a cache, blocking or async, with its companions.
pub(crate) trait Calls: Send + Sync {
    fn name(&self) -> &'static str;
    fn key(&self, cache: &Cache, name: &str) -> Key;
    fn get(&self, cache: &Cache, name: &str) -> Option<Value>;
    fn put(&self, cache: &Cache, name: &str, value: Value);
    fn remove(&self, cache: &Cache, name: &str) -> bool;
    fn call(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed;
    fn refresh(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed;
}

pub(crate) struct Blocking;

impl Calls for Blocking {
    fn name(&self) -> &'static str {
        "blocking"
    }

    fn key(&self, cache: &Cache, name: &str) -> Key {
        cache_key_entry(cache, name)
    }

    fn get(&self, cache: &Cache, name: &str) -> Option<Value> {
        peek_entry(cache, name).expect("the store answers")?.ok()
    }

    fn put(&self, cache: &Cache, name: &str, value: Value) {
        prime_entry(cache, name, Ok(value)).expect("the store answers");
    }

    fn remove(&self, cache: &Cache, name: &str) -> bool {
        invalidate_entry(cache, name).expect("the store answers")
    }

    fn call(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
        entry(cache, name, compute)
    }

    fn refresh(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
        refresh_entry(cache, name, compute)
    }
}

pub(crate) struct Awaited(Runtime);

impl Awaited {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        Self(runtime.expect("a runtime starts"))
    }
}

impl Calls for Awaited {
    fn name(&self) -> &'static str {
        "async"
    }

    fn key(&self, cache: &Cache, name: &str) -> Key {
        cache_key_entry_async(cache, name)
    }

    fn get(&self, cache: &Cache, name: &str) -> Option<Value> {
        self.0.block_on(peek_entry_async(cache, name)).expect("the store answers")?.ok()
    }

    fn put(&self, cache: &Cache, name: &str, value: Value) {
        let primed = self.0.block_on(prime_entry_async(cache, name, Ok(value)));
        primed.expect("the store answers");
    }

    fn remove(&self, cache: &Cache, name: &str) -> bool {
        self.0.block_on(invalidate_entry_async(cache, name)).expect("the store answers")
    }

    fn call(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
        self.0.block_on(entry_async(cache, name, compute))
    }

    fn refresh(&self, cache: &Cache, name: &str, compute: Compute<'_>) -> Computed {
        self.0.block_on(refresh_entry_async(cache, name, compute))
    }
}
