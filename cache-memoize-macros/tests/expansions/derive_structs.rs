#[derive(CacheKey)]
struct User<'a, T: Clone, S = ()>
where
    T: Send,
{
    id: u64,
    #[cache_key(skip)]
    seen: S,
    tag: &'a T,
}

#[derive(CacheKey)]
#[cache_key(crate = my::reexport)]
struct Pair<const N: usize>([u8; N], #[cache_key(skip)] u16, u32);

#[derive(CacheKey)]
struct Unit;
