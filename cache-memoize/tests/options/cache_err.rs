//! `cache_err`: which errors are stored.

use crate::clocks::assert_never_lives;
use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{ErrorKind, cache_memoize};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Failure {
    Gone(u32),
    Busy(u32),
}

impl Failure {
    fn is_final(&self) -> bool {
        matches!(self, Self::Gone(_))
    }
}

type Alias = Result<u32, Failure>;

fn gone() -> Failure {
    Failure::Gone(fresh(()))
}

fn busy() -> Failure {
    Failure::Busy(fresh(()))
}

#[cache_memoize(ttl = 60, skip(failure))]
fn without(id: u32, failure: Option<Failure>) -> Alias {
    failure.map_or_else(|| Ok(fresh(id)), Err)
}

#[cache_memoize(ttl = 60, skip(failure), cache_err = false)]
fn none(id: u32, failure: Option<Failure>) -> Alias {
    failure.map_or_else(|| Ok(fresh(id)), Err)
}

#[cache_memoize(ttl = 60, skip(failure), cache_err = true)]
fn all(id: u32, failure: Option<Failure>) -> Alias {
    failure.map_or_else(|| Ok(fresh(id)), Err)
}

#[cache_memoize(ttl = 60, skip(failure), cache_err = Failure::is_final)]
fn by_path(id: u32, failure: Option<Failure>) -> Alias {
    failure.map_or_else(|| Ok(fresh(id)), Err)
}

#[cache_memoize(ttl = 60, skip(failure), cache_err = |failure: &Failure| failure.is_final())]
async fn by_closure(id: u32, failure: Option<Failure>) -> Result<u32, Failure> {
    failure.map_or_else(|| Ok(fresh(id)), Err)
}

#[cache_memoize(ttl = 60, key = id, cache_err = |failure| *failure == kept)]
fn of_an_argument(id: u32, failure: u32, kept: u32) -> Result<u32, u32> {
    if failure == 0 { Ok(fresh(id)) } else { Err(failure) }
}

#[cache_memoize(ttl = 60, local, skip(failure), cache_err = true)]
fn of_local_errors(id: u32, failure: Option<Failure>) -> Result<u32, Local> {
    failure.map_or_else(|| Ok(fresh(id)), |failure| Err(Local(failure)))
}

#[derive(Clone, Debug, PartialEq)]
struct Local(Failure);

#[test]
fn without_it_or_with_false_no_error_is_stored() {
    on_every_kind(|kind| {
        assert_never_lives(|| without(1, Some(gone())));
        assert_never_lives(|| none(1, Some(gone())));
        let value = without(1, None);
        assert_eq!(without(1, Some(gone())), value, "{kind}");
    });
}

#[test]
fn with_true_every_error_is_stored_and_every_value() {
    on_every_kind(|kind| {
        let first = all(1, Some(busy()));
        assert!(first.is_err(), "{kind}");
        assert_eq!(all(1, None), first, "{kind}");
        assert_eq!(peek_all(1).expect("it works"), Some(first), "{kind}");
        assert!(invalidate_all(1).expect("it works"), "{kind}");
        let value = all(1, None);
        assert_eq!(all(1, Some(busy())), value, "{kind}");
    });
}

#[test]
fn a_path_or_a_closure_chooses() {
    on_every_kind(|kind| {
        assert_never_lives(|| by_path(1, Some(busy())));
        let first = by_path(1, Some(gone()));
        assert_eq!(by_path(1, None), first, "{kind}");
        block_on(async {
            assert!(by_closure(1, Some(busy())).await.is_err(), "{kind}");
            let first = by_closure(1, Some(gone())).await;
            assert_eq!(by_closure(1, None).await, first, "{kind}");
        });
    });
}

#[test]
fn it_may_speak_of_the_arguments() {
    on_every_kind(|kind| {
        assert_eq!(of_an_argument(1, 4, 5), Err(4), "{kind}");
        assert_eq!(of_an_argument(1, 5, 5), Err(5), "{kind}");
        assert_eq!(of_an_argument(1, 4, 5), Err(5), "{kind}");
    });
}

#[test]
fn local_errors_need_no_serialization() {
    on_every_kind(|kind| {
        let first = of_local_errors(1, Some(busy()));
        assert_eq!(of_local_errors(1, None), first, "{kind}");
    });
}

#[test]
fn an_error_can_be_primed_where_it_is_kept() {
    on_every_kind(|kind| {
        let error = Err(gone());
        prime_by_path(1, error.clone()).expect("it is kept");
        assert_eq!(by_path(1, None), error, "{kind}");
        let refused = prime_by_path(1, Err(busy())).expect_err("it is turned down");
        assert_eq!(refused.kind(), ErrorKind::NotKept, "{kind}");
    });
}
