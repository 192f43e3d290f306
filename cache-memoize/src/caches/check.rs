use super::{DEFAULT, as_variable, current, installed};
use crate::error::{Error, ErrorKind};
use crate::site::Site;
use crate::sites::sites;
use std::fmt::Write;

/// Checks that every cache which an annotated function of this program names is installed, and that it serves such
/// functions: a store that has no face for async functions, or none for blocking ones, leaves them computing at each
/// call. Nothing is connected.
///
/// Functions whose `cache` is an expression are passed over.
///
/// # Errors
/// [`ErrorKind::NotInstalled`], listing each function whose cache is missing, with file and line, and the variable
/// that [`from_env`](super::from_env) would read; [`ErrorKind::Unsupported`] if it is only that some are not served,
/// listing them in the same way.
pub fn check() -> Result<(), Error> {
    let (missing, unserved) = (missing(), unserved());
    let kind = match (missing.is_empty(), unserved.is_empty()) {
        (true, true) => return Ok(()),
        (true, false) => ErrorKind::Unsupported,
        (false, _) => ErrorKind::NotInstalled,
    };
    let parts = [missing, unserved].into_iter().filter(|part| !part.is_empty());
    Err(Error::new(kind, "check", parts.collect::<Vec<_>>().join("\n")))
}

/// The functions whose cache is not installed, and what is installed perhaps in its place.
fn missing() -> String {
    let mut said = String::new();
    for site in named_sites().filter(|site| current(site.slot()).is_none()) {
        let (name, (file, line, _)) = (site.cache_name(), site.location());
        let (path, variable) = (site.path(), as_variable(name));
        let _ = write!(said, "\n  {name:?} for {path} at {file}:{line}, or CACHE_URL_{variable}");
    }
    if said.is_empty() {
        return said;
    }
    let surplus = surplus();
    if !surplus.is_empty() {
        let names = surplus.join("`, `");
        let _ = write!(said, "\nno function names what is installed as `{names}`: misspelt?");
    }
    format!(
        "install these caches before the first call, with `caches::install`, or with `caches::from_env` and a \
         variable:{said}"
    )
}

/// The functions whose cache has no face for them.
fn unserved() -> String {
    let mut said = String::new();
    for site in named_sites() {
        let cache = current(site.slot());
        let remedy = cache.and_then(|it| it.inner().missing_face(site.is_async(), site.portable()));
        if let Some(remedy) = remedy {
            let (name, (file, line, _)) = (site.cache_name(), site.location());
            let _ = write!(said, "\n  {} at {file}:{line}, in {name:?}: {remedy}", site.path());
        }
    }
    if said.is_empty() { said } else { format!("these functions compute at each call:{said}") }
}

/// The functions that say by a name, or by saying nothing, which cache they mean.
fn named_sites() -> impl Iterator<Item = &'static Site> {
    sites().iter().filter(|site| !site.is_cache_by_call())
}

/// What is installed and named by no function, in order.
fn surplus() -> Vec<String> {
    let mut names = installed();
    names.retain(|name| name != DEFAULT && named_sites().all(|site| site.cache_name() != name));
    names.sort();
    names
}
