use crate::expiry::Expiry;
use cache_memoize_core::{Key, KeyRef, Lease, LeaseMode, Timestamp, Token, Ttl};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// The tokens that stand: one for each key that is being computed.
///
/// A fill spends its token and a failure gives it back, so that what is left over belongs to
/// computations that never ended, and goes when its time is over.
pub(crate) struct Leases {
    standing: HashMap<Key, Standing, foldhash::fast::RandomState>,
    expiry: Expiry<Key>,
    last_number: u64,
}

#[derive(Clone, Copy)]
struct Standing {
    token: Token,
    expires: Timestamp,
}

impl Leases {
    pub(crate) fn new() -> Self {
        Self {
            standing: HashMap::default(),
            expiry: Expiry::new(),
            last_number: RandomState::new().build_hasher().finish(),
        }
    }

    /// Shares the token that stands, or creates one, as `mode` has it.
    pub(crate) fn take(
        &mut self,
        key: KeyRef<'_>,
        ttl: Ttl,
        mode: LeaseMode,
        now: Timestamp,
    ) -> Lease {
        match self.live(key, now) {
            Some(standing) if mode == LeaseMode::Join => {
                Lease { token: standing.token, first: false }
            }
            _ => Lease { token: self.create(key, now.after(ttl)), first: true },
        }
    }

    /// Takes `token` away if it is the one that stands, and says whether it was.
    pub(crate) fn spend(&mut self, key: KeyRef<'_>, token: Token, now: Timestamp) -> bool {
        let stands = self.live(key, now).is_some_and(|standing| standing.token == token);
        if stands {
            self.revoke(key);
        }
        stands
    }

    /// Takes away whichever token stands.
    pub(crate) fn revoke(&mut self, key: KeyRef<'_>) {
        if let Some((key, standing)) = self.standing.remove_entry(key.as_str()) {
            self.expiry.remove(standing.expires, key);
        }
    }

    /// Forgets one token whose time is over, and says whether there was one.
    pub(crate) fn sweep_one(&mut self, now: Timestamp) -> bool {
        let over = self.expiry.pop_over(now);
        if let Some(key) = &over {
            self.standing.remove(key.as_str());
        }
        over.is_some()
    }

    /// When the next token ends.
    pub(crate) fn next_end(&self) -> Timestamp {
        self.expiry.next_end()
    }

    /// Takes away all tokens. The numbers go on.
    pub(crate) fn clear(&mut self) {
        self.standing.clear();
        self.expiry.clear();
    }

    fn live(&self, key: KeyRef<'_>, now: Timestamp) -> Option<Standing> {
        self.standing.get(key.as_str()).copied().filter(|standing| now < standing.expires)
    }

    fn create(&mut self, key: KeyRef<'_>, expires: Timestamp) -> Token {
        self.revoke(key);
        self.last_number = self.last_number.wrapping_add(1);
        let (key, token) = (key.to_key(), Token::new(self.last_number));
        self.expiry.add(expires, key.clone());
        self.standing.insert(key, Standing { token, expires });
        token
    }
}

/// When something that begins now is over.
pub(crate) trait After {
    fn after(self, ttl: Ttl) -> Timestamp;
}

impl After for Timestamp {
    fn after(self, ttl: Ttl) -> Timestamp {
        ttl.as_millis().map_or(Timestamp::NEVER, |millis| self.plus_millis(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn key() -> KeyRef<'static> {
        KeyRef::new("key").unwrap()
    }

    fn for_millis(millis: u64) -> Ttl {
        Ttl::new(Duration::from_millis(millis)).unwrap()
    }

    fn left_over(leases: &Leases) -> (usize, usize) {
        (leases.standing.len(), leases.expiry.len())
    }

    #[test]
    fn a_token_is_shared_until_it_is_spent() {
        let mut leases = Leases::new();
        let lease = leases.take(key(), for_millis(10), LeaseMode::Join, NOW);
        let shared = leases.take(key(), for_millis(10), LeaseMode::Join, NOW);
        assert_eq!((lease.first, shared.first, shared.token), (true, false, lease.token));
        assert!(leases.spend(key(), lease.token, NOW));
        assert!(!leases.spend(key(), lease.token, NOW));
        assert_eq!(left_over(&leases), (0, 0));
    }

    #[test]
    fn a_token_ends_on_the_millisecond_and_joining_does_not_prolong_it() {
        let mut leases = Leases::new();
        let lease = leases.take(key(), for_millis(10), LeaseMode::Join, NOW);
        let late = NOW.plus_millis(9);
        assert!(!leases.take(key(), for_millis(10), LeaseMode::Join, late).first);
        assert!(leases.live(key(), late).is_some());
        assert!(!leases.spend(key(), lease.token, NOW.plus_millis(10)));
    }

    #[test]
    fn renewing_leaves_only_the_new_token() {
        let mut leases = Leases::new();
        let old = leases.take(key(), for_millis(10), LeaseMode::Join, NOW);
        let new = leases.take(key(), Ttl::Forever, LeaseMode::Renew, NOW);
        assert!(new.first && new.token != old.token);
        assert!(!leases.spend(key(), old.token, NOW));
        assert_eq!(left_over(&leases), (1, 0));
        assert!(leases.spend(key(), new.token, NOW));
    }

    #[test]
    fn what_is_over_is_swept_and_the_rest_stays() {
        let mut leases = Leases::new();
        let _ = leases.take(key(), for_millis(10), LeaseMode::Join, NOW);
        let other = KeyRef::new("other").unwrap();
        let _ = leases.take(other, for_millis(20), LeaseMode::Join, NOW);
        assert_eq!(leases.next_end(), NOW.plus_millis(10));
        assert!(leases.sweep_one(NOW.plus_millis(10)));
        assert!(!leases.sweep_one(NOW.plus_millis(10)));
        assert_eq!(left_over(&leases), (1, 1));
    }

    #[test]
    fn two_stores_begin_with_different_numbers() {
        let first_number = || Leases::new().take(key(), Ttl::Forever, LeaseMode::Join, NOW).token;
        assert_ne!(first_number(), first_number());
    }
}
