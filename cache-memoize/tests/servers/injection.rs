//! Keys and values that look like the protocol do not get to speak it.

use crate::support::{KINDS, Kind, Server, backend, block_on, built, patient, with_default};
use cache_memoize::{Cache, cache_memoize};
use cache_memoize_testkit::servers::Proxy;

/// What no protocol may read as anything but part of a key.
fn hostile() -> Vec<String> {
    let mut hostile = vec![
        "\r\n".to_owned(),
        "x\r\nset victim 0 60 5\r\nPWNED".to_owned(),
        "x 0 60 5\r\nPWNED\r\nset victim 0 60 5\r\nPWNED".to_owned(),
        "x\r\nflush_all".to_owned(),
        "x\r\nms victim 5 T60\r\nPWNED".to_owned(),
        "x\r\n*3\r\n$3\r\nSET\r\n$6\r\nvictim\r\n$5\r\nPWNED\r\n".to_owned(),
        "x\r\nSET victim PWNED\r\nFLUSHALL".to_owned(),
        " ".to_owned(),
        "a b\tc".to_owned(),
        "\0".to_owned(),
        "a\0b\u{7f}\u{1b}[2J".to_owned(),
        "😀 🏴‍☠️ é".to_owned(),
        "{victim}".to_owned(),
        "} lease".to_owned(),
        "\n".repeat(10_000),
        "😀".repeat(2_500),
        "x".repeat(10_000),
        format!("{}\r\nset victim 0 60 5\r\nPWNED", "x".repeat(240)),
        String::new(),
    ];
    hostile.push(format!("{} ", "x".repeat(10_000)));
    hostile
}

/// A value that is itself when it comes back, and says for which argument it was made.
#[cache_memoize(ttl = 600)]
fn repeated(text: &str) -> String {
    format!("{text}\r\nEND\r\n{text}\r\nVA 5\r\n$-1\r\n")
}

#[cache_memoize(ttl = 600)]
async fn repeated_async(text: &str) -> String {
    format!("{text}\r\nEND\r\n{text}\r\nVA 5\r\n$-1\r\n")
}

fn rig(kind: Kind) -> (Server, Proxy, Cache) {
    let server = Server::start(kind);
    let (proxy, url) = server.proxied();
    let cache = built(patient().backend(backend(&url)));
    (server, proxy, cache)
}

/// The victim is as it was, and nothing else came to be that no key of ours begins with.
fn assert_harmless(server: &Server, plant: bool) {
    match server {
        Server::Redis(server) => {
            if plant {
                server.command(&["SET", "victim", "alive"]);
            }
            assert_eq!(server.command(&["GET", "victim"]), "alive");
            for name in server.command(&["KEYS", "*"]).lines() {
                let is_plain = name.bytes().all(|byte| (b' '..0x7f).contains(&byte));
                assert!(is_plain && name.len() < 300, "{name:?}");
            }
        }
        Server::Memcached(server) => {
            if plant {
                server.command("set victim 0 0 5\r\nalive\r\n");
            }
            assert!(server.command("get victim\r\n").contains("alive"));
        }
    }
}

#[test]
fn hostile_keys_reach_no_protocol_raw() {
    for kind in KINDS {
        let (server, proxy, cache) = rig(kind);
        assert_harmless(&server, true);
        proxy.record();
        with_default(&cache, || {
            for (number, text) in hostile().iter().enumerate() {
                // Values that say nothing, so that what is recorded of them is the key alone.
                cache.set(text.as_str(), number).expect("it is stored");
                assert_eq!(cache.get::<usize>(text.as_str()).expect("it is read"), Some(number));
            }
            for (number, text) in hostile().iter().enumerate() {
                let found = cache.get::<usize>(text.as_str());
                assert_eq!(found.expect("it is read"), Some(number), "{kind:?} {text:?}");
                let computed = cache.get_or_compute((text.as_str(), 1), || number);
                assert_eq!(computed, number);
                assert!(cache.invalidate(text.as_str()).expect("it works"), "{kind:?} {text:?}");
            }
        });
        assert_nothing_raw(kind, &proxy.recorded());
        assert_harmless(&server, false);
    }
}

#[test]
fn hostile_arguments_and_values_come_back_whole() {
    for kind in KINDS {
        let (server, _proxy, cache) = rig(kind);
        assert_harmless(&server, true);
        for _ in 0..2 {
            with_default(&cache, || {
                for text in &hostile() {
                    assert_eq!(repeated(text), uncached_repeated(text), "{kind:?}");
                }
            });
            block_on(&cache, async {
                for text in &hostile() {
                    let expected = uncached_repeated_async(text).await;
                    assert_eq!(repeated_async(text).await, expected, "{kind:?}");
                }
            });
        }
        let stats = cache.stats().total();
        let number = 2 * hostile().len() as u64;
        assert_eq!((stats.hits, stats.misses, stats.faults), (number, number, 0), "{kind:?}");
        assert_harmless(&server, false);
    }
}

/// Nothing that a hostile key holds stands by itself in what was sent.
fn assert_nothing_raw(kind: Kind, sent: &[u8]) {
    let holds = |what: &str| sent.windows(what.len()).any(|window| window == what.as_bytes());
    for raw in
        ["\nset victim", "\nSET victim", "\nms victim", "\nflush_all", "FLUSHALL\r", "PWNED\r"]
    {
        assert!(!holds(raw), "{kind:?}: {raw:?} was sent");
    }
    for raw in ["a\0b\u{7f}", "\u{1b}[2J", "\n\n\n\n", "a b\tc", "😀"] {
        assert!(!holds(raw), "{kind:?}: {raw:?} was sent");
    }
}
