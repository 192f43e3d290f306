#[cache_memoize(companions = false, on_hit = seen)]
fn area(&self, mut scale: u32) -> Option<u32> {
    scale += 1;
    self.side.checked_mul(scale)
}
