//! The guard across a fleet: several processes, one run.

use crate::children::{Child, serve, setting};
use crate::support::{Kind, Server, backend, block_on, built, patient, report, with_default};
use cache_memoize::{Cache, cache_memoize, caches};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

/// What a run does, and where all processes see that it does.
struct Job {
    folder: PathBuf,
    runs: AtomicU32,
    overlaps: AtomicU32,
    works: bool,
}

impl Job {
    fn run(&self, name: &str) -> Result<Option<()>, String> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let path = self.folder.join(name);
        if File::create_new(&path).is_err() {
            self.overlaps.fetch_add(1, Ordering::SeqCst);
        }
        (0..fastrand::u8(..100)).for_each(|_| thread::yield_now());
        let _ = std::fs::remove_file(path);
        if self.works { Ok(Some(())) } else { Err("as asked".to_owned()) }
    }
}

#[cache_memoize(ttl = 600, store_result = false, prefix = "guarded", key = name)]
fn guarded(name: &str, job: &Job) -> Result<Option<()>, String> {
    job.run(name)
}

#[cache_memoize(ttl = 600, store_result = false, prefix = "guarded", key = name)]
async fn guarded_async(name: &str, job: &Job) -> Result<Option<()>, String> {
    tokio::task::yield_now().await;
    job.run(name)
}

const PROCESSES: usize = 8;
const THREADS: usize = 3;

/// Calls the function from some threads and some tasks at once, and says how often it ran, how often two runs
/// overlapped, and how many calls were held back.
#[test]
#[ignore = "is a process of the other tests here"]
fn process() {
    serve(|| {
        let cache = built(patient().backend(backend(&setting("URL"))));
        cache.ping().expect("the store answers");
        Box::new(move |line| {
            let (name, works) = line.split_once(' ').expect("a name, and whether it works");
            let (runs, overlaps) = (AtomicU32::new(0), AtomicU32::new(0));
            let folder = Path::new(&setting("FOLDER")).to_owned();
            let job = Job { folder, runs, overlaps, works: works == "works" };
            let held_back = all_at_once(&cache, name, &job);
            format!("{} {} {held_back}", job.runs.into_inner(), job.overlaps.into_inner())
        })
    });
}

fn all_at_once(cache: &Cache, name: &str, job: &Job) -> usize {
    let together = Barrier::new(THREADS + 1);
    let is_held_back = |answer: Result<Option<()>, String>| answer == Ok(None);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    together.wait();
                    with_default(cache, || is_held_back(guarded(name, job)))
                })
            })
            .collect();
        together.wait();
        let calls = async {
            let (one, other) = tokio::join!(guarded_async(name, job), guarded_async(name, job));
            usize::from(is_held_back(one)) + usize::from(is_held_back(other))
        };
        let tasks = block_on(cache, caches::scoped_async([("default", cache.clone())], calls));
        let threads = threads.into_iter().map(|it| it.join().expect("no call panics"));
        tasks + threads.filter(|held_back| *held_back).count()
    })
}

/// Runs, overlaps and calls held back of the whole fleet.
fn called_everywhere(fleet: &mut [Child], name: &str, works: bool) -> [usize; 3] {
    let works = if works { "works" } else { "fails" };
    fleet.iter_mut().for_each(|child| child.tell(format_args!("{name} {works}")));
    let mut sums = [0; 3];
    for child in fleet {
        let answer = child.hear();
        for (sum, number) in sums.iter_mut().zip(answer.split(' ')) {
            *sum += number.parse::<usize>().expect("a number");
        }
    }
    sums
}

fn assert_one_run(kind: Kind) {
    const CALLS: usize = PROCESSES * (THREADS + 2);
    let server = Server::start(kind);
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().to_str().expect("the path is text").to_owned();
    let url = server.url();
    let settings = [("URL", &*url), ("FOLDER", &*path)];
    let mut fleet: Vec<_> =
        (0..PROCESSES).map(|_| Child::start("guard::process", &settings)).collect();
    for round in 0..10 {
        let name = format!("job-{round}");
        let outcome = called_everywhere(&mut fleet, &name, true);
        assert_eq!(outcome, [1, 0, CALLS - 1], "{kind:?}: runs, overlaps, calls held back");
    }
    let mut failures = 0;
    for round in 0..5 {
        let name = format!("failing-{round}");
        let [runs, overlaps, held_back] = called_everywhere(&mut fleet, &name, false);
        assert_eq!((overlaps, runs + held_back), (0, CALLS), "{kind:?}");
        assert!(runs >= 1, "{kind:?}: somebody ran it");
        failures += runs;
        let outcome = called_everywhere(&mut fleet, &name, true);
        assert_eq!(outcome, [1, 0, CALLS - 1], "{kind:?}: after a failure the next call runs");
    }
    report(format_args!(
        "{kind:?}: {CALLS} calls of {PROCESSES} processes at once, 15 times one run; {failures} runs failed one \
         after another"
    ));
}

#[test]
fn a_fleet_on_redis_runs_it_once() {
    assert_one_run(Kind::Redis);
}

#[test]
fn a_fleet_on_memcached_runs_it_once() {
    assert_one_run(Kind::Memcached);
}
