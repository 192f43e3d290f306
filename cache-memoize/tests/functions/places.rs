//! Functions that call themselves, and functions inside functions.

use crate::computations::fresh;
use crate::support::on_every_kind;
use cache_memoize::cache_memoize;
use std::cell::Cell;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn runs_of(body: impl FnOnce()) -> u32 {
    RUNS.set(0);
    body();
    RUNS.get()
}

#[cache_memoize(ttl = 60)]
fn fibonacci(n: u32) -> u64 {
    RUNS.set(RUNS.get() + 1);
    if n < 2 { u64::from(n) } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

#[cache_memoize(ttl = 60)]
fn is_even(n: u32) -> bool {
    RUNS.set(RUNS.get() + 1);
    n == 0 || is_odd(n - 1)
}

#[cache_memoize(ttl = 60)]
fn is_odd(n: u32) -> bool {
    RUNS.set(RUNS.get() + 1);
    n != 0 && is_even(n - 1)
}

#[test]
fn recursion_computes_each_step_once() {
    on_every_kind(|kind| {
        assert_eq!(runs_of(|| assert_eq!(fibonacci(80), 23_416_728_348_467_685)), 81, "{kind}");
        assert_eq!(runs_of(|| assert_eq!(fibonacci(79), 14_472_334_024_676_221)), 0, "{kind}");
        assert_eq!(peek_fibonacci(10).expect("it works"), Some(55), "{kind}");
        assert!(invalidate_fibonacci(80).expect("it works"), "{kind}");
        assert_eq!(runs_of(|| assert_ne!(fibonacci(80), 0)), 1, "{kind}");
    });
}

#[test]
fn functions_that_call_each_other_are_remembered() {
    on_every_kind(|kind| {
        assert_eq!(runs_of(|| assert!(is_even(20))), 21, "{kind}");
        assert_eq!(runs_of(|| assert!(is_odd(19) && !is_even(19))), 20, "{kind}: the other half");
        assert_eq!(runs_of(|| assert!(is_even(20) && is_odd(19))), 0, "{kind}");
    });
}

#[test]
fn a_function_inside_a_function_is_remembered() {
    #[cache_memoize(ttl = 60)]
    fn inner(id: u32) -> u32 {
        fresh(id)
    }

    assert_remembered!(
        (1),
        inner,
        refresh_inner,
        peek_inner,
        prime_inner,
        invalidate_inner,
        uncached_inner,
    );
}

#[test]
fn a_method_inside_a_function_is_remembered() {
    struct Local;

    impl Local {
        #[cache_memoize(ttl = 60, skip(self))]
        fn method(&self, id: u32) -> u32 {
            fresh(id)
        }
    }

    on_every_kind(|kind| {
        let first = Local.method(1);
        assert_eq!(Local.method(1), first, "{kind}");
        assert!(Local::invalidate_method(1).expect("it works"), "{kind}");
        assert_ne!(Local.method(1), first, "{kind}");
    });
}

#[cache_memoize(ttl = 60)]
fn outer(id: u32) -> (u32, u32, u32) {
    #[cache_memoize(ttl = 60)]
    fn part(id: u32) -> u32 {
        fresh(id)
    }

    (part(id), part(id), fresh(id))
}

#[test]
fn a_remembered_function_has_remembered_functions_inside() {
    assert_remembered!(
        (1),
        outer,
        refresh_outer,
        peek_outer,
        prime_outer,
        invalidate_outer,
        uncached_outer,
    );
    on_every_kind(|kind| {
        let (left, right, whole) = outer(1);
        assert_eq!(left, right, "{kind}");
        let again = refresh_outer(1);
        assert_eq!(again.0, left, "{kind}: the part is remembered");
        assert_ne!(again.2, whole, "{kind}");
    });
}

#[test]
fn namesakes_in_sibling_blocks_have_entries_of_their_own() {
    on_every_kind(|kind| {
        let left = {
            #[cache_memoize(ttl = 60)]
            fn namesake(id: u32) -> u32 {
                fresh(id)
            }
            [namesake(1), namesake(1)]
        };
        let right = {
            #[cache_memoize(ttl = 60)]
            fn namesake(id: u32) -> u32 {
                fresh(id)
            }
            [namesake(1), namesake(1)]
        };
        assert_eq!(left[0], left[1], "{kind}");
        assert_eq!(right[0], right[1], "{kind}");
        assert_ne!(left[0], right[0], "{kind}");
    });
}

macro_rules! made_by_a_macro {
    ($($name:ident $ttl:expr),*) => {$(
        #[cache_memoize(ttl = $ttl)]
        fn $name(id: u32) -> u32 {
            fresh(id)
        }
    )*};
}

made_by_a_macro!(made_first 60, made_second "1m");

#[test]
fn functions_made_by_a_macro_are_remembered() {
    on_every_kind(|kind| {
        assert_eq!(made_first(1), made_first(1), "{kind}");
        assert_eq!(made_second(1), made_second(1), "{kind}");
        assert_ne!(made_first(1), made_second(1), "{kind}");
    });
}
