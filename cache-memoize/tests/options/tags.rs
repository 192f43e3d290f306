//! `tags`: groups of entries, of which one call forgets all.

use crate::computations::fresh;
use crate::support::{block_on, on_every_kind, with_default};
use cache_memoize::{Cache, CacheKey, cache_memoize};

fn cache() -> Cache {
    cache_memoize::caches::get("default").expect("it is installed")
}

#[track_caller]
fn assert_forgotten(tag: &str, call: impl Fn() -> u32) {
    let value = call();
    assert_eq!(call(), value, "it is remembered");
    cache().invalidate_tag("another").expect("the store works");
    assert_eq!(call(), value, "another tag is another group");
    cache().invalidate_tag(tag).expect("the store works");
    let new = call();
    assert_ne!(new, value, "{tag} was invalidated");
    assert_eq!(call(), new, "it is remembered again");
}

#[cache_memoize(ttl = 60, tags("numbers"))]
fn constant(id: u32) -> u32 {
    fresh(id)
}

#[test]
fn a_text_is_a_tag() {
    on_every_kind(|_| assert_forgotten("numbers", || constant(1)));
}

#[cache_memoize(ttl = 60, tags("user:{user}", "{{page}} {page:03}"))]
fn page(user: &str, page: u8) -> u32 {
    fresh((user, page))
}

#[test]
fn a_text_names_arguments_as_a_format_does() {
    on_every_kind(|_| {
        assert_forgotten("user:ann", || page("ann", 7));
        assert_forgotten("{page} 007", || page("ann", 7));
        assert_forgotten("user:żółw # % | ( ", || page("żółw # % | ( ", 7));
    });
}

#[derive(CacheKey)]
struct User {
    id: u32,
    #[cache_key(skip)]
    team: String,
}

const TEAMS: &str = "teams";

#[cache_memoize(ttl = 60, tags(TEAMS, user.team, format!("{}-{}", user.id, extra)), skip(extra))]
fn expressions(user: &User, extra: u32) -> u32 {
    fresh((user.id, extra))
}

#[test]
fn an_expression_that_can_be_displayed_is_a_tag() {
    on_every_kind(|_| {
        let user = User { id: 7, team: "blue".to_owned() };
        for tag in ["teams", "blue", "7-9"] {
            assert_forgotten(tag, || expressions(&user, 9));
        }
    });
}

#[cache_memoize(ttl = 60, key = id, tags("group:{group}"))]
fn beside_the_key(id: u32, group: &str, unread: &str) -> u32 {
    fresh((id, group, unread))
}

#[test]
fn companions_take_what_tags_read() {
    on_every_kind(|_| {
        prime_beside_the_key(1, "a", 7).expect("the store works");
        assert_eq!(peek_beside_the_key(1, "a").expect("the store works"), Some(7));
        assert_eq!(cache_key_beside_the_key(1, "a"), cache_key_beside_the_key(1, "b"));
        cache().invalidate_tag("group:a").expect("the store works");
        assert_eq!(peek_beside_the_key(1, "a").expect("the store works"), None);
        let new = refresh_beside_the_key(1, "a", "");
        assert_eq!(beside_the_key(1, "a", ""), new);
        assert_forgotten("group:a", || beside_the_key(1, "a", ""));
        assert!(invalidate_beside_the_key(1, "a").expect("the store works"));
    });
}

#[cache_memoize(ttl = 60, tags("user:{user}"))]
async fn awaited(user: &str, (page, _): (u8, u8)) -> u32 {
    tokio::task::yield_now().await;
    fresh((user, page))
}

#[test]
fn async_functions_have_tags() {
    on_every_kind(|_| assert_forgotten("user:ann", || block_on(awaited("ann", (7, 8)))));
    on_every_kind(|_| {
        let cache = cache();
        let value = block_on(awaited("ann", (7, 8)));
        block_on(cache.invalidate_tag_async("user:ben")).expect("the store works");
        assert_eq!(block_on(awaited("ann", (7, 8))), value);
        block_on(cache.invalidate_tag_async("user:ann")).expect("the store works");
        assert_ne!(block_on(awaited("ann", (7, 8))), value);
    });
}

struct Service {
    tenant: u32,
}

#[cache_memoize]
impl Service {
    #[cache_memoize(ttl = 60, key = (self.tenant, id), tags(format!("tenant:{}", self.tenant)))]
    fn of_tenant(&self, id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, local, skip(self), tags("local"))]
    fn stays(&self, id: u32) -> u32 {
        fresh(id)
    }

    #[cache_memoize(ttl = 60, store_result = false, skip(self), tags("guards"))]
    fn once(&self, id: u32) -> Option<u32> {
        Some(fresh(id))
    }
}

#[test]
fn methods_local_functions_and_guards_have_tags() {
    on_every_kind(|_| {
        let service = Service { tenant: 3 };
        assert_forgotten("tenant:3", || service.of_tenant(1));
        assert_forgotten("local", || service.stays(1));
        assert!(service.once(1).is_some() && service.once(1).is_none());
        cache().invalidate_tag("guards").expect("the store works");
        assert!(service.once(1).is_some() && service.once(1).is_none());
    });
}

#[test]
fn a_disabled_cache_takes_it_for_done() {
    with_default(&Cache::disabled(), || {
        cache().invalidate_tag("numbers").expect("there is nothing to do");
        cache().clear().expect("there is nothing to do");
        invalidate_all_constant().expect("there is nothing to do");
    });
}
