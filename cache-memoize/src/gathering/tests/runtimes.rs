//! Callers whose runtime stands still, ends, is another, or is none.

use super::shelf::{Function, Shelf, assert_all_found, begin, found, name, runtime};
use crate::gathering::company::ENOUGH;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

#[test]
fn a_runtime_that_stands_still_holds_up_no_other() {
    let (still, moving) = (runtime(), runtime());
    let shelf = Shelf::with(0..20);
    let function = Function::over(&shelf);
    let mut kept: Vec<_> = (0..10).map(|key| Box::pin(function.clone().call(key))).collect();
    {
        let _inside = still.enter();
        begin(&mut kept);
    }
    moving.block_on(async {
        let calls = function.calls(10..14);
        shelf.is_asked(ENOUGH + 1).await;
        shelf.open();
        assert_all_found(calls, 10..14).await;
    });
    let mut rest = JoinSet::new();
    kept.into_iter().for_each(|call| drop(rest.spawn_on(call, still.handle())));
    let answers = still.block_on(rest.join_all());
    assert!(answers.iter().all(Result::is_ok));
}

#[test]
fn callers_whose_runtime_ends_ask_for_themselves() {
    let (ending, moving) = (runtime(), runtime());
    let shelf = Shelf::with(0..20);
    let function = Function::over(&shelf);
    let mut calls: Vec<_> = (0..6).map(|key| Box::pin(function.clone().call(key))).collect();
    {
        let _inside = ending.enter();
        begin(&mut calls);
    }
    drop(ending);
    shelf.open();
    for (key, call) in calls.into_iter().enumerate() {
        assert_eq!(moving.block_on(call).unwrap(), found(name(key)));
    }
}

#[test]
fn without_a_runtime_everyone_asks_for_themselves() {
    let shelf = Shelf::with(0..20);
    let function = Function::over(&shelf);
    let mut calls: Vec<_> = (0..8).map(|key| Box::pin(function.clone().call(key))).collect();
    begin(&mut calls);
    shelf.open();
    for (key, mut call) in calls.into_iter().enumerate() {
        let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(answers) = polled else { panic!("call {key} waits") };
        assert_eq!(answers.unwrap(), found(name(key)));
    }
    assert_eq!(shelf.questions(), [3; 8]);
}

#[test]
fn an_answer_that_comes_while_the_runtime_stands_still_is_one() {
    const LIMIT: Duration = Duration::from_millis(100);
    for is_asked in [false, true] {
        runtime().block_on(async {
            let shelf = Shelf::with(0..20);
            let function = Function::within(LIMIT, &shelf);
            let _crowd = function.crowd();
            let calls = function.calls(10..12);
            if is_asked {
                shelf.is_asked(ENOUGH + 1).await;
                shelf.open();
                thread::sleep(LIMIT * 2);
            } else {
                // Behind the calls, and before the task that they begin.
                shelf.open();
                tokio::spawn(async { thread::sleep(LIMIT * 2) }).await.unwrap();
            }
            for call in calls {
                let answers = call.await.unwrap();
                assert!(answers.is_ok(), "it was asked: {is_asked}; {answers:?}");
            }
        });
    }
}

#[test]
fn a_thread_that_is_blocked_costs_no_other_its_answer() {
    const LIMIT: Duration = Duration::from_secs(2);
    let shelf = Shelf::with(0..20);
    let function = Function::within(LIMIT, &shelf);
    let _crowd = function.crowd();
    shelf.open();
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let ((begun, has_begun), (free, is_freed)) = (channel(), channel::<()>());
    let blocking = function.clone();
    let blocked = runtime.spawn(async move {
        let mut call = Box::pin(blocking.call(10));
        std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
        begun.send(()).unwrap();
        // As one does that computes beside it, in a `join!`.
        let _ = is_freed.recv();
        call.await
    });
    has_begun.recv().unwrap();
    runtime.block_on(async {
        assert_all_found(function.calls(11..16), 11..16).await;
        free.send(()).unwrap();
        assert!(blocked.await.unwrap().is_ok());
    });
}

#[test]
fn a_caller_whose_runtime_nobody_drives_asks_for_itself() {
    let still = runtime();
    let shelf = Shelf::with(0..20);
    let function = Function::within(Duration::MAX, &shelf);
    let _crowd = function.crowd();
    shelf.open();
    // It drives this future, and no task of a runtime with one thread.
    let answers = thread::scope(|scope| {
        let call = scope.spawn(|| still.handle().block_on(function.clone().call(10)));
        call.join().unwrap()
    });
    assert_eq!(answers.unwrap(), found(name(10)));
}

#[test]
fn a_caller_that_moves_to_another_runtime_is_answered_there() {
    for is_asked in [false, true] {
        let (still, moving) = (runtime(), runtime());
        let shelf = Shelf::with(0..20);
        let function = Function::within(Duration::MAX, &shelf);
        let _crowd = function.crowd();
        let mut calls = [Box::pin(function.clone().call(10))];
        {
            let _inside = still.enter();
            begin(&mut calls);
        }
        if is_asked {
            still.block_on(shelf.is_asked(ENOUGH + 1));
        }
        shelf.open();
        let [call] = calls;
        assert_eq!(moving.block_on(call).unwrap(), found(name(10)), "it was asked: {is_asked}");
    }
}

#[test]
fn a_waker_that_panics_costs_no_other_caller_its_own() {
    struct Panicking;

    impl Wake for Panicking {
        fn wake(self: Arc<Self>) {
            panic!("for a test");
        }
    }

    let (shelf, runtime) = (Shelf::with(0..20), runtime());
    let function = Function::over(&shelf);
    let _crowd = function.crowd();
    shelf.open();
    let mut first = Box::pin(function.clone().call(10));
    {
        let _inside = runtime.enter();
        let waker = Waker::from(Arc::new(Panicking));
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    runtime.block_on(async { assert_all_found(function.calls([11]), [11]).await });
}
