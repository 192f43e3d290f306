//! What is known of an entry, wherever it lies.

use super::EntryOf;
use crate::codec::{EntryInfo, Stamps, Unreadable};
use crate::error::Error;
use crate::explain::{EntryForm, Explained, TimeLeft};
use crate::groups::Group;
use crate::observer::Tier;
use crate::policy;
use crate::rules::{Guard, Ruleset};
use crate::treatment::Spot;
use cache_memoize_core::{Bytes, KeyRef, ObjectStore, Timestamp};

impl Spot<'_> {
    pub(crate) fn explain(&self) -> Result<Option<Explained>, Error> {
        self.entry(&Guard::<()>::new()).explain()
    }

    pub(crate) async fn explain_async(&self) -> Result<Option<Explained>, Error> {
        self.async_entry(&Guard::<()>::new()).explain().await
    }
}

impl<R: Ruleset, S: ?Sized> EntryOf<'_, R, S> {
    /// The value of a `local` function, which lies beside the store.
    pub(super) fn explained_locally(&self) -> Option<Explained> {
        let is_there = self.cache.local().is_some_and(|local| has(local, self.key));
        is_there.then(|| self.found("memory", Tier::Store, EntryForm::Object))
    }

    pub(super) fn explained_object(&self, objects: &dyn ObjectStore) -> Option<Explained> {
        let backend = self.cache.backend_name();
        has(objects, self.key).then(|| self.found(backend, Tier::Store, EntryForm::Object))
    }

    /// What an answer of the store says, and whether there is a copy in front of it.
    pub(super) fn explained(&self, entry: Option<Bytes>) -> Option<Explained> {
        let near = self.near.as_ref().filter(|near| has(near.tier(), self.key));
        let backend = self.cache.backend_name();
        let Some(entry) = entry else {
            return near.map(|_| self.found(backend, Tier::Near, EntryForm::Object));
        };
        let mut explained = self.explained_bytes(&entry);
        if near.is_some() {
            explained.tiers.insert(0, Tier::Near);
        }
        Some(explained)
    }

    fn explained_bytes(&self, entry: &Bytes) -> Explained {
        let found = |form| self.found(self.cache.backend_name(), Tier::Store, form);
        let Some(codec) = &self.cache.codec else { return found(EntryForm::Unknown) };
        match codec.inspect(self.key, entry) {
            Ok(info) if codec.is_plain() => self.with_info(found(EntryForm::Plain), info),
            Ok(info) => self.with_info(found(EntryForm::Envelope), info),
            Err(unreadable) => Explained {
                stored_size: Some(entry.len()),
                ..found(EntryForm::Unknown).with_obstacle(Some(&unreadable))
            },
        }
    }

    fn with_info(&self, found: Explained, info: EntryInfo) -> Explained {
        let now = self.cache.now();
        let created = info.stamps.map_or(Timestamp::from_millis(0), |stamps| stamps.created);
        let is_tainted = self.cache.resilience.debts.taint(created);
        let obstacle = info.obstacle.or(is_tainted.then_some(Unreadable::Tainted));
        let is_current = self.numbers().confirm_all(&info.groups);
        let obstacle = obstacle.or((!is_current).then_some(Unreadable::Invalidated));
        let tags = info.groups.iter().filter_map(|group| Group::tag(group.key.as_str()));
        Explained {
            age: info.stamps.map(|stamps| now.since(stamps.created)),
            time_left: info.stamps.map(|stamps| time_left(&stamps, now)),
            cost: info.stamps.map(|stamps| stamps.cost),
            tags: tags.map(str::to_owned).collect(),
            size: Some(info.size_before),
            stored_size: Some(info.size_after),
            serializer: Some(info.serializer.into_owned()),
            compressor: Some(info.compressor.into_owned()),
            ..found.with_obstacle(obstacle.as_ref())
        }
    }

    fn found(&self, backend: &'static str, tier: Tier, form: EntryForm) -> Explained {
        Explained::new(self.key.to_key(), backend, tier, form)
    }
}

fn has(objects: &dyn ObjectStore, key: KeyRef<'_>) -> bool {
    objects.read(key, &mut |_| {})
}

fn time_left(stamps: &Stamps, now: Timestamp) -> TimeLeft {
    if stamps.expires == Timestamp::NEVER {
        TimeLeft::Forever
    } else if policy::is_fresh(stamps, now) {
        TimeLeft::Fresh(stamps.expires.since(now))
    } else {
        TimeLeft::Over(now.since(stamps.expires))
    }
}
