use super::company::{BYTES, ENOUGH, MOST};
use super::{Answers, Read, Readers, Wanted};
use cache_memoize_core::{
    AsyncStore, Bytes, Key, KeyRef, Lease, LeaseMode, PutMode, Result, StoreError, StoreErrorKind,
    Token, Ttl,
};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet, yield_now};

/// A store that looks up at once what it is asked for, and answers when it is let.
struct Shelf {
    values: Mutex<HashMap<String, Bytes>>,
    questions: Mutex<Vec<Vec<String>>>,
    /// What is wrong with answers to several callers.
    trouble: Mutex<Option<Trouble>>,
    under_way: AtomicUsize,
    /// Answers that it may give.
    gate: Semaphore,
}

#[derive(Clone, Copy)]
enum Trouble {
    Failure(StoreErrorKind),
    Panic,
    TooFewAnswers,
}

impl Shelf {
    /// With a value for each of these keys, and two generations.
    fn with(keys: impl IntoIterator<Item = usize>) -> Arc<Self> {
        let names = keys.into_iter().map(name).chain([CACHE, FUNCTION].map(str::to_owned));
        Arc::new(Self {
            values: Mutex::new(names.map(|name| (name.clone(), Bytes::from(name))).collect()),
            questions: Mutex::default(),
            trouble: Mutex::default(),
            under_way: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        })
    }

    fn readers(self: &Arc<Self>, limit: Duration) -> Arc<Readers> {
        Arc::new(Readers::of(self.clone(), limit))
    }

    fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    fn write(&self, key: usize, value: impl Into<Bytes>) {
        self.values.lock().unwrap().insert(name(key), value.into());
    }

    /// How many keys it was asked for, question by question.
    fn questions(&self) -> Vec<usize> {
        self.questions.lock().unwrap().iter().map(Vec::len).collect()
    }

    async fn is_asked(&self, questions: usize) {
        until(|| self.questions.lock().unwrap().len() == questions).await;
    }

    async fn look_up(&self, keys: &[KeyRef<'_>]) -> Vec<Option<Bytes>> {
        let found = {
            let (mut questions, values) =
                (self.questions.lock().unwrap(), self.values.lock().unwrap());
            questions.push(keys.iter().map(|key| key.as_str().to_owned()).collect());
            keys.iter().map(|key| values.get(key.as_str()).cloned()).collect()
        };
        self.gate.acquire().await.expect("nobody closes it").forget();
        found
    }
}

impl AsyncStore for Shelf {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        let _under_way = UnderWay::begin(&self.under_way);
        let found = self.look_up(keys).await;
        let trouble = self.trouble.lock().unwrap().filter(|_| keys.len() > 3);
        match trouble {
            None => Ok(found),
            Some(Trouble::TooFewAnswers) => Ok(found.into_iter().skip(1).collect()),
            Some(Trouble::Failure(kind)) => Err(StoreError::new(kind, "get", "for a test")),
            Some(Trouble::Panic) => panic!("for a test"),
        }
    }

    async fn put(&self, _: KeyRef<'_>, _: Bytes, _: Ttl, _: PutMode) -> Result<bool> {
        unreachable!("{ONLY_READ}")
    }

    async fn lease(&self, _: KeyRef<'_>, _: Ttl, _: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        unreachable!("{ONLY_READ}")
    }

    async fn release(&self, _: KeyRef<'_>, _: Token) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }

    async fn remove(&self, _: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        unreachable!("{ONLY_READ}")
    }

    async fn increment(&self, _: KeyRef<'_>, _: u64, _: u64, _: Ttl) -> Result<u64> {
        unreachable!("{ONLY_READ}")
    }

    async fn touch(&self, _: KeyRef<'_>, _: Ttl) -> Result<bool> {
        unreachable!("{ONLY_READ}")
    }

    async fn clear(&self) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }

    async fn ping(&self) -> Result<()> {
        unreachable!("{ONLY_READ}")
    }
}

const ONLY_READ: &str = "it is only read from";

struct UnderWay<'a>(&'a AtomicUsize);

impl<'a> UnderWay<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

const CACHE: &str = "|all";
const FUNCTION: &str = "f|all";

fn name(key: usize) -> String {
    format!("f({key})")
}

/// Calls of one function.
#[derive(Clone)]
struct Function {
    readers: Arc<Readers>,
    numbers: Arc<[Key]>,
}

impl Function {
    fn over(shelf: &Arc<Shelf>) -> Self {
        Self::within(Duration::from_secs(60), shelf)
    }

    fn within(limit: Duration, shelf: &Arc<Shelf>) -> Self {
        let readers = shelf.readers(limit);
        let numbers = [CACHE, FUNCTION].map(|name| Key::new(name).unwrap());
        Self { readers, numbers: Arc::new(numbers) }
    }

    async fn call(self, key: usize) -> Answers {
        let entry = Key::new(&name(key)).unwrap();
        self.read(&entry).await.answers
    }

    async fn read(&self, entry: &Key) -> Read {
        self.readers.get(Wanted { entry, numbers: &self.numbers }).await
    }

    /// Calls that are begun and wait for good, so that others are in company, on whatever runtime they are.
    fn crowd(&self) -> Vec<Pin<Box<impl Future<Output = Answers> + use<>>>> {
        let mut calls: Vec<_> = (0..ENOUGH).map(|key| Box::pin(self.clone().call(key))).collect();
        begin(&mut calls);
        calls
    }

    /// Tasks of the runtime that this is called in.
    fn calls(&self, keys: impl IntoIterator<Item = usize>) -> Vec<JoinHandle<Answers>> {
        keys.into_iter().map(|key| tokio::spawn(self.clone().call(key))).collect()
    }

    /// As many calls as others look for company behind, which the shelf has been asked for.
    async fn forerunners(&self, shelf: &Shelf) -> Vec<JoinHandle<Answers>> {
        let calls = self.calls(0..ENOUGH);
        shelf.is_asked(ENOUGH).await;
        calls
    }
}

/// What a call finds if nothing went wrong.
fn found(value: impl Into<Bytes>) -> Vec<Option<Bytes>> {
    [value.into(), CACHE.into(), FUNCTION.into()].map(Some).to_vec()
}

async fn assert_all_found(calls: Vec<JoinHandle<Answers>>, keys: impl IntoIterator<Item = usize>) {
    for (call, key) in calls.into_iter().zip(keys) {
        assert_eq!(call.await.unwrap().unwrap(), found(name(key)));
    }
}

async fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "it never is so");
        yield_now().await;
    }
}

/// Begins calls without a runtime to go on with them.
fn begin<F: Future<Output = Answers>>(calls: &mut [Pin<Box<F>>]) {
    for call in calls {
        assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

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
    const LIMIT: Duration = Duration::from_millis(400);
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
    const LIMIT: Duration = Duration::from_millis(400);
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
    const LIMIT: Duration = Duration::from_millis(400);
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
