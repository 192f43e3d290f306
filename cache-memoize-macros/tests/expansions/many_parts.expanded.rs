fn many(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
) -> u8 {
    fn __site_of_many() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("many", 0x7e5a6803cc51fdb5, neighbour::<here>);
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    ///`many` as written: nothing is looked up, nothing is stored.
    #[allow(clippy::too_many_arguments)]
    fn uncached_many(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: u8,
    ) -> u8 {
        a
    }
    let rules = || ::cache_memoize::__private::returned::<u8>().rules();
    let __call = __site_of_many()
        .call(
            &[],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&a),
                ::cache_memoize::__private::part(&b),
                ::cache_memoize::__private::part(&c),
                ::cache_memoize::__private::part(&d),
                ::cache_memoize::__private::part(&e),
                ::cache_memoize::__private::part(&f),
                ::cache_memoize::__private::part(&g),
                ::cache_memoize::__private::part(&h),
                ::cache_memoize::__private::part(&i),
                ::cache_memoize::__private::part(&j),
                ::cache_memoize::__private::part(&k),
                (
                    ::cache_memoize::__private::part(&l),
                    ::cache_memoize::__private::part(&m),
                ),
            ),
        );
    __call.get(rules, move || uncached_many(a, b, c, d, e, f, g, h, i, j, k, l, m))
}
