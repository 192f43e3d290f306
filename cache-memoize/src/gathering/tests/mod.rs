mod runtimes;
mod shelf;

use super::company::{BYTES, ENOUGH, MOST};
use cache_memoize_core::{Key, StoreErrorKind};
use shelf::{Function, Shelf, Trouble, assert_all_found, begin, found, name, runtime, until};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::task::{JoinHandle, JoinSet};

#[test]
fn a_crowd_asks_together_and_everyone_gets_what_is_theirs() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        let mut calls = function.forerunners(&shelf).await;
        calls.extend(function.calls(ENOUGH..20));
        shelf.is_asked(ENOUGH + 1).await;
        shelf.open();
        assert_all_found(calls, 0..20).await;
        let mut questions = vec![3; ENOUGH];
        questions.push(20 - ENOUGH + 2);
        assert_eq!(shelf.questions(), questions, "the generations are asked for once");
    });
}

#[test]
fn those_who_are_few_ask_one_by_one() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..9);
        let function = Function::over(&shelf);
        shelf.open();
        for round in 0..3 {
            let keys = round * ENOUGH..(round + 1) * ENOUGH;
            assert_all_found(function.calls(keys.clone()), keys).await;
        }
        assert_eq!(shelf.questions(), [3; 9]);
    });
}

#[test]
fn what_many_want_is_asked_for_once() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..9);
        let function = Function::over(&shelf);
        let mut calls = function.forerunners(&shelf).await;
        calls.extend(function.calls([7; 10]));
        shelf.is_asked(ENOUGH + 1).await;
        shelf.open();
        assert_all_found(calls, (0..ENOUGH).chain([7; 10])).await;
        assert_eq!(shelf.questions().last(), Some(&3));
    });
}

#[test]
fn whoever_comes_later_is_not_answered_with_what_was_read_before() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        let mut calls = function.forerunners(&shelf).await;
        calls.extend(function.calls(10..12));
        shelf.is_asked(ENOUGH + 1).await;
        shelf.write(10, "new");
        let later = function.calls([10]).pop().unwrap();
        shelf.is_asked(ENOUGH + 2).await;
        shelf.open();
        assert_eq!(later.await.unwrap().unwrap(), found("new"));
        assert_all_found(calls, (0..ENOUGH).chain(10..12)).await;
    });
}

#[test]
fn a_caller_that_is_dropped_leaves_the_others_their_answers() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        let mut calls = function.forerunners(&shelf).await;
        let dropped = function.calls(10..12);
        calls.extend(function.calls(12..14));
        shelf.is_asked(ENOUGH + 1).await;
        dropped.iter().for_each(JoinHandle::abort);
        shelf.open();
        assert_all_found(calls, (0..ENOUGH).chain(12..14)).await;
    });
}

#[test]
fn nobody_goes_on_asking_for_callers_that_are_gone() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        let calls = function.forerunners(&shelf).await;
        let dropped = function.calls(10..14);
        shelf.is_asked(ENOUGH + 1).await;
        dropped.iter().for_each(JoinHandle::abort);
        until(|| shelf.under_way.load(Ordering::SeqCst) == ENOUGH).await;
        shelf.open();
        assert_all_found(calls, 0..ENOUGH).await;
    });
}

#[test]
fn an_outage_is_told_to_all_of_them() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        *shelf.trouble.lock().unwrap() = Some(Trouble::Failure(StoreErrorKind::Unavailable));
        let _forerunners = function.forerunners(&shelf).await;
        let calls = function.calls(10..14);
        shelf.is_asked(ENOUGH + 1).await;
        shelf.open();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap_err().kind(), StoreErrorKind::Unavailable);
        }
        assert_eq!(shelf.questions().len(), ENOUGH + 1, "nobody asks again");
    });
}

#[test]
fn what_may_be_the_fault_of_one_keeps_no_other_from_an_answer() {
    for trouble in
        [Trouble::Failure(StoreErrorKind::WrongType), Trouble::Panic, Trouble::TooFewAnswers]
    {
        runtime().block_on(async {
            let shelf = Shelf::with(0..20);
            let function = Function::over(&shelf);
            *shelf.trouble.lock().unwrap() = Some(trouble);
            let mut calls = function.forerunners(&shelf).await;
            calls.extend(function.calls(10..14));
            shelf.is_asked(ENOUGH + 1).await;
            shelf.open();
            assert_all_found(calls, (0..ENOUGH).chain(10..14)).await;
        });
    }
}

#[test]
fn an_answer_that_does_not_come_is_overdue_for_all() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::within(Duration::from_millis(20), &shelf);
        let calls = function.calls(0..20);
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap_err().kind(), StoreErrorKind::Timeout);
        }
        until(|| shelf.under_way.load(Ordering::SeqCst) == 0).await;
        assert!(shelf.questions().len() <= ENOUGH + 2);
    });
}

#[test]
fn whoever_comes_much_later_does_not_share_the_time_of_those_before() {
    const LIMIT: Duration = Duration::from_secs(2);
    let (shelf, runtime) = (Shelf::with(0..20), runtime());
    let function = Function::within(LIMIT, &shelf);
    let mut calls: Vec<_> =
        (0..ENOUGH + 2).map(|key| Box::pin(function.clone().call(key))).collect();
    {
        let _inside = runtime.enter();
        begin(&mut calls[..=ENOUGH]);
        thread::sleep(LIMIT / 8);
        begin(&mut calls[ENOUGH + 1..]);
    }
    runtime.block_on(shelf.is_asked(ENOUGH + 2));
}

#[test]
fn a_question_is_for_so_many_keys_at_most() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..400);
        let function = Function::over(&shelf);
        let mut calls = function.forerunners(&shelf).await;
        calls.extend(function.calls(ENOUGH..400));
        shelf.is_asked(ENOUGH + 4).await;
        shelf.open();
        assert_all_found(calls, 0..400).await;
        assert!(shelf.questions().iter().all(|keys| *keys <= MOST), "{:?}", shelf.questions());
    });
}

#[test]
fn heavy_values_are_asked_for_one_by_one() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let heavy = vec![b'x'; BYTES / 4];
        (0..20).for_each(|key| shelf.write(key, heavy.clone()));
        let function = Function::over(&shelf);
        shelf.open();
        for key in 0..20 {
            assert_eq!(function.clone().call(key).await.unwrap(), found(heavy.clone()));
        }
        shelf.gate.forget_permits(usize::MAX);
        let calls = function.calls(0..20);
        shelf.is_asked(40).await;
        shelf.open();
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap(), found(heavy.clone()));
        }
        assert_eq!(shelf.questions(), [3; 40]);
    });
}

#[test]
fn of_one_failure_one_caller_tells() {
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::over(&shelf);
        *shelf.trouble.lock().unwrap() = Some(Trouble::Failure(StoreErrorKind::Unavailable));
        let _crowd = function.crowd();
        shelf.open();
        let mut calls = JoinSet::new();
        for key in 10..14 {
            let function = function.clone();
            calls.spawn(async move { function.read(&Key::new(&name(key)).unwrap()).await });
        }
        let reads = calls.join_all().await;
        assert!(reads.iter().all(|read| read.answers.is_err()));
        assert_eq!(reads.iter().filter(|read| !read.is_told).count(), 1);
    });
}

#[test]
fn a_read_that_is_repeated_takes_no_longer_than_the_limit() {
    const LIMIT: Duration = Duration::from_secs(2);
    runtime().block_on(async {
        let shelf = Shelf::with(0..20);
        let function = Function::within(LIMIT, &shelf);
        *shelf.trouble.lock().unwrap() = Some(Trouble::Failure(StoreErrorKind::WrongType));
        let _crowd = function.crowd();
        let began = Instant::now();
        let calls = function.calls(10..14);
        shelf.is_asked(ENOUGH + 1).await;
        until(|| began.elapsed() > LIMIT / 2).await;
        shelf.gate.add_permits(ENOUGH + 1);
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap_err().kind(), StoreErrorKind::Timeout);
        }
        // What it takes beside the limit is the machine's; a second limit would be more.
        assert!(began.elapsed() < LIMIT * 3 / 2, "{:?}", began.elapsed());
    });
}

#[test]
fn a_store_is_never_asked_for_nothing() {
    let shelf = Shelf::with(0..20);
    let function = Function::over(&shelf);
    let _crowd = function.crowd();
    shelf.open();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for _ in 0..2_000 {
            assert!(function.clone().call(10).await.is_ok());
        }
    });
    assert!(shelf.questions().iter().all(|keys| *keys == 3));
}
