//! What is refused at compile time: every message names the remedy, and no other error follows.

/// The messages of the attribute and the derive.
#[test]
fn mistakes_are_told_with_their_remedy() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The compiler whose words `types/*.stderr` are. Others say the same in other words.
const RECORDED_WITH: &str = "rustc 1.95.";

/// The messages of the compiler, on types that only it knows.
#[test]
fn types_that_do_not_fit_are_told_with_their_remedy() {
    if !compiler().starts_with(RECORDED_WITH) {
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/compile_fail/types/*.rs");
}

fn compiler() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = std::process::Command::new(rustc).arg("--version").output();
    String::from_utf8_lossy(&output.expect("the compiler that built this test is there").stdout)
        .into()
}
