use crate::support::{get, get_object, key, set, set_object, wait_until};
use cache_memoize_core::{Bytes, Object, ObjectStore, PutMode, Store, Token, Ttl};
use cache_memoize_memory::Memory;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A value that uses the store when it is dropped.
struct Meddler {
    memory: Memory,
    dropped: Arc<AtomicUsize>,
}

impl Drop for Meddler {
    fn drop(&mut self) {
        set(&self.memory, "from-a-drop", b"1", Ttl::Forever);
        let _ = get(&self.memory, "other");
        Store::remove(&self.memory, &[key("other")]).unwrap();
        self.memory.sweep();
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

struct Scene {
    memory: Memory,
    dropped: Arc<AtomicUsize>,
}

impl Scene {
    fn new(max_entries: usize) -> Self {
        Self { memory: Memory::builder().max_entries(max_entries).build(), dropped: Arc::default() }
    }

    fn meddler(&self) -> Meddler {
        Meddler { memory: self.memory.clone(), dropped: self.dropped.clone() }
    }

    fn dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }
}

/// The values hold the store that holds them; only emptying it sets both free.
impl Drop for Scene {
    fn drop(&mut self) {
        ObjectStore::clear(&self.memory);
    }
}

#[test]
fn a_removed_value_may_use_the_store_as_it_goes() {
    let scene = Scene::new(10);
    set_object(&scene.memory, "a", scene.meddler());
    assert!(ObjectStore::remove(&scene.memory, key("a")));
    assert_eq!(scene.dropped(), 1, "nobody looks at it, so it is freed at once");
    assert!(get(&scene.memory, "from-a-drop").is_some());
}

#[test]
fn replaced_and_evicted_values_may_use_the_store_as_they_go() {
    let scene = Scene::new(2);
    for _ in 0..200 {
        set_object(&scene.memory, "a", scene.meddler());
    }
    for number in 0..200 {
        set_object(&scene.memory, &number.to_string(), scene.meddler());
    }
    ObjectStore::clear(&scene.memory);
    wait_until("all are dropped", || {
        ObjectStore::clear(&scene.memory);
        scene.dropped() == 400
    });
}

#[test]
fn a_refused_value_may_use_the_store_as_it_goes() {
    let scene = Scene::new(10);
    set_object(&scene.memory, "a", 1_u8);
    let offer = |mode| {
        let object = Object { value: Box::new(scene.meddler()), weight: 0 };
        ObjectStore::put(&scene.memory, key("a"), object, Ttl::Forever, mode).unwrap()
    };
    assert!(!offer(PutMode::IfAbsent));
    assert!(!offer(PutMode::IfLease(Token::new(0))));
    assert_eq!(scene.dropped(), 2);
    assert_eq!(get_object::<u8>(&scene.memory, "a"), Some(1));
}

#[test]
fn a_reader_may_use_the_store_and_still_sees_what_it_removed() {
    let memory = Memory::new();
    set_object(&memory, "a", String::from("value"));
    let shown = memory.read(key("a"), &mut |value| {
        assert!(ObjectStore::remove(&memory, key("a")));
        set(&memory, "b", b"2", Ttl::Forever);
        assert_eq!(get_object::<String>(&memory, "a"), None);
        assert_eq!(value.downcast_ref::<String>().unwrap(), "value");
    });
    assert!(shown);
    assert_eq!(get(&memory, "b").as_deref(), Some(&b"2"[..]));
}

#[test]
fn heavy_values_are_freed_as_soon_as_they_are_replaced() {
    let scene = Scene::new(10);
    let put = || {
        let object = Object { value: Box::new(scene.meddler()), weight: 1 << 20 };
        ObjectStore::put(&scene.memory, key("a"), object, Ttl::Forever, PutMode::Always).unwrap()
    };
    assert!(put());
    assert!(put());
    assert_eq!(scene.dropped(), 1);
}

#[test]
fn the_last_handle_takes_everything_along() {
    let witness = Arc::new(());
    let memory = Memory::new();
    for number in 0..100 {
        set_object(&memory, &number.to_string(), witness.clone());
        Store::put(&memory, key("bytes"), Bytes::new(), Ttl::Forever, PutMode::Always).unwrap();
    }
    drop(memory);
    assert_eq!(Arc::strong_count(&witness), 1);
}
