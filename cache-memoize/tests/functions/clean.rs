//! No lint has anything to say about what is emitted, in code that allows none of them.
#![deny(warnings, missing_docs, unreachable_pub, unused, rust_2018_idioms)]
#![deny(
    missing_debug_implementations,
    unused_lifetimes,
    unused_qualifications,
    single_use_lifetimes
)]
#![deny(clippy::all, clippy::pedantic)]

use crate::computations::fresh;
use cache_memoize::{CacheKey, cache_memoize};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A documented type.
#[derive(CacheKey, Clone, Debug)]
pub struct Account<T> {
    id: T,
    #[cache_key(skip)]
    seen: u32,
}

/// A documented type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    id: u32,
    number: u32,
}

/// A documented enum.
#[derive(CacheKey, Clone, Copy, Debug)]
pub enum Side {
    /// Here.
    Left(u32),
    /// There.
    Right {
        /// How far.
        far: bool,
    },
    /// Nowhere.
    None,
}

/// A documented function.
#[cache_memoize(ttl = 60)]
#[must_use]
pub fn free(id: u32, name: &str, side: Side) -> u32 {
    fresh((id, name, side))
}

/// A documented function.
///
/// # Errors
/// When it is told to.
#[cache_memoize(
    ttl = Duration::from_secs(u64::from(*id)),
    key = (id, sides.len()),
    extra = name.len(),
    cache_if = |value: &u32| *value > 0,
    cache_err = String::is_empty,
    err_ttl = 5,
    on_hit = |_: &&u32, _: &&str, _: &&[Side]| (),
    on_miss = |_: &&u32, _: &&str, _: &&[Side]| (),
    jitter = 0.1,
    version = 2
)]
pub fn all_options(id: &u32, name: &str, sides: &[Side]) -> Result<u32, String> {
    if sides.is_empty() { Err(name.to_owned()) } else { Ok(fresh(id)) }
}

/// A documented function.
#[cache_memoize(ttl = 60, store_result = false)]
pub fn guarded((left, _): (u32, u32)) {
    fresh(left);
}

/// A documented function.
#[cache_memoize(ttl = 60)]
pub async fn awaited<T: CacheKey + Sync, const N: usize>(ids: &[T; N]) -> u32 {
    std::future::ready(()).await;
    fresh(ids)
}

/// A documented function.
#[cache_memoize(ttl = 60, local, companions = false)]
#[must_use]
pub fn alone(id: u32) -> &'static str {
    if fresh(id) > 0 { "some" } else { "none" }
}

#[cache_memoize(ttl = 60, companions = pub(super))]
fn with_visible_companions(id: u32) -> u32 {
    fresh(id)
}

#[cache_memoize(ttl = 60)]
fn private(id: u32) -> u32 {
    fresh(id)
}

impl<T: CacheKey> Account<T> {
    /// A documented method.
    #[cache_memoize(ttl = 60)]
    #[must_use]
    pub fn balance(&self, of: &str) -> u32 {
        fresh((&self.id, of, self.seen))
    }

    /// A documented method.
    #[cache_memoize(ttl = 60, skip(self))]
    pub async fn movements(&self, mut of: u32) -> u32 {
        of += self.seen;
        std::future::ready(()).await;
        fresh(of)
    }
}

impl Account<u32> {
    /// A documented function.
    #[cache_memoize(ttl = 60, in_impl)]
    #[must_use]
    pub fn open(id: u32) -> Opening {
        Opening { id, number: fresh(id) }
    }
}

/// A documented trait.
pub trait Ranked {
    /// A documented type.
    type Rank;

    /// A documented method.
    fn rank(&self, among: &[u32]) -> Self::Rank;
}

#[cache_memoize]
impl Ranked for Account<u32> {
    type Rank = u32;

    #[cache_memoize(ttl = 60)]
    fn rank(&self, among: &[u32]) -> Self::Rank {
        fresh(among)
    }
}

#[test]
fn it_is_remembered_all_the_same() {
    use crate::support::on_every_kind;

    let account = Account { id: 1, seen: 0 };
    on_every_kind(|kind| {
        assert_eq!(free(1, "a", Side::Left(1)), free(1, "a", Side::Left(1)), "{kind}");
        assert_ne!(free(1, "a", Side::None), free(1, "a", Side::Right { far: true }), "{kind}");
        let sides = [Side::None];
        assert_eq!(all_options(&9, "a", &sides), all_options(&9, "a", &sides), "{kind}");
        guarded((1, 2));
        assert_eq!(alone(1), alone(1), "{kind}");
        assert_eq!(with_visible_companions(1), with_visible_companions(1), "{kind}");
        assert_eq!(private(1), private(1), "{kind}");
        assert_eq!(account.balance("a"), account.balance("a"), "{kind}");
        assert_eq!(account.rank(&[1]), account.rank(&[1]), "{kind}");
        assert_eq!(Account::open(1), Account::open(1), "{kind}");
        crate::support::block_on(async {
            assert_eq!(awaited(&[1]).await, awaited(&[1]).await, "{kind}");
            assert_eq!(account.movements(1).await, account.movements(1).await, "{kind}");
        });
    });
}
