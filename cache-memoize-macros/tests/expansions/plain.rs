/// What one unit of `from` costs, times `n`.
#[cache_memoize(ttl = 300)]
pub fn rate(from: &str, mut n: u32) -> f64 {
    n += 1;
    lookup(from) * f64::from(n)
}
