#[cache_memoize(
    local, cache_if = |report: &Report| report.final_one, cache_err = is_final, ttl_with = Report::lifetime,
    err_ttl = Duration::from_secs(attempts)
)]
fn report(id: u64, attempts: u64) -> Result<Report, Failure> {
    Report::of(id)
}
