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
    let is_function = !function.is_empty() && !function.starts_with('"') && !function.contains('#');
    is_function.then_some(function)
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
            ("ffff#hash", None),
        ] {
            assert_eq!(function_of(key, false), function, "{key}");
            assert_eq!(function_of(&format!("my%20app|{key}"), true), function, "{key}");
        }
        assert_eq!(function_of("app|f(1)", false), Some("app|f"));
        assert_eq!(function_of("app|<T>::f(1)", false), Some("app|<T>::f"));
    }

    #[test]
    fn what_is_escaped_is_read() {
        assert_eq!(split_prefix("my%20app|f"), Some(("my app".to_owned(), "f")));
        assert_eq!(split_prefix("f"), None);
        assert_eq!(unescaped("caf%C3%A9%"), "café%");
        assert_eq!(unescaped("%zz%4"), "%zz%4");
    }
}
