//! A program in Python and a cache share their entries: each reads what the other wrote. Where Python or its
//! packages are missing, `Python::find` says so, and nothing is checked.

use crate::read_entry::{Piped, Place, Python};
use crate::support::with_default;
use cache_memoize::core::{Backend, Clock, Timestamp};
use cache_memoize::{Cache, CacheBuilder, Compressor, Key, Memory, Serializer, cache_memoize};
use cache_memoize_testkit::Counts;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Report {
    title: String,
    lines: Vec<String>,
    total: f64,
    change: i64,
    count: u64,
    by_name: BTreeMap<String, u32>,
    note: Option<String>,
    sent: Option<bool>,
    state: State,
    thumbnail: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum State {
    Draft,
    Done { by: String },
}

#[cache_memoize(ttl = 60)]
fn report(month: u8) -> Report {
    RUNS.set(RUNS.get() + 1);
    let lines = (0..50).map(|line| format!("line {line}: żółw, 亀, 🐢")).collect();
    Report {
        title: format!("report of month {month}"),
        lines,
        total: 0.1 + f64::from(month),
        change: i64::MIN,
        count: u64::MAX,
        by_name: BTreeMap::from([("ada".to_owned(), 7), (String::new(), 0)]),
        note: None,
        sent: Some(false),
        state: if month == 1 { State::Draft } else { State::Done { by: "bea".to_owned() } },
        thumbnail: vec![0, 127, 128, 255],
    }
}

#[cache_memoize(ttl = 60)]
fn day(month: u8) -> u8 {
    RUNS.set(RUNS.get() + 1);
    month
}

#[cache_memoize(ttl = 60)]
fn layered(layers: u8) -> Option<Option<u8>> {
    (layers > 0).then(|| (layers > 1).then_some(layers))
}

/// Settings that Python shares, and what the script calls them.
pub(crate) type Form = (String, Serializer, Compressor);

/// All of them. A feature that is not enabled is left out.
fn forms() -> Vec<Form> {
    let serializers = ["msgpack", "json"];
    let compressors = ["none", "zlib", "gzip", "zstd", "lz4", "lzma"];
    let pairs = serializers.into_iter().flat_map(|first| compressors.map(|second| (first, second)));
    pairs.filter_map(|(serializer, compressor)| form(serializer, compressor)).collect()
}

pub(crate) fn form(serializer: &str, compressor: &str) -> Option<Form> {
    let name = format!("{serializer}+{compressor}");
    Some((name, Serializer::from_name(serializer)?, Compressor::from_name(compressor)?.above(0)))
}

pub(crate) fn cache(
    place: &dyn Place,
    (_, serializer, compressor): &Form,
    set: impl FnOnce(CacheBuilder) -> CacheBuilder,
) -> Cache {
    // The laws are not about time: a busy machine is no fault of a store.
    let patient = Cache::builder().timeout(PATIENCE).call_timeout(Duration::MAX);
    let builder = patient.backend(place.backend()).prefix("shared");
    let builder = builder.serializer(serializer.clone()).compressor(compressor.clone());
    set(builder).build().expect("the settings are right")
}

const PATIENCE: Duration = Duration::from_secs(30);

fn piped() -> Piped {
    Piped(Counts::new().wrap(&Memory::new().into()))
}

fn value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).expect("JSON has all of this")
}

#[test]
fn python_reads_what_a_plain_cache_wrote() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_plain_entries(&python, &piped(), &forms());
}

#[test]
fn a_plain_cache_reads_what_python_wrote() {
    let Some(python) = Python::find() else { return };
    assert_python_writes_plain_entries(&python, &piped(), &forms());
}

#[test]
fn python_reads_envelopes() {
    let Some(python) = Python::find() else { return };
    assert_python_reads_envelopes(&python, &piped(), &forms());
}

pub(crate) fn assert_python_reads_plain_entries(
    python: &Python,
    place: &dyn Place,
    forms: &[Form],
) {
    for form in forms {
        with_default(&cache(place, form, |builder| builder.plain(true)), || {
            let read = |key| python.get(place, &key, Some(&form.0));
            let stored = value(&refresh_report(1));
            assert_eq!(read(cache_key_report(1)), Ok(stored), "{}", form.0);
            let stored = value(&refresh_day(1));
            assert_eq!(read(cache_key_day(1)), Ok(stored), "{}", form.0);
        });
    }
}

pub(crate) fn assert_python_writes_plain_entries(
    python: &Python,
    place: &dyn Place,
    forms: &[Form],
) {
    for form in forms {
        with_default(&cache(place, form, |builder| builder.plain(true)), || {
            let write =
                |key, value: Value| python.set(place, &key, &form.0, &value).expect("it is stored");
            let other = Report { title: "by Python".to_owned(), ..report(2) };
            write(cache_key_report(2), value(&other));
            write(cache_key_day(2), json!(31));
            RUNS.set(0);
            assert_eq!(report(2), other, "{}", form.0);
            assert_eq!(day(2), 31, "{}", form.0);
            assert_eq!(RUNS.get(), 0, "{}", form.0);
        });
    }
}

pub(crate) fn assert_python_reads_envelopes(python: &Python, place: &dyn Place, forms: &[Form]) {
    for form in forms {
        with_default(&cache(place, form, |builder| builder), || {
            let read = |key| python.get(place, &key, None);
            let stored = value(&refresh_report(3));
            assert_eq!(read(cache_key_report(3)), Ok(stored), "{}", form.0);
            for layers in 0..=2 {
                let stored = value(&refresh_layered(layers));
                assert_eq!(read(cache_key_layered(layers)), Ok(stored), "{}", form.0);
            }
        });
    }
}

/// Gives the script the entry of one key as that of another, or changed on the way.
struct Altered<'p, F>(&'p Piped, F);

impl<F: Fn(&mut Vec<u8>)> Place for Altered<'_, F> {
    fn backend(&self) -> Backend {
        self.0.backend()
    }

    fn url(&self) -> String {
        self.0.url()
    }

    fn hand(&self, _: &Key) -> Vec<u8> {
        let mut entry = self.0.hand(&cache_key_report(4));
        (self.1)(&mut entry);
        entry
    }
}

#[test]
fn python_refuses_what_is_no_whole_entry_of_that_key() {
    let Some(python) = Python::find() else { return };
    let (place, form) = (piped(), &forms()[0]);
    with_default(&cache(&place, form, |builder| builder), || {
        report(4);
        let read = |key, form, change: fn(&mut Vec<u8>)| {
            python
                .get(&Altered(&place, change), &key, form)
                .map_err(|error| error.lines().last().unwrap_or_default().to_owned())
        };
        let refused = |why: &str, outcome: Result<Value, String>| {
            assert!(outcome.as_ref().is_err_and(|error| error.contains(why)), "{why}: {outcome:?}");
        };
        let key = || cache_key_report(4);
        assert_eq!(read(key(), None, |_| {}), Ok(value(&report(4))));
        refused("of another key", read(cache_key_report(5), None, |_| {}));
        refused("damaged", read(key(), None, |entry| entry[100] ^= 1));
        refused("damaged", read(key(), None, |entry| entry[9] ^= 1));
        refused("of a later version", read(key(), None, |entry| entry[3] = 2));
        refused("of a later version", read(key(), None, |entry| entry[6] = 1));
        refused("too short or too long", read(key(), None, |entry| entry.push(0)));
        refused("too short or too long", read(key(), None, |entry| entry.truncate(200)));
        refused("no envelope", read(key(), None, |entry| entry.truncate(53)));
        refused("no envelope", read(key(), None, |entry| entry[0] = b'{'));
        refused("in an envelope", read(key(), Some("msgpack"), |_| {}));
    });
}

#[test]
fn python_refuses_a_key_that_no_function_has() {
    let Some(python) = Python::find() else { return };
    let key = Key::new("a}b").expect("it is a key for somebody else");
    let error = python.remove(&piped(), &key).expect_err("it would lie elsewhere");
    assert!(error.contains("neither blanks nor braces"), "{error}");
}

#[test]
fn python_says_which_forms_there_are_and_that_an_entry_has_another() {
    let Some(python) = Python::find() else { return };
    let key = Key::new("number").expect("it is a key");
    for form in ["messagepack", "msgpack+zip", "msgpack+", "json+zlib+none", "postcard", ""] {
        let error = python.set(&piped(), &key, form, &json!(1)).expect_err("there is none such");
        assert!(error.contains("msgpack or json") && error.contains("lzma"), "{form}: {error}");
        assert!(!error.contains("Traceback"), "{form}: {error}");
    }
    let place = piped();
    python.set(&place, &key, "msgpack", &json!("text")).expect("it is written");
    for form in ["json", "msgpack+zlib", "json+gzip", "msgpack+zstd", "msgpack+lz4", "json+lzma"] {
        let error = python.get(&place, &key, Some(form)).expect_err("it has another form");
        assert!(error.contains("does not read as") && !error.contains("Traceback"), "{error}");
    }
}

struct LongAgo;

impl Clock for LongAgo {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000)
    }
}

/// An entry keeps its own time, and stores may keep entries longer.
#[test]
fn python_refuses_an_entry_whose_time_is_over() {
    let Some(python) = Python::find() else { return };
    let place = Piped(Counts::new().wrap(&Memory::builder().clock(LongAgo).build().into()));
    with_default(&cache(&place, &forms()[0], |builder| builder), || {
        day(1);
        let error = python.get(&place, &cache_key_day(1), None).expect_err("long ago");
        assert!(error.contains("the entry is over"), "{error}");
    });
}
