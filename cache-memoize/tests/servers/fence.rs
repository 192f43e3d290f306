//! The fence across processes: writers change a versioned source and invalidate, readers check that after an
//! invalidation returned, nothing older is served. The same without the fence finds violations, which shows
//! that it can.
//!
//! `CACHE_MEMOIZE_FENCE_OPERATIONS` says how many operations each store has to stand, 30,000 without it.

use crate::children::{Child, serve, setting};
use crate::support::{Kind, Server, backend, built, patient, report, with_default};
use crate::unfenced::unfenced;
use crate::world::{self, KEYS, PROCESSES, World};
use cache_memoize::{Cache, Error, Near, cache_memoize, caches};
use cache_memoize_testkit::Counts;
use std::collections::VecDeque;
use std::path::Path;
use std::pin::pin;
use std::sync::OnceLock;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

static WORLD: OnceLock<World> = OnceLock::new();

fn world() -> &'static World {
    WORLD.get().expect("the child has opened the world")
}

/// Odd keys are soon over.
fn lifetime(value: &(usize, u64)) -> Duration {
    if value.0.is_multiple_of(2) { Duration::from_secs(60) } else { Duration::from_millis(50) }
}

#[cache_memoize(prefix = "version", ttl_with = lifetime, tags("key:{key}"))]
fn version(key: usize) -> (usize, u64) {
    let version = world().version(key);
    // The longer it takes from reading to storing, the more invalidations come in between.
    match fastrand::u8(..) {
        0..4 => thread::sleep(Duration::from_millis(1)),
        4..64 => (0..fastrand::u8(1..20)).for_each(|_| thread::yield_now()),
        _ => {}
    }
    (key, version)
}

/// The same entries as those of [`version`].
#[cache_memoize(prefix = "version", ttl_with = lifetime, tags("key:{key}"))]
async fn version_async(key: usize) -> (usize, u64) {
    let version = world().version(key);
    match fastrand::u8(..) {
        0..4 => tokio::time::sleep(Duration::from_millis(1)).await,
        4..64 => {
            for _ in 0..fastrand::u8(1..20) {
                tokio::task::yield_now().await;
            }
        }
        _ => {}
    }
    (key, version)
}

/// Invalidates an entry by its key, by its tag or, where that is allowed, by its function.
fn invalidate(key: usize, whole_function: bool) -> Result<(), Error> {
    match fastrand::u8(..100) {
        98.. if whole_function => invalidate_all_version(),
        60.. => default_cache().invalidate_tag(&format!("key:{key}")),
        _ => invalidate_version(key).map(drop),
    }
}

async fn invalidate_async(key: usize, whole_function: bool) -> Result<(), Error> {
    match fastrand::u8(..100) {
        98.. if whole_function => invalidate_all_version_async().await,
        60.. => default_cache().invalidate_tag_async(&format!("key:{key}")).await,
        _ => invalidate_version_async(key).await.map(drop),
    }
}

fn default_cache() -> Cache {
    caches::get("default").expect("every worker has one")
}

/// Keys before this one are written by everybody, those after by one worker each.
const SHARED: usize = KEYS - 2 * PROCESSES;

/// How old what a near tier serves may be, beyond what its own process did. Its copies live far longer.
const LAG: Duration = Duration::from_secs(2);

/// Blocking threads and async tasks of each process.
const THREADS: usize = 2;
const TASKS: usize = 12;

/// What one worker of a process does and sees.
struct Worker {
    /// The key that it alone writes, if it has one.
    own: Option<usize>,
    /// Whether it invalidates whole functions too.
    whole_function: bool,
    /// What was the oldest version that may be served, and when, by key.
    history: Option<[VecDeque<(Instant, u64)>; KEYS]>,
}

/// What may be expected of a read that begins now.
struct Bound {
    key: usize,
    oldest: u64,
}

impl Worker {
    /// With near tiers one process alone invalidates whole functions: the copies of the others grow old unless
    /// they are told.
    fn new(own: Option<usize>, process: usize, lags: bool) -> Self {
        Self { own, whole_function: !lags || process == 0, history: lags.then(Default::default) }
    }

    /// A key to write, invalidate or refresh. The own keys of the others are left alone, so that a copy of them
    /// in a near tier grows old unless the tier is told.
    fn written_key(&self) -> usize {
        self.own.filter(|_| fastrand::bool()).unwrap_or_else(|| fastrand::usize(..SHARED))
    }

    fn bound(&mut self, key: usize) -> Bound {
        let oldest = world().oldest(key);
        let Some(history) = &mut self.history else { return Bound { key, oldest } };
        let (history, now) = (&mut history[key], Instant::now());
        history.push_back((now, oldest));
        let is_due = |(since, _): &(Instant, u64)| now.duration_since(*since) >= LAG;
        while history.get(1).is_some_and(is_due) {
            history.pop_front();
        }
        let due = history.front().filter(|it| is_due(it)).map_or(0, |(_, oldest)| *oldest);
        Bound { key, oldest: due.max(world().oldest_here(key)) }
    }

    fn operate(&mut self) {
        let key = fastrand::usize(..KEYS);
        match fastrand::u8(..100) {
            0..76 => {
                let bound = self.bound(key);
                bound.check(version(key));
            }
            76..78 => {
                let bound = self.bound(self.written_key());
                bound.check(refresh_version(bound.key));
            }
            78..84 if self.own.is_some() => {
                let key = self.own.unwrap_or_default();
                let changed = world().change(key);
                prime_version(key, (key, changed)).expect("the store does not fail");
                world().invalidated_before(key, changed);
            }
            _ => {
                let key = self.written_key();
                let changed = world().change(key);
                invalidate(key, self.whole_function).expect("the store does not fail");
                world().invalidated_before(key, changed);
            }
        }
    }

    async fn operate_async(&mut self) {
        let key = fastrand::usize(..KEYS);
        match fastrand::u8(..100) {
            0..66 => {
                let bound = self.bound(key);
                bound.check(version_async(key).await);
            }
            66..68 => {
                let bound = self.bound(self.written_key());
                bound.check(refresh_version_async(bound.key).await);
            }
            68..75 => {
                let bound = self.bound(key);
                let value = polled(version_async(key)).await;
                value.into_iter().for_each(|value| bound.check(value));
            }
            75..78 => drop(polled(refresh_version_async(self.written_key())).await),
            78..80 => drop(polled(invalidate_version_async(self.written_key())).await),
            80..85 if self.own.is_some() => {
                let key = self.own.unwrap_or_default();
                let changed = world().change(key);
                prime_version_async(key, (key, changed)).await.expect("the store does not fail");
                world().invalidated_before(key, changed);
            }
            _ => {
                let key = self.written_key();
                let changed = world().change(key);
                invalidate_async(key, self.whole_function).await.expect("the store does not fail");
                world().invalidated_before(key, changed);
            }
        }
    }
}

impl Bound {
    fn check(&self, (key, served): (usize, u64)) {
        if key != self.key {
            world().accuse(&format!("asked for key {}, and served key {key}", self.key));
        }
        if served < self.oldest {
            let Self { key, oldest } = self;
            world().accuse(&format!("key {key}: served {served}, {oldest} was invalidated before"));
        }
    }
}

/// Polls a future a few times, and drops it if it is not done then.
async fn polled<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = fastrand::u8(1..6);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[test]
#[ignore = "is a process of the other tests here"]
fn process() {
    serve(|| {
        let number: usize = setting("PROCESS").parse().expect("a number");
        let manner = setting("MANNER");
        let world = World::open(Path::new(&setting("FOLDER")), number);
        assert!(WORLD.set(world).is_ok(), "the world is opened once");
        let cache = cache_of(&setting("URL"), &manner);
        Box::new(move |line| {
            let (operations, millis) = line.split_once(' ').expect("two numbers");
            let operations = operations.parse().expect("a number");
            let limit = Duration::from_millis(millis.parse().expect("a number"));
            let done = work(&cache, number, manner.contains("near"), operations, limit);
            let total = cache.stats().total();
            format!(
                "{done} {} {} {} {}",
                total.hits, total.misses, total.fenced_off, total.coalesced
            )
        })
    });
}

fn cache_of(url: &str, manner: &str) -> Cache {
    // An hour: what is seen is seen because it was told.
    let near = Near::entries(1_000).ttl(Duration::from_secs(3600));
    built(match manner {
        "fenced" => patient().backend(backend(url)),
        "unfenced" => patient().backend(unfenced(url)),
        "near" => patient().backend(backend(url)).near(near),
        // Counting leaves out the bus.
        "near and deaf" => patient().backend(Counts::new().wrap(&backend(url))).near(near),
        other => panic!("no manner {other:?}"),
    })
}

/// Lets all workers of a process operate, and says how often they did.
fn work(cache: &Cache, process: usize, lags: bool, operations: u64, limit: Duration) -> u64 {
    let share = operations.div_ceil((THREADS + TASKS) as u64);
    let deadline = Instant::now() + limit;
    let goes_on = move |done: u64| {
        done < share
            && Instant::now() < deadline
            && !(done.is_multiple_of(16) && world().is_broken())
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    let tasks: Vec<_> = (0..TASKS)
        .map(|number| {
            let own = (number == 0).then_some(SHARED + PROCESSES + process);
            let caches = [("default", cache.clone())];
            runtime.spawn(caches::scoped_async(caches, async move {
                let (mut worker, mut done) = (Worker::new(own, process, lags), 0);
                while goes_on(done) {
                    worker.operate_async().await;
                    done += 1;
                }
                done
            }))
        })
        .collect();
    let blocking: u64 = thread::scope(|scope| {
        let threads = (0..THREADS).map(|number| {
            let own = (number == 0).then_some(SHARED + process);
            scope.spawn(move || {
                with_default(cache, || {
                    let (mut worker, mut done) = (Worker::new(own, process, lags), 0);
                    while goes_on(done) {
                        worker.operate();
                        done += 1;
                    }
                    done
                })
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|it| it.join().expect("no worker panics")).sum()
    });
    let asynchronous: u64 =
        tasks.into_iter().map(|it| runtime.block_on(it).expect("no worker panics")).sum();
    blocking + asynchronous
}

/// What several processes did and saw.
struct Outcome {
    operations: u64,
    violations: Vec<String>,
}

fn processes_on(kind: Kind, manner: &str, operations: u64, limit: Duration) -> Outcome {
    let server = Server::start(kind);
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().to_str().expect("the path is text");
    let url = server.url();
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|number| {
            let number = number.to_string();
            let settings =
                [("URL", &*url), ("FOLDER", path), ("MANNER", manner), ("PROCESS", &number)];
            Child::start("fence::process", &settings)
        })
        .collect();
    let began = Instant::now();
    let share = operations.div_ceil(PROCESSES as u64);
    children.iter_mut().for_each(|child| child.tell(format!("{share} {}", limit.as_millis())));
    let mut sums = [0; 5];
    for child in &mut children {
        let numbers = child.hear();
        for (sum, number) in sums.iter_mut().zip(numbers.split(' ')) {
            *sum += number.parse::<u64>().expect("a number");
        }
    }
    let [operations, hits, misses, fenced_off, coalesced] = sums;
    let violations = world::violations(folder.path());
    report(format_args!(
        "{kind:?} {manner}: {operations} operations of {PROCESSES} processes in {:.1?}, {hits} hits, {misses} misses, \
         {coalesced} coalesced, {fenced_off} fills refused, {} violations",
        began.elapsed(),
        violations.len()
    ));
    Outcome { operations, violations }
}

/// Longer than any number of operations takes.
const NO_LIMIT: Duration = Duration::from_secs(3600);

fn operations() -> u64 {
    let told = std::env::var("CACHE_MEMOIZE_FENCE_OPERATIONS").ok();
    told.map_or(30_000, |text| text.parse().expect("a number of operations"))
}

fn assert_nothing_old_is_served(kind: Kind) {
    let wanted = operations();
    let outcome = processes_on(kind, "fenced", wanted, NO_LIMIT);
    assert!(outcome.violations.is_empty(), "{:#?}", outcome.violations);
    assert!(outcome.operations >= wanted, "only {} operations", outcome.operations);
}

#[test]
fn no_process_is_served_by_redis_what_another_has_invalidated() {
    assert_nothing_old_is_served(Kind::Redis);
}

#[test]
fn no_process_is_served_by_memcached_what_another_has_invalidated() {
    assert_nothing_old_is_served(Kind::Memcached);
}

/// More than the seconds in which a violation is found, for a busy machine.
const SEARCH_LIMIT: Duration = Duration::from_secs(30);

#[test]
fn without_the_fence_redis_serves_what_was_invalidated() {
    let outcome = processes_on(Kind::Redis, "unfenced", u64::MAX, SEARCH_LIMIT);
    assert!(!outcome.violations.is_empty(), "the harness finds nothing");
}

#[test]
fn without_the_fence_memcached_serves_what_was_invalidated() {
    let outcome = processes_on(Kind::Memcached, "unfenced", u64::MAX, SEARCH_LIMIT);
    assert!(!outcome.violations.is_empty(), "the harness finds nothing");
}

#[test]
fn a_near_tier_lags_no_more_than_the_bus() {
    let outcome = processes_on(Kind::Redis, "near", u64::MAX, 3 * LAG);
    assert!(outcome.violations.is_empty(), "{:#?}", outcome.violations);
}

#[test]
fn a_near_tier_that_is_told_nothing_lags() {
    let outcome = processes_on(Kind::Redis, "near and deaf", u64::MAX, SEARCH_LIMIT);
    assert!(!outcome.violations.is_empty(), "the harness finds nothing");
}
