//! What the attribute costs the compiler, and whoever reads `cargo expand`.

use super::expanded;

/// The lines of what becomes of a function and its attribute.
fn lines(source: &str) -> usize {
    let file = syn::parse2(expanded(source)).expect("the expansion is Rust");
    prettyplease::unparse(&file).lines().count()
}

#[test]
fn a_plain_function_takes_less_than_60_lines() {
    for function in [
        "fn exchange_rate(from: &str, to: &str) -> f64 { lookup(from, to) }",
        "pub fn rate(a: u64, b: &str) -> String { lookup(a, b) }",
    ] {
        let lines = lines(&format!("#[cache_memoize(ttl = 300)] {function}"));
        assert!(lines < 60, "{lines} lines of {function}");
    }
}
