//! `Result`, under whatever name, with `?` and early returns.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::cache_memoize;
use std::num::ParseIntError;

type Parsed<T = (u32, u32)> = std::result::Result<T, ParseIntError>;

trait Outcome {
    type Output;
}

struct Parsing;

impl Outcome for Parsing {
    type Output = Parsed;
}

#[cache_memoize(ttl = 60)]
fn plain(text: &str) -> Result<(u32, u32), ParseIntError> {
    Ok((text.parse()?, fresh(text)))
}

#[cache_memoize(ttl = 60)]
fn alias(text: &str) -> Parsed {
    if text.is_empty() {
        return Ok((0, fresh(text)));
    }
    let number = text.parse()?;
    Ok((number, fresh(text)))
}

#[cache_memoize(ttl = 60)]
fn projection(text: &str) -> <Parsing as Outcome>::Output {
    alias_of(text)
}

fn alias_of(text: &str) -> Parsed {
    Ok((text.parse()?, fresh(text)))
}

#[cache_memoize(ttl = 60)]
async fn awaited(text: &str) -> Parsed {
    tokio::task::yield_now().await;
    if text.is_empty() {
        return Ok((0, fresh(text)));
    }
    Ok((text.parse()?, fresh(text)))
}

/// Only a `Result` is taken apart: here the error is a part of the value.
#[cache_memoize(ttl = 60)]
fn within_an_option(text: &str) -> Option<Result<(u32, u32), String>> {
    let first = text.chars().next()?;
    if first == '-' {
        return Some(Err(format!("{text} is below zero, {}", fresh(()))));
    }
    Some(Ok((text.parse().ok()?, fresh(text))))
}

#[test]
fn values_are_remembered() {
    assert_remembered!(
        ("5"),
        plain,
        refresh_plain,
        peek_plain,
        prime_plain,
        invalidate_plain,
        uncached_plain,
    );
    assert_remembered!(
        (""),
        alias,
        refresh_alias,
        peek_alias,
        prime_alias,
        invalidate_alias,
        uncached_alias,
    );
    assert_remembered!(
        ("5"),
        projection,
        refresh_projection,
        peek_projection,
        prime_projection,
        invalidate_projection,
        uncached_projection,
    );
    assert_remembered!(
        async ("5"),
        awaited, refresh_awaited, peek_awaited, prime_awaited, invalidate_awaited, uncached_awaited,
    );
}

#[test]
fn errors_are_not() {
    on_every_kind(|kind| {
        assert!(plain("x").is_err() && alias("x").is_err() && projection("x").is_err(), "{kind}");
        assert_eq!(peek_plain("x").expect("it works"), None, "{kind}");
        assert_eq!(peek_alias("x").expect("it works"), None, "{kind}");
        assert_eq!(peek_projection("x").expect("it works"), None, "{kind}");
        block_on(async {
            assert!(awaited("x").await.is_err(), "{kind}");
            assert_eq!(peek_awaited("x").await.expect("it works"), None, "{kind}");
            assert_eq!(awaited("").await, awaited("").await, "{kind}: an early return");
        });
    });
}

#[test]
fn an_error_within_a_value_is_remembered() {
    assert_remembered!(
        ("-5"),
        within_an_option,
        refresh_within_an_option,
        peek_within_an_option,
        prime_within_an_option,
        invalidate_within_an_option,
        uncached_within_an_option,
    );
    on_every_kind(|kind| {
        assert_eq!(within_an_option(""), None, "{kind}");
        assert_eq!(
            peek_within_an_option("").expect("it works"),
            Some(None),
            "{kind}: `?` gave `None`"
        );
    });
}
