#[cache_memoize(store_result = false, ttl = Duration::from_secs(hours * 3600))]
fn remind(user: u64, hours: u64) -> Result<(), Failure> {
    send(user)
}
