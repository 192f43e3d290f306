//! `docs/read_entry.py`, run by these tests, and the places where it meets a cache.

use cache_memoize::Key;
use cache_memoize::core::{Backend, Bytes, PutMode, Ttl};
use cache_memoize::{Memcached, Redis};
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use serde_json::Value;
use std::any::Any;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A place for entries that the script and a cache share.
pub(crate) trait Place {
    /// What the cache calls it.
    fn backend(&self) -> Backend;

    /// What the script calls it.
    fn url(&self) -> String;

    /// What the script has to find on stdin to read the entry of `key`.
    fn hand(&self, _key: &Key) -> Vec<u8> {
        Vec::new()
    }

    /// Takes what the script left on stdout when it wrote the entry of `key`.
    fn take(&self, _key: &Key, _output: Vec<u8>) {}
}

/// A store in this process: the entries go through the script's stdin and stdout.
pub(crate) struct Piped(pub(crate) Backend);

impl Place for Piped {
    fn backend(&self) -> Backend {
        self.0.clone()
    }

    fn url(&self) -> String {
        "-".to_owned()
    }

    fn hand(&self, key: &Key) -> Vec<u8> {
        let store = self.0.store().expect("it blocks");
        let entry = store.get(&[key.as_ref()]).expect("it answers").pop().flatten();
        entry.expect("there is an entry").to_vec()
    }

    fn take(&self, key: &Key, output: Vec<u8>) {
        let store = self.0.store().expect("it blocks");
        let put = store.put(key.as_ref(), Bytes::from(output), Ttl::Forever, PutMode::Always);
        assert!(put.expect("it answers"));
    }
}

/// A server of the test's own, which the script asks for itself.
pub(crate) struct Served {
    backend: Backend,
    url: String,
    _server: Box<dyn Any>,
}

impl Served {
    pub(crate) fn by_redis() -> Self {
        let server = RedisServer::start();
        Self::by_redis_at(server.unix_url(), server)
    }

    /// One of the databases of a server, which the URL names in one way or the other.
    pub(crate) fn by_redis_database(number: u8, is_on_tcp: bool) -> Self {
        let server = RedisServer::start();
        let url = match is_on_tcp {
            true => format!("{}/{number}", server.tcp_url()),
            false => format!("{}?db={number}", server.unix_url()),
        };
        Self::by_redis_at(url, server)
    }

    fn by_redis_at(url: String, server: RedisServer) -> Self {
        let redis = Redis::open(&url).expect("the URL is right");
        Self { backend: redis.into(), url, _server: Box::new(server) }
    }

    pub(crate) fn by_memcached() -> Self {
        let server = MemcachedServer::start();
        let url = server.url();
        let memcached = Memcached::open(&url).expect("the URL is right");
        Self { backend: memcached.into(), url, _server: Box::new(server) }
    }
}

impl Place for Served {
    fn backend(&self) -> Backend {
        self.backend.clone()
    }

    fn url(&self) -> String {
        self.url.clone()
    }
}

/// A Python that has the packages which the script needs.
pub(crate) struct Python(PathBuf);

impl Python {
    /// The one that `cargo xtask test` set up, or that of the system. Where there is none, says so.
    pub(crate) fn find() -> Option<Self> {
        static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
        FOUND.get_or_init(find).clone().map(Self)
    }

    /// The value under `key`, in plain mode if there is a `form`; or what is wrong with the entry.
    pub(crate) fn get(
        &self,
        place: &dyn Place,
        key: &Key,
        form: Option<&str>,
    ) -> Result<Value, String> {
        let words = ["get", key.as_str()].into_iter().chain(form);
        let output = self.run(&place.url(), words, &place.hand(key))?;
        Ok(serde_json::from_slice(&output).expect("the script prints JSON"))
    }

    /// Writes `value` under `key`, in plain mode.
    pub(crate) fn set(
        &self,
        place: &dyn Place,
        key: &Key,
        form: &str,
        value: &Value,
    ) -> Result<(), String> {
        self.set_for(place, key, form, value, "300")
    }

    /// As [`set`](Self::set), for so many seconds.
    pub(crate) fn set_for(
        &self,
        place: &dyn Place,
        key: &Key,
        form: &str,
        value: &Value,
        seconds: &str,
    ) -> Result<(), String> {
        let (words, input) = (["set", key.as_str(), form, seconds], value.to_string());
        let output = self.run(&place.url(), words, input.as_bytes())?;
        place.take(key, output);
        Ok(())
    }

    /// Invalidates the entry under `key`.
    pub(crate) fn remove(&self, place: &dyn Place, key: &Key) -> Result<(), String> {
        self.run(&place.url(), ["remove", key.as_str()], &[]).map(drop)
    }

    fn run<'a>(
        &self,
        url: &str,
        words: impl IntoIterator<Item = &'a str>,
        input: &[u8],
    ) -> Result<Vec<u8>, String> {
        let mut child = Command::new(&self.0)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/read_entry.py"))
            .arg(url)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        // A script that failed early does not read.
        let _ = child.stdin.take().expect("it is piped").write_all(input);
        let output = child.wait_with_output().expect("Python ends");
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

#[expect(clippy::print_stderr, reason = "nobody should take such a run for a test")]
fn find() -> Option<PathBuf> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python/bin/python");
    let found = [own, "python3"].map(PathBuf::from).into_iter().find(is_equipped);
    if found.is_none() {
        eprintln!(
            "no Python 3.10 with the packages of docs/requirements.txt, so nothing is checked here: \
             `cargo xtask test` sets it up"
        );
    }
    found
}

fn is_equipped(python: &PathBuf) -> bool {
    let question = "import sys; from importlib.util import find_spec; \
        packages = 'msgpack zstandard lz4.block redis pymemcache'.split(); \
        sys.exit(sys.version_info < (3, 10) or not all(map(find_spec, packages)))";
    let answer = Command::new(python).args(["-c", question]).stderr(Stdio::null()).status();
    answer.is_ok_and(|status| status.success())
}
