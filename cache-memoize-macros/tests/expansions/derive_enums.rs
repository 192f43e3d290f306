#[derive(CacheKey)]
enum Shape<T> {
    Circle { radius: T, #[cache_key(skip)] label: String },
    Segment(T, u8),
    r#Empty,
}

#[derive(CacheKey)]
enum Never {}
