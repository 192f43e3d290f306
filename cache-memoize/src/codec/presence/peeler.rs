use super::{ABSENT, MAX_LAYERS, Presence};
use crate::codec::survey::Broken;
use serde::ser::{Impossible, Serialize, Serializer};

/// What is done with the value inside all the layers.
pub(in crate::codec) trait Innermost {
    type Output;

    /// There is a value, and it is no `Option` itself.
    fn present<T: Serialize + ?Sized>(self, presence: Presence, value: &T) -> Self::Output;

    /// There is nothing inside.
    fn absent(self, presence: Presence) -> Self::Output;
}

/// Takes the layers of `Option` off `value`, and hands what is inside to `job`.
pub(in crate::codec) fn peel<T, J>(value: &T, human_readable: bool, job: J) -> J::Output
where
    T: Serialize + ?Sized,
    J: Innermost,
{
    peel_from(0, value, human_readable, job)
}

fn peel_from<T, J>(layers: u8, value: &T, human_readable: bool, job: J) -> J::Output
where
    T: Serialize + ?Sized,
    J: Innermost,
{
    let mut progress = Progress::Waiting(job);
    if layers < MAX_LAYERS {
        // The outcome is in `progress`; what the value's own code makes of the answer is no matter.
        let _ = value.serialize(Peeler { layers, human_readable, progress: &mut progress });
    }
    match progress {
        Progress::Done(output) => output,
        Progress::Waiting(job) => job.present(Presence(layers), value),
        Progress::Running => unreachable!("a job that was taken is run before the peeler returns"),
    }
}

enum Progress<J: Innermost> {
    Waiting(J),
    Running,
    Done(J::Output),
}

impl<J: Innermost> Progress<J> {
    fn run(&mut self, work: impl FnOnce(J) -> J::Output) {
        match std::mem::replace(self, Self::Running) {
            Self::Waiting(job) => *self = Self::Done(work(job)),
            other => *self = other,
        }
    }
}

/// A serializer that understands `Option` and turns everything else away, unread.
struct Peeler<'a, J: Innermost> {
    layers: u8,
    human_readable: bool,
    progress: &'a mut Progress<J>,
}

macro_rules! turn_away {
    ($($method:ident($($argument:ty),*);)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<(), Broken> {
            Err(Broken)
        })*
    };
}

macro_rules! turn_away_compound {
    ($($method:ident($($argument:ty),*) -> $compound:ident;)*) => {
        $(
            type $compound = Impossible<(), Broken>;

            fn $method(self, $(_: $argument),*) -> Result<Self::$compound, Broken> {
                Err(Broken)
            }
        )*
    };
}

impl<J: Innermost> Serializer for Peeler<'_, J> {
    type Ok = ();
    type Error = Broken;

    fn serialize_none(self) -> Result<(), Broken> {
        self.progress.run(|job| job.absent(Presence(ABSENT | self.layers)));
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Broken> {
        let Self { layers, human_readable, progress } = self;
        progress.run(|job| peel_from(layers + 1, value, human_readable, job));
        Ok(())
    }

    fn is_human_readable(&self) -> bool {
        self.human_readable
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), Broken> {
        Err(Broken)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Broken> {
        Err(Broken)
    }

    fn collect_str<T: std::fmt::Display + ?Sized>(self, _: &T) -> Result<(), Broken> {
        Err(Broken)
    }

    turn_away! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    turn_away_compound! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }
}
