//! `in_impl`: an associated function without a receiver.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{CacheKey, cache_memoize};
use serde::{Deserialize, Serialize};

#[derive(CacheKey, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Account<T> {
    id: T,
    number: u32,
}

impl Account<u32> {
    const OFFSET: u32 = 10;

    #[cache_memoize(ttl = 60, in_impl)]
    fn load(id: u32) -> Self {
        Self { id: id + Self::OFFSET, number: fresh(id) }
    }

    #[cache_memoize(ttl = 60, in_impl)]
    fn of_another(other: &Self) -> u32 {
        fresh(other)
    }

    #[cache_memoize(ttl = 60, in_impl)]
    async fn load_async(id: u32) -> Result<Self, String> {
        Ok(Self { id, number: fresh(id) })
    }
}

impl<T> Account<T> {
    #[cache_memoize(ttl = 60, in_impl)]
    fn count(id: u32) -> u32 {
        fresh(id)
    }
}

#[test]
fn its_companions_are_associated_functions() {
    on_every_kind(|kind| {
        let first = Account::load(1);
        assert_eq!(first.id, 11, "{kind}");
        assert_eq!(Account::load(1), first, "{kind}");
        assert_eq!(Account::peek_load(1).expect("it works"), Some(first.clone()), "{kind}");
        assert_ne!(Account::refresh_load(1), first, "{kind}");
        assert!(Account::invalidate_load(1).expect("it works"), "{kind}");
        Account::prime_load(1, first.clone()).expect("it works");
        assert_eq!(Account::load(1), first, "{kind}");
        assert_ne!(Account::uncached_load(1), first, "{kind}");
        assert_eq!(Account::of_another(&first), Account::of_another(&first), "{kind}");
        block_on(async {
            let first = Account::load_async(1).await;
            assert_eq!(Account::load_async(1).await, first, "{kind}");
            assert_eq!(Account::peek_load_async(1).await.expect("it works"), Some(first), "{kind}");
        });
    });
}

#[test]
fn instances_of_a_generic_type_have_entries_of_their_own() {
    on_every_kind(|kind| {
        let first = Account::<u8>::count(1);
        assert_eq!(Account::<u8>::count(1), first, "{kind}");
        assert_ne!(Account::<u16>::count(1), first, "{kind}");
        assert!(Account::<u8>::invalidate_count(1).expect("it works"), "{kind}");
        assert!(Account::<u16>::peek_count(1).expect("it works").is_some(), "{kind}");
    });
}
