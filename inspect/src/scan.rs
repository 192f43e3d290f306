//! Goes through the entries of a store.

use crate::outcome::Failure;
use crate::store::Opened;
use cache_memoize::{Explained, Key, Keys};
use std::ops::ControlFlow;

/// How many entries are read at once: they come with their values, which may be large.
const AT_ONCE: usize = 64;

/// Shows each entry under a key that `is_wanted` to `look`, until that has seen enough. Gives the number of keys under
/// which there was nothing any more.
pub(crate) fn go_through(
    store: &Opened,
    beginning: &str,
    names: Option<u64>,
    is_wanted: impl Fn(&Key) -> bool,
    mut look: impl FnMut(Explained) -> ControlFlow<()>,
) -> Result<u64, Failure> {
    let progress = store.progress(names);
    let mut keys = store.cache.keys_beginning_with(beginning)?;
    let (mut found, mut gone) = (0, 0);
    while let Some(page) = next_page(&mut keys)? {
        let wanted: Vec<Key> = page.into_iter().filter(&is_wanted).collect();
        for keys in wanted.chunks(AT_ONCE) {
            for explained in store.cache.explain_many(keys.iter().cloned())? {
                match explained.map(&mut look) {
                    Some(ControlFlow::Break(())) => return Ok(gone),
                    Some(ControlFlow::Continue(())) => found += 1,
                    None => gone += 1,
                }
            }
        }
        progress.reach(keys.seen(), found);
    }
    Ok(gone)
}

fn next_page(keys: &mut Keys) -> Result<Option<Vec<Key>>, Failure> {
    keys.next_page().map_err(Failure::from)
}
