fn total<T: Into<u64>>(values: Vec<T>) -> u64 {
    let rules = || ::cache_memoize::__private::returned::<u64>().rules();
    Self::__call_of_total::<T>(&values)
        .get(rules, move || Self::uncached_total::<T>(values))
}
fn __site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Lifetime, Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("total", 0x4dc36713019fa974, neighbour::<here>)
        .prefix("totals")
        .ttl(Lifetime::FOREVER);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_total<T: Into<u64>>(values: &Vec<T>) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .keyed(
            &[
                ::cache_memoize::__private::self_type::<Self>(),
                ::core::any::type_name::<T>(),
            ],
            (part(values),),
        )
}
///[`total`](Self::total) as written: nothing is looked up, nothing is stored.
#[allow(dead_code)]
fn uncached_total<T: Into<u64>>(values: Vec<T>) -> u64 {
    values.into_iter().map(Into::into).sum()
}
///Computes [`total`](Self::total) now, and stores what it gives.
#[allow(dead_code)]
fn refresh_total<T: Into<u64>>(values: Vec<T>) -> u64 {
    let rules = ::cache_memoize::__private::returned::<u64>().rules();
    Self::__call_of_total::<T>(&values)
        .renew(rules, move || Self::uncached_total::<T>(values))
}
///The key of this call of [`total`](Self::total).
#[allow(dead_code)]
fn cache_key_total<T: Into<u64>>(values: Vec<T>) -> ::cache_memoize::Key {
    Self::__call_of_total::<T>(&values).key()
}
///Forgets what [`total`](Self::total) gave for this call, and says whether there was something to forget.
#[allow(dead_code)]
fn invalidate_total<T: Into<u64>>(
    values: Vec<T>,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    Self::__call_of_total::<T>(&values).invalidate()
}
///What is remembered of this call of [`total`](Self::total), without computing.
#[allow(dead_code)]
fn peek_total<T: Into<u64>>(
    values: Vec<T>,
) -> ::core::result::Result<::core::option::Option<u64>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<u64>().rules();
    Self::__call_of_total::<T>(&values).peek(rules)
}
///Stores `value` as what [`total`](Self::total) gives for this call.
#[allow(dead_code)]
fn prime_total<T: Into<u64>>(
    values: Vec<T>,
    value: u64,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<u64>().rules();
    Self::__call_of_total::<T>(&values).prime(rules, value)
}
///Forgets all that [`total`](Self::total) gave, however much that is.
#[allow(dead_code)]
fn invalidate_all_total() -> ::core::result::Result<(), ::cache_memoize::Error> {
    Self::__site_of_total__in_a_trait_impl_put_cache_memoize_on_the_block_too().forget()
}
