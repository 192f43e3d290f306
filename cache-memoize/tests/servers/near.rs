//! Near tiers of two processes in front of one Redis: how soon one follows the other, and what becomes of
//! that while the connection is lost.

use crate::children::{Child, serve, setting};
use crate::support::{backend, built, patient, report, wait_until, with_default};
use crate::world::World;
use cache_memoize::{Cache, Near, cache_memoize};
use cache_memoize_testkit::servers::{Proxy, RedisServer, Traffic};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

static WORLD: OnceLock<World> = OnceLock::new();

#[cache_memoize(ttl = 3600, prefix = "present", skip(world))]
fn present(key: usize, world: &World) -> u64 {
    world.version(key)
}

const HOUR: Duration = Duration::from_secs(3600);

/// How soon an invalidation has to be seen, on however busy a machine.
const DEADLINE: Duration = Duration::from_secs(2);

const ROUNDS: usize = 200;

/// Answers what it reads, and when it first read something new.
#[test]
#[ignore = "is a process of the other tests here"]
fn process() {
    serve(|| {
        let world = WORLD.get_or_init(|| World::open(Path::new(&setting("FOLDER")), 1));
        let millis = setting("NEAR_TTL").parse().expect("a number");
        let near = Near::entries(1_000).ttl(Duration::from_millis(millis));
        let settings = patient().timeout(Duration::from_millis(250)).call_timeout(HOUR);
        let cache = built(settings.backend(backend(&setting("URL"))).near(near));
        Box::new(move |line| {
            with_default(&cache, || match line.strip_prefix("await ") {
                None => present(0, world).to_string(),
                Some(version) => {
                    let version = version.parse().expect("a version");
                    wait_until("a version is seen", 20 * DEADLINE, || present(0, world) >= version);
                    now().to_string()
                }
            })
        })
    });
}

/// Microseconds on the clock that all processes share.
fn now() -> u128 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.expect("it is after 1970").as_micros()
}

/// A server, a process with a near tier, and this process without one.
struct Pair {
    server: RedisServer,
    proxy: Proxy,
    world: World,
    here: Cache,
    there: Child,
    _folder: TempDir,
}

impl Pair {
    fn new(near_ttl: Duration) -> Self {
        let server = RedisServer::start();
        let proxy = Proxy::to_unix(server.socket());
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let path = folder.path().to_str().expect("the path is text");
        let url = format!("redis://{}", proxy.address());
        let ttl = near_ttl.as_millis().to_string();
        let settings = [("URL", &*url), ("FOLDER", path), ("NEAR_TTL", &ttl)];
        let there = Child::start("near::process", &settings);
        let world = World::open(folder.path(), 0);
        let here = built(patient().backend(backend(&server.unix_url())));
        let mut this = Self { server, proxy, world, here, there, _folder: folder };
        this.wait_for_the_bus();
        this
    }

    fn read_there(&mut self) -> u64 {
        self.there.ask("read").parse().expect("a version")
    }

    /// As [`read_there`](Self::read_there), with a copy left there that is served without a question.
    fn keep_there(&mut self) -> u64 {
        let mut kept = 0;
        wait_until("a copy is kept", 5 * DEADLINE, || {
            let before = self.proxy.exchanges();
            kept = self.read_there();
            self.proxy.exchanges() == before
        });
        kept
    }

    fn change(&mut self) -> u64 {
        self.world.change(0)
    }

    fn invalidate(&self) {
        let invalidated = with_default(&self.here, || invalidate_present(0));
        invalidated.expect("the store answers");
    }

    /// How long it takes from an invalidation here until it is seen there.
    fn delay(&mut self) -> Duration {
        self.keep_there();
        let version = self.change();
        self.there.tell(format_args!("await {version}"));
        self.invalidate();
        let invalidated = now();
        let seen: u128 = self.there.hear().parse().expect("a moment");
        Duration::from_micros(u64::try_from(seen.saturating_sub(invalidated)).unwrap_or(u64::MAX))
    }

    /// The connection on which the server tells what changes.
    fn bus(&self) -> Option<String> {
        let clients = self.server.command(&["CLIENT", "LIST"]);
        let bus = clients.lines().find(|line| {
            line.split(' ').any(|word| word.starts_with("flags=") && word.contains('t'))
        });
        let id = bus?.split(' ').find_map(|word| word.strip_prefix("id="));
        id.map(str::to_owned)
    }

    fn wait_for_the_bus(&mut self) {
        wait_until("the server tells what changes", 15 * DEADLINE, || self.bus().is_some());
    }
}

#[test]
fn an_invalidation_in_one_process_is_soon_seen_in_the_other() {
    let mut pair = Pair::new(HOUR);
    let mut delays: Vec<_> = (0..ROUNDS).map(|_| pair.delay()).collect();
    delays.sort_unstable();
    let (median, worst) = (delays[ROUNDS / 2], delays[ROUNDS - 1]);
    report(format_args!("an invalidation is seen elsewhere after {median:?}, at worst {worst:?}"));
    assert!(worst < DEADLINE, "{worst:?}");
}

#[test]
fn what_is_near_is_not_asked_for() {
    let mut pair = Pair::new(HOUR);
    let version = pair.keep_there();
    pair.change();
    assert_eq!(pair.read_there(), version, "nothing was invalidated");
}

/// What was invalidated while nobody was told is not served for the hour that copies live.
#[test]
fn a_lost_connection_of_the_bus_loses_no_invalidation() {
    let mut pair = Pair::new(HOUR);
    for _ in 0..20 {
        pair.keep_there();
        let bus = pair.bus().expect("the server tells what changes");
        let version = pair.change();
        pair.server.command(&["CLIENT", "KILL", "ID", &bus]);
        pair.invalidate();
        let began = Instant::now();
        pair.there.ask(format_args!("await {version}"));
        assert!(began.elapsed() < DEADLINE, "{:?}", began.elapsed());
        pair.wait_for_the_bus();
    }
    assert!(pair.delay() < DEADLINE, "it follows again");
}

#[test]
fn after_a_partition_everything_is_asked_for_again_and_followed_again() {
    for partition in [Traffic::Refuse, Traffic::BlackHole] {
        let mut pair = Pair::new(HOUR);
        let old = pair.keep_there();
        pair.proxy.set(partition.clone());
        let version = pair.change();
        pair.invalidate();
        assert!([old, version].contains(&pair.read_there()), "it gives something");
        let newest = pair.change();
        pair.invalidate();
        pair.proxy.set(Traffic::Pass);
        let healed = Instant::now();
        pair.there.ask(format_args!("await {newest}"));
        let took = healed.elapsed();
        report(format_args!("after {partition:?} the near tier was emptied within {took:?}"));
        assert!(took < 2 * DEADLINE, "{took:?}");
        pair.wait_for_the_bus();
        wait_until("it follows again", 5 * DEADLINE, || pair.delay() < DEADLINE);
    }
}

#[test]
fn a_server_that_stood_still_is_followed_again() {
    let mut pair = Pair::new(HOUR);
    pair.keep_there();
    pair.server.pause();
    let paused = Instant::now();
    pair.change();
    let version = pair.change();
    // While nobody tells what changes, nothing that was kept before is served for long.
    pair.there.ask(format_args!("await {version}"));
    report(format_args!("a silent bus was given up after {:?}", paused.elapsed()));
    assert!(paused.elapsed() < 2 * DEADLINE, "{:?}", paused.elapsed());
    pair.server.resume();
    pair.wait_for_the_bus();
    wait_until("it follows again", 5 * DEADLINE, || pair.delay() < DEADLINE);
}

#[test]
fn during_a_partition_a_copy_is_no_older_than_its_lifetime() {
    let ttl = Duration::from_millis(1_500);
    let mut pair = Pair::new(ttl);
    pair.proxy.set(Traffic::Refuse);
    for _ in 0..3 {
        pair.keep_there();
        let version = pair.change();
        let changed = Instant::now();
        pair.there.ask(format_args!("await {version}"));
        assert!(changed.elapsed() < ttl + DEADLINE, "{:?}", changed.elapsed());
    }
    pair.proxy.set(Traffic::Pass);
    pair.wait_for_the_bus();
    assert!(pair.delay() < DEADLINE, "it follows again");
}
