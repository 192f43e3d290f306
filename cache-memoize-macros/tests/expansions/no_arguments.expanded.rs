fn motd() -> String {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<String>::new()).rules(),
            |()| {
                (log)();
            },
            ::cache_memoize::__private::no_hook,
            (),
            |()| uncached_motd(),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_motd__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "motd",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x4b6b491c473757e6),
        )
        .ttl(::cache_memoize::__private::Lifetime::millis(60000));
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`motd`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_motd() -> String {
    fetch()
}
///Computes [`motd`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_motd() -> String {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<String>::new()).rules(),
            (),
            |()| uncached_motd(),
        )
}
///The key of this call of [`motd`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_motd() -> ::cache_memoize::Key {
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call.key()
}
///Forgets what [`motd`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_motd() -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call.invalidate()
}
///Forgets all that [`motd`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_motd() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_motd__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`motd`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_motd() -> ::core::result::Result<
    ::core::option::Option<String>,
    ::cache_memoize::Error,
> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call.peek((&&::cache_memoize::__private::Probe::<String>::new()).rules())
}
///Stores `value` as what [`motd`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_motd(value: String) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_motd__in_an_impl_block_add_in_impl()
        .call(&[], ::core::option::Option::None, ());
    __call.prime((&&::cache_memoize::__private::Probe::<String>::new()).rules(), value)
}
