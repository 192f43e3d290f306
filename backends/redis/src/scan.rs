//! What a listing asks of a server, and how it reads what comes back. Nothing here knows how commands get there.

use crate::fault::{Fault, granted};
use crate::layout::key_of;
use cache_memoize_core::{Page, ServerCounts, StoreErrorKind};
use redis::{Cmd, Value};
use std::time::Duration;

/// How many names a server looks at for one page: some hundred microseconds in which it serves nobody else.
const NAMES_PER_PAGE: u32 = 1000;

/// How far a server has been scanned, in its own words. Zero at the beginning, and when it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor(Vec<u8>);

impl Cursor {
    pub(crate) fn start() -> Self {
        Self(b"0".to_vec())
    }

    pub(crate) fn is_at_the_end(&self) -> bool {
        self.0 == b"0"
    }
}

/// Asks for a page. Values of other types are none of ours.
///
/// Few keys have another name than their own, and its end is the key: so what a name holds is asked for, and not what
/// it begins with. Names that only hold the prefix are left out [later](read_page).
pub(crate) fn scan(cursor: &Cursor, prefix: &str) -> Cmd {
    let mut command = redis::cmd("SCAN");
    command.arg(&cursor.0[..]);
    if !prefix.is_empty() {
        command.arg("MATCH").arg(format!("*{}*", literally(prefix)));
    }
    command.arg("COUNT").arg(NAMES_PER_PAGE).arg("TYPE").arg("string");
    command
}

/// A text in a pattern that stands for itself.
fn literally(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for it in text.chars() {
        if matches!(it, '*' | '?' | '[' | ']' | '\\' | '^' | '-') {
            pattern.push('\\');
        }
        pattern.push(it);
    }
    pattern
}

/// The page, and where the next one begins.
pub(crate) fn read_page(replies: Vec<Value>, prefix: &str) -> Result<(Page, Cursor), Fault> {
    let [reply] = <[Value; 1]>::try_from(replies).map_err(|_| strange())?;
    let Value::Array(parts) = granted(reply)? else { return Err(strange()) };
    let [Value::BulkString(cursor), Value::Array(names)] = &parts[..] else {
        return Err(strange());
    };
    let mut keys = Vec::new();
    for name in names {
        let Value::BulkString(name) = name else { return Err(strange()) };
        let key = key_of(name).filter(|key| key.as_str().starts_with(prefix));
        keys.extend(key.map(|key| key.to_key()));
    }
    // A server ends a page where one of its buckets ends, and that may hold several names.
    let seen = u64::from(NAMES_PER_PAGE).max(names.len() as u64);
    Ok((Page { keys, seen }, Cursor(cursor.clone())))
}

/// Asks what a server has counted.
pub(crate) fn counts() -> [Cmd; 2] {
    let mut info = redis::cmd("INFO");
    info.arg("server").arg("stats");
    [info, redis::cmd("DBSIZE")]
}

pub(crate) fn read_counts(replies: Vec<Value>, place: String) -> Result<ServerCounts, Fault> {
    let [info, size] = <[Value; 2]>::try_from(replies).map_err(|_| strange())?;
    let info = text(granted(info)?)?;
    let Value::Int(entries) = granted(size)? else { return Err(strange()) };
    let number = |name: &str| {
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|number| number.trim().parse().ok()).ok_or_else(strange)
    };
    Ok(ServerCounts {
        place,
        hits: number("keyspace_hits")?,
        misses: number("keyspace_misses")?,
        entries: u64::try_from(entries).map_err(|_| strange())?,
        uptime: Duration::from_secs(number("uptime_in_seconds")?),
    })
}

fn text(reply: Value) -> Result<String, Fault> {
    match reply {
        Value::BulkString(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Value::VerbatimString { text, .. } => Ok(text),
        _ => Err(strange()),
    }
}

fn strange() -> Fault {
    let context = "redis answered something that a listing is never answered with";
    Fault::new(StoreErrorKind::Protocol, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cache_memoize_core::Key;

    fn reply(text: &str) -> Value {
        redis::parse_redis_value(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_prefix_stands_for_itself() {
        assert_eq!(literally("app|f(1)"), "app|f(1)");
        assert_eq!(literally(r"a*b?[c-d]^\"), r"a\*b\?\[c\-d\]\^\\");
    }

    #[test]
    fn a_page_holds_keys_alone() {
        let names = ["app|a", "{app|a} lease", "{ }app|}", "xapp|a", "app b", "{ }app|c"];
        let names: String =
            names.iter().map(|name| format!("${}\r\n{name}\r\n", name.len())).collect();
        let page = format!("*2\r\n$2\r\n17\r\n*6\r\n{names}");
        let (page, cursor) = read_page(vec![reply(&page)], "app|").unwrap();
        let keys: Vec<&str> = page.keys.iter().map(Key::as_str).collect();
        assert_eq!(keys, ["app|a", "app|}"]);
        assert_eq!(cursor, Cursor(b"17".to_vec()));
        assert!(!cursor.is_at_the_end() && Cursor::start().is_at_the_end());
    }

    #[test]
    fn a_page_may_be_longer_than_it_was_asked_to_be() {
        let seen = |names: usize| {
            let page = format!("*2\r\n$1\r\n0\r\n*{names}\r\n{}", "$1\r\na\r\n".repeat(names));
            read_page(vec![reply(&page)], "").unwrap().0.seen
        };
        assert_eq!([0, 1000, 1003].map(seen), [1000, 1000, 1003]);
    }

    #[test]
    fn counts_are_read_from_what_a_server_tells() {
        let info = "# Server\r\nuptime_in_seconds:7\r\n# Stats\r\nkeyspace_hits:3\r\nkeyspace_misses:1\r\n";
        let info = format!("${}\r\n{info}\r\n", info.len());
        let counts = read_counts(vec![reply(&info), reply(":9\r\n")], "a:1".to_owned()).unwrap();
        assert_eq!((counts.hits, counts.misses, counts.entries), (3, 1, 9));
        assert_eq!((counts.uptime, &*counts.place), (Duration::from_secs(7), "a:1"));
    }

    #[test]
    fn rubbish_is_neither_a_page_nor_a_count() {
        for rubbish in
            ["+OK\r\n", "*1\r\n$1\r\n0\r\n", "*2\r\n$1\r\n0\r\n*1\r\n:1\r\n", "-ERR no\r\n"]
        {
            assert!(read_page(vec![reply(rubbish)], "").is_err(), "{rubbish:?}");
            assert!(read_counts(vec![reply(rubbish), reply(":9\r\n")], String::new()).is_err());
            assert!(read_counts(vec![reply(rubbish)], String::new()).is_err());
        }
    }
}
