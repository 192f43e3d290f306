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
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_many() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "many",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x789c5c3e62c730c7),
        );
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    ///`many` as written: nothing is looked up, nothing is stored.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
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
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
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
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<u8>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (a, b, c, d, e, f, g, h, i, j, k, l, m),
            |(a, b, c, d, e, f, g, h, i, j, k, l, m)| uncached_many(
                a,
                b,
                c,
                d,
                e,
                f,
                g,
                h,
                i,
                j,
                k,
                l,
                m,
            ),
        )
}
