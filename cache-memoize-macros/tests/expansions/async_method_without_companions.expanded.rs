async fn load(self: Arc<Self>, id: u32) -> Result<User, Failure> {
    #[doc(hidden)]
    #[allow(dead_code)]
    fn __site_of_load() -> &'static ::cache_memoize::__private::Site {
        fn here() {}
        static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
                "load",
                || ::cache_memoize::__private::neighbour(&here),
                ::cache_memoize::__private::place!(0x31c9659db2d9d055),
            )
            .awaited();
        ::cache_memoize::__private::inventory::submit! {
            ::cache_memoize::__private::Registered(& SITE)
        }
        &SITE
    }
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_load()
        .call(
            &[::cache_memoize::__private::self_type::<Self>()],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&id),),
        );
    __call
        .run_async(
            (&&::cache_memoize::__private::Probe::<Result<User, Failure>>::new())
                .rules(),
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
