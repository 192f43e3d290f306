fn timetable(line: u8, day: Day) -> Timetable {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = until(day);
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call
        .run(
            (&&::cache_memoize::__private::Probe::<Timetable>::new()).rules().ttl(__ttl),
            ::cache_memoize::__private::no_hook,
            ::cache_memoize::__private::no_hook,
            (line, day),
            |(line, day)| uncached_timetable(line, day),
        )
}
#[doc(hidden)]
#[allow(dead_code)]
fn __site_of_timetable__in_an_impl_block_add_in_impl() -> &'static ::cache_memoize::__private::Site {
    fn here() {}
    static SITE: ::cache_memoize::__private::Site = ::cache_memoize::__private::Site::new(
        "timetable",
        || ::cache_memoize::__private::neighbour(&here),
        ::cache_memoize::__private::place!(0x598d65da5e024661),
    );
    ::cache_memoize::__private::inventory::submit! {
        ::cache_memoize::__private::Registered(& SITE)
    }
    &SITE
}
///[`timetable`] as written: nothing is looked up, nothing is stored.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
fn uncached_timetable(line: u8, day: Day) -> Timetable {
    let _ = &day;
    Timetable::of(line, day)
}
///Computes [`timetable`] now, and stores what it gives.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn refresh_timetable(line: u8, day: Day) -> Timetable {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = until(day);
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call
        .refresh(
            (&&::cache_memoize::__private::Probe::<Timetable>::new()).rules().ttl(__ttl),
            (line, day),
            |(line, day)| uncached_timetable(line, day),
        )
}
///The key of this call of [`timetable`].
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn cache_key_timetable(line: u8) -> ::cache_memoize::Key {
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call.key()
}
///Forgets what [`timetable`] gave for this call, and says whether there was something to forget.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_timetable(
    line: u8,
) -> ::core::result::Result<bool, ::cache_memoize::Error> {
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call.invalidate()
}
///Forgets all that [`timetable`] gave, however much that is.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn invalidate_all_timetable() -> ::core::result::Result<(), ::cache_memoize::Error> {
    __site_of_timetable__in_an_impl_block_add_in_impl()
        .invalidate_all(::core::option::Option::None)
}
///What is remembered of this call of [`timetable`], without computing.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn peek_timetable(
    line: u8,
) -> ::core::result::Result<::core::option::Option<Timetable>, ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call.peek((&&::cache_memoize::__private::Probe::<Timetable>::new()).rules())
}
///Stores `value` as what [`timetable`] gives for this call.
#[allow(dead_code, unreachable_pub, clippy::too_many_arguments)]
#[allow(unused_variables)]
fn prime_timetable(
    line: u8,
    day: Day,
    value: Timetable,
) -> ::core::result::Result<(), ::cache_memoize::Error> {
    #[allow(unused_imports)]
    use ::cache_memoize::__private::{
        FaultReturn as _, PlainReturn as _, ResultReturn as _,
    };
    let __ttl: ::core::time::Duration = until(day);
    let __call = __site_of_timetable__in_an_impl_block_add_in_impl()
        .call(
            &[],
            ::core::option::Option::None,
            (::cache_memoize::__private::part(&line),),
        );
    __call
        .prime(
            (&&::cache_memoize::__private::Probe::<Timetable>::new()).rules().ttl(__ttl),
            value,
        )
}
