//! `on_hit`: called when a stored value is served.

use crate::hooks::{hook_tests, logged};
use std::fmt::Debug;

hook_tests!(on_hit, assert_hit);

/// Asserts that a call logs this once, when it hits.
#[track_caller]
fn assert_hit<R: PartialEq + Debug>(call: impl Fn() -> R, expected: &str) {
    assert_eq!(logged(call), [Vec::new(), vec![expected.to_owned()]]);
}
