use super::{EndOnDrop, Ending, Follower, Telling, spawn};
use crate::Redis;
use crate::settings::Address;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Sees to it that every master of a cluster is listened to.
pub(super) struct Overseer {
    redis: Redis,
    telling: Telling,
}

/// A master that is new, after a failover or because the cluster has grown, is not listened to for so long.
const ROUND: Duration = Duration::from_millis(500);

impl Overseer {
    pub(super) fn new(redis: Redis, telling: Telling) -> Self {
        Self { redis, telling }
    }

    pub(super) fn oversee(&self, ending: &Ending) {
        let mut followed: HashMap<Address, EndOnDrop> = HashMap::new();
        loop {
            if let Some(masters) = self.redis.masters() {
                self.match_up(&mut followed, &masters);
            }
            if !ending.sleep(ROUND) {
                return;
            }
        }
    }

    fn match_up(&self, followed: &mut HashMap<Address, EndOnDrop>, masters: &[Address]) {
        let before = followed.len();
        followed.retain(|node, _| masters.contains(node));
        if followed.len() < before {
            // Slots went elsewhere, and perhaps changes with them.
            self.telling.lost();
        }
        for master in masters {
            followed.entry(master.clone()).or_insert_with(|| {
                let ending = Arc::new(Ending::default());
                let follower = Follower::of_node(self.redis.settings(), master, &self.telling);
                spawn(&ending, move |ending| follower.follow(ending));
                EndOnDrop(ending)
            });
        }
    }
}
