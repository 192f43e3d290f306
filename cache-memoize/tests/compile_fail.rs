//! What is refused at compile time: every message names the remedy, and no other error follows.

/// The messages of the attribute and the derive.
#[test]
fn mistakes_are_told_with_their_remedy() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The messages of the compiler, on types that only it knows.
#[test]
fn types_that_do_not_fit_are_told_with_their_remedy() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/types/*.rs");
}
