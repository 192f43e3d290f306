//! `early_refresh`: one caller computes a new value before the old one is over.

use crate::clocks::{MILLISECOND, SECOND, World, in_worlds};
use crate::computations::fresh;
use crate::support::block_on;
use cache_memoize::{cache_memoize, caches};
use std::cell::{Cell, RefCell};
use std::time::Duration;

thread_local! {
    /// Takes the time that the functions take on this thread.
    static WORK: RefCell<Box<dyn Fn()>> = RefCell::new(Box::new(|| {}));
    static FAILS: Cell<bool> = const { Cell::new(false) };
}

fn compute(id: u32) -> u32 {
    WORK.with_borrow(|work| work());
    fresh(id)
}

#[cache_memoize(ttl = 100, early_refresh = true)]
fn number(id: u32) -> u32 {
    compute(id)
}

#[cache_memoize(ttl = 100, early_refresh = 5.0)]
fn eager(id: u32) -> u32 {
    compute(id)
}

#[cache_memoize(ttl = 100, early_refresh = true)]
async fn awaited(id: u32) -> u32 {
    compute(id)
}

#[cache_memoize(ttl = 100, early_refresh = false)]
fn punctual(id: u32) -> u32 {
    compute(id)
}

#[cache_memoize(ttl = 100, early_refresh = 20)]
fn failing(id: u32) -> Result<u32, String> {
    if FAILS.get() { Err("the origin is down".to_owned()) } else { Ok(compute(id)) }
}

/// Runs a test in which every computation takes two seconds.
fn in_slow_worlds(test: impl Fn(&World)) {
    in_worlds(|world| {
        let clock = world.clock.clone();
        WORK.set(Box::new(move || clock.advance(2 * SECOND)));
        FAILS.set(false);
        world.run(|| test(world));
    });
}

/// How old a value gets that is asked for twice a second.
fn age_at_refresh<T: PartialEq>(world: &World, call: impl Fn() -> T) -> Duration {
    let (old, mut age) = (call(), Duration::ZERO);
    loop {
        world.clock.advance(500 * MILLISECOND);
        age += 500 * MILLISECOND;
        if call() != old {
            return age;
        }
    }
}

/// The mean over some of them.
fn mean_age<T: PartialEq>(world: &World, call: impl Fn(u32) -> T) -> Duration {
    const MANY: u32 = 50;
    (0..MANY).map(|id| age_at_refresh(world, || call(id))).sum::<Duration>() / MANY
}

#[test]
fn a_value_in_demand_is_renewed_before_its_time_is_over() {
    in_slow_worlds(|world| {
        let mean = mean_age(world, number);
        assert!((75 * SECOND..99 * SECOND).contains(&mean), "{mean:?}");
        let eager = mean_age(world, eager);
        assert!(eager + 10 * SECOND < mean, "{eager:?}");
        let total = world.cache.stats().total();
        assert!(total.refreshed > 90, "hardly any was over: {total:?}");
    });
}

#[test]
fn an_async_function_is_no_exception() {
    in_slow_worlds(|world| {
        let calls = async {
            for id in 0..20 {
                let old = awaited(id).await;
                // So often that chance spares hardly any to the end: one of three thousand.
                while awaited(id).await == old {
                    world.clock.advance(250 * MILLISECOND);
                }
            }
        };
        block_on(caches::scoped_async([("default", world.cache.clone())], calls));
        let total = world.cache.stats().total();
        assert!((15..=20).contains(&total.refreshed), "hardly any was over: {total:?}");
    });
}

#[test]
fn what_costs_nothing_is_not_renewed_early() {
    in_worlds(|world| {
        WORK.set(Box::new(|| {}));
        world.run(|| assert_eq!(age_at_refresh(world, || number(1)), 100 * SECOND));
    });
}

#[test]
fn without_it_a_value_lives_to_its_end() {
    in_slow_worlds(|world| assert_eq!(age_at_refresh(world, || punctual(1)), 100 * SECOND));
}

#[test]
fn an_error_does_not_take_the_place_of_a_value_that_is_fresh() {
    in_slow_worlds(|world| {
        let old = failing(1);
        FAILS.set(true);
        for _ in 0..99 {
            world.clock.advance(SECOND);
            assert_eq!(failing(1), old);
        }
        let total = world.cache.stats().total();
        assert!(total.refreshed > 0 && total.refreshed <= 20, "{total:?}");
    });
}
