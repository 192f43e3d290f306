use super::connections::Connections;
use super::line::{Line, Refused};
use super::lines::{Found, Vacancy};
use super::pool::{Pool, Taken};
use super::queue::LATE;
use super::runtime;
use super::stream::Stream;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::operations::{Operation, Turn};
use cache_memoize_core::StoreErrorKind;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Id;
use tokio::time::timeout_at;

/// Carries an operation out, over the connection that callers share, or over one of its own. Dropped halfway, it leaves
/// none that another caller could misread: the shared one knows what is still to be answered, and its own is closed.
pub(super) async fn carry_out<O: Operation>(
    connections: &Connections,
    mut operation: O,
    deadline: Deadline,
) -> Outcome<O::Output> {
    let runtime = runtime::current()?;
    let call = async {
        if !operation.travels_alone()
            && let Some(outcome) = in_company(connections, &mut operation, runtime, deadline).await
        {
            return outcome;
        }
        // Seldom taken, and large: the usual way does not carry it along.
        Box::pin(alone(&connections.pool, operation, runtime, deadline.instant())).await
    };
    runtime::guarded(call).await?
}

/// Carries it out over the shared connection; `None` if that will not do now.
async fn in_company<O: Operation>(
    connections: &Connections,
    operation: &mut O,
    runtime: Id,
    deadline: Deadline,
) -> Option<Outcome<O::Output>> {
    /// A connection that is lost says nothing of the next one. Who finds one lost, and loses the next two, goes alone.
    const TRIES: usize = 3;
    let until = deadline.instant();
    for _ in 0..TRIES {
        let line = match connections.lines.find(runtime, until) {
            Found::Line(line) => line,
            Found::Nothing => return None,
            Found::Vacancy(vacancy) => match Box::pin(connect(connections, vacancy, until)).await {
                Ok(line) => line?,
                Err(fault) => return Some(Err(fault)),
            },
        };
        match converse(&line, operation, deadline).await {
            Conversation::Ended(outcome) => return Some(outcome),
            Conversation::Refused => return None,
            Conversation::Lost => {
                connections.lines.forget(&line);
                operation.start_over();
                connections.pool.close_idle();
            }
        }
    }
    None
}

async fn connect(
    connections: &Connections,
    vacancy: Vacancy<'_>,
    until: Instant,
) -> Outcome<Option<Arc<Line>>> {
    let connected = timeout_at(until.into(), Stream::connect(&connections.address, until)).await;
    Ok(vacancy.fill(connected.unwrap_or_else(|_| Err(Fault::timeout(LATE)))?))
}

/// How asking and answering came to its end.
enum Conversation<T> {
    Ended(Outcome<T>),
    /// Nothing was asked.
    Refused,
    /// The connection is lost, and there is a point in beginning anew over another one.
    Lost,
}

async fn converse<O: Operation>(
    line: &Line,
    operation: &mut O,
    deadline: Deadline,
) -> Conversation<O::Output> {
    for turn in 1.. {
        let question = |request: &mut _, made| operation.ask(request, made);
        let waiting = match line.ask(deadline, turn > 1, question) {
            Ok(waiting) => waiting,
            Err(Refused::Unfit(fault)) => return Conversation::Ended(Err(fault)),
            Err(Refused::Clogged) => return Conversation::Refused,
            Err(Refused::Lost) => return Conversation::Lost,
        };
        let answers = match waiting.await {
            Ok(answers) => answers,
            Err(loss) if loss.is_worth_another_try(turn) => return Conversation::Lost,
            Err(loss) => return Conversation::Ended(Err(loss.fault)),
        };
        match operation.hear(answers) {
            Ok(Turn::Ask) => {}
            Ok(Turn::Done(output)) => return Conversation::Ended(Ok(output)),
            Err(fault) => {
                if !fault.leaves_the_connection_usable() {
                    line.give_up(WRONG_FOR_ONE);
                }
                return Conversation::Ended(Err(fault));
            }
        }
    }
    Conversation::Lost
}

const WRONG_FOR_ONE: &str = "the connection was given up, since another caller had an answer that does not belong to its question; \
     look whether the server is a memcached";

/// Carries it out over a connection that nobody else uses meanwhile.
async fn alone<O: Operation>(
    pool: &Pool,
    operation: O,
    runtime: Id,
    until: Instant,
) -> Outcome<O::Output> {
    let call = async {
        let mut taken = pool.take(runtime, until).await?;
        if taken.is_reused && !operation.is_repeatable() && !taken.connection.is_open() {
            taken.renew(until).await?;
        }
        Call { operation, taken, until }.finish().await
    };
    timeout_at(until.into(), call).await.unwrap_or_else(|_| Err(Fault::timeout(LATE)))
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
