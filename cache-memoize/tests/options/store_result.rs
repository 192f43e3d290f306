//! `store_result = false`: a guard that lets a function run at most once in a lifetime.

use crate::clocks::{SECOND, on_every_clock};
use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{ErrorKind, cache_memoize};
use std::cell::Cell;
use std::time::Duration;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn runs_of<R>(body: impl FnOnce() -> R) -> u32 {
    RUNS.set(0);
    body();
    RUNS.get()
}

fn ran() {
    RUNS.set(RUNS.get() + 1);
}

type Outcome<T> = Result<T, String>;

/// A value that can neither be cloned nor serialized.
#[derive(Debug, PartialEq)]
struct Receipt(u32);

#[cache_memoize(ttl = 60, store_result = false)]
fn nothing(_id: u32) {
    ran();
}

#[cache_memoize(ttl = 60, store_result = false)]
fn unit(_id: u32) -> () {
    ran();
}

#[cache_memoize(ttl = 60, store_result = false)]
fn option(id: u32) -> Option<Receipt> {
    ran();
    Some(Receipt(id))
}

#[cache_memoize(ttl = 60, store_result = false, skip(works))]
fn result(id: u32, works: bool) -> Result<(), String> {
    ran();
    if works { Ok(()) } else { Err(format!("{id}, as asked")) }
}

#[cache_memoize(ttl = 60, store_result = false, skip(works))]
fn alias_of_result_of_option(id: u32, works: bool) -> Outcome<Option<Receipt>> {
    ran();
    works.then_some(Some(Receipt(id))).ok_or_else(|| "as asked".to_owned())
}

#[cache_memoize(ttl = 60, store_result = false)]
async fn awaited(id: u32) -> Option<Receipt> {
    ran();
    Some(Receipt(id))
}

#[cache_memoize(ttl = 60, store_result = true)]
fn as_without(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(store_result = false)]
fn unsaid(_id: u32) {
    ran();
}

#[cache_memoize(ttl = Duration::from_secs(seconds), store_result = false, key = id)]
fn computed(id: u32, seconds: u64) {
    let _ = id;
    ran();
}

struct Mailer;

impl Mailer {
    #[cache_memoize(ttl = 60, store_result = false, skip(self))]
    fn remind(&self, _user: u32) {
        ran();
    }
}

#[test]
fn it_runs_once() {
    on_every_kind(|kind| {
        assert_eq!(runs_of(|| (nothing(1), nothing(1), nothing(2))), 2, "{kind}");
        assert_eq!(runs_of(|| (unit(1), unit(1), unit(2))), 2, "{kind}");
        assert_eq!(runs_of(|| (Mailer.remind(1), Mailer.remind(1), Mailer.remind(2))), 2, "{kind}");
    });
}

#[test]
fn an_option_says_whether_it_ran() {
    on_every_kind(|kind| {
        assert_eq!(option(1), Some(Receipt(1)), "{kind}");
        assert_eq!(option(1), None, "{kind}");
        block_on(async {
            assert_eq!(awaited(1).await, Some(Receipt(1)), "{kind}");
            assert_eq!(awaited(1).await, None, "{kind}");
            assert!(invalidate_awaited(1).await.expect("it works"), "{kind}");
            assert_eq!(awaited(1).await, Some(Receipt(1)), "{kind}");
        });
    });
}

#[test]
fn a_failed_run_does_not_count() {
    on_every_kind(|kind| {
        assert_eq!(result(1, false), Err("1, as asked".to_owned()), "{kind}");
        assert_eq!(runs_of(|| result(1, true)), 1, "{kind}");
        assert_eq!(runs_of(|| assert_eq!(result(1, false), Ok(()))), 0, "{kind}");
        assert!(alias_of_result_of_option(1, false).is_err(), "{kind}");
        assert_eq!(alias_of_result_of_option(1, true), Ok(Some(Receipt(1))), "{kind}");
        assert_eq!(alias_of_result_of_option(1, true), Ok(None), "{kind}");
    });
}

#[test]
fn its_companions_speak_of_the_run() {
    on_every_kind(|kind| {
        assert_eq!(peek_option(1).expect("it works"), None, "{kind}: it did not run");
        option(1);
        assert_eq!(peek_option(1).expect("it works"), Some(None), "{kind}: it is held back");
        assert_eq!(refresh_option(1), Some(Receipt(1)), "{kind}: it runs all the same");
        assert_eq!(uncached_option(1), Some(Receipt(1)), "{kind}");
        assert!(invalidate_option(1).expect("it works"), "{kind}");
        prime_option(1, Some(Receipt(9))).expect("it works");
        assert_eq!(option(1), None, "{kind}: as if it had run");
        let refused = prime_result(1, Err("no".to_owned())).expect_err("a failure does not count");
        assert_eq!(refused.kind(), ErrorKind::NotKept, "{kind}");
    });
}

#[test]
fn its_lifetime_is_the_ttl() {
    on_every_clock(|clock| {
        let mut runs = 0;
        for (wait, expected) in [(0, 1), (59, 1), (1, 2)] {
            clock.advance(wait * SECOND);
            runs += runs_of(|| nothing(1));
            assert_eq!(runs, expected);
        }
        assert_eq!(runs_of(|| computed(1, 5)), 1);
        clock.advance(4 * SECOND);
        assert_eq!(runs_of(|| computed(1, 5)), 0);
        clock.advance(SECOND);
        assert_eq!(runs_of(|| computed(1, 5)), 1);
        assert_eq!(runs_of(|| unsaid(1)), 1);
        clock.advance(299 * SECOND);
        assert_eq!(runs_of(|| unsaid(1)), 0);
        clock.advance(SECOND);
        assert_eq!(runs_of(|| unsaid(1)), 1);
    });
}

#[test]
fn true_is_what_holds_without_it() {
    on_every_kind(|kind| assert_eq!(as_without(1), as_without(1), "{kind}"));
}
