//! The enums, options, sequences and maps that a type consists of.
//!
//! They are told apart by the Rust type of their visitor. That name is never written down: it keeps the
//! search short, and recursive types finite.

/// The enums and containers met so far, in the order in which they were.
#[derive(Default)]
pub(super) struct Catalogue {
    enums: Vec<Enum>,
    containers: Vec<Container>,
}

struct Enum {
    visitor: &'static str,
    names: &'static [&'static str],
    variants: Vec<Variant>,
}

#[derive(Clone, Default)]
struct Variant {
    progress: Progress,
    /// How many times the search is inside it at the moment.
    open: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Progress {
    #[default]
    Untraced,
    /// It was, all enums inside it too, and it took so many events.
    Traced { cost: usize },
    /// No dummy was good enough.
    GivenUp,
}

struct Container {
    visitor: &'static str,
    open: usize,
    traced: bool,
    insists: bool,
}

/// Whether to look into a container.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Inside,
    /// The search is inside it already: the type is recursive.
    NotAgain,
    /// What is in it was written down before.
    KnownAlready,
}

impl Catalogue {
    pub(super) fn enum_of(
        &mut self,
        visitor: &'static str,
        names: &'static [&'static str],
    ) -> usize {
        let known = self.enums.iter().position(|e| e.visitor == visitor && e.names == names);
        known.unwrap_or_else(|| {
            let variants = vec![Variant::default(); names.len()];
            self.enums.push(Enum { visitor, names, variants });
            self.enums.len() - 1
        })
    }

    /// The variant to look at: one that was not, or else the one that is done soonest.
    pub(super) fn choose_variant(&self, id: usize) -> Option<usize> {
        let variants = &self.enums[id].variants;
        let untraced = |v: &Variant| v.progress == Progress::Untraced && v.open == 0;
        variants.iter().position(untraced).or_else(|| self.cheapest_variant(id))
    }

    fn cheapest_variant(&self, id: usize) -> Option<usize> {
        let costs = self.enums[id].variants.iter().enumerate();
        let traced = costs.filter_map(|(index, variant)| match variant.progress {
            Progress::Traced { cost } => Some((cost, index)),
            _ => None,
        });
        traced.min().map(|(_, index)| index)
    }

    pub(super) fn enter_variant(&mut self, id: usize, variant: usize) {
        self.enums[id].variants[variant].open += 1;
    }

    pub(super) fn leave_variant(&mut self, id: usize, variant: usize) {
        self.enums[id].variants[variant].open -= 1;
    }

    pub(super) fn traced_variant(&mut self, id: usize, variant: usize, cost: usize) {
        let variant = &mut self.enums[id].variants[variant];
        if variant.progress == Progress::Untraced {
            variant.progress = Progress::Traced { cost };
        }
    }

    pub(super) fn give_up_variant(&mut self, id: usize, variant: usize) {
        self.enums[id].variants[variant].progress = Progress::GivenUp;
    }

    pub(super) fn is_variant_given_up(&self, id: usize, variant: usize) -> bool {
        self.enums[id].variants[variant].progress == Progress::GivenUp
    }

    /// Whether nothing is left to look at in an enum.
    pub(super) fn is_enum_done(&self, id: usize) -> bool {
        self.enums[id].variants.iter().all(|v| v.progress != Progress::Untraced)
    }

    pub(super) fn is_enum_open(&self, id: usize) -> bool {
        self.enums[id].variants.iter().any(|v| v.open > 0)
    }

    pub(super) fn container_of(&mut self, visitor: &'static str) -> usize {
        let known = self.containers.iter().position(|c| c.visitor == visitor);
        known.unwrap_or_else(|| {
            self.containers.push(Container { visitor, open: 0, traced: false, insists: false });
            self.containers.len() - 1
        })
    }

    pub(super) fn look_into(&self, id: usize) -> Look {
        match &self.containers[id] {
            Container { open: 1.., .. } => Look::NotAgain,
            Container { traced: true, insists: false, .. } => Look::KnownAlready,
            _ => Look::Inside,
        }
    }

    pub(super) fn enter_container(&mut self, id: usize) {
        self.containers[id].open += 1;
    }

    pub(super) fn leave_container(&mut self, id: usize) {
        self.containers[id].open -= 1;
    }

    pub(super) fn traced_container(&mut self, id: usize) {
        self.containers[id].traced = true;
    }

    /// Looks into this container always from now on, since it may not be empty. Tells whether that is
    /// news.
    pub(super) fn insist_on_content(&mut self, id: usize) -> bool {
        !std::mem::replace(&mut self.containers[id].insists, true)
    }
}
