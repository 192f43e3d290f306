fn greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<String>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            |(user, special, locale, _)| {
                (note)(user, special, locale);
            },
            (user, special, locale, unread),
            |(user, special, locale, unread)| uncached_greeting(
                user,
                special,
                locale,
                unread,
            ),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_greeting__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "greeting",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0xad66797f3979da2e),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`greeting`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    let _ = &user;
    let _ = &special;
    let _ = &locale;
    user.greet(special, locale, unread)
}
///Computes [`greeting`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<String>::new()).rules(),
            (user, special, locale, unread),
            |(user, special, locale, unread)| uncached_greeting(
                user,
                special,
                locale,
                unread,
            ),
        )
}
///The key of this call of [`greeting`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_greeting(user: &User, special: bool, locale: &str) -> ::cache_memoize::Key {
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.key()
}
///Forgets what [`greeting`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_greeting(
    user: &User,
    special: bool,
    locale: &str,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.invalidate()
}
///Forgets all that [`greeting`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_greeting() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_greeting__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`greeting`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_greeting(
    user: &User,
    special: bool,
    locale: &str,
) -> ::core::result::Result<::core::option::Option<String>, ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<String>::new()).rules())
}
///Stores `value` as what [`greeting`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_greeting(
    user: &User,
    special: bool,
    locale: &str,
    value: String,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_greeting__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.prime((&&::cache_memoize::__private::Probe::<String>::new()).rules(), value)
}
