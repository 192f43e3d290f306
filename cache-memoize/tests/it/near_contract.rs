//! The storage contract, put to near tiers, as far as a cache can be asked what the suite asks of a store.

use crate::near_store::{Awaited, Blocking, Calls, near_store};
use cache_memoize::{Memcached, Memory, Redis};
use cache_memoize_testkit::conformance::clauses;
use cache_memoize_testkit::servers::{MemcachedServer, RedisServer};
use cache_memoize_testkit::{Clause, Counts, Face, FakeClock, Fixture};
use std::sync::Arc;
use std::thread;

/// The other clauses ask for what a cache does not do: to add, to count, to touch, to clear, to say who was
/// first, to share a token by number, or to compute although there is a value.
const ASKED: [&str; 22] = [
    "values::what_is_put_is_got",
    "values::what_was_never_put_is_not_got",
    "values::a_put_replaces_the_value",
    "values::any_byte_is_a_value",
    "values::a_large_value_is_whole",
    "values::keys_are_told_apart",
    "values::keys_at_their_limits_are_keys",
    "values::many_keys_are_read_in_their_order",
    "values::many_keys_are_removed_in_their_order",
    "values::no_keys_are_no_trouble",
    "values::a_removal_says_whether_a_value_was_there",
    "values::a_removal_leaves_other_keys_alone",
    "leases::a_fill_under_a_standing_token_is_stored",
    "leases::a_renewal_revokes",
    "leases::a_renewal_leaves_the_value_readable",
    "leases::a_put_revokes",
    "leases::a_removal_revokes_without_a_value",
    "leases::a_removal_of_many_revokes_all_and_no_other",
    "concurrency::a_fill_among_many_is_stored",
    "concurrency::one_removal_of_many_finds_the_value",
    "concurrency::a_value_is_read_whole",
    "concurrency::no_removed_value_comes_back",
];

/// Asked where time costs nothing, or little.
const ASKED_OF_TIME: [&str; 5] = [
    "ttl::a_value_lives_as_long_as_told",
    "ttl::a_filled_value_lives_as_long_as_told",
    "ttl::a_put_replaces_the_lifetime",
    "ttl::an_expired_value_is_not_removed",
    "ttl::an_expired_value_is_not_handed_over",
];

#[test]
fn near_tiers_that_are_told_at_once_keep_the_contract_together() {
    assert_kept(&[&ASKED[..], &ASKED_OF_TIME].concat(), |calls| {
        let clock = FakeClock::new();
        let memory = Memory::builder().clock(clock.clone()).build();
        Fixture::new(near_store(calls, Counts::new().wrap(&memory.into()), 2)).fake_time(clock)
    });
}

#[test]
fn a_near_tier_in_front_of_redis_keeps_the_contract() {
    assert_kept(&[&ASKED[..], &ASKED_OF_TIME].concat(), |calls| {
        let server = RedisServer::start();
        let redis = Redis::open(&server.unix_url()).expect("the URL is right");
        Fixture::new(near_store(calls, redis, 1)).keep(server)
    });
}

#[test]
fn a_near_tier_in_front_of_memcached_keeps_the_contract() {
    assert_kept(&ASKED, |calls| {
        let server = MemcachedServer::start_unix();
        let memcached = Memcached::open(&server.url()).expect("the URL is right");
        Fixture::new(near_store(calls, memcached, 1)).largest_value(100_000).keep(server)
    });
}

fn assert_kept(asked: &[&str], fixture: impl Fn(Arc<dyn Calls>) -> Fixture + Sync) {
    let clauses: Vec<Clause> =
        clauses().into_iter().filter(|clause| asked.contains(&clause.name())).collect();
    assert_eq!(clauses.len(), asked.len(), "a clause has another name by now");
    let faces: [Arc<dyn Calls>; 2] = [Arc::new(Blocking), Arc::new(Awaited::new())];
    for calls in faces {
        for clause in &clauses {
            let check = || clause.check(Face::Blocking, fixture(calls.clone()));
            let kept = thread::scope(|scope| scope.spawn(check).join());
            let (name, face) = (clause.name(), calls.name());
            assert!(kept.is_ok(), "broken, for the reason above: {name} ({face})");
        }
    }
}
