fn parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    let rules = || ::cache_memoize::__private::returned::<[T; N]>().rules();
    __call_of_parse::<T, N>(&text, &size)
        .get(rules, move || uncached_parse::<T, N>(text, size))
}
fn __site_of_parse__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("parse", 0x1a782211802ca497, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_parse<'a, T: Shape, const N: usize>(
    text: &&'a str,
    size: &(impl Into<u64> + Clone),
) -> ::cache_memoize::__private::Call
where
    T: Clone,
{
    use ::cache_memoize::__private::part;
    __site_of_parse__in_an_impl_add_in_impl()
        .keyed(
            &[
                ::core::any::type_name::<T>(),
                ::cache_memoize::__private::type_name_of(size),
            ],
            (part(&N), part(text), part(size)),
        )
}
///[`parse`] as written: nothing is looked up, nothing is stored.
fn uncached_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    T::parse(text, size)
}
///Computes [`parse`] now, and stores what it gives.
fn refresh_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> [T; N]
where
    T: Clone,
{
    let rules = ::cache_memoize::__private::returned::<[T; N]>().rules();
    __call_of_parse::<T, N>(&text, &size)
        .renew(rules, move || uncached_parse::<T, N>(text, size))
}
///The key of this call of [`parse`].
fn cache_key_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::cache_memoize::Key
where
    T: Clone,
{
    __call_of_parse::<T, N>(&text, &size).key()
}
///Forgets what [`parse`] gave for this call, and says whether there was something to forget.
fn invalidate_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::core::result::Result<bool, ::cache_memoize::Error>
where
    T: Clone,
{
    __call_of_parse::<T, N>(&text, &size).invalidate()
}
///What is remembered of this call of [`parse`], without computing.
fn peek_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
) -> ::core::result::Result<::core::option::Option<[T; N]>, ::cache_memoize::Error>
where
    T: Clone,
{
    let rules = ::cache_memoize::__private::returned::<[T; N]>().rules();
    __call_of_parse::<T, N>(&text, &size).peek(rules)
}
///Stores `value` as what [`parse`] gives for this call.
fn prime_parse<'a, T: Shape, const N: usize>(
    text: &'a str,
    size: impl Into<u64> + Clone,
    value: [T; N],
) -> ::core::result::Result<(), ::cache_memoize::Error>
where
    T: Clone,
{
    let rules = ::cache_memoize::__private::returned::<[T; N]>().rules();
    __call_of_parse::<T, N>(&text, &size).prime(rules, value)
}
///Forgets all that [`parse`] gave, however much that is.
fn invalidate_all_parse() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_parse__in_an_impl_add_in_impl().forget()
}
