fn greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
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
            rules,
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
fn __site_of_greeting__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("greeting", 0xc22a68f488548d70, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
///[`greeting`] as written: nothing is looked up, nothing is stored.
fn uncached_greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    let _ = &user;
    let _ = &special;
    let _ = &locale;
    user.greet(special, locale, unread)
}
///Computes [`greeting`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.renew(rules, move || uncached_greeting(user, special, locale, unread))
}
///The key of this call of [`greeting`].
#[allow(unused_variables)]
fn cache_key_greeting(user: &User, special: bool, locale: &str) -> ::cache_memoize::Key {
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
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
#[allow(unused_variables)]
fn invalidate_greeting(
    user: &User,
    special: bool,
    locale: &str,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
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
///What is remembered of this call of [`greeting`], without computing.
#[allow(unused_variables)]
fn peek_greeting(
    user: &User,
    special: bool,
    locale: &str,
) -> ::core::result::Result<::core::option::Option<String>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.peek(rules)
}
///Stores `value` as what [`greeting`] gives for this call.
#[allow(unused_variables)]
fn prime_greeting(
    user: &User,
    special: bool,
    locale: &str,
    value: String,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    let __call = __site_of_greeting__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&user.id),
                ::cache_memoize::__private::part(&special),
                ::cache_memoize::__private::extra(&format!("{locale}:{:?}", user.role)),
            ),
        );
    __call.prime(rules, value)
}
///Forgets all that [`greeting`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_greeting() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_greeting__in_an_impl_add_in_impl().forget()
}
