use super::call::Call;
use crate::Memcached;
use crate::fault::Outcome;
use crate::operations::{Flush, Get, Increment, Operation, Ping, Remove, Touch, Update};
use crate::servers::{Gathered, Separate, Server, Share};
use cache_memoize_core::{
    Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Store, Token, Ttl,
};
use std::time::Duration;

impl Store for Memcached {
    fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        match self.servers.only(keys) {
            Some(server) => self.ask("get", server, Get::new(keys)),
            None => self.ask_shares("get", keys, |share| Get::new(std::mem::take(&mut share.keys))),
        }
    }

    fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        self.ask(
            "put",
            self.servers.site(key).server,
            self.servers.write(Put { key, value, ttl, mode }),
        )
    }

    fn lease(&self, key: KeyRef<'_>, ttl: Ttl, mode: LeaseMode) -> Result<(Lease, Option<Bytes>)> {
        self.ask("lease", self.servers.site(key).server, self.servers.lease(key, ttl, mode))
    }

    fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.ask("release", self.servers.site(key).server, self.servers.release(key, token))
    }

    fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let keys: Vec<_> = puts.iter().map(|put| put.key).collect();
        let mut puts: Vec<_> = puts.into_iter().map(Some).collect();
        self.ask_separately("put", &keys, |share| self.servers.writes(share, &mut puts))
    }

    fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let leases =
            self.ask_separately("lease", keys, |share| self.servers.leases(share, ttl, mode));
        leases.into_iter().collect()
    }

    fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let keys: Vec<_> = leases.iter().map(|(key, _)| *key).collect();
        let released =
            self.ask_separately("release", &keys, |share| self.servers.releases(share, leases));
        released.into_iter().collect()
    }

    fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        match self.servers.only(keys) {
            Some(server) => self.ask("remove", server, Remove::new(keys)),
            None => self
                .ask_shares("remove", keys, |share| Remove::new(std::mem::take(&mut share.keys))),
        }
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
        operation: impl FnMut(&mut Share<'a>) -> O,
    ) -> Result<Vec<T>> {
        let mut gathered = Gathered::new(name, keys.len());
        self.ask_each(keys, operation, |server, places, answer| {
            gathered.add(server, places, answer)
        });
        gathered.finish()
    }

    /// The same where each key has an answer of its own.
    fn ask_separately<'a, O: Operation<Output = Vec<Outcome<T>>>, T>(
        &'a self,
        name: &'static str,
        keys: &[KeyRef<'a>],
        operation: impl FnMut(&mut Share<'a>) -> O,
    ) -> Vec<Result<T>> {
        let mut separate = Separate::new(name, keys.len());
        self.ask_each(keys, operation, |server, places, answer| {
            separate.add(server, places, answer)
        });
        separate.finish()
    }

    fn ask_each<'a, O: Operation>(
        &'a self,
        keys: &[KeyRef<'a>],
        mut operation: impl FnMut(&mut Share<'a>) -> O,
        mut hear: impl FnMut(&Server, &[usize], Outcome<O::Output>),
    ) {
        let deadline = self.servers.deadline();
        let mut calls = Vec::new();
        for mut share in self.servers.shares(keys) {
            let call = Call::begin(&share.server.blocking, operation(&mut share), deadline);
            calls.push((share.server, share.places, call));
        }
        for (server, places, call) in calls {
            hear(server, &places, call.and_then(Call::finish));
        }
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
