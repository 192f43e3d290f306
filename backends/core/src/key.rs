use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The name of an entry: 1 to 250 bytes of visible ASCII, without blanks.
///
/// Any store and any protocol can carry such a key as it is. Cloning is cheap: the text is shared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The longest key, in bytes. It is memcached's limit, and short enough for every other store.
    pub const MAX_LEN: usize = 250;

    /// Checks `text` and makes it a key.
    ///
    /// # Errors
    /// [`InvalidKey`] if the text is empty, longer than [`Key::MAX_LEN`], or holds anything but
    /// visible ASCII.
    pub fn new(text: &str) -> Result<Self, InvalidKey> {
        KeyRef::new(text).map(KeyRef::to_key)
    }

    /// The text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key, borrowed, as the stores take it.
    #[must_use]
    pub fn as_ref(&self) -> KeyRef<'_> {
        KeyRef(&self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// So that every companion of an async function can be awaited alike, `cache_key_f` included.
impl IntoFuture for Key {
    type Output = Self;
    type IntoFuture = std::future::Ready<Self>;

    fn into_future(self) -> Self::IntoFuture {
        std::future::ready(self)
    }
}

/// A borrowed [`Key`], as every operation of a store takes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef<'a>(&'a str);

impl<'a> KeyRef<'a> {
    /// Checks `text` and makes it a key.
    ///
    /// # Errors
    /// [`InvalidKey`] if the text is empty, longer than [`Key::MAX_LEN`], or holds anything but
    /// visible ASCII.
    pub fn new(text: &'a str) -> Result<Self, InvalidKey> {
        if text.is_empty() {
            return Err(InvalidKey::Empty);
        }
        if text.len() > Key::MAX_LEN {
            return Err(InvalidKey::TooLong { length: text.len() });
        }
        match text.bytes().position(|byte| !byte.is_ascii_graphic()) {
            Some(position) => Err(InvalidKey::Forbidden { position }),
            None => Ok(Self(text)),
        }
    }

    /// Takes a text for a key whose form the caller vouches for, because it built the text itself.
    ///
    /// Saves the check on the path of every hit; a text that breaks the rules of [`KeyRef::new`]
    /// panics in debug builds, and otherwise reaches the store as it is.
    #[must_use]
    pub fn vouched(text: &'a str) -> Self {
        debug_assert!(Self::new(text).is_ok(), "a vouched key breaks the rules: {text:?}");
        Self(text)
    }

    /// The text of the key.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// An owned copy.
    #[must_use]
    pub fn to_key(self) -> Key {
        Key(Arc::from(self.0))
    }
}

impl fmt::Display for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRef({})", self.0)
    }
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidKey {
    /// The text has no characters.
    Empty,
    /// The text has more than [`Key::MAX_LEN`] bytes.
    TooLong {
        /// How many it has.
        length: usize,
    },
    /// The text holds a blank, a control character or something outside ASCII.
    Forbidden {
        /// The offset of the first such byte.
        position: usize,
    },
}

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a key needs at least one character"),
            Self::TooLong { length } => {
                write!(f, "a key has at most {} bytes, this one has {length}", Key::MAX_LEN)
            }
            Self::Forbidden { position } => {
                write!(f, "a key is visible ASCII without blanks, byte {position} is not")
            }
        }
    }
}

impl std::error::Error for InvalidKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_inclusive() {
        assert!(Key::new("!").is_ok());
        assert!(Key::new(&"~".repeat(250)).is_ok());
        assert_eq!(Key::new(""), Err(InvalidKey::Empty));
        assert_eq!(Key::new(&"a".repeat(251)), Err(InvalidKey::TooLong { length: 251 }));
    }

    #[test]
    fn what_a_protocol_could_misread_is_refused() {
        for (text, position) in [("a b", 1), ("a\r\nset", 1), ("\0", 0), ("ab\u{7f}", 2), ("é", 0)]
        {
            assert_eq!(Key::new(text), Err(InvalidKey::Forbidden { position }), "{text:?}");
        }
    }
}
