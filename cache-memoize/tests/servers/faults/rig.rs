//! A server, callers of a cache on it, and what has to hold whatever befalls them.

use super::load::{CALLERS, FACES, Face, Load, call_all};
use crate::support::{KINDS, Kind, Server, backend, built, report, wait_until};
use cache_memoize::Cache;
use cache_memoize_testkit::servers::Proxy;
use std::thread;
use std::time::Duration;

/// How long an operation and a call may take; the function itself takes no time.
pub(super) const OPERATION: Duration = Duration::from_millis(100);
pub(super) const CALL: Duration = Duration::from_millis(300);

/// No call takes longer, on however busy a machine.
const TOO_LONG: Duration = Duration::from_secs(6);

/// Within how long a server that is back is used again: one second, and three for a busy machine.
const HITS_AGAIN: Duration = Duration::from_secs(4);

/// Longer than any fault takes to be noticed.
const PATIENCE: Duration = Duration::from_secs(60);

/// One store with one of its faces.
pub(super) struct Rig {
    pub(super) kind: Kind,
    face: Face,
    pub(super) server: Server,
    pub(super) proxy: Option<Proxy>,
    pub(super) cache: Cache,
    connections_at_first: u64,
}

impl Rig {
    pub(super) fn new(server: Server, url: &str, face: Face) -> Self {
        let connections_at_first = server.connections();
        let settings = Cache::builder().timeout(OPERATION).call_timeout(CALL);
        let cache = built(settings.backend(backend(url)));
        Self { kind: server.kind(), face, server, proxy: None, cache, connections_at_first }
    }

    pub(super) fn direct(server: Server, face: Face) -> Self {
        let url = server.url();
        Self::new(server, &url, face)
    }

    pub(super) fn proxied(kind: Kind, face: Face) -> Self {
        let server = Server::start(kind);
        let (proxy, url) = server.proxied();
        Self { proxy: Some(proxy), ..Self::new(server, &url, face) }
    }

    pub(super) fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("this rig has a proxy")
    }

    /// Lets something happen under load, and then looks whether everything is as it should be.
    pub(super) fn under_load(mut self, fault: &str, happens: impl FnOnce(&mut Self, &Load)) {
        let (cache, face, kind) = (self.cache.clone(), self.face, self.kind);
        let worst = Load::on(&cache, face, |load| {
            happens(&mut self, load);
            load.worst()
        });
        report(format_args!("{kind:?} {face:?} {fault}: the longest call took {worst:.0?}"));
        assert!(worst < TOO_LONG, "{kind:?} {face:?} {fault}: a call took {worst:?}");
        self.assert_is_well(fault);
    }

    /// Waits until values are found.
    pub(super) fn warm(&self) {
        self.wait_for_hits(20, PATIENCE);
    }

    /// Waits until callers have met the fault.
    pub(super) fn suffer(&self, load: &Load) {
        let before = self.faults();
        wait_until("callers meet the fault", PATIENCE, || self.faults() >= before + 3);
        load.wait_for_calls(60);
    }

    /// Waits for the hits that have to come now that all is well again.
    pub(super) fn recover(&self, fault: &str) {
        let took = self.wait_for_hits(1, HITS_AGAIN);
        let (kind, face) = (self.kind, self.face);
        report(format_args!("{kind:?} {face:?} {fault}: hits again after {took:.0?}"));
    }

    pub(super) fn wait_for_hits(&self, number: u64, limit: Duration) -> Duration {
        let end = self.hits() + number;
        wait_until("values are found", limit, || self.hits() >= end)
    }

    pub(super) fn hits(&self) -> u64 {
        self.cache.stats().total().hits
    }

    pub(super) fn faults(&self) -> u64 {
        self.cache.stats().total().faults
    }

    /// Values are right and stored, and no connection is left over.
    fn assert_is_well(&self, fault: &str) {
        let what = format!("{:?} {:?} {fault}", self.kind, self.face);
        wait_until(&format!("{what}: the store answers"), PATIENCE, || self.cache.ping().is_ok());
        for face in FACES {
            wait_until(&format!("{what}: all values are found ({face:?})"), PATIENCE, || {
                call_all(&self.cache, face);
                let before = (self.hits(), self.faults());
                call_all(&self.cache, face);
                (self.hits(), self.faults()) == (before.0 + u64::from(super::load::IDS), before.1)
            });
        }
        // Both faces, the question itself, and whoever asks from here.
        let bound = self.connections_at_first + 2 * CALLERS as u64 + 3;
        wait_until(&format!("{what}: at most {bound} connections"), PATIENCE, || {
            self.server.connections() <= bound
        });
    }
}

/// Runs a scenario on each store with each face, all at once.
pub(super) fn everywhere(scenario: impl Fn(Kind, Face) + Sync) {
    thread::scope(|scope| {
        for (kind, face) in KINDS.into_iter().flat_map(|kind| FACES.map(|face| (kind, face))) {
            let scenario = &scenario;
            scope.spawn(move || scenario(kind, face));
        }
    });
}
