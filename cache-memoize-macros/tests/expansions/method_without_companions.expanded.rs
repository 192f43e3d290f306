fn area(&self, scale: u32) -> Option<u32> {
    fn __site_of_area() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("area", 0xd9df096971913e23, neighbour::<here>);
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    let rules = ::cache_memoize::__private::returned::<Option<u32>>().rules();
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
            rules,
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
