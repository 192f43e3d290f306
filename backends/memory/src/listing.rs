use crate::Memory;
use cache_memoize_core::{Key, Listing, Page, Pages};

/// So many keys are a page.
const PAGE: usize = 1000;

/// The keys of one moment, of bytes and of objects: the texts are shared with the store, not copied.
impl Listing for Memory {
    fn list(&self, prefix: &str) -> Pages {
        let (table, prefix) = (self.table.clone(), prefix.to_owned());
        let mut keys = None;
        Box::new(std::iter::from_fn(move || {
            let keys = keys.get_or_insert_with(|| table.keys().into_iter());
            let page: Vec<Key> = keys.by_ref().take(PAGE).collect();
            let seen = page.len() as u64;
            let begins = |key: &Key| key.as_str().starts_with(&prefix);
            (seen > 0).then(|| Ok(Page { keys: page.into_iter().filter(begins).collect(), seen }))
        }))
    }
}
