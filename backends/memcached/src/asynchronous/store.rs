use super::call::carry_out;
use super::join::join;
use crate::Memcached;
use crate::fault::Outcome;
use crate::operations::{Flush, Get, Increment, Operation, Ping, Remove, Touch, Update};
use crate::servers::{Gathered, Separate, Server, Share};
use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, Token, Ttl,
};

impl AsyncStore for Memcached {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        match self.servers.only(keys) {
            Some(server) => self.wait("get", server, Get::new(keys)).await,
            None => {
                self.await_shares("get", keys, |share| Get::new(std::mem::take(&mut share.keys)))
                    .await
            }
        }
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let write = self.servers.write(Put { key, value, ttl, mode });
        self.wait("put", self.servers.site(key).server, write).await
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        let lease = self.servers.lease(key, ttl, mode);
        self.wait("lease", self.servers.site(key).server, lease).await
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let release = self.servers.release(key, token);
        self.wait("release", self.servers.site(key).server, release).await
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let keys: Vec<_> = puts.iter().map(|put| put.key).collect();
        let mut puts: Vec<_> = puts.into_iter().map(Some).collect();
        self.await_separately("put", &keys, |share| self.servers.writes(share, &mut puts)).await
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let leases =
            self.await_separately("lease", keys, |share| self.servers.leases(share, ttl, mode));
        leases.await.into_iter().collect()
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let keys: Vec<_> = leases.iter().map(|(key, _)| *key).collect();
        let released =
            self.await_separately("release", &keys, |share| self.servers.releases(share, leases));
        released.await.into_iter().collect()
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        match self.servers.only(keys) {
            Some(server) => self.wait("remove", server, Remove::new(keys)).await,
            None => {
                self.await_shares("remove", keys, |share| {
                    Remove::new(std::mem::take(&mut share.keys))
                })
                .await
            }
        }
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let increment = Update::new(key, Increment::new(key, by, start, ttl));
        self.wait("increment", self.servers.site(key).server, increment).await
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        let touch = Update::new(key, Touch::new(ttl));
        self.wait("touch", self.servers.site(key).server, touch).await
    }

    /// Empties the servers (`flush_all`), whoever else keeps something there. A server that is down keeps what it has,
    /// and the others are emptied all the same.
    async fn clear(&self) -> Result<()> {
        self.await_all("clear", || Flush).await
    }

    /// Asks every server; an error names the first that does not answer.
    async fn ping(&self) -> Result<()> {
        self.await_all("ping", || Ping).await
    }
}

impl Memcached {
    async fn wait<O: Operation>(
        &self,
        name: &'static str,
        server: &Server,
        operation: O,
    ) -> Result<O::Output> {
        let done = carry_out(&server.asynchronous, operation, self.servers.deadline()).await;
        done.map_err(|fault| fault.tell(name, &server.address))
    }

    /// Asks each server for its own keys, all at the same time, and puts the answers together.
    async fn await_shares<'a, O: Operation<Output = Vec<T>>, T>(
        &'a self,
        name: &'static str,
        keys: &[KeyRef<'a>],
        operation: impl FnMut(&mut Share<'a>) -> O,
    ) -> Result<Vec<T>> {
        let mut gathered = Gathered::new(name, keys.len());
        for (server, places, answer) in self.await_each(keys, operation).await {
            gathered.add(server, &places, answer);
        }
        gathered.finish()
    }

    /// The same where each key has an answer of its own.
    async fn await_separately<'a, O: Operation<Output = Vec<Outcome<T>>>, T>(
        &'a self,
        name: &'static str,
        keys: &[KeyRef<'a>],
        operation: impl FnMut(&mut Share<'a>) -> O,
    ) -> Vec<Result<T>> {
        let mut separate = Separate::new(name, keys.len());
        for (server, places, answer) in self.await_each(keys, operation).await {
            separate.add(server, &places, answer);
        }
        separate.finish()
    }

    async fn await_each<'a, O: Operation>(
        &'a self,
        keys: &[KeyRef<'a>],
        mut operation: impl FnMut(&mut Share<'a>) -> O,
    ) -> Vec<(&'a Server, Vec<usize>, Outcome<O::Output>)> {
        let deadline = self.servers.deadline();
        let mut asked = Vec::new();
        for mut share in self.servers.shares(keys) {
            let operation = operation(&mut share);
            asked.push(async move {
                let answer = carry_out(&share.server.asynchronous, operation, deadline).await;
                (share.server, share.places, answer)
            });
        }
        join(asked).await
    }

    async fn await_all<O: Operation<Output = ()>>(
        &self,
        name: &'static str,
        operation: impl Fn() -> O,
    ) -> Result<()> {
        let deadline = self.servers.deadline();
        let mut asked = Vec::new();
        for server in self.servers.all() {
            let operation = operation();
            asked.push(async move {
                (server, carry_out(&server.asynchronous, operation, deadline).await)
            });
        }
        let mut gathered = Gathered::new(name, 0);
        for (server, answer) in join(asked).await {
            gathered.add(server, &[], answer.map(|()| Vec::<()>::new()));
        }
        gathered.finish().map(drop)
    }
}
