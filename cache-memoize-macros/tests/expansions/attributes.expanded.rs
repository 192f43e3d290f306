///Doubles.
#[cfg(feature = "double")]
#[must_use]
#[inline]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
pub fn double(n: u32) -> u32 {
    #[allow(unused_imports)]
    use my::reexport::__private::{FaultReturn as _, PlainReturn as _, ResultReturn as _};
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call
        .run(
            (&&my::reexport::__private::Probe::<u32>::new()).rules(),
            my::reexport::__private::no_hook,
            my::reexport::__private::no_hook,
            (n,),
            |(n,)| uncached_double(n),
        )
}
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_double__in_an_impl_block_add_in_impl() -> &'static my::reexport::__private::Site {
    fn here() {}
    static SITE: my::reexport::__private::Site = my::reexport::__private::Site::new(
        "double",
        || my::reexport::__private::neighbour(&here),
        my::reexport::__private::place!(0xa8088a8f1b89a1f6),
    );
    my::reexport::__private::inventory::submit! {
        my::reexport::__private::Registered(& SITE)
    }
    &SITE
}
///`double` as written: nothing is looked up, nothing is stored.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[expect(unused_mut)]
pub(super) fn uncached_double(mut n: u32) -> u32 {
    n * 2
}
///Computes `double` now, and stores what it gives.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn refresh_double(n: u32) -> u32 {
    #[allow(unused_imports)]
    use my::reexport::__private::{FaultReturn as _, PlainReturn as _, ResultReturn as _};
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call
        .refresh(
            (&&my::reexport::__private::Probe::<u32>::new()).rules(),
            (n,),
            |(n,)| uncached_double(n),
        )
}
///The key of this call of `double`.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn cache_key_double(n: u32) -> my::reexport::Key {
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call.key()
}
///Forgets what `double` gave for this call, and says whether there was something to forget.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn invalidate_double(
    n: u32,
) -> ::core::result::Result<bool, my::reexport::Error> {
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call.invalidate()
}
///Forgets all that `double` gave, however much that is.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn invalidate_all_double() -> ::core::result::Result<
    (),
    my::reexport::Error,
> {
    __site_of_double__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of `double`, without computing.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn peek_double(
    n: u32,
) -> ::core::result::Result<::core::option::Option<u32>, my::reexport::Error> {
    #[allow(unused_imports)]
    use my::reexport::__private::{FaultReturn as _, PlainReturn as _, ResultReturn as _};
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call.peek((&&my::reexport::__private::Probe::<u32>::new()).rules())
}
///Stores `value` as what `double` gives for this call.
#[cfg(feature = "double")]
#[allow(clippy::double_must_use)]
#[allow(unused_mut)]
#[warn(unused_parens)]
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(super) fn prime_double(
    n: u32,
    value: u32,
) -> ::core::result::Result<(), my::reexport::Error> {
    #[allow(unused_imports)]
    use my::reexport::__private::{FaultReturn as _, PlainReturn as _, ResultReturn as _};
    let __call = __site_of_double__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, (my::reexport::__private::part(&n),));
    __call.prime((&&my::reexport::__private::Probe::<u32>::new()).rules(), value)
}
