//! `skip`: arguments that the key leaves out.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind};
use cache_memoize::{CacheKey, cache_memoize};

/// An argument that has no key of its own.
struct Connection;

#[cache_memoize(ttl = 60, skip(connection))]
fn one(connection: &Connection, id: u32) -> u32 {
    fresh((connection, id))
}

#[cache_memoize(ttl = 60, skip(connection, verbose,))]
fn several(connection: Connection, id: u32, verbose: bool) -> u32 {
    fresh((connection, id, verbose))
}

#[cache_memoize(ttl = 60, skip(connection))]
fn all(connection: &Connection) -> u32 {
    fresh(connection)
}

#[cache_memoize(ttl = 60, skip(r#type))]
fn raw(r#type: u8, id: u32) -> u32 {
    fresh((r#type, id))
}

#[cache_memoize(ttl = 60, skip(log))]
fn unnamed_type(id: u32, log: impl FnOnce(u32)) -> u32 {
    log(id);
    fresh(id)
}

#[cache_memoize(ttl = 60, skip(connection))]
async fn awaited(connection: &mut Connection, id: u32) -> u32 {
    let _: &Connection = connection;
    fresh(id)
}

impl Connection {
    #[cache_memoize(ttl = 60, skip(self))]
    fn method(&self, id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, skip(self))]
    async fn awaited_method(&mut self, id: u32) -> u32 {
        fresh(id)
    }
}

#[derive(CacheKey)]
struct Tenant(u32);

impl Tenant {
    #[cache_memoize(ttl = 60)]
    fn kept(&self, id: u32) -> u32 {
        fresh(id)
    }
}

#[test]
fn the_key_and_its_companions_leave_it_out() {
    on_every_kind(|kind| {
        let first = one(&Connection, 1);
        assert_eq!(one(&Connection, 1), first, "{kind}");
        assert_eq!(peek_one(1).expect("it works"), Some(first), "{kind}");
        assert_ne!(refresh_one(&Connection, 1), first, "{kind}");
        assert!(invalidate_one(1).expect("it works"), "{kind}");
        prime_one(1, 7).expect("it works");
        assert_eq!(one(&Connection, 1), 7, "{kind}");
        assert_ne!(one(&Connection, 2), 7, "{kind}");
    });
    assert!(cache_key_one(1).as_str().ends_with("::one(1)"));
}

#[test]
fn several_and_all_can_be_left_out() {
    on_every_kind(|kind| {
        assert_eq!(several(Connection, 1, true), several(Connection, 1, false), "{kind}");
        assert_ne!(several(Connection, 1, true), several(Connection, 2, true), "{kind}");
        assert_eq!(all(&Connection), all(&Connection), "{kind}");
        assert_eq!(raw(1, 7), raw(2, 7), "{kind}");
        assert_ne!(raw(1, 7), raw(1, 8), "{kind}");
    });
    assert!(cache_key_all().as_str().ends_with("::all()"));
}

#[test]
fn a_closure_can_be_left_out() {
    on_every_kind(|kind| {
        let mut logged = Vec::new();
        let first = unnamed_type(1, |id| logged.push(id));
        assert_eq!(unnamed_type(1, |id| logged.push(id)), first, "{kind}");
        assert_eq!(logged, [1], "{kind}");
    });
}

#[test]
fn a_receiver_is_an_argument_like_any_other() {
    on_every_kind(|kind| {
        let first = Connection.method(1);
        assert_eq!(Connection.method(1), first, "{kind}");
        assert!(Connection::invalidate_method(1).expect("it works"), "{kind}");
        let first = Tenant(1).kept(1);
        assert_eq!(Tenant(1).kept(1), first, "{kind}");
        assert_ne!(Tenant(2).kept(1), first, "{kind}");
        assert!(Tenant(1).invalidate_kept(1).expect("it works"), "{kind}");
    });
}

#[test]
fn it_serves_async_functions() {
    on_every_kind(|kind| {
        block_on(async {
            let first = awaited(&mut Connection, 1).await;
            assert_eq!(awaited(&mut Connection, 1).await, first, "{kind}");
            assert!(invalidate_awaited(1).await.expect("it works"), "{kind}");
            let first = Connection.awaited_method(1).await;
            assert_eq!(Connection.awaited_method(1).await, first, "{kind}");
            assert!(Connection::invalidate_awaited_method(1).await.expect("it works"), "{kind}");
        });
    });
}
