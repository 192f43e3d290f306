//! How do I remember what a method returns?
//!
//! The receiver is an argument like any other: it takes part in the key, or is left out by `skip(self)`.

use cache_memoize::{CacheKey, cache_memoize};
use std::sync::atomic::{AtomicU32, Ordering};

/// A shop: its name identifies it, the counter does not.
#[derive(CacheKey)]
struct Shop {
    name: String,
    #[cache_key(skip)]
    lookups: AtomicU32,
}

#[cache_memoize]
impl Shop {
    /// The shop is part of the key: two shops have two prices.
    #[cache_memoize(ttl = 60)]
    fn price(&self, article: u32) -> u32 {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        article * u32::try_from(self.name.len()).unwrap_or(1)
    }

    /// The same for every shop.
    #[cache_memoize(ttl = 60, skip(self))]
    fn weight(&self, article: u32) -> u32 {
        article * 10
    }

    /// No receiver at all.
    #[cache_memoize(ttl = 60)]
    fn vat(country: &str) -> u32 {
        if country == "DE" { 19 } else { 20 }
    }
}

/// A trait's methods are remembered too: the attribute stands on the impl block, and the companions go
/// into an inherent impl of the type.
trait Stock {
    fn stock(&self, article: u32) -> u32;
}

#[cache_memoize]
impl Stock for Shop {
    #[cache_memoize(ttl = 5)]
    fn stock(&self, article: u32) -> u32 {
        100 - article
    }
}

fn main() -> Result<(), cache_memoize::Error> {
    let shop = |name: &str| Shop { name: name.to_owned(), lookups: AtomicU32::new(0) };
    let (corner, market) = (shop("corner"), shop("supermarket"));

    println!("corner {}, market {}", corner.price(7), market.price(7));
    println!("again: corner {}, market {}", corner.price(7), market.price(7));
    println!(
        "looked up {} and {} times",
        corner.lookups.into_inner(),
        market.lookups.load(Ordering::Relaxed)
    );

    market.weight(7);
    println!("the weight is known without a shop: {:?}", Shop::peek_weight(7)?);
    println!("VAT {} %, {} in stock", Shop::vat("DE"), market.stock(7));
    println!("the stock changed: {}", market.invalidate_stock(7)?);
    Ok(())
}
