use std::any::TypeId;
use std::cell::RefCell;

thread_local! {
    static UNDER_WAY: RefCell<Vec<TypeId>> = const { RefCell::new(Vec::new()) };
}

/// How a type that is about to be traced stands to those that this thread is tracing already.
pub(super) enum Work {
    /// There are none.
    First(UnderWay),
    /// It is asked for by the code of another.
    Inner(UnderWay),
    /// It is one of them.
    Endless,
}

impl Work {
    pub(super) fn begin(id: TypeId) -> Self {
        let outer = UNDER_WAY.try_with(|types| types.borrow().clone()).unwrap_or_default();
        if outer.contains(&id) {
            return Self::Endless;
        }
        let _ = UNDER_WAY.try_with(|types| types.borrow_mut().push(id));
        if outer.is_empty() { Self::First(UnderWay) } else { Self::Inner(UnderWay) }
    }
}

/// The type is being traced for as long as this lives.
pub(super) struct UnderWay;

impl Drop for UnderWay {
    fn drop(&mut self) {
        let _ = UNDER_WAY.try_with(|types| types.borrow_mut().pop());
    }
}
