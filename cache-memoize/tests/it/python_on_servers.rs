//! A program in Python and a cache on one server: each reads what the other wrote, and neither stores what
//! the other has overtaken. The program asks the server itself, with redis-py and pymemcache.

use crate::python::{
    Form, assert_python_reads_envelopes, assert_python_reads_plain_entries,
    assert_python_writes_plain_entries, cache, form,
};
use crate::read_entry::{Place, Python, Served};
use crate::support::{block_on, with_default};
use cache_memoize::{Key, cache_memoize, caches};
use serde_json::json;

/// The servers carry bytes: of what the bytes may be, these two forms are enough.
fn forms() -> Vec<Form> {
    [form("msgpack", "zlib"), form("json", "none")].into_iter().flatten().collect()
}

/// Runs `test` with a cache on each server, enveloped (without a form) and plain.
fn on_every_server(test: impl Fn(&Shared<'_>)) {
    let Some(python) = Python::find() else { return };
    let settings = form("msgpack", "zlib").expect("they are the default");
    for form in [None, Some(&*settings.0)] {
        for place in [Served::by_redis(), Served::by_memcached()] {
            let cache = cache(&place, &settings, |builder| builder.plain(form.is_some()));
            with_default(&cache, || test(&Shared { python: &python, place: &place, form }));
        }
    }
}

/// As [`on_every_server`], where Python writes: plain alone.
fn on_every_plain_server(test: impl Fn(&Shared<'_>)) {
    on_every_server(|shared| {
        if shared.form.is_some() {
            test(shared);
        }
    });
}

/// The side of the default cache on which Python is.
struct Shared<'a> {
    python: &'a Python,
    place: &'a dyn Place,
    form: Option<&'a str>,
}

const ENTRY: u8 = 1;

#[cache_memoize(ttl = 60, skip(compute))]
fn tended(entry: u8, compute: &dyn Fn() -> Result<u8, String>) -> Result<u8, String> {
    let _ = entry;
    compute()
}

#[cache_memoize(ttl = 60)]
async fn awaited(value: u8) -> u8 {
    value
}

impl Shared<'_> {
    /// What Python reads as the entry of `tended`.
    fn read(&self) -> Result<u64, String> {
        let read = self.python.get(self.place, &cache_key_tended(ENTRY), self.form);
        read.map(|value| value.as_u64().expect("it is a number"))
    }

    fn write(&self, value: u8) {
        let form = self.form.expect("Python writes plain entries");
        let set = self.python.set(self.place, &cache_key_tended(ENTRY), form, &json!(value));
        set.expect("it is stored");
    }

    fn remove(&self) {
        self.python.remove(self.place, &cache_key_tended(ENTRY)).expect("it is removed");
    }

    /// What a cache reads, which does not compute.
    fn stored(&self) -> Option<u8> {
        peek_tended(ENTRY)
            .expect("the server answers")
            .map(|value| value.expect("no error is stored"))
    }

    fn prime(&self, value: u8) {
        prime_tended(ENTRY, Ok(value)).expect("the server answers");
    }
}

#[test]
fn python_reads_what_a_plain_cache_wrote_to_redis() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_plain_entries(&python, &Served::by_redis(), &forms());
}

#[test]
fn python_reads_what_a_plain_cache_wrote_to_memcached() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_plain_entries(&python, &Served::by_memcached(), &forms());
}

#[test]
fn a_plain_cache_reads_what_python_wrote_to_redis() {
    let Some(python) = Python::find() else { return };
    assert_python_writes_plain_entries(&python, &Served::by_redis(), &forms());
}

#[test]
fn a_plain_cache_reads_what_python_wrote_to_memcached() {
    let Some(python) = Python::find() else { return };
    assert_python_writes_plain_entries(&python, &Served::by_memcached(), &forms());
}

#[test]
fn python_reads_envelopes_in_redis() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_envelopes(&python, &Served::by_redis(), &forms());
}

#[test]
fn python_reads_envelopes_in_memcached() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_envelopes(&python, &Served::by_memcached(), &forms());
}

#[test]
fn async_functions_share_with_python_too() {
    on_every_plain_server(|Shared { python, place, form }| {
        let cache = caches::get("default").expect("the scope has a cache");
        let run =
            |value| block_on(caches::scoped_async([("default", cache.clone())], awaited(value)));
        run(1);
        assert_eq!(python.get(*place, &cache_key_awaited(1), *form), Ok(json!(1)));
        let form = form.expect("it is plain");
        python.set(*place, &cache_key_awaited(2), form, &json!(7)).expect("it is stored");
        assert_eq!(run(2), 7);
    });
}

/// On memcached the value lies below a lease then.
#[test]
fn python_reads_the_old_value_during_a_refresh_and_after_one_that_failed() {
    on_every_server(|shared| {
        shared.prime(7);
        let failed = refresh_tended(ENTRY, &|| {
            assert_eq!(shared.read(), Ok(7));
            Err("no".to_owned())
        });
        assert_eq!(failed, Err("no".to_owned()));
        assert_eq!(shared.read(), Ok(7));
        let refreshed = refresh_tended(ENTRY, &|| {
            assert_eq!(shared.read(), Ok(7));
            Ok(8)
        });
        assert_eq!(refreshed, Ok(8));
        assert_eq!(shared.read(), Ok(8));
    });
}

#[test]
fn python_refuses_an_entry_whose_group_was_invalidated() {
    on_every_server(|shared| {
        if shared.form.is_some() {
            return;
        }
        shared.prime(7);
        assert_eq!(shared.read(), Ok(7));
        invalidate_all_tended().expect("the server answers");
        let refused = shared.read().expect_err("its group was invalidated");
        assert!(refused.contains("group that was invalidated"), "{refused}");
        shared.prime(8);
        assert_eq!(shared.read(), Ok(8));
    });
}

#[test]
fn python_finds_nothing_where_only_a_lease_lies() {
    on_every_server(|shared| {
        let computed = refresh_tended(ENTRY, &|| {
            let nothing = shared.read().expect_err("nothing was stored yet");
            assert_eq!(nothing.trim_end(), "there is no such entry");
            Ok(8)
        });
        assert_eq!(computed, Ok(8));
        assert_eq!(shared.read(), Ok(8));
    });
}

#[test]
fn what_python_wrote_is_not_overwritten_by_a_computation_under_way() {
    on_every_plain_server(|shared| {
        let overtaken = tended(ENTRY, &|| {
            shared.write(9);
            Ok(1)
        });
        assert_eq!((overtaken, shared.stored()), (Ok(1), Some(9)));
        let overtaken = refresh_tended(ENTRY, &|| {
            shared.write(10);
            Ok(1)
        });
        assert_eq!((overtaken, shared.stored()), (Ok(1), Some(10)));
    });
}

#[test]
fn what_python_removed_is_not_brought_back_by_a_computation_under_way() {
    on_every_server(|shared| {
        let overtaken = tended(ENTRY, &|| {
            shared.remove();
            Ok(1)
        });
        assert_eq!((overtaken, shared.stored()), (Ok(1), None));
        shared.prime(7);
        let overtaken = refresh_tended(ENTRY, &|| {
            shared.remove();
            Ok(1)
        });
        assert_eq!((overtaken, shared.stored()), (Ok(1), None));
        shared.prime(7);
        shared.remove();
        assert_eq!(shared.stored(), None);
    });
}

/// memcached takes more than thirty days for a date, and one that is long past.
#[test]
fn a_long_life_from_python_is_no_short_one() {
    on_every_plain_server(|Shared { python, place, form }| {
        let (key, form) = (cache_key_tended(ENTRY), form.expect("it is plain"));
        let set = python.set_for(*place, &key, form, &json!(9), "3000000");
        set.expect("it is stored");
        assert_eq!(tended(ENTRY, &|| Ok(1)), Ok(9));
    });
}

#[test]
fn python_keeps_to_the_database_of_the_url() {
    let Some(python) = Python::find() else { return };
    let key = Key::new("number").expect("it is a key");
    for place in [Served::by_redis_database(11, true), Served::by_redis_database(11, false)] {
        python.set(&place, &key, "json", &json!(7)).expect("it is stored");
        let backend = place.backend();
        let store = backend.store().expect("it blocks");
        let lies = store.get(&[key.as_ref()]).expect("it answers").remove(0);
        assert_eq!(lies.as_deref(), Some(&b"7"[..]), "{}", place.url());
        assert_eq!(python.get(&place, &key, Some("json")), Ok(json!(7)));
        python.remove(&place, &key).expect("it is removed");
        assert_eq!(store.get(&[key.as_ref()]).expect("it answers"), [None]);
    }
}
