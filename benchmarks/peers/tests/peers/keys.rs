//! Do two functions of one name, in two modules, share an entry?

use crate::support::{block_on, hitbox_cache};

mod users {
    #[cache_memoize::cache_memoize(ttl = 60)]
    pub(super) fn get(_id: u32) -> String {
        "a user".to_owned()
    }

    #[hitbox_fn::cached]
    pub(super) async fn find(_id: u32) -> String {
        "a user".to_owned()
    }
}

mod orders {
    #[cache_memoize::cache_memoize(ttl = 60)]
    pub(super) fn get(_id: u32) -> String {
        "an order".to_owned()
    }

    #[hitbox_fn::cached]
    pub(super) async fn find(_id: u32) -> String {
        "an order".to_owned()
    }
}

#[test]
fn cache_memoize_keeps_them_apart() {
    assert_eq!((users::get(7), orders::get(7)), ("a user".into(), "an order".into()));
    assert_eq!((users::get(7), orders::get(7)), ("a user".into(), "an order".into()));
}

#[test]
fn hitbox_gives_one_the_value_of_the_other() {
    block_on(async {
        let cache = hitbox_cache();
        assert_eq!(users::find(7).cache(&cache).await, "a user");
        assert_eq!(orders::find(7).cache(&cache).await, "a user");
    });
}
