async fn load(self: Arc<Self>, id: u32) -> Result<User, Failure> {
    fn __site_of_load() -> &'static ::cache_memoize::__private::Site {
        use ::cache_memoize::__private::{Registered, Site, neighbour, site};
        struct here;
        static SITE: Site = site("load", 0xd473442f629d9b1f, neighbour::<here>)
            .awaited();
        ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
        &SITE
    }
    let rules = ::cache_memoize::__private::returned::<Result<User, Failure>>().rules();
    let __call = __site_of_load()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call
        .run_async(
            rules,
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (id,),
            move |(id,)| async move {
                if let ::core::option::Option::Some(__result) = ::core::option::Option::None::<
                    Result<User, Failure>,
                > {
                    return __result;
                }
                let __result: Result<User, Failure> = {
                    Ok(self.connection.load(id).await?)
                };
                #[allow(unreachable_code)] __result
            },
        )
        .await
}
