//! `on_miss`: called when the function has to compute.

use crate::hooks::{hook_tests, logged};
use std::fmt::Debug;

hook_tests!(on_miss, assert_miss);

/// Asserts that a call logs this once, when it misses.
#[track_caller]
fn assert_miss<R: PartialEq + Debug>(call: impl Fn() -> R, expected: &str) {
    assert_eq!(logged(call), [vec![expected.to_owned()], Vec::new()]);
}
