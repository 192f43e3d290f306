pub(crate) async fn rate(from: &str, n: u32) -> Result<f64, Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call
        .run_async(
            (&&::cache_memoize::__private::Probe::<Result<f64, Failure>>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            |(from, n)| {
                (|from, n| println!("{from} {n}"))(from, n);
            },
            (from, n),
            |(from, n)| uncached_rate(from, n),
        )
        .await
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_rate__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "rate",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x33843b32035c43b6),
        )
        .awaited()
        .ttl(::cache_memoize::__private::Lifetime::millis(300000));
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`rate`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
pub(crate) async fn uncached_rate(from: &str, n: u32) -> Result<f64, Failure> {
    Ok(lookup(from).await? * f64::from(n))
}
///Computes [`rate`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) async fn refresh_rate(from: &str, n: u32) -> Result<f64, Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call
        .refresh_async(
            (&&::cache_memoize::__private::Probe::<Result<f64, Failure>>::new()).rules(),
            (from, n),
            |(from, n)| uncached_rate(from, n),
        )
        .await
}
///The key of this call of [`rate`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) fn cache_key_rate(from: &str, n: u32) -> ::cache_memoize::Key {
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call.key()
}
///Forgets what [`rate`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) async fn invalidate_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call.invalidate_async().await
}
///Forgets all that [`rate`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) async fn invalidate_all_rate() -> ::core::result::Result<
    (),
    ::cache_memoize::Error,
> {
    __site_of_rate__in_an_impl_block_add_in_impl()
        .invalidate_all_async(::core::option::Option::None)
        .await
}
///What is remembered of this call of [`rate`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) async fn peek_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<
    ::core::option::Option<Result<f64, Failure>>,
    ::cache_memoize::Error,
> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call
        .peek_async(
            (&&::cache_memoize::__private::Probe::<Result<f64, Failure>>::new()).rules(),
        )
        .await
}
///Stores `value` as what [`rate`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
pub(crate) async fn prime_rate(
    from: &str,
    n: u32,
    value: Result<f64, Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_rate__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&from),
                ::cache_memoize::__private::part(&n),
            ),
        );
    __call
        .prime_async(
            (&&::cache_memoize::__private::Probe::<Result<f64, Failure>>::new()).rules(),
            value,
        )
        .await
}
