fn r#match(r#type: u8) -> u8 {
    let rules = || ::cache_memoize::__private::returned::<u8>().rules();
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.get(rules, move || uncached_match(r#type))
}
fn __site_of_match__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("match", 0x98ae25482af272a0, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
///`match` as written: nothing is looked up, nothing is stored.
fn uncached_match(r#type: u8) -> u8 {
    let _ = &r#type;
    r#type
}
///Computes `match` now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_match(r#type: u8) -> u8 {
    let rules = ::cache_memoize::__private::returned::<u8>().rules();
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.renew(rules, move || uncached_match(r#type))
}
///The key of this call of `match`.
#[allow(unused_variables)]
fn cache_key_match(r#type: u8) -> ::cache_memoize::Key {
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.key()
}
///Forgets what `match` gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_match(r#type: u8) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.invalidate()
}
///What is remembered of this call of `match`, without computing.
#[allow(unused_variables)]
fn peek_match(
    r#type: u8,
) -> ::core::result::Result<::core::option::Option<u8>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<u8>().rules();
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.peek(rules)
}
///Stores `value` as what `match` gives for this call.
#[allow(unused_variables)]
fn prime_match(
    r#type: u8,
    value: u8,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<u8>().rules();
    let __call = __site_of_match__in_an_impl_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&r#type),),
        );
    __call.prime(rules, value)
}
///Forgets all that `match` gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_match() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_match__in_an_impl_add_in_impl().forget()
}
