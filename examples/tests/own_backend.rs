//! The backend of the example keeps the whole contract, and is what the documentation shows.

use cache_memoize_core::{Backend, NonBlocking};
use examples::table::Table;
use std::sync::Arc;

cache_memoize_testkit::conformance! {
    mod table;
    store: || {
        let table = Arc::new(Table::default());
        Backend::new("table").with_store(table.clone()).with_async_store(NonBlocking(table))
    },
}

#[test]
fn the_documentation_shows_it_as_it_is() {
    let (source, page) =
        (include_str!("../src/table.rs"), include_str!("../../docs/own-backend.md"));
    assert!(
        page.contains(source),
        "docs/own-backend.md shows another version of examples/src/table.rs"
    );
}

#[test]
fn it_has_less_than_sixty_lines() {
    let source = include_str!("../src/table.rs");
    let code = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("use "));
    assert!(code.count() < 60);
}
