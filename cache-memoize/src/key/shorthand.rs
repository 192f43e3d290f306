use super::{KeyText, KeyWriter};
use std::array;
use std::hint::black_box;

/// The arguments of a call in shorthand: a few machine words that tell the call from others of its function, so that
/// a hit in process writes no decimals and looks for no characters to escape.
///
/// It is a code for the text of the key. The shape says what follows what: separators, numbers of a word each, and
/// pieces of text with their lengths. So equal shorthands unfold to equal texts. Equal texts may have several
/// shorthands, as `7` has that was written by a number and by the name of an enum's variant.
#[derive(Clone, Copy)]
pub(crate) struct Shorthand {
    /// The [signs](sign), a byte each, the latest lowest.
    shape: u64,
    /// Zeros follow what was written.
    words: [u64; CAPACITY],
}

/// Room for two numbers and a string of 24 bytes, for a string of 40, or for four numbers.
const CAPACITY: usize = 5;
/// The bytes of a word.
const WORD: usize = size_of::<u64>();
/// The longest piece of text.
const LONGEST: usize = CAPACITY * WORD;

/// What may come next in a shorthand. None is zero.
mod sign {
    /// A comma.
    pub(super) const SEPARATOR: u64 = 1;
    pub(super) const UNSIGNED: u64 = 2;
    pub(super) const SIGNED: u64 = 3;
    /// An empty piece of text that stands in the key as it is. One that is longer by a byte has a sign that is
    /// greater by two.
    pub(super) const PLAIN: u64 = 4;
    /// An empty string, and so on.
    pub(super) const STRING: u64 = 5;
}

/// A shorthand while it is written.
pub(crate) struct Stenographer {
    notes: Shorthand,
    len: usize,
    hash: u64,
    has_text: bool,
    /// Whether there was more than has room.
    overflowed: bool,
}

impl Stenographer {
    #[inline]
    pub(crate) fn new() -> Self {
        let notes = Shorthand { shape: 0, words: [0; CAPACITY] };
        Self { notes, len: 0, hash: 0, has_text: false, overflowed: false }
    }

    /// What was written, with a hash of it, if there was room for all.
    #[inline]
    pub(crate) fn finish(&self) -> Option<Hashed> {
        let notes = if self.has_text { self.notes.copied_by_word() } else { self.notes };
        (!self.overflowed).then_some(Hashed { notes, hash: self.hash })
    }

    /// Another number after each piece that was written, while there is room.
    #[inline]
    pub(crate) fn progress(&self) -> u64 {
        self.notes.shape
    }

    #[inline]
    pub(crate) fn separator(&mut self) {
        self.sign(sign::SEPARATOR);
    }

    #[inline]
    pub(crate) fn unsigned(&mut self, number: u64) {
        self.sign(sign::UNSIGNED);
        self.word(number);
    }

    #[inline]
    pub(crate) fn signed(&mut self, number: i64) {
        self.sign(sign::SIGNED);
        self.word(number.cast_unsigned());
    }

    /// Writes visible ASCII.
    #[inline]
    pub(crate) fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.text(sign::PLAIN, text.as_bytes());
        }
    }

    #[inline]
    pub(crate) fn string(&mut self, text: &str) {
        self.text(sign::STRING, text.as_bytes());
    }

    #[inline]
    fn text(&mut self, sign: u64, text: &[u8]) {
        if text.len() > LONGEST {
            self.overflowed = true;
            return;
        }
        self.has_text = true;
        self.sign(sign + 2 * text.len() as u64);
        let (words, rest) = text.as_chunks::<WORD>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            self.word(last_word(text, rest));
        }
    }

    #[inline]
    fn sign(&mut self, sign: u64) {
        self.overflowed |= self.notes.shape >> (u64::BITS - u8::BITS) != 0;
        self.notes.shape = self.notes.shape << u8::BITS | sign;
    }

    #[inline]
    fn word(&mut self, word: u64) {
        match self.notes.words.get_mut(self.len) {
            Some(place) => *place = word,
            None => self.overflowed = true,
        }
        self.len += 1;
        self.hash = mixed(self.hash, word);
    }
}

/// A shorthand, and a hash of it.
#[derive(Clone, Copy)]
pub(crate) struct Hashed {
    pub(crate) notes: Shorthand,
    hash: u64,
}

impl Hashed {
    /// Where it may stand in a table, in the upper half of the bits. Who provokes collisions slows his own calls
    /// down, no more.
    #[inline]
    pub(crate) fn hash(&self, seed: u64) -> u64 {
        mixed(self.hash, self.notes.shape ^ seed)
    }
}

impl Shorthand {
    /// The same, read word by word: words that were written a moment ago are still on their way to memory, and a
    /// processor waits before it reads two of them at once, as a plain copy does.
    #[inline]
    fn copied_by_word(&self) -> Self {
        Self { shape: self.shape, words: array::from_fn(|index| black_box(self.words[index])) }
    }

    /// Whether both stand for the same text, compared word by word as well.
    #[inline]
    pub(crate) fn is(&self, other: &Self) -> bool {
        let pairs = self.words.iter().zip(&other.words);
        self.shape == other.shape && pairs.fold(0, |found, (a, b)| found | (a ^ b)) == 0
    }

    /// The same with its hash.
    pub(crate) fn hashed(&self) -> Hashed {
        let written = self.signs().map(|sign| match sign {
            sign::SEPARATOR => 0,
            sign::UNSIGNED | sign::SIGNED => 1,
            text => length(text).div_ceil(WORD),
        });
        let words = self.words.iter().take(written.sum());
        Hashed { notes: *self, hash: words.fold(0, |hash, word| mixed(hash, *word)) }
    }

    fn signs(&self) -> impl Iterator<Item = u64> {
        self.shape.to_be_bytes().into_iter().map(u64::from).filter(|sign| *sign > 0)
    }

    /// Writes the text that it stands for.
    pub(crate) fn unfold(&self, text: &mut KeyText) {
        let mut writer = KeyWriter::new(text);
        let mut words = self.words.into_iter();
        let mut word = || words.next().unwrap_or_default();
        for sign in self.signs() {
            match sign {
                sign::SEPARATOR => writer.separate(),
                sign::UNSIGNED => writer.unsigned(word()),
                sign::SIGNED => writer.signed(word().cast_signed()),
                _ => {
                    let len = length(sign);
                    let mut bytes = [0; LONGEST];
                    let (chunks, _) = bytes.as_chunks_mut::<WORD>();
                    let chunks = chunks.iter_mut().take(len.div_ceil(WORD));
                    chunks.for_each(|chunk| *chunk = word().to_le_bytes());
                    let piece = String::from_utf8_lossy(&bytes[..len]);
                    match sign % 2 == sign::PLAIN % 2 {
                        true => writer.raw(&piece),
                        false => writer.string(&piece),
                    }
                }
            }
        }
    }
}

/// How long a piece of text with this sign is.
fn length(sign: u64) -> usize {
    ((sign - sign::PLAIN) / 2) as usize
}

/// One step of the hash that Firefox has for its tables.
#[inline]
fn mixed(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The bytes of `text` that fill no whole word, which are `rest`.
#[inline]
fn last_word(text: &[u8], rest: &[u8]) -> u64 {
    match text.last_chunk::<WORD>() {
        Some(last) => u64::from_le_bytes(*last) >> ((WORD - rest.len()) * 8),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{CacheKey, KeyParts, Part};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn text_of(parts: &impl KeyParts) -> String {
        let mut text = KeyText::new();
        parts.write(&mut KeyWriter::new(&mut text).arguments());
        text.finish();
        text.key().as_str().to_owned()
    }

    fn shorthand_of(parts: &impl KeyParts) -> Option<Hashed> {
        let mut stenographer = Stenographer::new();
        parts.write(&mut KeyWriter::in_shorthand(&mut stenographer).arguments());
        stenographer.finish()
    }

    fn unfolded(shorthand: &Hashed) -> String {
        let mut text = KeyText::new();
        shorthand.notes.unfold(&mut text);
        text.finish();
        text.key().as_str().to_owned()
    }

    fn part<T: CacheKey>(value: &T) -> (Part<'_, T>,) {
        (Part::new(value),)
    }

    /// The argument has a shorthand, and it unfolds to its text.
    #[track_caller]
    fn assert_unfolds(value: &impl CacheKey) {
        let shorthand = shorthand_of(&part(value)).expect("there is room for it");
        assert_eq!(unfolded(&shorthand), text_of(&part(value)));
        let again = shorthand.notes.hashed();
        assert_eq!(again.hash(7), shorthand.hash(7), "the hash is that of what was written");
    }

    #[test]
    fn what_is_often_an_argument_has_a_shorthand() {
        assert_unfolds(&0_u8);
        assert_unfolds(&u64::MAX);
        assert_unfolds(&i64::MIN);
        assert_unfolds(&-1_i32);
        assert_unfolds(&i128::from(i64::MIN));
        assert_unfolds(&"");
        assert_unfolds(&"EUR");
        assert_unfolds(&"a b%");
        assert_unfolds(&"12345678");
        assert_unfolds(&"123456789");
        assert_unfolds(&"3f2504e0-4f89-11d3-9a0c-0305e82c3301");
        assert_unfolds(&"x".repeat(LONGEST));
        assert_unfolds(&(7_u64, "Saint-Petersburg"));
        assert_unfolds(&(1_u8, 2_i8, 3_u32));
        assert_unfolds(&Some(1_u8));
        assert_unfolds(&None::<u8>);
        assert_unfolds(&true);
        assert_unfolds(&());
        assert_unfolds(&'\u{e9}');
        assert_unfolds(&-0.5_f64);
        assert_unfolds(&[1_u8, 2]);
    }

    #[test]
    fn what_is_too_long_has_none() {
        assert!(shorthand_of(&part(&"x".repeat(LONGEST + 1))).is_none());
        assert!(shorthand_of(&part(&"x".repeat(300))).is_none());
        assert!(shorthand_of(&part(&[1_u8; 6])).is_none(), "six words");
        assert!(shorthand_of(&part(&[(); 9])).is_none(), "nine pieces");
        assert!(shorthand_of(&part(&("x".repeat(33), 1_u8))).is_none());
    }

    fn are_the_same(one: &impl CacheKey, other: &impl CacheKey) -> bool {
        let shorthands = shorthand_of(&part(one)).zip(shorthand_of(&part(other)));
        shorthands.is_some_and(|(one, other)| one.notes.is(&other.notes))
    }

    #[test]
    fn what_looks_alike_is_told_apart() {
        assert!(are_the_same(&7_u8, &7_u64));
        assert!(!are_the_same(&1_u64, &"1"));
        assert!(!are_the_same(&u64::MAX, &-1_i64));
        assert!(!are_the_same(&"", &0_u8));
        assert!(!are_the_same(&"a", &"a\0"));
        assert!(!are_the_same(&("a", ""), &("", "a")));
        assert!(!are_the_same(&("ab", "c"), &("a", "bc")));
        assert!(!are_the_same(&(0_u8, "a"), &("a", 0_u8)));
        assert!(!are_the_same(&None::<u8>, &"None"));
    }

    #[derive(Clone, Debug)]
    enum Argument {
        Unsigned(u64),
        Signed(i64),
        String(String),
        Flag(bool),
        Maybe(Option<u8>),
        List(Vec<i16>),
        Real(f64),
    }

    impl CacheKey for Argument {
        fn cache_key(&self, key: &mut KeyWriter<'_>) {
            match self {
                Self::Unsigned(it) => it.cache_key(key),
                Self::Signed(it) => it.cache_key(key),
                Self::String(it) => it.cache_key(key),
                Self::Flag(it) => it.cache_key(key),
                Self::Maybe(it) => it.cache_key(key),
                Self::List(it) => it.cache_key(key),
                Self::Real(it) => it.cache_key(key),
            }
        }
    }

    fn argument() -> impl Strategy<Value = Argument> {
        prop_oneof![
            (0..3_u64).prop_map(Argument::Unsigned),
            any::<u64>().prop_map(Argument::Unsigned),
            (-2..2_i64).prop_map(Argument::Signed),
            any::<i64>().prop_map(Argument::Signed),
            "[a-c\\x00 ]{0,9}".prop_map(Argument::String),
            any::<String>().prop_map(Argument::String),
            any::<bool>().prop_map(Argument::Flag),
            any::<Option<u8>>().prop_map(Argument::Maybe),
            vec(any::<i16>(), 0..3).prop_map(Argument::List),
            any::<f64>().prop_map(Argument::Real),
        ]
    }

    proptest! {
        #[test]
        fn a_shorthand_unfolds_to_the_text(arguments in vec(argument(), 1..4)) {
            if let Some(shorthand) = shorthand_of(&part(&arguments)) {
                prop_assert_eq!(unfolded(&shorthand), text_of(&part(&arguments)));
                prop_assert_eq!(shorthand.notes.hashed().hash(1), shorthand.hash(1));
            }
        }

        #[test]
        fn equal_shorthands_have_equal_texts(one in argument(), other in argument()) {
            if are_the_same(&one, &other) {
                prop_assert_eq!(text_of(&part(&one)), text_of(&part(&other)));
            }
        }
    }
}
