fn timetable(line: u8, day: Day) -> Timetable {
    let __ttl: ::core::time::Duration = until(day);
    let rules = || {
        ::cache_memoize::__private::returned::<Timetable>().rules().ttl(__ttl)
    };
    __call_of_timetable(&line).get(rules, move || uncached_timetable(line, day))
}
fn __site_of_timetable__in_an_impl_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    use ::cache_memoize::__private::{Registered, Site, neighbour, site};
    struct here;
    static SITE: Site = site("timetable", 0xa01d48f4f72cbe6b, neighbour::<here>);
    ::cache_memoize::__private::inventory::submit!(Registered(& SITE));
    &SITE
}
fn __call_of_timetable(line: &u8) -> ::cache_memoize::__private::Call {
    use ::cache_memoize::__private::part;
    __site_of_timetable__in_an_impl_add_in_impl().keyed(&[], (part(line),))
}
///[`timetable`] as written: nothing is looked up, nothing is stored.
fn uncached_timetable(line: u8, day: Day) -> Timetable {
    let _ = &day;
    Timetable::of(line, day)
}
///Computes [`timetable`] now, and stores what it gives.
#[allow(unused_variables)]
fn refresh_timetable(line: u8, day: Day) -> Timetable {
    let __ttl: ::core::time::Duration = until(day);
    let rules = ::cache_memoize::__private::returned::<Timetable>().rules().ttl(__ttl);
    __call_of_timetable(&line).renew(rules, move || uncached_timetable(line, day))
}
///The key of this call of [`timetable`].
#[allow(unused_variables)]
fn cache_key_timetable(line: u8) -> ::cache_memoize::Key {
    __call_of_timetable(&line).key()
}
///Forgets what [`timetable`] gave for this call, and says whether there was something to forget.
#[allow(unused_variables)]
fn invalidate_timetable(
    line: u8,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    __call_of_timetable(&line).invalidate()
}
///What is remembered of this call of [`timetable`], without computing.
#[allow(unused_variables)]
fn peek_timetable(
    line: u8,
) -> ::core::result::Result<::core::option::Option<Timetable>, ::cache_memoize::Error> {
    let rules = ::cache_memoize::__private::returned::<Timetable>().rules();
    __call_of_timetable(&line).peek(rules)
}
///Stores `value` as what [`timetable`] gives for this call.
#[allow(unused_variables)]
fn prime_timetable(
    line: u8,
    day: Day,
    value: Timetable,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    let __ttl: ::core::time::Duration = until(day);
    let rules = ::cache_memoize::__private::returned::<Timetable>().rules().ttl(__ttl);
    __call_of_timetable(&line).prime(rules, value)
}
///Forgets all that [`timetable`] gave, however much that is.
#[allow(unused_variables)]
fn invalidate_all_timetable() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_timetable__in_an_impl_add_in_impl().forget()
}
