use super::alarm;
use super::link::Link;
use super::queue::{Heard, Queue};
use super::stream::Stream;
use crate::deadline::Deadline;
use crate::fault::{Fault, Outcome};
use crate::moment::Moment;
use crate::wire::Request;
use cache_memoize_core::StoreErrorKind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A connection that callers share. What many of them ask goes out in one write, and the answers, which come in the
/// order of the questions, are handed to whom they belong.
///
/// Somebody has to move the bytes. A caller who is alone does so itself, since another task would cost as much as a
/// third of a hit. As soon as there is company the [driver](super::driver) does it for all: a caller whose future is
/// dropped, or is not polled any more, must not keep others from their answers.
pub(super) struct Line {
    queue: Mutex<Queue>,
    /// When it was made.
    made: Moment,
}

/// Why a question is not taken.
pub(super) enum Refused {
    /// The connection is lost.
    Lost,
    /// Others are at something that takes long, or nobody moves bytes.
    Clogged,
    /// It cannot be asked.
    Unfit(Fault),
}

impl Line {
    pub(super) fn new(stream: Stream) -> Arc<Self> {
        // Drawn when the connection stands: what it leads to was there before.
        Arc::new(Self { queue: Mutex::new(Queue::new(Link::new(stream))), made: Moment::now() })
    }

    /// Takes a question, to be answered until `deadline`. It is sent when the answer is waited for. Who has not `begun`
    /// may be sent away.
    pub(super) fn ask(
        &self,
        deadline: Deadline,
        has_begun: bool,
        question: impl FnOnce(&mut Request, Moment) -> Outcome<()>,
    ) -> Result<Waiting<'_>, Refused> {
        let mut queue = self.enter();
        if queue.is_lost {
            return Err(Refused::Lost);
        }
        let is_slow =
            queue.is_clogged || queue.is_deserted(deadline) || queue.request.backlog() > BACKLOG;
        if !has_begun && is_slow {
            return Err(Refused::Clogged);
        }
        queue.request.begin();
        if let Err(fault) = question(&mut queue.request, self.made) {
            queue.request.take_back();
            return Err(Refused::Unfit(fault));
        }
        let seat = queue.add(deadline);
        let called = queue.call_for_company();
        drop(queue);
        wake(called);
        Ok(Waiting { line: self, seat, is_over: false })
    }

    /// Gives the connection up, because of what it said to one caller. Others are told.
    pub(super) fn give_up(&self, why: &'static str) {
        let mut queue = self.enter();
        let fault = Fault::new(StoreErrorKind::Unavailable, why);
        let link = queue.link.take();
        let woken = queue.lose(&fault);
        drop(queue);
        drop(link);
        woken.into_iter().for_each(Waker::wake);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.enter().is_lost
    }

    /// How many exchanges there were.
    pub(super) fn begun(&self) -> u64 {
        self.enter().begun
    }

    /// No answer is to come.
    pub(super) fn is_idle(&self) -> bool {
        self.enter().open == 0
    }

    /// Moves bytes for all, as the driver; ready when there is nothing to be done any more.
    pub(super) fn drive(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.enter();
        #[cfg(test)]
        {
            queue.driver_polls += 1;
        }
        queue.waiting_since = None;
        if std::mem::take(&mut queue.is_called) && !queue.is_lost {
            // Those who are about to ask come first, and their questions go into the same write.
            drop(queue);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        queue = self.withdraw_late(queue);
        while queue.is_shared && !queue.is_lost {
            let Some(borrowed) = self.borrow(&mut queue) else { break };
            drop(queue);
            queue = borrowed.drive(context);
            if queue.exchanges.is_empty() {
                queue.is_shared = queue.open > 0;
                break;
            }
        }
        if queue.is_lost {
            return Poll::Ready(());
        }
        queue.driver = Some(context.waker().clone());
        Poll::Pending
    }

    fn withdraw_late<'a>(&'a self, mut queue: MutexGuard<'a, Queue>) -> MutexGuard<'a, Queue> {
        if queue.exchanges.is_empty() {
            return queue;
        }
        let woken = queue.withdraw_late(alarm::now());
        if woken.is_empty() {
            return queue;
        }
        drop(queue);
        woken.into_iter().for_each(Waker::wake);
        self.enter()
    }

    /// Takes the link out, with all that is to be sent.
    fn borrow(&self, queue: &mut Queue) -> Option<Borrowed<'_>> {
        let mut link = queue.link.take()?;
        if !queue.exchanges.is_empty() {
            queue.crowd = queue.exchanges.len();
            link.take_over(&mut queue.request, &mut queue.exchanges, &mut queue.expected);
        }
        Some(Borrowed { line: self, link: Some(link) })
    }

    fn enter(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So many bytes of questions are waiting to be sent at most.
const BACKLOG: usize = 64 * 1024;

/// The link, in the hands of the one who moves bytes.
struct Borrowed<'a> {
    line: &'a Line,
    link: Option<Box<Link>>,
}

impl<'a> Borrowed<'a> {
    /// Moves what can be moved, puts the link back, and wakes whom it concerns.
    fn drive(mut self, context: &mut Context<'_>) -> MutexGuard<'a, Queue> {
        let line = self.line;
        let driven = self.link.as_mut().map(|link| link.drive(context));
        let mut queue = line.enter();
        if let (Some(link), Some(driven)) = (self.link.take(), driven) {
            let woken = queue.settle(link, driven);
            if !woken.is_empty() {
                drop(queue);
                woken.into_iter().for_each(Waker::wake);
                queue = line.enter();
            }
        }
        queue
    }
}

impl Drop for Borrowed<'_> {
    /// Left behind by a panic: nobody knows what was moved.
    fn drop(&mut self) {
        if self.link.is_some() {
            self.line.give_up("the connection was given up after a panic");
        }
    }
}

/// A caller who waits for an answer. Dropped before, its answer is read when it comes, and thrown away.
pub(super) struct Waiting<'a> {
    line: &'a Line,
    seat: usize,
    is_over: bool,
}

impl Future for Waiting<'_> {
    type Output = Heard;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Heard> {
        let line = self.line;
        let mut queue = line.enter();
        let mut called = None;
        // One who is served must not move bytes: it would be woken in the place of those who still wait.
        if !queue.is_shared
            && queue.seats.look_away(self.seat)
            && let Some(borrowed) = line.borrow(&mut queue)
        {
            drop(queue);
            queue = borrowed.drive(context);
            // Company may have come meanwhile.
            called = if queue.is_shared { queue.driver.take() } else { None };
        }
        let heard = queue.seats.look(self.seat, context.waker());
        drop(queue);
        wake(called);
        match heard {
            Some(heard) => {
                self.is_over = true;
                Poll::Ready(heard)
            }
            None => Poll::Pending,
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut queue = self.line.enter();
        let is_to_come = queue.leave(self.seat);
        queue.is_shared |= is_to_come && !queue.is_lost;
        let called = if queue.is_shared { queue.driver.take() } else { None };
        drop(queue);
        wake(called);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::super::driver;
    use super::*;
    use crate::address::Address;
    use crate::wire::Expected;
    use std::io::Read;
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::runtime::Builder;
    use tokio::task::{JoinSet, yield_now};

    /// A connection to a server that has nothing under any key. It runs beside the callers, on the same thread, so that
    /// what comes together does not hang on how fast it is.
    async fn line() -> Arc<Line> {
        line_and_questions().await.0
    }

    /// And how many questions came to the server.
    async fn line_and_questions() -> (Arc<Line>, Arc<AtomicUsize>) {
        let counter = Arc::new(AtomicUsize::new(0));
        let count = counter.clone();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = Address::tcp("127.0.0.1", Some(listener.local_addr().unwrap().port()));
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut come = [0; 4096];
            while let Ok(length @ 1..) = socket.read(&mut come).await {
                let questions = come[..length].iter().filter(|byte| **byte == b'\n').count();
                count.fetch_add(questions, Ordering::SeqCst);
                let _ = socket.write_all(&b"EN\r\n".repeat(questions)).await;
            }
        });
        let stream = Stream::connect(&address, deadline().instant()).await.unwrap();
        let line = Line::new(stream);
        driver::start(line.clone());
        (line, counter)
    }

    fn deadline() -> Deadline {
        Deadline::after(Duration::from_secs(20))
    }

    /// As one that has begun, which is taken also where the machine is too busy to send in time what was asked before.
    async fn exchange(line: &Line) {
        let asked = line.ask(deadline(), true, |request, _| request.get("key"));
        let Ok(waiting) = asked else { panic!("it is taken") };
        assert!(waiting.await.is_ok_and(|answers| answers.len() == 1));
    }

    #[test]
    fn what_a_crowd_asks_goes_out_in_few_writes() {
        const ROUNDS: usize = 100;
        let workers = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let alone = Builder::new_current_thread().enable_all().build();
        for runtime in [alone.unwrap(), workers.unwrap()] {
            for crowd in [8, 64] {
                // As a task, so that none of the callers begins before all of them are there.
                let writes = runtime.spawn(async move {
                    let line = line().await;
                    let mut callers = JoinSet::new();
                    for _ in 0..crowd {
                        let line = line.clone();
                        callers.spawn(async move {
                            for _ in 0..ROUNDS {
                                exchange(&line).await;
                            }
                        });
                    }
                    callers.join_all().await;
                    line.enter().link.as_ref().unwrap().writes
                });
                let writes = runtime.block_on(writes).unwrap();
                assert!(writes <= ROUNDS * crowd / 3, "{writes} writes for {crowd} callers");
            }
        }
    }

    /// The first of them must not be taken for one who is alone: its question would go out by itself, in every round.
    #[test]
    fn a_crowd_that_was_answered_together_is_awaited() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let line = line().await;
            let mut callers = JoinSet::new();
            for _ in 0..8 {
                let line = line.clone();
                callers.spawn(async move { exchange(&line).await });
            }
            callers.join_all().await;
            for is_awaited in [true, false] {
                let asked = line.ask(deadline(), false, |request, _| request.get("key"));
                assert_eq!(line.enter().is_shared, is_awaited);
                let Ok(waiting) = asked else { panic!("it is taken") };
                assert!(waiting.await.is_ok());
            }
        });
    }

    #[test]
    fn the_answer_to_a_dropped_caller_is_read_though_nobody_asks_any_more() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let line = line().await;
            let asked = line.ask(deadline(), false, |request, _| request.get("key"));
            let Ok(mut waiting) = asked else { panic!("it is taken") };
            let polled = Pin::new(&mut waiting).poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending());
            drop(waiting);
            let end = deadline().instant();
            while !line.is_idle() {
                assert!(Instant::now() < end, "it lies there");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_not_sent() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (line, questions) = line_and_questions().await;
            let ask = |keys: usize| {
                let question = move |request: &mut Request, _| {
                    (0..keys).try_for_each(|_| request.get(&format!("key-{keys}")))
                };
                line.ask(deadline(), true, question).unwrap_or_else(|_| panic!("it is taken"))
            };
            // The driver comes to it when this task waits.
            let [first, second, third, fourth] = [1, 2, 3, 4].map(ask);
            drop(third);
            drop(first);
            assert_eq!(to_be_sent(&line), "key-2 key-2 key-4 key-4 key-4 key-4");
            assert!(second.await.is_ok_and(|answers| answers.len() == 2));
            assert!(fourth.await.is_ok_and(|answers| answers.len() == 4));
            assert!(line.is_idle());
            assert_eq!(questions.load(Ordering::SeqCst), 6);
        });
    }

    /// The keys that are asked for, each of which is waited for under the number that it is sent with.
    fn to_be_sent(line: &Line) -> String {
        let queue = line.enter();
        let text = queue.request.pieces().concat();
        let words = str::from_utf8(&text).unwrap().split_whitespace();
        let (keys, others): (Vec<&str>, Vec<&str>) = words.partition(|it| it.starts_with("key"));
        let numbers = others.iter().filter_map(|word| word.strip_prefix('O')?.parse().ok());
        let expected: Vec<_> = numbers.map(Expected::Numbered).collect();
        assert_eq!(queue.expected, expected);
        keys.join(" ")
    }

    #[test]
    fn what_was_not_sent_in_time_is_not_sent_later() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (line, questions) = line_and_questions().await;
            let ask = |deadline| {
                let asked = line.ask(deadline, true, |request, _| request.get("key"));
                asked.unwrap_or_else(|_| panic!("it is taken"))
            };
            let (late, other) = (ask(Deadline::after(Duration::ZERO)), ask(deadline()));
            let Err(loss) = late.await else { panic!("it was sent") };
            assert_eq!(loss.fault.kind(), StoreErrorKind::Timeout);
            assert!(other.await.is_ok());
            assert!(line.is_idle());
            assert_eq!(questions.load(Ordering::SeqCst), 1);
        });
    }

    #[test]
    fn the_rest_of_what_could_not_be_sent_in_time_is_not_sent_later() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = Address::tcp("127.0.0.1", Some(listener.local_addr().unwrap().port()));
            let line = Line::new(Stream::connect(&address, deadline().instant()).await.unwrap());
            let (mut server, _) = listener.accept().unwrap();
            let ends = Deadline::after(Duration::from_millis(50));
            let long =
                |request: &mut Request, _| (0..1_000_000).try_for_each(|_| request.get("key"));
            let Ok(mut waiting) = line.ask(ends, false, long) else { panic!("it is taken") };
            let mut poll = || Pin::new(&mut waiting).poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll().is_pending());
            assert!(line.enter().is_clogged, "the socket does not take all of it");
            let sent = line.enter().link.as_ref().unwrap().written;
            std::thread::sleep(ends.instant().saturating_duration_since(Instant::now()));
            server.read_exact(&mut vec![0; sent]).unwrap();
            // The socket has room again, and the runtime knows.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let Poll::Ready(Err(loss)) = poll() else { panic!("it has no answer") };
            assert_eq!(loss.fault.kind(), StoreErrorKind::Timeout);
            assert_eq!(server.read(&mut [0; 64]).unwrap(), 0, "it ends there");
        });
    }

    #[test]
    fn where_nobody_sends_what_was_asked_before_one_goes_another_way() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (line, _) = line_and_questions().await;
            let ask = |seconds| {
                let deadline = Deadline::after(Duration::from_secs(seconds));
                line.ask(deadline, false, |request, _| request.get("key"))
            };
            let [Ok(first), Ok(second)] = [ask(20), ask(39)] else { panic!("they are taken") };
            assert!(matches!(ask(41), Err(Refused::Clogged)));
            drop(first);
            assert!(second.await.is_ok());
            let [Ok(first), Ok(second)] = [ask(60), ask(60)] else { panic!("again") };
            drop((first, second));
            assert!(matches!(ask(121), Err(Refused::Clogged)), "also when they have given up");
            let end = deadline().instant();
            while ask(121).is_err() {
                assert!(Instant::now() < end, "the driver has come");
                yield_now().await;
            }
        });
    }

    #[test]
    fn one_caller_alone_moves_its_bytes_itself() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let line = line().await;
            for _ in 0..100 {
                exchange(&line).await;
            }
            let queue = line.enter();
            assert_eq!(queue.link.as_ref().unwrap().writes, 100);
            assert!(
                queue.driver_polls <= 1,
                "{} polls, of which the first is the start",
                queue.driver_polls
            );
        });
    }
}
