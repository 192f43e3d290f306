//! The contents of sequences, maps, structs and variants.

use super::rejected::Rejected;
use super::repair::UNKNOWN_KEY;
use super::search::{Failure, Search};
use super::tracer::{Tracer, fields};
use crate::codec::structs::StructName;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use std::any::type_name;

/// From here on the elements of a tuple are those of an array, and all alike.
const LONGEST_TUPLE: usize = 64;

fn trace_at<'de, S: DeserializeSeed<'de>>(
    search: &mut Search,
    segment: std::fmt::Arguments<'_>,
    seed: S,
) -> Result<S::Value, Rejected> {
    let part = search.enter(segment)?;
    let value = search.attempt(|search| seed.deserialize(Tracer::new(search)));
    search.leave(&part, value.is_err());
    value
}

/// A sequence of one element, or none.
pub(super) struct Element<'s>(Option<&'s mut Search>);

impl<'s> Element<'s> {
    pub(super) fn of(search: &'s mut Search) -> Self {
        Self(Some(search))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }
}

impl<'de> SeqAccess<'de> for Element<'_> {
    type Error = Rejected;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Rejected> {
        self.0.take().map(|search| trace_at(search, format_args!("element"), seed)).transpose()
    }
}

/// A map of one entry, or none.
pub(super) struct Entry<'s> {
    search: Option<&'s mut Search>,
    has_key: bool,
}

impl<'s> Entry<'s> {
    pub(super) fn of(search: &'s mut Search) -> Self {
        Self { search: Some(search), has_key: false }
    }

    pub(super) fn none() -> Self {
        Self { search: None, has_key: false }
    }
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Rejected;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Rejected> {
        let Some(search) = self.search.as_mut().filter(|_| !self.has_key) else { return Ok(None) };
        self.has_key = true;
        let key_of = Some(search.path.clone());
        let part = search.enter(format_args!("key"))?;
        let key = search.attempt(|search| seed.deserialize(Tracer { search, key_of }));
        search.leave(&part, key.is_err());
        key.map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Rejected> {
        let search = self.search.take().ok_or(Rejected)?;
        search.write("=>");
        trace_at(search, format_args!("value"), seed)
    }
}

/// A map that stands for a struct: the keys that were learned, one value each, and a key that no one
/// knows, which a `flatten`ed map takes and a strict struct refuses with a list of its fields.
pub(super) struct Keyed<'s> {
    search: &'s mut Search,
    keys: std::vec::IntoIter<&'static str>,
    key: &'static str,
}

impl<'s> Keyed<'s> {
    pub(super) fn new(search: &'s mut Search) -> Self {
        search.has_map();
        let mut keys = search.guesses.keys_at(&search.path).unwrap_or_default().to_vec();
        keys.push(UNKNOWN_KEY);
        keys.retain(|key| !search.guesses.is_given_up(&format!("{}/{key}", search.path)));
        Self { search, keys: keys.into_iter(), key: "" }
    }
}

impl<'de> MapAccess<'de> for Keyed<'_> {
    type Error = Rejected;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Rejected> {
        let Some(key) = self.keys.next() else { return Ok(None) };
        self.key = key;
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Rejected> {
        self.search.write(&format!(".{}=", self.key));
        trace_field(self.search, self.key, seed)
    }
}

/// A field that cannot be read is given up, and left out from then on.
fn trace_field<'de, S: DeserializeSeed<'de>>(
    search: &mut Search,
    segment: &str,
    seed: S,
) -> Result<S::Value, Rejected> {
    let part = search.enter(format_args!("{segment}"))?;
    let value = search.attempt(|search| seed.deserialize(Tracer::new(search)));
    if value.is_err() {
        search.settle_failure(part.since);
        if search.failure == Failure::Hopeless {
            search.give_up_field(&part);
        }
    }
    search.leave(&part, value.is_err());
    value
}

/// The fields of a struct, by name.
pub(super) struct Fields<'s> {
    search: &'s mut Search,
    names: std::slice::Iter<'static, &'static str>,
    key: &'static str,
    tagged: bool,
    outcome: FieldsRead,
}

/// What a struct made of its fields.
#[derive(Default)]
pub(super) struct FieldsRead {
    /// Whether it asked for any.
    pub(super) asked: bool,
    /// The path of a field that it did not want to hear of.
    pub(super) refused: Option<String>,
    /// How many it reads, if it came to the end and was given all of them.
    pub(super) read_in_full: Option<usize>,
    read: usize,
    left_out: bool,
}

impl<'s> Fields<'s> {
    /// In a `tagged` struct the content is another one for each variant of the tag.
    pub(super) fn new(
        search: &'s mut Search,
        names: &'static [&'static str],
        tagged: bool,
    ) -> Self {
        Self { search, names: names.iter(), key: "", tagged, outcome: FieldsRead::default() }
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}/{}", self.search.path, self.segment(name))
    }

    fn segment(&self, name: &str) -> String {
        match self.tagged && self.outcome.read > 0 {
            true => format!("{name}:{}", self.search.last_variant),
            false => name.to_owned(),
        }
    }

    pub(super) fn finish(self) -> FieldsRead {
        self.outcome
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Rejected;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Rejected> {
        self.outcome.asked = true;
        while let Some(name) = self.names.next() {
            let path = self.path_of(name);
            if self.search.guesses.is_given_up(&path) {
                self.search.write(&format!(".{name}-"));
                self.outcome.left_out = true;
            } else if !self.search.guesses.is_refused(&path) {
                self.key = name;
                self.outcome.refused = Some(path);
                return seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some);
            }
        }
        self.outcome.read_in_full = (!self.outcome.left_out).then_some(self.outcome.read);
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Rejected> {
        self.outcome.refused = None;
        self.search.write(&format!(".{}=", self.key));
        let segment = self.segment(self.key);
        if type_name::<S::Value>() != type_name::<IgnoredAny>() {
            self.outcome.read += 1;
        }
        trace_field(self.search, &segment, seed)
    }
}

/// The parts of a tuple.
pub(super) struct Positions<'s> {
    search: &'s mut Search,
    next: usize,
    len: usize,
}

impl<'s> Positions<'s> {
    pub(super) fn new(search: &'s mut Search, len: usize) -> Self {
        Self { search, next: 0, len }
    }
}

impl<'de> SeqAccess<'de> for Positions<'_> {
    type Error = Rejected;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Rejected> {
        if self.next == self.len {
            return Ok(None);
        }
        let position = self.next;
        self.next += 1;
        if position < LONGEST_TUPLE {
            return trace_at(self.search, format_args!("{position}"), seed).map(Some);
        }
        self.search.mute()?;
        let value = trace_at(self.search, format_args!("{LONGEST_TUPLE}"), seed);
        self.search.unmute();
        value.map(Some)
    }
}

/// A variant of an enum.
pub(super) struct Variant<'s> {
    search: &'s mut Search,
    full_name: StructName,
    name: &'static str,
}

impl<'s> Variant<'s> {
    pub(super) fn new(search: &'s mut Search, full_name: StructName) -> Self {
        Self { search, full_name, name: full_name.variant.unwrap_or_default() }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Rejected;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Rejected> {
        let value = seed.deserialize(BorrowedStrDeserializer::new(self.name))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Rejected;

    fn unit_variant(self) -> Result<(), Rejected> {
        self.search.write("unit");
        self.search.last_variant = self.name;
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Rejected> {
        self.search.write("newtype ");
        trace_at(self.search, format_args!("{}", self.name), seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Rejected> {
        self.search.write(&format!("tuple {len} "));
        let part = self.search.enter(format_args!("{}", self.name))?;
        let value = visitor.visit_seq(Positions::new(self.search, len));
        self.search.leave(&part, value.is_err());
        value
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Rejected> {
        self.search.write("struct ");
        let part = self.search.enter(format_args!("{}", self.name))?;
        let value = fields(self.search, self.full_name, names, false, visitor);
        self.search.leave(&part, value.is_err());
        value
    }
}
