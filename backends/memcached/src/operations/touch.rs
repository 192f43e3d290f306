use super::update::{Change, Decision, Opened};
use crate::fault::Outcome;
use crate::item::{Found, Item};
use crate::moment::Moment;
use crate::wire::{Answers, Request};
use cache_memoize_core::{Timestamp, Ttl};

/// Gives a value another lifetime: two round trips.
///
/// memcached can do it in one, without moving the value. But its touch does not change the state number of the
/// item, and a lease that is taken at the same moment would write the older lifetime back.
pub(crate) struct Touch {
    ttl: Ttl,
}

impl Touch {
    pub(crate) fn new(ttl: Ttl) -> Self {
        Self { ttl }
    }
}

impl Change for Touch {
    type Output = bool;

    fn open(&mut self, _: &mut Request, _: Moment) -> Outcome<bool> {
        Ok(false)
    }

    fn opened(&mut self, _: &mut Answers, _: Moment) -> Outcome<Opened<bool>> {
        Ok(Opened::Look)
    }

    fn decide(
        &mut self,
        found: Option<&Found>,
        _: Moment,
        now: Timestamp,
    ) -> Outcome<Decision<bool>> {
        let value = found.and_then(|found| Some((found.handed()?, found.lease)));
        Ok(match value {
            None => Decision::Leave(false),
            Some((bytes, None)) => Decision::Write(Item::plain(bytes, self.ttl, now), true),
            Some((bytes, lease)) => {
                let kept = Some((bytes, self.ttl.end(now)));
                Decision::Write(Item::framed(lease, kept, now), true)
            }
        })
    }
}
