//! `strict`: who is told that the store failed, whatever the options of the function, and what it costs.

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, StoreErrorKind};
use cache_memoize::{Cache, Error, Memory, cache_memoize, caches};
use cache_memoize_testkit::{Counts, FakeClock, Fault, Faults};
use std::cell::Cell;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
struct Told;

impl From<Error> for Told {
    fn from(_: Error) -> Self {
        Self
    }
}

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

#[cache_memoize(cache_err = true)]
fn errors_stored(id: u32) -> Result<u32, Told> {
    RUNS.set(RUNS.get() + 1);
    Ok(id)
}

#[cache_memoize(cache_if = |_: &u32| true)]
fn chosen(id: u32) -> Result<u32, Told> {
    Ok(id)
}

#[cache_memoize(ttl_with = |_: &u32| Duration::from_secs(60))]
fn timed(id: u32) -> Result<u32, Told> {
    Ok(id)
}

#[cache_memoize(store_result = false)]
async fn guarded(id: u32) -> Result<(), Told> {
    let _ = id;
    Ok(())
}

fn failing() -> (Faults, Counts, Cache) {
    let (faults, counts) = (Faults::new(), Counts::new());
    let memory: Backend = Memory::builder().clock(FakeClock::new()).build().into();
    let backend = counts.wrap(&faults.wrap(&memory));
    let built = Cache::builder().backend(backend).strict(true).build();
    (faults, counts, built.expect("the settings are right"))
}

const OUTAGE: Fault = Fault::Fail(StoreErrorKind::Unavailable);
/// The store is there, and the call goes on to ask it.
const REFUSAL: Fault = Fault::Fail(StoreErrorKind::WrongType);

#[test]
fn no_option_keeps_a_function_from_telling() {
    let (faults, _, cache) = failing();
    with_default(&cache, || {
        for tells in [errors_stored, chosen, timed] {
            faults.on("get").once(OUTAGE);
            assert_eq!((tells(1), tells(1)), (Err(Told), Ok(1)));
        }
    });
    block_on(caches::scoped_async([("default", cache)], async {
        faults.on("get").once(OUTAGE);
        assert_eq!((guarded(1).await, guarded(1).await), (Err(Told), Ok(())));
    }));
}

#[test]
fn who_tells_does_not_run_and_stores_nothing() {
    let (faults, _, cache) = failing();
    with_default(&cache, || {
        faults.on("get").once(REFUSAL);
        assert_eq!((errors_stored(1), RUNS.get()), (Err(Told), 0));
        assert_eq!((errors_stored(1), RUNS.get()), (Ok(1), 1), "what was told was not stored");
    });
}

#[test]
fn a_store_that_is_left_alone_is_told_of_without_being_asked() {
    let (faults, counts, cache) = failing();
    with_default(&cache, || {
        faults.everywhere().always(OUTAGE);
        (0..10).for_each(|id| assert_eq!(chosen(id), Err(Told)));
        faults.heal();
        let trips = counts.total();
        assert_eq!((chosen(1), counts.total()), (Err(Told), trips));
    });
}

#[test]
fn a_key_whose_invalidation_did_not_arrive_is_told_of() {
    let (faults, counts, cache) = failing();
    with_default(&cache, || {
        assert_eq!(chosen(1), Ok(1));
        faults.on("remove").always(Fault::Fail(StoreErrorKind::Denied));
        invalidate_chosen(1).expect_err("the store refuses");
        assert_eq!(chosen(1), Err(Told), "it refuses again");
        let trips = counts.total();
        assert_eq!((chosen(1), counts.total()), (Err(Told), trips), "it is not asked so soon");
    });
}
