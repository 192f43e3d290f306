use super::call::carry_out;
use super::join::join;
use crate::Memcached;
use crate::operations::{
    Add, Fill, Flush, Get, Increment, Operation, Ping, Put, Release, Remove, TakeLease, Touch,
    Update,
};
use crate::servers::{Gathered, Server, Share};
use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, Lease, LeaseMode, PutMode, Result, Token, Ttl,
};

impl AsyncStore for Memcached {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        self.await_shares("get", keys, Get::new).await
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        let site = self.servers.site(key);
        match mode {
            PutMode::Always => self.wait("put", site.server, Put::new(key, value, ttl)).await,
            PutMode::IfAbsent => {
                let add = Update::new(key, Add::new(key, value, ttl));
                self.wait("put", site.server, add).await
            }
            PutMode::IfLease(token) => {
                let fill = Fill::new(key, site.watch, value, ttl, token);
                self.wait("put", site.server, Update::new(key, fill)).await
            }
        }
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        let site = self.servers.site(key);
        let lease = TakeLease::new(key, site.watch, ttl, mode);
        self.wait("lease", site.server, Update::new(key, lease)).await
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        let site = self.servers.site(key);
        let release = Release::new(key, site.watch, token);
        self.wait("release", site.server, Update::new(key, release)).await
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        self.await_shares("remove", keys, Remove::new).await
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
        operation: impl Fn(Vec<KeyRef<'a>>) -> O,
    ) -> Result<Vec<T>> {
        let deadline = self.servers.deadline();
        let operation = &operation;
        let ask = |share: Share<'a>| async move {
            let asked = operation(share.keys);
            let answer = carry_out(&share.server.asynchronous, asked, deadline).await;
            (share.server, share.places, answer)
        };
        let mut gathered = Gathered::new(name, keys.len());
        for (server, places, answer) in join(self.servers.shares(keys).into_iter().map(ask)).await {
            gathered.add(server, &places, answer);
        }
        gathered.finish()
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
