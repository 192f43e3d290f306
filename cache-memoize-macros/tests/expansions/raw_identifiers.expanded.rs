fn r#match(r#type: u8) -> u8 {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<u8>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (r#type,),
            |(r#type,)| uncached_match(r#type),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_match__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "match",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0x29d5f84f0975997a),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///`match` as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_match(r#type: u8) -> u8 {
    let _ = &r#type;
    r#type
}
///Computes `match` now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_match(r#type: u8) -> u8 {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<u8>::new()).rules(),
            (r#type,),
            |(r#type,)| uncached_match(r#type),
        )
}
///The key of this call of `match`.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_match(r#type: u8) -> ::cache_memoize::Key {
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.key()
}
///Forgets what `match` gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_match(r#type: u8) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.invalidate()
}
///Forgets all that `match` gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_match() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_match__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of `match`, without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_match(
    r#type: u8,
) -> ::core::result::Result<::core::option::Option<u8>, ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<u8>::new()).rules())
}
///Stores `value` as what `match` gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_match(
    r#type: u8,
    value: u8,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_match__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.prime((&&::cache_memoize::__private::Probe::<u8>::new()).rules(), value)
}
