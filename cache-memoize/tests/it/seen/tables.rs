//! What `Cache::stats` counts, as the table that people read.

use super::{SECOND, Stage};
use crate::support::with_default;
use cache_memoize::{Cache, cache_memoize};
use std::cell::Cell;

thread_local! {
    static WORKS: Cell<bool> = const { Cell::new(true) };
}

#[cache_memoize(ttl = 10, stale_if_error = 60)]
fn flaky(id: u32) -> Result<u32, String> {
    if WORKS.get() { Ok(id) } else { Err("it rains".to_owned()) }
}

#[cache_memoize(ttl = 10, stale_while_revalidate = 60)]
fn renewed(id: u32) -> u32 {
    id
}

#[test]
fn the_table_has_a_column_for_each_outcome_and_a_sum_below() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings);
    with_default(&cache, || {
        for id in 0..3 {
            flaky(id).expect("it works");
            flaky(id).expect("it works");
            renewed(id);
        }
        stage.clock.advance(11 * SECOND);
        WORKS.set(false);
        for _ in 0..2 {
            flaky(0).expect("the old value");
        }
        renewed(0);
        refresh_renewed(1);
        invalidate_flaky(1).expect("the store answers");
    });
    cache.set("by hand", 7).expect("the store answers");
    let table = "\
function                       hits  coalesced     stale    misses     ratio  refreshed    stored  fenced off  invalidated    faults
(by hand)                         0          0         0         0         -          0         1           0            0         0
it::seen::tables::flaky           3          0         2         4     55.6%          0         3           0            1         0
it::seen::tables::renewed         0          0         0         3      0.0%          2         5           0            0         0
total                             3          0         2         7     41.7%          2         9           0            1         0";
    assert_eq!(cache.stats().to_string(), table);
}

#[test]
fn the_columns_stand_below_their_heads() {
    let cache = Cache::memory();
    let table = cache.stats().to_string();
    let (head, total) = table.split_once('\n').expect("a head and a sum");
    assert_eq!(head.chars().count(), total.chars().count());
}
