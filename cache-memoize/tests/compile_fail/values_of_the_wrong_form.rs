//! Every option with a value it does not take.

use cache_memoize::cache_memoize;

#[cache_memoize(ttl = true)]
fn ttl(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl)]
fn ttl_alone(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl =)]
fn ttl_of_nothing(id: u64) -> u64 {
    id
}

#[cache_memoize(cache = 3)]
fn cache(id: u64) -> u64 {
    id
}

#[cache_memoize(cache = "")]
fn cache_without_a_name(id: u64) -> u64 {
    id
}

#[cache_memoize(prefix = rates)]
fn prefix(id: u64) -> u64 {
    id
}

#[cache_memoize(prefix = "")]
fn prefix_of_nothing(id: u64) -> u64 {
    id
}

#[cache_memoize(key)]
fn key(id: u64) -> u64 {
    id
}

#[cache_memoize(key(id))]
fn key_in_parentheses(id: u64) -> u64 {
    id
}

#[cache_memoize(skip = id)]
fn skip(id: u64) -> u64 {
    id
}

#[cache_memoize(skip())]
fn skip_nothing(id: u64) -> u64 {
    id
}

#[cache_memoize(skip(id.left))]
fn skip_a_field(id: (u64, u64)) -> u64 {
    id.0
}

#[cache_memoize(extra)]
fn extra(id: u64) -> u64 {
    id
}

#[cache_memoize(version = "2")]
fn version(id: u64) -> u64 {
    id
}

#[cache_memoize(version = -1)]
fn version_below_zero(id: u64) -> u64 {
    id
}

#[cache_memoize(store_result)]
fn store_result(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(store_result = "false")]
fn store_result_as_text(id: u64) -> Option<u64> {
    Some(id)
}

#[cache_memoize(cache_if = true)]
fn cache_if(id: u64) -> u64 {
    id
}

#[cache_memoize(cache_err = "all")]
fn cache_err(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(cache_err)]
fn cache_err_alone(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(cache_err = true, err_ttl)]
fn err_ttl(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(ttl_with = 300)]
fn ttl_with(id: u64) -> u64 {
    id
}

#[cache_memoize(jitter = 1.0)]
fn jitter_of_everything(id: u64) -> u64 {
    id
}

#[cache_memoize(jitter = "10%")]
fn jitter_as_text(id: u64) -> u64 {
    id
}

#[cache_memoize(jitter = -0.1)]
fn jitter_below_zero(id: u64) -> u64 {
    id
}

#[cache_memoize(on_hit = "log")]
fn on_hit(id: u64) -> u64 {
    id
}

#[cache_memoize(on_miss)]
fn on_miss(id: u64) -> u64 {
    id
}

#[cache_memoize(single_flight = false)]
fn single_flight(id: u64) -> u64 {
    id
}

#[cache_memoize(single_flight = "no")]
fn single_flight_unheard_of(id: u64) -> u64 {
    id
}

#[cache_memoize(local = true)]
fn local(id: u64) -> u64 {
    id
}

#[cache_memoize(companions = "public")]
fn companions(id: u64) -> u64 {
    id
}

#[cache_memoize(companions)]
fn companions_alone(id: u64) -> u64 {
    id
}

#[cache_memoize(crate = "reexports")]
fn krate(id: u64) -> u64 {
    id
}

struct Shop;

impl Shop {
    #[cache_memoize(in_impl = true)]
    fn in_impl(id: u64) -> u64 {
        id
    }
}

#[cache_memoize(stale_while_revalidate = 0)]
fn stale_while_revalidate(id: u64) -> u64 {
    id
}

#[cache_memoize(stale_if_error = 1.5)]
fn stale_if_error(id: u64) -> Result<u64, String> {
    Ok(id)
}

#[cache_memoize(early_refresh = "soon")]
fn early_refresh(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, hard_timeout = "forever")]
async fn hard_timeout_of_none(id: u64) -> Result<u64, cache_memoize::Error> {
    Ok(id)
}

#[cache_memoize(ttl = 300, hard_timeout = 2)]
fn hard_timeout_of_a_blocking_function(id: u64) -> Result<u64, cache_memoize::Error> {
    Ok(id)
}

#[cache_memoize(ttl = 300, tags = "users")]
fn tags_as_a_value(id: u64) -> u64 {
    id
}

#[cache_memoize(ttl = 300, tags(5, "user:{id}"))]
fn tags_of_numbers(id: u64) -> u64 {
    id
}

fn main() {}
