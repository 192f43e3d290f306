#[cache_memoize(companions = false, skip(self))]
async fn load(self: Arc<Self>, id: u32) -> Result<User, Failure> {
    Ok(self.connection.load(id).await?)
}
