//! Tells what changes, by client tracking in broadcast mode: the server tells of every write, removal, expiry,
//! eviction and flush under a prefix, whoever caused it.

mod ending;
mod follower;
mod overseer;

use crate::Redis;
use crate::layout::name_prefixes;
use crate::settings::Settings;
use cache_memoize_core::{Bus, Listener, Subscription};
use ending::{EndOnDrop, Ending};
use follower::Follower;
use overseer::Overseer;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

/// One thread for a subscription, and in a cluster one more for each master. Own writes are told as well. Key
/// names are told without their database, so changes in others of the server are told too.
impl Bus for Redis {
    fn subscribe(&self, prefix: &str, listener: Arc<dyn Listener>) -> Subscription {
        let ending = Arc::new(Ending::default());
        let telling = Telling { prefix: prefix.to_owned(), listener };
        match Follower::for_place(self.settings(), &telling) {
            Some(follower) => spawn(&ending, move |ending| follower.follow(ending)),
            None => {
                let overseer = Overseer::new(self.clone(), telling);
                spawn(&ending, move |ending| overseer.oversee(ending));
            }
        }
        Subscription::new(EndOnDrop(ending))
    }
}

/// Starts a thread of the bus. Where none can be had, nothing is told: whoever listens keeps things no longer
/// than their own time.
fn spawn(ending: &Arc<Ending>, work: impl FnOnce(&Ending) + Send + 'static) {
    let ending = ending.clone();
    let thread = thread::Builder::new().name("cache-memoize-redis-bus".to_owned());
    let _ = thread.spawn(move || work(&ending));
}

/// What is told to whom.
#[derive(Clone)]
struct Telling {
    prefix: String,
    listener: Arc<dyn Listener>,
}

impl Telling {
    fn names(&self) -> Vec<String> {
        name_prefixes(&self.prefix)
    }

    /// The value under the name `name` has changed, if it is a value of ours.
    fn changed(&self, name: &[u8]) {
        let key = crate::layout::key_of(name);
        if let Some(key) = key.filter(|key| key.as_str().starts_with(&self.prefix)) {
            undisturbed(|| self.listener.changed(key));
        }
    }

    fn lost(&self) {
        undisturbed(|| self.listener.lost());
    }
}

/// A listener that panics is no reason to stop listening.
fn undisturbed(tell: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(tell));
}
