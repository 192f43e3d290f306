use super::catalogue::Catalogue;
use super::guesses::{Any, Guesses, depth_of};
use super::rejected::{Given, Note, Rejected, count_notes, dummy, forget_notes, notes_since};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How deep a type may lie inside itself before it counts as endless.
const MAX_DEPTH: usize = 64;
/// What is traced of one type at most. A bound for types that branch without end.
const MAX_EVENTS: usize = 200_000;

/// How many elements of arrays are read without being written down.
const MAX_SILENT: usize = 1_000_000;

/// A key that no struct has.
pub(super) const UNKNOWN_KEY: &str = "~";

/// The search for the shape of one type: what was written down, what was learned, and where it is.
///
/// It goes in passes. Each pass deserializes a whole value of dummies. Where a dummy is refused, a guess
/// is *adjusted* and the next pass begins; where no guess is left, the nearest `Option`, collection,
/// field or variant around is *given up*, and from then on empty, absent or not chosen.
pub(super) struct Search {
    pub(super) human_readable: bool,
    pub(super) catalogue: Catalogue,
    pub(super) guesses: Guesses,
    pub(super) path: String,
    /// The variant without content that was read last, which may be the tag of what comes next.
    pub(super) last_variant: &'static str,
    text: String,
    structs: BTreeSet<(&'static str, usize)>,
    asked_for_any: bool,
    events: usize,
    depth: usize,
    muted: usize,
    asked_in_silence: usize,
    /// The variants chosen in the last pass, to be chosen again while it is being put right.
    pins: BTreeMap<String, usize>,
    dummies: Vec<Dummy>,
    maps: Vec<String>,
    enums_met: Vec<usize>,
    failure: Failure,
    fresh_notes: usize,
}

/// A dummy given in this pass.
struct Dummy {
    path: String,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// One of so many.
    Typed {
        count: usize,
    },
    Any,
    Tag,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// Nothing failed, or it is not yet known what follows from it.
    None,
    /// Something will be different in the next pass.
    Adjusted,
    /// There is nothing else to try here.
    Hopeless,
}

/// A part of the value that the search is in, to be given back on leaving it.
pub(super) struct Part {
    path_len: usize,
    first_dummy: usize,
}

/// A place in the list of enums met.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Search {
    pub(super) fn new(human_readable: bool) -> Self {
        Self {
            human_readable,
            catalogue: Catalogue::default(),
            guesses: Guesses::default(),
            path: String::new(),
            last_variant: "",
            text: String::new(),
            structs: BTreeSet::new(),
            asked_for_any: false,
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
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn structs(&self) -> Vec<(&'static str, usize)> {
        self.structs.iter().copied().collect()
    }

    pub(super) fn asked_for_any(&self) -> bool {
        self.asked_for_any
    }

    pub(super) fn begin_pass(&mut self) {
        forget_notes();
        self.fresh_notes = 0;
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
            self.settle_failure(0);
        } else {
            self.approve_dummies();
        }
        self.keep_notes();
        if self.events > MAX_EVENTS {
            return false;
        }
        if self.failure == Failure::Adjusted {
            return true;
        }
        self.pins.clear();
        self.guesses.explore("")
            || self.enums_met.iter().any(|id| !self.catalogue.is_enum_done(*id))
    }

    fn approve_dummies(&mut self) {
        for dummy in self.dummies.iter().filter(|dummy| dummy.sort == Sort::Any) {
            self.guesses.approve(&dummy.path);
        }
    }

    fn keep_notes(&mut self) {
        for note in notes_since(0) {
            self.events += 1;
            let _ = write!(self.text, "!{note}");
            if let Note::Unfit { given, expected } = &note
                && let Some(path) = self.path_of(*given)
            {
                self.guesses.want(&path, expected);
            }
        }
    }

    /// Writes down a question.
    pub(super) fn event(&mut self, words: std::fmt::Arguments<'_>) -> Result<(), Rejected> {
        if self.muted > 0 {
            return Ok(());
        }
        self.events += 1;
        if self.events > MAX_EVENTS {
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

    pub(super) fn has_struct(&mut self, name: &'static str, fields: usize) {
        self.structs.insert((name, fields));
    }

    pub(super) fn enter(&mut self, segment: std::fmt::Arguments<'_>) -> Result<Part, Rejected> {
        if self.depth >= MAX_DEPTH {
            return Err(self.no_hope());
        }
        self.depth += 1;
        let part = Part { path_len: self.path.len(), first_dummy: self.dummies.len() };
        let _ = write!(self.path, "/{segment}");
        Ok(part)
    }

    /// Settles a failure inside the part that the search is in.
    pub(super) fn settle_failure_in(&mut self, part: &Part) {
        self.settle_failure(part.first_dummy);
    }

    pub(super) fn leave(&mut self, part: &Part, failed: bool) {
        if failed {
            self.settle_failure(part.first_dummy);
        } else {
            self.fresh_notes = count_notes();
        }
        self.depth -= 1;
        self.path.truncate(part.path_len);
    }

    /// Takes down that a dummy is about to be given, and gives its number.
    pub(super) fn dummy(&mut self, sort: Sort) -> usize {
        let number = self.dummies.len();
        if self.muted == 0 {
            self.dummies.push(Dummy { path: self.path.clone(), sort });
        }
        number
    }

    /// The number that the next dummy will have.
    pub(super) fn next_dummy(&self) -> usize {
        self.dummies.len()
    }

    /// The dummy that was given last was refused by its own visitor.
    pub(super) fn refused(&mut self, number: usize, sort: Sort) {
        if self.failure != Failure::None {
            return;
        }
        match sort {
            Sort::Typed { count } => {
                self.guesses.settle(&self.path);
                self.failure = adjusted(self.guesses.advance(&self.path, count));
            }
            Sort::Any | Sort::Tag => self.settle_failure(number),
        }
    }

    pub(super) fn has_map(&mut self) {
        self.maps.push(self.path.clone());
    }

    pub(super) fn meet_enum(&mut self, id: usize) {
        self.enums_met.push(id);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.enums_met.len())
    }

    /// Whether all was seen below the present place: every enum met since then is done, but for those
    /// that the search is inside of, and no guess has an alternative.
    pub(super) fn is_done_since(&self, mark: Mark) -> bool {
        let mut met = self.enums_met[mark.0..].iter();
        met.all(|id| self.catalogue.is_enum_done(*id) || self.catalogue.is_enum_open(*id))
            && !self.guesses.has_more(&self.inside())
    }

    fn inside(&self) -> String {
        format!("{}/", self.path)
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

    pub(super) fn no_hope(&mut self) -> Rejected {
        if self.failure == Failure::None {
            self.failure = Failure::Hopeless;
        }
        Rejected
    }

    /// The next pass will be different here.
    pub(super) fn adjust(&mut self) -> Rejected {
        self.failure = Failure::Adjusted;
        Rejected
    }

    pub(super) fn is_undecided(&self) -> bool {
        self.failure == Failure::None
    }

    /// Whether it falls to the place around to be given up.
    pub(super) fn is_hopeless(&self) -> bool {
        self.failure == Failure::Hopeless
    }

    /// Leaves the present field out from now on.
    pub(super) fn give_up_field(&mut self) {
        self.give_up(self.path.clone());
    }

    /// Leaves the present container empty from now on.
    pub(super) fn give_up_container(&mut self) {
        self.give_up(self.content_path());
    }

    pub(super) fn is_container_given_up(&self) -> bool {
        self.guesses.is_given_up(&self.content_path())
    }

    fn content_path(&self) -> String {
        format!("{}/*", self.path)
    }

    /// Where there is something else to try inside, nothing is given up yet.
    fn give_up(&mut self, what: String) {
        if !self.guesses.explore(&self.inside()) {
            self.guesses.give_up(&what);
        }
        self.failure = Failure::Adjusted;
    }

    /// Finds out what to change after a failure that began at or after this dummy: what was said tells
    /// it, or else all dummies in question are changed alike.
    pub(super) fn settle_failure(&mut self, first_dummy: usize) {
        if self.failure != Failure::None {
            return;
        }
        let notes = notes_since(self.fresh_notes);
        let learned = notes.iter().rev().any(|note| self.learn(note))
            || self.advance_unfit(&notes)
            || self.advance_all(first_dummy);
        self.failure = adjusted(learned);
    }

    fn learn(&mut self, note: &Note) -> bool {
        match note {
            Note::MissingField(name) => self.learn_key(name),
            Note::Fields(names) => self.learn_keys(names),
            Note::Variants { given, names } => {
                let Some(path) = self.path_of(*given) else { return false };
                self.guesses.learn_tag(&path, names)
            }
            Note::Unfit { .. } => false,
        }
    }

    /// Of several types that complain, the one that got furthest is followed.
    fn advance_unfit(&mut self, notes: &[Note]) -> bool {
        let unfit = notes.iter().filter_map(|note| match note {
            Note::Unfit { given, expected } => Some((self.path_of(*given)?, expected)),
            _ => None,
        });
        let mut unfit: Vec<_> = unfit.collect();
        unfit.sort_by_key(|(path, _)| depth_of(path));
        unfit.iter().rev().any(|(path, expected)| self.guesses.advance_any(path, Some(expected)))
    }

    /// Where the dummy was given that a note is about.
    fn path_of(&self, given: Given) -> Option<String> {
        let dummies = self.dummies.iter().enumerate().rev();
        let mut any = dummies.filter(|(_, dummy)| matches!(dummy.sort, Sort::Any | Sort::Tag));
        let found = any.find(|(number, dummy)| match (given, self.guesses.any_at(&dummy.path)) {
            (Given::Text(text), Any::Text) => text == *number,
            (Given::Integer(integer), Any::Integer) => integer == dummy::integer(*number),
            (Given::Float(float), Any::Float) => float == dummy::integer(*number),
            (Given::Bool, Any::Bool) | (Given::Unit, Any::Unit) => true,
            (Given::Map, Any::Map) | (Given::Seq, Any::Seq) => true,
            _ => false,
        });
        found.map(|(_, dummy)| dummy.path.clone())
    }

    /// Gives the keys to the last map, which is one that takes no others.
    fn learn_keys(&mut self, names: &[&'static str]) -> bool {
        let Some(map) = self.maps.iter().rev().find(|map| map.starts_with(&self.path)) else {
            return false;
        };
        let unknown = format!("{map}/{UNKNOWN_KEY}");
        if self.guesses.is_given_up(&unknown) {
            return false;
        }
        self.guesses.give_up(&unknown);
        for name in names {
            self.guesses.learn_key(map, name);
        }
        true
    }

    /// Gives the key to the last map that lacks it.
    fn learn_key(&mut self, key: &'static str) -> bool {
        let inside = self.maps.iter().rev().filter(|map| map.starts_with(&self.path));
        for map in inside {
            if !self.guesses.is_given_up(&format!("{map}/{key}"))
                && self.guesses.learn_key(map, key)
            {
                return true;
            }
        }
        false
    }

    fn advance_all(&mut self, first_dummy: usize) -> bool {
        let mut advanced = false;
        for dummy in self.dummies.iter().skip(first_dummy) {
            if self.guesses.is_settled(&dummy.path) {
                continue;
            }
            advanced |= match dummy.sort {
                Sort::Typed { count } => self.guesses.advance(&dummy.path, count),
                Sort::Any => self.guesses.advance_any(&dummy.path, None),
                Sort::Tag => false,
            };
        }
        advanced
    }
}

fn adjusted(advanced: bool) -> Failure {
    if advanced { Failure::Adjusted } else { Failure::Hopeless }
}
