//! A walk over a value that writes nothing, and reports what a format should know beforehand.

use super::structs::{Comparison, StructName, Structs};
use serde::ser::{self, Serialize, Serializer};
use std::fmt::Display;

/// What a `Vec`, a `String` or a map weighs in memory besides its content.
const COLLECTION: usize = 24;
const DISCRIMINANT: usize = 8;

/// How many levels a value may have: so few that a thread with a small stack can read it.
pub(super) const MAX_DEPTH: usize = 128;

/// About how many bytes `value` takes in memory.
pub(crate) fn weight_of<T: Serialize + ?Sized>(value: &T) -> usize {
    Survey::of(value, false, &Structs::default()).size
}

/// The same, if that is not more than `limit`, and the value shows all of itself. The walk ends beyond the limit.
pub(crate) fn weight_within<T: Serialize + ?Sized>(value: &T, limit: usize) -> Option<usize> {
    let structs = Structs::default();
    let mut walk = Walk { limit, ..Walk::new(false, &structs) };
    value.serialize(&mut walk).ok()?;
    let Survey { size, depth, .. } = walk.survey;
    (size <= limit && depth <= MAX_DEPTH).then_some(size)
}

/// What the walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// About how many bytes the value takes.
    pub(super) size: usize,
    /// How many sequences, maps, structs and layers of `Some` or a newtype lie inside one another. What
    /// is deeper than [`MAX_DEPTH`] was not walked over.
    pub(super) depth: usize,
    /// Whether there is a `Some` around what a format may write as it writes `None`.
    pub(super) nested_nothing: NestedNothing,
    /// Whether there is an infinite number or NaN.
    pub(super) non_finite: bool,
    /// Whether a field was left out because of its value.
    pub(super) skipped_field: bool,
    /// A struct that does not write the fields that it reads.
    pub(super) unlike_struct: Option<StructName>,
    /// A struct that does not write as many fields as it reads.
    pub(super) uneven_struct: Option<StructName>,
}

/// The worst sort of `Some` around nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NestedNothing {
    #[default]
    No,
    /// Around a unit struct, which MessagePack writes as an empty array and JSON as `null`.
    UnitStruct,
    /// Around `None` or `()`.
    Nil,
}

impl Survey {
    /// Walks over `value`. What the value's own code fails to show is not in the report.
    pub(super) fn of<T>(value: &T, human_readable: bool, structs: &Structs) -> Self
    where
        T: Serialize + ?Sized,
    {
        let mut walk = Walk::new(human_readable, structs);
        let _ = value.serialize(&mut walk);
        walk.survey
    }
}

struct Walk<'s> {
    survey: Survey,
    depth: usize,
    /// How large a value may be to be walked over.
    limit: usize,
    human_readable: bool,
    structs: &'s Structs,
}

/// What was met, as far as an `Option` around it is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Met {
    Nil,
    UnitStruct,
    Something,
}

impl<'s> Walk<'s> {
    fn new(human_readable: bool, structs: &'s Structs) -> Self {
        Self { survey: Survey::default(), depth: 0, limit: usize::MAX, human_readable, structs }
    }

    fn scalar(&mut self, size: usize) -> Result<Met, Broken> {
        self.survey.size += size;
        Ok(Met::Something)
    }

    fn float(&mut self, finite: bool, size: usize) -> Result<Met, Broken> {
        self.survey.non_finite |= !finite;
        self.scalar(size)
    }

    fn open(&mut self, size: usize, levels: usize) -> Compound<'_, 's> {
        self.survey.size += size;
        self.descend(levels);
        Compound { walk: self, levels, record: None }
    }

    fn descend(&mut self, levels: usize) {
        self.depth += levels;
        self.survey.depth = self.survey.depth.max(self.depth);
    }

    /// Walks over what lies at this depth, unless it is too deep for the stack of some thread.
    fn inside<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Met, Broken> {
        if self.survey.size > self.limit {
            return Err(Broken);
        }
        if self.depth > MAX_DEPTH { Ok(Met::Something) } else { value.serialize(self) }
    }

    /// The same inside a layer that is a level of its own.
    fn inside_layer<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<Met, Broken> {
        self.descend(1);
        let met = self.inside(value)?;
        self.depth -= 1;
        Ok(met)
    }

    /// The content of a variant is a level of its own: formats that describe themselves put the name of
    /// the variant around it.
    fn open_variant(&mut self) -> Compound<'_, 's> {
        self.open(DISCRIMINANT, 2)
    }
}

/// A sequence, map or struct that the walk is inside of.
struct Compound<'w, 's> {
    walk: &'w mut Walk<'s>,
    levels: usize,
    record: Option<Record<'s>>,
}

/// A struct, and what was met of its fields.
struct Record<'s> {
    name: StructName,
    comparison: Comparison<'s>,
    fields: usize,
}

impl<'s> Compound<'_, 's> {
    fn compared(mut self, name: StructName) -> Self {
        let comparison = self.walk.structs.compare(name);
        self.record = comparison.map(|comparison| Record { name, comparison, fields: 0 });
        self
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.walk.inside(value).map(|_| ())
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Broken> {
        if let Some(record) = &mut self.record {
            record.comparison.wrote::<T>(name);
            record.fields += 1;
        }
        self.element(value)
    }

    fn skip(&mut self, name: &str) {
        self.walk.survey.skipped_field = true;
        if let Some(record) = &mut self.record {
            record.comparison.left_out(name);
        }
    }

    fn close(self) -> Result<Met, Broken> {
        self.walk.depth -= self.levels;
        if let Some(Record { name, comparison, fields }) = self.record {
            let survey = &mut self.walk.survey;
            if !comparison.fits() {
                survey.unlike_struct = Some(name);
            }
            if !survey.skipped_field && !comparison.fits_by_position(fields) {
                survey.uneven_struct = Some(name);
            }
        }
        Ok(Met::Something)
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty;)*) => {
        $(fn $method(self, _: $type) -> Result<Met, Broken> {
            self.scalar(size_of::<$type>())
        })*
    };
}

impl<'w, 's> Serializer for &'w mut Walk<'s> {
    type Ok = Met;
    type Error = Broken;
    type SerializeSeq = Compound<'w, 's>;
    type SerializeTuple = Compound<'w, 's>;
    type SerializeTupleStruct = Compound<'w, 's>;
    type SerializeTupleVariant = Compound<'w, 's>;
    type SerializeMap = Compound<'w, 's>;
    type SerializeStruct = Compound<'w, 's>;
    type SerializeStructVariant = Compound<'w, 's>;

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    fn serialize_none(self) -> Result<Met, Broken> {
        self.survey.size += 1;
        Ok(Met::Nil)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Met, Broken> {
        self.survey.size += 1;
        let inside = self.inside_layer(value)?;
        let nested = match inside {
            Met::Nil => NestedNothing::Nil,
            Met::UnitStruct => NestedNothing::UnitStruct,
            Met::Something => NestedNothing::No,
        };
        self.survey.nested_nothing = self.survey.nested_nothing.max(nested);
        Ok(inside)
    }

    fn serialize_unit(self) -> Result<Met, Broken> {
        self.survey.size += 1;
        Ok(Met::Nil)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Met, Broken> {
        self.survey.size += 1;
        Ok(Met::UnitStruct)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Met, Broken> {
        self.inside_layer(value)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> Result<Met, Broken> {
        self.scalar(DISCRIMINANT)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Met, Broken> {
        let mut variant = self.open(DISCRIMINANT, 1);
        variant.element(value)?;
        variant.close()
    }

    fn serialize_f32(self, value: f32) -> Result<Met, Broken> {
        self.float(value.is_finite(), size_of::<f32>())
    }

    fn serialize_f64(self, value: f64) -> Result<Met, Broken> {
        self.float(value.is_finite(), size_of::<f64>())
    }

    fn serialize_str(self, value: &str) -> Result<Met, Broken> {
        self.scalar(COLLECTION + value.len())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Met, Broken> {
        self.scalar(COLLECTION + value.len())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<Met, Broken> {
        let mut count = Count(0);
        std::fmt::Write::write_fmt(&mut count, format_args!("{value}")).map_err(|_| Broken)?;
        self.scalar(COLLECTION + count.0)
    }

    scalars! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
        serialize_char: char;
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open(COLLECTION, 1))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open(0, 1))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open(0, 1))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open_variant())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open(COLLECTION, 1))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open(0, 1).compared(StructName { name, variant: None }))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 's>, Broken> {
        Ok(self.open_variant().compared(StructName { name, variant: Some(variant) }))
    }
}

impl ser::SerializeSeq for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.element(value)
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeTuple for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.element(value)
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.element(value)
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeTupleVariant for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.element(value)
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeMap for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Broken> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Broken> {
        self.element(value)
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeStruct for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Broken> {
        self.field(name, value)
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), Broken> {
        self.skip(name);
        Ok(())
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Compound<'_, '_> {
    type Ok = Met;
    type Error = Broken;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Broken> {
        self.field(name, value)
    }

    fn skip_field(&mut self, name: &'static str) -> Result<(), Broken> {
        self.skip(name);
        Ok(())
    }

    fn end(self) -> Result<Met, Broken> {
        self.close()
    }
}

/// Counts what is written to it.
struct Count(usize);

impl std::fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

/// The walk ended early. What the value's own code had to say is dropped: it may quote the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken;

impl Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the value was not walked to its end")
    }
}

impl std::error::Error for Broken {}

impl ser::Error for Broken {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}
