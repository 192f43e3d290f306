//! The attribute `#[cache_memoize]` and `#[derive(CacheKey)]` of `cache-memoize`, which re-exports both.
//!
//! The code they emit is small: a static *site* that holds what is known at compile time, the parts of
//! the key, and one call into the library's engine with the function's body in it once. Both macros are
//! thin shells over functions from tokens to tokens, so that every expansion is tested as text.

mod derive;
mod errors;
mod expand;
mod function;
mod krate;
mod mentions;
mod options;
mod refuse;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Remembers what a function returns.
///
/// ```ignore
/// #[cache_memoize(ttl = 300)]
/// fn exchange_rate(from: &str, to: &str) -> f64 { /* slow */ }
///
/// exchange_rate("EUR", "USD");              // computed, then remembered for 300 s
/// invalidate_exchange_rate("EUR", "USD")?;  // forgotten
/// refresh_exchange_rate("EUR", "USD");      // computed now, and stored
/// ```
///
/// It goes on a free function, a method, or an associated function, sync or `async`. An associated
/// function without a receiver says so with `in_impl`, since a macro that sees a function alone cannot
/// tell. On an `impl` block, and there without options, it serves the annotated functions inside; a
/// trait impl needs this, because the companions of its functions go into an inherent impl.
///
/// # Options
///
/// | option | forms | meaning |
/// |---|---|---|
/// | `ttl` | `300`, `"5m"`, a `Duration` expression, `"forever"` | lifetime; absent: the cache's default |
/// | `cache` | `"reports"`, or an expression giving `&Cache` | which cache; the expression may use the arguments and `self` |
/// | `prefix` | `"rates"` | replaces the path of the function in the key |
/// | `key` | expression over the arguments | replaces the arguments in the key |
/// | `skip(..)` | argument names, `self` included | leaves them out of the key |
/// | `extra` | expression | one more component of the key |
/// | `version` | `2` | a new number orphans every older entry |
/// | `store_result` | `false` | a guard: run at most once per `ttl`, and store only that it ran |
/// | `cache_if` | `\|value: &T\| -> bool` | store only such values |
/// | `cache_err` | `\|error: &E\| -> bool`, or `true` | store such errors too |
/// | `err_ttl` | as `ttl` | lifetime of a stored error |
/// | `ttl_with` | `\|value: &T\| -> Duration` | lifetime from the value |
/// | `jitter` | `0.1` | spreads lifetimes by ±10 % |
/// | `stale_while_revalidate` | as `ttl` | after `ttl`, one caller computes while the others get the old value |
/// | `stale_if_error` | as `ttl` | after `ttl`, an `Err` is answered with the old value |
/// | `early_refresh` | `true`, or a number such as `2.0` | one caller computes before the value is over |
/// | `background` | flag | that caller does not wait either; needs owned arguments |
/// | `hard_timeout` | as `ttl` | an `async` function that takes longer is dropped, and its callers get an `Err` |
/// | `soft_timeout` | as `ttl` | a caller that has an old value gets it after this time, and the computation goes on; needs owned arguments |
/// | `on_hit`, `on_miss` | path or closure | called with the key arguments by reference |
/// | `single_flight` | `"process"`, `"fleet"`, `"off"` | whether callers of one key wait for each other |
/// | `tags(..)` | `"user:{user_id}"`, expressions | groups; `cache.invalidate_tag("user:42")` forgets all of one |
/// | `batch` | flag | a function of many keys, `&[K]`: computes only those that are missing |
/// | `local` | flag | in process only, typed, no serde bound on the value |
/// | `companions` | `false`, or a visibility such as `pub(crate)` | whether and how visible the companions are |
/// | `in_impl` | flag | this is an associated function without a receiver |
/// | `crate` | path | where the library is, when it goes by another name |
///
/// # Companions
///
/// For `f`, with its visibility and asyncness. Those marked * take only the arguments that the key, the
/// cache expression, `extra` and the tags read; an option that reads another argument adds it where it is needed.
///
/// | companion | gives |
/// |---|---|
/// | `cache_key_f(..)`* | the `Key` |
/// | `invalidate_f(..)`* | `Result<bool, Error>`: was there something to forget |
/// | `invalidate_all_f()` | `Result<(), Error>`: forgets every entry of `f`, however many there are |
/// | `refresh_f(..)` | what `f` gives, computed now and stored |
/// | `peek_f(..)`* | `Result<Option<T>, Error>`, without computing |
/// | `prime_f(.., value)`* | `Result<(), Error>` |
/// | `uncached_f(..)` | the function as written |
#[proc_macro_attribute]
pub fn cache_memoize(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(options.into(), item.into()).into()
}

/// Lets a type take part in the key of a memoized call, field by field.
///
/// ```ignore
/// #[derive(CacheKey)]
/// struct User {
///     id: u64,
///     #[cache_key(skip)]
///     last_seen: Instant,
/// }
/// ```
///
/// A field with `#[cache_key(skip)]` is left out: two values that differ in it alone are one argument.
/// `#[cache_key(crate = path)]` on the type says where the library is, when it goes by another name.
#[proc_macro_derive(CacheKey, attributes(cache_key))]
pub fn derive_cache_key(input: TokenStream) -> TokenStream {
    derive::expand(input.into()).into()
}
