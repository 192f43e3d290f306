///Doubles.
#[cfg(feature = "double")]
#[must_use]
#[inline]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub fn double(n: u32) -> u32 {
    let rules = || my::reexport::__private::returned::<u32>().rules();
    __call_of_double(&n).get(rules, move || uncached_double(n))
}
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
fn __site_of_double__in_an_impl_add_in_impl() -> &'static my::reexport::__private::Site {
    use my::reexport::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("double", 0x04408f86aebc264c, neighbour::<here>);
    my::reexport::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
fn __call_of_double(n: &u32) -> my::reexport::__private::Call {
    use my::reexport::__private::part;
    __site_of_double__in_an_impl_add_in_impl().keyed(&[], (part(n),))
}
///`double` as written: nothing is looked up, nothing is stored.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[expect(unused_mut)]
pub(super) fn uncached_double(mut n: u32) -> u32 {
    n * 2
}
///Computes `double` now, and stores what it gives.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn refresh_double(n: u32) -> u32 {
    let rules = my::reexport::__private::returned::<u32>().rules();
    __call_of_double(&n).renew(rules, move || uncached_double(n))
}
///The key of this call of `double`.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn cache_key_double(n: u32) -> my::reexport::Key {
    __call_of_double(&n).key()
}
///Forgets what `double` gave for this call, and says whether there was something to forget.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn invalidate_double(
    n: u32,
) -> ::core::result::Result<bool, my::reexport::Error> {
    __call_of_double(&n).invalidate()
}
///What is remembered of this call of `double`, without computing.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn peek_double(
    n: u32,
) -> ::core::result::Result<::core::option::Option<u32>, my::reexport::Error> {
    let rules = my::reexport::__private::returned::<u32>().rules();
    __call_of_double(&n).peek(rules)
}
///Stores `value` as what `double` gives for this call.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn prime_double(
    n: u32,
    value: u32,
) -> ::core::result::Result<(), my::reexport::Error> {
    let rules = my::reexport::__private::returned::<u32>().rules();
    __call_of_double(&n).prime(rules, value)
}
///Forgets all that `double` gave, however much that is.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub(super) fn invalidate_all_double() -> ::core::result::Result<
    (),
    my::reexport::Error,
> {
    __site_of_double__in_an_impl_add_in_impl().forget()
}
