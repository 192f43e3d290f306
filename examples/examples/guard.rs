//! How do I run something at most once in a while?
//!
//! With `store_result = false` only the fact that the function ran is stored. Of any number of concurrent
//! callers one runs it; if it fails, the next call may.

use cache_memoize::cache_memoize;
use std::thread;

/// At most one reminder per user and day. `None` means that it was held back.
#[cache_memoize(ttl = "1d", store_result = false, skip(text))]
fn remind(user: u32, text: &str) -> Option<String> {
    Some(format!("to {user}: {text}"))
}

#[cache_memoize(ttl = "1d", store_result = false)]
fn charge(invoice: u32, card_works: bool) -> Result<(), String> {
    if card_works { Ok(()) } else { Err(format!("the card for invoice {invoice} does not work")) }
}

fn main() -> Result<(), cache_memoize::Error> {
    let sent = thread::scope(|scope| {
        let callers: Vec<_> =
            (0..100).map(|_| scope.spawn(|| remind(7, "your order is ready"))).collect();
        callers.into_iter().filter_map(|caller| caller.join().ok().flatten()).collect::<Vec<_>>()
    });
    println!("a hundred threads, {} reminder: {sent:?}", sent.len());

    println!("forgotten that it ran: {}", invalidate_remind(7)?);
    println!("so it runs again: {:?}", remind(7, "your order is still ready"));

    println!("a failure gives the run back: {:?}, then {:?}", charge(1, false), charge(1, true));
    Ok(())
}
