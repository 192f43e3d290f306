//! What holds for every annotated function.

use crate::support::{block_on, every_kind};
use cache_memoize::caches;

/// Runs an async test on every kind of cache.
pub(crate) fn on_every_kind_async(test: impl AsyncFn(&str)) {
    for (name, cache, _server) in every_kind() {
        block_on(caches::scoped_async([("default", cache)], test(name)));
    }
}

/// Asserts on every kind of cache that a function remembers, and that its companions do what they say.
///
/// The arguments in parentheses come first, and then the function with its companions: as it is, to
/// refresh, to peek, to prime, to invalidate, uncached. No two computations may give the same value.
macro_rules! assert_remembered {
    (async $arguments:tt, $($function:expr),+ $(,)?) => {
        $crate::remembered::on_every_kind_async(async |kind| {
            assert_remembered!(@each kind, $arguments, $($function),+; .await)
        })
    };
    ($arguments:tt, $($function:expr),+ $(,)?) => {
        $crate::support::on_every_kind(|kind| {
            assert_remembered!(@each kind, $arguments, $($function),+;)
        })
    };
    (
        @each $kind:ident, ($($argument:expr),* $(,)?),
        $call:expr, $refresh:expr, $peek:expr, $prime:expr, $invalidate:expr, $uncached:expr;
        $($wait:tt)*
    ) => {{
        let first = $call($($argument),*) $($wait)*;
        assert_eq!($call($($argument),*) $($wait)*, first, "{}: remembered", $kind);
        let peeked = $peek($($argument),*) $($wait)*;
        assert_eq!(peeked.expect("it works"), Some(first.clone()), "{}: peeked", $kind);
        assert_ne!($uncached($($argument),*) $($wait)*, first, "{}: uncached", $kind);
        let second = $refresh($($argument),*) $($wait)*;
        assert_ne!(second, first, "{}: refreshed", $kind);
        assert_eq!($call($($argument),*) $($wait)*, second, "{}: refreshed", $kind);
        ($prime($($argument,)* first.clone()) $($wait)*).expect("it works");
        assert_eq!($call($($argument),*) $($wait)*, first, "{}: primed", $kind);
        for there_was_one in [true, false] {
            let invalidated = $invalidate($($argument),*) $($wait)*;
            assert_eq!(invalidated.expect("it works"), there_was_one, "{}: invalidated", $kind);
        }
        let peeked = $peek($($argument),*) $($wait)*;
        assert_eq!(peeked.expect("it works"), None, "{}: invalidated", $kind);
        assert_ne!($call($($argument),*) $($wait)*, first, "{}: computed anew", $kind);
    }};
}

/// Asserts on every kind of cache that a function without companions remembers.
macro_rules! assert_remembered_alone {
    ($call:expr) => {
        $crate::support::on_every_kind(|kind| assert_eq!($call, $call, "{kind}"))
    };
}
