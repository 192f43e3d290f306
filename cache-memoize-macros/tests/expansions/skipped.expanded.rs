fn load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<User>::new()).rules(),
            |(_, id, _)| {
                (seen)(id);
            },
            ::cache_memoize::__private::no_hook,
            (connection, id, log),
            |(connection, id, log)| uncached_load(connection, id, log),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_load__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "load",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0x3042e06eb47c2839),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`load`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    log("loading");
    connection.load(id)
}
///Computes [`load`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<User>::new()).rules(),
            (connection, id, log),
            |(connection, id, log)| uncached_load(connection, id, log),
        )
}
///The key of this call of [`load`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_load(id: u64) -> ::cache_memoize::Key {
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call.key()
}
///Forgets what [`load`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_load(id: u64) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call.invalidate()
}
///Forgets all that [`load`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_load() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_load__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`load`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_load(
    id: u64,
) -> ::core::result::Result<::core::option::Option<User>, ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<User>::new()).rules())
}
///Stores `value` as what [`load`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_load(
    id: u64,
    value: User,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_load__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call.prime((&&::cache_memoize::__private::Probe::<User>::new()).rules(), value)
}
