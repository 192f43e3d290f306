use super::{CacheKey, Escape, KeyText, Stenographer};
use std::fmt::{self, Write};

/// What a [`CacheKey`] writes itself into.
pub struct KeyWriter<'a> {
    sheet: Sheet<'a>,
}

enum Sheet<'a> {
    Text(&'a mut KeyText),
    Shorthand(&'a mut Stenographer),
}

impl<'a> KeyWriter<'a> {
    #[inline]
    pub(crate) fn new(text: &'a mut KeyText) -> Self {
        Self { sheet: Sheet::Text(text) }
    }

    #[inline]
    pub(crate) fn in_shorthand(shorthand: &'a mut Stenographer) -> Self {
        Self { sheet: Sheet::Shorthand(shorthand) }
    }

    /// Another number after each piece that was written.
    #[inline]
    fn progress(&self) -> u64 {
        match &self.sheet {
            Sheet::Text(text) => text.len(),
            Sheet::Shorthand(shorthand) => shorthand.progress(),
        }
    }

    /// Writes `value`, or `()` where it writes nothing of itself: a list of nothings is no empty list, and a
    /// key is never empty. Between two values the caller separates: use [`composite`](Self::composite).
    #[inline]
    pub fn part<T: CacheKey + ?Sized>(&mut self, value: &T) {
        let before = self.progress();
        value.cache_key(self);
        if self.progress() == before {
            self.raw("()");
        }
    }

    /// Begins a value of several parts: `name(`. The name tells variants of one type apart; letters, digits
    /// and `_` stand in it as they are, everything else with escapes.
    pub fn composite(&mut self, name: &str) -> Composite<'_, 'a> {
        self.identifier(name);
        self.raw("(");
        Composite { writer: self, empty: true, close: ")" }
    }

    /// Begins the arguments of a call, whose parenthesis is open already.
    #[inline]
    pub(crate) fn arguments(&mut self) -> Composite<'_, 'a> {
        Composite { writer: self, empty: true, close: ")" }
    }

    /// Begins a sequence: `[`.
    pub fn list(&mut self) -> Composite<'_, 'a> {
        self.raw("[");
        Composite { writer: self, empty: true, close: "]" }
    }

    /// Writes a value without parts by its name, such as the variant of an enum. The name is escaped as that
    /// of a [`composite`](Self::composite).
    pub fn unit(&mut self, name: &str) {
        self.identifier(name);
    }

    /// Writes a string: as it is where nothing else could be meant, otherwise between quotes and with
    /// escapes.
    #[inline]
    pub fn string(&mut self, text: &str) {
        match &mut self.sheet {
            Sheet::Text(_) => self.string_as_text(text),
            Sheet::Shorthand(shorthand) => shorthand.string(text),
        }
    }

    fn string_as_text(&mut self, text: &str) {
        if is_bare(text) {
            self.raw(text);
        } else {
            self.raw("\"");
            self.escaped(text, Escape::Quoted);
            self.raw("\"");
        }
    }

    /// Writes a character, between single quotes.
    pub fn character(&mut self, character: char) {
        self.raw("'");
        self.escaped(character.encode_utf8(&mut [0; 4]), Escape::Quoted);
        self.raw("'");
    }

    /// Writes bytes as hexadecimal digits after `0x`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.raw("0x");
        for byte in bytes {
            self.display(format_args!("{byte:02x}"));
        }
    }

    /// Writes what `value` displays, as a string.
    pub fn displayed(&mut self, value: &impl fmt::Display) {
        self.string(&value.to_string());
    }

    /// Writes a sequence without an order of its own: equal collections have one text.
    pub fn unordered<T>(
        &mut self,
        elements: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut KeyWriter<'_>, T),
    ) {
        let mut texts: Vec<String> = elements
            .into_iter()
            .map(|element| {
                let mut text = KeyText::of_element();
                write(&mut KeyWriter::new(&mut text), element);
                text.into_element()
            })
            .collect();
        texts.sort_unstable();
        self.raw("[");
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.raw(text);
        }
        self.raw("]");
    }

    /// Writes the pairs of a map: equal maps have one text, and an empty one is no empty list.
    pub(crate) fn map<T>(
        &mut self,
        pairs: impl ExactSizeIterator<Item = T>,
        write: impl FnMut(&mut KeyWriter<'_>, T),
    ) {
        if pairs.len() == 0 {
            self.raw("[=]");
        } else {
            self.unordered(pairs, write);
        }
    }

    /// Writes a pair of a map: `key=value`.
    pub fn pair<K: CacheKey + ?Sized, V: CacheKey + ?Sized>(&mut self, key: &K, value: &V) {
        self.part(key);
        self.raw("=");
        self.part(value);
    }

    /// Appends text of the key's grammar itself, visible ASCII only.
    #[inline]
    pub(crate) fn raw(&mut self, text: &str) {
        match &mut self.sheet {
            Sheet::Text(sheet) => sheet.push_str(text),
            Sheet::Shorthand(shorthand) => shorthand.plain(text),
        }
    }

    /// Separates two parts.
    #[inline]
    pub(crate) fn separate(&mut self) {
        match &mut self.sheet {
            Sheet::Text(text) => text.push_str(","),
            Sheet::Shorthand(shorthand) => shorthand.separator(),
        }
    }

    /// Writes a number in decimal.
    #[inline]
    pub(crate) fn unsigned(&mut self, number: u64) {
        match &mut self.sheet {
            Sheet::Text(text) => text.push_str(itoa::Buffer::new().format(number)),
            Sheet::Shorthand(shorthand) => shorthand.unsigned(number),
        }
    }

    /// Writes a number in decimal.
    #[inline]
    pub(crate) fn signed(&mut self, number: i64) {
        match &mut self.sheet {
            Sheet::Text(text) => text.push_str(itoa::Buffer::new().format(number)),
            Sheet::Shorthand(shorthand) => shorthand.signed(number),
        }
    }

    /// Appends what is formatted, visible ASCII only.
    pub(crate) fn display(&mut self, text: fmt::Arguments<'_>) {
        let written = Raw(self).write_fmt(text);
        debug_assert!(written.is_ok(), "a key is written to memory");
    }

    fn identifier(&mut self, name: &str) {
        self.escaped(name, Escape::Name);
    }

    fn escaped(&mut self, text: &str, escape: Escape) {
        escape.each_piece(text, |piece| self.raw(piece));
    }
}

/// A value of several parts, begun with [`KeyWriter::composite`] or [`KeyWriter::list`].
#[must_use = "a composite is complete once `end` was called"]
pub struct Composite<'w, 'a> {
    writer: &'w mut KeyWriter<'a>,
    empty: bool,
    close: &'static str,
}

impl<'a> Composite<'_, 'a> {
    /// Writes the next part.
    #[inline]
    pub fn part<T: CacheKey + ?Sized>(&mut self, value: &T) {
        self.next().part(value);
    }

    /// Completes the value.
    #[inline]
    pub fn end(self) {
        self.writer.raw(self.close);
    }

    /// Separates from the part before, and gives the writer for the next.
    #[inline]
    pub(crate) fn next(&mut self) -> &mut KeyWriter<'a> {
        if !self.empty {
            self.writer.separate();
        }
        self.empty = false;
        self.writer
    }
}

struct Raw<'w, 'a>(&'w mut KeyWriter<'a>);

impl Write for Raw<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.raw(text);
        Ok(())
    }
}

/// Whether a string can stand without quotes: a word that is no number, keyword or structure.
#[inline]
fn is_bare(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && !Escape::Bare.is_needed(text)
        && !matches!(text, "true" | "false" | "None" | "NaN" | "inf")
}
