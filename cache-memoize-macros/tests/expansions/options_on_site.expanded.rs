pub fn report(id: u64) -> Result<Report, Failure> {
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(::cache_memoize::__private::always);
    __call_of_report(&id).get(move || rules, move || uncached_report(id))
}
fn __site_of_report__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Lifetime, Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("report", 0xb9e76ab6dd6dae91, neighbour::<here>)
        .cache("reports")
        .prefix("r")
        .version(3)
        .ttl(Lifetime::millis(3600000))
        .err_ttl(Lifetime::millis(5000))
        .jitter(0.1)
        .single_flight_off();
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_report(id: &u64) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_report__in_an_impl_add_in_impl().keyed(&[], (part(id),))
}
///`report` as written: nothing is looked up, nothing is stored.
pub(crate) fn uncached_report(id: u64) -> Result<Report, Failure> {
    Report::of(id)
}
///Computes `report` now, and stores what it gives.
pub(crate) fn refresh_report(id: u64) -> Result<Report, Failure> {
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(::cache_memoize::__private::always);
    __call_of_report(&id).renew(rules, move || uncached_report(id))
}
///The key of this call of `report`.
pub(crate) fn cache_key_report(id: u64) -> ::cache_memoize::Key {
    __call_of_report(&id).key()
}
///Forgets what `report` gave for this call, and says whether there was something to forget.
pub(crate) fn invalidate_report(
    id: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_report(&id).invalidate()
}
///What is remembered of this call of `report`, without computing.
pub(crate) fn peek_report(
    id: u64,
) -> ::core::result::Result<
    ::core::option::Option<Result<Report, Failure>>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(::cache_memoize::__private::always);
    __call_of_report(&id).peek(rules)
}
///Stores `value` as what `report` gives for this call.
pub(crate) fn prime_report(
    id: u64,
    value: Result<Report, Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(::cache_memoize::__private::always);
    __call_of_report(&id).prime(rules, value)
}
///Forgets all that `report` gave, however much that is.
pub(crate) fn invalidate_all_report() -> ::core::result::Result<
    (),
    ::cache_memoize::Error,
> {
    __site_of_report__in_an_impl_add_in_impl().forget()
}
