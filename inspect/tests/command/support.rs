//! Functions that fill a store, and the command on it.

use cache_memoize::{Cache, CacheConfig, cache_memoize, caches};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use serde_json::Value;
use std::any::Any;
use std::fmt::Display;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What is in every value, and must be in no output.
pub(crate) const VALUE: &str = "never-to-be-shown";

#[cache_memoize(ttl = 300, prefix = "page", tags("user:{user}"))]
pub(crate) fn page(user: u32, name: &str) -> String {
    format!("{VALUE} {user} {name} {}", "long ".repeat(1000))
}

#[cache_memoize(ttl = "1h", prefix = "price")]
pub(crate) fn price(item: u32) -> String {
    format!("{VALUE} {item}")
}

#[cache_memoize(ttl = "50ms", stale_while_revalidate = "1h", prefix = "old")]
pub(crate) fn old(item: u32) -> String {
    format!("{VALUE} {item}")
}

/// What the command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(words: &[&str]) -> Done {
    run_with(words, &[])
}

/// Runs the command with these variables. It is given no terminal.
pub(crate) fn run_with(words: &[&str], variables: &[(&str, &str)]) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cache-memoize-inspect"));
    command.args(words).envs(variables.iter().copied()).stdin(Stdio::null());
    let output = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    let done = Done {
        code: output.status.code().expect("it ends by itself"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(!done.stdout.contains(VALUE) && !done.stderr.contains(VALUE), "{done:?}");
    done
}

/// What the command tells people, when it is well.
#[track_caller]
pub(crate) fn text(words: &[&str]) -> String {
    let done = run(words);
    assert_eq!((done.code, &*done.stderr), (0, ""), "{words:?}: {done:?}");
    done.stdout
}

/// What the command tells programs, when it is well.
#[track_caller]
pub(crate) fn json(words: &[&str]) -> Value {
    let (document, code) = json_and_code(words);
    assert_eq!(code, 0, "{words:?}: {document}");
    document
}

#[track_caller]
pub(crate) fn json_and_code(words: &[&str]) -> (Value, i32) {
    let done = run(&[words, &["--json"]].concat());
    assert_eq!(done.stderr, "", "a program reads the standard output alone");
    let document = serde_json::from_str(&done.stdout);
    (document.unwrap_or_else(|error| panic!("{words:?}: {error}: {done:?}")), done.code)
}

/// The keys that are listed, in their order.
#[track_caller]
pub(crate) fn keys(words: &[&str]) -> Vec<String> {
    let document = json(&[&["list"], words].concat());
    let entries = document["entries"].as_array().expect("there is a list");
    entries.iter().map(|entry| entry["key"].as_str().expect("a text").to_owned()).collect()
}

/// The same, sorted.
#[track_caller]
pub(crate) fn sorted_keys(words: &[&str]) -> Vec<String> {
    let mut keys = keys(words);
    keys.sort();
    keys
}

/// A cache at a URL, with a prefix and compression, and time enough for a machine that is busy.
pub(crate) fn cache(url: &str, prefix: &str) -> Cache {
    let config = CacheConfig {
        url: url.to_owned(),
        prefix: Some(prefix.to_owned()),
        compressor: Some("zlib".to_owned()),
        timeout: Some("30s".parse().expect("it is a time")),
        ..CacheConfig::default()
    };
    config.build().expect("the settings are right")
}

/// Calls functions with this cache.
pub(crate) fn with<R>(cache: &Cache, body: impl FnOnce() -> R) -> R {
    caches::scoped([("default", cache.clone())], body)
}

/// A server of each sort, and its URL.
pub(crate) fn servers() -> Vec<(String, Box<dyn Any>)> {
    let (redis, memcached) = (RedisServer::start(), MemcachedServer::start_unix());
    vec![(redis.unix_url(), Box::new(redis)), (memcached.url(), Box::new(memcached))]
}

#[track_caller]
pub(crate) fn wait_until(what: impl Display, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
