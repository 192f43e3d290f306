#[cache_memoize(key = (left + 1, &name), extra = tenant(right), cache = &caches[*right], ttl = span(left), on_hit = |pair, _| seen(pair, left))]
fn area((left, mut right): (u32, u32), &Named { ref name, .. }: &Named, _: u8) -> u32 {
    right += 1;
    left * right
}
