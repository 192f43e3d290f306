fn remind(user: u64, hours: u64) -> Result<(), Failure> {
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let rules = || {
        ::cache_memoize::__private::returned::<Result<(), Failure>>().guard().ttl(__ttl)
    };
    __call_of_remind(&user, &hours).get(rules, move || uncached_remind(user, hours))
}
fn __site_of_remind__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("remind", 0x6ed0c4d8f0af11a6, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_remind(user: &u64, hours: &u64) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_remind__in_an_impl_add_in_impl().keyed(&[], (part(user), part(hours)))
}
///[`remind`] as written: nothing is looked up, nothing is stored.
fn uncached_remind(user: u64, hours: u64) -> Result<(), Failure> {
    let _ = &hours;
    send(user)
}
///Computes [`remind`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_remind(user: u64, hours: u64) -> Result<(), Failure> {
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let rules = ::cache_memoize::__private::returned::<Result<(), Failure>>()
        .guard()
        .ttl(__ttl);
    __call_of_remind(&user, &hours).renew(rules, move || uncached_remind(user, hours))
}
///The key of this call of [`remind`].
#[allow(unused_variables)]
fn cache_key_remind(user: u64, hours: u64) -> ::cache_memoize::Key {
    __call_of_remind(&user, &hours).key()
}
///Forgets what [`remind`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_remind(
    user: u64,
    hours: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_remind(&user, &hours).invalidate()
}
///What is remembered of this call of [`remind`], without computing.
#[allow(unused_variables)]
fn peek_remind(
    user: u64,
    hours: u64,
) -> ::core::result::Result<
    ::core::option::Option<Result<(), Failure>>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<Result<(), Failure>>().guard();
    __call_of_remind(&user, &hours).peek(rules)
}
///Stores `value` as what [`remind`] gives for this call.
#[allow(unused_variables)]
fn prime_remind(
    user: u64,
    hours: u64,
    value: Result<(), Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let __ttl: ::core::time::Duration = Duration::from_secs(hours * 3600);
    let rules = ::cache_memoize::__private::returned::<Result<(), Failure>>()
        .guard()
        .ttl(__ttl);
    __call_of_remind(&user, &hours).prime(rules, value)
}
///Forgets all that [`remind`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_remind() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_remind__in_an_impl_add_in_impl().forget()
}
