//! Each `tests/expansions/<name>.rs` becomes what `tests/expansions/<name>.expanded.rs` says.
//!
//! After a change that was meant, run the test with `UPDATE_EXPANSIONS=1` and read the difference.

use super::expanded;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn every_expansion_is_as_written_down() {
    let cases = cases();
    assert!(cases.len() >= 20, "only {} cases were found", cases.len());
    let update = env::var_os("UPDATE_EXPANSIONS").is_some();
    let differing: Vec<_> = cases.iter().filter(|case| !agrees(case, update)).collect();
    assert!(
        differing.is_empty(),
        "not as written down, `git diff` after an update shows how: {differing:#?}"
    );
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions");
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut cases: Vec<_> = files
        .map(|file| file.expect("the folder can be read").path())
        .filter(|path| !path.to_string_lossy().ends_with(".expanded.rs"))
        .collect();
    cases.sort();
    cases
}

fn agrees(case: &Path, update: bool) -> bool {
    let source = fs::read_to_string(case).expect("the case can be read");
    let tokens = expanded(&source);
    let file = syn::parse2(tokens.clone())
        .unwrap_or_else(|error| panic!("{}: {error}\n{tokens}", case.display()));
    let text = prettyplease::unparse(&file);
    let expected = case.with_extension("expanded.rs");
    if update {
        fs::write(&expected, &text).expect("the expansion can be written");
    }
    fs::read_to_string(expected).is_ok_and(|expected| expected == text)
}
