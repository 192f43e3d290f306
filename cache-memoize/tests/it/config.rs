//! Caches from URLs, from configuration files and from the environment.

use crate::support::with_default;
use cache_memoize::{Cache, CacheConfig, ErrorKind, cache_memoize, caches};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use std::error::Error;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

#[cache_memoize]
fn counted(id: u32) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let _ = id;
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cache_memoize(cache = "nightly-Reports")]
fn report(id: u32) -> u32 {
    id
}

fn refused(url: &str) -> String {
    let error = Cache::from_url(url).expect_err("the URL is wrong");
    assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
    error.to_string()
}

#[test]
fn a_url_makes_a_cache() {
    let cache = Cache::from_url("memory:?prefix=symbols&max_entries=2").expect("the URL is right");
    with_default(&cache, || {
        assert!(cache_key_counted(1).as_str().starts_with("symbols|"));
        let first = counted(1);
        assert_eq!(counted(1), first);
        (2..100).for_each(|id| assert!(counted(id) > first));
        assert_ne!(counted(1), first, "there is room for two");
    });
    with_default(&Cache::from_url("none:").expect("the URL is right"), || {
        assert_ne!(counted(1), counted(1));
    });
}

#[test]
fn every_setting_may_be_in_the_url() {
    let url = "memory:?serializer=msgpack&compressor=zlib&compress_level=6&compress_above=10&prefix=p&ttl=1h\
               &near=5&near_ttl=1s&timeout=50ms&call_timeout=100ms&wait_limit=3s&strict=true&plain=false&max_bytes=1000000";
    let cache = Cache::from_url(url).expect("the URL is right");
    assert_eq!(cache.get_or_compute("key", || 7), 7);
}

#[test]
fn every_store_has_its_url() {
    for url in [
        "none:",
        "memory:",
        "redis://user:word@host:6379/1",
        "rediss://host",
        "redis+unix:///run/redis.sock?db=1",
        "redis+cluster://a,b,c",
        "redis+sentinel://a:26379,b/master",
        "memcached://a,b",
        "memcached+unix:///run/memcached.sock",
    ] {
        Cache::from_url(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    }
}

#[test]
fn entries_are_written_as_the_url_says() {
    let server = RedisServer::start();
    let cache = |parameters: &str| {
        let url = format!("{}?timeout=30s&prefix=app&{parameters}", server.unix_url());
        Cache::from_url(&url).expect("the URL is right")
    };
    let stored = || server.command(&["GET", &server.command(&["KEYS", "app|key"])]).len();
    cache("plain=true&serializer=json").set("key", "x".repeat(500)).expect("it answers");
    assert_eq!(stored(), 502, "two quotes");
    cache("compressor=zlib&compress_above=10").set("key", "x".repeat(500)).expect("it answers");
    assert!(stored() < 400, "{}", stored());
    cache("compressor=zlib").set("key", "x".repeat(500)).expect("it answers");
    assert!(stored() > 500, "{}", stored());
}

#[test]
fn a_near_tier_in_the_url_is_one() {
    let server = MemcachedServer::start_unix();
    let cache = |parameters: &str| {
        let url = format!("{}?timeout=30s&{parameters}", server.url());
        Cache::from_url(&url).expect("the URL is right")
    };
    let asks = |cache: &Cache| {
        let before = server.stat("get_hits");
        assert_eq!(cache.get("key").expect("it answers"), Some(7));
        server.stat("get_hits") > before
    };
    let lasting = cache("near=10&near_ttl=1h");
    lasting.set("key", 7).expect("it answers");
    assert_eq!([asks(&lasting), asks(&lasting)], [true, false]);
    let brief = cache("near=10&near_ttl=10ms");
    let (began, mut times) = (Instant::now(), 0);
    while times < 2 {
        times += u32::from(asks(&brief));
    }
    assert!(began.elapsed() < Duration::from_secs(4), "it is not the default of 5 s");
}

#[test]
fn a_url_may_be_strict() {
    #[cache_memoize]
    fn tells(id: u32) -> Result<u32, Box<dyn Error + Send + Sync>> {
        Ok(id)
    }
    for (url, is_strict) in [("redis://127.0.0.1:1", false), ("redis://127.0.0.1:1?strict", true)] {
        let cache = Cache::from_url(url).expect("the URL is right");
        with_default(&cache, || assert_eq!(tells(1).is_err(), is_strict, "{url}"));
    }
}

#[test]
fn a_memory_in_the_url_keeps_to_its_bytes() {
    let cache = Cache::from_url("memory:?max_bytes=10000").expect("the URL is right");
    (0..100).for_each(|id| cache.set(id, "x".repeat(1_000)).expect("it is stored"));
    let kept = (0..100).filter(|id| cache.get::<String>(*id).expect("it works").is_some());
    assert!((1..=10).contains(&kept.count()));
}

#[test]
fn a_ttl_in_the_url_is_the_default_ttl() {
    assert!(refused("memory:?ttl=0").contains("zero"));
    Cache::from_url("memory:?ttl=forever").expect("the URL is right");
}

#[test]
fn a_wrong_url_says_what_would_be_right() {
    for (url, remedy) in [
        ("localhost", "scheme"),
        ("radis://localhost", "`redis://`"),
        ("memory:?tll=5", "it may have"),
        ("memory:?ttl=soon", "`250ms`"),
        ("memory:?near=many", "a number of entries"),
        ("memory:?serializer=bincode", "`postcard`"),
        ("memory:?compressor=zip", "`zlib`"),
        ("memory:?compress_level=3", "add `compressor=zlib`"),
        ("memory:?near_ttl=3", "add `near=10000`"),
        ("memory:?compressor=zlib&compress_level=77", "level"),
        ("memory:?timeout=0", "the timeout is zero"),
        ("memory:?call_timeout=soon", "`250ms`"),
        ("memory:?timeout=2s&call_timeout=1s", "shorter than the timeout of 2s"),
        ("memory:?wait_limit=soon", "`250ms`"),
        ("memory:/here", "no host and no path"),
        ("memory:?prefix=a&prefix=b", "twice"),
    ] {
        let message = refused(url);
        assert!(message.contains(remedy), "{url}: {message}");
    }
}

#[test]
fn no_message_shows_a_password() {
    let url = "radis://me:hunter2@localhost/?ttl=soon";
    assert!(!refused(url).contains("hunter2"));
    assert!(!refused("memory://me:hunter2@localhost").contains("hunter2"));
    let config = CacheConfig { url: url.to_owned(), ..CacheConfig::default() };
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_cache_shows_where_its_values_are() {
    for (url, place) in [
        ("redis://:hunter2@cache-1?prefix=shop", "cache-1:6379"),
        ("memcached://a,b?near=10", "a:11211,b:11211"),
    ] {
        let shown = format!("{:?}", Cache::from_url(url).expect("the URL is right"));
        assert!(shown.contains(place) && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_configuration_file_says_the_same() {
    let text = r#"{"url": "memory:?prefix=p", "ttl": 60, "near_ttl": "2s", "near": 10}"#;
    let config: CacheConfig = serde_json::from_str(text).expect("it is a configuration");
    assert_eq!(config.ttl.expect("it is said").to_string(), "1m");
    config.build().expect("the settings are right");
    let written = serde_json::to_string(&config).expect("it is written");
    assert_eq!(serde_json::from_str::<CacheConfig>(&written).expect("as written"), config);
    let typo = serde_json::from_str::<CacheConfig>(r#"{"urll": "memory:"}"#);
    assert!(typo.expect_err("no such field").to_string().contains("urll"));
    let half = serde_json::from_str::<CacheConfig>(r#"{"ttl": 0.5}"#).expect("it is a time");
    assert_eq!(half.ttl.expect("it is said").to_string(), "500ms");
    let lifeless = serde_json::from_str::<CacheConfig>(r#"{"ttl": 0}"#).expect("it is a time");
    assert!(lifeless.build().expect_err("no time").to_string().contains("zero"));
    let negative = serde_json::from_str::<CacheConfig>(r#"{"ttl": -1}"#);
    assert!(negative.expect_err("no time").to_string().contains("seconds"));
}

#[test]
fn a_file_that_says_what_only_the_url_can_is_told_so() {
    let text = r#"{"url": "redis://localhost", "pool": 4}"#;
    let error = serde_json::from_str::<CacheConfig>(text).expect_err("it is no field");
    assert!(error.to_string().contains("`pool` is a parameter of the URL"), "{error}");
}

#[test]
fn every_time_limit_may_be_in_a_file() {
    let text = r#"{"url": "memory:", "timeout": "1s", "call_timeout": 2, "wait_limit": "forever"}"#;
    let config: CacheConfig = serde_json::from_str(text).expect("it is a configuration");
    config.build().expect("the settings are right");
    let config = CacheConfig { call_timeout: Some("10ms".parse().expect("a time")), ..config };
    let message = config.build().expect_err("no operation fits into it").to_string();
    assert!(message.contains("call_timeout"), "{message}");
}

/// The limit that the URL says ends a wait for somebody who never comes to an end.
#[test]
fn the_wait_limit_of_the_url_counts() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let cache = Cache::from_url("memory:?wait_limit=1ms").expect("the URL is right");
    let compute = || async {
        if RUNS.fetch_add(1, Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
        7
    };
    let mut stuck = std::pin::pin!(cache.get_or_compute_async("key", compute));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(stuck.as_mut().poll(&mut context).is_pending());
    assert_eq!(cache.get_or_compute("key", || 8), 8, "it computes for itself");
}

#[test]
fn what_is_said_twice_is_refused() {
    let config = CacheConfig {
        url: "memory:?prefix=a".to_owned(),
        prefix: Some("b".to_owned()),
        ..CacheConfig::default()
    };
    let message = config.build().expect_err("it is said twice").to_string();
    assert!(message.contains("`prefix` is said in the URL and beside it"), "{message}");
}

/// The variables of a process cannot be changed safely, so that another process has them.
fn with_variables(test: &str, variables: &[(&str, &(impl AsRef<OsStr> + ?Sized))]) {
    let mut child = Command::new(std::env::current_exe().expect("this program has a path"));
    child.args(["--exact", test, "--ignored", "--nocapture"]).envs(variables.iter().copied());
    let output = child.output().expect("this program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn the_environment_installs_caches() {
    let variables = [
        ("CACHE_URL", "memory:?prefix=first"),
        ("CACHE_URL_NIGHTLY_REPORTS", "memory:?prefix=second"),
        ("CACHE_URL_OTHER", "none:"),
        ("CACHE_URL_EMPTY", ""),
        ("CACHE_URLS", "nonsense"),
    ];
    with_variables("config::installs_what_the_environment_says", &variables);
}

#[test]
#[ignore = "runs in a process with variables of its own"]
fn installs_what_the_environment_says() {
    assert!(caches::check().is_err());
    caches::from_env().expect("the URLs are right");
    assert!(cache_key_counted(1).as_str().starts_with("first|"));
    assert!(cache_key_report(1).as_str().starts_with("second|"));
    assert!(caches::get("other").is_some() && caches::get("empty").is_none());
}

#[test]
fn a_wrong_variable_is_named_and_nothing_is_installed() {
    let variables = [
        ("CACHE_URL_ANOTHER", "memory:"),
        ("CACHE_URL_OTHER", "redis://:hunter2@h?nonsense"),
        ("CACHE_URL_YET_ANOTHER", "memory:"),
    ];
    with_variables("config::refuses_what_the_environment_says", &variables);
}

#[test]
#[ignore = "runs in a process with variables of its own"]
fn refuses_what_the_environment_says() {
    let message = caches::from_env().expect_err("one URL is wrong").to_string();
    assert!(message.contains("CACHE_URL_OTHER") && !message.contains("hunter2"), "{message}");
    for name in ["another", "other", "yet_another"] {
        assert!(caches::get(name).is_none(), "{name}");
    }
}

#[test]
fn a_variable_that_is_no_text_is_named() {
    let variables = [("CACHE_URL_OTHER", OsStr::from_bytes(b"memory:?prefix=\xFF"))];
    with_variables("config::refuses_what_is_no_text", &variables);
}

#[test]
#[ignore = "runs in a process with variables of its own"]
fn refuses_what_is_no_text() {
    let message = caches::from_env().expect_err("it is no text").to_string();
    assert!(message.contains("CACHE_URL_OTHER: its URL is no UTF-8"), "{message}");
}
