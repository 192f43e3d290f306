//! Every order in which the steps of a few actors can come, on one key.
//!
//! Each answer of the store is held against a [`Model`] of the contract, and, apart from it,
//! against the law that the contract is made for: what is served after a removal was computed after
//! it.

use super::Subject;
use super::model::{Model, Verdict};
use cache_memoize_core::{Bytes, LeaseMode, Token, Ttl};

pub(super) fn of_two_actors_on_nothing(subject: &Subject) {
    check_every_order(subject, 2, &[]);
}

pub(super) fn of_two_actors_on_a_value(subject: &Subject) {
    check_every_order(subject, 2, &[Step::Put]);
}

pub(super) fn of_three_actors_on_nothing(subject: &Subject) {
    check_every_order(subject, 3, &[]);
}

pub(super) fn of_three_actors_on_a_value(subject: &Subject) {
    check_every_order(subject, 3, &[Step::Put]);
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Get,
    Join,
    Renew,
    Fill,
    Release,
    Put,
    Add,
    Remove,
    Clear,
}

type Script = &'static [Step];

/// What the callers of a store do. A call ends when it is served a value; whoever computes anew
/// goes on.
const SCRIPTS: [Script; 8] = [
    &[Step::Get, Step::Join, Step::Fill],
    &[Step::Join, Step::Fill],
    &[Step::Renew, Step::Fill],
    &[Step::Join, Step::Release],
    &[Step::Put],
    &[Step::Add],
    &[Step::Remove],
    &[Step::Clear],
];

/// Looks at what the actors left behind.
const EPILOGUE: Script = &[Step::Get, Step::Join, Step::Fill, Step::Get];

fn check_every_order(subject: &Subject, actors: usize, prologue: Script) {
    let mut stage = Stage::new(subject);
    for cast in casts(actors) {
        for order in orders(&cast) {
            stage.perform(prologue, &cast, &order);
        }
    }
}

/// Every choice of so many scripts; who is called first and who second makes no difference.
fn casts(actors: usize) -> Vec<Vec<Script>> {
    let mut casts: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..actors {
        casts = casts
            .into_iter()
            .flat_map(|cast| {
                let least = cast.last().copied().unwrap_or(0);
                (least..SCRIPTS.len()).map(move |next| [&cast[..], &[next]].concat())
            })
            .collect();
    }
    casts.into_iter().map(|cast| cast.into_iter().map(|index| SCRIPTS[index]).collect()).collect()
}

/// Every order of the steps in which each actor keeps to its script: whose turn it is, step by
/// step.
fn orders(cast: &[Script]) -> Vec<Vec<usize>> {
    fn extend(left: &mut [usize], order: &mut Vec<usize>, orders: &mut Vec<Vec<usize>>) {
        if left.iter().all(|steps| *steps == 0) {
            orders.push(order.clone());
        }
        for actor in 0..left.len() {
            if left[actor] > 0 {
                left[actor] -= 1;
                order.push(actor);
                extend(left, order, orders);
                order.pop();
                left[actor] += 1;
            }
        }
    }
    let mut left: Vec<usize> = cast.iter().map(|script| script.len()).collect();
    let mut orders = Vec::new();
    extend(&mut left, &mut Vec::new(), &mut orders);
    orders
}

/// One key of a store, on which one order after another is performed; no token may come twice in
/// all of them.
struct Stage<'a> {
    subject: &'a Subject,
    model: Model,
    /// For every value written, by the number of its step: the step at which its computation began.
    begun: Vec<usize>,
    last_removal: usize,
    log: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Actor {
    lease: Option<(Token, usize)>,
    is_served: bool,
}

const KEY: &str = "key";

impl<'a> Stage<'a> {
    fn new(subject: &'a Subject) -> Self {
        Self { subject, model: Model::default(), begun: vec![], last_removal: 0, log: vec![] }
    }

    fn perform(&mut self, prologue: Script, cast: &[Script], order: &[usize]) {
        self.log.clear();
        self.act("before", &mut Actor::default(), Step::Remove);
        for step in prologue {
            self.act("before", &mut Actor::default(), *step);
        }
        let mut actors = vec![(Actor::default(), 0); cast.len()];
        for index in order {
            let (actor, steps) = &mut actors[*index];
            let step = cast[*index][*steps];
            *steps += 1;
            let is_call = cast[*index][0] == Step::Get;
            if !(is_call && actor.is_served) {
                self.act(["A", "B", "C"][*index], actor, step);
            }
        }
        let mut observer = Actor::default();
        for step in EPILOGUE {
            self.act("after", &mut observer, *step);
        }
    }

    fn act(&mut self, name: &str, actor: &mut Actor, step: Step) {
        let number = self.begun.len();
        self.begun.push(number);
        self.log.push(format!("step {number}, {name}: {step:?}"));
        if let Err(complaint) = self.ask(actor, step, number) {
            let log = self.log.join("\n  ");
            panic!("the contract was broken, {complaint}; the order was\n  {log}");
        }
    }

    fn ask(&mut self, actor: &mut Actor, step: Step, number: usize) -> Verdict {
        match step {
            Step::Get => {
                let seen = self.subject.get(KEY);
                let seen = self.serve(actor, seen)?;
                self.model.read(seen)
            }
            Step::Join => self.lease(actor, LeaseMode::Join, number),
            Step::Renew => self.lease(actor, LeaseMode::Renew, number),
            Step::Fill => {
                let (token, begun) = actor.lease.expect("a script leases before it fills");
                self.begun[number] = begun;
                let stored = self.subject.fill(KEY, token, number.to_string());
                self.model.fill(token, number, stored)
            }
            Step::Release => {
                let (token, _) = actor.lease.expect("a script leases before it releases");
                self.subject.release(KEY, token);
                self.model.release(token);
                Ok(())
            }
            Step::Put => {
                self.subject.put(KEY, number.to_string());
                self.model.put(number);
                Ok(())
            }
            Step::Add => {
                let stored = self.subject.add(KEY, number.to_string());
                self.model.add(number, stored)
            }
            Step::Remove => {
                let found = self.subject.remove(KEY);
                self.last_removal = number;
                self.model.remove(found)
            }
            Step::Clear => {
                self.subject.clear();
                self.last_removal = number;
                self.model.clear();
                Ok(())
            }
        }
    }

    fn lease(&mut self, actor: &mut Actor, mode: LeaseMode, number: usize) -> Verdict {
        let (lease, handed) = self.subject.lease(KEY, Ttl::Forever, mode);
        actor.lease = Some((lease.token, number));
        let seen = self.serve(actor, handed)?;
        self.model.lease(mode, lease, seen)
    }

    /// The law: what is served was computed after the last removal.
    fn serve(&self, actor: &mut Actor, value: Option<Bytes>) -> Result<Option<usize>, String> {
        let Some(value) = value else { return Ok(None) };
        actor.is_served = true;
        let step: usize = std::str::from_utf8(&value)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or("a value is none of those written")?;
        let begun = *self.begun.get(step).ok_or("a value is none of those written")?;
        if begun < self.last_removal {
            let removal = self.last_removal;
            return Err(format!("a value begun at step {begun} outlived the removal at {removal}"));
        }
        Ok(Some(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choice_of_scripts_is_left_out() {
        assert_eq!(casts(2).len(), 36);
        assert_eq!(casts(3).len(), 120);
    }

    #[test]
    fn no_order_is_left_out() {
        let call = SCRIPTS[0];
        assert_eq!(orders(&[&[Step::Put], &[Step::Add]]), [vec![0, 1], vec![1, 0]]);
        assert_eq!(orders(&[call, call]).len(), 20);
        assert_eq!(orders(&[call, call, call]).len(), 1680);
    }
}
