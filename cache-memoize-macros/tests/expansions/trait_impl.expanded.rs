#[cfg(feature = "shapes")]
impl<'a, T> shapes::Shape<u8> for Square<'a, T>
where
    T: Clone,
{
    type Area = u64;
    const SIDES: u32 = 4;
    fn area(&self, scale: u32) -> Vec<<Self as shapes::Shape<u8>>::Area> {
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let rules = || {
            ::cache_memoize::__private::returned::<
                Vec<<Self as shapes::Shape<u8>>::Area>,
            >()
                .rules()
                .ttl(__ttl)
        };
        Self::__call_of_area(&self, &scale)
            .get(rules, move || Self::uncached_area(self, scale))
    }
    async fn name() -> String {
        fn __site_of_name() -> &'static ::cache_memoize::__private::Site {
            use ::cache_memoize::__private::{Registered, Site, neighbour, site};
            struct here;
            static SITE: Site = site("name", 0xb735378e3aa45776, neighbour::<here>)
                .awaited()
                .of_trait("shapes::Shape<u8>");
            ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
            &SITE
        }
        let rules = ::cache_memoize::__private::returned::<String>().rules();
        let __call = __site_of_name()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (),
            );
        __call
            .run_async(
                rules,
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
    fn __site_of_area() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("area", 0x6d88290ee9d846e4, neighbour::<here>)
            .of_trait("shapes::Shape<u8>");
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    fn __call_of_area(__self: &&Self, scale: &u32) -> ::cache_memoize::__private::Call {
        use ::cache_memoize::__private::part;
        Self::__site_of_area()
            .keyed(
                &[::cache_memoize::__private::self_type::<Self>()],
                (part(__self), part(scale)),
            )
    }
    ///`area` as written: nothing is looked up, nothing is stored.
    #[allow(dead_code, private_interfaces)]
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
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn refresh_area(&self, scale: u32) -> Vec<<Self as shapes::Shape<u8>>::Area> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let rules = ::cache_memoize::__private::returned::<
            Vec<<Self as shapes::Shape<u8>>::Area>,
        >()
            .rules()
            .ttl(__ttl);
        Self::__call_of_area(&self, &scale)
            .renew(rules, move || Self::uncached_area(self, scale))
    }
    ///The key of this call of `area`.
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn cache_key_area(&self, scale: u32) -> ::cache_memoize::Key {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        Self::__call_of_area(&self, &scale).key()
    }
    ///Forgets what `area` gave for this call, and says whether there was something to forget.
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn invalidate_area(
        &self,
        scale: u32,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        Self::__call_of_area(&self, &scale).invalidate()
    }
    ///What is remembered of this call of `area`, without computing.
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn peek_area(
        &self,
        scale: u32,
    ) -> ::core::result::Result<
        ::core::option::Option<Vec<<Self as shapes::Shape<u8>>::Area>>,
        ::cache_memoize::Error,
    > {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let rules = ::cache_memoize::__private::returned::<
            Vec<<Self as shapes::Shape<u8>>::Area>,
        >()
            .rules();
        Self::__call_of_area(&self, &scale).peek(rules)
    }
    ///Stores `value` as what `area` gives for this call.
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn prime_area(
        &self,
        scale: u32,
        value: Vec<<Self as shapes::Shape<u8>>::Area>,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        let __ttl: ::core::time::Duration = Self::lifetime(scale);
        let rules = ::cache_memoize::__private::returned::<
            Vec<<Self as shapes::Shape<u8>>::Area>,
        >()
            .rules()
            .ttl(__ttl);
        Self::__call_of_area(&self, &scale).prime(rules, value)
    }
    ///Forgets all that `area` gave, however much that is.
    #[allow(dead_code, private_interfaces, unused_variables)]
    pub fn invalidate_all_area() -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use shapes::Shape as _;
        Self::__site_of_area().forget()
    }
}
