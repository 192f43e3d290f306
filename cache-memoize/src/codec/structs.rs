//! The structs that a type reads, to be held against those that its values write.

use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;

/// What a struct is known by in both directions: its name, or those of an enum and its variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StructName {
    pub(super) name: &'static str,
    pub(super) variant: Option<&'static str>,
}

impl fmt::Display for StructName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        self.variant.map_or(Ok(()), |variant| write!(f, "::{variant}"))
    }
}

/// How a struct is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The names that it asks for. Several may stand for one field.
    pub(super) names: &'static [&'static str],
    /// How many fields they stand for, where that could be found out.
    pub(super) count: Option<usize>,
    /// Whether it is an enum's tag and content, of which the content may be missing.
    pub(super) tagged: bool,
}

impl Reading {
    fn is_content_with(self, given: usize) -> bool {
        self.tagged || self.count.is_none_or(|count| given >= count)
    }
}

/// The readings of all structs in a type. Different structs may have one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Structs(BTreeMap<StructName, Vec<Reading>>);

impl Structs {
    /// Takes down a reading. One whose fields were counted takes the place of the same uncounted.
    pub(super) fn learn(&mut self, name: StructName, reading: Reading) {
        let known = self.0.entry(name).or_default();
        if reading.count.is_some() {
            known.retain(|other| other.names != reading.names || other.count.is_some());
        } else if known.iter().any(|other| other.names == reading.names) {
            return;
        }
        if !known.contains(&reading) {
            known.push(reading);
        }
    }

    /// Begins to compare a struct that is written. `None` if none of that name is read, as far as is
    /// known.
    pub(super) fn compare(&self, name: StructName) -> Option<Comparison<'_>> {
        let readings = self.0.get(&name)?;
        let bits = u32::try_from(readings.len()).ok()?;
        let fitting = 1_u64.checked_shl(bits)? - 1;
        Some(Comparison { readings, fitting, given: 0 })
    }
}

/// Which readings fit what was written of a struct so far.
pub(super) struct Comparison<'s> {
    readings: &'s [Reading],
    /// One bit for each reading.
    fitting: u64,
    given: usize,
}

impl Comparison<'_> {
    /// A field of the type `T` was written. One of the type `str`, which no struct can own, is a tag that
    /// serde adds, and need not be known.
    pub(super) fn wrote<T: ?Sized>(&mut self, field: &str) {
        let knowing = self.knowing(field);
        if knowing == 0 && type_name::<T>() == type_name::<str>() {
            return;
        }
        self.fitting = knowing;
        self.given += 1;
    }

    /// A field was left out because of its value.
    pub(super) fn left_out(&mut self, field: &str) {
        self.given += usize::from(self.knowing(field) != 0);
    }

    /// Whether some reading takes exactly what was written.
    pub(super) fn fits(&self) -> bool {
        self.still_fitting().any(|reading| reading.is_content_with(self.given))
    }

    /// Whether some reading goes by position and takes so many fields.
    pub(super) fn fits_by_position(&self, fields: usize) -> bool {
        let mut counts = self.readings.iter().filter_map(|reading| reading.count).peekable();
        counts.peek().is_none() || counts.any(|count| count == fields)
    }

    fn knowing(&self, field: &str) -> u64 {
        let knows = |index: &usize| self.readings[*index].names.contains(&field);
        self.fitting_indices().filter(knows).fold(0, |bits, index| bits | 1 << index)
    }

    fn still_fitting(&self) -> impl Iterator<Item = Reading> {
        self.fitting_indices().map(|index| self.readings[index])
    }

    fn fitting_indices(&self) -> impl Iterator<Item = usize> {
        (0..self.readings.len()).filter(|index| self.fitting & 1 << index != 0)
    }
}
