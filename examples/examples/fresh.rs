//! What do callers get while the origin is slow, or down?

use cache_memoize::{cache_memoize, caches};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A service that gives the rate of a currency, when it is well.
#[derive(Default)]
struct Bank {
    slowness: AtomicU64,
}

impl Bank {
    const DOWN: u64 = u64::MAX;

    fn ask(&self) -> Result<u32, String> {
        match self.slowness.load(Ordering::SeqCst) {
            Self::DOWN => Err("the bank does not answer".to_owned()),
            millis => {
                thread::sleep(Duration::from_millis(millis));
                Ok(108)
            }
        }
    }
}

/// Fresh for a fifth of a second. An old value is the answer for an hour after that, if the bank is down, or if it takes
/// longer than 50 ms; what it says then is stored when it comes.
#[cache_memoize(
    ttl = Duration::from_millis(200),
    stale_if_error = "1h",
    soft_timeout = Duration::from_millis(50),
    skip(bank)
)]
fn rate(currency: String, bank: Arc<Bank>) -> Result<u32, String> {
    println!("  (asking the bank for {currency})");
    bank.ask()
}

fn main() {
    let bank = Arc::new(Bank::default());
    let ask = |what: &str| {
        let began = Instant::now();
        let rate = rate("USD".to_owned(), bank.clone());
        println!("{what}: {rate:?} after {} ms", began.elapsed().as_millis());
        thread::sleep(Duration::from_millis(250));
    };
    ask("a first call");
    ask("when it is over");

    bank.slowness.store(400, Ordering::SeqCst);
    ask("the bank is slow");
    caches::wait_for_background(Duration::from_secs(10));

    bank.slowness.store(Bank::DOWN, Ordering::SeqCst);
    thread::sleep(Duration::from_millis(250));
    ask("the bank is down");
    ask("it is left alone for five seconds");
}
