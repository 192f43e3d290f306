#[cache_memoize(cache = &self.cache, skip(self), version = 2)]
pub async fn get(&self, id: u64) -> Option<User> {
    self.load(id).await
}
