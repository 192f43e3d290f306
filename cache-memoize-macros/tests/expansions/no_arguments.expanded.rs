fn motd() -> String {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    __call_of_motd()
        .run(
            rules,
            |()| {
                (log)();
            },
            ::cache_memoize::__private::no_hook,
            (),
            |()| uncached_motd(),
        )
}
fn __site_of_motd__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Lifetime, Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("motd", 0x40fec991059accf8, neighbour::<here>)
        .ttl(Lifetime::millis(60000));
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_motd() -> ::cache_memoize::__private::Call {
    __site_of_motd__in_an_impl_add_in_impl().keyed(&[], ())
}
///[`motd`] as written: nothing is looked up, nothing is stored.
fn uncached_motd() -> String {
    fetch()
}
///Computes [`motd`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_motd() -> String {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    __call_of_motd().renew(rules, move || uncached_motd())
}
///The key of this call of [`motd`].
#[allow(unused_variables)]
fn cache_key_motd() -> ::cache_memoize::Key {
    __call_of_motd().key()
}
///Forgets what [`motd`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_motd() -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_motd().invalidate()
}
///What is remembered of this call of [`motd`], without computing.
#[allow(unused_variables)]
fn peek_motd() -> ::core::result::Result<
    ::core::option::Option<String>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    __call_of_motd().peek(rules)
}
///Stores `value` as what [`motd`] gives for this call.
#[allow(unused_variables)]
fn prime_motd(value: String) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<String>().rules();
    __call_of_motd().prime(rules, value)
}
///Forgets all that [`motd`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_motd() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_motd__in_an_impl_add_in_impl().forget()
}
