fn report(id: u64, attempts: u64) -> Result<Report, Failure> {
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(is_final)
        .local()
        .cache_if(|report: &Report| report.final_one)
        .ttl_with(Report::lifetime)
        .err_ttl(__err_ttl);
    __call_of_report(&id, &attempts)
        .get(move || rules, move || uncached_report(id, attempts))
}
fn __site_of_report__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("report", 0x712f9ff15335de5b, neighbour::<here>).local();
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_report(id: &u64, attempts: &u64) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_report__in_an_impl_add_in_impl().keyed(&[], (part(id), part(attempts)))
}
///[`report`] as written: nothing is looked up, nothing is stored.
fn uncached_report(id: u64, attempts: u64) -> Result<Report, Failure> {
    let _ = &attempts;
    Report::of(id)
}
///Computes [`report`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_report(id: u64, attempts: u64) -> Result<Report, Failure> {
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(is_final)
        .local()
        .cache_if(|report: &Report| report.final_one)
        .ttl_with(Report::lifetime)
        .err_ttl(__err_ttl);
    __call_of_report(&id, &attempts).renew(rules, move || uncached_report(id, attempts))
}
///The key of this call of [`report`].
#[allow(unused_variables)]
fn cache_key_report(id: u64, attempts: u64) -> ::cache_memoize::Key {
    __call_of_report(&id, &attempts).key()
}
///Forgets what [`report`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_report(
    id: u64,
    attempts: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_report(&id, &attempts).invalidate()
}
///What is remembered of this call of [`report`], without computing.
#[allow(unused_variables)]
fn peek_report(
    id: u64,
    attempts: u64,
) -> ::core::result::Result<
    ::core::option::Option<Result<Report, Failure>>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(is_final)
        .local()
        .cache_if(|report: &Report| report.final_one)
        .ttl_with(Report::lifetime);
    __call_of_report(&id, &attempts).peek(rules)
}
///Stores `value` as what [`report`] gives for this call.
#[allow(unused_variables)]
fn prime_report(
    id: u64,
    attempts: u64,
    value: Result<Report, Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let __err_ttl: ::core::time::Duration = Duration::from_secs(attempts);
    let rules = ::cache_memoize::__private::returned::<Result<Report, Failure>>()
        .rules()
        .cache_err(is_final)
        .local()
        .cache_if(|report: &Report| report.final_one)
        .ttl_with(Report::lifetime)
        .err_ttl(__err_ttl);
    __call_of_report(&id, &attempts).prime(rules, value)
}
///Forgets all that [`report`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_report() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_report__in_an_impl_add_in_impl().forget()
}
