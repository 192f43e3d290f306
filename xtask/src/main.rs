//! The commands of the developers and of CI.
//!
//! | command | does |
//! |---|---|
//! | `cargo xtask test` | installs the servers and the Python that the tests need, then runs every test |
//! | `cargo xtask ci` | everything that has to hold before a change lands |
//! | `cargo xtask lint` | formatting, clippy over the feature sets, docs, dependencies |
//! | `cargo xtask model` | only the model checks, with more schedules |
//! | `cargo xtask peers` | what the README says of other libraries |
//! | `cargo xtask study` | the measurements that anybody can repeat; `cargo xtask study NAME` makes one |

mod msrv;
mod peers;
mod programs;
mod python;
mod steps;
mod study;

use std::process::ExitCode;
use steps::Step;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::env::set_current_dir(root).expect("this program runs where it was built");
    let done = match words.as_slice() {
        ["test", filter @ ..] => test(filter),
        ["lint"] => lint(),
        ["ci"] => ci(),
        ["model"] => model(),
        ["msrv"] => msrv::check(),
        ["peers"] => peers::check(),
        ["study", rest @ ..] => study::run(rest),
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("\nxtask: {what}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), String>;

fn usage() -> ExitCode {
    eprintln!(
        "usage: cargo xtask test [FILTER] | lint | ci | model | peers | study [NAME [OPTIONS]]"
    );
    ExitCode::from(2)
}

/// Everything that has to hold before a change lands, the quickest first.
fn ci() -> Done {
    lint()?;
    programs::install(programs::SERVERS)?;
    reader_in_python()?;
    tests(&[])?;
    peers::check()?;
    quickstart()
}

fn test(filter: &[&str]) -> Done {
    programs::install(programs::SERVERS)?;
    if let Err(why) = reader_in_python() {
        println!("\n── without Python, its tests check nothing: {why}");
    }
    tests(filter)
}

/// The Python that reads and writes entries with `docs/read_entry.py`; the tests know where it is.
fn reader_in_python() -> Done {
    python::with("target/python", "docs/requirements.txt").map(|_| ())
}

fn tests(filter: &[&str]) -> Done {
    Step::cargo(
        "the tests",
        &["nextest", "run", "--workspace", "--all-features", "--no-fail-fast"],
    )
    .otherwise(&[
        "test",
        "--workspace",
        "--all-features",
        "--lib",
        "--bins",
        "--tests",
        "--examples",
    ])
    .with(filter)
    .run()?;
    if filter.is_empty() {
        Step::cargo(
            "the examples in the documentation",
            &["test", "--workspace", "--all-features", "--doc"],
        )
        .run()?;
    }
    Ok(())
}

fn lint() -> Done {
    Step::cargo("formatting", &["fmt", "--all", "--check"]).run()?;
    for features in FEATURE_SETS {
        Step::cargo("a feature set", &["clippy", "--quiet", "--package", "cache-memoize"])
            .with(features)
            .with(&["--", "--deny", "warnings"])
            .run()?;
    }
    Step::cargo(
        "clippy over everything",
        &["clippy", "--workspace", "--all-targets", "--all-features"],
    )
    .with(&["--", "--deny", "warnings"])
    .run()?;
    Step::cargo("the documentation", &["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "--deny warnings")
        .run()?;
    no_runtime()?;
    msrv::check()
}

/// Every feature alone, none, and the default: what a user may ask for has to build.
const FEATURE_SETS: &[&[&str]] = &[
    &["--no-default-features"],
    &["--no-default-features", "--features", "memory"],
    &["--no-default-features", "--features", "msgpack"],
    &["--no-default-features", "--features", "json"],
    &["--no-default-features", "--features", "postcard"],
    &["--no-default-features", "--features", "zlib"],
    &["--no-default-features", "--features", "zstd"],
    &["--no-default-features", "--features", "lz4"],
    &["--no-default-features", "--features", "lzma"],
    &["--no-default-features", "--features", "bytes,chrono,rust_decimal,time,url,uuid"],
    &["--no-default-features", "--features", "tracing"],
    &["--no-default-features", "--features", "metrics"],
    &["--no-default-features", "--features", "redis"],
    &["--no-default-features", "--features", "redis,tls"],
    &["--no-default-features", "--features", "redis,tokio"],
    &["--no-default-features", "--features", "memcached"],
    &["--no-default-features", "--features", "memcached,tokio"],
    &["--features", "redis,memcached"],
    &[],
];

/// The quickstart of the README runs, and prints what it promises.
fn quickstart() -> Done {
    Step::cargo(
        "the quickstart",
        &["run", "--quiet", "--package", "examples", "--example", "quickstart"],
    )
    .run()
}

/// A sync program pulls no async runtime.
fn no_runtime() -> Done {
    let features =
        ["--features", "redis,memcached,tls,json,postcard,zstd,lz4,lzma,tracing,metrics"];
    let tree =
        Step::cargo("no runtime", &["tree", "--package", "cache-memoize", "--edges", "normal"])
            .with(&features)
            .output()?;
    let runtimes = ["tokio", "async-std", "smol", "futures-executor"];
    match runtimes.iter().find(|runtime| tree.contains(&format!(" {runtime} v"))) {
        Some(runtime) => Err(format!("cache-memoize depends on {runtime}, an async runtime")),
        None => Ok(()),
    }
}

fn model() -> Done {
    Step::cargo("the model", &["test", "--release", "--package", "model"])
        .env("MODEL_SCHEDULES", "200000")
        .run()
}
