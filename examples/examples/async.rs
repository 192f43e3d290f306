//! How do I remember what an async function returns?
//!
//! As for any other. The companions are async too, no thread is ever blocked, and any runtime will do.

use cache_memoize::cache_memoize;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Borrowed arguments, `?` and early returns are fine.
#[cache_memoize(ttl = 60)]
async fn profile(user: &str) -> Result<String, String> {
    sleep(Duration::from_millis(200)).await;
    if user.is_empty() {
        return Err("nobody".to_owned());
    }
    Ok(format!("profile of {user}"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let begin = Instant::now();
    let together = tokio::join!(profile("ada"), profile("ada"), profile("ada"));
    println!("three callers, one computation: {:.0?}, {together:?}", begin.elapsed());

    let begin = Instant::now();
    profile("ada").await?;
    println!("once more: {:.0?}", begin.elapsed());

    invalidate_profile("ada").await?;
    println!("forgotten: {:?}", peek_profile("ada").await?);

    prime_profile("ada", Ok("profile that came with an event".to_owned())).await?;
    println!("primed: {}", profile("ada").await?);
    Ok(())
}
