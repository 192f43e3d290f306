use super::catalogue::Catalogue;
use super::guesses::Guesses;
use super::rejected::{Rejected, count_notes, forget_notes, notes_since};
use crate::codec::structs::Structs;
use std::collections::BTreeMap;
use std::fmt::{Arguments, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How deep a type may lie inside itself before it counts as endless.
const MAX_DEPTH: usize = 64;
/// What is traced of one type at most. A bound for types that branch without end.
const MAX_EVENTS: usize = 200_000;
/// How many places are looked at for what to change. A bound for types that contain each other in ways
/// that serde reads into a buffer first, where the places are many.
pub(super) const MAX_EFFORT: usize = 500_000;
/// How many elements of arrays are read in a pass without being written down.
const MAX_SILENT: usize = 100_000;

/// The search for the shape of one type: what was written down, what was learned, and where it is.
///
/// It goes in passes. Each pass deserializes a whole value of dummies. Where a dummy is refused, a guess
/// is *adjusted* and the next pass begins; where no guess is left, the nearest `Option`, collection,
/// field or variant around is *given up*, and from then on empty, absent or not chosen. That part is in
/// `repair`.
pub(super) struct Search {
    pub(super) human_readable: bool,
    pub(super) catalogue: Catalogue,
    pub(super) guesses: Guesses,
    pub(super) path: String,
    /// The variant without content that was read last, which may be the tag of what comes next.
    pub(super) last_variant: &'static str,
    text: String,
    pub(super) structs: Structs,
    asked_for_any: bool,
    accepted: bool,
    panicked: bool,
    events: usize,
    depth: usize,
    muted: usize,
    asked_in_silence: usize,
    /// The variants chosen in the last pass, to be chosen again while it is being put right.
    pub(super) pins: BTreeMap<String, usize>,
    pub(super) dummies: Vec<Dummy>,
    /// The maps of this pass that stand for structs.
    pub(super) maps: Vec<String>,
    enums_met: Vec<usize>,
    pub(super) failure: Failure,
    pub(super) fresh_notes: usize,
    pub(super) heeded_notes: usize,
}

/// A dummy given in this pass.
pub(super) struct Dummy {
    pub(super) path: String,
    pub(super) sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// One of so many.
    Typed {
        count: usize,
    },
    Any,
    Tag,
    /// A container that was left empty, because what is in it was known.
    Known {
        container: usize,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing failed, or it is not yet known what follows from it.
    None,
    /// Something will be different in the next pass.
    Adjusted,
    /// There is nothing else to try here: it falls to the place around to be given up.
    Hopeless,
}

/// A part of the value that the search is in, to be given back on leaving it.
pub(super) struct Part {
    path_len: usize,
    pub(super) since: Mark,
}

/// A moment of the pass, by what had been met until then.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    enums: usize,
    pub(super) dummies: usize,
}

impl Search {
    pub(super) fn new(human_readable: bool) -> Self {
        Self {
            human_readable,
            catalogue: Catalogue::default(),
            guesses: Guesses::default(),
            path: String::new(),
            last_variant: "",
            text: String::new(),
            structs: Structs::default(),
            asked_for_any: false,
            accepted: false,
            panicked: false,
            events: 0,
            depth: 0,
            muted: 0,
            asked_in_silence: 0,
            pins: BTreeMap::new(),
            dummies: Vec::new(),
            maps: Vec::new(),
            enums_met: Vec::new(),
            failure: Failure::None,
            fresh_notes: 0,
            heeded_notes: 0,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn asked_for_any(&self) -> bool {
        self.asked_for_any
    }

    /// Whether the type panicked at dummies and never took any, so that what was seen of it may be little.
    pub(super) fn was_thwarted(&self) -> bool {
        self.panicked && !self.accepted
    }

    /// Runs code of the type. A panic in it is a refusal like any other.
    pub(super) fn attempt<R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, Rejected>,
    ) -> Result<R, Rejected> {
        let (path_len, depth, muted) = (self.path.len(), self.depth, self.muted);
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        outcome.unwrap_or_else(|_| {
            self.path.truncate(path_len);
            self.depth = depth;
            self.muted = muted;
            self.panicked = true;
            Err(Rejected)
        })
    }

    pub(super) fn begin_pass(&mut self) {
        forget_notes();
        self.fresh_notes = 0;
        self.heeded_notes = 0;
        self.asked_in_silence = 0;
        self.path.clear();
        self.dummies.clear();
        self.maps.clear();
        self.enums_met.clear();
        self.failure = Failure::None;
        self.write("\n");
    }

    /// Whether another pass would show more.
    pub(super) fn end_pass(&mut self, failed: bool) -> bool {
        if failed {
            self.write("#");
            self.settle_failure(Mark::default());
        } else {
            self.accepted = true;
            self.approve_dummies();
        }
        self.heed_wants();
        self.write_notes();
        if self.is_exhausted() {
            return false;
        }
        if self.failure == Failure::Adjusted {
            return true;
        }
        self.pins.clear();
        self.guesses.explore("") || !self.are_enums_done_since(Mark::default())
    }

    fn is_exhausted(&self) -> bool {
        self.events > MAX_EVENTS || self.guesses.effort() > MAX_EFFORT
    }

    fn approve_dummies(&mut self) {
        for dummy in self.dummies.iter().filter(|dummy| dummy.sort == Sort::Any) {
            self.guesses.approve(&dummy.path);
        }
    }

    fn write_notes(&mut self) {
        for note in notes_since(0) {
            self.events += 1;
            let _ = write!(self.text, "!{note}");
        }
    }

    /// Writes down a question.
    pub(super) fn event(&mut self, words: Arguments<'_>) -> Result<(), Rejected> {
        if self.muted > 0 {
            return Ok(());
        }
        self.events += 1;
        if self.is_exhausted() {
            return Err(self.no_hope());
        }
        let _ = write!(self.text, "{words};");
        Ok(())
    }

    /// Writes down something that is no question.
    pub(super) fn write(&mut self, words: &str) {
        if self.muted == 0 {
            self.text.push_str(words);
        }
    }

    pub(super) fn events(&self) -> usize {
        self.events
    }

    /// Writes nothing down until [`unmute`](Self::unmute).
    pub(super) fn mute(&mut self) -> Result<(), Rejected> {
        self.asked_in_silence += 1;
        if self.asked_in_silence > MAX_SILENT {
            return Err(self.no_hope());
        }
        self.muted += 1;
        Ok(())
    }

    pub(super) fn unmute(&mut self) {
        self.muted -= 1;
    }

    pub(super) fn ask_for_any(&mut self) {
        self.asked_for_any = true;
    }

    pub(super) fn has_map(&mut self) {
        self.maps.push(self.path.clone());
    }

    pub(super) fn enter(&mut self, segment: Arguments<'_>) -> Result<Part, Rejected> {
        if self.depth >= MAX_DEPTH {
            return Err(self.no_hope());
        }
        self.depth += 1;
        let part = Part { path_len: self.path.len(), since: self.mark() };
        let _ = write!(self.path, "/{segment}");
        Ok(part)
    }

    pub(super) fn leave(&mut self, part: &Part, failed: bool) {
        if failed {
            self.settle_failure(part.since);
        } else {
            self.fresh_notes = count_notes();
        }
        self.depth -= 1;
        self.path.truncate(part.path_len);
    }

    /// What lies below the present place.
    pub(super) fn inside(&self) -> String {
        format!("{}/", self.path)
    }

    /// Takes down that a dummy is about to be given, and gives its number.
    pub(super) fn dummy(&mut self, sort: Sort) -> usize {
        let number = self.dummies.len();
        if self.muted == 0 {
            self.dummies.push(Dummy { path: self.path.clone(), sort });
        }
        number
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { enums: self.enums_met.len(), dummies: self.dummies.len() }
    }

    pub(super) fn meet_enum(&mut self, id: usize) {
        self.enums_met.push(id);
    }

    /// The variant to look at in this enum, at the present place.
    pub(super) fn choose_variant(&mut self, id: usize) -> Option<usize> {
        let pinned = self.pins.get(&self.path).copied();
        let variant = pinned
            .filter(|variant| !self.catalogue.is_variant_given_up(id, *variant))
            .or_else(|| self.catalogue.choose_variant(id))?;
        self.pins.insert(self.path.clone(), variant);
        Some(variant)
    }

    /// Whether all was seen below the present place.
    pub(super) fn is_done_since(&mut self, since: Mark) -> bool {
        self.heed_wants();
        self.are_enums_done_since(since) && !self.guesses.has_more(&self.inside())
    }

    /// Whether every enum met since then is done, but for those that the search is inside of.
    pub(super) fn are_enums_done_since(&self, since: Mark) -> bool {
        let mut met = self.enums_met[since.enums..].iter();
        met.all(|id| self.catalogue.is_enum_done(*id) || self.catalogue.is_enum_open(*id))
    }
}
