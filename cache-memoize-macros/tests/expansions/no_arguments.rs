#[cache_memoize(ttl = 60, on_hit = log)]
fn motd() -> String {
    fetch()
}
