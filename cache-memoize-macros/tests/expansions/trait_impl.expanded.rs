#[cfg(feature = "shapes")]
impl<'a, T> shapes::Shape<u8> for Square<'a, T>
where
    T: Clone,
{
    type Area = u64;
    const SIDES: u32 = 4;
    fn area(&self, scale: u32) -> Vec<<Self as shapes::Shape<u8>>::Area> {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let __call = Self::__site_of_area()
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
                (&&::cache_memoize::__private::Probe::<
                    Vec<<Self as shapes::Shape<u8>>::Area>,
                >::new())
                    .rules()
                    .ttl(__ttl),
                ::cache_memoize::__private::no_hook,
                ::cache_memoize::__private::no_hook,
                (self, scale),
                |(__self, scale)| Self::uncached_area(__self, scale),
            )
    }
    async fn name() -> String {
        #[doc(hidden)]
        #[allow(dead_code)]
        fn __site_of_name() -> &'static ::cache_memoize::__private::Site {
            fn here() {}
            static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
                    "name",
                    || ::cache_memoize::__private::neighbour(&here),
                    ::cache_memoize::__private::place!(0x862ec73720f89634),
                )
                .awaited()
                .of_trait("shapes::Shape<u8>");
            ::cache_memoize::__private::inventory::submit! {
                ::cache_memoize::__private::Registered(& SITE)
            }
            &SITE
        }
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = __site_of_name()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (),
            );
        __call
            .run_async(
                (&&::cache_memoize::__private::Probe::<String>::new()).rules(),
                ::cache_memoize::__private::no_hook,
                ::cache_memoize::__private::no_hook,
                (),
                move |()| async move {
                    if let ::core::option::Option::Some(__result) = ::core::option::Option::None::<
                        String,
                    > {
                        return __result;
                    }
                    let __result: String = {
                        Self::describe(<Self as shapes::Shape<u8>>::SIDES).await
                    };
                    #[allow(unreachable_code)] __result
                },
            )
            .await
    }
    fn count(&self) -> usize {
        2
    }
}
#[cfg(feature = "shapes")]
impl<'a, T> Square<'a, T>
where
    T: Clone,
{
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_area() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
                "area",
                || ::cache_memoize::__private::neighbour(&here),
                ::cache_memoize::__private::place!(0x6239cc890f08e33a),
            )
            .of_trait("shapes::Shape<u8>");
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    ///`area` as written: nothing is looked up, nothing is stored.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    pub fn uncached_area(&self, scale: u32) -> Vec<<Self as shapes::Shape<u8>>::Area> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let _ = &scale;
        vec![
            < Self as shapes::Shape < u8 > > ::Area::from(scale * < Self as shapes::Shape
            < u8 > > ::SIDES); self.count()
        ]
    }
    ///Computes `area` now, and stores what it gives.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn refresh_area(&self, scale: u32) -> Vec<<Self as shapes::Shape<u8>>::Area> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let __call = Self::__site_of_area()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (
                    ::cache_memoize::__private::part(&self),
                    ::cache_memoize::__private::part(&scale),
                ),
            );
        __call
            .refresh(
                (&&::cache_memoize::__private::Probe::<
                    Vec<<Self as shapes::Shape<u8>>::Area>,
                >::new())
                    .rules()
                    .ttl(__ttl),
                (self, scale),
                |(__self, scale)| Self::uncached_area(__self, scale),
            )
    }
    ///The key of this call of `area`.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn cache_key_area(&self, scale: u32) -> ::cache_memoize::Key {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let __call = Self::__site_of_area()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (
                    ::cache_memoize::__private::part(&self),
                    ::cache_memoize::__private::part(&scale),
                ),
            );
        __call.key()
    }
    ///Forgets what `area` gave for this call, and says whether there was something to forget.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn invalidate_area(
        &self,
        scale: u32,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let __call = Self::__site_of_area()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (
                    ::cache_memoize::__private::part(&self),
                    ::cache_memoize::__private::part(&scale),
                ),
            );
        __call.invalidate()
    }
    ///Forgets all that `area` gave, however much that is.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn invalidate_all_area() -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        Self::__site_of_area().invalidate_all(::core::option::Option::None)
    }
    ///What is remembered of this call of `area`, without computing.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn peek_area(
        &self,
        scale: u32,
    ) -> ::core::result::Result<
        ::core::option::Option<Vec<<Self as shapes::Shape<u8>>::Area>>,
        ::cache_memoize::Error,
    > {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_area()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (
                    ::cache_memoize::__private::part(&self),
                    ::cache_memoize::__private::part(&scale),
                ),
            );
        __call
            .peek(
                (&&::cache_memoize::__private::Probe::<
                    Vec<<Self as shapes::Shape<u8>>::Area>,
                >::new())
                    .rules(),
            )
    }
    ///Stores `value` as what `area` gives for this call.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments, private_interfaces)]
    #[allow(unused_variables)]
    pub fn prime_area(
        &self,
        scale: u32,
        value: Vec<<Self as shapes::Shape<u8>>::Area>,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let __call = Self::__site_of_area()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (
                    ::cache_memoize::__private::part(&self),
                    ::cache_memoize::__private::part(&scale),
                ),
            );
        __call
            .prime(
                (&&::cache_memoize::__private::Probe::<
                    Vec<<Self as shapes::Shape<u8>>::Area>,
                >::new())
                    .rules()
                    .ttl(__ttl),
                value,
            )
    }
}
