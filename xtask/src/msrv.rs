//! The oldest Rust that the published crates promise to build with.

use crate::steps::Step;
use serde_json::Value;

const PUBLISHED: [&str; 5] = [
    "cache-memoize",
    "cache-memoize-core",
    "cache-memoize-macros",
    "cache-memoize-memory",
    "cache-memoize-testkit",
];

/// No dependency asks for a newer Rust than is promised; and where that Rust is installed, it builds them.
/// That the code calls nothing newer, clippy knows.
pub fn check() -> Result<(), String> {
    let metadata =
        Step::cargo("the oldest Rust", &["metadata", "--format-version", "1", "--all-features"])
            .output()?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let promised = promised(&metadata)?;
    no_dependency_asks_for_more(&metadata, &promised)?;
    build_where_installed(&promised)
}

fn promised(metadata: &Value) -> Result<String, String> {
    let facade = packages(metadata).find(|package| package["name"] == PUBLISHED[0]);
    let version = facade.and_then(|package| package["rust_version"].as_str());
    version.map(str::to_owned).ok_or("cache-memoize states no rust-version".to_owned())
}

fn no_dependency_asks_for_more(metadata: &Value, promised: &str) -> Result<(), String> {
    let mut needed: Vec<String> = Vec::new();
    for name in PUBLISHED {
        let tree = Step::cargo("the oldest Rust", &["tree", "--package", name, "--all-features"])
            .with(&["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
            .output()?;
        needed.extend(tree.lines().filter_map(name_and_version));
    }
    let newer = packages(metadata).find(|package| {
        needed.contains(&format!("{} {}", text(package, "name"), text(package, "version")))
            && numbers(text(package, "rust_version")) > numbers(promised)
    });
    match newer {
        None => Ok(()),
        Some(package) => Err(format!(
            "{} {} asks for Rust {}, and {promised} is promised: choose an older version of it, or \
             raise `rust-version`",
            text(package, "name"),
            text(package, "version"),
            text(package, "rust_version"),
        )),
    }
}

fn build_where_installed(promised: &str) -> Result<(), String> {
    let toolchains = Step::program("the oldest Rust", "rustup", &["toolchain", "list"]).output();
    let installed = toolchains.unwrap_or_default();
    let Some(toolchain) = installed.split_whitespace().find(|name| name.starts_with(promised))
    else {
        println!("\n── the oldest Rust: {promised} is not installed, its compiler was not asked");
        return Ok(());
    };
    let packages = PUBLISHED.iter().flat_map(|name| ["--package", *name]).collect::<Vec<_>>();
    Step::program("the oldest Rust", "rustup", &["run", toolchain, "cargo", "check"])
        .with(&["--all-features", "--target-dir", "target/msrv"])
        .with(&packages)
        .run()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

/// `name v1.2.3 (..)`, as a tree has it, without the `v` and what follows.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?.trim_start_matches('v')))
}

/// Major and minor: patches add nothing to build with.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').take(2).map_while(|part| part.parse().ok()).collect()
}
