#[automatically_derived]
impl<T: ::cache_memoize::CacheKey> ::cache_memoize::CacheKey for Shape<T> {
    fn cache_key(&self, key: &mut ::cache_memoize::KeyWriter<'_>) {
        match self {
            Self::Circle { radius: __part0, .. } => {
                let mut key = key.composite("Circle");
                key.part(__part0);
                key.end();
            }
            Self::Segment { 0: __part0, 1: __part1, .. } => {
                let mut key = key.composite("Segment");
                key.part(__part0);
                key.part(__part1);
                key.end();
            }
            Self::r#Empty { .. } => {
                key.unit("Empty");
            }
        }
    }
}
#[automatically_derived]
impl ::cache_memoize::CacheKey for Never {
    fn cache_key(&self, key: &mut ::cache_memoize::KeyWriter<'_>) {
        let _ = key;
        match *self {}
    }
}
