use super::{Polled, key};
use crate::backend;
use cache_memoize_core::{
    AnyObject, Backend, Bytes, Generations, KeyRef, Lease, LeaseMode, Object, ObjectStore, PutMode,
    Result, Store, StoreErrorKind, Token, Ttl,
};
use cache_memoize_testkit::{FakeClock, Fault, Faults};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

fn faulty() -> (Faults, Backend) {
    let faults = Faults::new();
    let backend = faults.wrap(&backend(FakeClock::new()));
    (faults, backend)
}

fn put(store: &dyn Store, text: &'static str) -> Result<bool> {
    store.put(key(), Bytes::from(text), Ttl::Forever, PutMode::Always)
}

fn get(store: &dyn Store) -> Result<Option<Bytes>> {
    store.get(&[key()]).map(|mut values| values.remove(0))
}

fn kind<T>(answer: Result<T>) -> Option<StoreErrorKind> {
    answer.err().map(|error| error.kind())
}

#[test]
fn the_call_that_was_chosen_fails_and_no_other() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    faults.on("get").nth(2, Fault::Fail(StoreErrorKind::Timeout));
    put(store, "value").unwrap();
    assert_eq!(get(store).unwrap(), Some(Bytes::from("value")));
    let error = get(store).unwrap_err();
    assert_eq!(
        error.to_string(),
        "get failed, no answer in time: a fault that the test planned; `Faults::heal` ends it"
    );
    assert_eq!(get(store).unwrap(), Some(Bytes::from("value")));
}

#[test]
fn a_script_is_followed_call_by_call() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    let fails = |kind| Some(Fault::Fail(kind));
    faults.on("ping").script([fails(StoreErrorKind::Denied), None]);
    faults.on("ping").script([fails(StoreErrorKind::Other)]);
    faults.on("ping").always(Fault::Fail(StoreErrorKind::Timeout));
    let kinds: Vec<_> = (0..5).map(|_| kind(store.ping())).collect();
    assert_eq!(
        kinds,
        [
            Some(StoreErrorKind::Denied),
            None,
            Some(StoreErrorKind::Other),
            Some(StoreErrorKind::Timeout),
            Some(StoreErrorKind::Timeout)
        ]
    );
}

#[test]
fn everything_fails_until_healed_on_both_faces() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    let async_store = backend.async_store().unwrap();
    faults.everywhere().always(Fault::Fail(StoreErrorKind::Unavailable));
    let down = Some(StoreErrorKind::Unavailable);
    assert_eq!(kind(get(store)), down);
    assert_eq!(kind(put(store, "value")), down);
    assert_eq!(kind(store.lease(key(), Ttl::Forever, LeaseMode::Join)), down);
    assert_eq!(kind(store.remove(&[key()])), down);
    assert_eq!(kind(store.clear()), down);
    assert!(matches!(Polled::new(async_store.ping()).poll(), Poll::Ready(Err(_))));
    faults.heal();
    assert_eq!(get(store).unwrap(), None, "a failed put did not reach the store");
    assert!(matches!(Polled::new(async_store.ping()).poll(), Poll::Ready(Ok(()))));
}

#[test]
fn keys_that_are_not_concerned_are_spared() {
    let (faults, backend) = faulty();
    let backend = backend.with_parts(2, |key| usize::from(key == self::key()));
    let wrapped = faults.wrap(&backend);
    assert_eq!((wrapped.parts(), wrapped.part(key())), (2, 1), "a wrapper keeps the parts");
    faults.only_for_keys(|key| key == self::key());
    faults.everywhere().always(Fault::Fail(StoreErrorKind::Denied));
    let (store, other) = (backend.store().unwrap(), KeyRef::new("other").unwrap());
    store.get(&[other]).unwrap();
    store.remove(&[other]).unwrap();
    store.touch(other, Ttl::Forever).unwrap();
    for keys in [&[key()][..], &[other, key()], &[]] {
        assert_eq!(kind(store.get(keys)), Some(StoreErrorKind::Denied), "{keys:?}");
    }
    assert_eq!(kind(store.ping()), Some(StoreErrorKind::Denied));
}

#[test]
fn an_answer_may_be_lost_though_the_operation_took_place() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    faults.on("put").once(Fault::FailAfter(StoreErrorKind::Timeout));
    assert_eq!(kind(put(store, "value")), Some(StoreErrorKind::Timeout));
    assert_eq!(get(store).unwrap(), Some(Bytes::from("value")));
}

#[test]
fn a_lost_write_is_said_to_be_stored() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    faults.on("put").once(Fault::LoseWrite);
    assert!(put(store, "lost").unwrap());
    assert_eq!(get(store).unwrap(), None);
    assert!(put(store, "kept").unwrap());
    assert_eq!(get(store).unwrap(), Some(Bytes::from("kept")));
}

#[test]
fn corrupted_values_differ_from_those_stored() {
    let (faults, backend) = faulty();
    let store = &**backend.store().unwrap();
    faults.on("get").always(Fault::Corrupt);
    faults.on("lease").always(Fault::Corrupt);
    for text in ["", "v", "a longer value"] {
        put(store, text).unwrap();
        for _ in 0..100 {
            let read = get(store).unwrap().expect("a corrupted value is there all the same");
            assert_ne!(read, text);
            let (_, handed) = store.lease(key(), Ttl::Forever, LeaseMode::Join).unwrap();
            assert_ne!(handed.expect("a corrupted value is handed over"), text);
        }
    }
    faults.heal();
    assert_eq!(get(store).unwrap(), Some(Bytes::from("a longer value")), "the store has it whole");
}

#[test]
fn chance_follows_from_the_seed() {
    let failures = |seed| -> Vec<bool> {
        let faults = Faults::seeded(seed);
        let backend = faults.wrap(&backend(FakeClock::new()));
        faults.on("ping").sometimes(0.3, Fault::Fail(StoreErrorKind::Other));
        (0..1000).map(|_| backend.store().unwrap().ping().is_err()).collect()
    };
    assert_eq!(failures(1), failures(1));
    assert_ne!(failures(1), failures(2));
    let count = failures(1).into_iter().filter(|failed| *failed).count();
    assert!((200..400).contains(&count), "{count} of 1000 failed, at a probability of 0.3");
}

#[test]
fn what_is_never_likely_never_happens() {
    let (faults, backend) = faulty();
    faults.on("ping").sometimes(0.0, Fault::Fail(StoreErrorKind::Other));
    assert!((0..1000).all(|_| backend.store().unwrap().ping().is_ok()));
}

#[test]
fn a_blocking_call_hangs_until_it_is_released() {
    let (faults, backend) = faulty();
    faults.on("put").always(Fault::Hang);
    thread::scope(|scope| {
        let store = &**backend.store().unwrap();
        let hanging = scope.spawn(|| put(store, "late"));
        faults.wait_until_hanging(1);
        assert_eq!(get(store).unwrap(), None, "it has not reached the store");
        faults.release();
        assert!(hanging.join().unwrap().unwrap());
        assert_eq!(get(store).unwrap(), Some(Bytes::from("late")));
        assert_eq!(faults.hanging(), 0);
        let next = scope.spawn(|| put(store, "later"));
        faults.wait_until_hanging(1);
        faults.heal();
        assert!(next.join().unwrap().unwrap());
    });
}

#[test]
fn an_async_call_hangs_without_a_thread() {
    let (faults, backend) = faulty();
    let store = backend.async_store().unwrap();
    faults.on("ping").always(Fault::Hang);
    let mut calls: Vec<_> = (0..3).map(|_| Polled::new(store.ping())).collect();
    assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
    assert!(calls.iter_mut().all(|call| call.poll().is_pending()));
    assert_eq!(faults.hanging(), 3);
    drop(calls.pop());
    assert_eq!(faults.hanging(), 2, "a dropped call hangs no more");
    faults.release();
    for call in &mut calls {
        assert_eq!(call.wakes(), 1, "it was woken");
        assert!(matches!(call.poll(), Poll::Ready(Ok(()))));
    }
    assert_eq!(faults.hanging(), 0);
}

#[test]
fn a_delayed_call_comes_later() {
    let (faults, backend) = faulty();
    let delay = Duration::from_millis(20);
    faults.on("ping").always(Fault::Delay(delay));
    let begun = Instant::now();
    backend.store().unwrap().ping().unwrap();
    assert!(begun.elapsed() >= delay);
}

#[test]
fn delayed_async_calls_are_woken_each_in_its_time() {
    let (faults, backend) = faulty();
    let store = backend.async_store().unwrap();
    let delay = Duration::from_millis(20);
    faults.on("ping").script([Some(Fault::Delay(delay * 2)), Some(Fault::Delay(delay))]);
    let begun = Instant::now();
    let (mut long, mut short) = (Polled::new(store.ping()), Polled::new(store.ping()));
    let is_done = [long.poll().is_ready(), short.poll().is_ready()];
    for (call, is_done, delay) in
        [(&mut short, is_done[1], delay), (&mut long, is_done[0], delay * 2)]
    {
        if !is_done {
            await_wake(call);
            assert!(matches!(call.poll(), Poll::Ready(Ok(()))));
        }
        assert!(begun.elapsed() >= delay);
    }
}

#[test]
fn a_dropped_delay_leaves_the_others() {
    let (faults, backend) = faulty();
    let store = backend.async_store().unwrap();
    let (hour, moment) = (Duration::from_secs(3600), Duration::from_millis(200));
    faults.on("ping").script([Some(Fault::Delay(hour)), Some(Fault::Delay(moment))]);
    let (mut long, mut short) = (Polled::new(store.ping()), Polled::new(store.ping()));
    assert!(long.poll().is_pending());
    if short.poll().is_pending() {
        drop(long);
        await_wake(&short);
        assert!(matches!(short.poll(), Poll::Ready(Ok(()))));
    }
}

fn await_wake<T>(call: &Polled<'_, T>) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while call.wakes() == 0 {
        assert!(Instant::now() < deadline, "a delayed call was not woken");
        thread::yield_now();
    }
}

#[derive(Default)]
struct NoObjects(Generations);

impl ObjectStore for NoObjects {
    fn read(&self, _: KeyRef<'_>, _: &mut dyn FnMut(&AnyObject)) -> bool {
        false
    }

    fn put(&self, _: KeyRef<'_>, _: Object, _: Ttl, _: PutMode) -> Result<bool> {
        Ok(false)
    }

    fn lease(&self, _: KeyRef<'_>, _: Ttl, _: LeaseMode) -> Lease {
        Lease { token: Token::new(1), first: true }
    }

    fn release(&self, _: KeyRef<'_>, _: Token) {}

    fn remove(&self, _: KeyRef<'_>) -> bool {
        false
    }

    fn clear(&self) {}

    fn generations(&self) -> &Generations {
        &self.0
    }

    fn weighs(&self) -> bool {
        false
    }
}

#[test]
fn objects_do_not_go_round_the_faults() {
    let backend = backend(FakeClock::new()).with_objects(Arc::new(NoObjects::default()));
    let wrapped = Faults::new().wrap(&backend);
    assert!(wrapped.objects().is_none() && wrapped.store().is_some());
    assert_eq!(wrapped.name(), backend.name());
    assert!(Arc::ptr_eq(wrapped.clock(), backend.clock()));
}
