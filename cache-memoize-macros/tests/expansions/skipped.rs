#[cache_memoize(skip(connection, log), on_hit = seen)]
fn load(connection: &mut Connection, id: u64, log: impl Fn(&str)) -> User {
    log("loading");
    connection.load(id)
}
