use super::link::{Exchange, Failure, Link};
use super::seats::Seats;
use super::stream::Stream;
use crate::fault::{Fault, Outcome};
use crate::moment::Moment;
use crate::wire::{Answers, Expected, Request};
use cache_memoize_core::StoreErrorKind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

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

/// What came for a caller.
pub(super) type Heard = Result<Answers, Loss>;

/// The connection is lost, and the answers with it.
pub(super) struct Loss {
    pub(super) fault: Fault,
    /// Another caller is the reason.
    is_of_others: bool,
    /// A part of the answer had come.
    is_begun: bool,
    /// How many exchanges there had been until then, those under way included.
    begun: u64,
}

/// Why a question is not taken.
pub(super) enum Refused {
    /// The connection is lost.
    Lost,
    /// Others are at something that takes long.
    Clogged,
    /// It cannot be asked.
    Unfit(Fault),
}

struct Queue {
    /// What is asked since the last write, by whom, and what they will get.
    request: Request,
    exchanges: Vec<Exchange>,
    expected: Vec<Expected>,
    seats: Seats,
    /// `None` while somebody moves bytes, and when the connection is lost.
    link: Option<Box<Link>>,
    is_lost: bool,
    is_clogged: bool,
    /// Exchanges that are not answered.
    open: usize,
    /// All exchanges that there were.
    begun: u64,
    /// How many asked together the last time.
    crowd: usize,
    /// The driver moves the bytes.
    is_shared: bool,
    /// The driver is woken because of a question, behind which others may come.
    is_called: bool,
    driver: Option<Waker>,
}

impl Line {
    pub(super) fn new(stream: Stream) -> Arc<Self> {
        let queue = Queue {
            request: Request::in_one_piece(),
            exchanges: Vec::new(),
            expected: Vec::new(),
            seats: Seats::default(),
            link: Some(Box::new(Link::new(stream))),
            is_lost: false,
            is_clogged: false,
            open: 0,
            begun: 0,
            crowd: 0,
            is_shared: false,
            is_called: false,
            driver: None,
        };
        // Drawn when the connection stands: what it leads to was there before.
        Arc::new(Self { queue: Mutex::new(queue), made: Moment::now() })
    }

    /// Takes a question, to be answered until `deadline`. It is sent when the answer is waited for. Who has not `begun`
    /// may be sent away.
    pub(super) fn ask(
        &self,
        deadline: Instant,
        has_begun: bool,
        question: impl FnOnce(&mut Request, Moment) -> Outcome<()>,
    ) -> Result<Waiting<'_>, Refused> {
        let mut queue = self.enter();
        if queue.is_lost {
            return Err(Refused::Lost);
        }
        if !has_begun && (queue.is_clogged || queue.request.backlog() > BACKLOG) {
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
        let woken = queue.lose(&fault, true);
        drop(queue);
        drop(link);
        woken.into_iter().for_each(Waker::wake);
    }

    pub(super) fn is_lost(&self) -> bool {
        self.enter().is_lost
    }

    /// Nobody waits for an answer.
    pub(super) fn is_idle(&self) -> bool {
        self.enter().open == 0
    }

    /// Moves bytes for all, as the driver; ready when there is nothing to be done any more.
    pub(super) fn drive(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut queue = self.enter();
        if std::mem::take(&mut queue.is_called) && !queue.is_lost {
            // Those who are about to ask come first, and their questions go into the same write.
            drop(queue);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
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

impl Queue {
    fn add(&mut self, deadline: Instant) -> usize {
        let seat = self.seats.take();
        let expected = self.request.expected();
        self.exchanges.push(Exchange { seat, commands: expected.len(), deadline });
        self.expected.extend_from_slice(expected);
        self.open += 1;
        self.begun += 1;
        seat
    }

    /// The driver, if it is to be woken: there are others, or there will be, since those who asked together last time
    /// were answered together and come back.
    fn call_for_company(&mut self) -> Option<Waker> {
        self.is_shared |= self.open > 1 || self.crowd > 1;
        if !self.is_shared {
            return None;
        }
        self.is_called |= self.driver.is_some();
        self.driver.take()
    }

    /// Ends it for everybody. Gives whom to wake.
    fn lose(&mut self, fault: &Fault, is_of_others: bool) -> Vec<Waker> {
        self.is_lost = true;
        let begun = self.begun;
        let mut woken = self
            .seats
            .serve_all(|| Err(Loss { fault: fault.again(), is_of_others, is_begun: false, begun }));
        woken.extend(self.driver.take());
        woken
    }

    /// What came of moving bytes. Gives whom to wake.
    fn settle(&mut self, mut link: Box<Link>, driven: Result<(), Failure>) -> Vec<Waker> {
        let mut woken = Vec::new();
        for (seat, answers) in link.answered() {
            self.open = self.open.saturating_sub(1);
            woken.extend(self.seats.serve(seat, Ok(answers)));
        }
        if self.is_lost {
            return woken;
        }
        match driven {
            Err(failure) => woken.extend(self.fail(&link, failure)),
            Ok(()) if link.has_surplus() => {
                let fault = Fault::protocol("it answered more than it was asked");
                woken.extend(self.lose(&fault, true));
            }
            Ok(()) => {
                self.is_clogged = link.is_clogged();
                self.link = Some(link);
            }
        }
        woken
    }

    /// The connection is of no use any more. Those with whom it began are told so, and the others that it was not for them.
    fn fail(&mut self, link: &Link, failure: Failure) -> Vec<Waker> {
        let (seats, fault, for_others, is_of_others) = match failure {
            Failure::Broken(fault) => {
                let half_answered = link.half_answered().into_iter().collect();
                (half_answered, fault.again(), fault, false)
            }
            Failure::Wrong { seat, fault } => {
                let for_others = Fault::new(StoreErrorKind::Unavailable, WRONG_FOR_OTHERS);
                (vec![seat], fault, for_others, true)
            }
            Failure::Late(moment) => {
                let late: Vec<_> = link.late(moment).collect();
                (late, Fault::timeout(LATE), Fault::timeout(LATE_FOR_OTHERS), true)
            }
        };
        let mut woken = Vec::new();
        for seat in seats {
            let begun = self.begun;
            let loss = Loss { fault: fault.again(), is_of_others: false, is_begun: true, begun };
            woken.extend(self.seats.serve(seat, Err(loss)));
        }
        woken.extend(self.lose(&for_others, is_of_others));
        woken
    }
}

pub(super) const LATE: &str =
    "no answer in time; look whether it is overloaded, or raise `timeout`";
const LATE_FOR_OTHERS: &str = "the connection was given up, since another caller had no answer in time; look whether the \
     server is overloaded, or raise `timeout`";
const WRONG_FOR_OTHERS: &str = "the connection was given up, since another caller had a wrong answer; look whether another \
     server listens there";

impl Loss {
    /// Whether there is a point in asking again, for a caller who began so many exchanges over this connection: others
    /// used it before, and it may have been broken since; or it was given up for another's sake.
    pub(super) fn is_worth_another_try(&self, own: u64) -> bool {
        !self.is_begun && (self.is_of_others || self.begun > own)
    }
}

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
        let is_to_come = queue.seats.leave(self.seat);
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
