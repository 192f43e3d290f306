use arrayvec::ArrayString;
use cache_memoize_core::{Key, KeyRef};

/// The text of a key while it grows, on the stack: building the key of a hit allocates nothing.
///
/// A text that outgrows a key keeps its readable head and ends in `#` and a hash of the whole. The hash
/// is BLAKE3 with its full 256 bits, since long arguments often come from outside, and must not be
/// forged into a collision. No other part of a text holds a `#`.
pub(crate) struct KeyText {
    head: ArrayString<{ Key::MAX_LEN }>,
    rest: Option<Rest>,
}

/// What becomes of a text that is not, or not only, in the head.
enum Rest {
    /// It is hashed, together with the head.
    Hashed(Box<blake3::Hasher>),
    /// It is kept, however long; the head stays empty.
    Kept(String),
}

impl KeyText {
    #[inline]
    pub(crate) fn new() -> Self {
        Self { head: ArrayString::new_const(), rest: None }
    }

    /// A text that is not a key of its own, but a part to be sorted among others.
    pub(crate) fn of_element() -> Self {
        Self { head: ArrayString::new_const(), rest: Some(Rest::Kept(String::new())) }
    }

    /// Appends visible ASCII.
    #[inline]
    pub(crate) fn push_str(&mut self, text: &str) {
        if self.rest.is_none() && self.head.try_push_str(text).is_ok() {
            return;
        }
        self.push_to_rest(text);
    }

    #[cold]
    fn push_to_rest(&mut self, text: &str) {
        let head = &mut self.head;
        let rest = self.rest.get_or_insert_with(|| {
            let mut hasher = Box::new(blake3::Hasher::new());
            hasher.update(head.as_bytes());
            Rest::Hashed(hasher)
        });
        match rest {
            Rest::Hashed(hasher) => {
                hasher.update(text.as_bytes());
                let room = head.capacity() - head.len();
                head.push_str(&text[..room.min(text.len())]);
            }
            Rest::Kept(kept) => kept.push_str(text),
        }
    }

    /// How much has been written.
    #[inline]
    pub(crate) fn len(&self) -> u64 {
        match &self.rest {
            None => self.head.len() as u64,
            Some(Rest::Hashed(hasher)) => hasher.count(),
            Some(Rest::Kept(kept)) => kept.len() as u64,
        }
    }

    /// Appends `text` with everything that `escape` forbids as `%` and two hexadecimal digits.
    pub(crate) fn push_escaped(&mut self, text: &str, escape: Escape) {
        escape.each_piece(text, |piece| self.push_str(piece));
    }

    /// Completes the text: from here on it is a key.
    #[inline]
    pub(crate) fn finish(&mut self) {
        if self.rest.is_some() {
            self.seal(Key::MAX_LEN);
        }
    }

    /// Completes the text as a key of so many bytes at most.
    pub(crate) fn finish_within(&mut self, most: usize) {
        if self.head.len() > most {
            self.push_to_rest("");
        }
        self.seal(most);
    }

    #[cold]
    fn seal(&mut self, most: usize) {
        let Some(Rest::Hashed(hasher)) = self.rest.take() else { return };
        let digest = base64(hasher.finalize().as_bytes());
        self.head.truncate(most - 1 - digest.len());
        self.head.push('#');
        self.head.push_str(&digest);
    }

    /// The key, once the text is [finished](Self::finish).
    #[inline]
    pub(crate) fn key(&self) -> KeyRef<'_> {
        KeyRef::vouched(&self.head)
    }

    /// The text of an element.
    pub(crate) fn into_element(self) -> String {
        match self.rest {
            Some(Rest::Kept(kept)) => kept,
            Some(Rest::Hashed(_)) | None => self.head.as_str().to_owned(),
        }
    }
}

/// Which bytes may not stand for themselves.
#[derive(Clone, Copy)]
pub(crate) enum Escape {
    /// In the name of a tag.
    Tag,
    /// In the path of a function.
    Path,
    /// In the prefix that stands for it. The types of a generic function follow, and must not be part of it.
    Prefix,
    /// In the name of a type.
    Type,
    /// In any other name.
    Name,
    /// Between quotes.
    Quoted,
    /// In a string without quotes.
    Bare,
}

/// The bytes that are forbidden, by a bit for each escape: on the path of a hit every byte of every string is
/// looked up.
static FORBIDDEN: [u8; 256] = {
    let escapes = [
        Escape::Tag,
        Escape::Path,
        Escape::Prefix,
        Escape::Type,
        Escape::Name,
        Escape::Quoted,
        Escape::Bare,
    ];
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() * escapes.len() {
        let (byte, escape) = (index / escapes.len(), escapes[index % escapes.len()]);
        if escape.rules_out(byte as u8) {
            table[byte] |= escape.bit();
        }
        index += 1;
    }
    table
};

impl Escape {
    /// Whether some byte of `text` may not stand for itself.
    #[inline]
    pub(crate) fn is_needed(self, text: &str) -> bool {
        text.bytes().fold(0, |found, byte| found | FORBIDDEN[usize::from(byte)]) & self.bit() != 0
    }

    fn forbids(self, byte: u8) -> bool {
        FORBIDDEN[usize::from(byte)] & self.bit() != 0
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }

    const fn rules_out(self, byte: u8) -> bool {
        // `{` and `}` would choose the slot of a Redis Cluster.
        if !byte.is_ascii_graphic() || matches!(byte, b'%' | b'#' | b'{' | b'}') {
            return true;
        }
        match self {
            Self::Tag => byte == b'|',
            Self::Path => matches!(byte, b'(' | b')' | b'@' | b'|'),
            Self::Prefix => {
                matches!(byte, b'(' | b')' | b'@' | b'|' | b'<' | b'>' | b';')
            }
            Self::Type => matches!(byte, b'(' | b')' | b'@' | b'|' | b';'),
            Self::Name => !byte.is_ascii_alphanumeric() && byte != b'_',
            Self::Quoted => byte == b'"',
            Self::Bare => {
                !byte.is_ascii_alphanumeric()
                    && !matches!(byte, b'_' | b'-' | b'.' | b'/' | b'@' | b'+')
            }
        }
    }

    /// Splits `text` into what may stand and the escapes of what may not.
    pub(crate) fn each_piece(self, text: &str, mut push: impl FnMut(&str)) {
        let mut rest = text;
        while let Some(position) = rest.bytes().position(|byte| self.forbids(byte)) {
            let (allowed, tail) = rest.split_at(position);
            push(allowed);
            let width = tail.chars().next().map_or(1, char::len_utf8);
            for byte in tail.bytes().take(width) {
                push(&hex(byte));
            }
            rest = &tail[width..];
        }
        push(rest);
    }
}

fn hex(byte: u8) -> ArrayString<3> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut text = ArrayString::new();
    text.push('%');
    text.push(DIGITS[usize::from(byte >> 4)].into());
    text.push(DIGITS[usize::from(byte & 15)].into());
    text
}

/// The URL-safe alphabet of RFC 4648, without padding.
fn base64(bytes: &[u8; 32]) -> ArrayString<43> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = ArrayString::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            let digit = group >> (18 - 6 * index) & 63;
            text.push(ALPHABET[digit as usize].into());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(pieces: &[&str]) -> String {
        let mut text = KeyText::new();
        pieces.iter().for_each(|piece| text.push_str(piece));
        text.finish();
        text.key().as_str().to_owned()
    }

    #[test]
    fn a_text_at_the_limit_stays_readable() {
        let text = "x".repeat(Key::MAX_LEN);
        assert_eq!(text_of(&[&text]), text);
    }

    #[test]
    fn a_longer_text_ends_in_its_hash_however_it_came() {
        let text = "x".repeat(Key::MAX_LEN + 1);
        let whole = text_of(&[&text]);
        assert_eq!(whole.len(), Key::MAX_LEN);
        assert_eq!(whole.find('#'), Some(206));
        for split in [1, 100, 249, 250] {
            let (left, right) = text.split_at(split);
            assert_eq!(text_of(&[left, right]), whole, "split at {split}");
        }
        assert_ne!(text_of(&[&text, "x"]), whole);
    }

    #[test]
    fn an_element_is_kept_whole_however_long() {
        let mut element = KeyText::of_element();
        let text = "x".repeat(Key::MAX_LEN);
        element.push_str(&text);
        element.push_str("y");
        assert_eq!(element.into_element(), format!("{text}y"));
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        assert_eq!(&*base64(&[0; 32]), "A".repeat(43));
        assert_eq!(&*base64(&[255; 32]), format!("{}8", "_".repeat(42)));
    }
}
