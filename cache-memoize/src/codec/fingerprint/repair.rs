//! What follows from a dummy that was refused.

use super::guesses::{Any, depth_of};
use super::rejected::{Given, Note, Rejected, dummy, notes_since};
use super::search::{Failure, Mark, Part, Search, Sort};

/// A key that no struct has.
pub(super) const UNKNOWN_KEY: &str = "~";

impl Search {
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

    /// A dummy was refused by its own visitor.
    pub(super) fn refused(&mut self, number: usize, sort: Sort) {
        if self.failure != Failure::None {
            return;
        }
        match sort {
            Sort::Typed { count } => {
                self.guesses.settle(&self.path);
                self.failure = adjusted(self.guesses.advance(&self.path, count));
            }
            _ => {
                let mut since = self.mark();
                since.dummies = number;
                self.settle_failure(since);
            }
        }
    }

    /// Leaves the present field out from now on.
    pub(super) fn give_up_field(&mut self, part: &Part) {
        if !self.can_go_on(part.since) {
            self.guesses.give_up(&self.path);
        }
        self.failure = Failure::Adjusted;
    }

    /// Leaves the present container empty from now on.
    pub(super) fn give_up_container(&mut self, since: Mark) {
        if !self.can_go_on(since) {
            self.guesses.give_up(&self.content_path());
        }
        self.failure = Failure::Adjusted;
    }

    pub(super) fn is_container_given_up(&self) -> bool {
        self.guesses.is_given_up(&self.content_path())
    }

    fn content_path(&self) -> String {
        format!("{}/*", self.path)
    }

    /// Never chooses this variant again.
    pub(super) fn give_up_variant(&mut self, id: usize, variant: usize, since: Mark) {
        if !self.can_go_on(since) {
            self.catalogue.give_up_variant(id, variant);
        }
        self.failure = Failure::Adjusted;
    }

    /// Whether there is more to see at a place before it is given up, though no value comes of it.
    fn can_go_on(&mut self, since: Mark) -> bool {
        let inside = self.inside();
        if self.guesses.retry(&inside) {
            return true;
        }
        let pending = !self.are_enums_done_since(since);
        if pending {
            self.pins.retain(|path, _| !path.starts_with(&inside));
        }
        pending
    }

    /// Finds out what to change after a failure that began after that moment: what was said tells it, or
    /// else all dummies in question are changed alike.
    pub(super) fn settle_failure(&mut self, since: Mark) {
        if self.failure != Failure::None {
            return;
        }
        self.heed_wants();
        let notes = notes_since(self.fresh_notes);
        let learned = notes.iter().rev().any(|note| self.learn(note))
            || self.advance_unfit(&notes)
            || self.insist_on_content(since)
            || self.advance_all(since);
        self.failure = adjusted(learned);
    }

    /// Remembers what was asked for where something else was given. That may have been accepted all the
    /// same, by another variant of an untagged enum.
    pub(super) fn heed_wants(&mut self) {
        for note in notes_since(self.heeded_notes) {
            self.heeded_notes += 1;
            if let Note::Unfit { given, expected } = &note
                && let Some(path) = self.path_of(*given)
            {
                self.guesses.want(&path, expected);
            }
        }
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

    /// Gives the key to the last map that lacks it.
    fn learn_key(&mut self, key: &'static str) -> bool {
        let inside = self.maps.iter().rev().filter(|map| map.starts_with(&self.path));
        for map in inside {
            let given_up = self.guesses.is_given_up(&format!("{map}/{key}"));
            if !given_up && self.guesses.learn_key(map, key) {
                return true;
            }
        }
        false
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

    /// Where the dummy was given that a note is about.
    fn path_of(&self, given: Given) -> Option<String> {
        self.guesses.spend(self.dummies.len());
        let dummies = self.dummies.iter().enumerate().rev();
        let mut free = dummies.filter(|(_, dummy)| matches!(dummy.sort, Sort::Any | Sort::Tag));
        let found = free.find(|(number, dummy)| match (given, self.guesses.any_at(&dummy.path)) {
            (Given::Text(text), Any::Text) => text == *number,
            (Given::Integer(integer), Any::Integer) => integer == dummy::integer(*number),
            (Given::Float(float), Any::Float) => float == dummy::integer(*number),
            (Given::Bool, Any::Bool) | (Given::Unit, Any::Unit) => true,
            (Given::Map, Any::Map) | (Given::Seq, Any::Seq) => true,
            _ => false,
        });
        found.map(|(_, dummy)| dummy.path.clone())
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

    /// Looks into containers again that were left empty since, in case that is what was refused.
    fn insist_on_content(&mut self, since: Mark) -> bool {
        let mut news = false;
        for dummy in self.dummies.iter().skip(since.dummies) {
            if let Sort::Known { container } = dummy.sort {
                news |= self.catalogue.insist_on_content(container);
            }
        }
        news
    }

    fn advance_all(&mut self, since: Mark) -> bool {
        let mut advanced = false;
        for dummy in self.dummies.iter().skip(since.dummies) {
            if self.guesses.is_settled(&dummy.path) {
                continue;
            }
            advanced |= match dummy.sort {
                Sort::Typed { count } => self.guesses.advance(&dummy.path, count),
                Sort::Any => self.guesses.advance_any(&dummy.path, None),
                Sort::Tag | Sort::Known { .. } => false,
            };
        }
        advanced
    }
}

fn adjusted(advanced: bool) -> Failure {
    if advanced { Failure::Adjusted } else { Failure::Hopeless }
}
