#[cache_memoize]
impl<T: Store> Repo<T> {
    const LIMIT: usize = 10;

    #[cache_memoize::cache_memoize(skip(self))]
    pub fn get(&self, id: u64) -> User {
        self.load(id)
    }

    #[cache_memoize]
    fn count(kind: Kind) -> usize {
        Self::LIMIT + T::count(kind)
    }

    pub fn load(&self, id: u64) -> User {
        self.store.load(id)
    }
}
