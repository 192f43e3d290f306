//! Entries by hand, with options.

use crate::support::{block_on, on_every_kind};
use cache_memoize::core::Backend;
use cache_memoize::{Cache, Entry, Memory, caches};
use cache_memoize_testkit::{Counts, FakeClock};
use std::cell::Cell;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Runs a test on a cache of objects and on one of bytes, with their clocks.
fn on_clocks(test: impl Fn(&Cache, &FakeClock)) {
    for wraps in [false, true] {
        let clock = FakeClock::new();
        let memory: Backend = Memory::builder().clock(clock.clone()).build().into();
        let backend = if wraps { Counts::new().wrap(&memory) } else { memory };
        let cache = Cache::builder().backend(backend).build().expect("the settings are right");
        test(&cache, &clock);
    }
}

/// Counts up, and fails when it is told to.
#[derive(Default)]
struct Source {
    runs: Cell<u32>,
    fails: Cell<bool>,
}

impl Source {
    fn ask(&self) -> Result<u32, String> {
        self.runs.set(self.runs.get() + 1);
        if self.fails.get() { Err("it is down".to_owned()) } else { Ok(self.runs.get()) }
    }

    fn value(&self, entry: Entry) -> u32 {
        entry.get_or_compute(|| self.ask().expect("it does not fail"))
    }
}

#[test]
fn an_entry_lives_as_long_as_it_is_told() {
    on_clocks(|cache, clock| {
        let source = Source::default();
        let call = || source.value(cache.entry("key").ttl(10 * SECOND));
        assert_eq!((call(), call()), (1, 1));
        clock.advance(10 * SECOND);
        assert_eq!(call(), 2);
        cache.entry("key").ttl(20 * SECOND).set(7_u32).expect("the store works");
        clock.advance(19 * SECOND);
        assert_eq!(call(), 7);
        let call = || {
            let computed = cache.entry("key").ttl(10 * SECOND);
            block_on(computed.get_or_compute_async(async || source.ask().expect("it works")))
        };
        clock.advance(SECOND);
        assert_eq!((call(), call()), (3, 3));
    });
}

#[test]
fn an_old_value_is_the_answer_to_an_error() {
    on_clocks(|cache, clock| {
        let source = Source::default();
        let entry = || cache.entry("key").ttl(10 * SECOND).stale_if_error(60 * SECOND);
        assert_eq!(entry().get_or_try_compute(|| source.ask()), Ok(1));
        clock.advance(11 * SECOND);
        source.fails.set(true);
        assert_eq!(entry().get_or_try_compute(|| source.ask()), Ok(1));
        clock.advance(6 * SECOND);
        let answer = block_on(entry().get_or_try_compute_async(async || source.ask()));
        assert_eq!(answer, Ok(1));
        assert_eq!(source.runs.get(), 3, "it was tried again");
        clock.advance(60 * SECOND);
        assert!(entry().get_or_try_compute(|| source.ask()).is_err());
    });
}

#[test]
fn one_caller_computes_while_others_get_the_old_value() {
    on_clocks(|cache, clock| {
        let source = Source::default();
        let entry = || cache.entry("key").ttl(10 * SECOND).stale_while_revalidate(60 * SECOND);
        assert_eq!(source.value(entry()), 1);
        clock.advance(11 * SECOND);
        let seen_meanwhile = Cell::new(0);
        let new = entry().get_or_compute(|| {
            let meanwhile = || {
                std::thread::scope(|scope| {
                    let other = || entry().get_or_compute(|| 0_u32);
                    scope.spawn(other).join().expect("it returns")
                })
            };
            seen_meanwhile.set(meanwhile());
            2
        });
        assert_eq!((seen_meanwhile.get(), new), (1, 2));
    });
}

#[test]
fn a_value_is_renewed_early() {
    on_clocks(|cache, clock| {
        let take_their_time = || {
            clock.advance(2 * SECOND);
            1
        };
        let entry = || cache.entry("key").ttl(10 * SECOND).early_refresh(1_000_000.0);
        entry().get_or_compute(take_their_time);
        assert_eq!(entry().get_or_compute(|| 2), 2, "it is as good as certain");
    });
}

#[test]
fn an_entry_by_hand_has_tags() {
    on_every_kind(|name| {
        let cache = caches::get("default").expect("it is installed");
        let entry = || cache.entry(("orders", 42)).tag("user:42").tag(String::from("orders"));
        for tag in ["user:42", "orders"] {
            assert_eq!(entry().get_or_compute(|| 1), 1, "{name}");
            assert_eq!(entry().get_or_compute(|| 2), 1, "{name}");
            cache.invalidate_tag("another").expect("the store works");
            assert_eq!(cache.get(("orders", 42)).expect("the store works"), Some(1), "{name}");
            cache.invalidate_tag(tag).expect("the store works");
            assert_eq!(cache.get::<i32>(("orders", 42)).expect("the store works"), None, "{name}");
        }
        block_on(entry().set_async(7)).expect("the store works");
        assert_eq!(cache.get(("orders", 42)).expect("the store works"), Some(7), "{name}");
        block_on(cache.invalidate_tag_async("orders")).expect("the store works");
        assert_eq!(entry().get_or_compute(|| 8), 8, "{name}");
        cache.invalidate(("orders", 42)).expect("the store works");
    });
}
