//! The option `hard_timeout`.

use crate::error::{Error, ErrorKind};
use crate::resilience::within;
use crate::site::Site;
use std::time::Duration;

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
