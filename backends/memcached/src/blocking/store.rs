use super::call::Call;
use crate::Memcached;
use crate::operations::{
    Add, Fill, Flush, Get, Increment, Operation, Ping, Put, Release, Remove, TakeLease, Touch,
    Update,
};
use crate::servers::{Gathered, Server};
use cache_memoize_core::{Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Store, Token, Ttl};
use std::time::Duration;

impl Store for Memcached {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.ask_shares("get", keys, Get::new)
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let site = self.servers.site(key);
        match mode {
            PutMode::Always => self.ask("put", site.server, Put::new(key, value, ttl)),
            PutMode::IfAbsent => {
                self.ask("put", site.server, Update::new(key, Add::new(key, value, ttl)))
            }
            PutMode::IfLease(token) => {
                let fill = Fill::new(key, site.watch, value, ttl, token);
                self.ask("put", site.server, Update::new(key, fill))
            }
        }
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        let site = self.servers.site(key);
        let lease = TakeLease::new(key, site.watch, ttl, mode);
        self.ask("lease", site.server, Update::new(key, lease))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let site = self.servers.site(key);
        let release = Release::new(key, site.watch, token);
        self.ask("release", site.server, Update::new(key, release))
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.ask_shares("remove", keys, Remove::new)
    }

    fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let increment = Increment::new(key, by, start, ttl);
        self.ask("increment", self.servers.site(key).server, Update::new(key, increment))
    }

    fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        let touch = Update::new(key, Touch::new(ttl));
        self.ask("touch", self.servers.site(key).server, touch)
    }

    /// Empties the servers (`flush_all`), whoever else keeps something there. A server that is down keeps what it has,
    /// and the others are emptied all the same.
    fn clear(&self) -> Result<()> {
        self.ask_all("clear", || Flush)
    }

    /// Asks every server; an error names the first that does not answer.
    fn ping(&self) -> Result<()> {
        self.ask_all("ping", || Ping)
    }

    fn limit_time(&self, limit: Duration) {
        self.servers.limit_time(limit);
    }
}

impl Memcached {
    fn ask<O: Operation>(
        &self,
        name: &'static str,
        server: &Server,
        operation: O,
    ) -> Result<O::Output> {
        let call = Call::begin(&server.blocking, operation, self.servers.deadline());
        call.and_then(Call::finish).map_err(|fault| fault.tell(name, &server.address))
    }

    /// Asks each server for its own keys, and puts the answers together. Every server is asked, also where another
    /// one fails.
    fn ask_shares<'a, O: Operation<Output = Vec<T>>, T>(
        &'a self,
        name: &'static str,
        keys: &[KeyRef<'a>],
        operation: impl Fn(Vec<KeyRef<'a>>) -> O,
    ) -> Result<Vec<T>> {
        let deadline = self.servers.deadline();
        let calls: Vec<_> = (self.servers.shares(keys).into_iter())
            .map(|share| {
                let call = Call::begin(&share.server.blocking, operation(share.keys), deadline);
                (share.server, share.places, call)
            })
            .collect();
        let mut gathered = Gathered::new(name, keys.len());
        for (server, places, call) in calls {
            gathered.add(server, &places, call.and_then(Call::finish));
        }
        gathered.finish()
    }

    fn ask_all<O: Operation<Output = ()>>(
        &self,
        name: &'static str,
        operation: impl Fn() -> O,
    ) -> Result<()> {
        let deadline = self.servers.deadline();
        let mut calls = Vec::new();
        for server in self.servers.all() {
            calls.push((server, Call::begin(&server.blocking, operation(), deadline)));
        }
        let mut gathered = Gathered::new(name, 0);
        for (server, call) in calls {
            gathered.add(server, &[], call.and_then(Call::finish).map(|()| Vec::<()>::new()));
        }
        gathered.finish().map(drop)
    }
}
