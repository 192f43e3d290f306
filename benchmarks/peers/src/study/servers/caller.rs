//! Somebody who makes hits, blocking or async, and how a sample of that is taken.

use super::{Place, VALUE, Value};
use crate::RUNS;
use benchmarks::{Failure, Trial};
use fastrand::Rng;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) struct Caller<'a> {
    name: &'static str,
    /// How many hits a pass makes.
    hits: usize,
    /// Makes them. What was found is compared with what should be there if it is told so.
    pass: Pass<'a>,
}

type Pass<'a> = Box<dyn FnMut(bool) -> Result<(), Failure> + 'a>;

/// A client that awaits its answers.
pub(super) trait Client: Send + 'static {
    fn get(&mut self, key: &str) -> impl Future<Output = Result<Value, Failure>> + Send;
}

impl<'a> Caller<'a> {
    pub(super) fn new(
        name: &'static str,
        hits: usize,
        pass: impl FnMut(bool) -> Result<(), Failure> + 'a,
    ) -> Self {
        Self { name, hits, pass: Box::new(pass) }
    }

    /// One that blocks.
    pub(super) fn blocking(
        name: &'static str,
        place: &'a Place,
        mut get: impl FnMut(&str) -> Result<Value, Failure> + 'a,
    ) -> Self {
        Self::new(name, place.keys.len(), move |is_examined| {
            place.keys.iter().try_for_each(|key| take(get(black_box(key))?, is_examined))
        })
    }

    /// One task for each of these clients, all at once.
    pub(super) fn tasks<C: Client>(
        name: &'static str,
        place: &'a Place,
        mut clients: Vec<C>,
    ) -> Self {
        if clients.len() == 1 {
            let mut client = clients.swap_remove(0);
            return Self::new(name, place.keys.len(), move |is_examined| {
                place.runtime.block_on(ask(&mut client, &place.keys, is_examined))
            });
        }
        // Each of many asks for a part of the keys, so that a sample stays short.
        const EACH: usize = 10;
        Self::new(name, clients.len() * EACH, move |is_examined| {
            place.runtime.block_on(async {
                let tasks = clients.drain(..).enumerate().map(|(index, mut client)| {
                    let keys = Arc::clone(&place.keys);
                    tokio::spawn(async move {
                        let first = index * EACH % (keys.len() - EACH + 1);
                        let done = ask(&mut client, &keys[first..first + EACH], is_examined).await;
                        (client, done)
                    })
                });
                let tasks: Vec<_> = tasks.collect();
                let mut outcome = Ok(());
                for task in tasks {
                    let (client, done) = task.await?;
                    clients.push(client);
                    outcome = outcome.and(done);
                }
                outcome
            })
        })
    }

    /// Finds the right value everywhere, and a second time without computing.
    pub(super) fn examined(mut self, kind: &str) -> Result<Self, Failure> {
        let about = |why: Failure| format!("{}, {kind}: {why}", self.name);
        (self.pass)(true).map_err(about)?;
        let mut outcome = Ok(());
        let again = RUNS.during(|| outcome = (self.pass)(true));
        outcome.map_err(about)?;
        match again {
            0 => Ok(self),
            _ => Err(about(format!("computed {again} times what it had stored").into()).into()),
        }
    }

    /// Samples of as many passes as take long enough.
    #[expect(clippy::cast_precision_loss, reason = "there are few hits in a sample")]
    pub(super) fn into_trial(mut self, at_least: Duration) -> Result<Trial<'a, Failure>, Failure> {
        let mut passes = 1;
        while self.time(passes)? < at_least {
            passes *= 2;
        }
        let hits = (passes * self.hits) as f64;
        Ok(Trial::new(self.name, move |_: &mut Rng| {
            let mut elapsed = Ok(Duration::ZERO);
            let computed = RUNS.during(|| elapsed = self.time(passes));
            match computed {
                0 => Ok(elapsed?.as_nanos() as f64 / hits),
                _ => Err(format!(
                    "{} computed {computed} times while its hits were measured",
                    self.name
                )
                .into()),
            }
        }))
    }

    fn time(&mut self, passes: usize) -> Result<Duration, Failure> {
        let began = Instant::now();
        for _ in 0..passes {
            (self.pass)(false)?;
        }
        Ok(began.elapsed())
    }
}

async fn ask<C: Client>(client: &mut C, keys: &[String], is_examined: bool) -> Result<(), Failure> {
    for key in keys {
        take(client.get(black_box(key)).await?, is_examined)?;
    }
    Ok(())
}

pub(super) fn take(value: Value, is_examined: bool) -> Result<(), Failure> {
    if is_examined && value != *VALUE {
        return Err("found another value than was stored".into());
    }
    drop(black_box(value));
    Ok(())
}

/// What bytes from a server mean.
pub(super) fn decoded(bytes: &[u8]) -> Result<Value, Failure> {
    Ok(rmp_serde::from_slice(bytes)?)
}
