//! All annotated functions of a program, and what tells them apart.

use crate::site::{Registered, Site};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Every annotated function of the program.
pub(crate) struct Sites {
    all: Vec<&'static Site>,
    /// How many functions could be called so: those in two blocks of one body have one path, and those
    /// of one macro one place.
    labels: HashMap<String, usize>,
}

/// The annotated functions of this program.
pub(crate) fn sites() -> &'static Sites {
    static SITES: LazyLock<Sites> = LazyLock::new(Sites::gather);
    &SITES
}

impl Sites {
    fn gather() -> Self {
        let mut all: Vec<_> = inventory::iter::<Registered>.into_iter().map(|it| it.0).collect();
        all.sort_by_key(|site| (site.full_path(), site.location()));
        let mut labels = HashMap::new();
        for label in all.iter().flat_map(|site| site.labels()) {
            *labels.entry(label).or_insert(0) += 1;
        }
        Self { all, labels }
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static Site> {
        self.all.iter().copied()
    }

    /// The number of `site`, and its path with as much beside it as tells it from every other. What is
    /// done by hand has the number 0.
    pub(crate) fn find(&self, site: &Site) -> (usize, String) {
        let index =
            self.all.iter().position(|it| std::ptr::eq(*it, site)).map_or(0, |index| index + 1);
        let [path, placed, described, numbered] = site.labels();
        let is_unique = |label: &String| self.labels.get(label).is_none_or(|count| *count == 1);
        let label = [path, placed, described].into_iter().find(is_unique);
        (index, label.unwrap_or(numbered))
    }
}
