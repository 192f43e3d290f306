#[doc = "Doubles."]
#[cache_memoize(crate = my::reexport, companions = "pub(super)")]
#[cfg(feature = "double")]
#[must_use]
#[inline]
#[allow(clippy::double_must_use)]
#[expect(unused_mut)]
pub fn double(mut n: u32) -> u32 {
    #![warn(unused_parens)]
    n * 2
}
