use crate::breaks::Break;
use crate::store::Mutant;
use cache_memoize_core::{Key, Listing, Page, Pages};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lists the keys of a mutant, some at a time.
pub(crate) struct Listed {
    store: Arc<Mutant>,
    /// How far all listings came, where one goes on with another's.
    reached: Arc<AtomicUsize>,
}

const AT_ONCE: usize = 100;
const FORGOTTEN: usize = 150;

impl Listed {
    pub(crate) fn new(store: Arc<Mutant>) -> Self {
        Self { store, reached: Arc::default() }
    }
}

impl Listing for Listed {
    fn list(&self, prefix: &str) -> Pages {
        let (store, prefix) = (self.store.clone(), prefix.to_owned());
        let goes_on = store.is(Break::ListingsGoOnWhereOneEnded);
        let reached = if goes_on { self.reached.clone() } else { Arc::default() };
        let mut names = None;
        Box::new(std::iter::from_fn(move || {
            let names = names.get_or_insert_with(|| store.listed());
            let first = reached.fetch_add(AT_ONCE, Ordering::SeqCst);
            let page = names.get(first..)?.chunks(AT_ONCE).next()?;
            let is_kept = |(index, name): &(usize, &String)| {
                let is_forgotten =
                    first + index == FORGOTTEN && store.is(Break::ListingsForgetAKey);
                let begins = name.starts_with(&prefix) || store.is(Break::ListingsIgnoreThePrefix);
                begins && !is_forgotten
            };
            let kept = page.iter().enumerate().filter(is_kept);
            let keys = kept.map(|(_, name)| Key::new(name).unwrap()).collect();
            Some(Ok(Page { keys, seen: page.len() as u64 }))
        }))
    }
}
