//! A [`CacheConfig`] in a configuration file. What serde derives is right, but for what it says of parameters that
//! only the URL has.

use super::CacheConfig;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// What stores take in their URL alone.
const OF_URLS: [&str; 12] = [
    "ca",
    "cert",
    "connect_timeout",
    "db",
    "key",
    "max_bytes",
    "max_entries",
    "pool",
    "protocol",
    "sentinel_password",
    "sentinel_user",
    "tls",
];

impl Serialize for CacheConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for CacheConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer).map_err(|error| match misplaced(&error.to_string()) {
            Some(name) => D::Error::custom(format!(
                "`{name}` is a parameter of the URL: write `url = \"..?{name}=..\"`; {error}"
            )),
            None => error,
        })
    }
}

/// The parameter of URLs that serde complains of.
fn misplaced(complaint: &str) -> Option<&'static str> {
    let is_meant = |name: &&str| complaint.contains(&format!("unknown field `{name}`"));
    OF_URLS.into_iter().find(is_meant)
}
