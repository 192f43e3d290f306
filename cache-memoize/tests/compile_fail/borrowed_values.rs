//! What is borrowed ends with the call, or at best stays in the process.

use cache_memoize::cache_memoize;
use std::pin::Pin;
use std::borrow::Cow;

struct Words<'a>(Vec<&'a str>);

#[cache_memoize(ttl = 300)]
fn reference(text: &str) -> &str {
    text
}

#[cache_memoize(ttl = 300, local)]
fn reference_kept_here(text: &str) -> &str {
    text
}

#[cache_memoize(ttl = 300)]
fn named_lifetime<'a>(text: &'a str) -> Option<Cow<'a, str>> {
    Some(text.into())
}

#[cache_memoize(ttl = 300)]
fn elided_lifetime(text: &str) -> Words<'_> {
    Words(text.split(' ').collect())
}

#[cache_memoize(ttl = 300)]
fn for_ever_without_local(short: bool) -> &'static str {
    if short { "kg" } else { "kilogram" }
}

struct Shop {
    name: String,
}

impl Shop {
    #[cache_memoize(ttl = 300, skip(self))]
    fn field(&self) -> &String {
        &self.name
    }
}

/// As `#[async_trait]` leaves it when it comes first.
#[cache_memoize(ttl = 300)]
fn rewritten<'async_trait>() -> Pin<Box<dyn Future<Output = String> + 'async_trait>> {
    Box::pin(async { String::new() })
}

fn main() {
    drop(rewritten());
    let _ = reference("text").len() + elided_lifetime("two words").0.len();
    let _ = Shop { name: String::new() }.field();
}
