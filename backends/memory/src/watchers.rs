use cache_memoize_core::{Key, KeyRef, OnEviction, Subscription};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Who wants to hear of evictions.
#[derive(Default)]
pub(crate) struct Watchers {
    are_there: AtomicBool,
    all: Mutex<Vec<Weak<Watcher>>>,
}

struct Watcher {
    prefix: String,
    told: OnEviction,
}

impl Watchers {
    /// Tells `told` of keys that begin with `prefix`, until the subscription is dropped.
    pub(crate) fn add(&self, prefix: &str, told: OnEviction) -> Subscription {
        let watcher = Arc::new(Watcher { prefix: prefix.to_owned(), told });
        let mut all = self.all();
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(&watcher));
        self.are_there.store(true, Ordering::Relaxed);
        Subscription::new(watcher)
    }

    /// Where a writer is to note what it evicts, if anybody wants to know.
    pub(crate) fn notes(&self) -> Option<Vec<Key>> {
        self.are_there.load(Ordering::Relaxed).then(Vec::new)
    }

    /// Tells of what was evicted. No lock is held then.
    pub(crate) fn tell(&self, evicted: &[Key]) {
        if evicted.is_empty() {
            return;
        }
        for watcher in self.present() {
            evicted.iter().for_each(|key| watcher.tell(key.as_ref()));
        }
    }

    fn present(&self) -> Vec<Arc<Watcher>> {
        let all = self.all();
        let present: Vec<_> = all.iter().filter_map(Weak::upgrade).collect();
        self.are_there.store(!present.is_empty(), Ordering::Relaxed);
        present
    }

    fn all(&self) -> MutexGuard<'_, Vec<Weak<Watcher>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    fn tell(&self, key: KeyRef<'_>) {
        if key.as_str().starts_with(&self.prefix) {
            (self.told)(key);
        }
    }
}
