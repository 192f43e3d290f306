use super::Presence;
use serde::de::value::Error as NoMatter;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Reads a value through `inner`, inside the layers that `presence` tells of.
pub(in crate::codec) fn read<'de, T, D>(presence: Presence, inner: D) -> Result<T, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(Layered { layers: presence.layers(), inner })
}

/// The value that is nothing inside its layers; `None` if the type has no such value.
pub(in crate::codec) fn absent<T: DeserializeOwned>(
    presence: Presence,
    human_readable: bool,
) -> Option<T> {
    read(presence, Nothing { human_readable }).ok()
}

/// Answers `Some` as often as there are layers, and then lets the inner deserializer speak.
struct Layered<D> {
    layers: u8,
    inner: D,
}

impl<'de, D: Deserializer<'de>> Layered<D> {
    fn visit<V: Visitor<'de>>(
        self,
        visitor: V,
        otherwise: impl FnOnce(D, V) -> Result<V::Value, D::Error>,
    ) -> Result<V::Value, D::Error> {
        match self.layers {
            0 => otherwise(self.inner, visitor),
            _ => visitor.visit_some(Self { layers: self.layers - 1, ..self }),
        }
    }
}

/// Whoever asks for anything but an `Option` looks through the layers, as every format lets it.
macro_rules! look_through {
    ($($method:ident($($name:ident: $argument:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(
            self,
            $($name: $argument,)*
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Layered<D> {
    type Error = D::Error;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.visit(visitor, D::deserialize_option)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.visit(visitor, D::deserialize_any)
    }

    /// The layers stay around a newtype, since a transparent one is written without a trace of itself.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match self.layers {
            0 => self.inner.deserialize_newtype_struct(name, visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    look_through! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }
}

/// What lies inside the layers of an absent value.
struct Nothing {
    human_readable: bool,
}

impl<'de> Deserializer<'de> for Nothing {
    type Error = NoMatter;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NoMatter> {
        visitor.visit_none()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, NoMatter> {
        visitor.visit_newtype_struct(self)
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
