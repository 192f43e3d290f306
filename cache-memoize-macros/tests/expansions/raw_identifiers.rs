#[cache_memoize(key = r#type)]
fn r#match(r#type: u8) -> u8 {
    r#type
}
