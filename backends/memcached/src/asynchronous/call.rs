use super::pool::{Pool, Taken};
use super::runtime;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::operations::{Operation, Turn};
use cache_memoize_core::StoreErrorKind;
use std::time::Instant;
use tokio::time::timeout_at;

/// Carries an operation out. Dropped halfway, it takes its connection with it.
pub(super) async fn carry_out<O: Operation>(
    pool: &Pool,
    operation: O,
    deadline: Deadline,
) -> Outcome<O::Output> {
    let runtime = runtime::current()?;
    let until = deadline.instant();
    let call = async {
        let mut taken = pool.take(runtime, until).await?;
        if taken.is_reused && !operation.is_repeatable() && !taken.connection.is_open() {
            taken.renew(until).await?;
        }
        Call { operation, taken, until }.finish().await
    };
    let limited = async { timeout_at(until.into(), call).await };
    runtime::guarded(limited).await?.unwrap_or_else(|_| {
        Err(Fault::timeout("no answer in time; look whether it is overloaded, or raise `timeout`"))
    })
}

struct Call<'a, O> {
    operation: O,
    taken: Taken<'a>,
    until: Instant,
}

impl<O: Operation> Call<'_, O> {
    async fn finish(mut self) -> Outcome<O::Output> {
        loop {
            let answers = match self.exchange().await {
                Ok(answers) => answers,
                Err(fault) => {
                    self.start_over(fault).await?;
                    continue;
                }
            };
            match self.operation.hear(answers) {
                Ok(Turn::Ask) => {}
                Ok(Turn::Done(output)) => {
                    self.taken.give_back();
                    return Ok(output);
                }
                Err(fault) => {
                    if fault.leaves_the_connection_usable() {
                        self.taken.give_back();
                    }
                    return Err(fault);
                }
            }
        }
    }

    async fn exchange(&mut self) -> Outcome<crate::wire::Answers> {
        let connection = &mut self.taken.connection;
        connection.request.clear();
        self.operation.ask(&mut connection.request, connection.made)?;
        connection.send().await?;
        connection.receive().await
    }

    /// Takes a new connection, if the old one broke while it was idle.
    async fn start_over(&mut self, fault: Fault) -> Outcome<()> {
        let was_broken = fault.kind() == StoreErrorKind::Unavailable
            && self.taken.is_reused
            && self.taken.connection.is_silent();
        if !(was_broken && self.operation.is_repeatable()) {
            return Err(fault);
        }
        self.operation.start_over();
        self.taken.renew(self.until).await
    }
}
