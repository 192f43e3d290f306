use cache_memoize_core::{Lease, LeaseMode, Token};
use std::collections::HashSet;

/// What a store holds under one key, as the contract has it: told the answers of a real store one
/// by one, it says at which of them the contract was broken.
///
/// A value is the number of the step that wrote it.
#[derive(Default)]
pub(super) struct Model {
    value: Option<usize>,
    standing: Standing,
    issued: HashSet<Token>,
}

/// The token of the key. Whether one that was filled under still stands is up to the store; its
/// next lease shows.
#[derive(Clone, Copy, Default, PartialEq)]
enum Standing {
    #[default]
    Nothing,
    Unspent(Token),
    Spent(Token),
}

/// What the contract says to an answer: nothing, or how it is broken.
pub(super) type Verdict = Result<(), String>;

impl Model {
    pub(super) fn read(&self, seen: Option<usize>) -> Verdict {
        agree(seen == self.value, || {
            format!("it gave {}, where {} is", written(seen), written(self.value))
        })
    }

    pub(super) fn lease(&mut self, mode: LeaseMode, lease: Lease, seen: Option<usize>) -> Verdict {
        self.read(seen)?;
        let joins = mode == LeaseMode::Join;
        match self.standing {
            Standing::Unspent(token) if joins => agree(lease == shared(token), || {
                format!("it gave {lease:?}, where {token:?} stands and is shared")
            }),
            Standing::Spent(token) if joins && lease.token == token => {
                agree(!lease.first, || format!("the spent {token:?} has a first holder again"))
            }
            _ => self.create(lease),
        }
    }

    fn create(&mut self, lease: Lease) -> Verdict {
        agree(lease.first, || format!("{lease:?} is new, and its holder is not the first"))?;
        agree(self.issued.insert(lease.token), || format!("{:?} came twice", lease.token))?;
        self.standing = Standing::Unspent(lease.token);
        Ok(())
    }

    pub(super) fn fill(&mut self, token: Token, step: usize, stored: bool) -> Verdict {
        match self.standing {
            Standing::Unspent(standing) if standing == token => {
                agree(stored, || format!("it refused a fill under {token:?}, which stands"))?;
            }
            Standing::Spent(standing) if standing == token => {}
            _ => agree(!stored, || format!("it took a fill under {token:?}, which was revoked"))?,
        }
        if stored {
            self.value = Some(step);
            self.standing = Standing::Spent(token);
        }
        Ok(())
    }

    pub(super) fn release(&mut self, token: Token) {
        if [Standing::Unspent(token), Standing::Spent(token)].contains(&self.standing) {
            self.standing = Standing::Nothing;
        }
    }

    pub(super) fn put(&mut self, step: usize) {
        self.value = Some(step);
        self.standing = Standing::Nothing;
    }

    pub(super) fn add(&mut self, step: usize, stored: bool) -> Verdict {
        agree(stored == self.value.is_none(), || {
            format!("it said {stored} to an addition, where {} is", written(self.value))
        })?;
        if stored {
            self.put(step);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, found: bool) -> Verdict {
        agree(found == self.value.is_some(), || {
            format!("it said {found} to a removal, where {} is", written(self.value))
        })?;
        self.clear();
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.value = None;
        self.standing = Standing::Nothing;
    }
}

fn shared(token: Token) -> Lease {
    Lease { token, first: false }
}

fn written(value: Option<usize>) -> String {
    value.map_or_else(|| "no value".to_owned(), |step| format!("the value of step {step}"))
}

fn agree(agrees: bool, complaint: impl FnOnce() -> String) -> Verdict {
    if agrees { Ok(()) } else { Err(complaint()) }
}
