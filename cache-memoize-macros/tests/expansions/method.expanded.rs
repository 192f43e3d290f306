pub async fn get(&self, id: u64) -> Option<User> {
    let rules = || ::cache_memoize::__private::returned::<Option<User>>().rules();
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.get_async(rules, move || Self::uncached_get(self, id)).await
}
fn __site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("get", 0x176f36c394edba4f, neighbour::<here>)
        .awaited()
        .cache_by_call()
        .version(2);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
///[`get`](Self::get) as written: nothing is looked up, nothing is stored.
#[allow(dead_code)]
pub async fn uncached_get(&self, id: u64) -> Option<User> {
    self.load(id).await
}
///Computes [`get`](Self::get) now, and stores what it gives.
#[allow(dead_code, unused_variables)]
pub async fn refresh_get(&self, id: u64) -> Option<User> {
    let rules = ::cache_memoize::__private::returned::<Option<User>>().rules();
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.renew_async(rules, move || Self::uncached_get(self, id)).await
}
///The key of this call of [`get`](Self::get).
#[allow(dead_code, unused_variables)]
pub fn cache_key_get(&self, id: u64) -> ::cache_memoize::Key {
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.key()
}
///Forgets what [`get`](Self::get) gave for this call, and says whether there was something to forget.
#[allow(dead_code, unused_variables)]
pub async fn invalidate_get(
    &self,
    id: u64,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.invalidate_async().await
}
///What is remembered of this call of [`get`](Self::get), without computing.
#[allow(dead_code, unused_variables)]
pub async fn peek_get(
    &self,
    id: u64,
) -> ::core::result::Result<
    ::core::option::Option<Option<User>>,
    ::cache_memoize::Error,
> {
    let rules = ::cache_memoize::__private::returned::<Option<User>>().rules();
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.peek_async(rules).await
}
///Stores `value` as what [`get`](Self::get) gives for this call.
#[allow(dead_code, unused_variables)]
pub async fn prime_get(
    &self,
    id: u64,
    value: Option<User>,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<Option<User>>().rules();
    let __call = Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
            (::cache_memoize::__private::part(&id),),
        );
    __call.prime_async(rules, value).await
}
///Forgets all that [`get`](Self::get) gave, however much that is.
#[allow(dead_code, unused_variables)]
pub async fn invalidate_all_get(
    &self,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    Self::__site_of_get__in_a_trait_impl_put_cache_memoize_on_the_block_too()
        .invalidate_all_async(
            ::core::option::Option::Some(
                ::cache_memoize::__private::borrowed_cache(&self.cache),
            ),
        )
        .await
}
