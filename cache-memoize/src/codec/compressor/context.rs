use std::cell::Cell;
use std::thread::LocalKey;

/// A state that is costly to set up, kept by each thread from one use to the next.
pub(super) type Kept<C> = Cell<Option<C>>;

/// Lends the thread's state to `work`, setting one up with `fresh` where there is none.
///
/// The state is out of its place meanwhile: were `work` to panic, a state it left half done would be
/// gone with it. A thread that is ending keeps nothing.
pub(super) fn with_context<C, R>(
    kept: &'static LocalKey<Kept<C>>,
    fresh: impl FnOnce() -> C,
    work: impl FnOnce(&mut C) -> R,
) -> R {
    let mut context = kept.try_with(Cell::take).ok().flatten().unwrap_or_else(fresh);
    let result = work(&mut context);
    let _ = kept.try_with(|kept| kept.set(Some(context)));
    result
}
