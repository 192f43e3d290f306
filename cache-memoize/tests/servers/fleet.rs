//! `single_flight = "fleet"`: of all callers in all processes one computes.

use crate::children::{Child, serve, setting};
use crate::support::{
    KINDS, Kind, Server, backend, block_on, built, patient, wait_until, with_default,
};
use cache_memoize::{Cache, cache_memoize, caches};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

/// What is computed, and where all processes see that it is.
struct Job {
    /// Has one letter for each computation: that of the process.
    log: PathBuf,
    process: String,
    /// Whether the first to compute never ends.
    is_stuck: bool,
}

impl Job {
    fn compute(&self) -> String {
        let log = OpenOptions::new().append(true).create(true).open(&self.log);
        log.and_then(|mut log| log.write_all(self.process.as_bytes())).expect("the log is written");
        while self.is_stuck && computations(&self.log).len() == 1 {
            thread::park_timeout(Duration::from_millis(5));
        }
        (0..fastrand::u16(..2_000)).for_each(|_| thread::yield_now());
        self.process.clone()
    }
}

/// The letters of those who computed.
fn computations(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

#[cache_memoize(ttl = 600, single_flight = "fleet", prefix = "job", key = name)]
fn shared(name: &str, job: &Job) -> String {
    job.compute()
}

/// The same entries as those of [`shared`].
#[cache_memoize(ttl = 600, single_flight = "fleet", prefix = "job", key = name)]
async fn shared_async(name: &str, job: &Job) -> String {
    tokio::task::yield_now().await;
    job.compute()
}

const PROCESSES: usize = 8;
const THREADS: usize = 10;
const TASKS: usize = 40;

/// Calls the function from some threads and some tasks at once, and gives all the values that they got.
#[test]
#[ignore = "is a process of the other tests here"]
fn process() {
    serve(|| {
        let limit = Duration::from_millis(setting("LIMIT").parse().expect("a number"));
        let cache = built(patient().backend(backend(&setting("URL"))).wait_limit(limit));
        cache.ping().expect("the store answers");
        Box::new(move |line| {
            let (name, manner) = line.split_once(' ').expect("a name and a manner");
            let log = Path::new(&setting("FOLDER")).join(name);
            let job = Job { log, process: setting("PROCESS"), is_stuck: manner == "stuck" };
            let mut values = all_at_once(&cache, name, &job);
            values.sort_unstable();
            values.dedup();
            values.concat()
        })
    });
}

fn all_at_once(cache: &Cache, name: &str, job: &Job) -> Vec<String> {
    let together = Barrier::new(THREADS + 1);
    thread::scope(|scope| {
        let call = || {
            together.wait();
            with_default(cache, || shared(name, job))
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(call)).collect();
        together.wait();
        let calls = caches::scoped_async([("default", cache.clone())], async {
            let mut calls: Vec<_> = (0..TASKS).map(|_| Box::pin(shared_async(name, job))).collect();
            let mut values = Vec::new();
            std::future::poll_fn(|context| {
                calls.retain_mut(|call| match call.as_mut().poll(context) {
                    std::task::Poll::Ready(value) => {
                        values.push(value);
                        false
                    }
                    std::task::Poll::Pending => true,
                });
                if calls.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
            values
        });
        let mut values = block_on(cache, calls);
        values.extend(threads.into_iter().map(|thread| thread.join().expect("no call panics")));
        values
    })
}

/// Processes that wait for each other for so long, and where they log.
struct Fleet {
    children: Vec<Option<Child>>,
    folder: tempfile::TempDir,
    _server: Server,
}

impl Fleet {
    fn start(kind: Kind, limit: Duration) -> Self {
        let server = Server::start(kind);
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().to_str().expect("the path is text");
        let (url, limit) = (server.url(), limit.as_millis().to_string());
        let child = |process: usize| {
            let settings =
                [("URL", &*url), ("FOLDER", path), ("LIMIT", &limit), ("PROCESS", letter(process))];
            Some(Child::start("fleet::process", &settings))
        };
        Self { children: (0..PROCESSES).map(child).collect(), folder, _server: server }
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tell(&mut self, line: &str) {
        self.children.iter_mut().flatten().for_each(|child| child.tell(line));
    }

    /// The values that each process got.
    fn hear(&mut self) -> Vec<String> {
        self.children.iter_mut().flatten().map(Child::hear).collect()
    }

    fn kill(&mut self, process: &str) {
        let number = (0..PROCESSES).find(|number| letter(*number) == process);
        self.children[number.expect("it is one of them")] = None;
    }
}

fn letter(process: usize) -> &'static str {
    &"abcdefgh"[process..=process]
}

#[test]
fn one_of_four_hundred_callers_in_eight_processes_computes() {
    for kind in KINDS {
        let mut fleet = Fleet::start(kind, Duration::from_secs(60));
        for round in 0..5 {
            let name = format!("cold-{round}");
            fleet.tell(&format!("{name} works"));
            let values = fleet.hear();
            let computed = computations(&fleet.log(&name));
            assert_eq!(computed.len(), 1, "{kind:?}: {computed}");
            assert_eq!(values, [&*computed; PROCESSES], "{kind:?}: all have the one value");
        }
    }
}

#[test]
fn a_holder_that_is_killed_costs_its_lease_and_one_computation_more() {
    for kind in KINDS {
        let mut fleet = Fleet::start(kind, Duration::from_secs(6));
        fleet.tell("stuck stuck");
        let log = fleet.log("stuck");
        wait_until("somebody computes", Duration::from_secs(60), || !computations(&log).is_empty());
        let holder = computations(&log);
        fleet.kill(&holder);
        let values = fleet.hear();
        let computed = computations(&log);
        assert_eq!(computed.len(), 2, "{kind:?}: {computed}");
        assert_eq!(values, [&computed[1..]; PROCESSES - 1], "{kind:?}");
    }
}
