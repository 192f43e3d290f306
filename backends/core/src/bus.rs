use crate::KeyRef;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Tells what changes in a store, so that a tier in front of it can follow.
///
/// What is told may come late by the delay of the network. What was lost, because the connection broke or
/// was not there yet, is told as [`Listener::lost`]: what a listener kept from before may be out of date.
pub trait Bus: Send + Sync {
    /// Tells `listener` of every change of a key that begins with `prefix`, whoever made it, until the
    /// subscription is dropped.
    ///
    /// Returns at once: the connection is made, and made again, behind the scenes. The listener hears
    /// [`lost`](Listener::lost) each time when the store begins to tell, the first time included.
    fn subscribe(&self, prefix: &str, listener: Arc<dyn Listener>) -> Subscription;
}

/// Is told of changes in a store. Called from a thread of the bus: be quick, and do not block.
pub trait Listener: Send + Sync {
    /// The value under `key` was written, removed, or is over. Changes that the listener's own process
    /// made may be told too.
    fn changed(&self, key: KeyRef<'_>);

    /// Changes may have been missed, or everything changed at once: nothing from before can be relied on.
    fn lost(&self);
}

/// Ends what it stands for when it is dropped.
pub struct Subscription {
    _guard: Box<dyn Any + Send + Sync>,
}

impl Subscription {
    /// A subscription that ends when `guard` is dropped.
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        Self { _guard: Box::new(guard) }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}
