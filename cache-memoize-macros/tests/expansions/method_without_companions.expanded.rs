fn area(&self, scale: u32) -> Option<u32> {
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_area() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "area",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0xde337d2ec524c059),
        );
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_area()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::None,
            (
                ::cache_memoize::__private::part(&self),
                ::cache_memoize::__private::part(&scale),
            ),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<Option<u32>>::new()).rules(),
            |(scale,)| {
                (seen)(&self, scale);
            },
            ::cache_memoize::__private::no_hook,
            (scale,),
            move |(mut scale,)| -> Option<u32> {
                scale += 1;
                self.side.checked_mul(scale)
            },
        )
}
