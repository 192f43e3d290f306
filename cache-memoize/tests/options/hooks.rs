//! `on_hit` and `on_miss` take the same forms and get the same arguments; what differs is when.

use std::cell::RefCell;
use std::fmt::Debug;

thread_local! {
    pub(crate) static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn log(entry: impl Debug) {
    LOG.with(|log| log.borrow_mut().push(format!("{entry:?}")));
}

/// What is logged by a first call, and by a second one that finds the value.
pub(crate) fn logged<R: PartialEq + Debug>(call: impl Fn() -> R) -> [Vec<String>; 2] {
    let (first, first_log) = (call(), LOG.with(RefCell::take));
    let (second, second_log) = (call(), LOG.with(RefCell::take));
    assert_eq!(first, second);
    [first_log, second_log]
}

pub(crate) fn path_hook(id: &u32, name: &str) {
    log((id, name));
}

pub(crate) fn generic_hook<T: Debug>(value: &T) {
    log(value);
}

pub(crate) fn nothing_hook() {
    log(());
}

pub(crate) mod nested {
    pub(crate) fn in_a_module(id: &u32) {
        super::log(id);
    }
}

/// The tests of a hook; `$assert_called` asserts that a call logs something once, and when.
macro_rules! hook_tests {
    ($hook:ident, $assert_called:ident) => {
        use crate::hooks::{LOG, generic_hook, log, nested, nothing_hook, path_hook};
        use crate::support::{block_on, on_every_kind};
        use cache_memoize::{CacheKey, cache_memoize};
        use std::cell::RefCell;

        #[cache_memoize(ttl = 60, $hook = path_hook)]
        fn path(id: u32, name: &str) -> String {
            format!("{id}{name}")
        }

        #[cache_memoize(ttl = 60, $hook = nested::in_a_module)]
        fn path_of_a_module(id: u32) -> u32 {
            id
        }

        #[cache_memoize(ttl = 60, $hook = generic_hook)]
        fn generic_path(id: u32) -> u32 {
            id
        }

        #[cache_memoize(ttl = 60, $hook = nothing_hook)]
        fn no_arguments() -> u32 {
            7
        }

        #[cache_memoize(ttl = 60, $hook = |id, name: &str| log((id, name)))]
        fn closure(id: u32, name: &str) -> String {
            format!("{id}{name}")
        }

        #[cache_memoize(ttl = 60, skip(skipped), $hook = log)]
        fn without_the_skipped(id: u32, skipped: Vec<u8>) -> usize {
            id as usize + skipped.len()
        }

        #[cache_memoize(ttl = 60, key = user.id, $hook = |user: &User| log(user.id))]
        fn what_the_key_mentions(user: User, other: u8) -> u32 {
            user.id + u32::from(other)
        }

        #[cache_memoize(ttl = 60, skip(limit), $hook = |id| log((id, limit)))]
        fn closure_over_an_argument(id: u32, limit: u32) -> u32 {
            id.min(limit)
        }

        #[cache_memoize(ttl = 60, $hook = log)]
        fn whole_patterns((left, right): (u32, u32)) -> u32 {
            left + right
        }

        #[cache_memoize(ttl = 60, $hook = |id, name: &str| log((id, name)))]
        async fn awaited(id: u32, name: &str) -> String {
            format!("{id}{name}")
        }

        #[cache_memoize(ttl = 60, $hook = generic_hook)]
        fn generic<T: CacheKey + Debug>(value: T) -> String {
            format!("{value:?}")
        }

        #[derive(CacheKey, Debug)]
        struct User {
            id: u32,
        }

        impl User {
            #[cache_memoize(ttl = 60, $hook = |user: &Self, other: &u8| log((user.id, other)))]
            fn method(&self, other: u8) -> u32 {
                self.id + u32::from(other)
            }

            #[cache_memoize(ttl = 60, $hook = |user: &Self, other: &u8| log((user.id, other)))]
            fn by_value(self, other: u8) -> u32 {
                self.id + u32::from(other)
            }

            #[cache_memoize(ttl = 60, skip(self), $hook = log)]
            async fn awaited(&mut self, other: u8) -> u32 {
                u32::from(other)
            }

            #[cache_memoize(ttl = 60, companions = false, $hook = |user: &Self, other: &u8| log((user.id, other)))]
            fn without_companions(&self, other: u8) -> u32 {
                self.id + u32::from(other)
            }
        }

        #[test]
        fn a_path_or_a_closure_is_called_with_the_arguments() {
            on_every_kind(|_| {
                $assert_called(|| path(1, "a"), r#"(1, "a")"#);
                $assert_called(|| path_of_a_module(1), "1");
                $assert_called(|| generic_path(1), "1");
                $assert_called(|| generic("a"), r#""a""#);
                $assert_called(no_arguments, "()");
                $assert_called(|| closure(1, "a"), r#"(1, "a")"#);
                $assert_called(|| whole_patterns((1, 2)), "(1, 2)");
            });
        }

        #[test]
        fn it_gets_the_arguments_of_the_key_alone() {
            on_every_kind(|_| {
                $assert_called(|| without_the_skipped(1, vec![2]), "1");
                $assert_called(|| what_the_key_mentions(User { id: 1 }, 2), "1");
                $assert_called(|| closure_over_an_argument(1, 9), "(1, 9)");
            });
        }

        #[test]
        fn a_receiver_is_an_argument_like_any_other() {
            on_every_kind(|_| {
                $assert_called(|| User { id: 1 }.method(2), "(1, 2)");
                $assert_called(|| User { id: 1 }.by_value(2), "(1, 2)");
                $assert_called(|| block_on(User { id: 1 }.awaited(2)), "2");
                $assert_called(|| User { id: 1 }.without_companions(2), "(1, 2)");
            });
        }

        #[test]
        fn it_serves_async_functions() {
            on_every_kind(|_| $assert_called(|| block_on(awaited(1, "a")), r#"(1, "a")"#));
        }

        #[test]
        fn companions_do_not_call_it() {
            on_every_kind(|_| {
                let value = refresh_path(1, "a");
                prime_path(1, "a", value.clone()).expect("it works");
                assert_eq!(peek_path(1, "a").expect("it works"), Some(value.clone()));
                assert_eq!(uncached_path(1, "a"), value);
                assert!(invalidate_path(1, "a").expect("it works"));
                assert_eq!(LOG.with(RefCell::take), Vec::<String>::new());
            });
        }
    };
}
pub(crate) use hook_tests;
