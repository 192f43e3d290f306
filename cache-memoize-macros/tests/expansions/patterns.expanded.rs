fn area(__arg0: (u32, u32), __arg1: &Named, __arg2: u8) -> u32 {
    let __ttl: ::core::time::Duration = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        span(left)
    };
    let rules = ::cache_memoize::__private::returned::<u32>().rules().ttl(__ttl);
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call
        .run(
            rules,
            |(__arg0, __arg1, _)| {
                #[allow(unused_variables)]
                let (left, right) = __arg0;
                (|pair, _| seen(pair, left))(__arg0, __arg1);
            },
            ::cache_memoize::__private::no_hook,
            (__arg0, __arg1, __arg2),
            |(__arg0, __arg1, __arg2)| uncached_area(__arg0, __arg1, __arg2),
        )
}
fn __site_of_area__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("area", 0xf06935478f4dbcfa, neighbour::<here>)
        .cache_by_call();
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
///[`area`] as written: nothing is looked up, nothing is stored.
fn uncached_area(
    (left, mut right): (u32, u32),
    &Named { ref name, .. }: &Named,
    _: u8,
) -> u32 {
    let _ = &left;
    let _ = &right;
    let _ = &name;
    right += 1;
    left * right
}
///Computes [`area`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_area(__arg0: (u32, u32), __arg1: &Named, __arg2: u8) -> u32 {
    let __ttl: ::core::time::Duration = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        span(left)
    };
    let rules = ::cache_memoize::__private::returned::<u32>().rules().ttl(__ttl);
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call.renew(rules, move || uncached_area(__arg0, __arg1, __arg2))
}
///The key of this call of [`area`].
#[allow(unused_variables)]
fn cache_key_area(__arg0: (u32, u32), __arg1: &Named) -> ::cache_memoize::Key {
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call.key()
}
///Forgets what [`area`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_area(
    __arg0: (u32, u32),
    __arg1: &Named,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call.invalidate()
}
///What is remembered of this call of [`area`], without computing.
#[allow(unused_variables)]
fn peek_area(
    __arg0: (u32, u32),
    __arg1: &Named,
) -> ::core::result::Result<::core::option::Option<u32>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<u32>().rules();
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call.peek(rules)
}
///Stores `value` as what [`area`] gives for this call.
#[allow(unused_variables)]
fn prime_area(
    __arg0: (u32, u32),
    __arg1: &Named,
    value: u32,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let __ttl: ::core::time::Duration = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        span(left)
    };
    let rules = ::cache_memoize::__private::returned::<u32>().rules().ttl(__ttl);
    let __call = {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        #[allow(unused_variables)]
        let Named { name, .. } = &__arg1;
        __site_of_area__in_an_impl_add_in_impl()
            .call(
                &[],
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
                (
                    ::cache_memoize::__private::part(&(left + 1)),
                    ::cache_memoize::__private::part(&(&name)),
                    ::cache_memoize::__private::extra(&tenant(right)),
                ),
            )
    };
    __call.prime(rules, value)
}
///Forgets all that [`area`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_area(
    __arg0: (u32, u32),
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    {
        #[allow(unused_variables)]
        let (left, right) = &__arg0;
        __site_of_area__in_an_impl_add_in_impl()
            .invalidate_all(
                ::core::option::Option::Some(
                    ::cache_memoize::__private::borrowed_cache(&caches[*right]),
                ),
            )
    }
}
