#[automatically_derived]
impl<'a, T: Clone + ::cache_memoize::CacheKey, S> ::cache_memoize::CacheKey
for User<'a, T, S>
where
    T: Send,
{
    fn cache_key(&self, key: &mut ::cache_memoize::KeyWriter<'_>) {
        let mut key = key.composite("User");
        key.part(&self.id);
        key.part(&self.tag);
        key.end();
    }
}
#[automatically_derived]
impl<const N: usize> my::reexport::CacheKey for Pair<N> {
    fn cache_key(&self, key: &mut my::reexport::KeyWriter<'_>) {
        let mut key = key.composite("Pair");
        key.part(&self.0);
        key.part(&self.2);
        key.end();
    }
}
#[automatically_derived]
impl ::cache_memoize::CacheKey for Unit {
    fn cache_key(&self, key: &mut ::cache_memoize::KeyWriter<'_>) {
        key.unit("Unit");
    }
}
