//! The annotated functions of a program: known before the first of them is called.

use crate::cache::Cache;
use crate::caches::{self, Slot};
use crate::call::{CacheOfACall, Call, Handle};
use crate::error::{Error, ErrorKind};
use crate::groups::{Group, Invalidation};
use crate::key::{Escape, KeyParts, KeyText, KeyWriter, Stenographer};
use crate::lifetime::Lifetime;
use crate::place::{Neighbour, Place};
use crate::plan::SingleFlight;
use crate::sites::sites;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One annotated function, as the attribute describes it in a static.
pub struct Site {
    name: &'static str,
    neighbour: fn() -> Neighbour,
    place: Place,
    is_async: bool,
    cache: &'static str,
    is_cache_by_call: bool,
    of_trait: Option<&'static str>,
    prefix: Option<&'static str>,
    version: Option<u32>,
    ttl: Option<Lifetime>,
    err_ttl: Option<Lifetime>,
    jitter: f64,
    single_flight: SingleFlight,
    local: bool,
    slowest_millis: AtomicU64,
    resolved: OnceLock<Resolved>,
}

/// What is found out about a site when it is first used.
struct Resolved {
    /// The number of the site among those of the program; `0` is what is done by hand.
    index: usize,
    path: String,
    /// How every key of the function begins, up to the types or the arguments.
    head: String,
    /// The same with the parenthesis that opens the arguments.
    opened_head: String,
    /// The type that the path names already.
    owner: Option<String>,
    slot: &'static Slot,
}

/// A site that the linker has gathered.
pub struct Registered(pub &'static Site);

inventory::collect!(Registered);

impl Site {
    /// The site of the function `name`, declared at this place. `neighbour` gives an item beside the
    /// function's body.
    pub const fn new(name: &'static str, neighbour: fn() -> Neighbour, place: Place) -> Self {
        Self {
            name,
            neighbour,
            place,
            is_async: false,
            cache: "default",
            is_cache_by_call: false,
            of_trait: None,
            prefix: None,
            version: None,
            ttl: None,
            err_ttl: None,
            jitter: 0.0,
            single_flight: SingleFlight::Process,
            local: false,
            slowest_millis: AtomicU64::new(0),
            resolved: OnceLock::new(),
        }
    }

    /// The function is async.
    #[must_use]
    pub const fn awaited(mut self) -> Self {
        self.is_async = true;
        self
    }

    /// The option `cache`, as an expression: each call says which.
    #[must_use]
    pub const fn cache_by_call(mut self) -> Self {
        self.is_cache_by_call = true;
        self
    }

    /// The option `cache`, as a name.
    #[must_use]
    pub const fn cache(mut self, name: &'static str) -> Self {
        self.cache = name;
        self
    }

    /// The trait that the function implements.
    #[must_use]
    pub const fn of_trait(mut self, path: &'static str) -> Self {
        self.of_trait = Some(path);
        self
    }

    /// The option `prefix`.
    #[must_use]
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = Some(prefix);
        self
    }

    /// The option `version`.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = Some(version);
        self
    }

    /// The option `ttl`, as a literal.
    #[must_use]
    pub const fn ttl(mut self, ttl: Lifetime) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The option `err_ttl`, as a literal.
    #[must_use]
    pub const fn err_ttl(mut self, ttl: Lifetime) -> Self {
        self.err_ttl = Some(ttl);
        self
    }

    /// The option `jitter`.
    #[must_use]
    pub const fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    /// The option `single_flight = "off"`.
    #[must_use]
    pub const fn single_flight_off(mut self) -> Self {
        self.single_flight = SingleFlight::Off;
        self
    }

    /// The option `single_flight = "fleet"`.
    #[must_use]
    pub const fn single_flight_fleet(mut self) -> Self {
        self.single_flight = SingleFlight::Fleet;
        self
    }

    /// The option `local`.
    #[must_use]
    pub const fn local(mut self) -> Self {
        self.local = true;
        self
    }

    /// Begins a call: builds its key.
    ///
    /// `types` are the names of the types that tell instances of a generic function apart, the type of
    /// the receiver first.
    #[inline]
    pub fn call(
        &'static self,
        types: &[&'static str],
        cache: Option<Cache>,
        parts: impl KeyParts,
    ) -> Call {
        if self.resolved().has_one_instance(types) {
            let mut stenographer = Stenographer::new();
            written(KeyWriter::in_shorthand(&mut stenographer), &parts);
            if let Some(arguments) = stenographer.finish() {
                return Call::in_shorthand(self, cache, arguments);
            }
        }
        let write = |text: &mut KeyText| written(KeyWriter::new(text), &parts);
        let cache = self.cache_of_a_call(cache);
        let text = self.text(cache.prefix(), types, write);
        Call::of_text(self, cache, text)
    }

    /// The text of a key.
    pub(crate) fn text(
        &'static self,
        prefix: &str,
        types: &[&'static str],
        write_arguments: impl FnOnce(&mut KeyText),
    ) -> KeyText {
        let mut text = KeyText::new();
        text.push_str(prefix);
        self.resolved().open(types, &mut text);
        write_arguments(&mut text);
        text.push_str(")");
        text.finish();
        text
    }

    /// Forgets every entry of the function, and revokes the right of those who compute one to store it.
    ///
    /// # Errors
    /// Where there is no cache, or its store failed.
    pub fn invalidate_all(&'static self, cache: Option<Cache>) -> Result<(), Error> {
        let cache = self.cache_of_a_call(cache).required(self, "invalidate")?;
        self.invalidation(&cache)?.carry_out()
    }

    /// [`invalidate_all`](Self::invalidate_all), async.
    ///
    /// # Errors
    /// As [`invalidate_all`](Self::invalidate_all).
    pub fn invalidate_all_async(
        &'static self,
        cache: Option<Cache>,
    ) -> impl Future<Output = Result<(), Error>> {
        let cache = self.cache_of_a_call(cache).required(self, "invalidate");
        async move {
            let cache = cache?;
            self.invalidation(&cache)?.carry_out_async().await
        }
    }

    fn invalidation<'a>(&'static self, cache: &'a Cache) -> Result<Invalidation<'a>, Error> {
        let head = format!("{}{}", cache.prefix(), self.resolved().opened_head);
        let group = Group::of_function(&head, cache.prefix()).ok_or_else(|| {
            let remedy = "the path of the function, together with the prefix of the cache, is longer than 200 bytes, or \
                          the option `prefix` begins with a quotation mark: give it a shorter `prefix`";
            Error::new(ErrorKind::Unsupported, "invalidate", remedy)
        })?;
        Ok(Invalidation { cache: cache.inner(), site: self, group })
    }

    fn cache_of_a_call(&'static self, cache: Option<Cache>) -> CacheOfACall {
        match cache {
            Some(cache) => CacheOfACall(Handle::given(cache)),
            None => self.cache_by_name(),
        }
    }

    pub(crate) fn cache_by_name(&'static self) -> CacheOfACall {
        CacheOfACall(caches::current(self.slot()).map(Handle::Named))
    }

    /// The place of its cache.
    #[inline]
    pub(crate) fn slot(&self) -> &'static Slot {
        self.resolved().slot
    }

    /// The number of the site among those of the program.
    #[inline]
    pub(crate) fn index(&self) -> usize {
        self.resolved().index
    }

    /// The path of the function.
    pub(crate) fn path(&'static self) -> &'static str {
        &self.resolved().path
    }

    pub(crate) fn cache_name(&self) -> &'static str {
        self.cache
    }

    /// Whether the calls say which cache they mean.
    pub(crate) fn is_cache_by_call(&self) -> bool {
        self.is_cache_by_call
    }

    pub(crate) fn is_async(&self) -> bool {
        self.is_async
    }

    /// Where the function stands in the sources.
    pub(crate) fn location(&self) -> (&'static str, u32, u32) {
        (self.place.file, self.place.line, self.place.column)
    }

    pub(crate) fn lifetime(&self, error: bool) -> Option<Lifetime> {
        if error { self.err_ttl.or(self.ttl) } else { self.ttl }
    }

    pub(crate) fn jitter_of(&self) -> f64 {
        self.jitter
    }

    pub(crate) fn single_flight(&self) -> SingleFlight {
        self.single_flight
    }

    /// A computation of the function took so long that its value was not stored any more.
    pub(crate) fn is_as_slow_as(&self, cost: Duration) {
        let millis = u64::try_from(cost.as_millis()).unwrap_or(u64::MAX);
        self.slowest_millis.fetch_max(millis, Ordering::Relaxed);
    }

    /// The longest of those computations.
    pub(crate) fn slowest(&self) -> Duration {
        Duration::from_millis(self.slowest_millis.load(Ordering::Relaxed))
    }

    /// Whether the values of the function can leave the process.
    pub(crate) fn portable(&self) -> bool {
        !self.local
    }

    #[inline]
    fn resolved(&self) -> &Resolved {
        self.resolved.get_or_init(|| Resolved::of(self))
    }

    /// The path of the function, from that of an item in the function beside it, or in itself.
    pub(crate) fn full_path(&self) -> String {
        let path = (self.neighbour)().path;
        let path = path.strip_suffix("::here").unwrap_or(path);
        let path = path.strip_suffix("::{{closure}}").unwrap_or(path);
        // What is done by hand is in no module.
        let Some((owner, _)) = path.rsplit_once("::") else { return self.name.to_owned() };
        match self.of_trait {
            Some(of_trait) => format!("<{owner} as {of_trait}>::{}", self.name),
            None => format!("{owner}::{}", self.name),
        }
    }

    /// What the function may be called in its keys, from the path alone to what no other function has.
    pub(crate) fn labels(&self) -> [String; 4] {
        let Place { line, column, version, source, .. } = self.place;
        let path = self.full_path();
        let placed = format!("{path}@{line}:{column}");
        let described = format!("{placed}:{source:x}:{}", version.unwrap_or_default());
        let numbered = format!("{described}:{:x}", (self.neighbour)().number());
        [path, placed, described, numbered]
    }
}

impl Resolved {
    fn of(site: &Site) -> Self {
        let path = site.full_path();
        let (owner, _) = path.rsplit_once("::").unwrap_or((&path, ""));
        let owner = owner
            .strip_prefix('<')
            .and_then(|rest| rest.split_once(" as "))
            .map_or(owner, |it| it.0);
        let owner = Some(owner.to_owned());
        let (index, path) = sites().find(site);
        let mut head = String::new();
        match site.prefix {
            Some(prefix) => Escape::Prefix.each_piece(prefix, |piece| head.push_str(piece)),
            None => Escape::Path.each_piece(&path, |piece| head.push_str(piece)),
        }
        if let Some(version) = site.version {
            head.push_str(&format!("@{version}"));
        }
        let opened_head = format!("{head}(");
        Self { index, path, head, opened_head, owner, slot: caches::slot(site.cache) }
    }

    /// Whether these types tell instances of the function apart. The type that its path names does not.
    #[inline]
    fn has_one_instance(&self, types: &[&'static str]) -> bool {
        match types {
            [] => true,
            [only] => self.owner.as_deref() == Some(only),
            _ => false,
        }
    }

    /// Writes what comes before the arguments.
    fn open(&self, types: &[&'static str], text: &mut KeyText) {
        if types.is_empty() {
            text.push_str(&self.opened_head);
        } else {
            self.open_instance(types, text);
        }
    }

    fn open_instance(&self, types: &[&'static str], text: &mut KeyText) {
        text.push_str(&self.head);
        self.push_types(types, text);
        text.push_str("(");
    }

    fn push_types(&self, types: &[&'static str], text: &mut KeyText) {
        let owner = self.owner.as_deref();
        let types = if types.first().copied() == owner { &types[1..] } else { types };
        for (index, name) in types.iter().enumerate() {
            text.push_str(if index == 0 { "|<" } else { ";" });
            text.push_escaped(name, Escape::Type);
        }
        if !types.is_empty() {
            text.push_str(">");
        }
    }
}

/// Writes the arguments of a call, without the parentheses around them.
#[inline]
fn written(mut writer: KeyWriter<'_>, parts: &impl KeyParts) {
    parts.write(&mut writer.arguments());
}

/// The site of everything that is done by hand.
pub(crate) static BY_HAND: Site = Site::new("(by hand)", Neighbour::of::<()>, Place::here(0));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_by_hand_is_called_so() {
        assert_eq!(BY_HAND.path(), "(by hand)");
    }

    #[test]
    fn each_label_tells_more_functions_apart() {
        let labels = |neighbour, place| Site::new("f", neighbour, place).labels();
        let place = |line, version, source| Place::new("lib.rs", line, 1, version, source);
        let neighbour = Neighbour::of::<Site>;
        let first = labels(neighbour, place(1, Some("1.0.0"), 7));
        let alike = |other: [String; 4]| first.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert_eq!(alike(labels(Neighbour::of::<Resolved>, place(1, Some("1.0.0"), 7))), 3);
        assert_eq!(alike(labels(neighbour, place(1, Some("2.0.0"), 7))), 2);
        assert_eq!(alike(labels(neighbour, place(1, Some("1.0.0"), 8))), 2);
        assert_eq!(alike(labels(neighbour, place(2, Some("1.0.0"), 7))), 1);
        assert_eq!(first[0], "cache_memoize::site::f");
        assert_eq!(first[2], "cache_memoize::site::f@1:1:7:1.0.0");
    }
}
