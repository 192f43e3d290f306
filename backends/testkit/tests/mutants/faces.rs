use crate::breaks::Break;
use crate::store::Mutant;
use cache_memoize_core::{
    AnyObject, AsyncStore, Bytes, Generations, HeldObject, Key, KeyRef, Lease, LeaseMode,
    NonBlocking, Object, ObjectStore, Put, PutMode, Result, Store, StoreError, StoreErrorKind,
    Token, Ttl,
};
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// The async face: one connection on which requests are answered in their order, a moment later.
///
/// A sound one takes the answers that nobody waits for any more off the wire; a broken one leaves
/// them to the next to ask.
pub(crate) struct Wire {
    store: NonBlocking<Arc<Mutant>>,
    answers: Mutex<VecDeque<Vec<Option<Bytes>>>>,
}

impl Wire {
    pub(crate) fn new(store: Arc<Mutant>) -> Self {
        Self { store: NonBlocking(store), answers: Mutex::default() }
    }
}

async fn a_moment() {
    let mut has_passed = false;
    poll_fn(|context| {
        if has_passed {
            return Poll::Ready(());
        }
        has_passed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl AsyncStore for Wire {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let answer = self.store.get(keys).await?;
        if !self.store.0.is(Break::AnswersStayOnTheWire) {
            a_moment().await;
            return Ok(answer);
        }
        self.answers.lock().unwrap().push_back(answer);
        a_moment().await;
        Ok(self.answers.lock().unwrap().pop_front().expect("this request had an answer"))
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        a_moment().await;
        self.store.put(key, value, ttl, mode).await
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        a_moment().await;
        self.store.lease(key, ttl, mode).await
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        a_moment().await;
        self.store.release(key, token).await
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        a_moment().await;
        self.store.put_many(puts).await
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        a_moment().await;
        self.store.lease_many(keys, ttl, mode).await
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        a_moment().await;
        self.store.release_many(leases).await
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        let removed = self.store.remove(keys).await;
        a_moment().await;
        removed
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let number = self.store.increment(key, by, start, ttl).await;
        a_moment().await;
        number
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        a_moment().await;
        self.store.touch(key, ttl).await
    }

    async fn clear(&self) -> Result<()> {
        let cleared = self.store.clear().await;
        a_moment().await;
        cleared
    }

    async fn ping(&self) -> Result<()> {
        a_moment().await;
        self.store.ping().await
    }
}

/// The face for objects: the store keeps the number of an object for its value.
pub(crate) struct Objects {
    store: Arc<Mutant>,
    last_number: AtomicU64,
    by_number: Mutex<HashMap<u64, Arc<AnyObject>>>,
    is_being_read: AtomicBool,
    generations: [Generations; 2],
    asked_for_generations: AtomicUsize,
}

impl Objects {
    pub(crate) fn new(store: Mutant) -> Self {
        Self {
            store: Arc::new(store),
            last_number: AtomicU64::new(0),
            by_number: Mutex::default(),
            is_being_read: AtomicBool::new(false),
            generations: Default::default(),
            asked_for_generations: AtomicUsize::new(0),
        }
    }

    /// A broken store would wait for ever for a lock that its own caller holds; this one says so.
    fn store(&self) -> &Mutant {
        let is_held = self.is_being_read.load(Ordering::SeqCst);
        assert!(!(is_held && self.store.is(Break::ReadersHoldTheLock)), "this is a deadlock");
        &self.store
    }

    fn object(&self, key: KeyRef<'_>) -> Option<Arc<AnyObject>> {
        self.object_of(number_of(self.store(), key)?)
    }

    fn object_of(&self, number: u64) -> Option<Arc<AnyObject>> {
        self.by_number.lock().unwrap().get(&number).cloned()
    }
}

/// The number that lies under a key.
fn number_of(store: &Mutant, key: KeyRef<'_>) -> Option<u64> {
    let number = store.get(&[key]).unwrap().remove(0)?;
    Some(u64::from_le_bytes(number[..].try_into().unwrap()))
}

/// An object that is held: it lives while its number lies under its key.
struct Numbered {
    store: Arc<Mutant>,
    key: Key,
    number: u64,
    object: Arc<AnyObject>,
}

impl HeldObject for Numbered {
    fn live(&self) -> Option<&AnyObject> {
        let there = number_of(&self.store, self.key.as_ref());
        let lives = there == Some(self.number)
            || self.store.is(Break::HeldObjectsAreFoundByTheirKeys) && there.is_some()
            || self.store.is(Break::HeldObjectsOutliveTheirEntries);
        lives.then_some(&*self.object)
    }
}

impl ObjectStore for Objects {
    fn read(&self, key: KeyRef<'_>, reader: &mut dyn FnMut(&AnyObject)) -> bool {
        let Some(object) = self.object(key) else { return false };
        self.is_being_read.store(true, Ordering::SeqCst);
        reader(&*object);
        if self.store.is(Break::ReadersAreCalledTwice) {
            reader(&*object);
        }
        self.is_being_read.store(false, Ordering::SeqCst);
        true
    }

    fn hold(
        &self,
        key: KeyRef<'_>,
        wanted: &dyn Fn(&AnyObject) -> bool,
    ) -> Option<Arc<dyn HeldObject>> {
        let number = number_of(self.store(), key)?;
        let (store, key, object) = (self.store.clone(), key.to_key(), self.object_of(number)?);
        if !wanted(&*object) && !self.store.is(Break::UnwantedObjectsAreHeld) {
            return None;
        }
        Some(Arc::new(Numbered { store, key, number, object }))
    }

    fn put(&self, key: KeyRef<'_>, object: Object, ttl: Ttl, mode: PutMode) -> Result<bool> {
        if object.weight > crate::store::LARGEST {
            if mode == PutMode::Always {
                self.remove(key);
            }
            return Err(StoreError::new(StoreErrorKind::TooLarge, "put", "too heavy"));
        }
        let number = self.last_number.fetch_add(1, Ordering::SeqCst);
        let value: Arc<AnyObject> = match self.store.is(Break::ObjectsLoseTheirType) {
            true => Arc::new(object.value),
            false => Arc::from(object.value),
        };
        self.by_number.lock().unwrap().insert(number, value);
        let number = Bytes::copy_from_slice(&number.to_le_bytes());
        self.store().put(key, number, ttl, mode)
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Lease {
        self.store().lease(key, ttl, mode).unwrap().0
    }

    fn release(&self, key: KeyRef<'_>, token: Token) {
        self.store().release(key, token).unwrap();
    }

    fn remove(&self, key: KeyRef<'_>) -> bool {
        self.store().remove(&[key]).unwrap()[0]
    }

    fn clear(&self) {
        self.store().clear().unwrap();
    }

    fn generations(&self) -> &Generations {
        let asked = self.asked_for_generations.fetch_add(1, Ordering::SeqCst);
        let is_forgotten = self.store.is(Break::GenerationsAreForgotten);
        &self.generations[if is_forgotten { asked % 2 } else { 0 }]
    }

    fn weighs(&self) -> bool {
        true
    }
}
