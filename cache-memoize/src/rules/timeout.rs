//! The options `hard_timeout` and `soft_timeout`.

use crate::error::{Error, ErrorKind};
use crate::resilience::within;
use crate::site::Site;
use std::time::{Duration, Instant};

/// What the options say about functions that take long.
pub(super) struct Timeouts<R> {
    pub(super) hard: Option<HardTimeout<R>>,
    pub(super) soft: SoftTimeout,
}

impl<R> Timeouts<R> {
    pub(super) const NONE: Self = Self { hard: None, soft: SoftTimeout::NEVER };
}

/// How long a caller that has an old value waits for a new one.
#[derive(Clone, Copy)]
pub(crate) struct SoftTimeout {
    pub(super) limit: Duration,
    /// The option `background` besides: for a value that is due nobody waits at all.
    pub(crate) is_for_spare_alone: bool,
}

impl SoftTimeout {
    const NEVER: Self = Self { limit: Duration::MAX, is_for_spare_alone: false };

    /// When a caller leaves that begins to wait now.
    pub(crate) fn end(self) -> Instant {
        // A moment beyond what the clock can say would be none.
        const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
        Instant::now() + self.limit.min(LONGEST)
    }
}

/// How long a function may take, and what it returns that did not make it.
pub(crate) struct HardTimeout<R> {
    limit: Duration,
    tell: fn(Error) -> R,
}

impl<R> HardTimeout<R> {
    pub(super) fn of(limit: Duration) -> Self
    where
        R: CanTell,
    {
        Self { limit, tell: R::telling }
    }
}

/// What `compute` gives, or an error if that takes too long. Then it is dropped.
///
/// It is in a box: recursive functions have many of these futures in one another, each as large as what it holds.
pub(crate) fn in_time<'a, R: 'a>(
    timeout: Option<&'a HardTimeout<R>>,
    site: &'static Site,
    compute: impl Future<Output = R>,
) -> impl Future<Output = R> {
    let compute = Box::pin(compute);
    async move {
        let Some(HardTimeout { limit, tell }) = timeout else { return compute.await };
        within(*limit, compute).await.unwrap_or_else(|| tell(too_long(site, *limit)))
    }
}

fn too_long(site: &'static Site, limit: Duration) -> Error {
    let path = site.path();
    let context =
        format!("{path} took longer than its `hard_timeout` of {limit:?}, and was dropped");
    Error::new(ErrorKind::Timeout, "compute", context)
}

/// What a function may return whose time is limited: something that can say so.
#[diagnostic::on_unimplemented(
    message = "`hard_timeout` needs a function that returns a `Result` whose error can be made of `cache_memoize::Error`",
    label = "this function cannot say that it took too long",
    note = "return a `Result`, and write `impl From<cache_memoize::Error> for` its error; `Box<dyn Error + Send + Sync>` and \
            `anyhow::Error` have it already"
)]
pub trait CanTell {
    /// The answer that says it.
    fn telling(error: Error) -> Self;
}

impl<T, E: From<Error>> CanTell for Result<T, E> {
    fn telling(error: Error) -> Self {
        Err(error.into())
    }
}
