impl<T: Store> Repo<T> {
    const LIMIT: usize = 10;
    pub fn get(&self, id: u64) -> User {
        let rules = || ::cache_memoize::__private::returned::<User>().rules();
        Self::__call_of_get(&id).get(rules, move || Self::uncached_get(self, id))
    }
    fn __site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("get", 0xf8e4016bb4a75c64, neighbour::<here>);
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    fn __call_of_get(id: &u64) -> ::cache_memoize::__private::Call {
        use ::cache_memoize::__private::part;
        Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .keyed(&[::cache_memoize::__private::self_type::<Self>()], (part(id),))
    }
    ///[`get`](Self::get) as written: nothing is looked up, nothing is stored.
    #[allow(dead_code)]
    pub fn uncached_get(&self, id: u64) -> User {
        self.load(id)
    }
    ///Computes [`get`](Self::get) now, and stores what it gives.
    #[allow(dead_code)]
    pub fn refresh_get(&self, id: u64) -> User {
        let rules = ::cache_memoize::__private::returned::<User>().rules();
        Self::__call_of_get(&id).renew(rules, move || Self::uncached_get(self, id))
    }
    ///The key of this call of [`get`](Self::get).
    #[allow(dead_code)]
    pub fn cache_key_get(id: u64) -> ::cache_memoize::Key {
        Self::__call_of_get(&id).key()
    }
    ///Forgets what [`get`](Self::get) gave for this call, and says whether there was something to forget.
    #[allow(dead_code)]
    pub fn invalidate_get(
        id: u64,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        Self::__call_of_get(&id).invalidate()
    }
    ///What is remembered of this call of [`get`](Self::get), without computing.
    #[allow(dead_code)]
    pub fn peek_get(
        id: u64,
    ) -> ::core::result::Result<::core::option::Option<User>, ::cache_memoize::Error> {
        let rules = ::cache_memoize::__private::returned::<User>().rules();
        Self::__call_of_get(&id).peek(rules)
    }
    ///Stores `value` as what [`get`](Self::get) gives for this call.
    #[allow(dead_code)]
    pub fn prime_get(
        id: u64,
        value: User,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        let rules = ::cache_memoize::__private::returned::<User>().rules();
        Self::__call_of_get(&id).prime(rules, value)
    }
    ///Forgets all that [`get`](Self::get) gave, however much that is.
    #[allow(dead_code)]
    pub fn invalidate_all_get() -> ::core::result::Result<(), ::cache_memoize::Error> {
        Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .forget()
    }
    fn count(kind: Kind) -> usize {
        let rules = || ::cache_memoize::__private::returned::<usize>().rules();
        Self::__call_of_count(&kind).get(rules, move || Self::uncached_count(kind))
    }
    fn __site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("count", 0x4bb9e8170a98a8dc, neighbour::<here>);
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    fn __call_of_count(kind: &Kind) -> ::cache_memoize::__private::Call {
        use ::cache_memoize::__private::part;
        Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .keyed(&[::cache_memoize::__private::self_type::<Self>()], (part(kind),))
    }
    ///[`count`](Self::count) as written: nothing is looked up, nothing is stored.
    #[allow(dead_code)]
    fn uncached_count(kind: Kind) -> usize {
        Self::LIMIT + T::count(kind)
    }
    ///Computes [`count`](Self::count) now, and stores what it gives.
    #[allow(dead_code)]
    fn refresh_count(kind: Kind) -> usize {
        let rules = ::cache_memoize::__private::returned::<usize>().rules();
        Self::__call_of_count(&kind).renew(rules, move || Self::uncached_count(kind))
    }
    ///The key of this call of [`count`](Self::count).
    #[allow(dead_code)]
    fn cache_key_count(kind: Kind) -> ::cache_memoize::Key {
        Self::__call_of_count(&kind).key()
    }
    ///Forgets what [`count`](Self::count) gave for this call, and says whether there was something to forget.
    #[allow(dead_code)]
    fn invalidate_count(
        kind: Kind,
    ) -> ::core::result::Result<bool, ::cache_memoize::Error> {
        Self::__call_of_count(&kind).invalidate()
    }
    ///What is remembered of this call of [`count`](Self::count), without computing.
    #[allow(dead_code)]
    fn peek_count(
        kind: Kind,
    ) -> ::core::result::Result<::core::option::Option<usize>, ::cache_memoize::Error> {
        let rules = ::cache_memoize::__private::returned::<usize>().rules();
        Self::__call_of_count(&kind).peek(rules)
    }
    ///Stores `value` as what [`count`](Self::count) gives for this call.
    #[allow(dead_code)]
    fn prime_count(
        kind: Kind,
        value: usize,
    ) -> ::core::result::Result<(), ::cache_memoize::Error> {
        let rules = ::cache_memoize::__private::returned::<usize>().rules();
        Self::__call_of_count(&kind).prime(rules, value)
    }
    ///Forgets all that [`count`](Self::count) gave, however much that is.
    #[allow(dead_code)]
    fn invalidate_all_count() -> ::core::result::Result<(), ::cache_memoize::Error> {
        Self::__site_of_count__in_a_trait_impl_put_cache_memoize_on_the_block_too()
            .forget()
    }
    pub fn load(&self, id: u64) -> User {
        self.store.load(id)
    }
}
