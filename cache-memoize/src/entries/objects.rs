//! Entries that are values as they are, in a store of objects.

use super::reading::{self, verdict};
use super::{EntryOf, granted};
use crate::cache::Inner;
use crate::codec::Stamps;
use crate::drive::{Leased, Look};
use crate::front::Weight;
use crate::groups::Membership;
use crate::plan::{Fill, Permit};
use crate::policy;
use crate::rules::{Form, Ruleset};
use cache_memoize_core::{
    AnyObject, KeyRef, LeaseMode, Object, ObjectStore, PutMode, StoreError, Timestamp, Ttl,
};

/// A value in the form of an [`ObjectStore`]: a type of its own, so that a reader finds what this engine
/// put there, and nothing else. It is fresh as long as it is there.
pub(super) struct Held<S> {
    pub(super) stored: S,
    pub(super) membership: Membership,
    /// What it weighs, if a thread may hold it.
    weight: Option<Weight>,
}

impl<S> Held<S> {
    pub(super) fn new<F: Form<S>>(stored: S, membership: Membership) -> Self {
        let weight = Weight::of::<S, F>(&stored);
        Self { stored, membership, weight }
    }
}

/// The same with its stamps, for functions whose options ask for the age of a value.
struct Aged<S> {
    stored: S,
    membership: Membership,
    stamps: Stamps,
}

/// Reads the entry from a store of objects, as the options of a function see it.
#[inline]
pub(crate) fn look_into<R: Ruleset>(
    cache: &Inner,
    objects: &dyn ObjectStore,
    key: KeyRef<'_>,
    tags: usize,
    rules: &R,
) -> Look<R::Stored> {
    let mut look = Look::Nothing;
    objects.read(key, &mut |object| look = look_at(cache, object, tags, rules));
    look
}

/// Reads the entry as [`look_into`] does, and says what it weighs, if a thread may hold it.
pub(crate) fn look_to_hold<R: Ruleset>(
    cache: &Inner,
    objects: &dyn ObjectStore,
    key: KeyRef<'_>,
    tags: usize,
    rules: &R,
) -> (Look<R::Stored>, Option<Weight>) {
    let (mut look, mut weight) = (Look::Nothing, None);
    objects.read(key, &mut |object| {
        look = look_at(cache, object, tags, rules);
        weight = weight_to_hold::<R::Stored>(object);
    });
    (look, weight)
}

/// What a value weighs that a thread may hold.
pub(crate) fn weight_to_hold<S: 'static>(object: &AnyObject) -> Option<Weight> {
    object.downcast_ref::<Held<S>>()?.weight
}

/// What an object is to a call with so many tags.
#[inline]
fn look_at<R: Ruleset>(
    cache: &Inner,
    object: &AnyObject,
    tags: usize,
    rules: &R,
) -> Look<R::Stored> {
    match object.downcast_ref::<Held<R::Stored>>() {
        Some(held) if held.membership.stands_for(tags) => Look::Found(held.stored.clone()),
        Some(_) => Look::Nothing,
        None => object.downcast_ref().map_or(Look::Nothing, |aged: &Aged<R::Stored>| {
            if !aged.membership.stands_for(tags) {
                return Look::Nothing;
            }
            let verdict = verdict(rules, &aged.stored, &aged.stamps, cache.now());
            reading::look(verdict, || aged.stored.clone(), &aged.stamps)
        }),
    }
}

/// The value in an object of a function whose options do not ask for its age, for a call with so many tags.
#[inline]
pub(crate) fn fresh_in<S: Clone + 'static>(object: &AnyObject, tags: usize) -> Option<S> {
    let held = object.downcast_ref::<Held<S>>()?;
    held.membership.stands_for(tags).then(|| held.stored.clone())
}

impl<R: Ruleset, S: ?Sized> EntryOf<'_, R, S> {
    pub(super) fn look_into(&self, objects: &dyn ObjectStore) -> Look<R::Stored> {
        look_into(self.cache, objects, self.key, self.spot.tags.len(), self.rules)
    }

    fn object(
        &self,
        stored: R::Stored,
        membership: Membership,
        ttl: Ttl,
        objects: &dyn ObjectStore,
    ) -> Object {
        let weight = if objects.weighs() { R::Form::weight(&stored) } else { 0 };
        if self.rules.freshness().is_plain() {
            return Object { value: Box::new(Held::new::<R::Form>(stored, membership)), weight };
        }
        let stamps = self.stamps(ttl);
        let value = Box::new(Aged { stored, membership, stamps });
        Object { value, weight: weight + size_of::<Stamps>() }
    }

    pub(super) fn lease_object(
        &self,
        objects: &dyn ObjectStore,
        mode: LeaseMode,
        ttl: Ttl,
        after: Timestamp,
    ) -> Leased<R::Stored> {
        self.join(objects);
        let lease = objects.lease(self.key, ttl, mode);
        self.began();
        match self.arrived_object(objects, after) {
            Some(stored) if mode == LeaseMode::Join => {
                if lease.first {
                    objects.release(self.key, lease.token);
                }
                Leased::Found(stored)
            }
            _ => granted(lease),
        }
    }

    /// A fresh value whose time ends after that moment.
    fn arrived_object(&self, objects: &dyn ObjectStore, after: Timestamp) -> Option<R::Stored> {
        let (mut arrived, tags) = (None, self.spot.tags.len());
        objects.read(self.key, &mut |object| {
            arrived = match object.downcast_ref::<Held<R::Stored>>() {
                Some(held) => held.membership.stands_for(tags).then(|| held.stored.clone()),
                None => object.downcast_ref().and_then(|aged: &Aged<R::Stored>| {
                    let is_news = aged.stamps.expires > after && aged.membership.stands_for(tags);
                    let is_fresh = policy::is_fresh(&aged.stamps, self.cache.now());
                    (is_news && is_fresh).then(|| aged.stored.clone())
                }),
            };
        });
        arrived
    }

    pub(super) fn fill_object(
        &self,
        objects: &dyn ObjectStore,
        permit: Permit,
        stored: R::Stored,
        ttl: Ttl,
    ) -> Fill {
        let Permit::Fenced(token) = permit else { return Fill::Failed };
        let membership = self.joined(objects);
        if !membership.stands() {
            objects.release(self.key, token);
            return self.filled_object(Ok(false));
        }
        let mode = PutMode::IfLease(token);
        self.filled_object(self.put_object(objects, stored, membership, ttl, mode))
    }

    pub(super) fn put_object(
        &self,
        objects: &dyn ObjectStore,
        stored: R::Stored,
        membership: Membership,
        ttl: Ttl,
        mode: PutMode,
    ) -> Result<bool, StoreError> {
        let kept_for = self.kept_for(&stored, ttl);
        objects.put(self.key, self.object(stored, membership, ttl, objects), kept_for, mode)
    }
}
