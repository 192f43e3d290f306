//! For tests that poll futures themselves, without a runtime.

use crate::support::{in_process_kinds, with_default};

/// Runs a test on every kind of cache whose futures nobody need drive.
pub(crate) fn on_every_kind_in_process(test: impl Fn(&str)) {
    for (name, cache, _server) in in_process_kinds() {
        with_default(&cache, || test(name));
    }
}
