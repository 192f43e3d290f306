use crate::policy::Frequency;
use crate::queues::Slot;
use cache_memoize_core::{AnyObject, Bytes, Timestamp};
use std::mem::discriminant;
use std::sync::atomic::{AtomicU64, Ordering};

/// What lies under a key: the value, and the little that a reader needs besides.
pub(crate) struct Entry {
    pub(crate) payload: Payload,
    pub(crate) frequency: Frequency,
    pub(crate) slot: Slot,
    expires: AtomicU64,
}

impl Entry {
    pub(crate) fn new(
        payload: Payload,
        expires: Timestamp,
        slot: Slot,
        frequency: Frequency,
    ) -> Self {
        Self { payload, frequency, slot, expires: AtomicU64::new(expires.as_millis()) }
    }

    #[inline]
    pub(crate) fn expires(&self) -> Timestamp {
        Timestamp::from_millis(self.expires.load(Ordering::Relaxed))
    }

    /// Gives the entry another lifetime, under the eyes of its readers.
    pub(crate) fn set_expires(&self, expires: Timestamp) {
        self.expires.store(expires.as_millis(), Ordering::Relaxed);
    }

    /// Whether the entry still lives; the clock is only asked where it matters.
    #[inline]
    pub(crate) fn lives(&self, now: impl FnOnce() -> Timestamp) -> bool {
        let expires = self.expires();
        expires == Timestamp::NEVER || now() < expires
    }
}

/// A value of either face.
pub(crate) enum Payload {
    Bytes(Bytes),
    Object(Box<AnyObject>),
}

impl Payload {
    pub(crate) fn bytes(&self) -> Option<&Bytes> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Object(_) => None,
        }
    }

    #[inline]
    pub(crate) fn object(&self) -> Option<&AnyObject> {
        match self {
            Self::Object(object) => Some(&**object),
            Self::Bytes(_) => None,
        }
    }

    pub(crate) fn has_face_of(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other)
    }
}
