fn report(id: u64, attempts: u64) -> Result<Report, Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<Result<Report, Failure>>::new())
                .rules()
                .cache_err(is_final)
                .local()
                .cache_if(|report: &Report| report.final_one)
                .ttl_with(Report::lifetime)
                .err_ttl(__err_ttl),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (id, attempts),
            |(id, attempts)| uncached_report(id, attempts),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_report__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "report",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x9c78ddecb138ffc9),
        )
        .local();
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`report`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_report(id: u64, attempts: u64) -> Result<Report, Failure> {
    let _ = &attempts;
    Report::of(id)
}
///Computes [`report`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_report(id: u64, attempts: u64) -> Result<Report, Failure> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<Result<Report, Failure>>::new())
                .rules()
                .cache_err(is_final)
                .local()
                .cache_if(|report: &Report| report.final_one)
                .ttl_with(Report::lifetime)
                .err_ttl(__err_ttl),
            (id, attempts),
            |(id, attempts)| uncached_report(id, attempts),
        )
}
///The key of this call of [`report`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_report(id: u64, attempts: u64) -> ::cache_memoize::Key {
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call.key()
}
///Forgets what [`report`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_report(
    id: u64,
    attempts: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call.invalidate()
}
///Forgets all that [`report`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_report() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_report__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`report`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_report(
    id: u64,
    attempts: u64,
) -> ::core::result::Result<
    ::core::option::Option<Result<Report, Failure>>,
    ::cache_memoize::Error,
> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call
        .peek(
            (&&::cache_memoize::__private::Probe::<Result<Report, Failure>>::new())
                .rules()
                .cache_err(is_final)
                .local()
                .cache_if(|report: &Report| report.final_one)
                .ttl_with(Report::lifetime),
        )
}
///Stores `value` as what [`report`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_report(
    id: u64,
    attempts: u64,
    value: Result<Report, Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let __call = __site_of_report__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&id),
                ::cache_memoize::__private::part(&attempts),
            ),
        );
    __call
        .prime(
            (&&::cache_memoize::__private::Probe::<Result<Report, Failure>>::new())
                .rules()
                .cache_err(is_final)
                .local()
                .cache_if(|report: &Report| report.final_one)
                .ttl_with(Report::lifetime)
                .err_ttl(__err_ttl),
            value,
        )
}
