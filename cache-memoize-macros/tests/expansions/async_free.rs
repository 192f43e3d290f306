#[cache_memoize(ttl = "5m", on_miss = |from, n| println!("{from} {n}"))]
pub(crate) async fn rate(from: &str, n: u32) -> Result<f64, Failure> {
    Ok(lookup(from).await? * f64::from(n))
}
