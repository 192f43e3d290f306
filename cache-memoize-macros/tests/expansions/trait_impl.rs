#[cache_memoize]
#[cfg(feature = "shapes")]
impl<'a, T> shapes::Shape<u8> for Square<'a, T>
where
    T: Clone,
{
    type Area = u64;
    const SIDES: u32 = 4;

    #[cache_memoize(ttl = Self::lifetime(scale))]
    fn area(&self, scale: u32) -> Vec<Self::Area> {
        vec![Self::Area::from(scale * Self::SIDES); self.count()]
    }

    #[cache_memoize(companions = false)]
    async fn name() -> String {
        Self::describe(Self::SIDES).await
    }

    fn count(&self) -> usize {
        2
    }
}
