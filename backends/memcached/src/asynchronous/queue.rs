use super::link::{Exchange, Failure, Link};
use super::seats::Seats;
use crate::deadline::Deadline;
use crate::fault::Fault;
use crate::wire::{Answers, Expected, Request};
use cache_memoize_core::StoreErrorKind;
use std::task::Waker;
use std::time::Instant;

/// What waits to be sent over a shared connection, and who waits for answers.
pub(super) struct Queue {
    /// What is asked since the last write, by whom, and what they will get.
    pub(super) request: Request,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) expected: Vec<Expected>,
    pub(super) seats: Seats,
    /// `None` while somebody moves bytes, and when the connection is lost.
    pub(super) link: Option<Box<Link>>,
    pub(super) is_lost: bool,
    pub(super) is_clogged: bool,
    /// Exchanges that are not answered.
    pub(super) open: usize,
    /// All exchanges that there were.
    pub(super) begun: u64,
    /// How many asked together the last time.
    pub(super) crowd: usize,
    /// The driver moves the bytes.
    pub(super) is_shared: bool,
    /// The driver is woken because of a question, behind which others may come.
    pub(super) is_called: bool,
    pub(super) driver: Option<Waker>,
    /// The deadline of the first that was asked since the driver was last there, where it is waited for.
    pub(super) waiting_since: Option<Instant>,
    #[cfg(test)]
    pub(super) driver_polls: usize,
}

impl Queue {
    pub(super) fn new(link: Link) -> Self {
        Self {
            request: Request::in_one_piece(),
            exchanges: Vec::new(),
            expected: Vec::new(),
            seats: Seats::default(),
            link: Some(Box::new(link)),
            is_lost: false,
            is_clogged: false,
            open: 0,
            begun: 0,
            crowd: 0,
            is_shared: false,
            is_called: false,
            driver: None,
            waiting_since: None,
            #[cfg(test)]
            driver_polls: 0,
        }
    }

    pub(super) fn add(&mut self, deadline: Deadline) -> usize {
        let seat = self.seats.take();
        let expected = self.request.expected();
        let (commands, length) = (expected.len(), self.request.length());
        self.exchanges.push(Exchange { seat, commands, length, deadline: deadline.instant() });
        self.expected.extend_from_slice(expected);
        self.open += 1;
        self.begun += 1;
        seat
    }

    /// The driver, if it is to be woken: there are others, or there will be, since those who asked together last time
    /// were answered together and come back.
    pub(super) fn call_for_company(&mut self) -> Option<Waker> {
        self.is_shared |= self.open > 1 || self.crowd > 1;
        if !self.is_shared {
            return None;
        }
        let first = self.exchanges.first().map(|exchange| exchange.deadline);
        self.waiting_since = self.waiting_since.or(first);
        self.is_called |= self.driver.is_some();
        self.driver.take()
    }

    /// Whether others have waited for the driver for half of their time, since it was woken on a thread that somebody blocks.
    /// Whoever asks now, until `deadline`, had better go another way.
    pub(super) fn is_deserted(&self, deadline: Deadline) -> bool {
        self.waiting_since.is_some_and(|end| deadline.comes_half_a_limit_after(end))
    }

    /// The caller who waits there does so no more. Says whether the answer is still to come: a question that was not sent
    /// yet is taken back.
    pub(super) fn leave(&mut self, seat: usize) -> bool {
        if self.withdraw(seat) {
            self.seats.give_back(seat);
            return false;
        }
        self.seats.leave(seat)
    }

    /// Takes back the questions that were not sent in time, for want of somebody to send them: what they write may be
    /// outdated. Gives whom to wake.
    pub(super) fn withdraw_late(&mut self, now: Instant) -> Vec<Waker> {
        let late = self.exchanges.iter().filter(|exchange| exchange.deadline <= now);
        let late: Vec<usize> = late.map(|exchange| exchange.seat).collect();
        let mut woken = Vec::new();
        for seat in late {
            self.withdraw(seat);
            let loss = Loss { fault: Fault::timeout(UNSENT), is_own: true, begun: self.begun };
            woken.extend(self.seats.serve(seat, Err(loss)));
        }
        woken
    }

    /// Takes back what is asked from this seat; false if it was sent.
    fn withdraw(&mut self, seat: usize) -> bool {
        let Some(index) = self.exchanges.iter().position(|it| it.seat == seat) else {
            return false;
        };
        let before = &self.exchanges[..index];
        let text: usize = before.iter().map(|it| it.length).sum();
        let expected: usize = before.iter().map(|it| it.commands).sum();
        let gone = self.exchanges.remove(index);
        self.request.cut(text..text + gone.length);
        self.expected.drain(expected..expected + gone.commands);
        self.open = self.open.saturating_sub(1);
        true
    }

    /// Ends it for everybody. Gives whom to wake.
    pub(super) fn lose(&mut self, fault: &Fault) -> Vec<Waker> {
        self.is_lost = true;
        let begun = self.begun;
        let loss = || Err(Loss { fault: fault.again(), is_own: false, begun });
        let mut woken = self.seats.serve_all(loss);
        woken.extend(self.driver.take());
        woken
    }

    /// What came of moving bytes. Gives whom to wake.
    pub(super) fn settle(
        &mut self,
        mut link: Box<Link>,
        driven: Result<(), Failure>,
    ) -> Vec<Waker> {
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
                woken.extend(self.lose(&fault));
            }
            Ok(()) => {
                self.is_clogged = link.is_clogged();
                self.link = Some(link);
            }
        }
        woken
    }

    /// The connection is of no use any more. Those with whom that began are told so, and the others that it was not for
    /// them.
    fn fail(&mut self, link: &Link, failure: Failure) -> Vec<Waker> {
        let (own, fault, for_others) = match failure {
            Failure::Broken(fault) => return self.lose(&fault),
            Failure::Wrong { seat, fault } => {
                (vec![seat], fault, Fault::new(StoreErrorKind::Unavailable, WRONG_FOR_OTHERS))
            }
            Failure::Late(moment) => {
                let late = link.late(moment).collect();
                (late, Fault::timeout(LATE), Fault::timeout(LATE_FOR_OTHERS))
            }
        };
        let mut woken = Vec::new();
        for seat in own {
            let loss = Loss { fault: fault.again(), is_own: true, begun: self.begun };
            woken.extend(self.seats.serve(seat, Err(loss)));
        }
        woken.extend(self.lose(&for_others));
        woken
    }
}

/// What came for a caller.
pub(super) type Heard = Result<Answers, Loss>;

/// The connection is lost, and the answers with it.
pub(super) struct Loss {
    pub(super) fault: Fault,
    /// It is lost because of what came, or did not come, for this caller.
    is_own: bool,
    /// How many exchanges there had been until then, those under way included.
    begun: u64,
}

impl Loss {
    /// Whether there is a point in asking again, for a caller who began so many exchanges over this connection: others
    /// used it too, and it was broken before, or is lost for their sake.
    pub(super) fn is_worth_another_try(&self, own: u64) -> bool {
        !self.is_own && self.begun > own
    }
}

pub(super) const LATE: &str =
    "no answer in time; look whether it is overloaded, or raise `timeout`";
const UNSENT: &str = "it was not asked in time, since a thread of the runtime was blocked; look for an async function that blocks, or \
     raise `timeout`";
const LATE_FOR_OTHERS: &str = "the connection was given up, since another caller had no answer in time; look whether the \
     server is overloaded, or raise `timeout`";
const WRONG_FOR_OTHERS: &str = "the connection was given up, since another caller had a wrong answer; look whether another \
     server listens there";
