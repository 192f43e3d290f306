use crate::FaultyStore;
use crate::erased::Erased;
use crate::gate::Gate;
use crate::operation::Operation;
use cache_memoize_core::{Backend, Bytes, KeyRef, StoreErrorKind};
use fastrand::Rng;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What can go wrong with an operation of a [`FaultyStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It fails with an error of this kind, and does not reach the store.
    Fail(StoreErrorKind),
    /// It takes place in the store, and fails all the same: only the answer is lost.
    FailAfter(StoreErrorKind),
    /// It begins this much later.
    Delay(Duration),
    /// It begins when [`Faults::release`] lets it.
    Hang,
    /// The values that `get` and `lease` give are changed, cut or prolonged. Other operations are
    /// unharmed.
    Corrupt,
    /// `put` says that it stored, and does not reach the store. Other operations are unharmed.
    LoseWrite,
}

/// What goes wrong with a [`FaultyStore`], and when. Clones tell the same store.
///
/// ```
/// # use cache_memoize_core::{Backend, StoreErrorKind};
/// # use cache_memoize_testkit::{Fault, Faults};
/// # let backend = Backend::new("table");
/// let faults = Faults::seeded(7);
/// let backend = faults.wrap(&backend);
/// faults.on("get").nth(2, Fault::Fail(StoreErrorKind::Timeout));  // the second get from now on
/// faults.on("put").sometimes(0.1, Fault::LoseWrite);              // one put of ten
/// faults.everywhere().always(Fault::Hang);                        // all of them
/// faults.heal();                                                  // no more faults
/// ```
#[derive(Clone)]
pub struct Faults(Arc<Shared>);

struct Shared {
    plan: Mutex<Plan>,
    gate: Gate,
}

struct Plan {
    random: Rng,
    operations: [OperationPlan; Operation::ALL.len()],
    concerns: Option<Box<Concern>>,
}

/// Whether calls about a key meet faults.
type Concern = dyn Fn(KeyRef<'_>) -> bool + Send;

/// What awaits the next calls, one by one, and what awaits every call after them.
#[derive(Default)]
struct OperationPlan {
    script: VecDeque<Option<Fault>>,
    rules: Vec<(f64, Fault)>,
}

impl Faults {
    /// Nothing goes wrong yet. What is left to chance goes the same way in every run.
    #[must_use]
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// Nothing goes wrong yet. What is left to chance follows from `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let random = Rng::with_seed(seed);
        let plan = Plan { random, operations: Default::default(), concerns: None };
        Self(Arc::new(Shared { plan: Mutex::new(plan), gate: Gate::default() }))
    }

    /// Plans a fault of the operation named by its method: `"get"`.
    ///
    /// # Panics
    /// If a store has no such operation.
    #[track_caller]
    pub fn on(&self, operation: &str) -> FaultsOn<'_> {
        FaultsOn { faults: self, operations: vec![Operation::named(operation)] }
    }

    /// Plans a fault of each operation.
    pub fn everywhere(&self) -> FaultsOn<'_> {
        FaultsOn { faults: self, operations: Operation::ALL.to_vec() }
    }

    /// Spares calls about keys that `concerned` denies, as if these were on another server. Calls about several
    /// keys meet faults if one of them is concerned, and calls about none always do.
    pub fn only_for_keys(&self, concerned: impl Fn(KeyRef<'_>) -> bool + Send + 'static) {
        self.plan().concerns = Some(Box::new(concerned));
    }

    /// Forgets what was planned, and lets the calls that hang go on.
    pub fn heal(&self) {
        self.plan().operations = Default::default();
        self.release();
    }

    /// Lets the calls that hang go on. Later ones hang again.
    pub fn release(&self) {
        self.gate().open();
    }

    /// How many calls hang at this moment.
    #[must_use]
    pub fn hanging(&self) -> usize {
        self.gate().waiting()
    }

    /// Waits until so many calls hang, or more.
    ///
    /// # Panics
    /// If they do not within ten seconds.
    #[track_caller]
    pub fn wait_until_hanging(&self, calls: usize) {
        let hanging = self.gate().await_waiting(calls, Duration::from_secs(10));
        assert!(hanging >= calls, "after ten seconds {hanging} calls hang, not {calls}");
    }

    /// `backend`, with these faults in its blocking and its async face.
    ///
    /// The face for objects is left out: nothing can go wrong with it, and a cache that found it
    /// would never meet a fault. So is a listing, which no function asks.
    #[must_use]
    pub fn wrap(&self, backend: &Backend) -> Backend {
        let mut wrapped = backend.without_faces();
        if let Some(store) = backend.store() {
            wrapped = wrapped.with_store(FaultyStore::new(store.clone(), self.clone()));
        }
        if let Some(store) = backend.async_store() {
            let store = FaultyStore::new(Erased(store.clone()), self.clone());
            wrapped = wrapped.with_async_store(store);
        }
        wrapped
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// What goes wrong with this call.
    pub(crate) fn draw(&self, operation: Operation, keys: &[KeyRef<'_>]) -> Option<Fault> {
        let mut plan = self.plan();
        let Plan { random, operations, concerns } = &mut *plan;
        if concerns.as_ref().is_some_and(|it| !keys.is_empty() && !keys.iter().any(|key| it(*key)))
        {
            return None;
        }
        let OperationPlan { script, rules } = &mut operations[operation as usize];
        match script.pop_front() {
            Some(scripted) => scripted,
            None => rules
                .iter()
                .find(|(probability, _)| random.f64() < *probability)
                .map(|(_, fault)| *fault),
        }
    }

    /// A value that differs from `value`.
    pub(crate) fn corrupt(&self, value: &Bytes) -> Bytes {
        let random = &mut self.plan().random;
        let mut bytes = value.to_vec();
        match random.u8(..3) {
            0 if !bytes.is_empty() => {
                let position = random.usize(..bytes.len());
                bytes[position] ^= 1 << random.u8(..8);
            }
            1 if !bytes.is_empty() => bytes.truncate(random.usize(..bytes.len())),
            _ => bytes.push(random.u8(..)),
        }
        bytes.into()
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults").field("hanging", &self.hanging()).finish_non_exhaustive()
    }
}

/// Where a fault is planned: [`Faults::on`] an operation, or [`Faults::everywhere`].
///
/// Calls meet what was planned for them by number first; what happens always or sometimes awaits
/// the calls after these.
#[must_use = "nothing is planned yet"]
pub struct FaultsOn<'a> {
    faults: &'a Faults,
    operations: Vec<Operation>,
}

impl FaultsOn<'_> {
    /// The next call.
    pub fn once(self, fault: Fault) {
        self.nth(1, fault);
    }

    /// The `n`th call from now on; the next is the first. Calls before it that have no fault
    /// planned are unharmed.
    ///
    /// # Panics
    /// If `n` is zero.
    pub fn nth(self, n: usize, fault: Fault) {
        assert!(n > 0, "the next call is the first one");
        self.each(|plan| {
            if plan.script.len() < n {
                plan.script.resize(n, None);
            }
            plan.script[n - 1] = Some(fault);
        });
    }

    /// The next calls, one by one, after those that a script is there for already; `None` lets a
    /// call through unharmed.
    pub fn script(self, faults: impl IntoIterator<Item = Option<Fault>>) {
        let script: Vec<_> = faults.into_iter().collect();
        self.each(|plan| plan.script.extend(&script));
    }

    /// Every call.
    pub fn always(self, fault: Fault) {
        self.sometimes(1.0, fault);
    }

    /// Every call with this probability, between 0 and 1. Where several such faults are planned,
    /// the first that chance chooses is met.
    ///
    /// # Panics
    /// If `probability` is none.
    pub fn sometimes(self, probability: f64, fault: Fault) {
        assert!((0.0..=1.0).contains(&probability), "{probability} is no probability");
        self.each(|plan| plan.rules.push((probability, fault)));
    }

    fn each(self, change: impl Fn(&mut OperationPlan)) {
        let mut plan = self.faults.plan();
        for operation in self.operations {
            change(&mut plan.operations[operation as usize]);
        }
    }
}

impl fmt::Debug for FaultsOn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultsOn").field("operations", &self.operations).finish_non_exhaustive()
    }
}
