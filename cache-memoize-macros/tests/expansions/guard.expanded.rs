fn remind(user: u64, hours: u64) -> Result<(), Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<Result<(), Failure>>::new())
                .guard()
                .ttl(__ttl),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (user, hours),
            |(user, hours)| uncached_remind(user, hours),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_remind__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "remind",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0x8600087b31b59038),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`remind`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_remind(user: u64, hours: u64) -> Result<(), Failure> {
    let _ = &hours;
    send(user)
}
///Computes [`remind`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_remind(user: u64, hours: u64) -> Result<(), Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<Result<(), Failure>>::new())
                .guard()
                .ttl(__ttl),
            (user, hours),
            |(user, hours)| uncached_remind(user, hours),
        )
}
///The key of this call of [`remind`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_remind(user: u64, hours: u64) -> ::cache_memoize::Key {
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call.key()
}
///Forgets what [`remind`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_remind(
    user: u64,
    hours: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call.invalidate()
}
///Forgets all that [`remind`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_remind() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_remind__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`remind`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_remind(
    user: u64,
    hours: u64,
) -> ::core::result::Result<
    ::core::option::Option<Result<(), Failure>>,
    ::cache_memoize::Error,
> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call
        .peek(
            (&&::cache_memoize::__private::Probe::<Result<(), Failure>>::new()).guard(),
        )
}
///Stores `value` as what [`remind`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_remind(
    user: u64,
    hours: u64,
    value: Result<(), Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let __call = __site_of_remind__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user),
                ::cache_memoize::__private::part(&hours),
            ),
        );
    __call
        .prime(
            (&&::cache_memoize::__private::Probe::<Result<(), Failure>>::new())
                .guard()
                .ttl(__ttl),
            value,
        )
}
