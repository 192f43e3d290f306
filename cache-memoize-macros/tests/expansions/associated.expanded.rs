fn total<T: Into<u64>>(values: Vec<T>) -> u64 {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<u64>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (values,),
            |(values,)| Self::uncached_total::<T>(values),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "total",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0xe91b18e6c841f37e),
        )
        .prefix("totals")
        .ttl(::cache_memoize::__private::Lifetime::FOREVER);
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`total`](Self::total) as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_total<T: Into<u64>>(values: Vec<T>) -> u64 {
    values.into_iter().map(Into::into).sum()
}
///Computes [`total`](Self::total) now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_total<T: Into<u64>>(values: Vec<T>) -> u64 {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<u64>::new()).rules(),
            (values,),
            |(values,)| Self::uncached_total::<T>(values),
        )
}
///The key of this call of [`total`](Self::total).
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_total<T: Into<u64>>(values: Vec<T>) -> ::cache_memoize::Key {
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call.key()
}
///Forgets what [`total`](Self::total) gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_total<T: Into<u64>>(
    values: Vec<T>,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call.invalidate()
}
///Forgets all that [`total`](Self::total) gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_total() -> ::core::result::Result<(), ::cache_memoize::Error> {
    Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`total`](Self::total), without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_total<T: Into<u64>>(
    values: Vec<T>,
) -> ::core::result::Result<::core::option::Option<u64>, ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<u64>::new()).rules())
}
///Stores `value` as what [`total`](Self::total) gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_total<T: Into<u64>>(
    values: Vec<T>,
    value: u64,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&values),),
        );
    __call.prime((&&::cache_memoize::__private::Probe::<u64>::new()).rules(), value)
}
