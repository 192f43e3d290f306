//! Async functions: futures that borrow and still travel between threads.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{Cache, CacheKey, cache_memoize, caches};
use std::future::poll_fn;
use std::task::Poll;

#[cache_memoize(ttl = 60)]
async fn borrowing(name: &str, ids: &[u32], user: &User<'_>) -> (String, u32) {
    let greeting = format!("{name}{}", user.name);
    tokio::task::yield_now().await;
    (greeting, fresh(ids))
}

#[derive(CacheKey)]
struct User<'a> {
    name: &'a str,
}

impl User<'_> {
    #[cache_memoize(ttl = 60)]
    async fn rank(&self, of: &str) -> (usize, u32) {
        tokio::task::yield_now().await;
        (self.name.len() + of.len(), fresh(()))
    }
}

#[cache_memoize(ttl = 60)]
async fn owning(name: String, (left, mut right): (u32, u32)) -> (String, u32) {
    right += left;
    tokio::task::yield_now().await;
    (format!("{name}{right}"), fresh(()))
}

#[cache_memoize(ttl = 60, companions = false)]
async fn alone(name: &str) -> Result<u32, std::num::ParseIntError> {
    if name.is_empty() {
        return Ok(fresh(name));
    }
    tokio::task::yield_now().await;
    Ok(name.parse::<u32>()? + fresh(name))
}

#[cache_memoize(ttl = 60)]
async fn countdown(from: u32) -> u32 {
    match from.checked_sub(1) {
        None => 0,
        Some(rest) => Box::pin(countdown(rest)).await + 1,
    }
}

/// Gives way once, like a socket that is not yet ready.
#[cache_memoize(ttl = 60)]
async fn polled(id: u32) -> u32 {
    let mut ready = false;
    poll_fn(|context| {
        if std::mem::replace(&mut ready, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    fresh(id)
}

#[test]
fn they_are_remembered() {
    let user = User { name: "ada" };
    assert_remembered!(
        async ("a", &[1, 2], &user),
        borrowing, refresh_borrowing, peek_borrowing, prime_borrowing, invalidate_borrowing,
        uncached_borrowing,
    );
    assert_remembered!(
        async (&user, "b"),
        User::rank, User::refresh_rank, User::peek_rank, User::prime_rank, User::invalidate_rank,
        User::uncached_rank,
    );
    assert_remembered!(
        async ("a".to_owned(), (1, 2)),
        owning, refresh_owning, peek_owning, prime_owning, invalidate_owning, uncached_owning,
    );
    assert_remembered!(
        async (1),
        polled, refresh_polled, peek_polled, prime_polled, invalidate_polled, uncached_polled,
    );
}

fn travels<F: Future + Send>(future: F) -> F {
    future
}

/// Functions and companions alike: every future is sent to another thread, with what it borrows from there.
#[test]
fn their_futures_travel_between_threads() {
    let cache = Cache::memory();
    let task = async {
        let (name, ids, user) = ("a".to_owned(), vec![1, 2], User { name: "ada" });
        let first = travels(borrowing(&name, &ids, &user)).await;
        assert_eq!(travels(borrowing(&name, &ids, &user)).await, first);
        assert_eq!(
            travels(peek_borrowing(&name, &ids, &user)).await.expect("it works"),
            Some(first)
        );
        let second = travels(refresh_borrowing(&name, &ids, &user)).await;
        travels(prime_borrowing(&name, &ids, &user, second)).await.expect("it works");
        assert!(travels(invalidate_borrowing(&name, &ids, &user)).await.expect("it works"));
        travels(uncached_borrowing(&name, &ids, &user)).await;
        assert_eq!(travels(user.rank("b")).await, travels(user.rank("b")).await);
        assert_eq!(travels(alone("")).await, travels(alone("")).await);
        assert_eq!(travels(countdown(3)).await, 3);
    };
    block_on(async {
        tokio::spawn(caches::scoped_async([("default", cache)], task)).await.expect("no panic");
    });
}

#[test]
fn tasks_share_what_one_of_them_computed() {
    let cache = Cache::memory();
    let values = block_on(async {
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let call = async { alone("7").await.expect("it is a number") };
                tokio::spawn(caches::scoped_async([("default", cache.clone())], call))
            })
            .collect();
        let mut values = Vec::new();
        for task in tasks {
            values.push(task.await.expect("no panic"));
        }
        values
    });
    assert!(values.iter().all(|value| *value == values[0]), "{values:?}");
}

#[test]
fn results_and_recursion_work_as_they_do_without() {
    on_every_kind(|kind| {
        block_on(async {
            assert!(alone("x").await.is_err(), "{kind}");
            assert_eq!(countdown(20).await, 20, "{kind}");
            assert_eq!(peek_countdown(19).await.expect("it works"), Some(19), "{kind}");
        });
    });
}
