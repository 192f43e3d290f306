//! A store that answers when it is let, and those who ask it.

use crate::gathering::company::ENOUGH;
use crate::gathering::{Answers, Read, Readers, Wanted};
use cache_memoize_core::{
    AsyncStore, Bytes, Key, KeyRef, Lease, LeaseMode, PutMode, Result, StoreError, StoreErrorKind,
    Token, Ttl,
};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, yield_now};

/// A store that looks up at once what it is asked for, and answers when it is let.
pub(super) struct Shelf {
    values: Mutex<HashMap<String, Bytes>>,
    questions: Mutex<Vec<Vec<String>>>,
    /// What is wrong with answers to several callers.
    pub(super) trouble: Mutex<Option<Trouble>>,
    pub(super) under_way: AtomicUsize,
    /// Answers that it may give.
    pub(super) gate: Semaphore,
}

#[derive(Clone, Copy)]
pub(super) enum Trouble {
    Failure(StoreErrorKind),
    Panic,
    TooFewAnswers,
}

impl Shelf {
    /// With a value for each of these keys, and two generations.
    pub(super) fn with(keys: impl IntoIterator<Item = usize>) -> Arc<Self> {
        let names = keys.into_iter().map(name).chain([CACHE, FUNCTION].map(str::to_owned));
        Arc::new(Self {
            values: Mutex::new(names.map(|name| (name.clone(), Bytes::from(name))).collect()),
            questions: Mutex::default(),
            trouble: Mutex::default(),
            under_way: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        })
    }

    pub(super) fn readers(self: &Arc<Self>, limit: Duration) -> Arc<Readers> {
        Arc::new(Readers::of(self.clone(), limit))
    }

    pub(super) fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    pub(super) fn write(&self, key: usize, value: impl Into<Bytes>) {
        self.values.lock().unwrap().insert(name(key), value.into());
    }

    /// How many keys it was asked for, question by question.
    pub(super) fn questions(&self) -> Vec<usize> {
        self.questions.lock().unwrap().iter().map(Vec::len).collect()
    }

    pub(super) async fn is_asked(&self, questions: usize) {
        until(|| self.questions.lock().unwrap().len() == questions).await;
    }

    async fn look_up(&self, keys: &[KeyRef<'_>]) -> Vec<Option<Bytes>> {
        let found = {
            let (mut questions, values) =
                (self.questions.lock().unwrap(), self.values.lock().unwrap());
            questions.push(keys.iter().map(|key| key.as_str().to_owned()).collect());
            keys.iter().map(|key| values.get(key.as_str()).cloned()).collect()
        };
        self.gate.acquire().await.expect("nobody closes it").forget();
        found
    }
}

impl AsyncStore for Shelf {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let _under_way = UnderWay::begin(&self.under_way);
        let found = self.look_up(keys).await;
        let trouble = self.trouble.lock().unwrap().filter(|_| keys.len() > 3);
        match trouble {
            None => Ok(found),
            Some(Trouble::TooFewAnswers) => Ok(found.into_iter().skip(1).collect()),
            Some(Trouble::Failure(kind)) => Err(StoreError::new(kind, "get", "for a test")),
            Some(Trouble::Panic) => panic!("for a test"),
        }
    }

    async fn put(&self, _: KeyRef<'_>, _: Bytes, _: Ttl, _: PutMode) -> Result<bool> {
        unreachable!("{ONLY_READ}")
    }

    async fn lease(&self, _: KeyRef<'_>, _: Ttl, _: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        unreachable!("{ONLY_READ}")
    }

    async fn release(&self, _: KeyRef<'_>, _: Token) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }

    async fn remove(&self, _: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        unreachable!("{ONLY_READ}")
    }

    async fn increment(&self, _: KeyRef<'_>, _: u64, _: u64, _: Ttl) -> Result<u64> {
        unreachable!("{ONLY_READ}")
    }

    async fn touch(&self, _: KeyRef<'_>, _: Ttl) -> Result<bool> {
        unreachable!("{ONLY_READ}")
    }

    async fn clear(&self) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }

    async fn ping(&self) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }
}

const ONLY_READ: &str = "it is only read from";

struct UnderWay<'a>(&'a AtomicUsize);

impl<'a> UnderWay<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) const CACHE: &str = "|all";
pub(super) const FUNCTION: &str = "f|all";

pub(super) fn name(key: usize) -> String {
    format!("f({key})")
}

/// Calls of one function.
#[derive(Clone)]
pub(super) struct Function {
    readers: Arc<Readers>,
    numbers: Arc<[Key]>,
}

impl Function {
    pub(super) fn over(shelf: &Arc<Shelf>) -> Self {
        Self::within(Duration::from_secs(60), shelf)
    }

    pub(super) fn within(limit: Duration, shelf: &Arc<Shelf>) -> Self {
        let readers = shelf.readers(limit);
        let numbers = [CACHE, FUNCTION].map(|name| Key::new(name).unwrap());
        Self { readers, numbers: Arc::new(numbers) }
    }

    pub(super) async fn call(self, key: usize) -> Answers {
        let entry = Key::new(&name(key)).unwrap();
        self.read(&entry).await.answers
    }

    pub(super) async fn read(&self, entry: &Key) -> Read {
        self.readers.get(Wanted { entry, numbers: &self.numbers }).await
    }

    /// Calls that are begun and wait for good, so that others are in company, on whatever runtime they are.
    pub(super) fn crowd(&self) -> Vec<Pin<Box<impl Future<Output = Answers> + use<>>>> {
        let mut calls: Vec<_> = (0..ENOUGH).map(|key| Box::pin(self.clone().call(key))).collect();
        begin(&mut calls);
        calls
    }

    /// Tasks of the runtime that this is called in.
    pub(super) fn calls(&self, keys: impl IntoIterator<Item = usize>) -> Vec<JoinHandle<Answers>> {
        keys.into_iter().map(|key| tokio::spawn(self.clone().call(key))).collect()
    }

    /// As many calls as others look for company behind, which the shelf has been asked for.
    pub(super) async fn forerunners(&self, shelf: &Shelf) -> Vec<JoinHandle<Answers>> {
        let calls = self.calls(0..ENOUGH);
        shelf.is_asked(ENOUGH).await;
        calls
    }
}

/// What a call finds if nothing went wrong.
pub(super) fn found(value: impl Into<Bytes>) -> Vec<Option<Bytes>> {
    [value.into(), CACHE.into(), FUNCTION.into()].map(Some).to_vec()
}

pub(super) async fn assert_all_found(
    calls: Vec<JoinHandle<Answers>>,
    keys: impl IntoIterator<Item = usize>,
) {
    for (call, key) in calls.into_iter().zip(keys) {
        assert_eq!(call.await.unwrap().unwrap(), found(name(key)));
    }
}

pub(super) async fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "it never is so");
        yield_now().await;
    }
}

/// Begins calls without a runtime to go on with them.
pub(super) fn begin<F: Future<Output = Answers>>(calls: &mut [Pin<Box<F>>]) {
    for call in calls {
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
}

pub(super) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
