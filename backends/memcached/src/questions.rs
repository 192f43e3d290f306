//! What is asked about keys, of which their servers know the watches.

use crate::operations::{Many, Release, Room, TakeLease, Update, Write};
use crate::servers::{Servers, Share};
use cache_memoize_core::{KeyRef, LeaseMode, Put, Token, Ttl};

impl Servers {
    pub(crate) fn write<'a>(&'a self, put: Put<'a>) -> Write<'a> {
        let watch = self.site(put.key).watch;
        Write::new(put, watch)
    }

    pub(crate) fn lease<'a>(
        &'a self,
        key: KeyRef<'a>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Update<'a, TakeLease<'a>> {
        Update::new(key, TakeLease::new(key, self.site(key).watch, ttl, mode))
    }

    pub(crate) fn release<'a>(&'a self, key: KeyRef<'a>, token: Token) -> Update<'a, Release<'a>> {
        Update::new(key, Release::new(key, self.site(key).watch, token))
    }

    /// Those of all `puts` that are this server's, which are taken.
    pub(crate) fn writes<'a>(
        &'a self,
        share: &Share<'a>,
        puts: &mut [Option<Put<'a>>],
    ) -> Many<Write<'a>> {
        let own = share.places.iter().filter_map(|place| puts[*place].take());
        Many::new(own.map(|put| self.write(put)), Room::FOR_VALUES)
    }

    pub(crate) fn leases<'a>(
        &'a self,
        share: &Share<'a>,
        ttl: Ttl,
        mode: LeaseMode,
    ) -> Many<Update<'a, TakeLease<'a>>> {
        let leases = share.keys.iter().map(|key| self.lease(*key, ttl, mode));
        Many::new(leases, Room::FOR_QUESTIONS)
    }

    /// Those of all `leases` that are this server's.
    pub(crate) fn releases<'a>(
        &'a self,
        share: &Share<'a>,
        leases: &[(KeyRef<'a>, Token)],
    ) -> Many<Update<'a, Release<'a>>> {
        let own = share.places.iter().map(|place| leases[*place]);
        let releases = own.map(|(key, token)| self.release(key, token));
        Many::new(releases, Room::FOR_QUESTIONS)
    }
}
