//! The layers of `Option` around a value.
//!
//! MessagePack and JSON write `Some(None)` as they write `None`. The layers on the outside of a value
//! are therefore taken off before it is serialized, counted in the envelope, and put back on reading.

mod layered;
mod peeler;

pub(super) use layered::{absent, read};
pub(super) use peeler::{Innermost, peel};

const ABSENT: u8 = 0x80;
const MAX_LAYERS: u8 = 0x7F;

/// How many layers of `Some` there are, and whether there is nothing inside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Presence(u8);

impl Presence {
    /// No layer was taken off.
    pub(super) const UNPEELED: Self = Self(0);

    pub(super) const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    pub(super) const fn to_byte(self) -> u8 {
        self.0
    }

    /// Whether the innermost layer is `None`, so that there is no payload.
    pub(super) const fn is_absent(self) -> bool {
        self.0 & ABSENT != 0
    }

    const fn layers(self) -> u8 {
        self.0 & MAX_LAYERS
    }
}
