use crate::Redis;
use crate::settings::{Protocol, Settings};
use cache_memoize_core::{StoreError, StoreUrl};
use std::fmt;
use std::time::Duration;

/// The settings of a [`Redis`] to be built: a URL, and what a URL cannot say well. What is said here goes before
/// what the URL says.
#[derive(Clone, Default)]
#[must_use]
pub struct RedisBuilder {
    url: Option<String>,
    user: Option<String>,
    password: Option<String>,
    database: Option<u32>,
    protocol: Option<Protocol>,
    pool: Option<usize>,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    #[cfg(feature = "tls")]
    pem: Option<crate::settings::Pem>,
}

impl RedisBuilder {
    /// Where the servers are; see the [front page](crate) for what a URL may say. Without one it is
    /// `redis://127.0.0.1:6379`.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Who we are to the servers. Without a user it is Redis's own `default`.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// The password for the servers.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The number of the database.
    pub fn database(mut self, number: u32) -> Self {
        self.database = Some(number);
        self
    }

    /// The version of the protocol, [`Protocol::Resp2`] without this. The bus speaks RESP3 in any case.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = Some(protocol);
        self
    }

    /// At most so many connections of the blocking face with each server; 8 without this. The async face has one
    /// for each runtime.
    pub fn pool(mut self, connections: usize) -> Self {
        self.pool = Some(connections);
        self
    }

    /// How long an operation may take, from its call to its answer; 250 ms without this.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How much of that may pass until a connection stands; all of it without this.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// The authorities to trust in TLS, in PEM, instead of those that the system trusts.
    #[cfg(feature = "tls")]
    pub fn ca_pem(mut self, certificates: impl Into<Vec<u8>>) -> Self {
        self.pem.get_or_insert_default().authorities = Some(certificates.into());
        self
    }

    /// Our own certificate, with those that lead to its authority, and its key, in PEM.
    #[cfg(feature = "tls")]
    pub fn client_pem(mut self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.pem.get_or_insert_default().client = Some((certificates.into(), key.into()));
        self
    }

    /// Builds the store. Nothing is connected yet.
    ///
    /// # Errors
    /// [`StoreErrorKind::Configuration`](cache_memoize_core::StoreErrorKind::Configuration), saying which setting
    /// is wrong and what would be right.
    pub fn build(self) -> Result<Redis, StoreError> {
        let url = self.url.as_deref().unwrap_or("redis://127.0.0.1:6379");
        let mut settings = Settings::from_url(StoreUrl::parse(url)?)?;
        settings.credentials.user = self.user.or(settings.credentials.user);
        settings.credentials.password = self.password.or(settings.credentials.password);
        settings.database = self.database.unwrap_or(settings.database);
        settings.protocol = self.protocol.unwrap_or(settings.protocol);
        settings.pool = self.pool.unwrap_or(settings.pool);
        settings.timeout = self.timeout.unwrap_or(settings.timeout);
        settings.connect_timeout = self.connect_timeout.or(settings.connect_timeout);
        #[cfg(feature = "tls")]
        if let Some(pem) = self.pem {
            settings.use_pem(pem)?;
        }
        Ok(Redis::new(settings.checked()?))
    }
}

/// Without the password, and without the URL that may hold one.
impl fmt::Debug for RedisBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisBuilder")
            .field("user", &self.user)
            .field("database", &self.database)
            .field("protocol", &self.protocol)
            .field("pool", &self.pool)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}
