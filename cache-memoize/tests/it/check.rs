//! `caches::check`: what it says of functions whose cache is missing, or does not serve them.

use crate::support::{block_on, with_default};
use cache_memoize::core::{Backend, NonBlocking};
use cache_memoize::{Cache, ErrorKind, Memory, cache_memoize, caches};
use cache_memoize_testkit::Counts;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[cache_memoize(ttl = 60)]
fn numbered(id: u32) -> u32 {
    RUNS.fetch_add(1, Ordering::SeqCst) + id - id
}

#[cache_memoize(ttl = 60)]
async fn numbered_async(id: u32) -> u32 {
    RUNS.fetch_add(1, Ordering::SeqCst) + id - id
}

#[cache_memoize(ttl = 60, local)]
fn shared(id: u32) -> Arc<u32> {
    Arc::new(id)
}

#[cache_memoize(ttl = 60, cache = chosen())]
fn elsewhere(id: u32) -> u32 {
    RUNS.fetch_add(1, Ordering::SeqCst) + id - id
}

fn chosen() -> &'static Cache {
    static CHOSEN: LazyLock<Cache> = LazyLock::new(Cache::memory);
    &CHOSEN
}

#[test]
fn a_name_that_no_function_knows_is_pointed_at() {
    caches::install("nowehre", Cache::memory()).expect("it has a name");
    let missing = caches::check().expect_err("one is missing").to_string();
    assert!(missing.contains("`nowehre`") && missing.contains("misspelt"), "{missing}");
    assert!(!missing.contains("`default`"), "{missing}");
}

/// A backend of this name with one face of the two.
fn half(name: &'static str, is_async: bool) -> Cache {
    let whole: Backend = Counts::new().wrap(&Memory::new().into());
    let store = whole.store().expect("there is one").clone();
    let half = match is_async {
        true => Backend::new(name).with_async_store(NonBlocking(store)),
        false => Backend::new(name).with_store(store),
    };
    Cache::builder().backend(half).build().expect("the settings are right")
}

#[test]
fn a_check_names_the_functions_that_their_cache_does_not_serve() {
    let check = |default: Cache| {
        let named = ["nowhere", "nightly-Reports"].map(|name| (name, Cache::memory()));
        let caches = named.into_iter().chain([("default", default)]);
        let error = caches::scoped(caches, caches::check).expect_err("not all are served");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        error.to_string()
    };
    let listed = |message: &str, function: &str| {
        let lines = message.lines().filter(|line| line.contains(&format!("::{function} at ")));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    with_default(&Cache::memory(), || assert_eq!(numbered(1), numbered(1)));
    let message = check(half("redis", false));
    let [line] = &listed(&message, "check::numbered_async")[..] else { panic!("{message}") };
    assert!(line.contains("check.rs:") && line.contains("the feature `tokio`"), "{line}");
    assert!(line.contains("in \"default\""), "{line}");
    assert!(listed(&message, "check::numbered").is_empty(), "{message}");

    let message = check(half("table", true));
    let [line] = &listed(&message, "check::numbered")[..] else { panic!("{message}") };
    assert!(line.contains("no face for blocking functions"), "{line}");
    assert!(listed(&message, "check::numbered_async").is_empty(), "{message}");
    assert_eq!(*shared(1), 1);
    assert!(listed(&message, "check::shared").is_empty(), "what is local is served: {message}");
    assert!(listed(&message, "check::elsewhere").is_empty(), "its calls choose: {message}");
}

#[test]
fn what_chooses_its_cache_is_served_by_that() {
    with_default(&half("table", true), || {
        assert_eq!(elsewhere(1), elsewhere(1));
    });
}

#[test]
fn a_server_without_the_feature_tokio_says_so_to_async_callers() {
    let cache = half("memcached", false);
    with_default(&cache, || {
        let error = block_on(caches::scoped_async([("default", cache.clone())], async {
            peek_numbered_async(1).await.expect_err("it has no async face")
        }));
        assert!(error.to_string().contains("feature `tokio` of `cache-memoize`"), "{error}");
    });
}
