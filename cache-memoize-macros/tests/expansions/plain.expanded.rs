/// What one unit of `from` costs, times `n`.
pub fn rate(from: &str, n: u32) -> f64 {
    let rules = || ::cache_memoize::__private::returned::<f64>().rules();
    __call_of_rate(&from, &n).get(rules, move || uncached_rate(from, n))
}
fn __site_of_rate__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Lifetime, Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("rate", 0xfdd32a4806380f20, neighbour::<here>)
        .ttl(Lifetime::millis(300000));
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_rate(from: &&str, n: &u32) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_rate__in_an_impl_add_in_impl().keyed(&[], (part(from), part(n)))
}
///[`rate`] as written: nothing is looked up, nothing is stored.
pub fn uncached_rate(from: &str, mut n: u32) -> f64 {
    n += 1;
    lookup(from) * f64::from(n)
}
///Computes [`rate`] now, and stores what it gives.
pub fn refresh_rate(from: &str, n: u32) -> f64 {
    let rules = ::cache_memoize::__private::returned::<f64>().rules();
    __call_of_rate(&from, &n).renew(rules, move || uncached_rate(from, n))
}
///The key of this call of [`rate`].
pub fn cache_key_rate(from: &str, n: u32) -> ::cache_memoize::Key {
    __call_of_rate(&from, &n).key()
}
///Forgets what [`rate`] gave for this call, and says whether there was something to forget.
pub fn invalidate_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_rate(&from, &n).invalidate()
}
///What is remembered of this call of [`rate`], without computing.
pub fn peek_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<::core::option::Option<f64>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<f64>().rules();
    __call_of_rate(&from, &n).peek(rules)
}
///Stores `value` as what [`rate`] gives for this call.
pub fn prime_rate(
    from: &str,
    n: u32,
    value: f64,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<f64>().rules();
    __call_of_rate(&from, &n).prime(rules, value)
}
///Forgets all that [`rate`] gave, however much that is.
pub fn invalidate_all_rate() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_rate__in_an_impl_add_in_impl().forget()
}
