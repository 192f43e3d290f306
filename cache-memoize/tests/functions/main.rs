//! Every shape of function: remembered, refreshed, peeked, primed and invalidated, with its signature as
//! it was.

#[macro_use]
mod remembered;

mod arguments;
mod asynchronous;
pub mod clean;
#[path = "../options/computations.rs"]
mod computations;
mod generics;
mod methods;
mod places;
mod renamed;
mod results;
mod signatures;
#[path = "../it/support.rs"]
mod support;
mod trait_impls;
