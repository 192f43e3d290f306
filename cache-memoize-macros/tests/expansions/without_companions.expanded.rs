#[allow(unused_variables)]
pub async fn fib<T: Number>(n: T, __arg1: (u8, u8)) -> T {
    #[allow(unused_variables)]
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_fib() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
                "fib",
                || ::cache_memoize::__private::neighbour(&here),
                ::cache_memoize::__private::place!(0x7d67286fd1af2f63),
            )
            .awaited();
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    ///`fib` as written: nothing is looked up, nothing is stored.
    #[allow(unused_variables)]
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[expect(unused_variables)]
    async fn uncached_fib<T: Number>(n: T, (a, mut b): (u8, u8)) -> T {
        b += 1;
        T::fib(n).await
    }
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_fib()
        .call(
            &[::core::any::type_name::<T>()],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&n),
                ::cache_memoize::__private::part(&__arg1),
            ),
        );
    __call
        .run_async(
            (&&::cache_memoize::__private::Probe::<T>::new()).rules(),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (n, __arg1),
            |(n, __arg1)| uncached_fib::<T>(n, __arg1),
        )
        .await
}
