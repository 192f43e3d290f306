fn load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    let rules = ::cache_memoize::__private::returned::<User>().rules();
    __call_of_load(&id)
        .run(
            rules,
            |(_, id, _)| {
                (seen)(id);
            },
            ::cache_memoize::__private::no_hook,
            (connection, id, log),
            |(connection, id, log)| uncached_load(connection, id, log),
        )
}
fn __site_of_load__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("load", 0x28d312e405c9ac67, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_load(id: &u64) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_load__in_an_impl_add_in_impl().keyed(&[], (part(id),))
}
///[`load`] as written: nothing is looked up, nothing is stored.
fn uncached_load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    log("loading");
    connection.load(id)
}
///Computes [`load`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    let rules = ::cache_memoize::__private::returned::<User>().rules();
    __call_of_load(&id).renew(rules, move || uncached_load(connection, id, log))
}
///The key of this call of [`load`].
#[allow(unused_variables)]
fn cache_key_load(id: u64) -> ::cache_memoize::Key {
    __call_of_load(&id).key()
}
///Forgets what [`load`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_load(id: u64) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_load(&id).invalidate()
}
///What is remembered of this call of [`load`], without computing.
#[allow(unused_variables)]
fn peek_load(
    id: u64,
) -> ::core::result::Result<::core::option::Option<User>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<User>().rules();
    __call_of_load(&id).peek(rules)
}
///Stores `value` as what [`load`] gives for this call.
#[allow(unused_variables)]
fn prime_load(
    id: u64,
    value: User,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<User>().rules();
    __call_of_load(&id).prime(rules, value)
}
///Forgets all that [`load`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_load() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_load__in_an_impl_add_in_impl().forget()
}
