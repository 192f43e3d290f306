impl<T: Store> Repo<T> {
    const LIMIT: usize = 10;
    pub fn get(&self, id: u64) -> User {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call
            .run(
                (&&::cache_memoize::__private::Probe::<User>::new()).rules(),
                ::cache_memoize::__private::no_hook,
                ::cache_memoize::__private::no_hook,
                (self, id),
                |(__self, id)| Self::uncached_get(__self, id),
            )
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "get",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x5aa1cccb96ff1d0e),
        );
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    ///[`get`](Self::get) as written: nothing is looked up, nothing is stored.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    pub fn uncached_get(&self, id: u64) -> User {
        self.load(id)
    }
    ///Computes [`get`](Self::get) now, and stores what it gives.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn refresh_get(&self, id: u64) -> User {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call
            .refresh(
                (&&::cache_memoize::__private::Probe::<User>::new()).rules(),
                (self, id),
                |(__self, id)| Self::uncached_get(__self, id),
            )
    }
    ///The key of this call of [`get`](Self::get).
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn cache_key_get(id: u64) -> ::cache_memoize::Key {
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call.key()
    }
    ///Forgets what [`get`](Self::get) gave for this call, and says whether there was something to forget.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn invalidate_get(
        id: u64,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call.invalidate()
    }
    ///Forgets all that [`get`](Self::get) gave, however much that is.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn invalidate_all_get() -> ::core::result::Result<(), ::cache_memoize::Error> {
        Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .invalidate_all(::core::option::Option::None)
    }
    ///What is remembered of this call of [`get`](Self::get), without computing.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn peek_get(
        id: u64,
    ) -> ::core::result::Result<::core::option::Option<User>, ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call.peek((&&::cache_memoize::__private::Probe::<User>::new()).rules())
    }
    ///Stores `value` as what [`get`](Self::get) gives for this call.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    pub fn prime_get(
        id: u64,
        value: User,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&id),),
            );
        __call.prime((&&::cache_memoize::__private::Probe::<User>::new()).rules(), value)
    }
    fn count(kind: Kind) -> usize {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call
            .run(
                (&&::cache_memoize::__private::Probe::<usize>::new()).rules(),
                ::cache_memoize::__private::no_hook,
                ::cache_memoize::__private::no_hook,
                (kind,),
                |(kind,)| Self::uncached_count(kind),
            )
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
            "count",
            || ::cache_memoize::__private::neighbour(&here),
            ::cache_memoize::__private::place!(0x88f2ba90f0c36446),
        );
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    ///[`count`](Self::count) as written: nothing is looked up, nothing is stored.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    fn uncached_count(kind: Kind) -> usize {
        Self::LIMIT + T::count(kind)
    }
    ///Computes [`count`](Self::count) now, and stores what it gives.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn refresh_count(kind: Kind) -> usize {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call
            .refresh(
                (&&::cache_memoize::__private::Probe::<usize>::new()).rules(),
                (kind,),
                |(kind,)| Self::uncached_count(kind),
            )
    }
    ///The key of this call of [`count`](Self::count).
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn cache_key_count(kind: Kind) -> ::cache_memoize::Key {
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call.key()
    }
    ///Forgets what [`count`](Self::count) gave for this call, and says whether there was something to forget.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn invalidate_count(
        kind: Kind,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call.invalidate()
    }
    ///Forgets all that [`count`](Self::count) gave, however much that is.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn invalidate_all_count() -> ::core::result::Result<(), ::cache_memoize::Error> {
        Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .invalidate_all(::core::option::Option::None)
    }
    ///What is remembered of this call of [`count`](Self::count), without computing.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn peek_count(
        kind: Kind,
    ) -> ::core::result::Result<::core::option::Option<usize>, ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call.peek((&&::cache_memoize::__private::Probe::<usize>::new()).rules())
    }
    ///Stores `value` as what [`count`](Self::count) gives for this call.
    #[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
    #[allow(unused_variables)]
    fn prime_count(
        kind: Kind,
        value: usize,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        #[allow(unused_imports)]
        use ::cache_memoize::__private::{
            FaultReturn as _, PlainReturn as _, ResultReturn as _,
        };
        let __call = Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .call(
                &[::cache_memoize::__private::self_type::<Self>()],
                ::core::option::Option::None,
                (::cache_memoize::__private::part(&kind),),
            );
        __call
            .prime((&&::cache_memoize::__private::Probe::<usize>::new()).rules(), value)
    }
    pub fn load(&self, id: u64) -> User {
        self.store.load(id)
    }
}
