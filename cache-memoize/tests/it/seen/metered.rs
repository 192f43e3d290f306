//! What the observer of the feature `metrics` counts.

use super::{Stage, awaited, every_kind_with, invalidate_seen, refresh_seen, seen, seen_async};
use crate::support::with_default;
use cache_memoize::observers::Metrics;
use cache_memoize::{Cache, CacheBuilder, Near};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use std::collections::BTreeMap;

/// What is counted in `body`, by names and labels as one text.
fn counted(body: impl FnOnce()) -> BTreeMap<String, u64> {
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, body);
    let counters = recorder.snapshotter().snapshot().into_vec();
    let counters = counters.into_iter().map(|(key, _, _, value)| {
        let key = key.key();
        let labels: Vec<_> =
            key.labels().map(|it| format!("{}={}", it.key(), it.value())).collect();
        let DebugValue::Counter(value) = value else { panic!("{key} is no counter") };
        (format!("{}{{{}}}", key.name(), labels.join(",")), value)
    });
    counters.collect()
}

#[track_caller]
fn assert_counted(counted: &BTreeMap<String, u64>, expected: &[(&str, u64)]) {
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(name, count)| (format!("cache_memoize_{name}"), *count)).collect();
    assert_eq!(*counted, expected);
}

#[test]
fn every_kind_of_cache_counts_the_same() {
    for (kind, cache, _server) in every_kind_with(|settings| settings.observer(Metrics::new())) {
        if kind.contains("near") {
            continue; // where its hits end is a matter of time
        }
        let counted = counted(|| {
            with_default(&cache, || {
                for id in 0..5 {
                    seen(id);
                    seen(id);
                }
                refresh_seen(1);
                invalidate_seen(1).expect("the store answers");
            });
            awaited(&cache, async { seen_async(2).await });
        });
        assert_counted(
            &counted,
            &[
                ("misses_total{function=it::seen::seen}", 5),
                ("hits_total{function=it::seen::seen,tier=store}", 5),
                ("hits_total{function=it::seen::seen_async,tier=store}", 1),
                ("stored_total{function=it::seen::seen}", 6),
                ("refreshed_total{function=it::seen::seen}", 1),
                ("invalidated_total{function=it::seen::seen}", 1),
            ],
        );
    }
}

#[test]
fn the_tiers_and_the_sorts_of_faults_are_told_apart() {
    let stage = Stage::new();
    let cache = stage.two_tiers(|settings| settings.observer(Metrics::new().cache("reports")));
    let counted = counted(|| {
        stage.fall_and_rise(&cache);
        with_default(&cache, || seen(0));
        cache.set("key", 7).expect("the store answers");
        cache.get_or_compute("key", || "of another type".to_owned());
    });
    assert_counted(
        &counted,
        &[
            ("faults_total{function=it::seen::seen,kind=unavailable,cache=reports}", 1),
            ("faults_total{function=(by hand),kind=unreadable,cache=reports}", 2),
            ("store_down_total{cache=reports}", 1),
            ("store_up_total{cache=reports}", 1),
            ("misses_total{function=it::seen::seen,cache=reports}", 4),
            ("misses_total{function=(by hand),cache=reports}", 1),
            ("hits_total{function=it::seen::seen,tier=near,cache=reports}", 1),
            ("stored_total{function=it::seen::seen,cache=reports}", 1),
            ("stored_total{function=(by hand),cache=reports}", 2),
        ],
    );
}

#[test]
fn evictions_are_counted_by_tier() {
    let stage = Stage::new();
    let near = |settings: CacheBuilder| settings.near(Near::entries(10)).observer(Metrics::new());
    let cache = stage.cache(near);
    let counted = counted(|| {
        for id in 0..20 {
            cache.get_or_compute(id, || id);
        }
    });
    assert_eq!(counted.get("cache_memoize_evicted_total{tier=near}"), Some(&10), "{counted:?}");
}

#[test]
fn keys_make_no_time_series() {
    let stage = Stage::new();
    let cache = stage.cache(|settings| settings.observer(Metrics::new()));
    let counted = counted(|| {
        with_default(&cache, || {
            for id in 0..100 {
                seen(id);
            }
        });
    });
    assert_eq!(counted.len(), 2, "{counted:?}");
}

#[test]
fn each_counter_is_described() {
    let recorder = DebuggingRecorder::new();
    let described = metrics::with_local_recorder(&recorder, || {
        Metrics::describe();
        let stage = Stage::new();
        let cache = stage.cache(|settings| settings.observer(Metrics::new()));
        stage.fall_and_rise(&cache);
        with_default(&cache, || invalidate_seen(0)).expect("the store answers");
        recorder.snapshotter().snapshot().into_vec()
    });
    assert!(described.len() > 4);
    for (key, _, description, _) in described {
        assert!(description.is_some(), "{}", key.key());
    }
}

#[test]
fn the_feature_alone_counts_nothing() {
    let counted = counted(|| drop(Cache::memory().get_or_compute("key", || "value".to_owned())));
    assert_eq!(counted, BTreeMap::new());
}
