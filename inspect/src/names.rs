//! What the text of a key tells: see `docs/entry-format.md`.

/// The function whose key it is, as it stands there; `None` for what is kept by hand.
///
/// Where the prefix of the cache is not known, it stays in front: nothing tells whether there is one.
pub(crate) fn function_of(key: &str, has_prefix: bool) -> Option<&str> {
    let (head, _) = key.split_once('(')?;
    let head = if has_prefix { head.split_once('|')?.1 } else { head };
    let function = match head.rsplit_once('|') {
        Some((function, types)) if types.starts_with('<') && types.ends_with('>') => function,
        _ => head,
    };
    is_function(function).then_some(function)
}

/// Whether this is no key that is kept by hand. There may be a prefix in front, and texts may have a bar in them.
fn is_function(head: &str) -> bool {
    let name = head.split_once('|').map_or(head, |(_, name)| name);
    let is_text = head.starts_with('"') || name.starts_with('"');
    !name.is_empty() && !is_text && !name.contains('#')
}

/// Whether the function of a key has this name, with the prefix that stands there in front of it or without.
pub(crate) fn is_named(function: &str, name: &str) -> bool {
    function == name || function.split_once('|').is_some_and(|(_, bare)| bare == name)
}

/// The prefix in front of a function, and the function.
pub(crate) fn split_prefix(function: &str) -> Option<(String, &str)> {
    let (prefix, function) = function.split_once('|')?;
    Some((unescaped(prefix), function))
}

/// A text in which `%` and two digits stand for a byte.
pub(crate) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_function() {
        for (key, function) in [
            ("my_app::rate(EUR)", Some("my_app::rate")),
            ("my_app::rate@2(EUR)", Some("my_app::rate@2")),
            ("generic|<u8;alloc::string::String>(1)", Some("generic")),
            ("<a::T%20as%20b::U>::f(1)", Some("<a::T%20as%20b::U>::f")),
            ("<a::T%20as%20b::U>::f|<u8>(1)", Some("<a::T%20as%20b::U>::f")),
            ("f(\"a|b(c\")", Some("f")),
            ("name", None),
            ("(1,2)", None),
            ("\"a(b\"", None),
            ("\"a|b(c\"", None),
            ("ffff#hash", None),
        ] {
            assert_eq!(function_of(key, false), function, "{key}");
            let prefixed = format!("my%20app|{key}");
            assert_eq!(function_of(&prefixed, true), function, "{key}");
            let whole = function.map(|function| format!("my%20app|{function}"));
            assert_eq!(function_of(&prefixed, false), whole.as_deref(), "{key}");
        }
    }

    #[test]
    fn what_is_escaped_is_read() {
        assert_eq!(split_prefix("my%20app|f"), Some(("my app".to_owned(), "f")));
        assert_eq!(split_prefix("f"), None);
        assert_eq!(unescaped("caf%C3%A9%"), "café%");
        assert_eq!(unescaped("%zz%4"), "%zz%4");
    }
}
