//! What one command alone cannot do atomically. Every script names its keys: the value, and then the lease.

use std::sync::LazyLock;

/// A script, and the hash by which a server knows it once it has seen it.
pub(crate) struct Script {
    pub(crate) code: String,
    pub(crate) hash: String,
}

impl Script {
    fn new(code: &str) -> Self {
        Self { code: code.to_owned(), hash: redis::Script::new(code).get_hash().to_owned() }
    }
}

/// A lifetime in milliseconds as a script reads it, where zero stands for ever.
const SET: &str = r"
local function set(...)
  local arguments = {KEYS[1], ARGV[1], ...}
  if ARGV[2] ~= '0' then
    arguments[#arguments + 1] = 'PX'
    arguments[#arguments + 1] = ARGV[2]
  end
  return redis.call('SET', unpack(arguments))
end
";

/// Stores in any case, and revokes. Arguments: value, lifetime.
pub(crate) static PUT: LazyLock<Script> = LazyLock::new(|| {
    with_set(
        r"
set()
redis.call('DEL', KEYS[2])
return 1
",
    )
});

/// Stores where nothing is, and revokes. Arguments: value, lifetime.
pub(crate) static ADD: LazyLock<Script> = LazyLock::new(|| {
    with_set(
        r"
if not set('NX') then return 0 end
redis.call('DEL', KEYS[2])
return 1
",
    )
});

/// Stores while the token stands, and spends it. Arguments: value, lifetime, token.
pub(crate) static FILL: LazyLock<Script> = LazyLock::new(|| {
    with_set(
        r"
if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
set()
redis.call('DEL', KEYS[2])
return 1
",
    )
});

/// Revokes the token if it stands. Arguments: token.
pub(crate) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[2])
",
    )
});

/// Deletes the value and revokes, and says whether a value was there.
pub(crate) static REMOVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
redis.call('DEL', KEYS[2])
return redis.call('DEL', KEYS[1])
",
    )
});

/// Lets the value live for ever, and says whether there is one.
pub(crate) static PERSIST: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('PERSIST', KEYS[1])
return 1
",
    )
});

/// Adds to a counter of 64 bits without a sign. `INCRBY` ends at 63 bits and the numbers of Lua at 53, so a
/// number is two halves of ten digits. Arguments: start, lifetime, amount.
pub(crate) static INCREMENT: LazyLock<Script> = LazyLock::new(|| {
    with_set(
        r"
local text = redis.call('GET', KEYS[1])
if not text then
  set()
  return ARGV[1]
end
local function halves(digits)
  digits = string.rep('0', 20 - #digits) .. digits
  return tonumber(string.sub(digits, 1, 10)), tonumber(string.sub(digits, 11))
end
local digits = string.match(text, '^0*(%d+)$')
if not digits or #digits > 20 or (#digits == 20 and digits > '18446744073709551615') then
  return redis.error_reply('WRONGTYPE the value is no number of 64 bits')
end
local high, low = halves(digits)
local more_high, more_low = halves(ARGV[3])
high, low = high + more_high, low + more_low
if low >= 10000000000 then high, low = high + 1, low - 10000000000 end
if high > 1844674407 or (high == 1844674407 and low >= 3709551616) then
  high, low = high - 1844674407, low - 3709551616
  if low < 0 then high, low = high - 1, low + 10000000000 end
end
local sum = string.match(string.format('%.0f%010.0f', high, low), '^0*(%d+)$')
redis.call('SET', KEYS[1], sum, 'KEEPTTL')
return sum
",
    )
});

fn with_set(body: &str) -> Script {
    Script::new(&format!("{SET}{body}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_scripts_are_one() {
        let scripts = [&PUT, &ADD, &FILL, &RELEASE, &REMOVE, &PERSIST, &INCREMENT];
        let mut hashes: Vec<&str> = scripts.iter().map(|script| script.hash.as_str()).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), scripts.len());
    }
}
