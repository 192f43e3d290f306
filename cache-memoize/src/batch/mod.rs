//! The option `batch`: a function of many keys, each of which has a value of its own.
//!
//! A call asks the store for all of its keys at once, takes the leases of those that are missing at once, computes these
//! together, and stores them at once. Every key has its own flight, lease and fence, so that calls whose keys overlap
//! compute a shared key once.

mod asynchronous;
mod blocking;
mod book;
mod call;
mod companions;
mod shape;

pub use call::Batch;
pub use shape::BatchReturn;
use shape::Element;

use crate::rules::Rules;

/// The rules of a function with the option `batch` that takes `&[K]` and returns `R`, for each of its values.
pub fn batch_rules<K, R: BatchReturn<K>>() -> Rules<Element<R, R::Value>> {
    Rules::of_elements(Element::new())
}
