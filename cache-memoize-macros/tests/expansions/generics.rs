#[cache_memoize]
fn parse<'a, T: Shape, const N: usize>(text: &'a str, size: impl Into<u64> + Clone) -> [T; N]
where
    T: Clone,
{
    T::parse(text, size)
}
