use super::{CacheKey, Composite, KeyText, KeyWriter};
use serde::ser::{self, Serialize};
use std::fmt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Lets anything that implements [`serde::Serialize`] take part in a key: `key = Serialized(&filter)`.
///
/// Structs and enums are written with their field and variant names, maps in the order of their texts. A
/// `HashSet` inside is written in its own order, since serde does not tell it from a list: equal sets
/// may then miss. A value that refuses to serialize gets a text that no other call has, and never hits.
#[derive(Clone, Copy, Debug)]
pub struct Serialized<'a, T: ?Sized>(pub &'a T);

impl<T: Serialize + ?Sized> CacheKey for Serialized<'_, T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        if self.0.serialize(Text(key)).is_err() {
            never_again(key);
        }
    }
}

/// Ends a text that could not be completed so that it differs from every other, in any process.
fn never_again(key: &mut KeyWriter<'_>) {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(fastrand::u64(..)));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    key.display(format_args!("!{number:x}-{:x}", fastrand::u64(..)));
}

/// The value said that it cannot be serialized.
#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value refuses to be serialized")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Written = Result<(), Refused>;

/// A serde value as a part of a key.
struct AsPart<'a, T: ?Sized>(&'a T);

impl<T: Serialize + ?Sized> CacheKey for AsPart<'_, T> {
    fn cache_key(&self, key: &mut KeyWriter<'_>) {
        Serialized(self.0).cache_key(key);
    }
}

/// The serializer: writes serde's data model in the grammar of keys.
struct Text<'w, 'a>(&'w mut KeyWriter<'a>);

impl<'w, 'a> Text<'w, 'a> {
    fn write<T: CacheKey + ?Sized>(self, value: &T) -> Written {
        self.0.part(value);
        Ok(())
    }

    fn composite(self, name: &str) -> Result<Composite<'w, 'a>, Refused> {
        Ok(self.0.composite(name))
    }

    /// Begins a variant. `::` tells it from a string, which serde's untagged enums would not.
    fn variant(self, name: &str, variant: &str) -> Result<Composite<'w, 'a>, Refused> {
        self.0.unit(name);
        self.0.raw("::");
        self.composite(variant)
    }
}

macro_rules! plain {
    ($($method:ident($type:ty))*) => {$(
        fn $method(self, value: $type) -> Written {
            self.write(&value)
        }
    )*};
}

impl<'w, 'a> ser::Serializer for Text<'w, 'a> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = List<'w, 'a>;
    type SerializeTuple = List<'w, 'a>;
    type SerializeTupleStruct = List<'w, 'a>;
    type SerializeTupleVariant = List<'w, 'a>;
    type SerializeMap = Pairs<'w, 'a>;
    type SerializeStruct = List<'w, 'a>;
    type SerializeStructVariant = List<'w, 'a>;

    plain! {
        serialize_bool(bool)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_str(&str)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Written {
        self.0.bytes(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Written {
        self.0.raw("None");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        self.serialize_newtype_struct("Some", value)
    }

    fn serialize_unit(self) -> Written {
        self.write(&())
    }

    fn serialize_unit_struct(self, name: &'static str) -> Written {
        self.composite(name)?.end();
        Ok(())
    }

    fn serialize_unit_variant(self, name: &'static str, _: u32, variant: &'static str) -> Written {
        self.0.unit(name);
        self.0.raw("::");
        self.0.unit(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Written {
        let mut composite = self.composite(name)?;
        composite.part(&AsPart(value));
        composite.end();
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let mut composite = self.variant(name, variant)?;
        composite.part(&AsPart(value));
        composite.end();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'w, 'a>, Refused> {
        Ok(List(self.0.list()))
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'w, 'a>, Refused> {
        self.composite("").map(List)
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<List<'w, 'a>, Refused> {
        self.composite(name).map(List)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'w, 'a>, Refused> {
        self.variant(name, variant).map(List)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Pairs<'w, 'a>, Refused> {
        Ok(Pairs { writer: self.0, names: Vec::new(), values: Vec::new() })
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<List<'w, 'a>, Refused> {
        self.composite(name).map(List)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'w, 'a>, Refused> {
        self.variant(name, variant).map(List)
    }
}

/// A sequence, a tuple, or a struct with its fields.
struct List<'w, 'a>(Composite<'w, 'a>);

impl List<'_, '_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        value.serialize(Text(self.0.next()))
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Written {
        let writer = self.0.next();
        writer.unit(name);
        writer.raw("=");
        value.serialize(Text(writer))
    }

    fn close(self) -> Written {
        self.0.end();
        Ok(())
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)*) => {$(
        impl ser::$trait for List<'_, '_> {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                self.element(value)
            }

            fn end(self) -> Written {
                self.close()
            }
        }
    )*};
}
lists! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! structs {
    ($($trait:ident)*) => {$(
        impl ser::$trait for List<'_, '_> {
            type Ok = ();
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Written {
                self.field(name, value)
            }

            fn end(self) -> Written {
                self.close()
            }
        }
    )*};
}
structs!(SerializeStruct SerializeStructVariant);

/// A map, kept until its end, since its pairs come in no order.
struct Pairs<'w, 'a> {
    writer: &'w mut KeyWriter<'a>,
    names: Vec<String>,
    values: Vec<String>,
}

impl ser::SerializeMap for Pairs<'_, '_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Written {
        self.names.push(text_of(name)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.values.push(text_of(value)?);
        Ok(())
    }

    fn end(self) -> Written {
        self.writer.map(self.names.iter().zip(&self.values), |key, (name, value)| {
            key.raw(name);
            key.raw("=");
            key.raw(value);
        });
        Ok(())
    }
}

fn text_of<T: Serialize + ?Sized>(value: &T) -> Result<String, Refused> {
    let mut text = KeyText::of_element();
    value.serialize(Text(&mut KeyWriter::new(&mut text)))?;
    Ok(text.into_element())
}
