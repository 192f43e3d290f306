#[cache_memoize(in_impl, prefix = "totals", ttl = "forever")]
fn total<T: Into<u64>>(values: Vec<T>) -> u64 {
    values.into_iter().map(Into::into).sum()
}
