#[cache_memoize(key = (user.id, special), extra = format!("{locale}:{:?}", user.role), on_miss = note)]
fn greeting(user: &User, special: bool, locale: &str, unread: usize) -> String {
    user.greet(special, locale, unread)
}
