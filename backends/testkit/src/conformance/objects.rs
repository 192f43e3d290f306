use super::Subject;
use super::subject::{key_of, ttl};
use cache_memoize_core::{AnyObject, HeldObject, LeaseMode, Object, ObjectStore, PutMode, Ttl};
use std::cell::RefCell;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

pub(super) fn an_object_is_read_as_what_it_is(subject: &Subject) {
    let objects = object_face(subject);
    let shared = Arc::new(String::from("shared"));
    put(&*objects, "number", 42_u64);
    put(&*objects, "list", vec![Some("text"), None]);
    put(&*objects, "nothing", ());
    put(&*objects, "shared", shared.clone());
    assert_eq!(read(&*objects, "number", |number: &u64| *number), Some(42));
    assert_eq!(
        read(&*objects, "list", |list: &Vec<Option<&str>>| list.clone()),
        Some(vec![Some("text"), None])
    );
    assert_eq!(read(&*objects, "nothing", |(): &()| true), Some(true));
    let is_same = read(&*objects, "shared", |text: &Arc<String>| Arc::ptr_eq(text, &shared));
    assert_eq!(is_same, Some(true), "an object is looked at where it lies, not copied");
    assert_eq!(read(&*objects, "number", |number: &i64| *number), None, "it is of another type");
    put(&*objects, "number", "a text now");
    assert_eq!(read(&*objects, "number", |text: &&str| *text), Some("a text now"));
}

pub(super) fn a_reader_is_called_once_at_most(subject: &Subject) {
    let objects = object_face(subject);
    let calls = || {
        let mut calls = 0;
        let found = objects.read(key_of("key"), &mut |_| calls += 1);
        (found, calls)
    };
    assert_eq!(calls(), (false, 0));
    let token = objects.lease(key_of("key"), Ttl::Forever, LeaseMode::Join).token;
    assert_eq!(calls(), (false, 0), "a lease is no value");
    assert!(put_as(&*objects, "key", 1_u8, PutMode::IfLease(token)));
    assert_eq!(calls(), (true, 1));
    assert!(objects.remove(key_of("key")));
    assert_eq!(calls(), (false, 0));
}

/// The clone of a value may be a memoized call itself. A store that deadlocks here would hang the
/// tests, so the reader has a thread of its own and a deadline.
pub(super) fn a_reader_may_call_the_store(subject: &Subject) {
    let objects = object_face(subject);
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        put(&*objects, "key", 1_u8);
        put(&*objects, "other", 2_u8);
        objects.read(key_of("key"), &mut |value| {
            call_everything(&*objects);
            let is_whole = value.downcast_ref::<u8>() == Some(&1);
            let _ = done.send(is_whole);
        });
    });
    let is_whole = is_done.recv_timeout(Duration::from_secs(20));
    assert_eq!(
        is_whole,
        Ok(true),
        "a reader that calls the store again deadlocks or sees a change"
    );
    let objects = object_face(subject);
    put(&*objects, "key", 3_u8);
    assert_eq!(read(&*objects, "key", |value: &u8| *value), Some(3));
}

/// What is held ends with what is there. A store that lets nothing be held passes.
pub(super) fn a_held_object_ends_with_its_entry(subject: &Subject) {
    let objects = object_face(subject);
    let ends: [(&str, &dyn Fn()); 5] = [
        ("removed", &|| assert!(objects.remove(key_of("key")))),
        ("replaced", &|| put(&*objects, "key", 2_u8)),
        ("filled anew", &|| {
            let token = objects.lease(key_of("key"), Ttl::Forever, LeaseMode::Renew).token;
            assert!(put_as(&*objects, "key", 2_u8, PutMode::IfLease(token)));
        }),
        ("cleared", &|| objects.clear()),
        ("put, and too heavy", &|| {
            let object = Object { value: Box::new(2_u8), weight: usize::MAX };
            let too_heavy = objects.put(key_of("key"), object, Ttl::Forever, PutMode::Always);
            assert!(too_heavy.is_err() || objects.remove(key_of("key")));
        }),
    ];
    for (how, end) in ends {
        put(&*objects, "key", 1_u8);
        let Some(held) = objects.hold(key_of("key"), &is_one) else { continue };
        assert_eq!(number(&*held), Some(1_u8), "it was not {how} yet");
        end();
        assert_eq!(number(&*held), None, "it was {how}");
        put(&*objects, "key", 1_u8);
        assert_eq!(number(&*held), None, "it was {how}, and what came later is another one");
    }
    assert!(objects.hold(key_of("absent"), &|_| true).is_none(), "there is nothing to hold");
    put(&*objects, "key", 2_u8);
    assert!(objects.hold(key_of("key"), &is_one).is_none(), "it is not what is wanted");
}

fn is_one(object: &AnyObject) -> bool {
    object.downcast_ref() == Some(&1_u8)
}

pub(super) fn a_held_object_lives_as_long_as_told(subject: &Subject) {
    let (objects, life) = (object_face(subject), subject.short());
    let held = RefCell::new(None);
    subject.assert_lives(
        life,
        || {
            let object = Object { value: Box::new(1_u8), weight: 1 };
            let put = objects.put(key_of("key"), object, ttl(life), PutMode::Always);
            assert_eq!(put.ok(), Some(true), "a plain put stores in any case");
            held.replace(objects.hold(key_of("key"), &is_one));
        },
        || match &*held.borrow() {
            Some(held) => number(&**held).is_some(),
            None => read(&*objects, "key", |_: &u8| ()).is_some(),
        },
    );
}

fn number(held: &dyn HeldObject) -> Option<u8> {
    held.live()?.downcast_ref().copied()
}

/// Who invalidates a group need not be the one who keeps its values, and a clearing ends no group.
pub(super) fn generations_are_the_same_for_all(subject: &Subject) {
    let (one, other) = (object_face(subject), object_face(subject));
    let held = one.generations().of(key_of("group"));
    let before = held.number();
    one.clear();
    for objects in [&one, &other] {
        assert!(objects.generations().advance(key_of("group")), "the generation is held");
    }
    assert_eq!(held.number(), before + 2, "each invalidation counts");
    assert_eq!(other.generations().of(key_of("group")).number(), before + 2);
}

fn call_everything(objects: &dyn ObjectStore) {
    for name in ["key", "other", "third"] {
        let key = key_of(name);
        objects.read(key, &mut |_| ());
        let lease = objects.lease(key, Ttl::Forever, LeaseMode::Renew);
        put_as(objects, name, 4_u8, PutMode::IfLease(lease.token));
        objects.release(key, lease.token);
        put(objects, name, 5_u8);
        objects.remove(key);
    }
    objects.clear();
}

fn object_face(subject: &Subject) -> Arc<dyn ObjectStore> {
    subject.backend().objects().expect("the face for objects was opened").clone()
}

fn put(objects: &dyn ObjectStore, key: &str, value: impl Send + Sync + 'static) {
    assert!(put_as(objects, key, value, PutMode::Always), "a plain put stores in any case");
}

fn put_as<T: Send + Sync + 'static>(
    objects: &dyn ObjectStore,
    key: &str,
    value: T,
    mode: PutMode,
) -> bool {
    let object = Object { value: Box::new(value), weight: size_of::<T>() };
    objects.put(key_of(key), object, Ttl::Forever, mode).expect("the value is light")
}

/// What `look` gives, if there is a value and it is of this type.
fn read<T: 'static, R>(objects: &dyn ObjectStore, key: &str, look: impl Fn(&T) -> R) -> Option<R> {
    let mut seen = None;
    let mut reader = |object: &AnyObject| seen = object.downcast_ref().map(&look);
    objects.read(key_of(key), &mut reader);
    seen
}
