//! What an invalidation does to who has an old value at hand.

use super::source::Source;
use super::{OLD, PATIENCE, SOON, SPARE, invalidate_all_value, invalidate_value, rest, value};
use crate::support::with_default;
use cache_memoize::{Cache, Memory};
use cache_memoize_testkit::{FakeClock, Fault, Faults};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// A store of bytes that has faults.
pub(super) fn bench() -> (Faults, FakeClock, Cache) {
    let (faults, clock) = (Faults::new(), FakeClock::new());
    let backend = faults.wrap(&Memory::builder().clock(clock.clone()).build().into());
    let settings = Cache::builder().backend(backend).timeout(PATIENCE).call_timeout(Duration::MAX);
    (faults, clock, settings.build().expect("the settings are right"))
}

#[test]
fn what_was_invalidated_meanwhile_is_no_answer() {
    let ways: [fn(&Cache); 3] = [
        |_| assert!(invalidate_value().expect("the store works")),
        |_| invalidate_all_value().expect("the store works"),
        |cache| cache.clear().expect("the store works"),
    ];
    for (age, invalidate) in OLD.into_iter().flat_map(|age| ways.map(|way| (age, way))) {
        let (faults, clock, cache) = bench();
        let (source, call) = (Arc::new(Source::default()), |limit, source: &Arc<Source>| {
            with_default(&cache, || value(limit, source.clone()))
        });
        assert_eq!(call(SOON, &source), Ok(1));
        clock.advance(age);
        source.shut();
        faults.on("get").nth(2, Fault::Hang);
        thread::scope(|scope| {
            let call = scope.spawn(|| call(SOON, &source));
            faults.wait_until_hanging(1);
            with_default(&cache, || invalidate(&cache));
            faults.heal();
            source.open();
            assert_eq!(call.join().expect("it returns"), Ok(2), "it waits for its own value");
        });
        assert_eq!(call(SOON, &source), Ok(3), "which is not stored");
    }
}

#[test]
fn what_was_invalidated_is_no_answer_to_who_waits_for_another_caller() {
    let (faults, clock, cache) = bench();
    let source = Arc::new(Source::default());
    let call = |limit| with_default(&cache, || value(limit, source.clone()));
    assert_eq!(call(SOON), Ok(1));
    clock.advance(SPARE);
    source.shut();
    assert_eq!(call(SOON), Ok(1));
    source.wait_for_run(2);
    faults.on("get").nth(2, Fault::Hang);
    thread::scope(|scope| {
        let follower = scope.spawn(|| call(SOON));
        faults.wait_until_hanging(1);
        with_default(&cache, invalidate_value).expect("the store works");
        faults.heal();
        source.wait_for_run(3);
        source.open();
        assert_eq!(follower.join().expect("it returns"), Ok(3), "it computes for itself");
    });
    rest();
    assert_eq!(call(SOON), Ok(3), "the other value is not stored");
}
