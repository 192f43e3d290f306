use crate::clock::CoarseClock;
use crate::frequency::Frequency;
use crate::queues::Slot;
use cache_memoize_core::{AnyObject, Bytes, Clock, HeldObject, Timestamp};
use std::mem::discriminant;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What lies under a key: the value, and the little that a reader needs besides.
pub(crate) struct Entry {
    pub(crate) payload: Payload,
    pub(crate) frequency: Frequency,
    pub(crate) slot: Slot,
    expires: AtomicU64,
    /// Whether it is in the map no more, which only those need to know who hold it.
    gone: AtomicBool,
}

impl Entry {
    pub(crate) fn new(
        payload: Payload,
        expires: Timestamp,
        slot: Slot,
        frequency: Frequency,
    ) -> Self {
        let expires = AtomicU64::new(expires.as_millis());
        Self { payload, frequency, slot, expires, gone: AtomicBool::new(false) }
    }

    /// What is left of an entry that is gone: the place of its key.
    pub(crate) fn vacant(slot: Slot) -> Self {
        Self::new(Payload::Vacant, Timestamp::from_millis(0), slot, Frequency::default())
    }

    #[inline]
    pub(crate) fn expires(&self) -> Timestamp {
        Timestamp::from_millis(self.expires.load(Ordering::Relaxed))
    }

    /// Gives the entry another lifetime, under the eyes of its readers.
    pub(crate) fn set_expires(&self, expires: Timestamp) {
        self.expires.store(expires.as_millis(), Ordering::Relaxed);
    }

    /// Tells those who hold the entry that it has left the map. The writer does so before its call returns.
    pub(crate) fn retire(&self) {
        self.gone.store(true, Ordering::Release);
    }

    /// The object of an entry that lives and is in the map still.
    #[inline]
    fn live_object(&self, now: impl FnOnce() -> Timestamp) -> Option<&AnyObject> {
        if !self.is_resident(now) {
            return None;
        }
        self.frequency.raise();
        self.payload.object()
    }

    #[inline]
    fn is_resident(&self, now: impl FnOnce() -> Timestamp) -> bool {
        !self.gone.load(Ordering::Acquire) && self.lives(now)
    }

    /// Whether the entry still lives, which a vacant one never does; the clock is only asked where it matters.
    #[inline]
    pub(crate) fn lives(&self, now: impl FnOnce() -> Timestamp) -> bool {
        let expires = self.expires();
        expires == Timestamp::NEVER || now() < expires
    }
}

/// Held by a reader, in a store whose time is the coarse clock's.
impl HeldObject for Entry {
    #[inline]
    fn live(&self) -> Option<&AnyObject> {
        self.live_object(|| CoarseClock.now())
    }

    fn is_live(&self) -> bool {
        self.is_resident(|| CoarseClock.now())
    }
}

/// An entry that is held by a reader, with the clock of its store.
pub(crate) struct Clocked {
    pub(crate) entry: Arc<Entry>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl HeldObject for Clocked {
    fn live(&self) -> Option<&AnyObject> {
        self.entry.live_object(|| self.clock.now())
    }

    fn is_live(&self) -> bool {
        self.entry.is_resident(|| self.clock.now())
    }
}

/// A value of either face, or none.
pub(crate) enum Payload {
    Bytes(Bytes),
    Object(Box<AnyObject>),
    Vacant,
}

impl Payload {
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Object(_) | Self::Vacant => None,
        }
    }

    #[inline]
    pub(crate) fn object(&self) -> Option<&AnyObject> {
        match self {
            Self::Object(object) => Some(&**object),
            Self::Bytes(_) | Self::Vacant => None,
        }
    }

    pub(crate) fn is_vacant(&self) -> bool {
        matches!(self, Self::Vacant)
    }

    pub(crate) fn has_face_of(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other)
    }
}
