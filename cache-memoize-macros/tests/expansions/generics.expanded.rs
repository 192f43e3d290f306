fn parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<[T; N]>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (text, size),
            |(text, size)| uncached_parse::<T, N>(text, size),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_parse__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "parse",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0x5037940907ad4385),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`parse`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    T::parse(text, size)
}
///Computes [`parse`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<[T; N]>::new()).rules(),
            (text, size),
            |(text, size)| uncached_parse::<T, N>(text, size),
        )
}
///The key of this call of [`parse`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::cache_memoize::Key
where
    T: Clone,
{
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call.key()
}
///Forgets what [`parse`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::core::result::Result<bool, ::cache_memoize::Error>
where
    T: Clone,
{
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call.invalidate()
}
///Forgets all that [`parse`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_parse() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_parse__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`parse`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::core::result::Result<::core::option::Option<[T; N]>, ::cache_memoize::Error>
where
    T: Clone,
{
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<[T; N]>::new()).rules())
}
///Stores `value` as what [`parse`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
    value: [T; N],
) -> ::core::result::Result<(), ::cache_memoize::Error>
where
    T: Clone,
{
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_parse__in_an_impl_block_add_in_impl()
        .call(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(&size),
            ],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&N),
                ::cache_memoize::__private::part(&text),
                ::cache_memoize::__private::part(&size),
            ),
        );
    __call.prime((&&::cache_memoize::__private::Probe::<[T; N]>::new()).rules(), value)
}
