//! The names of entries that are kept by hand.

use crate::key::{CacheKey, KeyText, KeyWriter};
use cache_memoize_core::Key;

/// What names an entry by hand: any [`CacheKey`], or a [`Key`] as it is.
pub trait EntryKey {
    /// The text of the key, in a cache whose keys begin with `prefix`.
    #[doc(hidden)]
    fn entry_key(&self, prefix: &str) -> EntryText;
}

/// The text of a key.
#[doc(hidden)]
pub struct EntryText(pub(crate) KeyText);

impl<K: CacheKey> EntryKey for K {
    fn entry_key(&self, prefix: &str) -> EntryText {
        let mut text = KeyText::new();
        text.push_str(prefix);
        KeyWriter::new(&mut text).part(self);
        text.finish();
        EntryText(text)
    }
}

impl EntryKey for Key {
    fn entry_key(&self, _: &str) -> EntryText {
        let mut text = KeyText::new();
        text.push_str(self.as_str());
        EntryText(text)
    }
}
