//! The async face.

mod bare;
mod connection;
mod node;
mod runtimes;
mod stream;

use crate::Redis;
use crate::cluster::Cluster;
use crate::command::Batch;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::operations::{self, Leftovers, draw_tokens, only, told_of_each};
use crate::rounds::{Rounds, Step};
use cache_memoize_core::{
    AsyncStore, Bytes, KeyRef, Lease, LeaseMode, Put, PutMode, Result, StoreErrorKind, Token, Ttl,
};
use redis::Value;
pub(crate) use runtimes::Runtimes;
use runtimes::{Kind, Links};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

impl AsyncStore for Redis {
    async fn get(&self, keys: &[KeyRef<'_>]) -> Result<Vec<Option<Bytes>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let batch = operations::get(keys, self.is_cluster());
        self.carry_out("get", &batch, |replies| operations::read_get(keys.len(), replies)).await
    }

    async fn put(&self, key: KeyRef<'_>, value: Bytes, ttl: Ttl, mode: PutMode) -> Result<bool> {
        only("put", self.put_many(vec![Put { key, value, ttl, mode }]).await)?
    }

    async fn lease(
        &self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<(Lease, Option<Bytes>)> {
        only("lease", self.lease_many(&[key], ttl, mode).await?)
    }

    async fn release(&self, key: KeyRef<'_>, token: Token) -> Result<()> {
        self.release_many(&[(key, token)]).await
    }

    async fn put_many(&self, puts: Vec<Put<'_>>) -> Vec<Result<bool>> {
        let asked: Vec<_> = puts.iter().map(|put| (put.key, put.mode)).collect();
        let stored = self.carry_out("put", &operations::put(puts), operations::read_puts).await;
        let mut answers = told_of_each(&self.settings().place, asked.len(), stored);
        let leftovers = Leftovers::of(&asked, &answers);
        if let Err(error) = self.drop_all_async(&leftovers.keys).await {
            leftovers.stayed(&error, &mut answers);
        }
        answers
    }

    async fn lease_many(
        &self,
        keys: &[KeyRef<'_>],
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Result<Vec<(Lease, Option<Bytes>)>> {
        let tokens = draw_tokens(keys.len());
        let batch = operations::lease(keys, ttl, mode, &tokens);
        let read = |replies| operations::read_leases(mode, &tokens, replies);
        self.carry_out("lease", &batch, read).await
    }

    async fn release_many(&self, leases: &[(KeyRef<'_>, Token)]) -> Result<()> {
        let batch = operations::release(leases);
        self.carry_out("release", &batch, operations::read_done).await
    }

    async fn remove(&self, keys: &[KeyRef<'_>]) -> Result<Vec<bool>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.carry_out("remove", &operations::remove(keys), operations::read_verdicts).await
    }

    async fn increment(&self, key: KeyRef<'_>, by: u64, start: u64, ttl: Ttl) -> Result<u64> {
        let batch = operations::increment(key, by, start, ttl);
        self.carry_out("increment", &batch, operations::read_increment).await
    }

    async fn touch(&self, key: KeyRef<'_>, ttl: Ttl) -> Result<bool> {
        self.carry_out("touch", &operations::touch(key, ttl), operations::read_verdict).await
    }

    async fn clear(&self) -> Result<()> {
        self.distrust_cluster();
        self.carry_out("clear", &operations::clear(), operations::read_done).await
    }

    async fn ping(&self) -> Result<()> {
        self.carry_out("ping", &operations::ping(), operations::read_done).await
    }
}

impl Redis {
    /// Has nothing behind of values that were to be replaced.
    async fn drop_all_async(&self, keys: &[KeyRef<'_>]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        self.carry_out("put", &operations::remove(keys), operations::read_done).await
    }

    async fn carry_out<T>(
        &self,
        operation: &'static str,
        batch: &Batch,
        read: impl FnOnce(Vec<Value>) -> Result<T, Fault>,
    ) -> Result<T> {
        let deadline = Deadline::after(self.limit());
        let answer = match self.runtimes().links() {
            Ok(links) => {
                let answer = run(&links, batch, deadline).await.and_then(read);
                answer.inspect_err(|fault| links.distrust_after(fault))
            }
            Err(fault) => Err(fault),
        };
        answer.map_err(|fault| fault.at(&self.settings().place).into_error(operation))
    }
}

/// Carries a batch out, and once more if the first time ended on a connection that had served before, provided
/// that this can do no harm.
async fn run(links: &Links, batch: &Batch, deadline: Deadline) -> Result<Vec<Value>, Fault> {
    let outcome = attempt(links, batch, deadline).await;
    let is_in_vain = outcome.as_ref().is_err_and(Fault::is_unanswered);
    if is_in_vain && batch.is_repeatable {
        // In a box, since it is rare: who asks once has no room for a second time.
        return Box::pin(attempt(links, batch, deadline)).await;
    }
    outcome
}

async fn attempt(links: &Links, batch: &Batch, deadline: Deadline) -> Result<Vec<Value>, Fault> {
    match (links.kind(), batch.single_plain_command()) {
        (Kind::One(node), Some(command)) => node.exchange(&[command], deadline).await,
        // In a box: who reads from one server has no room for the rounds.
        _ => Box::pin(attempt_in_rounds(links, batch, deadline)).await,
    }
}

async fn attempt_in_rounds(
    links: &Links,
    batch: &Batch,
    deadline: Deadline,
) -> Result<Vec<Value>, Fault> {
    let mut rounds = Rounds::new(batch);
    while let Some(steps) = rounds.next() {
        match links.kind() {
            Kind::One(node) => {
                let commands = rounds.commands(&steps);
                let replies = node.exchange(&commands, deadline).await?;
                rounds.settle(steps, replies, None);
            }
            Kind::Cluster { cluster, .. } => {
                let asked = ask_cluster(links, cluster, &mut rounds, steps, deadline);
                let outcome = Box::pin(asked).await;
                outcome.inspect_err(|_| cluster.doubt())?;
            }
        }
    }
    Ok(rounds.finish())
}

/// Sends to every node at once, and waits for the slowest.
async fn ask_cluster(
    links: &Links,
    cluster: &Cluster,
    rounds: &mut Rounds<'_>,
    steps: Vec<Step>,
    deadline: Deadline,
) -> Result<(), Fault> {
    read_map(links, cluster, deadline).await?;
    let (mut asked, mut exchanges) = (Vec::new(), Vec::new());
    for (address, steps) in rounds.parcels(steps, cluster)? {
        let (node, commands) = (links.node(&address), rounds.commands(&steps));
        exchanges.push(Box::pin(async move { node.exchange(&commands, deadline).await }));
        asked.push((address, steps));
    }
    for ((address, steps), replies) in asked.into_iter().zip(all(exchanges).await) {
        rounds.settle(steps, replies?, Some((cluster, &address)));
    }
    Ok(())
}

/// Reads the map of the cluster, if that is necessary. An old one that cannot be read anew is used further.
async fn read_map(links: &Links, cluster: &Cluster, deadline: Deadline) -> Result<(), Fault> {
    let Some(reading) = cluster.reading() else { return Ok(()) };
    let informants = cluster.informants();
    let mut failure = Fault::new(StoreErrorKind::Configuration, "the cluster has no nodes");
    for (index, address) in informants.iter().enumerate() {
        let share = deadline.shared_with(informants.len() - index);
        let replies = links.node(address).exchange(&[Cluster::question()], share).await;
        let reply = replies
            .and_then(|replies| replies.into_iter().next().ok_or_else(|| Fault::protocol(address)));
        match reply.and_then(|reply| reading.learn(reply, address)) {
            Ok(()) => {
                links.forget_strangers(&cluster.informants());
                return Ok(());
            }
            Err(fault) => failure = fault,
        }
    }
    if cluster.masters().is_ok() { Ok(()) } else { Err(failure) }
}

/// What all of the futures give, which are polled together.
async fn all<F: Future + Unpin>(futures: Vec<F>) -> Vec<F::Output> {
    let mut running: Vec<Option<F>> = futures.into_iter().map(Some).collect();
    let mut outputs: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (slot, output) in running.iter_mut().zip(&mut outputs) {
            let polled = slot.as_mut().map(|future| Pin::new(future).poll(context));
            if let Some(Poll::Ready(done)) = polled {
                (*output, *slot) = (Some(done), None);
            }
        }
        if running.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
