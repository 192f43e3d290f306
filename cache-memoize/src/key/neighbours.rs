//! [`CacheKey`] for types of other crates, each behind the feature named after its crate.

use super::{CacheKey, KeyWriter};

#[cfg(feature = "bytes")]
mod bytes {
    use super::{CacheKey, KeyWriter};

    impl CacheKey for cache_memoize_core::Bytes {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.bytes(self);
        }
    }
}

#[cfg(feature = "uuid")]
impl CacheKey for uuid::Uuid {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.displayed(self);
    }
}

#[cfg(feature = "url")]
impl CacheKey for url::Url {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.string(self.as_str());
    }
}

#[cfg(feature = "rust_decimal")]
impl CacheKey for rust_decimal::Decimal {
    /// `1.0` and `1.00` are two arguments: a function can tell them apart.
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.displayed(self);
    }
}

#[cfg(feature = "chrono")]
mod chrono {
    use super::{CacheKey, KeyWriter};
    use chrono::{
        DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Utc,
    };

    // Only zones of which the offset says all: there is nothing that every other would give to tell it from
    // a third at the same offset.
    macro_rules! zoned {
        ($($zone:ty)*) => {$(
            impl CacheKey for DateTime<$zone> {
                /// One moment at two offsets is two arguments: a function can tell them apart.
                fn cache_key(&self, key: &mut KeyWriter<'_>) {
                    key.part(&(self.naive_utc(), self.offset().fix().local_minus_utc()));
                }
            }
        )*};
    }
    zoned!(Utc FixedOffset Local);

    macro_rules! debugged {
        ($($type:ty)*) => {$(
            impl CacheKey for $type {
                fn cache_key(&self, key: &mut KeyWriter<'_>) {
                    key.displayed(&format_args!("{self:?}"));
                }
            }
        )*};
    }
    debugged!(NaiveDate NaiveDateTime NaiveTime);

    impl CacheKey for TimeDelta {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&(self.num_seconds(), self.subsec_nanos()));
        }
    }
}

#[cfg(feature = "time")]
mod time {
    use super::{CacheKey, KeyWriter};
    use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

    impl CacheKey for OffsetDateTime {
        /// One moment at two offsets is two arguments: a function can tell them apart.
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&(self.unix_timestamp_nanos(), self.offset().whole_seconds()));
        }
    }

    impl CacheKey for PrimitiveDateTime {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&(self.date(), self.time()));
        }
    }

    impl CacheKey for Date {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&(self.year(), self.ordinal()));
        }
    }

    impl CacheKey for Time {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&self.as_hms_nano());
        }
    }

    impl CacheKey for Duration {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            key.part(&self.whole_nanoseconds());
        }
    }
}
