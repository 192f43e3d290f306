//! The caches of the program, by name.
//!
//! An annotated function names its cache, or means `"default"`. That one is there from the start, in
//! process and bounded; whatever else is named has to be [installed](install) before.
//!
//! ```
//! use cache_memoize::{Cache, caches};
//!
//! # fn main() -> Result<(), cache_memoize::Error> {
//! caches::install("reports", Cache::memory())?;
//! caches::from_env()?; // CACHE_URL, CACHE_URL_REPORTS
//! caches::check()?;
//! # Ok(())
//! # }
//! ```

mod check;

pub use check::check;

use crate::background;
use crate::cache::Cache;
use crate::error::{Error, ErrorKind};
use crate::front::Front;
use crate::site::Site;
use crate::sites::sites;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, PoisonError, RwLock};
use std::time::Duration;

/// The name of the cache that functions use which name none.
pub(crate) const DEFAULT: &str = "default";

/// Installs `cache` under `name`, in the place of the one that may be there.
///
/// Calls that are under way keep the cache they began with.
///
/// # Errors
/// [`ErrorKind::Configuration`] if the name is empty.
pub fn install(name: &str, cache: Cache) -> Result<(), Error> {
    if name.is_empty() {
        let remedy = "a cache needs a name; functions that name none use \"default\"";
        return Err(Error::new(ErrorKind::Configuration, "install", remedy));
    }
    let replaced = write(&slot(name).cache).replace(cache);
    GENERATION.fetch_add(1, Ordering::Release);
    drop(replaced);
    Ok(())
}

/// The cache under `name`: the scoped one, the installed one, or for `"default"` the one that is there from
/// the start.
#[must_use]
pub fn get(name: &str) -> Option<Cache> {
    let scoped = VIEW.try_with(|view| view.scoped(name)).ok().flatten();
    scoped.or_else(|| {
        let slot = if name == DEFAULT { Some(slot(name)) } else { known(name) };
        slot.and_then(|slot| read(&slot.cache).clone())
    })
}

/// Installs the caches that the environment describes: `CACHE_URL` for `"default"`, and `CACHE_URL_REPORTS` for
/// `"reports"`. In the variable a name is in upper case, with an underscore for whatever no variable can hold:
/// it means the cache of that name that a function uses, or else the name in lower case. A variable that is
/// empty is passed over.
///
/// # Errors
/// [`ErrorKind::Configuration`], naming the variable and what is wrong with its URL; nothing is installed then.
pub fn from_env() -> Result<(), Error> {
    let mut found = Vec::new();
    for (variable, url) in std::env::vars_os() {
        let Some(name) = variable.to_str().and_then(named_by) else { continue };
        if !url.is_empty() {
            found.push((name, from_variable(&variable, &url)?));
        }
    }
    found.into_iter().try_for_each(|(name, cache)| install(&name, cache))
}

/// The name of the cache that a variable describes.
fn named_by(variable: &str) -> Option<String> {
    let name = match variable.strip_prefix("CACHE_URL")? {
        "" => return Some(DEFAULT.to_owned()),
        rest => rest.strip_prefix('_').filter(|name| !name.is_empty())?,
    };
    let used = sites().iter().map(Site::cache_name).find(|used| as_variable(used) == name);
    Some(used.map_or_else(|| name.to_ascii_lowercase(), str::to_owned))
}

/// What the name of a cache is in a variable.
fn as_variable(name: &str) -> String {
    let allowed = |it: char| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' };
    name.chars().map(allowed).collect()
}

fn from_variable(variable: &OsStr, url: &OsStr) -> Result<Cache, Error> {
    let variable = variable.to_string_lossy();
    let wrong = |what: &str| {
        Error::new(ErrorKind::Configuration, "from_env", format!("the variable {variable}: {what}"))
    };
    let url = url.to_str().ok_or_else(|| wrong("its URL is no UTF-8"))?;
    Cache::from_url(url).map_err(|error| wrong(error.context()))
}

/// Runs `body` with caches of its own: on this thread, and until it returns, these names mean these caches.
///
/// For tests that must not meet in one cache. A thread that `body` starts sees the caches of the program;
/// for futures there is [`scoped_async`].
pub fn scoped<N: AsRef<str>, R>(
    caches: impl IntoIterator<Item = (N, Cache)>,
    body: impl FnOnce() -> R,
) -> R {
    let _scope = Scope::enter(&overlay(caches));
    body()
}

/// Runs a future with caches of its own: wherever it is polled, these names mean these caches.
///
/// A task that it spawns sees the caches of the program.
pub async fn scoped_async<N: AsRef<str>, F: Future>(
    caches: impl IntoIterator<Item = (N, Cache)>,
    body: F,
) -> F::Output {
    let overlay = overlay(caches);
    let mut body = pin!(body);
    poll_fn(move |context| {
        let _scope = Scope::enter(&overlay);
        body.as_mut().poll(context)
    })
    .await
}

/// Waits until nothing is computed in the background any more, as the option `background` has it; says whether
/// that came about within `limit`. For tests, and for moments of rest.
pub fn wait_for_background(limit: Duration) -> bool {
    background::wait_until_idle(limit)
}

/// Ends what is computed in the background, for a clean end of the program: nothing more begins there, old
/// values are served as long as they may be, and what is under way is waited for. Says whether all of it came
/// to its end within `limit`.
///
/// Call it from a thread that may block, while the runtime of async functions still runs.
pub fn shut_down_background(limit: Duration) -> bool {
    background::shut_down(limit)
}

/// The scopes that a thread is in, to go on in them elsewhere.
pub(crate) struct Scopes(Vec<Overlay>);

impl Scopes {
    pub(crate) fn of_this_thread() -> Self {
        Self(VIEW.try_with(|view| view.scopes.borrow().clone()).unwrap_or_default())
    }

    pub(crate) fn enter<R>(&self, body: impl FnOnce() -> R) -> R {
        let mut scopes: Vec<_> = self.0.iter().map(Scope::enter).collect();
        let result = body();
        while scopes.pop().is_some() {}
        result
    }

    pub(crate) async fn enter_async<F: Future>(self, body: F) -> F::Output {
        let mut body = pin!(body);
        poll_fn(move |context| self.enter(|| body.as_mut().poll(context))).await
    }
}

/// The place of a cache.
pub(crate) struct Slot {
    name: String,
    index: usize,
    cache: RwLock<Option<Cache>>,
}

/// The place of the cache `name`. Places live as long as the program; there are as many as functions name,
/// and as were installed.
pub(crate) fn slot(name: &str) -> &'static Slot {
    if let Some(slot) = known(name) {
        return slot;
    }
    let mut slots = write(&SLOTS);
    let index = slots.len();
    slots.entry(name.to_owned()).or_insert_with(|| {
        Box::leak(Box::new(Slot { name: name.to_owned(), index, cache: RwLock::new(first(name)) }))
    })
}

fn known(name: &str) -> Option<&'static Slot> {
    read(&SLOTS).get(name).copied()
}

/// The names under which a cache is installed.
fn installed() -> Vec<String> {
    let slots = read(&SLOTS);
    let installed = slots.values().filter(|slot| read(&slot.cache).is_some());
    installed.map(|slot| slot.name.clone()).collect()
}

static SLOTS: LazyLock<RwLock<HashMap<String, &'static Slot>>> = LazyLock::new(RwLock::default);

/// The cache that is in a place from the start.
fn first(name: &str) -> Option<Cache> {
    (name == DEFAULT).then(Cache::initial)
}

/// Counts the changes of what is installed, so that threads notice that their view is old.
static GENERATION: AtomicU64 = AtomicU64::new(1);

/// The caches of a scope.
type Overlay = std::sync::Arc<HashMap<String, Cache>>;

thread_local! {
    static VIEW: View = View::new();
}

/// What a thread knows of the caches: a hit finds its cache without touching anything that is shared.
struct View {
    /// The generation that `caches` shows; 0 when it must be made anew.
    generation: Cell<u64>,
    caches: RefCell<Vec<Option<Known>>>,
    scopes: RefCell<Vec<Overlay>>,
    front: RefCell<Front>,
}

/// A cache, and its number beside it: a hit has no time to go to the cache for that.
#[derive(Clone)]
struct Known {
    number: u64,
    cache: Rc<Cache>,
}

impl Known {
    fn new(cache: Rc<Cache>) -> Self {
        Self { number: cache.inner().number, cache }
    }
}

/// Lets `look` look at what this thread holds. It is told the number of the cache: that of the one that is `given`, or
/// else of the one in the place.
#[inline]
pub(crate) fn in_front(slot: &'static Slot, given: Option<u64>, look: impl FnOnce(&Front, u64)) {
    let _ = VIEW.try_with(|view| {
        let number = given.or_else(|| view.number(slot))?;
        look(&*view.front.try_borrow().ok()?, number);
        Some(())
    });
}

/// Changes what this thread holds, unless it is being looked at.
pub(crate) fn change_front<T>(change: impl FnOnce(&mut Front) -> T) -> Option<T> {
    VIEW.try_with(|view| view.front.try_borrow_mut().ok().map(|mut front| change(&mut front)))
        .ok()
        .flatten()
}

/// The cache in the place, as this thread sees it. The handle is one of the thread's own: to count those of
/// a [`Cache`], every hit on every thread would write to one place in memory.
///
/// None while the thread ends and drops what it kept: what a cache stands on may be gone already.
#[inline]
pub(crate) fn current(slot: &'static Slot) -> Option<Rc<Cache>> {
    match VIEW.try_with(|view| view.current(slot)) {
        Ok(None) => look_up(slot),
        Ok(cache) => cache,
        Err(_) => None,
    }
}

/// Whether this thread ends and drops what it kept.
pub(crate) fn thread_is_ending() -> bool {
    VIEW.try_with(|_| ()).is_err()
}

#[cold]
fn look_up(slot: &'static Slot) -> Option<Rc<Cache>> {
    VIEW.try_with(|view| {
        let generation = GENERATION.load(Ordering::Acquire);
        let cache = view.scoped(&slot.name).or_else(|| read(&slot.cache).clone()).map(Rc::new);
        view.remember(slot, cache.clone(), generation);
        cache
    })
    .ok()
    .flatten()
}

impl View {
    /// A thread drops what it kept in the reverse order of its making. All that a call stands on is made
    /// first, so that it is still there as long as the view is; and without a view no call asks a cache.
    fn new() -> Self {
        crate::flight::prepare_thread();
        crate::stats::prepare_thread();
        #[cfg(feature = "memory")]
        cache_memoize_memory::Memory::prepare_thread();
        Self {
            generation: Cell::new(0),
            caches: RefCell::new(Vec::new()),
            scopes: RefCell::new(Vec::new()),
            front: RefCell::new(Front::new()),
        }
    }

    /// The number of the cache in the place.
    #[inline]
    fn number(&self, slot: &Slot) -> Option<u64> {
        if self.generation.get() != GENERATION.load(Ordering::Acquire) {
            return None;
        }
        Some(self.caches.borrow().get(slot.index)?.as_ref()?.number)
    }

    #[inline]
    fn current(&self, slot: &Slot) -> Option<Rc<Cache>> {
        if self.generation.get() != GENERATION.load(Ordering::Acquire) {
            return None;
        }
        Some(self.caches.borrow().get(slot.index)?.as_ref()?.cache.clone())
    }

    fn scoped(&self, name: &str) -> Option<Cache> {
        let scopes = self.scopes.borrow();
        scopes.iter().rev().find_map(|overlay| overlay.get(name).cloned())
    }

    /// Keeps a cache for the calls to come.
    fn remember(&self, slot: &Slot, cache: Option<Rc<Cache>>, generation: u64) {
        let mut caches = self.caches.borrow_mut();
        let mut forgotten = Vec::new();
        if self.generation.get() != generation {
            forgotten = std::mem::take(&mut *caches);
            self.generation.set(generation);
        }
        if caches.len() <= slot.index {
            caches.resize(slot.index + 1, None);
        }
        let replaced = std::mem::replace(&mut caches[slot.index], cache.map(Known::new));
        // Dropping the last handle of a cache drops its values, whose code may call in here.
        drop(caches);
        drop((forgotten, replaced));
    }
}

/// While it lives, the thread that made it sees the caches of a scope.
struct Scope {
    depth: usize,
}

impl Scope {
    fn enter(overlay: &Overlay) -> Self {
        VIEW.with(|view| {
            view.generation.set(0);
            let mut scopes = view.scopes.borrow_mut();
            scopes.push(overlay.clone());
            Self { depth: scopes.len() }
        })
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        let left = VIEW.try_with(|view| {
            view.generation.set(0);
            (view.caches.take(), view.scopes.borrow_mut().split_off(self.depth - 1))
        });
        drop(left);
    }
}

fn overlay<N: AsRef<str>>(caches: impl IntoIterator<Item = (N, Cache)>) -> Overlay {
    Overlay::new(
        caches.into_iter().map(|(name, cache)| (name.as_ref().to_owned(), cache)).collect(),
    )
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
