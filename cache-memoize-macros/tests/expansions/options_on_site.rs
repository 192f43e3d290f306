#[cache_memoize(
    cache = "reports", prefix = "r", version = 3, ttl = "1h", err_ttl = 5, jitter = 0.1, cache_err = true,
    single_flight = "off", companions = pub(crate)
)]
pub fn report(id: u64) -> Result<Report, Failure> {
    Report::of(id)
}
