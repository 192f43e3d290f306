//! [`CacheKey`] for the standard library's types.

use super::{CacheKey, KeyWriter};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

macro_rules! integers {
    ($write:ident($wide:ty): $($integer:ty)*) => {$(
        impl CacheKey for $integer {
            #[inline]
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                const { assert!(size_of::<$integer>() <= size_of::<$wide>()) };
                key.$write(*self as $wide);
            }
        }
    )*};
}
integers!(unsigned(u64): u8 u16 u32 u64 usize);
integers!(signed(i64): i8 i16 i32 i64 isize);

macro_rules! long_integers {
    ($($integer:ty)*) => {$(
        impl CacheKey for $integer {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                key.raw(itoa::Buffer::new().format(*self));
            }
        }
    )*};
}
long_integers!(u128 i128);

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl CacheKey for $float {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                if self.is_nan() {
                    key.raw("NaN");
                } else {
                    key.display(format_args!("{self:?}"));
                }
            }
        }
    )*};
}
floats!(f32 f64);

macro_rules! pointers {
    ($($pointer:ty),* $(,)?) => {$(
        impl<T: CacheKey + ?Sized> CacheKey for $pointer {
            #[inline]
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                (**self).cache_key(key);
            }
        }
    )*};
}
pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

macro_rules! sequences {
    ($([$($generics:tt)*] $sequence:ty),* $(,)?) => {$(
        impl<$($generics)*> CacheKey for $sequence {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                let mut list = key.list();
                self.iter().for_each(|element| list.part(element));
                list.end();
            }
        }
    )*};
}
sequences!(
    [T: CacheKey] [T],
    [T: CacheKey, const N: usize] [T; N],
    [T: CacheKey] Vec<T>,
    [T: CacheKey] VecDeque<T>,
    [T: CacheKey] LinkedList<T>,
    [T: CacheKey] BTreeSet<T>,
);

macro_rules! strings {
    ($($string:ty)*) => {$(
        impl CacheKey for $string {
            #[inline]
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                key.string(self);
            }
        }
    )*};
}
strings!(str String);

macro_rules! displayed {
    ($($address:ty)*) => {$(
        impl CacheKey for $address {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                key.displayed(self);
            }
        }
    )*};
}
displayed!(IpAddr Ipv4Addr Ipv6Addr SocketAddrV4);

impl CacheKey for SocketAddr {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        match self {
            Self::V4(address) => address.cache_key(key),
            Self::V6(address) => address.cache_key(key),
        }
    }
}

impl CacheKey for SocketAddrV6 {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let mut address = key.composite("");
        address.part(self.ip());
        address.part(&self.port());
        address.part(&self.flowinfo());
        address.part(&self.scope_id());
        address.end();
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: CacheKey),+> CacheKey for ($($name,)+) {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                #[expect(non_snake_case, reason = "the parts are named after their types")]
                let ($($name,)+) = self;
                let mut tuple = key.composite("");
                $(tuple.part($name);)+
                tuple.end();
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);

macro_rules! ranges {
    ($($range:ident($($end:ident),+))*) => {$(
        impl<T: CacheKey> CacheKey for $range<T> {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                let mut range = key.composite(stringify!($range));
                $(range.part(&self.$end);)+
                range.end();
            }
        }
    )*};
}
ranges!(Range(start, end) RangeFrom(start) RangeTo(end) RangeToInclusive(end));

impl<T: CacheKey> CacheKey for RangeInclusive<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let mut range = key.composite("RangeInclusive");
        range.part(self.start());
        range.part(self.end());
        range.end();
    }
}

impl CacheKey for RangeFull {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.unit("RangeFull");
    }
}

impl<T: CacheKey> CacheKey for Bound<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let (name, end) = match self {
            Self::Included(end) => ("Included", end),
            Self::Excluded(end) => ("Excluded", end),
            Self::Unbounded => return key.unit("Unbounded"),
        };
        let mut bound = key.composite(name);
        bound.part(end);
        bound.end();
    }
}

impl CacheKey for () {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.composite("").end();
    }
}

impl CacheKey for bool {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.raw(if *self { "true" } else { "false" });
    }
}

impl CacheKey for char {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.character(*self);
    }
}

impl<T: CacheKey> CacheKey for Option<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        match self {
            None => key.raw("None"),
            Some(value) => {
                let mut some = key.composite("Some");
                some.part(value);
                some.end();
            }
        }
    }
}

impl<T: CacheKey, E: CacheKey> CacheKey for Result<T, E> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let mut result = key.composite(if self.is_ok() { "Ok" } else { "Err" });
        match self {
            Ok(value) => result.part(value),
            Err(error) => result.part(error),
        }
        result.end();
    }
}

impl<T: CacheKey + ToOwned + ?Sized> CacheKey for Cow<'_, T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        (**self).cache_key(key);
    }
}

impl<P: std::ops::Deref<Target: CacheKey>> CacheKey for Pin<P> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        (**self).cache_key(key);
    }
}

macro_rules! non_zeros {
    ($($integer:ty)*) => {$(
        impl CacheKey for NonZero<$integer> {
            fn cache_key(&self, key: &mut KeyWriter<'_>) {
                self.get().cache_key(key);
            }
        }
    )*};
}
non_zeros!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

impl<T: CacheKey> CacheKey for Wrapping<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.0.cache_key(key);
    }
}

impl<T: CacheKey> CacheKey for Saturating<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.0.cache_key(key);
    }
}

impl<T: CacheKey> CacheKey for std::cmp::Reverse<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.0.cache_key(key);
    }
}

impl<T: CacheKey + Copy> CacheKey for Cell<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.get().cache_key(key);
    }
}

impl<T: ?Sized> CacheKey for PhantomData<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.composite("").end();
    }
}

impl CacheKey for std::cmp::Ordering {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.unit(match self {
            Self::Less => "Less",
            Self::Equal => "Equal",
            Self::Greater => "Greater",
        });
    }
}

impl<T: CacheKey, S> CacheKey for HashSet<T, S> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.unordered(self, |key, element| key.part(element));
    }
}

impl<T: CacheKey> CacheKey for BinaryHeap<T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.unordered(self, |key, element| key.part(element));
    }
}

impl<K: CacheKey, V: CacheKey, S> CacheKey for HashMap<K, V, S> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.map(self.iter(), |key, (name, value)| key.pair(name, value));
    }
}

impl<K: CacheKey, V: CacheKey> CacheKey for BTreeMap<K, V> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.map(self.iter(), |key, (name, value)| key.pair(name, value));
    }
}

impl CacheKey for OsStr {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        match self.to_str() {
            Some(text) => key.string(text),
            None => key.bytes(self.as_encoded_bytes()),
        }
    }
}

impl CacheKey for OsString {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.as_os_str().cache_key(key);
    }
}

impl CacheKey for Path {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.as_os_str().cache_key(key);
    }
}

impl CacheKey for PathBuf {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.as_os_str().cache_key(key);
    }
}

impl CacheKey for CStr {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        key.bytes(self.to_bytes());
    }
}

impl CacheKey for CString {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        self.as_c_str().cache_key(key);
    }
}

impl CacheKey for Duration {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let mut duration = key.composite("Duration");
        duration.part(&self.as_secs());
        duration.part(&self.subsec_nanos());
        duration.end();
    }
}

impl CacheKey for SystemTime {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        let (name, distance) = match self.duration_since(UNIX_EPOCH) {
            Ok(after) => ("after", after),
            Err(before) => ("before", before.duration()),
        };
        let mut time = key.composite(name);
        time.part(&distance);
        time.end();
    }
}
