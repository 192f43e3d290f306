//! `companions`: whether and how visible the companions are.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{CacheKey, cache_memoize};
use std::num::ParseIntError;

mod rates {
    use super::*;

    #[cache_memoize(ttl = 60)]
    pub(super) fn like_the_function(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = true)]
    pub(super) fn wanted(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = pub(super))]
    fn bare(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = "pub(crate)")]
    fn in_quotes(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = pub)]
    fn public(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = pub(in crate::companions))]
    fn in_a_path(id: u32) -> u32 {
        fresh(id)
    }

    pub(super) fn all(id: u32) -> [u32; 4] {
        [bare(id), in_quotes(id), public(id), in_a_path(id)]
    }
}

#[cache_memoize(ttl = 60, companions = false)]
fn alone(id: u32) -> u32 {
    fresh(id)
}

/// The name of a companion that is not there is free.
fn invalidate_alone(id: u32) -> u32 {
    id
}

#[cache_memoize(ttl = 60, companions = false)]
fn alone_with_all_there_is<T>(
    text: &str,
    (left, mut right): (u32, u32),
    other: T,
    scale: impl Fn(u64) -> u64 + CacheKey,
) -> Result<(u64, u32), ParseIntError>
where
    T: CacheKey + Copy + Into<u64>,
{
    right += 1;
    if text.is_empty() {
        return Ok((0, fresh(text)));
    }
    let parsed: u64 = text.parse()?;
    Ok((scale(parsed) + u64::from(left + right) + other.into(), fresh(text)))
}

#[cache_memoize(ttl = 60, companions = false)]
async fn alone_async(
    text: &str,
    (left, mut right): (u32, u32),
) -> Result<(u32, u32), ParseIntError> {
    right += 1;
    if text.is_empty() {
        return Ok((0, fresh(text)));
    }
    tokio::task::yield_now().await;
    let parsed: u32 = text.parse()?;
    Ok((parsed + left + right, fresh(text)))
}

#[derive(CacheKey, Clone)]
struct Shop {
    tenant: u32,
}

impl Shop {
    #[cache_memoize(ttl = 60, companions = false)]
    fn by_reference(&self, mut id: u32) -> Option<(u32, u32)> {
        id += 1;
        let left = self.tenant.checked_sub(id)?;
        Some((left, fresh(id)))
    }

    #[cache_memoize(ttl = 60, companions = false, skip(self))]
    fn by_mutable_reference(&mut self, id: u32) -> (u32, u32) {
        self.tenant += 1;
        (self.tenant, fresh(id))
    }

    #[cache_memoize(ttl = 60, companions = false)]
    fn by_value(mut self, id: u32) -> (u32, u32) {
        self.tenant += id;
        (self.tenant, fresh(id))
    }

    #[cache_memoize(ttl = 60, companions = false)]
    async fn by_reference_async(&self, id: &str) -> Result<(u32, u32), ParseIntError> {
        if id.is_empty() {
            return Ok((self.tenant, 0));
        }
        Ok((self.tenant + id.parse::<u32>()?, fresh(id)))
    }

    #[cache_memoize(ttl = 60, companions = false, in_impl)]
    fn associated(id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, companions = pub(crate))]
    fn visible(&self) -> u32 {
        fresh(self.tenant)
    }
}

#[test]
fn they_are_as_visible_as_it_says() {
    on_every_kind(|kind| {
        let first = rates::like_the_function(1);
        assert_eq!(rates::peek_like_the_function(1).expect("it works"), Some(first), "{kind}");
        let first = rates::wanted(1);
        assert_eq!(rates::peek_wanted(1).expect("it works"), Some(first), "{kind}");
        let first = rates::all(1);
        let peeked = [
            rates::peek_bare(1),
            rates::peek_in_quotes(1),
            rates::peek_public(1),
            rates::peek_in_a_path(1),
        ];
        assert_eq!(peeked.map(|value| value.expect("it works")), first.map(Some), "{kind}");
        let shop = Shop { tenant: 1 };
        let first = shop.visible();
        assert_eq!(shop.peek_visible().expect("it works"), Some(first), "{kind}");
    });
}

#[test]
fn without_them_a_function_stands_alone() {
    on_every_kind(|kind| {
        assert_eq!(alone(1), alone(1), "{kind}");
        assert_ne!(alone(1), alone(2), "{kind}");
        block_on(async {
            let first = alone_async("5", (1, 2)).await.expect("it is a number");
            assert_eq!(first.0, 9, "{kind}");
            assert_eq!(alone_async("5", (1, 2)).await, Ok(first), "{kind}");
            assert_eq!(alone_async("", (1, 2)).await, alone_async("", (1, 2)).await, "{kind}");
            assert!(alone_async("x", (1, 2)).await.is_err(), "{kind}");
        });
    });
    assert_eq!(invalidate_alone(1), 1);
}

#[test]
fn without_them_methods_stand_alone() {
    on_every_kind(|kind| {
        let mut shop = Shop { tenant: 7 };
        assert_eq!(shop.by_reference(1).map(|it| it.0), Some(5), "{kind}");
        assert_eq!(shop.by_reference(1), shop.by_reference(1), "{kind}");
        assert_eq!(shop.by_reference(9), None, "{kind}");
        assert_eq!(shop.clone().by_value(1), shop.clone().by_value(1), "{kind}");
        assert_ne!(shop.clone().by_value(1), shop.clone().by_value(2), "{kind}");
        assert_eq!(Shop::associated(1), Shop::associated(1), "{kind}");
        block_on(async {
            let first = shop.by_reference_async("2").await.expect("it is a number");
            assert_eq!(first.0, 9, "{kind}");
            assert_eq!(shop.by_reference_async("2").await, Ok(first), "{kind}");
            assert_eq!(shop.by_reference_async("").await, Ok((7, 0)), "{kind}");
            assert!(shop.by_reference_async("x").await.is_err(), "{kind}");
        });
        assert_eq!(shop.by_mutable_reference(1), shop.by_mutable_reference(1), "{kind}");
        assert_eq!(shop.tenant, 8, "{kind}: it ran once");
    });
}
