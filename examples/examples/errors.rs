//! What happens to errors?
//!
//! They are not stored: the next call tries again. `cache_err` stores those that are worth it. A `Result`
//! is recognised by its type, whatever it is called in the signature.

use cache_memoize::cache_memoize;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum LookupError {
    NoSuchUser,
    Timeout,
}

type Lookup<T> = Result<T, LookupError>;

static TRIES: AtomicU32 = AtomicU32::new(0);

/// A user who does not exist will not exist for the next ten seconds either; a timeout may pass.
#[cache_memoize(ttl = 300, cache_err = |error| *error == LookupError::NoSuchUser, err_ttl = 10)]
fn email(user: u32) -> Lookup<String> {
    TRIES.fetch_add(1, Ordering::Relaxed);
    match user {
        0 => Err(LookupError::NoSuchUser),
        1 => Err(LookupError::Timeout),
        _ => Ok(format!("{user}@example.com")),
    }
}

fn main() {
    for user in [0, 1, 2] {
        TRIES.store(0, Ordering::Relaxed);
        let answers = [email(user), email(user), email(user)];
        println!("user {user}: {:?}, asked {} times", answers[0], TRIES.load(Ordering::Relaxed));
    }
}
