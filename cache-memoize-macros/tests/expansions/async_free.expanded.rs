pub(crate) async fn rate(from: &str, n: u32) -> Result<f64, Failure> {
    let rules = ::cache_memoize::__private::returned::<Result<f64, Failure>>().rules();
    let __call = __call_of_rate(&from, &n);
    __call
        .run_async(
            rules,
            ::cache_memoize::__private::no_hook,
            |(from, n)| {
                (|from, n| println!("{from} {n}"))(from, n);
            },
            (from, n),
            |(from, n)| uncached_rate(from, n),
        )
        .await
}
fn __site_of_rate__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Lifetime, Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("rate", 0x79b01a88ccfb70e4, neighbour::<here>)
        .awaited()
        .ttl(Lifetime::millis(300000));
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_rate(from: &&str, n: &u32) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_rate__in_an_impl_add_in_impl().keyed(&[], (part(from), part(n)))
}
///[`rate`] as written: nothing is looked up, nothing is stored.
pub(crate) async fn uncached_rate(from: &str, n: u32) -> Result<f64, Failure> {
    Ok(lookup(from).await? * f64::from(n))
}
///Computes [`rate`] now, and stores what it gives.
#[allow(unused_variables)]
pub(crate) async fn refresh_rate(from: &str, n: u32) -> Result<f64, Failure> {
    let rules = ::cache_memoize::__private::returned::<Result<f64, Failure>>().rules();
    let __call = __call_of_rate(&from, &n);
    __call.renew_async(rules, move || uncached_rate(from, n)).await
}
///The key of this call of [`rate`].
#[allow(unused_variables)]
pub(crate) fn cache_key_rate(from: &str, n: u32) -> ::cache_memoize::Key {
    let __call = __call_of_rate(&from, &n);
    __call.key()
}
///Forgets what [`rate`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
pub(crate) async fn invalidate_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __call_of_rate(&from, &n);
    __call.invalidate_async().await
}
///What is remembered of this call of [`rate`], without computing.
#[allow(unused_variables)]
pub(crate) async fn peek_rate(
    from: &str,
    n: u32,
) -> ::core::result::Result<
    ::core::option::Option<Result<f64, Failure>>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<Result<f64, Failure>>().rules();
    let __call = __call_of_rate(&from, &n);
    __call.peek_async(rules).await
}
///Stores `value` as what [`rate`] gives for this call.
#[allow(unused_variables)]
pub(crate) async fn prime_rate(
    from: &str,
    n: u32,
    value: Result<f64, Failure>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<Result<f64, Failure>>().rules();
    let __call = __call_of_rate(&from, &n);
    __call.prime_async(rules, value).await
}
///Forgets all that [`rate`] gave, however much that is.
#[allow(unused_variables)]
pub(crate) async fn invalidate_all_rate() -> ::core::result::Result<
    (),
    ::cache_memoize::Error,
> {
    __site_of_rate__in_an_impl_add_in_impl().forget_async().await
}
