use super::Subject;
use super::subject::value;
use super::threads::{CROWD, together};
use cache_memoize_core::{Bytes, Lease, LeaseMode, Token, Ttl};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

const ROUNDS: usize = 50;

/// A crowd for every round, each on a key of its own.
fn rounds<T: Send>(act: impl Fn(&str, usize) -> T + Sync, mut check: impl FnMut(&str, Vec<T>)) {
    for round in 0..ROUNDS {
        let key = format!("round-{round}");
        let outcomes = together(|index| act(&key, index));
        check(&key, outcomes);
    }
}

pub(super) fn one_addition_of_many_succeeds(subject: &Subject) {
    rounds(
        |key, index| subject.add(key, index.to_string()),
        |key, added| {
            let winners: Vec<usize> = (0..CROWD).filter(|index| added[*index]).collect();
            assert_eq!(winners.len(), 1, "of {CROWD} additions these were stored: {winners:?}");
            assert_eq!(subject.get(key), value(winners[0].to_string()));
        },
    );
}

pub(super) fn one_lease_of_many_is_first(subject: &Subject) {
    rounds(
        |key, _| subject.join(key),
        |key, leases| {
            let first = leases.iter().filter(|lease| lease.first).count();
            assert_eq!(first, 1, "{first} of {CROWD} callers were told to be the first");
            let tokens: HashSet<Token> = leases.iter().map(|lease| lease.token).collect();
            assert_eq!(tokens.len(), 1, "the callers hold different tokens");
            assert!(subject.fill(key, leases[0].token, "value"));
        },
    );
}

pub(super) fn one_renewal_of_many_stands(subject: &Subject) {
    rounds(
        |key, _| subject.renew(key),
        |key, leases| {
            assert!(leases.iter().all(|lease| lease.first), "a renewal was not the first");
            let tokens: HashSet<Token> = leases.iter().map(|lease| lease.token).collect();
            assert_eq!(tokens.len(), CROWD, "two renewals share a token");
            let standing = subject.join(key);
            assert!(!standing.first && tokens.contains(&standing.token));
            let revoked = tokens.into_iter().filter(|token| *token != standing.token);
            for token in revoked {
                assert!(!subject.fill(key, token, "revoked"), "two renewed tokens stand");
            }
            assert!(subject.fill(key, standing.token, "value"));
        },
    );
}

pub(super) fn one_removal_of_many_finds_the_value(subject: &Subject) {
    for round in 0..ROUNDS {
        let key = format!("round-{round}");
        subject.put(&key, "value");
        let removed = together(|_| subject.remove(&key));
        let finders = removed.into_iter().filter(|found| *found).count();
        assert_eq!(finders, 1, "{finders} of {CROWD} removals found the one value");
    }
}

/// Whether the token is spent by the fill that comes first is up to the store.
pub(super) fn a_fill_among_many_is_stored(subject: &Subject) {
    rounds(
        |key, index| {
            let Lease { token, .. } = subject.join(key);
            let mine = index.to_string();
            subject.fill(key, token, mine.clone()).then(|| Bytes::from(mine))
        },
        |key, filled| {
            let stored = subject.get(key);
            assert!(stored.is_some(), "every fill was refused, or none was stored");
            assert!(filled.contains(&stored), "what is there is no value whose fill was accepted");
        },
    );
}

/// Values of different lengths, each of one letter, so that a mixture of two shows.
pub(super) fn a_value_is_read_whole(subject: &Subject) {
    const WRITES: usize = 100;
    let values: Vec<Bytes> =
        (0..CROWD).map(|index| vec![b'a' + index as u8; 1 + index * 3000].into()).collect();
    subject.put("key", values[0].clone());
    together(|index| {
        for _ in 0..WRITES {
            if index % 2 == 0 {
                subject.put("key", values[index].clone());
            }
            let read = subject.get("key").expect("a value that is replaced is always there");
            assert!(values.contains(&read), "a read value is none of those written");
            let (_, handed) = subject.lease("key", Ttl::Forever, LeaseMode::Join);
            assert!(handed.is_some_and(|handed| values.contains(&handed)));
        }
    });
}

/// The law that all else serves, under load: a source of versions is changed and the cached version
/// removed, over and over, while callers read, lease, compute and fill. Once a removal returned, no
/// caller may be served a version from before it.
pub(super) fn no_removed_value_comes_back(subject: &Subject) {
    const REMOVALS: u64 = 250;
    let source = Source::default();
    together(|index| {
        let _end = EndOnPanic(&source);
        if index == 0 {
            (1..=REMOVALS).for_each(|version| source.publish(subject, version));
            source.is_final.store(true, Ordering::SeqCst);
        } else {
            while !source.serve(subject, index) {}
        }
    });
    assert_eq!(subject.get("key"), value(REMOVALS.to_string()), "the last version was filled");
}

#[derive(Default)]
struct Source {
    current: AtomicU64,
    oldest_allowed: AtomicU64,
    is_final: AtomicBool,
    calls: AtomicU64,
    has_failed: AtomicBool,
}

/// The threads wait for each other, and one that fails must not leave the others waiting.
struct EndOnPanic<'a>(&'a Source);

impl Drop for EndOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.has_failed.store(true, Ordering::SeqCst);
        }
    }
}

impl Source {
    /// Changes the source, invalidates what is cached, and goes on when another caller was served.
    fn publish(&self, subject: &Subject, version: u64) {
        self.current.store(version, Ordering::SeqCst);
        subject.remove("key");
        self.oldest_allowed.store(version, Ordering::SeqCst);
        let calls = self.calls.load(Ordering::SeqCst);
        while self.calls.load(Ordering::SeqCst) == calls && !self.has_failed() {
            thread::yield_now();
        }
    }

    /// Serves one caller, and says whether it was the last: a hit that no removal can follow.
    fn serve(&self, subject: &Subject, index: usize) -> bool {
        let is_final = self.is_final.load(Ordering::SeqCst);
        let is_hit = self.is_hit(|| subject.get("key"));
        if !is_hit {
            self.lease_and_fill(subject, index);
        }
        self.calls.fetch_add(1, Ordering::SeqCst);
        (is_hit && is_final) || self.has_failed()
    }

    fn has_failed(&self) -> bool {
        self.has_failed.load(Ordering::SeqCst)
    }

    /// One of the callers renews, as a refresh does.
    fn lease_and_fill(&self, subject: &Subject, index: usize) {
        let mode = if index == 1 { LeaseMode::Renew } else { LeaseMode::Join };
        let mut token = None;
        let is_hit = self.is_hit(|| {
            let (lease, handed) = subject.lease("key", Ttl::Forever, mode);
            token = Some(lease.token);
            handed
        });
        if let Some(token) = token.filter(|_| !is_hit) {
            subject.fill("key", token, self.compute(index).to_string());
        }
    }

    /// Some are quick; some take until the source has changed, and fill while the removal is under
    /// way; some take until the removal returned. None waits for long for what may not come.
    fn compute(&self, index: usize) -> u64 {
        let version = self.current.load(Ordering::SeqCst);
        let change = match index % 3 {
            0 => return version,
            1 => &self.current,
            _ => &self.oldest_allowed,
        };
        let is_overtaken = || change.load(Ordering::SeqCst) > version;
        (0..100).take_while(|_| !is_overtaken()).for_each(|_| thread::yield_now());
        version
    }

    fn is_hit(&self, read: impl FnOnce() -> Option<Bytes>) -> bool {
        let oldest_allowed = self.oldest_allowed.load(Ordering::SeqCst);
        let Some(found) = read() else { return false };
        let version: u64 = std::str::from_utf8(&found).unwrap().parse().unwrap();
        assert!(
            version >= oldest_allowed,
            "version {version} was served after the removal for {oldest_allowed} had returned"
        );
        true
    }
}
