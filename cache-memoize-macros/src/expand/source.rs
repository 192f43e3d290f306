//! The function as a number: functions that one macro makes stand at one place, and differ in their tokens.

use super::memo::Memo;
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::ToTokens as _;
use std::env;

/// A hash of options, signature and body, and of the version of the crate, of which a program may have two. Blanks and
/// comments are no part of it.
pub(super) fn hash(memo: &Memo<'_>) -> Literal {
    let function = &memo.function.item;
    let mut hash = Fnv::new();
    hash.text(&version());
    hash.tokens(memo.options.written.clone());
    hash.tokens(function.sig.to_token_stream());
    hash.tokens(function.block.to_token_stream());
    let digits = format!("{:#018x}", hash.0);
    digits.parse().unwrap_or_else(|_| Literal::u64_unsuffixed(hash.0))
}

/// The version of the crate that is compiled; what is expanded in tests is of none.
fn version() -> String {
    if cfg!(test) { String::new() } else { env::var("CARGO_PKG_VERSION").unwrap_or_default() }
}

/// FNV-1a, which every compiler and every version of this crate computes alike.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn text(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = signs(group.delimiter());
                    self.text(open);
                    self.tokens(group.stream());
                    self.text(close);
                }
                leaf => self.text(&leaf.to_string()),
            }
        }
    }
}

fn signs(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hash(source: &str) -> u64 {
        let mut hash = Fnv::new();
        hash.tokens(source.parse().unwrap());
        hash.0
    }

    #[test]
    fn blanks_and_comments_do_not_count() {
        assert_eq!(hash("{ 1 + f(x) }"), hash("{1+f( x )} // one more"));
    }

    #[test]
    fn every_token_counts() {
        let sources =
            ["f(a)", "f(b)", "f[a]", "f(a,)", "(f)a", "fa", "f a", "'a'", "\"a\"", "f()a"];
        for (at, left) in sources.iter().enumerate() {
            for right in &sources[at + 1..] {
                assert_ne!(hash(left), hash(right), "{left} {right}");
            }
        }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        let mut hash = Fnv::new();
        hash.text("foobar");
        assert_eq!(hash.0, 0x8594_4171_f739_67e8_u64.wrapping_mul(0x0100_0000_01b3));
    }
}
