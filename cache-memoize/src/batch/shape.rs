//! The return types of functions with the option `batch`.

use crate::drive::Keep;
use crate::rules::{Form, Kind, MayFail, Rules, Ruleset};
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::time::Duration;

/// What a function with the option `batch` may return.
#[diagnostic::on_unimplemented(
    message = "a function with `batch` that takes `&[{K}]` cannot return `{Self}`",
    label = "which value belongs to which argument?",
    note = "return `HashMap<{K}, V>`, `BTreeMap<{K}, V>`, `Vec<V>` in the order of the arguments, or a `Result` of one \
            of these"
)]
pub trait BatchReturn<K>: Sized {
    /// What belongs to one argument.
    type Value;
    /// What is remembered of many arguments, without computing.
    type Peeked;

    /// The value of each of the arguments for which the function was called, if it gave one.
    fn values(self, keys: &[K]) -> Result<Vec<Option<Self::Value>>, Unanswered<Self>>;

    /// What the function would have returned.
    fn gather(keys: &[K], values: Vec<Option<Self::Value>>) -> Self;

    /// Those of the values that there are.
    fn peeked(keys: &[K], values: Vec<Option<Self::Value>>) -> Self::Peeked;
}

/// The rules of each value of a function that takes `&[K]`.
pub trait BatchRules<K>:
    Ruleset + Keep<Return = <Self as Ruleset>::Stored, Stored = <Self as Ruleset>::Stored>
{
    /// What the function returns.
    type Returned: BatchReturn<K, Value = <Self as Ruleset>::Stored>;
}

impl<K, R, V, F, I, W> BatchRules<K> for Rules<Element<R, V>, F, I, W>
where
    R: BatchReturn<K, Value = V>,
    V: Clone + Send + Sync + 'static,
    F: Form<V>,
    I: Fn(&V) -> bool,
    W: Fn(&V) -> Option<Duration>,
{
    type Returned = R;
}

/// Why there is no value for each argument.
pub enum Unanswered<R> {
    /// The function failed, and this is what it returned.
    Failed(R),
    /// The function gave more values, or fewer, than it had arguments.
    Uneven {
        /// All of them.
        returned: R,
        /// How many.
        count: usize,
    },
}

impl<R> Unanswered<R> {
    fn map<T>(self, wrap: impl FnOnce(R) -> T) -> Unanswered<T> {
        match self {
            Self::Failed(returned) => Unanswered::Failed(wrap(returned)),
            Self::Uneven { returned, count } => {
                Unanswered::Uneven { returned: wrap(returned), count }
            }
        }
    }
}

impl<K: Clone + Eq + Hash, V, H: BuildHasher + Default> BatchReturn<K> for HashMap<K, V, H> {
    type Value = V;
    type Peeked = Self;

    fn values(mut self, keys: &[K]) -> Result<Vec<Option<V>>, Unanswered<Self>> {
        Ok(keys.iter().map(|key| self.remove(key)).collect())
    }

    fn gather(keys: &[K], values: Vec<Option<V>>) -> Self {
        there(keys, values).collect()
    }

    fn peeked(keys: &[K], values: Vec<Option<V>>) -> Self {
        Self::gather(keys, values)
    }
}

impl<K: Clone + Ord, V> BatchReturn<K> for BTreeMap<K, V> {
    type Value = V;
    type Peeked = Self;

    fn values(mut self, keys: &[K]) -> Result<Vec<Option<V>>, Unanswered<Self>> {
        Ok(keys.iter().map(|key| self.remove(key)).collect())
    }

    fn gather(keys: &[K], values: Vec<Option<V>>) -> Self {
        there(keys, values).collect()
    }

    fn peeked(keys: &[K], values: Vec<Option<V>>) -> Self {
        Self::gather(keys, values)
    }
}

fn there<K: Clone, V>(keys: &[K], values: Vec<Option<V>>) -> impl Iterator<Item = (K, V)> {
    keys.iter().zip(values).filter_map(|(key, value)| Some((key.clone(), value?)))
}

impl<K, V> BatchReturn<K> for Vec<V> {
    type Value = V;
    type Peeked = Vec<Option<V>>;

    fn values(self, keys: &[K]) -> Result<Vec<Option<V>>, Unanswered<Self>> {
        if self.len() == keys.len() {
            Ok(self.into_iter().map(Some).collect())
        } else {
            Err(Unanswered::Uneven { count: self.len(), returned: self })
        }
    }

    fn gather(_: &[K], values: Vec<Option<V>>) -> Self {
        values.into_iter().flatten().collect()
    }

    fn peeked(_: &[K], values: Vec<Option<V>>) -> Vec<Option<V>> {
        values
    }
}

impl<K, M: BatchReturn<K>, E> BatchReturn<K> for Result<M, E> {
    type Value = M::Value;
    type Peeked = M::Peeked;

    fn values(self, keys: &[K]) -> Result<Vec<Option<M::Value>>, Unanswered<Self>> {
        match self {
            Ok(many) => many.values(keys).map_err(|unanswered| unanswered.map(Ok)),
            Err(error) => Err(Unanswered::Failed(Err(error))),
        }
    }

    fn gather(keys: &[K], values: Vec<Option<M::Value>>) -> Self {
        Ok(M::gather(keys, values))
    }

    fn peeked(keys: &[K], values: Vec<Option<M::Value>>) -> M::Peeked {
        M::peeked(keys, values)
    }
}

/// One value of a function that returns `R`: every one is stored.
pub struct Element<R, V>(PhantomData<fn() -> (R, V)>);

impl<R, V> Element<R, V> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R, V> Kind for Element<R, V> {
    type Return = V;
    type Stored = V;
    type Value = V;

    fn kept<'r>(&self, value: &'r V, cache_if: &impl Fn(&V) -> bool) -> Option<&'r V> {
        cache_if(value).then_some(value)
    }

    fn restore(stored: V) -> V {
        stored
    }

    fn value(stored: &V) -> Option<&V> {
        Some(stored)
    }
}

impl<M, E, V> MayFail for Element<Result<M, E>, V> {}
