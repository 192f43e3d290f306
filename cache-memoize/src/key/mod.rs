//! How arguments become keys.
//!
//! The text of a key reads like the call it stands for, `my_app::rate(EUR,USD)`, and is a code in the
//! strict sense: two different calls never have the same text.

mod impls;
#[cfg(any(
    feature = "bytes",
    feature = "chrono",
    feature = "rust_decimal",
    feature = "time",
    feature = "url",
    feature = "uuid"
))]
mod neighbours;
mod parts;
mod serialized;
mod shorthand;
mod text;
mod writer;

pub use parts::{KeyParts, Part};
pub use serialized::Serialized;
pub(crate) use shorthand::{Hashed, Shorthand, Stenographer};
pub(crate) use text::{Escape, KeyText};
pub use writer::{Composite, KeyWriter};

/// A value that can take part in the key of a memoized call.
///
/// The standard library's types, references and collections have it; a type of your own gets it with
/// `#[derive(CacheKey)]`, and [`Serialized`] adapts anything that implements `serde::Serialize`.
///
/// # The law
///
/// Two values of one type write the same text if, and only if, they are the same argument: the function
/// would be expected to give the same result for both. An implementation by hand that leaves a part out,
/// or that runs two parts together, hands one caller the value of another. Write each part with
/// [`KeyWriter::part`] between [`KeyWriter::composite`] and [`Composite::end`], and the law holds.
///
/// ```
/// use cache_memoize::{CacheKey, KeyWriter};
///
/// struct Range { from: u32, to: u32 }
///
/// impl CacheKey for Range {
///     fn cache_key(&self, key: &mut KeyWriter<'_>) {
///         let mut range = key.composite("Range");
///         range.part(&self.from);
///         range.part(&self.to);
///         range.end();
///     }
/// }
/// ```
///
/// # How the standard library's types are written
///
/// | value | text |
/// |---|---|
/// | `7_u8`, `true`, `()` | `7`, `true`, `()` |
/// | `"EUR"`; `"42"`, `"a b"`, `""` | `EUR`; `"42"`, `"a%20b"`, `""` |
/// | `None`, `Some(1)` | `None`, `Some(1)` |
/// | `[1, 2]`, `(1, 2)` | `[1,2]`, `(1,2)` |
/// | a map, a set | `[k=v,..]`, `[a,b]`, in the order of their texts, so that equal ones have one text; an empty map is `[=]` |
/// | `1.5_f64`, `-0.0`, any NaN | `1.5`, `-0.0`, `NaN` |
///
/// `0.0` and `-0.0` are two arguments, since a function can tell them apart; all NaNs are one, since
/// the bits of a NaN are not something that Rust promises to keep.
///
/// A `chrono::DateTime` is a key in the zones `Utc`, `FixedOffset` and `Local`, whose offset says all there
/// is to them. Of any other zone the call says what counts, such as
/// `key = (when.timestamp_micros(), when.timezone().name())`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot take part in the key of a memoized function",
    label = "this has no `CacheKey`",
    note = "three ways out: `#[derive(CacheKey)]` on the type, `skip(argument)` to leave the argument out of \
            the key (`#[cache_key(skip)]` for a field), or `key = expression` to say what identifies the call",
    note = "whatever has `serde::Serialize` is a key as `Serialized(&it)`; the types of `bytes`, `chrono`, \
            `rust_decimal`, `time`, `url` and `uuid` are keys with the feature of that name"
)]
pub trait CacheKey {
    /// Writes this value into `key`.
    fn cache_key(&self, key: &mut KeyWriter<'_>);
}
